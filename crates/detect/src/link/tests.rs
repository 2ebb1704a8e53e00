use super::*;
use crate::{Hit, Packs, detect};
use aftermail_model::Layer;

/// The one hit of a body.
fn hit(body: &str) -> Hit {
    let message = Message { subject: Some("Monday".into()), ..Message::default() };
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let mut hits = detect(&text, &message, &Packs::built_in());
    assert_eq!(hits.len(), 1, "{body}: {hits:?}");
    hits.remove(0)
}

#[test]
fn the_system_is_named_in_many_ways() {
    for (body, system) in [
        ("Use https://portal.corp.example/login with password Heron!marsh51", "https://portal.corp.example/login"),
        ("The password for the badge printer is Heron!marsh51", "badge printer"),
        ("Franking machine: password Heron!marsh51", "Franking machine"),
        ("Remote to FINAPP07 first. The password is Heron!marsh51", "FINAPP07"),
        ("hostname sw-core-1\n!\n!\n!\n!\n!\n!\n!\n!\n!\n!\nenable password Heron!marsh51", "sw-core-1"),
        ("Serveur : vpn.corp.example\nIdentifiant : lm\nMot de passe : Heron!marsh51", "vpn.corp.example"),
        ("[corp-gis]\nregion = south\npassword = Heron!marsh51", "corp-gis"),
    ] {
        assert_eq!(hit(body).system.as_deref(), Some(system), "{body}");
    }
}

#[test]
fn the_account_is_named_in_many_ways() {
    for (body, account) in [
        ("User: svc_scan, password: Heron!marsh51", "svc_scan"),
        ("login scan\npassword Heron!marsh51", "scan"),
        ("password: Heron!marsh51, user deploy as before", "deploy"),
        ("For root on the label server the password is Heron!marsh51", "root"),
        ("Write to ada@corp.example, password: Heron!marsh51", "ada@corp.example"),
    ] {
        assert_eq!(hit(body).account.as_deref(), Some(account), "{body}");
    }
}

#[test]
fn what_goes_on_with_the_sentence_is_no_account() {
    assert_eq!(hit("Every user needs it. The password: Heron!marsh51").account, None);
}

#[test]
fn what_people_call_a_thing_is_its_name() {
    for (body, system) in [
        ("The keypad at the loading dock has been reset, the code is 4471 from today.", "keypad at the loading dock"),
        ("Hi Bo,\nthe label printer asks for a login again: admin with Heron!marsh51 does it.", "label printer"),
        ("WLAN im Nebenhaus: Passwort Heron!marsh51", "WLAN im Nebenhaus"),
    ] {
        let found = hit(body).system.unwrap_or_default();
        assert!(found.len() > 3 && (found.contains(system) || system.contains(&found)), "{body}: {found}");
    }
}

#[test]
fn an_account_beside_a_value_is_told_from_other_words() {
    for (body, account) in [
        ("On the NAS you log in as tallow2 with Heron!marsh51, the share is called plans.", Some("tallow2")),
        ("Portal: svc_bridge / Heron!marsh51", Some("svc_bridge")),
        ("The door to the archive opens with 4471, the code is for everybody.", None),
    ] {
        assert_eq!(hit(body).account.as_deref(), account, "{body}");
    }
}

#[test]
fn a_row_of_a_table_names_its_own_host_and_account() {
    let body = "Portal\tLogin\tPassword\ncustoms.example\tines.aguiar\tQuay&side57\npilots.example\tiaguiar\tGannet!dive6\n";
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let hits = detect(&text, &Message::default(), &Packs::built_in());
    let named: Vec<_> = hits.iter().map(|h| (h.system.as_deref(), h.account.as_deref())).collect();
    assert_eq!(named, [(Some("customs.example"), Some("ines.aguiar")), (Some("pilots.example"), Some("iaguiar"))]);
}

#[test]
fn a_cell_names_a_system_as_a_whole() {
    let body = "system\tuser\tpassword\tremark\nAIS archive\tais-reader\tKelp#Forest9\tread only\nCamera wall\twatch\tOsprey_onPole3\tnight shift\n";
    let (place, media) = ("accounts.csv".into(), "text/csv".into());
    let text = Text { part: 0, layer: Layer::Visible, place, media, body: body.into(), certainty: Vec::new() };
    let hits = detect(&text, &Message::default(), &Packs::built_in());
    let named: Vec<_> = hits.iter().map(|h| (h.system.as_deref(), h.account.as_deref())).collect();
    assert_eq!(named, [(Some("AIS archive"), Some("ais-reader")), (Some("Camera wall"), Some("watch"))]);
}

#[test]
fn what_programs_write_for_a_missing_subject_names_nothing() {
    for (written, name) in [("(no subject)", None), ("Re: Kein Betreff", None), ("Re: the kiln", Some("the kiln"))] {
        let message = Message { subject: Some(written.into()), ..Message::default() };
        assert_eq!(subject(&message).as_deref(), name, "{written}");
    }
}

#[test]
fn no_name_holds_the_value_without_its_last_sign() {
    let body = "password: Marmot-Heron-51!";
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let message = Message { subject: Some(body.into()), ..Message::default() };
    let hits = detect(&text, &message, &Packs::built_in());
    assert_eq!((hits.len(), hits[0].system.as_deref()), (1, None), "{hits:?}");
}

#[test]
fn no_name_is_cut_out_of_a_secret() {
    for body in ["Das Kennwort lautet Graureiher.2031", "Das Kennwort lautet Graureiher.2031\nDas Kennwort lautet Marmot-Otter.1999"] {
        let (place, media) = ("body".into(), "text/plain".into());
        let text = Text { part: 0, layer: Layer::Visible, place, media, body: body.into(), certainty: Vec::new() };
        let hits = detect(&text, &Message::default(), &Packs::built_in());
        let names = hits.iter().flat_map(|hit| hit.system.iter().chain(&hit.account));
        let cut = names.filter(|name| ["Graureiher", "2031", "Marmot", "Otter", "1999"].iter().any(|piece| name.contains(piece)));
        assert_eq!((!hits.is_empty(), cut.collect::<Vec<_>>()), (true, Vec::new()), "{body}");
    }
}

#[test]
fn no_piece_of_a_word_for_a_secret_names_a_system() {
    let body = "mot de passe : Cigogne_48x";
    let text = Text {
        part: 0,
        layer: Layer::Visible,
        place: "subject".into(),
        media: "text/plain".into(),
        body: body.into(),
        certainty: Vec::new(),
    };
    let message = Message { subject: Some(body.into()), ..Message::default() };
    let hits = detect(&text, &message, &Packs::built_in());
    assert_eq!((hits.len(), hits[0].system.as_deref()), (1, None), "{hits:?}");
}

#[test]
fn no_configuration_names_a_system_or_account_by_a_secret() {
    for body in [
        "{\"host\": \"Marmot-77x\", \"user\": \"Marmot-77x\", \"password\": \"Marmot-77x\"}",
        "DB_HOST=db.example/Marmot-77x\nDB_USER=Marmot-77x\nDB_PASSWORD=Marmot-77x\n",
        "[a]\nhost=Marmot-77x\npassword=Heron-88y\nuser=Marmot-77x\ntoken=Marmot-77x\n",
    ] {
        let (place, media) = ("body".into(), "text/plain".into());
        let text = Text { part: 0, layer: Layer::Visible, place, media, body: body.into(), certainty: Vec::new() };
        let hits = detect(&text, &Message::default(), &Packs::built_in());
        let names = |hit: &crate::Hit| hit.system.iter().chain(&hit.account).any(|name| name.contains("Marmot-77x"));
        let permit = aftermail_model::RevealPermit::recorded();
        let found = hits.iter().any(|hit| hit.value.reveal(&permit) == "Marmot-77x");
        assert!(found && !hits.iter().any(names), "{body}: {hits:?}");
    }
}

#[test]
fn a_url_that_is_the_secret_names_its_host() {
    let ids = "a0e6317b-a34b-4ec1-aa59-0ace8e645223@44a71be8-57fc-4c55-8f63-dacb2c777387";
    let body = format!(
        "Post to https://quay.webhook.office.com/webhookb2/{ids}/IncomingWebhook/0c957dfc4e1cbd3530b6dc62db5bedb7/c5d689a3-64bf-41e1-aea3-360a36d0e8cb"
    );
    assert_eq!(hit(&body).system.as_deref(), Some("quay.webhook.office.com"));
}

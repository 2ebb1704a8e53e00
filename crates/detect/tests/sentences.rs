//! What people write, and what is found in it: each line a mechanism, all of it invented.

use aftermail_detect::{Packs, detect};
use aftermail_model::{Layer, Message, RevealPermit, Text};

fn found(packs: &Packs, subject: &str, media: &str, body: &str) -> Vec<String> {
    let message = Message { subject: Some(subject.to_owned()), ..Message::default() };
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: media.into(), body: body.to_owned(), certainty: Vec::new() };
    let permit = RevealPermit::recorded();
    detect(&text, &message, packs).into_iter().map(|h| h.value.reveal(&permit).clone()).collect()
}

/// Subject, text, and the values that must be among the hits.
const TOLD: &[(&str, &str, &[&str])] = &[
    (
        "alarm on shed 2",
        "Sir, intrusion panel for shed 2 was beeping. Old disarm code is dead. Cpl Moya says the new one is like the old (4163) with the first and last\ndigits swapped. Tried that, panel went quiet.",
        &["3164"],
    ),
    (
        "door",
        "Locksmith changed the keypad. New code is the old one backwards, old one being 5826#, so you can work it out, and it\ngoes live at 1500 today.",
        &["6285#"],
    ),
    ("panel", "PUMP 3\nuser service\npass Reed+Otter=dry\nleave on door", &["Reed+Otter=dry"]),
    ("fw", "login maintainer, password is abcd + serial in caps, so abcd + FGT60FTK2001", &["abcdFGT60FTK2001"]),
    ("db", "user stg_ro, password: \"Heron\" then \"-Wade\" then at sign \"K44\".", &["Heron-Wade@K44"]),
    (
        "compte",
        "Le mot de passe est en trois bouts : le début est « Bécasse », au milieu il y a un tiret bas et le millésime (2016), et ça finit par deux points d'interrogation.",
        &["Bécasse_2016??"],
    ),
    ("x", "client <Pass encoding=\"base64\">QmlsbGlhcmQtTm9vbjM=</Pass> there", &["Billiard-Noon3"]),
    ("x", "<user name=\"root\" enc=\"b64\">QmlsbGlhcmQ6bGlua3Mz</user>", &["Billiard:links3"]),
    ("x", "<pppoe user=\"a/8@t.example\" enc=\"plain\">72493475</pppoe>", &["72493475"]),
    (
        "x",
        "<AdministratorPassword>\n <Value>SABlAHIAbwBuACEAVwBhAGQAZQA0ADIAQQBkAG0AaQBuAGkAcwB0AHIAYQB0AG8AcgBQAGEAcwBzAHcAbwByAGQA</Value>\n <PlainText>false</PlainText>",
        &["Heron!Wade42"],
    ),
    ("x", "https://courier.corp.example/auto?u=tidewell&p=Drop%26Hook%2053%27&next=%2Fdash", &["Drop&Hook 53'"]),
    (
        "x",
        "the new password is: Heron-Magic-Umbrella-\n> Rickshaw-2024 (one line, no space in between)",
        &["Heron-Magic-Umbrella-Rickshaw-2024"],
    ),
    (
        "x",
        "the key of the tunnel in two lines, paste it without a space:\n\n    Tm7-gr4nd-heron-\n    Porcupine-2Wx9\n",
        &["Tm7-gr4nd-heron-Porcupine-2Wx9"],
    ),
    ("x", "His laptop password is simply Greyhound Bus 1979 with the spaces in. User kester.", &["Greyhound Bus 1979"]),
    ("opening the bundle", "The password is, slashes and spaces included: Heron/Bundle B/red ribbon\n", &["Heron/Bundle B/red ribbon"]),
];

#[test]
fn what_people_write_is_found() {
    let packs = Packs::built_in();
    let mut missed = Vec::new();
    for (subject, body, values) in TOLD {
        let hits = found(&packs, subject, "text/plain", body);
        let lacking: Vec<&&str> = values.iter().filter(|v| !hits.iter().any(|h| h == **v)).collect();
        if !lacking.is_empty() {
            missed.push(format!("{lacking:?} of {body:?}: {hits:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_long_mail_hides_no_sentence() {
    const REPORT: &str = "The committee met on Tuesday and went through the budget line by line. Most of the savings\nthat were promised in spring did \
        not come about, and the reasons are known to all of us.\n\nTravel is the worst of them. We have asked each office to send in what it needs by the \
        end\nof the month, so that the figures can be put before the board in good time.\n\n";
    let packs = Packs::built_in();
    for (sentence, value) in [
        ("You can get in with kestrel-Falcon9, user is anna.", "kestrel-Falcon9"),
        ("pw for the wiki: Tarn!Heron5", "Tarn!Heron5"),
        ("das Passwort ist Kranich-77, bitte nach dem Anmelden ändern", "Kranich-77"),
        ("le code du portail est 2580", "2580"),
        // No word that announces a secret stands near these.
        ("You go in as winnie and then it is Rhubarb#1963, capital R.", "Rhubarb#1963"),
        ("For the samples go in as ikaika_ro with ulva-Fucus9, you cannot break anything.", "ulva-Fucus9"),
    ] {
        let body = format!("Hi Bob,\n\n{}{sentence}\n\n{}Anna\n", REPORT.repeat(5), REPORT.repeat(2));
        assert!(found(&packs, "a few things", "text/plain", &body).iter().any(|v| v == value), "{value}");
        let quoting = format!("Hi Bob,\n\n{sentence}\n\nAnna\n\nOn Monday Bob wrote:\n> {}\n", REPORT.repeat(8).replace('\n', "\n> "));
        assert!(found(&packs, "a few things", "text/plain", &quoting).iter().any(|v| v == value), "{value} above a quote");
    }
    assert!(found(&packs, "a few things", "text/plain", &REPORT.repeat(8)).is_empty());
}

#[test]
fn what_follows_a_hidden_value_is_no_secret() {
    let packs = Packs::built_in();
    for body in
        ["P2\npassword\nkX•••••et, 12 chars\n81c9d028\nconfig\nnot named", "The password is ********** and the ticket is HD81c9d028."]
    {
        assert_eq!(found(&packs, "report", "text/plain", body), Vec::<String>::new(), "{body}");
    }
    assert_eq!(found(&packs, "report", "text/plain", "The password is *** Heron81c9 ***"), ["Heron81c9"]);
}

#[test]
fn an_assignment_is_no_value() {
    let body = "[unit]\nQor1User=service\nQor1Pw=qor-lw-7731\nQor2Pw=tall-Heron_9\n";
    let hits = found(&Packs::built_in(), "ini", "text/plain", body);
    assert!(hits.iter().any(|v| v == "tall-Heron_9") && !hits.iter().any(|v| v.contains('=')), "{hits:?}");
}

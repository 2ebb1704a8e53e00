//! The same sentences wherever mail carries them: in documents, exports, chats, forwards and under banners. What carries them says nothing
//! for or against a secret in them.

use aftermail_detect::{Packs, detect};
use aftermail_model::{Layer, Message, RevealPermit, Text};

fn found(packs: &Packs, place: &str, media: &str, body: &str) -> Vec<String> {
    let message = Message { subject: Some("the new kiosk".to_owned()), ..Message::default() };
    let (layer, place, media) = (Layer::Visible, place.to_owned(), media.to_owned());
    let text = Text { part: 0, layer, place, media, body: body.to_owned(), certainty: Vec::new() };
    let permit = RevealPermit::recorded();
    detect(&text, &message, packs).into_iter().map(|h| h.value.reveal(&permit).clone()).collect()
}

/// Nothing in most of them announces a secret.
const TOLD: &[(&str, &str)] = &[
    (
        "Hello Bo,\n\nthe kiosk in the new hall is up. Go in as winnie and then it is Rhubarb#1963, capital R, and the paper goes in from below.\n\nAda\n",
        "Rhubarb#1963",
    ),
    (
        "Bo,\n\nthe samples are on the share. Use ikaika_ro with ulva-Fucus9 for it, you cannot break anything there, and tell me when you are done.\n\nAda\n",
        "ulva-Fucus9",
    ),
    (
        "Hallo Bo,\n\ndas Tor zum Hof ist neu. Das Passwort ist Kranich-77, bitte nach dem Anmelden ändern und dem Hausmeister Bescheid geben.\n\nAda\n",
        "Kranich-77",
    ),
];

fn lines(body: &str, of: impl Fn(usize, &str) -> String) -> String {
    body.lines().enumerate().map(|(n, line)| if line.is_empty() { "\n".to_owned() } else { of(n, line) + "\n" }).collect()
}

/// Broken at a margin.
fn wrapped(body: &str, margin: usize) -> String {
    let wrap = |line: &str| {
        let mut out = String::new();
        let mut length = 0;
        for word in line.split(' ') {
            let apart = match length {
                0 => "",
                n if n + 1 + word.len() > margin => "\n",
                _ => " ",
            };
            length = if apart == "\n" { word.len() } else { length + apart.len() + word.len() };
            out.push_str(apart);
            out.push_str(word);
        }
        out
    };
    lines(body, |_, line| wrap(line))
}

fn json(body: &str) -> String {
    format!("{{\"id\": 4417, \"body\": \"{}\", \"kind\": \"text\"}}", body.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[test]
fn a_sentence_says_the_same_wherever_it_stands() {
    let packs = Packs::built_in();
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let header =
        "-----Original Message-----\nFrom: Ada Roe <ada@quay.example>\nSent: Monday, February 3, 2025 10:12 AM\nTo: Bo\nSubject: kiosk\n\n";
    let mut missed = Vec::new();
    for (body, value) in TOLD {
        let mut check = |what: &str, place: &str, media: &str, body: &str| {
            let hits = found(&packs, place, media, body);
            if !hits.iter().any(|h| h == value) {
                missed.push(format!("{value} {what}: {hits:?}"));
            }
        };
        check("in the body", "body", "text/plain", body);
        check("in HTML", "body", "text/html", body);
        check("in a note", "notes.txt", "text/plain", body);
        check("in a document", "notes.docx", word, body);
        check("in JSON", "item.json", "application/json", &json(body));
        check(
            "in a table",
            "export.csv",
            "text/csv",
            &format!("id,date,body\n1,3/2/25,none\n2,3/2/25,\"{}\"\n", body.replace('"', "\"\"")),
        );
        check("broken at a margin", "body", "text/plain", &wrapped(body, 46));
        check("quoted and broken", "body", "text/plain", &lines(&wrapped(body, 60), |_, line| format!("> {line}")));
        check("forwarded", "body", "text/plain", &format!("FYI\n\n{header}{body}"));
        check("in a chat", "chat.txt", "text/plain", &lines(body, |n, line| format!("12/03/2025, 09:{n:02} - Ada Roe: {line}")));
        check(
            "under a banner",
            "body",
            "text/plain",
            &format!("CAUTION: this mail came from outside the firm. Never share your password.\n\n{body}"),
        );
        check("and again", "body", "text/plain", &format!("{body}\n{}", lines(body, |_, line| format!("> {line}"))));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_phrase_runs_over_the_margin() {
    let packs = Packs::built_in();
    let body = "Hello Bo,\n\nthe boat house has a new alarm and the password for it is \"blue heron\nunder glass\" from today on, so please write that down.\n\nAda\n";
    let hits = found(&packs, "body", "text/plain", body);
    assert!(hits.iter().any(|h| h == "blue heron under glass"), "{hits:?}");
}

#[test]
fn what_programs_write_holds_no_secret() {
    let packs = Packs::built_in();
    let file = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4passAkuser7\n".repeat(30);
    let signature = "-----BEGIN PGP SIGNATURE-----\n\niD8DBQE9UZm8passBk5pPLCqXrARAhv9AJ4lcQx8wQ\n=jE4J\n-----END PGP SIGNATURE-----\n";
    let header = "Reporting-MTA: dns; mx.quay.example\nReceived-From-MTA: dns; a.example\nArrival-Date: Mon, 3 Feb 2025 10:12:44 +0000\n\n\
        Final-Recipient: rfc822; bo@quay.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 qbddfL3NB0z0D2Ld user unknown\n";
    for (place, body) in [("body", file.as_str()), ("signature.asc", signature), ("part 3 (message/delivery-status)", header)] {
        assert_eq!(found(&packs, place, "text/plain", body), Vec::<String>::new(), "{body}");
    }
}

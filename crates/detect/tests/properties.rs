//! What holds for any text: nothing panics, and what is found stands where the finder says.

use aftermail_detect::thread::{self, Told};
use aftermail_detect::{Packs, detect};
use aftermail_model::{Layer, Message, RevealPermit, Text};
use proptest::prelude::*;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(Packs::built_in);

/// Cues, marks, values and bits of configuration in any order.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "password",
            "Kennwort",
            "mot de passe",
            "contraseña",
            "пароль",
            "パスワード",
            "密码",
            "PIN",
            "key",
            "code",
            "passphrase",
            "recovery codes",
            "user",
            "login",
            "initial",
            "api_key",
            "snmp-server community ",
            "auth sha",
            "username ",
            "curl -u ",
            "mysql -p",
            "net use ",
            "openssl -passin pass:",
            "sqlplus a/",
            "<add key=\"Password\" value=\"",
            "app.secret=",
            "DB_HOST=",
            "admin / ",
            "Cookie: ",
            "\"cookies\"",
            "-----BEGIN PRIVATE KEY-----",
            "https://",
            "://",
            "@",
            "AKIA",
            "ghp_",
            "eyJ",
            "sig=",
            "SharedAccessKey=",
            "BitLocker recovery",
            "WIFI:",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            ":", " : ", "=", " is ", " ist ", "は", "：", "\n", "\r\n", "\t", "|", " | ", "; ", ", ", "\n\n", "> ", "«", "»", "\"", "'",
            "_", "/", " "
        ])
        .prop_map(str::to_owned),
        "[A-Za-z0-9!#$%&*+./_-]{1,24}",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

/// Words of dictations and of disguises in several scripts, in any order, longer than what is read at once.
fn dictation() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "password ",
        "пароль ",
        "the PIN: ",
        "密码",
        "パスワードは",
        "capital ",
        "заглавная ",
        "大写",
        "小文字で",
        "T as in Tango, ",
        "ä, ö, ",
        "e:na ",
        "K'si ",
        "hash ",
        "Unterstrich, ",
        "решёткой ",
        "井号，",
        "l'arobase ",
        "point d’exclamation ",
        "seven ",
        "двойка, ",
        "幺九八",
        "vierundsechzig ",
        "quatre-vingt-dix ",
        "deux fois ",
        "instead of the ",
        "вместо каждой o ",
        "with a capital ",
        "in small letters ",
        "the rest small, ",
        "first letter of each word ",
        "of each line ",
        "between them ",
        "starts with ",
        "ends in ",
        "at the end ",
        "backwards ",
        "the old one (Heron-Ø-23) ",
        "up by one ",
        "groups of four ",
        "a B 7 # ü x y z ",
        "h-e-r-o-n ",
        "two-oh-four ",
        "base64 ",
        "SGVyb245IQ== ",
        "rot13 ",
        "in hex ",
        "48 65 72 6f 6e ",
        "percents %21é ",
        "&amp;&#228; ",
        "=3D=C3 ",
        "backslash \\_",
        "take the spaces out ",
        "9f3c 77ab ",
        "must ",
        "surname ",
        "(",
        ")",
        "«",
        "»",
        "\"",
        "“",
        ". ",
        ", ",
        ": ",
        "\n",
        "\n\n",
        "\n> ",
        "。",
        "  ",
    ]);
    prop::collection::vec(piece, 0..160).prop_map(|p| p.concat())
}

/// Words of mails that tell a secret in parts, in any order.
fn told_in_parts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "The password comes in two parts. ",
        "le mot de\npasse ",
        "пароль ",
        "パスワード ",
        "the first half is ",
        "начинается с ",
        "commence par : ",
        "die letzten vier: ",
        "and the rest:\n\n",
        "前半は",
        "I have the front of it, ",
        "goes right behind it. ",
        "part 1 of 3: ",
        "you find the first part in the subject. ",
        "with a dash between. ",
        "The last two?\n",
        "instead of the ",
        "25 ist jetzt eine 26. ",
        "Herön-",
        "HX4D-9TRM",
        "-mårsh!41",
        "47 ",
        "861# ",
        "«29» ",
        "\"Fr3ddo\" ",
        "tsk-9Qm... ",
        "ab7[...] ",
        "k2•••• ",
        "heron-marsh-reed\n",
        "DTRO G6YY SKPQ J4FF\n",
        "rmATd0tfFE=\n",
        "[10:42] Ada: 9fQz77Lk\n",
        "> > zKuxfLt38\n",
        "join the two lines ",
        "order 550-1893 ",
        "user ada_ro ",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "\n",
        "\n\n",
        "。",
        "? ",
        ". ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

/// The hits of a thread of such mails, each with the body that it stands in.
fn joined(bodies: &[String]) -> Vec<(String, aftermail_detect::Hit)> {
    let told = |(at, body): (usize, &String)| {
        let subject = Some(format!("Re: key, starts with Gö{at}!"));
        let message = Message { subject, from: Some(format!("{}@quay.example", at % 2)), ..Message::default() };
        let (layer, place, media) = (Layer::Visible, "body".into(), "text/plain".into());
        let text = Text { part: 0, layer, place, media, body: body.clone(), certainty: Vec::new() };
        let hits: Vec<_> = detect(&text, &message, &PACKS);
        let _ = thread::leads(&text, &hits, &PACKS);
        Told { message, texts: vec![text], hits: hits.into_iter().map(|h| (0, h)).collect(), locked: Vec::new() }
    };
    let mut thread: Vec<Told> = bodies.iter().enumerate().map(told).collect();
    thread::join(&mut thread, &PACKS);
    let hits = |t: Told| t.hits.into_iter().map(move |(text, hit)| (t.texts[text].body.clone(), hit)).collect::<Vec<_>>();
    thread.into_iter().flat_map(hits).collect()
}

fn found_in(body: &str, layer: Layer) -> Vec<aftermail_detect::Hit> {
    let text = Text { part: 0, layer, place: "body".into(), media: "text/plain".into(), body: body.to_owned(), certainty: Vec::new() };
    detect(&text, &Message::default(), &PACKS)
}

proptest! {
    #[test]
    fn hits_stand_where_they_are_said_to(body in text(), layer in prop::sample::select(vec![Layer::Visible, Layer::Hidden, Layer::Header, Layer::Comment])) {
        for hit in found_in(&body, layer) {
            prop_assert!(hit.start < hit.end && hit.end <= body.len(), "{:?}", hit);
            prop_assert!(body.is_char_boundary(hit.start) && body.is_char_boundary(hit.end), "{:?}", hit);
            prop_assert!((0.0..=1.0).contains(&hit.confidence) && !hit.because.is_empty(), "{:?}", hit);
            let value = hit.value.reveal(&RevealPermit::recorded()).to_owned();
            prop_assert!(!value.trim().is_empty());
            // Words are taken as they stand; formats may undo a disguise.
            if !hit.rule.starts_with("format:") {
                prop_assert_eq!(body[hit.start..hit.end].trim(), value.as_str());
            }
            prop_assert!(!hit.because.iter().any(|b| b.contains(&value) && value.len() > 12), "{:?}", hit);
        }
    }

    #[test]
    fn parts_stand_where_they_are_said_to(bodies in prop::collection::vec(told_in_parts(), 1..5)) {
        for (body, hit) in joined(&bodies) {
            prop_assert!(body.get(hit.start..hit.end).is_some(), "{}..{}", hit.start, hit.end);
            prop_assert!((0.0..=1.0).contains(&hit.confidence));
        }
    }

    #[test]
    fn no_dictation_is_too_strange(body in dictation()) {
        for hit in found_in(&body, Layer::Visible) {
            prop_assert!(hit.start < hit.end && hit.end <= body.len(), "{:?}", hit);
            prop_assert!(body.is_char_boundary(hit.start) && body.is_char_boundary(hit.end), "{:?}", hit);
            prop_assert!(!hit.value.reveal(&RevealPermit::recorded()).trim().is_empty());
        }
    }

    #[test]
    fn a_password_is_found_whatever_stands_around_it(before in "[a-z ]{0,60}", after in "[a-z ]{0,60}", value in "[A-Z][a-wyz]{4,8}[#!%][0-9]{2,4}") {
        let body = format!("{before}\n\nHost: db1.corp.example\nPassword: {value}\n\n{after}");
        let hits = found_in(&body, Layer::Visible);
        prop_assert!(hits.iter().any(|h| h.value.reveal(&RevealPermit::recorded()) == value.as_str()), "{}", body);
    }
}

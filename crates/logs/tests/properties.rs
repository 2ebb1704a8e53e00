//! Whatever the bytes, reading ends, and places lie in the text.
#![allow(missing_docs)]

mod common;

use aftermail_logs::{Hint, Limits, open, pieces, read_piece, text};
use common::{Kept, kept};
use proptest::prelude::*;

const SEEDS: [&str; 6] = [
    "{\"Records\":[{\"eventName\":\"GetObject\",\"eventSource\":\"s3\",\"eventTime\":\"2024-01-01T00:00:00Z\"}],\"x\":1}",
    "\"CreationDate\",\"AuditData\"\n\"1/2/2024 1:00:00 AM\",\"{\"\"Operation\"\":\"\"Send\"\",\"\"CreationTime\"\":\"\"2024-01-02T01:00:00\"\"}\"\n",
    "[{\"Operation\":\"A\",\"CreationTime\":\"x\"}\n{\"Operation\":\"B\",\"CreationTime\":\"\"}]",
    "Jan 15 08:00:00 mx dovecot: imap-login: Login: user=<a>, rip=198.51.100.1, session=<x>\n",
    "#Fields: date time c-ip cs-method\n2024-01-01 00:00:00 198.51.100.1 GET\n",
    "2022-07-20T21:12:06.270Z,C,1,9,192.0.2.1:25,198.51.100.2:1,>,535 5.7.3 no,\n",
];

fn check(bytes: &[u8]) {
    let all = kept(bytes);
    let length = text(bytes, &Limits::default()).len() as u64;
    let places = all.events.iter().map(|e| e.raw).chain(all.rejects.iter().map(|r| r.raw));
    for raw in places {
        assert!(raw.offset + raw.length <= length);
    }
    assert!(all.events.iter().all(|e| !e.id.is_empty()));
}

/// An export of some rows: their ids, and how long their text is.
fn export(kind: usize, rows: &[(u16, u8)]) -> String {
    let record = |(id, blanks): &(u16, u8)| {
        let text = "\\n".repeat(usize::from(*blanks));
        format!("{{\"Operation\":\"Send\",\"CreationTime\":\"2024-01-02T01:00:00\",\"Id\":\"{id}\",\"Text\":\"{{{text}\"}}")
    };
    let all = |between: &str| rows.iter().map(record).collect::<Vec<_>>().join(between);
    match kind {
        0 => {
            // Newlines, quotes and columns within a cell.
            let row = |r: &(u16, u8)| {
                let record = record(r).replace(',', ",\n").replace('"', "\"\"");
                format!("x,\"a\n\"\",\"\"\",\"{record}\"\r\n")
            };
            format!("\u{feff}\"Identity\",\"Note\",\"AuditData\"\r\n{}", rows.iter().map(row).collect::<String>())
        }
        1 => all("\n"),
        2 => format!("[\n{}\n]", all(",\n")),
        3 => format!("{{\"value\":[{}],\"next\":\"x\"}}", all(",")),
        4 => {
            let line = |(id, blanks): &(u16, u8)| format!("2024-01-01 00:00:{:02} 198.51.100.{} GET /{blanks}\n", id % 60, id % 3);
            let lines: String = rows.iter().map(|r| line(r).repeat(1 + usize::from(r.1 % 2))).collect();
            format!("#Software: x\n#Fields: date time c-ip cs-method cs-uri-stem\n{lines}")
        }
        _ => {
            rows.iter().map(|(id, _)| format!("Jan 15 08:00:0{} mx dovecot: imap-login: Login: user=<a>, session=<x>\n", id % 4)).collect()
        }
    }
}

fn in_pieces(text: &[u8], n: usize) -> (Kept, usize) {
    let hint = Hint { year: Some(2024), ..Hint::default() };
    let (mut all, pieces) = (Kept::default(), pieces(text, n, &hint));
    for piece in &pieces {
        read_piece(text, piece.clone(), &hint, &mut all);
    }
    (all, pieces.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn pieces_give_what_the_whole_gives(
        kind in 0..6_usize,
        rows in proptest::collection::vec((any::<u16>(), 0..9_u8), 1..40),
        n in 0..6_usize,
        damage in proptest::option::of((any::<prop::sample::Index>(), prop::sample::select(&b"\"\n{}[],\\#x"[..]))),
    ) {
        let mut bytes = export(kind, &rows).into_bytes();
        if let Some((at, put)) = damage {
            let place = at.index(bytes.len());
            bytes[place] = put;
        }
        let (whole, (parts, _)) = (kept(&bytes), in_pieces(&bytes, n));
        prop_assert_eq!(whole.events, parts.events);
        prop_assert_eq!(whole.rejects, parts.rejects);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn damaged_exports_are_read_to_their_end(seed in 0..SEEDS.len(), at in any::<prop::sample::Index>(), put in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = SEEDS[seed].as_bytes().to_vec();
        let place = at.index(bytes.len());
        bytes[place] = put;
        check(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        check(&bytes);
    }
}

#[test]
fn damage_leaves_borders_behind_it() {
    let rows: Vec<(u16, u8)> = (0..100).map(|n| (n, 3)).collect();
    let csv = export(0, &rows).replacen("\r\nx,", "\r\nx,one,\"more\r\nx,", 1);
    let lines = export(1, &rows).replacen("\n{", "\n{\"broken\":{\n{", 1);
    for text in [csv, lines] {
        let (whole, (parts, count)) = (kept(text.as_bytes()), in_pieces(text.as_bytes(), 4));
        assert_eq!((count, whole.rejects.len()), (4, 1), "{:?}", whole.rejects);
        assert_eq!((whole.events, whole.rejects), (parts.events, parts.rejects));
    }
}

/// Words of configuration files.
const WORDS: [&str; 24] = [
    "passdb",
    "{",
    "}",
    "nopassword",
    "=",
    "y",
    "\n",
    " ",
    ";",
    "proxy_pass",
    "http://a:b@c:9200/x",
    "location",
    "auth_basic",
    "off",
    "smtpd_relay_restrictions",
    "permit",
    "-o ",
    "Identity : A\\B",
    "PermissionGroups : AnonymousUsers",
    "Bindings : :587",
    "\"",
    "#",
    "upstream",
    "server",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn settings_stand_in_lines_of_their_file(words in proptest::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        let text = words.concat();
        let lines = text.lines().count();
        for setting in open::settings("f", text.as_bytes()) {
            prop_assert!((1..=lines).contains(&setting.line), "{text}: {setting:?}");
            prop_assert!(!setting.words.contains("a:b@"), "{text}: {setting:?}");
        }
    }
}

#[test]
fn sound_exports_are_cut_into_as_many_pieces_as_asked_for() {
    let rows: Vec<(u16, u8)> = (0..100).map(|n| (n, 3)).collect();
    for kind in 0..6 {
        let (all, pieces) = in_pieces(export(kind, &rows).as_bytes(), 4);
        assert_eq!((pieces, all.rejects), (4, Vec::new()), "{kind}");
    }
}

#[test]
fn every_seed_is_whole() {
    for seed in SEEDS {
        let all = kept(seed.as_bytes());
        assert!(!all.events.is_empty() && all.rejects.is_empty(), "{seed}: {all:?}");
    }
}

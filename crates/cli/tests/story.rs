//! The made-up tenant in `examples/harrow-quay`: what happened to each of its secrets, by the public commands.

mod common;

use common::{aftermail, run, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Subject of the letter, how it was taken, whether its secret was used, whether that is dead.
const TOLD: [(&str, &str, &str, &str); 10] = [
    ("Timetable sync: new client secret", "read", "used_anew", "old_still_valid"),
    ("Berth planner is ready", "read", "used_as_before", "reexposed"),
    ("Key for the build machine", "read", "used_as_before", "proven"),
    ("Key for the backup job", "read", "used_anew", "contradicted"),
    ("Storage of the tide pictures", "read", "used_as_before", "old_still_valid"),
    ("Token for the departure board", "listed", "not_seen", "proven"),
    ("Microsoft 365: Konto von Gita Rao", "assumed_sync", "used_anew", "proven"),
    ("Microsoft 365 account of Ben", "assumed_sync", "used_as_before", "sessions_alive"),
    ("Cuenta de Microsoft 365 de Carlo", "assumed_sync", "used_as_before", "no_record"),
    ("Accès VPN pour le télétravail", "listed_probable", "unknown", "log_gap"),
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("a file");
        }
    }
}

/// The case, run in a folder of its own.
struct Story(tempfile::TempDir);

impl Story {
    fn new() -> Story {
        Story::told(|case| case)
    }

    /// The same with another case file.
    fn told(change: fn(String) -> String) -> Story {
        let dir = tempfile::tempdir().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harrow-quay");
        for part in ["mail", "lists", "logs"] {
            copy(&example.join(part), &dir.path().join(part));
        }
        let case = fs::read_to_string(example.join("case.toml")).expect("the case file");
        fs::write(dir.path().join("case.toml"), change(case)).expect("the case file");
        let story = Story(dir);
        let first = story.asked(&["run", "-q"]);
        assert!(first.contains("1 record not read") && first.contains("What can still be proved:\n  By the"), "{first}");
        assert!(first.contains("What to export this week, before it is gone:\n  Export the"), "{first}");
        story
    }

    /// What a command says of the case. A record of the audit log is cut off, so that a run ends with gaps.
    fn asked(&self, words: &[&str]) -> String {
        let out = aftermail().args(words).arg(self.0.path()).output().expect("runs");
        let gaps = matches!(words[0], "run" | "logs");
        assert_eq!(out.status.code(), Some(if gaps { 2 } else { 0 }), "{words:?}: {}", text(&out.stderr));
        text(&out.stdout)
    }

    /// Rows of a command with `--json`.
    fn rows(&self, command: &str, more: &[&str]) -> Vec<Value> {
        let case = self.0.path().to_str().expect("text");
        let out = run(&[&[command, case, "--json"], more].concat());
        text(&out.stdout).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
    }

    /// Sentences of one topic.
    fn remarks(&self, topic: &str) -> Vec<String> {
        let rows = self.rows("sql", &[&format!("select sentence from remarks where topic = '{topic}'")]);
        rows.iter().map(|r| word(r, "sentence").to_owned()).collect()
    }

    /// The subject of each message, by its file and by the finding in it.
    fn subjects(&self) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let pairs = |sql: &str, key: &str| {
            self.rows("sql", &[sql]).iter().map(|r| (word(r, key).to_owned(), word(r, "subject").to_owned())).collect()
        };
        let found = "select o.finding, m.subject from occurrences o join messages m on o.evidence = m.evidence";
        (pairs("select evidence, subject from messages", "evidence"), pairs(found, "finding"))
    }
}

fn word<'r>(row: &'r Value, name: &str) -> &'r str {
    row[name].as_str().unwrap_or_default()
}

fn words<'r>(row: &'r Value, name: &str) -> Vec<&'r str> {
    row[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn each_secret_has_its_story() {
    let story = Story::new();
    secrets(&story);
    exposures(&story);
    signals(&story);
    coverage(&story);
}

fn secrets(story: &Story) {
    let (_, findings) = story.subjects();
    assert_eq!(findings.len(), TOLD.len(), "{findings:?}");
    let rows = story.rows("proof", &[]);
    let of = |subject: &str, is_usage: bool| {
        let own = |r: &&Value| findings.get(word(r, "finding")).is_some_and(|s| s == subject) && r.get("joined_by").is_some() == is_usage;
        rows.iter().find(own).unwrap_or_else(|| panic!("nothing is told of “{subject}”"))
    };
    for (subject, _, used, dead) in TOLD {
        let (usage, proof) = (of(subject, true), of(subject, false));
        assert_eq!((word(usage, "verdict"), word(proof, "verdict")), (used, dead), "{subject}: {usage} {proof}");
        assert!(dead != "proven" || words(proof, "missing").is_empty() && !words(proof, "rests_on").is_empty(), "{proof}");
    }
    let because = |subject: &str, is_usage: bool| words(of(subject, is_usage), "because").join("\n");
    assert!(because("Timetable sync: new client secret", true).contains("203.0.113.0/24"));
    assert!(because("Timetable sync: new client secret", false).contains("a new one was made on 2026-10-01"));
    assert!(because("Storage of the tide pictures", false).contains("still to be changed are key1"));
    assert!(because("Berth planner is ready", false).contains("2026-10-08"));
    assert!(because("Key for the backup job", false).contains("used after that all the same"));
    assert!(because("Token for the departure board", false).contains("told until 2026-10-29"));
    assert!(because("Cuenta de Microsoft 365 de Carlo", false).contains("told until 2026-10-29"));
    for shown in ["Key for the backup job", "Timetable sync: new client secret", "Berth planner is ready"] {
        assert!(!because(shown, false).contains("told until"), "what a record shows stays true: {shown}");
    }
    assert!(because("Microsoft 365 account of Ben", false).contains("no record cuts the sessions"));
    let vpn = of("Accès VPN pour le télétravail", false);
    assert!(words(vpn, "missing")[0].contains("ask for the log of the system itself"), "{vpn}");
}

fn exposures(story: &Story) {
    let (files, _) = story.subjects();
    let rows = story.rows("exposure", &[]);
    for (subject, taken, ..) in TOLD {
        let own = rows.iter().filter(|r| files.get(word(r, "evidence")).is_some_and(|s| s == subject));
        let ways: Vec<&str> = own.map(|r| word(r, "exposed")).collect();
        assert!(ways.contains(&taken), "{subject}: {ways:?}");
    }
    let taken = ["read", "listed", "listed_probable", "assumed_sync"];
    let others = rows.iter().filter(|r| !taken.contains(&word(r, "exposed"))).map(|r| word(r, "exposed"));
    assert_eq!(others.collect::<BTreeSet<_>>(), BTreeSet::from(["not_read_covered"]), "the other mail lay still");
    let (probable, missing) = (story.remarks("probable"), story.remarks("missing"));
    assert!(probable.len() == 1 && probable[0].contains("Accès VPN"), "{probable:?}");
    assert!(missing.len() == 1 && missing[0].contains("Pilot of the mail helper"), "{missing:?}");
}

fn signals(story: &Story) {
    let rows = story.rows("signals", &[]);
    let seen: BTreeSet<&str> = rows.iter().map(|r| word(r, "detector")).collect();
    for detector in [
        "spray",
        "dormant_sign_in",
        "consent",
        "mail_app_role",
        "secret_search",
        "graph_collection",
        "app_secret_added",
        "exposed_app_secret_used",
    ] {
        assert!(seen.contains(detector), "{detector}: {seen:?}");
    }
    // A new secret by its owner looks like one by a thief, and an exposed one is told by whomever it was used.
    let by_owners = |r: &Value| word(r, "detector").starts_with("exposed_") || word(r, "actor").starts_with("tom.ardley@");
    let theirs = |r: &Value| words(r, "addresses").iter().any(|a| a.starts_with("203.0.113.") || a.starts_with("2001:db8:"));
    let ordinary: Vec<&Value> = rows.iter().filter(|r| !by_owners(r) && !theirs(r)).collect();
    assert!(ordinary.is_empty(), "ordinary life raises nothing: {ordinary:?}");
}

fn coverage(story: &Story) {
    let rows = story.rows("logs", &[]);
    let within = |r: &&Value| r["subject"].is_null() && ("2026-09-18".."2026-10-30").contains(&word(r, "day"));
    let holes = rows.iter().filter(within).filter(|r| word(r, "cover") != "covered");
    let holes: Vec<(&str, &str)> = holes.map(|r| (word(r, "source"), word(r, "day"))).collect();
    assert_eq!(holes, [("entra_sign_in", "2026-10-14T00:00:00Z")]);
    let files = story.rows("sql", &["select sum(duplicates) as twice, sum(rejects) as damaged from logs"]);
    assert_eq!((&files[0]["twice"], &files[0]["damaged"]), (&Value::from(12), &Value::from(1)), "{files:?}");
    let unsaid = story.remarks("cannot_say");
    assert!(unsaid.iter().any(|s| s.contains("2026-10-14")), "{unsaid:?}");
}

#[test]
fn the_intruder_is_found_without_being_named() {
    // The people who put things right are named; of the intruder nothing is.
    let story = Story::told(|case| {
        let (before, rest) = case.split_once("[intruder]").expect("the intruder");
        let (_, behind) = rest.split_once("[trusted]").expect("the trusted");
        format!("{before}[trusted]{}", behind.replace("accounts = [", "accounts = [\"tom.ardley@harrowquay.example\", "))
    });
    let said = story.remarks("intruder").join("\n");
    assert!(said.contains("ASSUMED") && said.contains("203.0.113.77") && said.contains("2cecd1fa-e088-4aa5-8c4f-c77811f7980f"), "{said}");
    assert!(!said.contains("192.0.2."), "the office is nobody's intruder: {said}");
    let (files, _) = story.subjects();
    let rows = story.rows("exposure", &[]);
    let ways = |subject: &str| -> BTreeSet<&str> {
        rows.iter().filter(|r| files.get(word(r, "evidence")).is_some_and(|s| s == subject)).map(|r| word(r, "exposed")).collect()
    };
    for (subject, taken, ..) in TOLD {
        assert!(ways(subject).contains(taken), "{subject}: {:?}", ways(subject));
    }
    let (_, findings) = story.subjects();
    let proofs = story.rows("sql", &["select finding, verdict from proofs"]);
    let verdict = |subject: &str| proofs.iter().find(|r| findings[word(r, "finding")] == subject).map(|r| word(r, "verdict").to_owned());
    for (subject, _, _, dead) in TOLD {
        assert_eq!(verdict(subject).as_deref(), Some(dead), "{subject}");
    }
}

#[test]
fn a_row_that_is_probably_held_is_confirmed_or_dismissed() {
    let story = Story::new();
    let queue = story.asked(&["exposure"]);
    assert!(
        queue.contains("To be confirmed") && queue.contains("lists/provider.csv:5: ") && queue.contains("100: same subject"),
        "{queue}"
    );
    let case = story.0.path().to_str().expect("text");
    let refused = |more: &[&str]| {
        let out = run(&[&["exposure", case], more].concat());
        assert_eq!(out.status.code(), Some(1), "{more:?}: {}", text(&out.stdout));
        text(&out.stderr)
    };
    assert!(refused(&["--confirm", "lists/provider.csv:5"]).contains("--reason"));
    assert!(refused(&["--confirm", "lists/provider.csv:2", "--reason", "sure"]).contains("waits to be confirmed"), "it is listed");
    assert!(refused(&["--confirm", "lists/provider.csv:5", "--message", "beef", "--reason", "x"]).contains("none of the messages"));
    let ways = || {
        let (files, _) = story.subjects();
        let own = |r: &Value| files.get(word(r, "evidence")).is_some_and(|s| s.starts_with("Accès VPN"));
        story.rows("exposure", &[]).iter().filter(|r| own(r)).map(|r| word(r, "exposed").to_owned()).collect::<BTreeSet<_>>()
    };
    assert!(ways().contains("listed_probable"));
    story.asked(&["exposure", "--confirm", "lists/provider.csv:5", "--reason", "same words and hour"]);
    assert!(ways().contains("listed") && !ways().contains("listed_probable"), "{:?}", ways());
    assert!(story.remarks("probable").is_empty());
    let journal = story.rows("exposure", &[]).iter().any(|r| word(r, "because").contains("same words and hour"));
    assert!(journal, "who confirmed it, and why, stands beside it");
    // It is the journal that counts: the tables come back the same.
    fs::remove_dir_all(story.0.path().join("derived")).expect("tables");
    story.asked(&["run", "-q"]);
    assert!(ways().contains("listed") && story.remarks("missing").len() == 1);
}

#[test]
fn a_row_that_means_none_of_the_mail_is_missing() {
    let story = Story::new();
    let shown = story.asked(&["exposure", "--dismiss", "lists/provider.csv:5", "--reason", "the letter of last year"]);
    assert!(shown.contains("On a list, and not held: 2 messages") && !shown.contains("To be confirmed"), "{shown}");
}

#[test]
fn licences_terms_and_columns_of_the_case_count() {
    let story = Story::told(|case| format!("kept = {{ entra_sign_in = 3650 }}\nlicences = [\"audit_ten_years\"]\n{case}"));
    let cover = |day: &str| {
        let rows = story.rows("logs", &[]);
        let own = rows.iter().find(|r| word(r, "source") == "entra_sign_in" && r["subject"].is_null() && word(r, "day").starts_with(day));
        own.map(|r| word(r, "cover").to_owned())
    };
    assert_eq!(cover("2026-10-14").as_deref(), Some("gap"), "it can still be exported");
    let file = story.0.path().join("case.toml");
    let case = fs::read_to_string(&file).expect("the case file");
    for (with, hint) in [("licences = [\"gold\"]", "audit_premium"), ("columns = { id = \"x\" }", "message_id")] {
        let case = case.lines().filter(|l| !l.starts_with("licences")).collect::<Vec<_>>().join("\n");
        fs::write(&file, format!("{with}\n{case}")).expect("the case file");
        let out = run(&["run", "-q", story.0.path().to_str().expect("text")]);
        assert!(out.status.code() == Some(1) && text(&out.stderr).contains(hint), "{}", text(&out.stderr));
    }
    // Headings that nobody understands, until the case says what they are.
    let list = story.0.path().join("lists/provider.csv");
    let rows = fs::read_to_string(&list).expect("the list");
    let rows = rows.replace("InternetMessageId,SenderAddress,RecipientAddress,Subject,DateTimeSent,Mailbox", "A1,A2,A3,A4,A5,A6");
    fs::write(&list, rows.replace(['<', '>'], "")).expect("the list");
    let columns = "columns = { message_id = \"a1\", from = \"A2\", to = \"3\", subject = \"A4\", sent = \"A5\" }";
    fs::write(&file, format!("{columns}\n{case}")).expect("the case file");
    story.asked(&["run", "-q"]);
    let listed = story.rows("exposure", &[]).iter().filter(|r| word(r, "exposed") == "listed").count();
    assert_eq!((listed, story.remarks("probable").len(), story.remarks("missing").len()), (4, 1, 1));
}

/// A spreadsheet with these rows, as small as Excel opens one.
fn sheet(rows: &[Vec<&str>]) -> Vec<u8> {
    let cell = |(n, text): (usize, &&str)| {
        format!("<c r=\"{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", ["A", "B", "C", "D", "E"][n], text.replace('<', "&lt;"))
    };
    let row = |row: &Vec<&str>| format!("<row>{}</row>", row.iter().enumerate().map(cell).collect::<String>());
    let data: String = rows.iter().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |kind: &str, to: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{to}\"/></Relationships>"
        )
    };
    let files = [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>".to_owned()),
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"List\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>")),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(format!("<?xml version=\"1.0\"?>{text}").as_bytes()).expect("a member");
    }
    zip.finish().expect("a spreadsheet").into_inner()
}

#[test]
fn lists_of_every_kind_are_one_and_keep_their_rows_and_hashes() {
    let story = Story::new();
    let lists = story.0.path().join("lists");
    let provider = fs::read_to_string(lists.join("provider.csv")).expect("the list");
    let ids: Vec<&str> = provider.lines().filter_map(|l| l.split(',').next()).filter(|id| id.starts_with('<')).collect();
    let rows = [vec!["Stolen mail, second delivery"], vec!["Message-ID", "Betreff"], vec![ids[0], "?"], vec![ids[1], "?"]];
    fs::write(lists.join("second.xlsx"), sheet(&rows)).expect("a list");
    fs::write(lists.join("third.json"), format!("[{{\"internetMessageId\":\"{}\"}}]", ids[0])).expect("a list");
    story.asked(&["run", "-q"]);
    let listed = story.rows("sql", &["select rests_on from exposures where exposed = 'listed'"]);
    let rests: Vec<String> = listed.iter().map(|r| words(r, "rests_on").join(" ")).collect();
    assert_eq!(rests.len(), 4, "{rests:?}");
    assert!(rests.contains(&"lists/provider.csv:2 lists/second.xlsx:3 lists/third.json:1".to_owned()), "{rests:?}");
    let report = fs::read_to_string(story.0.path().join("report.html")).expect("the report");
    for list in ["lists/provider.csv", "lists/second.xlsx", "lists/third.json"] {
        use sha2::{Digest, Sha256};
        let hash: String =
            Sha256::digest(fs::read(story.0.path().join(list)).expect("the list")).iter().map(|b| format!("{b:02x}")).collect();
        assert!(report.contains(&hash), "the hash of {list} stands in the report");
    }
}

//! The tables of a case: the same however they came about, readable, and without a value in clear.

mod common;

use aftermail_engine::{Cancel, EngineError, EvidenceFile, Options, Progress, Totals, derive, sql, tables};
use common::{evidence, files, many, mbox, options};
use std::collections::BTreeMap;
use std::path::Path;

const TABLES: [&str; 6] = ["messages", "parts", "occurrences", "gaps", "findings", "links"];

fn run(derived: &Path, files: &[EvidenceFile], options: &Options) -> Totals {
    derive(derived, files, options, &Cancel::default(), &mut |_| {}).unwrap()
}

fn bytes(derived: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    TABLES.into_iter().map(|t| (t, std::fs::read(derived.join(format!("{t}.parquet"))).unwrap())).collect()
}

/// An mbox of several units and some small files.
fn corpus(folder: &Path) -> Vec<EvidenceFile> {
    let all = many(4000);
    let mut evidence = vec![mbox(&folder.join("large.mbox"), &all)];
    evidence.extend(files(folder, &all[..50]));
    evidence
}

#[test]
fn tables_are_equal_however_they_came_about() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    let totals = run(&one, &corpus, &options());
    assert_eq!(totals.messages, 4050);
    assert_eq!(totals.bytes, corpus.iter().map(|f| f.size).sum::<u64>());
    assert!(!totals.interrupted);

    // Stopped again and again, with another number of workers.
    let mut single = options();
    single.workers = 1;
    let mut stops = 0;
    loop {
        let cancel = Cancel::default();
        let stop = cancel.clone();
        let mut seen = 0;
        let totals = derive(&two, &corpus, &single, &cancel, &mut |p: Progress| {
            seen += 1;
            if stops < 4 && (p.messages > 0 || seen > 3) {
                stop.stop();
            }
        });
        if !totals.unwrap().interrupted {
            break;
        }
        stops += 1;
    }
    assert!(stops > 0, "it was never stopped");
    assert_eq!(bytes(&one), bytes(&two));
    assert_eq!(tables::totals(&two).unwrap(), Totals { repeated_parts: 0, ..totals });
}

#[test]
fn a_second_run_does_only_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let derived = folder.path().join("derived");
    let mut corpus = corpus(folder.path());
    run(&derived, &corpus, &options());
    let before = bytes(&derived);

    // No worker is needed when nothing is new: one that cannot be started goes unnoticed.
    let mut none = options();
    none.worker = Some("/nonexistent".into());
    run(&derived, &corpus, &none);
    assert_eq!(bytes(&derived), before);

    let removed = corpus.pop().unwrap();
    let added = folder.path().join("zz.eml");
    std::fs::write(&added, common::message(9000, "", "Password: Kestrel-New-Falcon!")).unwrap();
    corpus.push(evidence(&added));
    let mut read = 0;
    let totals = derive(&derived, &corpus, &options(), &Cancel::default(), &mut |p| read = p.messages).unwrap();
    assert_eq!(totals.messages, 4050);
    assert!(read < 100, "{read} messages were read again");
    let answer = sql(&derived, &format!("SELECT count(*) FROM messages WHERE evidence = '{}'", removed.id)).unwrap();
    assert_eq!(answer.rows, [[Some("0".to_owned())]]);
    let fresh = folder.path().join("fresh");
    run(&fresh, &corpus, &options());
    assert_eq!(bytes(&derived), bytes(&fresh));
    assert_eq!(units(&derived), units(&fresh), "units of what is gone are left behind");
}

fn units(derived: &Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = std::fs::read_dir(derived.join("units")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn a_lost_table_or_unit_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let derived = folder.path().join("derived");
    let corpus = files(folder.path(), &many(300));
    run(&derived, &corpus, &options());
    let before = bytes(&derived);
    std::fs::remove_file(derived.join("gaps.parquet")).unwrap();
    std::fs::write(derived.join("findings.parquet"), b"rubbish").unwrap();
    std::fs::write(derived.join("parts.parquet.tmp"), b"half").unwrap();
    std::fs::remove_file(derived.join("units").join(&units(&derived)[0])).unwrap();
    run(&derived, &corpus, &options());
    assert_eq!(bytes(&derived), before);
    assert!(!derived.join("parts.parquet.tmp").exists());
}

#[test]
fn what_could_not_be_opened_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let [derived, fresh] = ["derived", "fresh"].map(|name| folder.path().join(name));
    let corpus = corpus(folder.path());
    let hidden: Vec<_> = [0, 7].map(|n: usize| (corpus[n].path.clone(), folder.path().join(format!("hidden-{n}")))).into();
    hidden.iter().for_each(|(path, away)| std::fs::rename(path, away).unwrap());
    let totals = run(&derived, &corpus, &options());
    assert_eq!((totals.messages, totals.gaps[0].1), (49, 2), "{totals:?}");
    assert!(!totals.interrupted);
    hidden.iter().for_each(|(path, away)| std::fs::rename(away, path).unwrap());
    assert_eq!(run(&derived, &corpus, &options()).messages, 4050);
    run(&fresh, &corpus, &options());
    assert_eq!(bytes(&derived), bytes(&fresh));
    assert_eq!(units(&derived), units(&fresh));
}

#[test]
fn no_file_of_the_case_holds_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let derived = folder.path().join("derived");
    let secret = common::SECRET;
    let attachment = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nPassword: {secret}\n\
         --b\nContent-Type: application/zip\nContent-Disposition: attachment; filename=\"{secret}.zip\"\n\nPK\n--b--"
    );
    let message = format!("From: a@example.com\nSubject: password: {secret}\n{attachment}\n");
    let corpus = files(folder.path(), &[message]);
    let totals = run(&derived, &corpus, &options());
    assert!(totals.occurrences >= 2, "{totals:?}");
    let mut revealing = options();
    revealing.reveal = true;
    assert!(matches!(derive(&derived, &corpus, &revealing, &Cancel::default(), &mut |_| {}), Err(EngineError::Bug(_))));
    // Through the reader, since the files are compressed.
    for table in TABLES {
        let shown = format!("{:?}", sql(&derived, &format!("SELECT * FROM {table}")).unwrap());
        assert!(!shown.contains("Teapot-77"), "{table}: {shown}");
    }
    let subject = sql(&derived, "SELECT subject FROM messages").unwrap().rows[0][0].clone().unwrap();
    assert!(subject.contains("17 chars"), "{subject}");
    let raw = std::fs::read_dir(derived.join("units")).unwrap().map(|e| e.unwrap().path());
    for file in raw.chain(TABLES.map(|t| derived.join(format!("{t}.parquet")))) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"Teapot-77"), "{}", file.display());
    }

    let (_, items) = common::scan(&corpus, &revealing);
    assert_eq!(items[0].values.len(), items[0].occurrences.len());
    let permit = aftermail_model::RevealPermit::recorded();
    assert!(items[0].values.iter().any(|v| v.reveal(&permit) == secret));
    assert!(!format!("{items:?}").contains("Teapot-77"));
}

#[test]
fn questions_are_answered_and_orders_refused() {
    let folder = tempfile::tempdir().unwrap();
    let derived = folder.path().join("derived");
    let corpus = files(folder.path(), &many(30));
    assert!(matches!(sql(&derived, "SELECT 1"), Err(EngineError::Input(_))));
    run(&derived, &corpus, &options());
    let answer =
        sql(&derived, "SELECT evidence, sent, in_reply FROM (SELECT *, NULL AS in_reply FROM messages) ORDER BY 1 LIMIT 1").unwrap();
    assert_eq!(answer.columns, ["evidence", "sent", "in_reply"]);
    assert_eq!(answer.rows, [[Some("00000.eml".to_owned()), Some("2024-04-08T10:00:00Z".to_owned()), None]]);
    let before = bytes(&derived);
    let out = folder.path().join("out.csv");
    for order in [
        "DROP TABLE messages".to_owned(),
        "CREATE TABLE x AS SELECT 1".to_owned(),
        "INSERT INTO messages SELECT * FROM messages".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        format!("COPY messages TO '{}'", out.display()),
        format!("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '{}'", corpus[0].path.display()),
        format!("SELECT * FROM '{}'", corpus[0].path.display()),
        "SELEC".to_owned(),
        "SELECT nothing FROM messages".to_owned(),
    ] {
        match sql(&derived, &order) {
            Err(EngineError::Input(why)) => println!("{order}: {why}"),
            other => panic!("{order}: {other:?}"),
        }
    }
    assert!(!out.exists());
    assert_eq!(bytes(&derived), before);
}

#[test]
fn tables_read_back_as_they_were_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let derived = folder.path().join("derived");
    let corpus = files(folder.path(), &many(40));
    let totals = run(&derived, &corpus, &options());
    let (scanned, items) = common::scan(&corpus, &options());
    assert_eq!((totals.messages, totals.parts, totals.occurrences), (scanned.messages, scanned.parts, scanned.occurrences));
    let read = tables::occurrences(&derived).unwrap();
    let expected: Vec<_> = items.iter().flat_map(|i| i.occurrences.iter().map(|o| (o.clone(), i.message.clone()))).collect();
    assert_eq!(read, expected);
    assert_eq!(read.len(), 4);
    assert_eq!(tables::messages_by_day(&derived).unwrap(), [(1_712_534_400, 40, 4)]);
    assert_eq!(tables::findings(&derived).unwrap().len() as u64, totals.findings);
    assert!(tables::gaps(&derived).unwrap().is_empty());
}

#[test]
fn a_run_killed_again_and_again_ends_with_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let [calm, killed] = ["calm", "killed"].map(|name| folder.path().join(name));
    run(&calm, &corpus, &options());
    let start = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_engine-test-worker"));
        command.arg("derive").arg(&killed).args(corpus.iter().map(|f| &f.path)).spawn().unwrap()
    };
    // From dead on arrival to nearly done, in steps that do not repeat.
    let (mut kills, mut finished) = (0, 0);
    for step in 1..=16u64 {
        let mut child = start();
        std::thread::sleep(std::time::Duration::from_millis(step * step * 13 % 800));
        match child.try_wait().unwrap() {
            Some(_) => finished += 1,
            None => kills += 1,
        }
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(kills >= 5, "{kills} kills, {finished} runs ended before");
    assert!(start().wait().unwrap().success());
    assert_eq!(bytes(&calm), bytes(&killed));
    assert_eq!(units(&calm), units(&killed));
}

#[test]
fn one_message_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let (_, items) = common::scan(&corpus, &options());
    let mut revealing = options();
    revealing.reveal = true;
    for evidence in [&corpus[0], &corpus[11]] {
        let of_file = |i: &&aftermail_engine::Item| i.message.at.evidence == evidence.id && !i.occurrences.is_empty();
        let known = items.iter().rev().find(of_file).unwrap();
        let again = aftermail_engine::read_again(evidence, &known.message.at, &revealing).unwrap().unwrap();
        assert_eq!(again.message, known.message);
        assert_eq!(again.occurrences, known.occurrences);
        assert_eq!(again.values.len(), known.occurrences.len());
    }
    let nowhere = aftermail_model::Locator { evidence: corpus[0].id.clone(), offset: 7, length: 20 };
    let at = aftermail_engine::read_again(&corpus[0], &nowhere, &revealing).unwrap();
    assert!(at.is_none_or(|item| item.message.at == nowhere));
}

//! A message that kills, hangs or bursts its worker costs that message and nothing else.

mod common;

use aftermail_engine::{Cancel, EngineError, SandboxStatus, sandbox_status};
use aftermail_model::{Reason, Stage};
use common::{files, mbox, message, options, scan};

/// Thirty messages, the tenth of which asks for something.
fn thirty(what: &str) -> Vec<String> {
    (0..30).map(|n| message(n, if n == 10 { what } else { "" }, "Hello.")).collect()
}

fn check(what: &str, reason: Reason, words: &str, change: impl Fn(&mut aftermail_engine::Options)) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options();
    change(&mut options);
    let messages = thirty(what);
    let as_files = files(folder.path(), &messages);
    let as_mbox = vec![mbox(&folder.path().join("all.mbox"), &messages)];
    for evidence in [as_files, as_mbox] {
        let (totals, items) = scan(&evidence, &options);
        assert_eq!(totals.messages, 30, "{what}: {totals:?}");
        let gaps: Vec<_> = items.iter().flat_map(|i| &i.gaps).collect();
        assert_eq!(gaps.len(), 1, "{what}: {gaps:?}");
        assert_eq!((gaps[0].reason, gaps[0].stage), (reason, Stage::Decode));
        assert!(gaps[0].detail.contains(words), "{}", gaps[0].detail);
        assert_eq!(items[10].gaps.len(), 1, "the gap is at another message");
        assert_eq!(gaps[0].at, items[10].message.at);
        assert!(items.iter().enumerate().all(|(n, i)| n == 10 || !i.message.key.is_empty()), "{what}: another message was lost");
    }
}

#[test]
fn a_crash_costs_one_message() {
    check("X-Probe: abort\n", Reason::Crashed, "signal 6", |_| {});
}

#[test]
fn a_panic_costs_one_message() {
    check("X-Probe: panic\n", Reason::Crashed, "fault of aftermail", |_| {});
}

#[test]
fn a_hang_costs_one_message() {
    check("X-Probe: hang\n", Reason::TimedOut, "longer than 1 s", |o| o.item_seconds = 1);
}

#[test]
fn a_memory_bomb_costs_one_message() {
    check("X-Probe: eat\n", Reason::Crashed, "512 MiB", |o| o.worker_memory = 512 << 20);
    // What the command line sets.
    check("X-Probe: eat\n", Reason::Crashed, "1024 MiB", |o| o.worker_memory = 1 << 30);
}

#[test]
fn several_killers_in_one_unit_are_all_named() {
    let folder = tempfile::tempdir().unwrap();
    let killer = |n| if n % 7 == 0 { "X-Probe: abort\n" } else { "" };
    let messages: Vec<String> = (0..40).map(|n| message(n, killer(n), "Hello.")).collect();
    let (totals, items) = scan(&[mbox(&folder.path().join("all.mbox"), &messages)], &options());
    assert_eq!(totals.messages, 40);
    let at: Vec<usize> = items.iter().enumerate().filter(|(_, i)| !i.gaps.is_empty()).map(|(n, _)| n).collect();
    assert_eq!(at, [0, 7, 14, 21, 28, 35]);
}

#[test]
fn the_jail_holds() {
    let status = sandbox_status(&options());
    if status != SandboxStatus::Full {
        println!("skipped: this kernel gives {status:?}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let evidence = files(folder.path(), &[message(0, "X-Probe: escape\n", "Hello.")]);
    let (_, items) = scan(&evidence, &options());
    assert!(items[0].gaps.is_empty(), "something was allowed: {:?}", items[0].gaps);
    assert!(!std::env::temp_dir().join("aftermail-escape").exists());

    let mut open = options();
    open.sandbox = false;
    assert_eq!(sandbox_status(&open), SandboxStatus::Off);
    let (_, items) = scan(&evidence, &open);
    assert_eq!(items[0].gaps.len(), 1, "the probe must notice that there is no jail");
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut evidence = files(folder.path(), &[message(0, "", "Hello."), String::new(), message(2, "", "Hello.")]);
    std::fs::remove_file(&evidence[2].path).unwrap();
    let pdf = folder.path().join("x.bin");
    std::fs::write(&pdf, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n").unwrap();
    evidence.push(common::evidence(&pdf));
    let (totals, items) = scan(&evidence, &options());
    // The PDF without a page is an item of its own.
    assert_eq!((totals.files, totals.messages), (4, 2));
    let reasons: Vec<_> = items.iter().flat_map(|i| &i.gaps).map(|g| (g.at.evidence.as_str(), g.reason)).collect();
    assert_eq!(reasons, [("00001.eml", Reason::Damaged), ("00002.eml", Reason::Unreadable), ("x.bin", Reason::Damaged)]);
}

#[test]
fn a_message_beyond_the_limit_is_read_up_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = files(folder.path(), &[message(0, "", &"word and word again\n".repeat(10_000))]);
    let mut small = options();
    small.item_bytes = 100_000;
    let (_, items) = scan(&evidence, &small);
    assert_eq!(items.len(), 1);
    let gap = items[0].gaps.iter().find(|g| g.reason == Reason::TooLarge).expect("no gap");
    assert_eq!(gap.bytes, evidence[0].size - 100_000);
}

#[test]
fn a_rule_file_that_does_not_parse_is_the_callers_fault() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = files(folder.path(), &[message(0, "", "Hello.")]);
    let mut ruled = options();
    ruled.rules = vec![("mine.toml".into(), "[[rules]\nid = ".into())];
    match aftermail_engine::scan(&evidence, &ruled, &Cancel::default(), &mut |_| {}, &mut |_| {}) {
        Err(EngineError::Input(why)) => assert!(why.contains("mine.toml"), "{why}"),
        other => panic!("{other:?}"),
    }
}

//! Cases: what is in them, what is not, and what a killed run leaves.

mod common;

use common::{SECRETS, aftermail, case, files_below, message, run, tables, text};
use std::fs;
use std::path::Path;
use std::time::Duration;

fn ran(case: &Path) -> String {
    let out = aftermail().arg("run").arg(case).arg("-q").output().expect("runs");
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    text(&out.stdout)
}

#[test]
fn a_case_holds_tables_and_a_report_and_no_secret() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = case(dir.path());
    let before: Vec<_> = files_below(&dir.path().join("mail")).iter().map(|f| fs::read(f).expect("evidence")).collect();
    assert!(ran(&file).contains("report.html"));
    let after: Vec<_> = files_below(&dir.path().join("mail")).iter().map(|f| fs::read(f).expect("evidence")).collect();
    assert_eq!(before, after, "evidence is only read");
    for path in files_below(dir.path()).iter().filter(|p| !p.starts_with(dir.path().join("mail"))) {
        let bytes = fs::read(path).expect("a file");
        for secret in SECRETS {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{} holds a value", path.display());
        }
    }
    let report = fs::read_to_string(dir.path().join("report.html")).expect("a report");
    assert!(report.contains("default-src 'none'") && !report.contains("<script"), "the report runs nothing");
    // Our own finder over everything that the case wrote.
    let own = tempfile::tempdir().expect("a folder");
    for (n, path) in files_below(dir.path()).iter().filter(|p| !p.starts_with(dir.path().join("mail"))).enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "case.key" {
            fs::copy(path, own.path().join(format!("{n}-{name}"))).expect("a copy");
        }
    }
    let found = aftermail().arg("scan").arg(own.path()).args(["--json", "-q"]).output().expect("runs");
    assert_eq!(text(&found.stdout), "", "our own finder finds something in the case");
}

#[test]
fn a_second_run_does_only_what_is_new() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = case(dir.path());
    ran(&file);
    let first = tables(&file);
    ran(&file);
    assert_eq!(first, tables(&file));
    fs::write(dir.path().join("mail/single/new.eml"), message(500, "new", "password: Sparrow.91x\n")).expect("a file");
    ran(&file);
    let grown = tables(&file);
    assert!(first.iter().filter(|r| r.starts_with("messages")).all(|r| grown.contains(r)));
    assert_eq!(grown.iter().filter(|r| r.starts_with("findings")).count(), 5);
}

#[test]
fn verify_names_what_changed() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = case(dir.path());
    ran(&file);
    assert_eq!(run(&["verify", file.to_str().expect("text")]).status.code(), Some(0));
    fs::write(dir.path().join("mail/all.mbox"), "From x\n").expect("a change");
    let out = run(&["verify", file.to_str().expect("text")]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stdout).contains("CHANGED     mail/all.mbox"), "{}", text(&out.stdout));
}

#[test]
fn a_finding_is_explained_and_revealed_for_a_reason() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = case(dir.path());
    ran(&file);
    let name = file.to_str().expect("text");
    let id = text(&run(&["sql", name, "select finding from findings where system = 'db1.corp.example'", "--json"]).stdout);
    let id: String = id.chars().skip_while(|c| *c != ':').filter(char::is_ascii_hexdigit).collect();
    let explained = text(&run(&["explain", name, &id[..12]]).stdout);
    assert!(explained.contains("db1.corp.example") && explained.contains("because") && !explained.contains(SECRETS[0]), "{explained}");
    assert_eq!(run(&["reveal", name, &id]).status.code(), Some(1), "a reason is needed");
    let shown = run(&["reveal", name, &id, "--reason", "a test"]);
    assert_eq!(text(&shown.stdout).trim(), SECRETS[0], "{}", text(&shown.stderr));
    let gaps = run(&["gaps", name]);
    assert!(text(&gaps.stdout).contains("plan.pdf"), "{}", text(&gaps.stdout));
    let refused = run(&["sql", name, "drop table findings"]);
    assert_eq!(refused.status.code(), Some(1));
}

/// Enough mail for a run to last longer than the kills take to come.
fn large(dir: &Path) {
    fs::create_dir_all(dir.join("mail")).expect("a folder");
    for file in 0..4 {
        let mut mbox = String::new();
        for n in 0..1200 {
            let body = if n % 50 == 0 {
                format!("password: Blue-Heron{file}{n}!\n")
            } else {
                "lunch at noon, as ever, with many words around it ".repeat(12)
            };
            mbox += &format!("From a@b.example Mon Jan  1 10:00:00 2024\n{}\n", message(file * 10_000 + n, "Reports", &body));
        }
        fs::write(dir.join(format!("mail/{file}.mbox")), mbox).expect("a file");
    }
    fs::write(dir.join("case.toml"), "name = \"Test\"\nevidence = [\"mail\"]\n").expect("a file");
}

#[test]
fn fifty_kills_change_nothing() {
    let calm = tempfile::tempdir().expect("a folder");
    large(calm.path());
    let started = std::time::Instant::now();
    aftermail().arg("run").arg(calm.path()).arg("-q").output().expect("runs");
    let lasts = started.elapsed();
    let rough = tempfile::tempdir().expect("a folder");
    large(rough.path());
    // The ids of findings hang on the key.
    fs::copy(calm.path().join("case.key"), rough.path().join("case.key")).expect("a copy");
    let (mut kills, mut state) = (0, 88_172_645_463_325_252u64);
    for round in 0..400 {
        if kills == 50 {
            break;
        }
        // Now and then everything derived is thrown away, so that the kills fall on every stage of a run.
        if round % 12 == 11 {
            let _ = fs::remove_dir_all(rough.path().join("derived"));
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let wait = Duration::from_micros(state % (lasts.as_micros() as u64).max(1));
        let mut child = aftermail()
            .arg("run")
            .arg(rough.path())
            .arg("-q")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("starts");
        std::thread::sleep(wait);
        if child.try_wait().expect("a state").is_none() {
            child.kill().expect("a kill");
            kills += 1;
        } else if round % 3 == 0 {
            let _ = fs::remove_dir_all(rough.path().join("derived"));
        }
        child.wait().expect("an end");
    }
    assert_eq!(kills, 50, "the run is too short to be killed");
    let out = aftermail().arg("run").arg(rough.path()).arg("-q").output().expect("runs");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let (a, b) = (tables(calm.path()), tables(rough.path()));
    assert_eq!(a.len(), b.len());
    assert!(a == b, "the tables differ after 50 kills");
}

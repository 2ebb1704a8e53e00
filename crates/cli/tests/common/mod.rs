//! Mail made by the tests, and the program that they run.
#![allow(dead_code, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Values that stand in the mail of [`mailbox`].
pub const SECRETS: [&str; 4] = ["Blue-Heron7!", "Graureiher.2031", "Cigogne_48x", "kX9-Martinet"];

pub fn aftermail() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftermail"));
    command.env("NO_COLOR", "1").env("USER", "tester").env("AFTERMAIL_MODELS", "nowhere").env_remove("SUDO_USER");
    command
}

pub fn run(args: &[&str]) -> Output {
    aftermail().args(args).output().expect("the program runs")
}

pub fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

pub fn message(number: usize, subject: &str, body: &str) -> String {
    format!(
        "From: Anna Berg <anna@corp.example>\nTo: Ben Ode <ben@corp.example>\nSubject: {subject}\nDate: Mon, {} Jan 2024 10:00:00 +0000\nMessage-ID: <m{number}@corp.example>\n\n{body}\n",
        number % 28 + 1
    )
}

/// An mbox, a Maildir and a folder of single messages.
pub fn mailbox(dir: &Path) {
    fs::create_dir_all(dir.join("Maildir/cur")).expect("a folder");
    fs::create_dir_all(dir.join("Maildir/.Archive/new")).expect("a folder");
    fs::create_dir_all(dir.join("single")).expect("a folder");
    let envelope = "From anna@corp.example Mon Jan  1 10:00:00 2024\n";
    let mut mbox = String::new();
    for n in 0..20 {
        let body = match n {
            3 => format!("Hi,\n\nthe server is db1.corp.example, user: reporting\npassword: {}\n", SECRETS[0]),
            4 => format!("> password: {}\n\nthanks, works\n", SECRETS[0]),
            _ => "Nothing here but lunch at noon.".to_owned(),
        };
        mbox += &format!("{envelope}{}\n", message(n, "Reports", &body));
    }
    fs::write(dir.join("all.mbox"), mbox).expect("a file");
    fs::write(dir.join("Maildir/cur/1.a:2,S"), message(100, "Zugang", &format!("Das Kennwort lautet {}\n", SECRETS[1]))).expect("a file");
    fs::write(dir.join("Maildir/.Archive/new/2.a"), message(101, &format!("mot de passe : {}", SECRETS[2]), "voir le sujet"))
        .expect("a file");
    let attached = format!(
        "From: c@corp.example\nSubject: config\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee file\n--b\nContent-Type: text/plain; name=\"app-{0}.ini\"\nContent-Disposition: attachment; filename=\"app-{0}.ini\"\n\ndb_password = {0}\n--b\nContent-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQKJeLjz9MK\n--b--\n",
        SECRETS[3]
    );
    fs::write(dir.join("single/a.eml"), attached).expect("a file");
    fs::write(dir.join("single/empty.eml"), "").expect("a file");
}

pub fn case(dir: &Path) -> PathBuf {
    mailbox(&dir.join("mail"));
    fs::write(dir.join("case.toml"), "name = \"Test\"\nevidence = [\"mail\"]\n").expect("a file");
    dir.join("case.toml")
}

/// All tables of a case as sorted lines.
pub fn tables(case: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["messages", "parts", "occurrences", "findings", "links", "gaps"] {
        let out = aftermail().args(["sql", "--json"]).arg(case).arg(format!("select * from {table}")).output().expect("runs");
        assert!(out.status.success(), "{}", text(&out.stderr));
        let mut rows: Vec<String> = text(&out.stdout).lines().map(|l| format!("{table} {l}")).collect();
        rows.sort();
        all.extend(rows);
    }
    all
}

pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { out.extend(files_below(&path)) } else { out.push(path) }
    }
    out
}

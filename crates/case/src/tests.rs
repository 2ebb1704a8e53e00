use super::*;
use std::fs;

fn case(dir: &Path) -> Case {
    fs::create_dir_all(dir.join("mail")).expect("a folder");
    fs::write(dir.join("mail/a.eml"), "From: a@b.example\n\nhello\n").expect("a file");
    fs::write(dir.join("case.toml"), "name = \"Test\"\nevidence = [\"mail/\"]\n").expect("a file");
    Case::open(dir).expect("a case")
}

#[test]
fn evidence_is_taken_in_once_and_verified() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut case = case(dir.path());
    case.take_in("0", &mut |_, _| {}).expect("intake");
    let first = case.files(Role::Mail).expect("files");
    case.take_in("0", &mut |_, _| {}).expect("intake");
    let again = case.files(Role::Mail).expect("files");
    assert_eq!((first.len(), &first[0].id), (1, &again[0].id));
    assert_eq!(case.journal().expect("journal").0.len(), 1, "a second intake with nothing new leaves no line");
    assert_eq!(case.verify(&mut |_, _| {}).expect("verify")[0].1, Change::Unchanged);
    fs::write(dir.path().join("mail/a.eml"), "From: a@b.example\n\nHello\n").expect("a file");
    assert!(matches!(case.verify(&mut |_, _| {}).expect("verify")[0].1, Change::Changed(_)));
    fs::remove_file(dir.path().join("mail/a.eml")).expect("removed");
    assert_eq!(case.verify(&mut |_, _| {}).expect("verify")[0].1, Change::Missing);
}

#[test]
fn the_journal_notices_a_changed_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut case = case(dir.path());
    case.record("one", "").expect("a line");
    case.record("two", "because").expect("a line");
    assert!(case.journal().expect("journal").1);
    case.db.execute("UPDATE journal SET what = 'other' WHERE number = 1", []).expect("an update");
    assert!(!case.journal().expect("journal").1);
}

#[test]
fn the_key_stays_and_is_its_owners() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = case(dir.path());
    let (a, b) = (case.key().expect("a key"), case.key().expect("a key"));
    assert_eq!(a.bytes(), b.bytes());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.path().join("case.key")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn a_wrong_case_file_names_its_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("case.toml"), "name = \"x\"\nevidence = [\"m\"]\nwindow = 3\n").expect("a file");
    let Err(CaseError::Input(text)) = Case::open(dir.path()) else { panic!("a wrong key must be refused") };
    assert!(text.contains("window"), "{text}");
}

#[test]
fn logs_and_lists_are_no_mail_wherever_they_lie() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(case(dir.path()));
    fs::create_dir_all(dir.path().join("mail/logs")).expect("a folder");
    fs::write(dir.path().join("mail/logs/ual.csv"), "a,b\n").expect("a file");
    fs::write(dir.path().join("mail/stolen.csv"), "a,b\n").expect("a file");
    let config = "name = \"Test\"\nevidence = [\"mail/\"]\nlogs = [\"mail/logs\"]\nlists = [\"mail/*.csv\"]\n[exposure]\nfrom = \"2024-01-02\"\nuntil = \"2024-01-03\"\n";
    fs::write(dir.path().join("case.toml"), config).expect("a file");
    let mut case = Case::open(dir.path()).expect("a case");
    case.take_in("0", &mut |_, _| {}).expect("intake");
    let names = |role| case.files(role).expect("files").iter().map(|f| f.path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(Role::Mail), ["a.eml"]);
    assert_eq!(names(Role::Log), ["ual.csv"]);
    assert_eq!(names(Role::List), ["stolen.csv"]);
    let (from, until) = case.config().exposure.times().expect("times");
    assert_eq!(until.expect("an end").0 - from.expect("a begin").0, 2 * 86_400 - 1);
}

#[test]
fn indexes_of_a_mail_server_are_no_evidence_and_its_settings_are_found() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["dovecot.index", "dovecot.index.cache", "dovecot-uidlist", "dovecot-uidvalidity.5f", "dovecot.conf", "dovecot-info.log"] {
        fs::write(dir.path().join(name), "x").expect("a file");
    }
    let found: Vec<String> = find(&[dir.path().to_owned()]).expect("files").iter().map(|f| f.relative.display().to_string()).collect();
    let names: Vec<&str> = found.iter().filter_map(|f| f.rsplit('/').next()).collect();
    assert_eq!(names, ["dovecot-info.log", "dovecot.conf"]);
}

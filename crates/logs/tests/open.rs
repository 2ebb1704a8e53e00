//! Mail hosts that ask nobody: what their logs show.
#![allow(missing_docs)]

mod common;

use aftermail_logs::open::{Says, Watch, settings};
use aftermail_model::OpenPeriod;
use common::{files_below, kept, logs};

fn periods(log: &str) -> Vec<OpenPeriod> {
    let mut events = kept(log.as_bytes()).events;
    events.sort_by_key(|e| e.time);
    let mut watch = Watch::default();
    events.iter().for_each(|e| watch.see(e));
    watch.finish()
}

fn told(log: &str) -> Vec<String> {
    let time = |t: Option<aftermail_model::Timestamp>| t.map(|t| t.to_string()).unwrap_or_default();
    let host = |p: &OpenPeriod| p.host.clone().unwrap_or_default();
    periods(log).iter().map(|p| format!("{} {} {} {} {}", host(p), p.service, time(p.from), time(p.until), p.rests_on.len())).collect()
}

fn get(day: u8, path: &str, status: u16, user: &str) -> String {
    format!("search.x.example 198.51.100.7 - {user} [{day:02}/Jan/2026:03:04:05 +0000] \"GET {path} HTTP/1.1\" {status} 5 \"-\" \"curl\"\n")
}

#[test]
fn an_index_that_answers_strangers_is_open_until_it_asks() {
    let log = [
        get(1, "/_cat/indices?v", 200, "-"),
        get(3, "/mail/_search?q=x", 200, "-"),
        get(4, "/_cat/indices", 401, "-"),
        get(5, "/_cat/indices", 200, "a"),
        get(6, "/_cat/indices", 200, "-"),
        get(7, "/index.html", 200, "-"),
    ]
    .concat();
    assert_eq!(
        told(&log),
        [
            "search.x.example search 2026-01-01T03:04:05Z 2026-01-03T03:04:05Z 2",
            "search.x.example search 2026-01-06T03:04:05Z 2026-01-06T03:04:05Z 1"
        ]
    );
    assert_eq!(
        periods(&log)[0].because,
        "2 requests from 1 addresses were served without an account; it may have been open longer than they show; whether mail is in the index, its names tell"
    );
}

#[test]
fn a_month_of_silence_proves_nothing() {
    let late = get(1, "/_cat/indices", 200, "-").replace("Jan", "Mar");
    assert_eq!(told(&format!("{}{late}", get(1, "/_cat/indices", 200, "-"))).len(), 2);
}

#[test]
fn mailboxes_behind_iis_are_open_where_no_account_stands_beside_them() {
    let line =
        |path: &str, user: &str, status: u16, client: &str| format!("2026-01-02 03:04:05 192.0.2.1 POST {path} {user} {client} {status}\n");
    let log = [
        "#Fields: date time s-ip cs-method cs-uri-stem cs-username c-ip sc-status\n".to_owned(),
        line("/EWS/Exchange.asmx", "-", 200, "198.51.100.7"),
        line("/EWS/Exchange.asmx", "X\\a", 200, "198.51.100.8"),
        line("/owa/auth/logon.aspx", "-", 200, "198.51.100.7"),
        line("/mapi/healthcheck.htm", "-", 200, "198.51.100.7"),
        line("/EWS/Exchange.asmx", "-", 200, "127.0.0.1"),
    ]
    .concat();
    assert_eq!(told(&log), ["192.0.2.1 exchange web services 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z 1"]);
}

#[test]
fn sessions_without_an_account_that_read_mail_are_open() {
    let store = |user: &str, command: &str, context: &str| {
        format!("2026-01-02T03:04:05.1Z,S1,2,192.0.2.1:143,198.51.100.7:5000,{user},1,2,3,{command},,{context},\n")
    };
    let log = [
        store("", "fetch", "R=ok"),
        store("a", "fetch", "R=ok"),
        store("", "capability", "R=ok"),
        store("", "fetch", "\"R=\"\"1 NO x\"\"\""),
    ]
    .concat();
    assert_eq!(told(&log), ["192.0.2.1 imap 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z 1"]);

    let smtp = |number: u8, data: &str| {
        format!("2026-01-02T03:04:05.1Z,MX\\Default,S1,{number},192.0.2.1:25,198.51.100.7:5000,*,{data},Set Session Permissions\n")
    };
    assert_eq!(told(&smtp(1, "SMTPSubmit SMTPAcceptAnyRecipient")), ["192.0.2.1 smtp 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z 1"]);
    // After signing in it is no wonder.
    assert!(told(&smtp(9, "SMTPSubmit SMTPAcceptAnyRecipient")).is_empty());
    assert!(told(&smtp(1, "SMTPSubmit")).is_empty());

    let login = |method: &str| {
        format!(
            "2026-01-02T03:04:05Z mx dovecot: imap-login: Login: user=<a>, method={method}, rip=198.51.100.7, lip=192.0.2.1, session=<s>\n"
        )
    };
    assert_eq!(told(&login("ANONYMOUS")), ["mx imap 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z 1"]);
    assert!(told(&login("PLAIN")).is_empty());
}

#[test]
fn servers_that_ask_are_not_called_open() {
    let Some(dir) = logs("crowdsec-hub-tests") else { return };
    for file in files_below(&dir).iter().filter(|f| f.extension().is_some_and(|e| e == "log")) {
        let log = String::from_utf8_lossy(&std::fs::read(file).expect("a log")).into_owned();
        assert_eq!(told(&log), Vec::<String>::new(), "{}", file.display());
    }
}

#[test]
fn a_file_of_settings_is_told_with_its_lines() {
    let wide: Vec<u8> = "\u{feff}Identity : MX1\\A\r\nPermissionGroups : AnonymousUsers\r\nBindings : {0.0.0.0:587}\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let all = settings("connectors.txt", &wide);
    assert_eq!(all.len(), 1);
    let period = all[0].period().expect("open");
    assert_eq!((period.host.as_deref(), period.rests_on), (Some("MX1"), vec!["connectors.txt:2".to_owned()]));
    let dovecot = settings("10-auth.conf", b"auth_mechanisms = plain anonymous\ndisable_plaintext_auth = no\n");
    assert_eq!(dovecot.iter().map(|s| (s.says, s.period().is_some())).collect::<Vec<_>>(), [(Says::Open, true), (Says::InClear, false)]);
    assert!(settings("notes.txt", b"nothing of ours\n{}; : = \xff").is_empty());
}

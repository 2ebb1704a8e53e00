//! Logs as people hand them over, by the public commands: what is damaged is counted, what is packed is shown raw, rules and settings
//! of the case are looked at.

mod common;

use common::{aftermail, run, text};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

const TRAIL: &str = r#"{"eventVersion":"1.08","eventID":"0b1c","eventTime":"2026-03-02T07:11:09Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.9","userIdentity":{"type":"IAMUser","userName":"bo","arn":"arn:aws:iam::123456789012:user/bo","accessKeyId":"AKIAINVENTED00000001"},"requestParameters":{"userName":"bo"}}"#;

/// A record of the audit log as `AuditData` holds it.
fn audit(id: &str, operation: &str, more: &str) -> String {
    format!(
        r#"{{"Id":"{id}","CreationTime":"2026-03-02T08:00:00","Operation":"{operation}","RecordType":1,"Workload":"Exchange","UserId":"ann@hill.example","ClientIP":"[2001:db8::7]:4711","ResultStatus":"Succeeded"{more}}}"#
    )
}

/// A case with one letter and these files.
struct Logs(tempfile::TempDir);

impl Logs {
    fn of(case: &str, files: &[(&str, &[u8])]) -> Logs {
        let dir = tempfile::tempdir().expect("a folder");
        let letter = "From: a@hill.example\nTo: b@hill.example\nSubject: lunch\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@hill.example>\n\nAt noon.\n";
        let head = "name = \"logs\"\nevidence = [\"mail\"]\nlogs = [\"logs\"]\nown_domains = [\"hill.example\"]\n";
        for (name, bytes) in [("mail/1.eml", letter.as_bytes()), ("case.toml", format!("{head}{case}").as_bytes())].iter().chain(files) {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        Logs(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// What a command prints, and how it ends.
    fn ask(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        let out = aftermail().arg(command).arg(self.path()).args(more).output().expect("runs");
        assert!(!matches!(out.status.code(), Some(3 | 70) | None), "{}", text(&out.stderr));
        (out.status.code(), text(&out.stdout))
    }

    fn rows(&self, query: &str) -> Vec<Value> {
        let (_, lines) = self.ask("sql", &["--json", query]);
        lines.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

#[test]
fn damaged_mixed_and_mislabelled_files_end_in_counted_rejects() {
    let cell = |json: &str| format!("\"{}\"", json.replace('"', "\"\""));
    let rows: String =
        (0..4).map(|n| format!("ExchangeAdmin,3/2/2026 8:00:00 AM,{}\r\n", cell(&audit(&format!("r{n}"), "Set-Mailbox", "")))).collect();
    let csv = format!("RecordType,CreationDate,AuditData\r\n{rows}");
    let cut = &csv[..csv.len() - 90];
    let mixed = format!("{}\n{TRAIL}\nthis line is no record\n{{\"a\":1}}\n{}\n", audit("m1", "Send", ""), audit("r0", "Set-Mailbox", ""));
    let bag = format!("{{\"Records\":[{}]}}", TRAIL.replace("0b1c", "0b1d"));
    let logs = Logs::of(
        "",
        &[
            ("logs/nothing.json", b""),
            ("logs/cut.csv", cut.as_bytes()),
            ("logs/mixed.txt", mixed.as_bytes()),
            ("logs/named-wrongly.csv", &gzip(bag.as_bytes())),
            ("logs/picture.log", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe\x00\x01"),
        ],
    );
    let (code, first) = logs.ask("run", &["-q"]);
    assert_eq!(code, Some(2), "something was not read");
    assert!(first.contains("Logs: 7 events in 5 exports, 1 of them repeated, "), "{first}");
    // Three of four rows; two records and two that are none; one; nothing; and nothing.
    let told = |name: &str| {
        let (_, shown) = logs.ask("logs", &[]);
        shown.lines().find(|l| l.contains(name)).unwrap_or_else(|| panic!("{name} is not shown: {shown}")).to_owned()
    };
    assert!(
        told("cut.csv").contains("3 events, 1 not read") || told("cut.csv").contains("3 events, 1 repeated elsewhere, 1 not read"),
        "{}",
        told("cut.csv")
    );
    assert!(told("mixed.txt").contains("2 not read"), "{}", told("mixed.txt"));
    assert!(told("named-wrongly.csv").contains("1 event (cloud_trail"), "{}", told("named-wrongly.csv"));
    assert!(told("nothing.json").contains("0 events"), "{}", told("nothing.json"));
    assert!(told("picture.log").contains("0 events") && told("picture.log").contains("not read"), "{}", told("picture.log"));
    let sums = &logs.rows("select sum(rejects) as counted, (select count(*) from rejects) as shown from logs")[0];
    assert_eq!(sums["counted"], sums["shown"], "each rejected record has a row of its own: {sums}");
}

#[test]
fn the_raw_record_of_an_event_is_shown_out_of_a_packed_file() {
    let bag = format!("{{\"Records\":[{},{TRAIL}]}}", TRAIL.replace("0b1c", "0b1e").replace("CreateAccessKey", "ListUsers"));
    let logs = Logs::of("", &[("logs/a.json.gz", &gzip(bag.as_bytes()))]);
    assert_eq!(logs.ask("run", &["-q"]).0, Some(0));
    let event = &logs.rows("select id from events where operation = 'CreateAccessKey'")[0];
    let (code, shown) = logs.ask("explain", &[event["id"].as_str().expect("an id")]);
    assert!(code == Some(0) && shown.contains(TRAIL) && shown.contains("logs/a.json.gz"), "{shown}");
    assert_eq!(logs.ask("explain", &["no-such-event"]).0, Some(1));
}

#[test]
fn rules_of_sigma_for_microsoft_run_and_those_that_cannot_are_named() {
    let m365 = "title: Forwarding set\nid: 11111111-0000-4000-8000-000000000001\nstatus: test\nlevel: high\nlogsource:\n  product: m365\n  service: exchange\ndetection:\n  s:\n    eventSource: Exchange\n    Operation: New-InboxRule\n    Parameters|contains: drop.example\n  condition: s\n";
    let azure = "title: App credentials\nid: 11111111-0000-4000-8000-000000000002\nlogsource:\n  product: azure\n  service: auditlogs\ndetection:\n  s:\n    properties.message: 'Update application - Certificates and secrets management'\n  condition: s\n";
    let other = "title: Process\nid: 11111111-0000-4000-8000-000000000003\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  s:\n    Image: x\n  condition: s\n";
    let rule = audit("e1", "New-InboxRule", r#","Parameters":[{"Name":"ForwardTo","Value":"smtp:x@drop.example"}]"#);
    let secret = audit("e2", "Update application \u{2013} Certificates and secrets management ", r#","ObjectId":"Application_1""#);
    let secret = secret.replace(r#""RecordType":1,"Workload":"Exchange""#, r#""RecordType":8,"Workload":"AzureActiveDirectory""#);
    let logs = Logs::of(
        "sigma = [\"rules\"]\n",
        &[
            ("rules/m365.yml", m365.as_bytes()),
            ("rules/azure.yml", azure.as_bytes()),
            ("rules/other.yml", other.as_bytes()),
            ("rules/broken.yml", b"title: [\n"),
            ("logs/ual.json", format!("{rule}\n{secret}\n{}\n", audit("e3", "Send", "")).as_bytes()),
        ],
    );
    logs.ask("run", &["-q"]);
    let hits = logs.rows("select detector, rests_on from signals where detector like 'sigma:%' order by detector");
    let hits: Vec<String> = hits.iter().map(|h| format!("{} {}", h["detector"], h["rests_on"])).collect();
    assert_eq!(hits.len(), 2, "{hits:?}");
    assert!(hits[0].contains("0001") && hits[0].contains("e1") && hits[1].contains("0002") && hits[1].contains("e2"), "{hits:?}");
    let (_, said) = logs.ask("logs", &[]);
    assert!(said.contains("other.yml") && said.contains("broken.yml"), "{said}");
}

#[test]
fn hosts_open_without_a_password_are_told_from_logs_and_settings() {
    let line = |day: u8, status: u16| {
        format!("198.51.100.{day} - - [0{day}/Mar/2026:09:00:00 +0000] \"GET /mail/_search?q=x HTTP/1.1\" {status} 4711 \"-\" \"curl/8\"\n")
    };
    let access: String = [line(2, 200), line(3, 200), line(5, 401)].concat();
    let exchange = "#Software: Microsoft Exchange Server\r\n#Log-type: IMAP4 Log\r\n#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n2026-03-02T09:00:00.000Z,0000A1,1,192.0.2.5:143,203.0.113.9:52000,,1,1,900,fetch,1:* (BODY[]),R=ok\r\n";
    let dovecot = "Mar  2 09:01:00 mail dovecot: imap-login: Login: user=<anonymous>, method=ANONYMOUS, rip=203.0.113.9, lip=192.0.2.5, mpid=7, session=<a1>\n";
    let postfix = "smtpd_relay_restrictions = permit\nmynetworks = 0.0.0.0/0\n";
    let nginx = "server {\n  listen 80;\n  location / {\n    proxy_pass http://127.0.0.1:9200;\n  }\n}\n";
    let logs = Logs::of(
        "settings = [\"etc\"]\n",
        &[
            ("logs/access.log", access.as_bytes()),
            ("logs/imap.log", exchange.as_bytes()),
            ("logs/mail.log", dovecot.as_bytes()),
            ("etc/postfix/main.cf", postfix.as_bytes()),
            ("etc/nginx.conf", nginx.as_bytes()),
            ("etc/dovecot.conf", b"auth_mechanisms = plain anonymous\n"),
        ],
    );
    let (_, first) = logs.ask("run", &["-q"]);
    assert!(first.contains("OPEN WITHOUT A PASSWORD"), "{first}");
    let periods = logs.rows("select * from open_periods");
    let all: String = periods.iter().map(|p| format!("{p}\n")).collect();
    for told in ["main.cf", "nginx.conf", "dovecot.conf", "ANONYMOUS", "IMAP"] {
        assert!(all.to_lowercase().contains(&told.to_lowercase()), "{told} is not told: {all}");
    }
    let index = periods.iter().find(|p| {
        p["until"].as_str().is_some_and(|u| u.starts_with("2026-03-0"))
            && p["from"].as_str().is_some_and(|f| f.starts_with("2026-03-02T09:00:00"))
    });
    assert!(index.is_some(), "the index was open from the first answer on: {all}");
}

#[test]
fn only_hosts_of_the_case_are_probed() {
    let logs = Logs::of("", &[]);
    fs::create_dir_all(logs.path().join("logs")).expect("a folder");
    logs.ask("run", &["-q"]);
    for host in ["mail.other.example", "hill.example.other.example", "127.0.0.1"] {
        let out = run(&["probe", host, "--case", logs.path().to_str().expect("text")]);
        assert_eq!(out.status.code(), Some(1), "{host}: {}", text(&out.stdout));
        assert!(text(&out.stderr).contains("own_domains"), "{}", text(&out.stderr));
    }
}

#[test]
fn accounts_whose_secrets_stand_in_mail_come_first_in_every_list_of_detections() {
    let letter = "From: it@hill.example\nTo: bo@hill.example\nSubject: your account\nDate: Sun, 1 Mar 2026 10:00:00 +0000\nMessage-ID: <2@hill.example>\n\nAccount: bo@hill.example\nPassword: Tr4wler-Qu4y!9\n";
    // The exposed account is neither the first in time nor in the alphabet, nor the last.
    let people =
        [("2026-03-02T07:00:00", "zoe"), ("2026-03-02T08:00:00", "ann"), ("2026-03-02T09:00:00", "bo"), ("2026-03-02T10:00:00", "cy")];
    let forward = r#","Parameters":[{"Name":"ForwardTo","Value":"smtp:x@drop.test"}]"#;
    let record = |(time, who): &(&str, &str)| {
        audit(who, "New-InboxRule", forward).replace("2026-03-02T08:00:00", time).replace("ann@", &format!("{who}@"))
    };
    let lines: Vec<String> = people.iter().map(record).collect();
    let logs = Logs::of("", &[("mail/2.eml", letter.as_bytes()), ("logs/ual.json", lines.join("\n").as_bytes())]);
    logs.ask("run", &["-q"]);

    let order = |list: &str, text: &str| {
        let mut places: Vec<(usize, &str)> = Vec::new();
        for (_, who) in people {
            let name = format!("{who}@hill.example");
            places.push((text.find(&name).unwrap_or_else(|| panic!("{list} does not name {name}: {text}")), who));
        }
        places.sort_unstable();
        let names: Vec<&str> = places.into_iter().map(|(_, who)| who).collect();
        assert_eq!(names, ["bo", "zoe", "ann", "cy"], "the exposed account, then by time, in {list}: {text}");
    };
    order("signals", &logs.ask("signals", &[]).1);
    order("signals --json", &logs.ask("signals", &["--json"]).1);
    let rows: Vec<String> = logs.rows("select * from signals").iter().map(Value::to_string).collect();
    order("the table of signals", &rows.join("\n"));
    let report = fs::read_to_string(logs.path().join("report.html")).expect("a report");
    let at = report.find("Mail is forwarded out of the organisation").expect("the list of detections stands in the report");
    order("the report", &report[at..]);
}

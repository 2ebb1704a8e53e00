//! Real logs that nobody of us wrote, against facts that others computed.
#![allow(missing_docs)]

mod common;

use aftermail_logs::Why;
use aftermail_model::{Event, LogSource, Outcome};
use common::{files_below, kept, logs};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Logs of the labelled records that are ours to read: neither webhooks, nor alerts, nor results of queries.
const AUDIT: [&str; 10] = [
    "AWS.CloudTrail",
    "Azure.Audit",
    "Azure.MonitorActivity",
    "GCP.AuditLog",
    "GitHub.Audit",
    "GSuite.ActivityEvent",
    "GSuite.Reports",
    "Microsoft365.Audit",
    "Okta.SystemLog",
    "Windows.EventLogs",
];

fn key_ids(text: Option<&str>) -> BTreeSet<String> {
    text.unwrap_or_default().split("KeyIdentifier=").skip(1).filter_map(|s| s.split(',').next()).map(str::to_owned).collect()
}

fn property<'a>(e: &'a Event, name: &str) -> Option<&'a str> {
    e.property(name)?.new.as_deref()
}

#[test]
fn the_unified_audit_log_of_a_real_tenant_tells_what_others_counted() {
    let Some(dir) = logs("invictus-o365") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(dir.join("FACTS.json")).expect("facts")).expect("JSON");
    let bytes = std::fs::read(dir.join("auditrecords.csv")).expect("the export");
    let all = kept(&bytes);
    assert_eq!(all.whys(), vec![Why::Empty; 3]);
    assert_eq!(json!(all.events.len() + all.rejects.len()), facts["csv_records"]);
    for e in &all.events {
        let raw = &bytes[usize::try_from(e.raw.offset).expect("small")..][..usize::try_from(e.raw.length).expect("small")];
        assert!(raw.windows(e.id.len()).any(|w| w == e.id.as_bytes()), "the place of {} is not its own", e.id);
    }
    let mut seen = BTreeSet::new();
    let events: Vec<Event> = all.events.into_iter().filter(|e| seen.insert(e.id.clone())).collect();
    assert_eq!(json!(events.len()), facts["distinct_ids"]);

    let mut operations: BTreeMap<&str, u64> = BTreeMap::new();
    for e in &events {
        *operations.entry(&e.operation).or_default() += 1;
    }
    assert_eq!(json!(operations), facts["operations"]);

    let read: Vec<&Event> = events.iter().filter(|e| e.operation == "MailItemsAccessed").collect();
    let of = |kind: &str| read.iter().filter(|e| property(e, "MailAccessType") == Some(kind)).count();
    let mail = &facts["mail_items_accessed"];
    assert_eq!(json!(of("Bind")), mail["bind"]);
    assert_eq!(json!(of("Sync")), mail["sync"]);
    assert!(read.iter().all(|e| property(e, "Folder").is_some()), "each tells its folder");
    let counted = read.iter().filter_map(|e| Some(property(e, "OperationCount")?.parse::<usize>().ok()? == e.messages.len()));
    assert_eq!(json!(counted.filter(|same| *same).count()), mail["operationcount_matches_items"]["True"]);
    let pairs: BTreeSet<_> = read.iter().flat_map(|e| e.messages.iter().map(|m| (e.target.as_deref(), m.as_str()))).collect();
    assert_eq!(json!(pairs.len()), mail["distinct_mailbox_message_pairs"]);
    assert_eq!(json!(pairs.iter().map(|p| p.1).collect::<BTreeSet<_>>().len()), mail["distinct_message_ids"]);

    let failed: Vec<&Event> = events.iter().filter(|e| e.operation == "UserLoginFailed").collect();
    assert!(failed.iter().all(|e| e.outcome == Outcome::Failure), "a failed sign-in says Success in the record");
    // What is called a removal left more scopes than there were.
    let scopes = |text: &Option<String>| -> BTreeSet<String> {
        text.iter()
            .flat_map(|t| t.split(|c: char| c.is_whitespace() || "[]\",".contains(c)))
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let widened = |e: &&Event| {
        let scope = e.property("DelegatedPermissionGrant.Scope");
        scope.is_some_and(|p| scopes(&p.new).is_superset(&scopes(&p.old)) && scopes(&p.new).len() > scopes(&p.old).len())
    };
    let removed = events.iter().filter(|e| e.operation == "Remove delegated permission grant.");
    assert_eq!(json!(removed.filter(widened).count()), facts["remove_delegated_grant"]["actually_widening"]);
    let mut changes: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
    for e in events.iter().filter(|e| e.operation.contains("Certificates and secrets management")) {
        let Some(p) = e.property("KeyDescription") else { continue };
        let (old, new) = (key_ids(p.old.as_deref()), key_ids(p.new.as_deref()));
        if old != new {
            changes.push((e.time_text.clone(), new.difference(&old).cloned().collect(), old.difference(&new).cloned().collect()));
        }
    }
    changes.sort();
    let want = facts["app_key_changes"].as_array().expect("a list");
    assert_eq!(changes.len(), want.len());
    for ((time, added, removed), want) in changes.iter().zip(want) {
        assert_eq!((json!(time), json!(added), json!(removed)), (want["time"].clone(), want["added"].clone(), want["removed"].clone()));
    }
    let text = |pick: fn(std::slice::Iter<'_, Event>) -> Option<&Event>| pick(events.iter()).map(|e| e.time_text.clone());
    assert_eq!(json!(text(|i| i.min_by_key(|e| e.time))), facts["time"]["first"]);
    assert_eq!(json!(text(|i| i.max_by_key(|e| e.time))), facts["time"]["last"]);
}

#[test]
fn exports_of_four_shapes_lose_no_record() {
    let Some(dir) = logs("det-eng-samples") else { return };
    let files = files_below(&dir.join("dataset"));
    assert_eq!(files.len(), 39);
    let mut events = 0;
    for file in files {
        let all = kept(&std::fs::read(&file).expect("a file"));
        assert!(all.rejects.is_empty(), "{}: {:?}", file.display(), all.rejects);
        assert!(all.events.iter().all(|e| e.time.is_some() && !e.id.is_empty() && e.actor.is_some()), "{}", file.display());
        events += all.events.len();
    }
    assert_eq!(events, 125);
}

/// Lines of a service with their labels.
fn fail2ban(service: &str) -> Option<Vec<(Value, String)>> {
    let text = std::fs::read_to_string(logs("fail2ban-mail-tests")?.join("fail2ban/tests/files/logs").join(service)).expect("a log");
    let (mut lines, mut label) = (Vec::new(), Value::Null);
    for line in text.lines() {
        if let Some(json) = line.trim_start_matches('#').trim().strip_prefix("failJSON:") {
            label = serde_json::from_str(json).unwrap_or(Value::Null);
        } else if !line.is_empty() && !line.starts_with('#') && !label.is_null() {
            lines.push((std::mem::take(&mut label), line.to_owned()));
        }
    }
    Some(lines)
}

/// Mail servers and webmail of fail2ban's tests, the source that they are read as, and how many of their matches are not read.
const SERVICES: [(&str, LogSource, usize); 14] = [
    ("dovecot", LogSource::Dovecot, 0),
    ("postfix", LogSource::Postfix, 0),
    ("exim", LogSource::MailServer, 0),
    ("cyrus-imap", LogSource::MailServer, 0),
    ("courier-auth", LogSource::MailServer, 0),
    ("courier-smtp", LogSource::MailServer, 0),
    ("sendmail-auth", LogSource::MailServer, 0),
    ("uwimap-auth", LogSource::MailServer, 0),
    ("solid-pop3d", LogSource::MailServer, 0),
    ("sogo-auth", LogSource::MailServer, 0),
    ("roundcube-auth", LogSource::MailServer, 0),
    ("horde", LogSource::MailServer, 0),
    ("groupoffice", LogSource::MailServer, 0),
    // These speak of spam, not of signing in.
    ("kerio", LogSource::MailServer, 13),
];

#[test]
fn lines_that_fail2ban_matches_tell_address_and_time() {
    let (mut right, mut all) = (0, 0);
    for (service, source, missed) in SERVICES {
        let Some(lines) = fail2ban(service) else { return };
        let matched: Vec<_> = lines.iter().filter(|(label, _)| label["match"] == json!(true)).collect();
        let good = |e: &Event, host: &Value| e.source == source && json!(e.address) == *host && e.time.is_some();
        let read = |line: &str, host: &Value| kept(line.as_bytes()).events.first().is_some_and(|e| good(e, host));
        let wrong: Vec<_> = matched.iter().filter(|(label, line)| !read(line, &label["host"])).collect();
        assert_eq!(wrong.len(), missed, "{service}: {wrong:#?}");
        (right, all) = (right + matched.len() - missed, all + matched.len());
    }
    eprintln!("{right} of {all}");
    assert_eq!((right, all), (241, 254));
}

#[test]
fn lines_that_fail2ban_does_not_match_are_no_failed_sign_ins() {
    let mut seen = 0;
    for (service, ..) in SERVICES {
        let Some(lines) = fail2ban(service) else { return };
        for (_, line) in lines.iter().filter(|(label, _)| label["match"] == json!(false)) {
            seen += 1;
            let web = |e: &Event| e.source == LogSource::WebAccess;
            assert!(kept(line.as_bytes()).events.iter().all(|e| e.outcome != Outcome::Failure || web(e)), "{line}");
        }
    }
    assert_eq!(seen, 29);
}

#[test]
fn mail_logs_of_crowdsec_are_all_events() {
    let Some(dir) = logs("crowdsec-hub-tests") else { return };
    let (mut files, mut events, mut rejects) = (0, 0, 0);
    for file in files_below(&dir) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".log") && ["dovecot", "exchange", "exim", "postfix", "zimbra"].iter().any(|p| name.starts_with(p)) {
            let all = kept(&std::fs::read(&file).expect("a log"));
            for r in &all.rejects {
                eprintln!("{name}: {r:?}");
            }
            (files, events, rejects) = (files + 1, events + all.events.len(), rejects + all.rejects.len());
        }
    }
    assert!(files > 10 && events > 50, "{files} files, {events} events");
    assert_eq!(rejects, 0, "of {events}");
}

#[test]
fn labelled_records_of_all_clouds_are_events_of_their_own_source() {
    let Some(dir) = logs("panther-labelled-tests") else { return };
    let sets = [
        ("aws_cloudtrail", vec![LogSource::CloudTrail]),
        ("azure_activity", vec![LogSource::Azure]),
        ("azure_signin", vec![LogSource::EntraSignIn, LogSource::EntraAudit]),
        ("gcp_audit", vec![LogSource::GoogleCloud]),
        ("github", vec![LogSource::GitHub]),
        ("gsuite_activityevent", vec![LogSource::GoogleWorkspace]),
        ("gsuite_reports", vec![LogSource::GoogleWorkspace]),
        ("microsoft", vec![LogSource::UnifiedAudit, LogSource::WindowsSecurity]),
        ("okta", vec![LogSource::Okta]),
    ];
    let mut short = Vec::new();
    for (set, sources) in sets {
        let text = std::fs::read_to_string(dir.join(format!("{set}_rules.jsonl"))).expect("a set");
        let (mut right, mut all) = (0, 0);
        for line in text.lines() {
            let test: Value = serde_json::from_str(line).expect("JSON");
            if !AUDIT.iter().any(|log| test["log_types"].to_string().contains(log)) {
                continue;
            }
            let log = test["log"].to_string();
            all += 1;
            if kept(log.as_bytes()).events.first().is_some_and(|e| sources.contains(&e.source)) {
                right += 1;
            } else {
                eprintln!("{set}: {}", log.chars().take(300).collect::<String>());
            }
        }
        eprintln!("{set}: {right} of {all}");
        if right < all {
            short.push((set, right, all));
        }
    }
    assert!(short.is_empty(), "{short:?}");
}

#[test]
fn every_record_of_cloudtrail_has_time_actor_and_id() {
    let Some(dir) = logs("invictus-aws") else { return };
    let mut events = 0;
    for file in files_below(&dir.join("CloudTrail")) {
        let bytes = std::fs::read(&file).expect("a file");
        let all = kept(&bytes);
        assert!(all.rejects.is_empty(), "{}", file.display());
        assert!(all.events.iter().all(|e| e.time.is_some() && e.actor.is_some() && !e.id.is_empty()));
        let want: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(Some(all.events.len()), want["Records"].as_array().map(Vec::len));
        events += all.events.len();
    }
    assert!(events > 1_000, "{events}");
}

use super::*;
use aftermail_model::Property;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn event(source: LogSource, time: Timestamp, operation: &str, target: Option<&str>, properties: &[(&str, &str)]) -> Event {
    let property = |(name, new): &(&str, &str)| Property { name: (*name).to_owned(), old: None, new: Some((*new).to_owned()) };
    Event {
        time: Some(time),
        operation: operation.to_owned(),
        actor: Some("admin@contoso.example".to_owned()),
        target: target.map(str::to_owned),
        properties: properties.iter().map(property).collect(),
        ..Event::new(source)
    }
}

/// Events of the audit log, twenty a day and one at the day's end, on each of these days from 2024-01-01 (a Monday).
fn busy(days: impl IntoIterator<Item = i64>) -> Vec<Event> {
    let start = at("2024-01-01").0;
    let of_day = |day: i64| {
        let times = (0..20).map(|n| n * 3_600).chain([DAY - 60]);
        times.map(move |s| event(LogSource::UnifiedAudit, Timestamp(start + day * DAY + s), "UserLoggedIn", None, &[]))
    };
    days.into_iter().flat_map(of_day).collect()
}

fn read(mailbox: &str, time: Timestamp) -> Event {
    event(LogSource::UnifiedAudit, time, "MailItemsAccessed", Some(mailbox), &[("MailAccessType", "Bind")])
}

fn table(mut events: Vec<Event>, since: Option<&str>, as_of: &str) -> Vec<Coverage> {
    events.sort_by_key(|e| e.time);
    let mut fold = CoverageFold::new(Terms::default(), since.map(at));
    events.iter().for_each(|e| fold.see(e));
    fold.finish(at(as_of))
}

fn cover(rows: &[Coverage], subject: Option<&str>, day: &str) -> Option<Cover> {
    let subject = subject.map(Coverage::mailbox);
    rows.iter().find(|c| c.subject == subject && c.day == at(day)).map(|c| c.cover)
}

#[test]
fn each_day_of_a_log_gets_its_word() {
    let rows = table(busy((0..40).filter(|d| *d != 20)), Some("2023-06-01"), "2024-02-20T12:00:00Z");
    let of = |day| cover(&rows, None, day);
    assert_eq!(of("2023-06-01"), Some(Cover::Expired));
    assert_eq!(of("2023-12-31"), Some(Cover::Gap));
    assert_eq!(of("2024-01-01"), Some(Cover::Covered));
    assert_eq!(of("2024-01-21"), Some(Cover::Gap));
    assert_eq!(of("2024-02-09"), Some(Cover::Covered));
    assert_eq!(of("2024-02-10"), Some(Cover::Gap));
    assert_eq!(of("2024-02-19"), Some(Cover::Delayed));
    assert_eq!(of("2024-02-20"), Some(Cover::Delayed));
    assert_eq!(of("2024-02-21"), None);
    assert!(rows.iter().all(|c| !c.because.is_empty()));
}

#[test]
fn the_last_day_of_a_log_that_ends_within_it_is_not_covered() {
    let mut events = busy(0..10);
    events.pop();
    let rows = table(events, None, "2024-03-01");
    assert_eq!(cover(&rows, None, "2024-01-10"), Some(Cover::Gap));
}

#[test]
fn what_is_gone_is_not_asked_for() {
    let mut events = busy(0..40);
    events.pop();
    let (from, to) = (at("2024-01-20T08:00:00Z"), at("2024-01-20T15:00:00Z"));
    events.retain(|e| e.time < Some(from) || e.time > Some(to));
    let as_of = "2025-06-01T12:00:00Z";
    let rows = table(events, None, as_of);
    for day in ["2024-01-20", "2024-02-09"] {
        assert_eq!(cover(&rows, None, day), Some(Cover::Expired), "the rest of {day} cannot be had any more");
    }
    let wanted = to_export(&rows, &Terms::default(), at(as_of));
    let first = wanted.iter().filter(|e| e.source == LogSource::UnifiedAudit).map(|e| e.from).min();
    assert_eq!(first, Some(Timestamp(at("2025-06-01").0 - 180 * DAY)), "{wanted:?}");
}

#[test]
fn a_day_of_which_a_part_is_missing_is_not_covered() {
    let mut events = busy(0..40);
    let (from, to) = (at("2024-01-20T08:00:00Z"), at("2024-01-20T15:00:00Z"));
    events.retain(|e| e.time < Some(from) || e.time > Some(to));
    let rows = table(events, None, "2024-03-01");
    assert_eq!(cover(&rows, None, "2024-01-20"), Some(Cover::Gap));
    assert_eq!(rows.iter().filter(|c| c.cover == Cover::Gap && c.day < at("2024-02-09")).count(), 1);
}

#[test]
fn a_log_switched_off_covers_nothing_until_it_is_on_again() {
    let mut events = busy((0..40).filter(|d| !(10..=12).contains(d)));
    let switch = |time: &str, value: &str| {
        event(LogSource::UnifiedAudit, at(time), "Set-AdminAuditLogConfig", None, &[("UnifiedAuditLogIngestionEnabled", value)])
    };
    events.push(switch("2024-01-10T22:00:00Z", "False"));
    events.push(switch("2024-01-13T22:00:00Z", "True"));
    let rows = table(events, None, "2024-03-01");
    for day in ["2024-01-10", "2024-01-11", "2024-01-13"] {
        assert_eq!(cover(&rows, None, day), Some(Cover::Unlicensed), "{day}");
    }
    assert_eq!(cover(&rows, None, "2024-01-14"), Some(Cover::Covered));
    let words = &rows.iter().find(|c| c.day == at("2024-01-11")).expect("a row").because;
    assert!(words.contains("admin@contoso.example") && words.contains("2024-01-13"), "{words}");
}

#[test]
fn a_mailbox_that_never_records_reading_is_unlicensed() {
    let mut events = busy(0..30);
    events.push(event(LogSource::UnifiedAudit, at("2024-01-05T10:00:00Z"), "Send", Some("Jane@contoso.example"), &[]));
    events.push(read("bob@contoso.example", at("2024-01-05T10:00:00Z")));
    let rows = table(events, None, "2024-03-01");
    assert_eq!(cover(&rows, Some("jane@contoso.example"), "2024-01-05"), Some(Cover::Unlicensed));
    assert_eq!(cover(&rows, Some("bob@contoso.example"), "2024-01-05"), Some(Cover::Covered));
    let sentences = provable(&rows);
    assert!(sentences.iter().any(|s| s.starts_with("1 mailbox never recorded")), "{sentences:?}");
}

#[test]
fn a_throttled_mailbox_says_so_or_is_found_by_its_silence() {
    let start = at("2024-01-05T10:00:00Z").0;
    let mut events = busy(0..30);
    let mut said = read("said@contoso.example", Timestamp(start));
    said.properties.push(Property { name: "IsThrottled".to_owned(), old: None, new: Some("True".to_owned()) });
    events.push(said);
    let many = |mailbox: &'static str, count: i64| (0..count).map(move |n| read(mailbox, Timestamp(start + n * 60)));
    events.extend(many("silent@contoso.example", 1_000));
    events.push(read("silent@contoso.example", Timestamp(start + 3 * DAY)));
    events.extend(many("below@contoso.example", 999));
    events.extend(many("steady@contoso.example", 3_000));
    let rows = table(events, None, "2024-03-01");
    for (mailbox, day, want) in [
        ("said@contoso.example", "2024-01-05", Cover::Throttled),
        ("said@contoso.example", "2024-01-06", Cover::Throttled),
        ("silent@contoso.example", "2024-01-06", Cover::Throttled),
        ("silent@contoso.example", "2024-01-08", Cover::Covered),
        ("below@contoso.example", "2024-01-05", Cover::Covered),
        ("steady@contoso.example", "2024-01-05", Cover::Covered),
        ("steady@contoso.example", "2024-01-07", Cover::Throttled),
    ] {
        assert_eq!(cover(&rows, Some(mailbox), day), Some(want), "{mailbox} {day}");
    }
}

#[test]
fn a_mailbox_that_was_switched_off_is_told_by_its_alias() {
    let mut events = busy(0..30);
    events.extend((0..30).filter(|d| !(10..20).contains(d)).map(|d| read("jane@contoso.example", Timestamp(at("2024-01-01").0 + d * DAY))));
    let target = Some("eur.example/Hosted Organizations/contoso/Jane");
    events.push(event(LogSource::UnifiedAudit, at("2024-01-11T00:00:00Z"), "Set-Mailbox", target, &[("AuditEnabled", "False")]));
    events.push(event(LogSource::UnifiedAudit, at("2024-01-21T00:00:00Z"), "Set-Mailbox", target, &[("AuditEnabled", "True")]));
    let rows = table(events, None, "2024-03-01");
    assert_eq!(cover(&rows, Some("jane@contoso.example"), "2024-01-15"), Some(Cover::Unlicensed));
    assert_eq!(cover(&rows, Some("jane@contoso.example"), "2024-01-21"), Some(Cover::Covered));
}

#[test]
fn what_is_gone_first_must_be_exported_first() {
    let mut events = busy(0..30);
    events.push(event(LogSource::EntraSignIn, at("2024-02-01T23:30:00Z"), "Sign-in activity", None, &[]));
    let as_of = at("2024-02-20T12:00:00Z");
    let rows = table(events, Some("2024-01-01"), "2024-02-20T12:00:00Z");
    let all = to_export(&rows, &Terms::default(), as_of);
    let audit = all.iter().find(|e| e.source == LogSource::EntraAudit).expect("never handed over");
    assert!(audit.is_urgent(as_of) && audit.sentence.contains("none was handed over"), "{audit:?}");
    let sign_in = all.iter().find(|e| e.source == LogSource::EntraSignIn).expect("some days");
    assert_eq!(sign_in.from, at("2024-01-21"));
    assert!(sign_in.is_urgent(as_of), "{sign_in:?}");
    let unified = all.iter().find(|e| e.source == LogSource::UnifiedAudit).expect("the end");
    assert!(!unified.is_urgent(as_of), "{unified:?}");
    assert!(all.is_sorted_by_key(|e| (e.gone.is_none(), e.gone)));
    let kept = to_export(&rows, &Terms::default().keep(LogSource::UnifiedAudit, 21), as_of);
    assert!(kept.iter().any(|e| e.source == LogSource::UnifiedAudit && e.is_urgent(as_of)));
}

#[test]
fn a_licence_moves_what_is_gone() {
    let kept = |terms: &Terms| [LogSource::UnifiedAudit, LogSource::EntraSignIn, LogSource::Iis].map(|s| terms.kept(s));
    assert_eq!(kept(&Terms::default()), [Some(180), Some(30), None]);
    let terms = Terms::default().licensed(Licence::AuditPremium).licensed(Licence::EntraFree);
    assert_eq!(kept(&terms), [Some(365), Some(7), None]);
    assert!(Licence::ALL.into_iter().all(|l| Licence::parse(l.as_str()) == Some(l)));
}

#[test]
fn a_record_of_another_age_makes_no_endless_table() {
    let mut events = busy(0..3);
    events.push(event(LogSource::UnifiedAudit, Timestamp(0), "Send", None, &[]));
    let rows = table(events, None, "2024-02-01");
    assert_eq!(i64::try_from(rows.len()), Ok(LONGEST + 1));
}

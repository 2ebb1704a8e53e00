use super::*;
use aftermail_model::{Exposed, Exposure, FindingId, ListedMessage, Locator, Message, Signal, Timestamp};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn place(n: u64) -> Locator {
    Locator { evidence: "e".to_owned(), offset: n, length: 1_000 }
}

fn message(n: u64, id: Option<&str>, from: &str, subject: &str, sent: &str) -> Message {
    Message {
        at: place(n),
        sameness: format!("s{n}"),
        message_id: id.map(str::to_owned),
        from: Some(from.to_owned()),
        to: vec!["Bob <bob@fabrikam.example>".to_owned()],
        subject: Some(subject.to_owned()),
        sent: Some(at(sent)),
        ..Message::default()
    }
}

fn row(n: u64, id: Option<&str>) -> ListedMessage {
    ListedMessage { row: n, message_id: id.map(str::to_owned), ..ListedMessage::default() }
}

fn like(n: u64, from: &str, subject: &str, sent: &str) -> ListedMessage {
    ListedMessage { from: Some(from.to_owned()), subject: Some(subject.to_owned()), sent: Some(at(sent)), ..row(n, None) }
}

fn matched(rows: &[ListedMessage], messages: &[Message], rule: &Rule) -> Reconciled {
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    reconcile(&[ProviderList { name: "first.csv", rows }], &held, rule)
}

fn compromised() -> Rule {
    Rule { accounts: ["jane@contoso.example".to_owned()].into(), ..Rule::default() }
}

const JANE: &str = "Jane Doe <Jane@contoso.example>";

#[test]
fn message_ids_match_in_whatever_dress() {
    let messages = [
        message(1, Some("<AbC@contoso.example>"), JANE, "a", "2024-01-05T10:00:00Z"),
        message(2, Some("<x@contoso.example>"), JANE, "b", "2024-01-05T10:00:00Z"),
        message(3, Some("<X@contoso.example>"), JANE, "c", "2024-01-05T10:00:00Z"),
    ];
    for id in ["<AbC@contoso.example>", "AbC@contoso.example", " <AbC@contoso.example> ", "<abc@CONTOSO.example>"] {
        let out = matched(&[row(7, Some(id))], &messages, &Rule::default());
        assert_eq!(out.exposures.len(), 1, "{id}");
        assert_eq!((&out.exposures[0].at, out.exposures[0].exposed), (&place(1), Exposed::Listed));
        assert_eq!(out.exposures[0].rests_on, ["first.csv:7"]);
        assert!(out.missing.is_empty() && out.probable.is_empty());
    }
    let exact = matched(&[row(1, Some("<x@contoso.example>"))], &messages, &Rule::default());
    assert_eq!(exact.exposures.iter().map(|e| &e.at).collect::<Vec<_>>(), [&place(2)], "an exact id goes before one in other case");
}

#[test]
fn several_lists_are_one_and_keep_their_rows() {
    let messages = [message(1, Some("<a@contoso.example>"), JANE, "a", "2024-01-05T10:00:00Z")];
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    let first = [row(2, Some("<a@contoso.example>")), row(3, Some("<gone@contoso.example>"))];
    let second = [row(2, Some("gone@contoso.example")), row(3, Some("a@contoso.example"))];
    let lists = [ProviderList { name: "april.csv", rows: &first }, ProviderList { name: "june.csv", rows: &second }];
    let out = reconcile(&lists, &held, &Rule::default());
    assert_eq!(out.exposures.len(), 1);
    assert_eq!(out.exposures[0].rests_on, ["april.csv:2", "june.csv:3"]);
    assert_eq!(out.missing.len(), 1);
    assert_eq!(out.missing[0].rests_on, ["april.csv:3", "june.csv:2"]);
}

#[test]
fn what_has_no_id_is_found_by_what_it_looks_like_and_a_person_decides() {
    let messages = [
        message(1, None, JANE, "VPN for the new site", "2024-01-05T10:00:00Z"),
        message(2, Some("<other@contoso.example>"), JANE, "VPN for the new site", "2024-01-09T10:00:00Z"),
        message(3, None, "eve@fabrikam.example", "Lunch", "2024-01-05T10:00:00Z"),
    ];
    let find = |from: &str, subject: &str, sent: &str| matched(&[like(2, from, subject, sent)], &messages, &Rule::default());
    for (from, subject, sent) in [
        ("jane@contoso.example", "VPN  for the new site", "2024-01-05T10:00:20Z"),
        ("jane@contoso.example", "RE: VPN for the new site", "2024-01-05T10:00:00Z"),
        ("jane@contoso.example", "VPN for the new site", "2024-01-05T15:00:00Z"),
        ("jane@contoso.example", "VPN for the new site", "2024-01-05"),
        ("Jane Doe", "VPN for the new site", "2024-01-05T10:00:00Z"),
    ] {
        let out = find(from, subject, sent);
        assert_eq!(out.exposures.len(), 1, "{from} {subject} {sent}: {out:?}");
        assert_eq!((&out.exposures[0].at, out.exposures[0].exposed), (&place(1), Exposed::ListedProbable), "{from} {subject} {sent}");
        assert_eq!(out.probable[0].candidates[0].at, place(1));
        assert!(out.probable[0].candidates[0].score >= 60);
    }
    for (from, subject, sent) in [
        ("jane@contoso.example", "Another matter", "2024-01-05T10:00:00Z"),
        ("jane@contoso.example", "VPN for the new site", "2024-03-05T10:00:00Z"),
        ("mallory@contoso.example", "Lunch", "2024-01-05T12:37:00Z"),
    ] {
        let out = find(from, subject, sent);
        assert_eq!((out.missing.len(), out.exposures.len()), (1, 0), "{from} {subject} {sent}: {out:?}");
    }
    let other_id = ListedMessage {
        message_id: Some("<not-held@contoso.example>".to_owned()),
        ..like(2, "jane@contoso.example", "VPN for the new site", "2024-01-09T10:00:00Z")
    };
    assert_eq!(matched(&[other_id], &messages, &Rule::default()).missing.len(), 1, "two ids are two messages");
}

#[test]
fn a_thousand_equal_subjects_are_told_by_their_time() {
    let start = at("2024-01-05").0;
    let sent = |n: u64| Timestamp(start + i64::try_from(n).expect("small") * 600).to_string();
    let messages: Vec<Message> = (0..1_000).map(|n| message(n, None, "alerts@contoso.example", "Alert", &sent(n))).collect();
    let rows: Vec<ListedMessage> = (0..1_000).step_by(50).map(|n| like(n, "alerts@contoso.example", "Alert", &sent(n))).collect();
    let out = matched(&rows, &messages, &Rule::default());
    assert_eq!(out.probable.len(), 20);
    let only = |p: &Probable| p.candidates.iter().map(|c| c.at.offset).eq([p.listed.row]);
    assert!(out.probable.iter().all(only), "{out:#?}");
}

#[test]
fn what_the_list_leaves_out_is_shown() {
    let messages = [
        message(1, Some("<a@contoso.example>"), JANE, "a", "2024-01-05T10:00:00Z"),
        message(2, Some("<b@contoso.example>"), JANE, "b", "2024-01-05T10:00:00Z"),
        message(3, Some("<c@contoso.example>"), "x@fabrikam.example", "c", "2024-01-05T10:00:00Z"),
    ];
    let out = matched(&[row(1, Some("<a@contoso.example>"))], &messages, &compromised());
    assert_eq!(out.extra, [Extra { at: place(2), party: "jane@contoso.example".to_owned() }]);
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    assert!(reconcile(&[], &held, &compromised()).extra.is_empty(), "without a list nothing is left out");
}

#[test]
fn the_rule_knows_accounts_domains_and_times() {
    let messages = [
        message(1, None, JANE, "a", "2024-01-05T10:00:00Z"),
        message(2, None, "x@mail.fabrikam.example", "b", "2024-01-05T10:00:00Z"),
        message(3, None, "x@notfabrikam.example", "c", "2024-01-05T10:00:00Z"),
        message(4, None, JANE, "d", "2023-01-05T10:00:00Z"),
    ];
    let mut messages = messages;
    messages.iter_mut().for_each(|m| m.to = vec!["y@elsewhere.example".to_owned()]);
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    let rule = Rule {
        domains: ["fabrikam.example".to_owned()].into(),
        window: Window { from: Some(at("2024-01-01")), to: None },
        ..compromised()
    };
    let all = rule.apply(&held);
    assert_eq!(all.iter().map(|e| e.at.offset).collect::<Vec<_>>(), [1, 2]);
    assert!(all.iter().all(|e| e.exposed == Exposed::AssumedByRule && e.exposed.counts_as_taken()));
}

#[test]
fn secrets_inherit_first_and_last_exposure_of_what_holds_them() {
    let exposure = |n, exposed, first: Option<&str>, last: Option<&str>| Exposure {
        at: place(n),
        exposed,
        first: first.map(at),
        last: last.map(at),
        because: String::new(),
        rests_on: Vec::new(),
    };
    let exposures = [
        exposure(1, Exposed::Listed, None, None),
        exposure(1, Exposed::Read, Some("2024-02-03"), Some("2024-02-09")),
        exposure(2, Exposed::AssumedSync, Some("2024-02-01"), Some("2024-02-01")),
        exposure(3, Exposed::AssumedByRule, None, None),
        exposure(4, Exposed::ReadByUnknown, Some("2024-01-01"), Some("2024-01-01")),
    ];
    let id = |text: &str| FindingId::from_text(text);
    let (a, b, c) = (id("a"), id("b"), id("c"));
    let places = [place(1), place(2), place(3), place(4)];
    let sent = Some(at("2023-06-01"));
    let out = inherit(&exposures, [(&a, &places[0], sent), (&a, &places[1], sent), (&b, &places[2], sent), (&c, &places[3], sent)]);
    let of = |finding: &FindingId| out.get(finding).map(|i| (i.exposed, i.first, i.last, i.places));
    assert_eq!(of(&a), Some((Exposed::Listed, Some(at("2024-02-01")), Some(at("2024-02-09")), 2)));
    assert_eq!(of(&b), Some((Exposed::AssumedByRule, sent, sent, 1)));
    assert_eq!(of(&c), None, "what an unknown reader read is not taken");
}

#[test]
fn an_intruder_is_derived_from_what_signals_tell_of_one() {
    let signal = |technique: &str, session: &str, app: &str, subject: &str| Signal {
        detector: "x".to_owned(),
        title: String::new(),
        techniques: vec![technique.to_owned()],
        first: None,
        last: None,
        actor: None,
        subjects: vec![subject.to_owned()],
        addresses: Vec::new(),
        sessions: vec![session.to_owned()],
        apps: vec![app.to_owned()],
        exposed_account: false,
        because: String::new(),
        rests_on: Vec::new(),
    };
    let (reader, shell, thief) =
        ("AAAA1111-0000-4000-8000-000000000001", "aaaa1111-0000-4000-8000-000000000002", "aaaa1111-0000-4000-8000-000000000003");
    let signals = [
        signal("T1550.001", "S1", shell, "jane@contoso.example"),
        signal("T1114.002", "S2", reader, "jane@contoso.example"),
        signal("T1098.001", "S3", shell, &format!("Application_{thief}")),
        signal("T1528", "S4", shell, "00000003-0000-0000-c000-000000000000"),
        signal("T1114.003", "S5", shell, "jane@contoso.example"),
    ];
    let intruder = Intruder::from_signals(&signals, Window::default());
    assert_eq!(intruder.sessions, ["s1".to_owned(), "s2".to_owned()].into());
    assert_eq!(intruder.apps, [reader.to_lowercase(), thief.to_owned()].into(), "neither a shell nor the provider's own");
}

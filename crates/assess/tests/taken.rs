//! Lists, records and mail of any kind: nothing is lost, nothing said twice, and what is said is what a slow comparison says.
#![allow(missing_docs)]

use aftermail_assess::coverage::{CoverageFold, Terms, provable, to_export};
use aftermail_assess::exposure::{Held, Intruder, ProviderList, ReadingFold, Rule, reconcile};
use aftermail_model::{Event, Exposed, ListedMessage, Locator, LogSource, Message, Property, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// From few words, so that much coincides.
fn id() -> impl Strategy<Value = Option<String>> {
    let dressed = |(name, dress): (&str, u8)| match dress {
        0 => Some(format!("<{name}@contoso.example>")),
        1 => Some(format!("{name}@contoso.example")),
        2 => Some(format!(" <{}@CONTOSO.example> ", name.to_uppercase())),
        _ => None,
    };
    (prop::sample::select(vec!["a", "b", "c", "A"]), 0_u8..4).prop_map(dressed)
}

fn subject() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(vec![None, Some(""), Some("Alert"), Some("RE: Alert"), Some("VPN")]).prop_map(|s| s.map(str::to_owned))
}

fn time() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of((1_704_000_000_i64..1_704_900_000).prop_map(Timestamp))
}

fn sender() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(vec![None, Some("jane@contoso.example"), Some("Bob <bob@contoso.example>")]).prop_map(|s| s.map(str::to_owned))
}

prop_compose! {
    fn messages()(all in prop::collection::vec((id(), subject(), time(), sender(), 0_u64..6), 0..12)) -> Vec<Message> {
        let mut messages = Vec::new();
        for (n, (message_id, subject, sent, from, same)) in (0..).zip(all) {
            let sameness = if same == 0 { String::new() } else { format!("s{same}") };
            let at = Locator { evidence: "e".to_owned(), offset: n, length: 10 };
            messages.push(Message { at, sameness, custodian: from.clone(), message_id, subject, sent, from, ..Message::default() });
        }
        messages
    }
}

prop_compose! {
    fn rows()(all in prop::collection::vec((id(), subject(), time(), sender()), 0..12)) -> Vec<ListedMessage> {
        (1..).zip(all).map(|(row, (message_id, subject, sent, from))| ListedMessage { row, message_id, subject, sent, from, ..ListedMessage::default() }).collect()
    }
}

fn bare(id: &str) -> &str {
    id.trim().trim_matches(['<', '>'])
}

/// The messages that an id means, one by one.
fn meant(messages: &[Message], id: &str) -> BTreeSet<u64> {
    let by = |same: &dyn Fn(&str) -> bool| -> BTreeSet<u64> {
        messages.iter().filter(|m| m.message_id.as_deref().is_some_and(|own| same(bare(own)))).map(|m| m.at.offset).collect()
    };
    let exact = by(&|own| own == bare(id));
    if exact.is_empty() { by(&|own| own.to_lowercase() == bare(id).to_lowercase()) } else { exact }
}

fn access(id: Option<String>, at: Timestamp, session: &str) -> Event {
    Event {
        time: Some(at),
        operation: "MailItemsAccessed".to_owned(),
        target: Some("jane@contoso.example".to_owned()),
        session: Some(session.to_owned()),
        properties: vec![Property { name: "MailAccessType".to_owned(), old: None, new: Some("Bind".to_owned()) }],
        messages: id.into_iter().collect(),
        ..Event::new(LogSource::UnifiedAudit)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn each_row_ends_in_one_place(messages in messages(), rows in rows()) {
        let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
        let rule = Rule { accounts: ["jane@contoso.example".to_owned()].into(), ..Rule::default() };
        let out = reconcile(&[ProviderList { name: "l", rows: &rows }], &held, &rule);
        let of = |listed: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> { listed.cloned().collect() };
        let sure = of(&mut out.exposures.iter().filter(|e| e.exposed == Exposed::Listed).flat_map(|e| &e.rests_on));
        let probable = of(&mut out.probable.iter().flat_map(|p| &p.rests_on));
        let missing = of(&mut out.missing.iter().flat_map(|m| &m.rests_on));
        prop_assert!(sure.is_disjoint(&probable) && sure.is_disjoint(&missing) && probable.is_disjoint(&missing));
        prop_assert_eq!(sure.len() + probable.len() + missing.len(), rows.len());
        for row in &rows {
            let found: BTreeSet<u64> = out.exposures.iter().filter(|e| e.exposed == Exposed::Listed && e.rests_on.contains(&format!("l:{}", row.row))).map(|e| e.at.offset).collect();
            prop_assert_eq!(found, row.message_id.as_deref().map(|id| meant(&messages, id)).unwrap_or_default());
        }
        let named: BTreeSet<u64> = out.exposures.iter().map(|e| e.at.offset).collect();
        prop_assert!(out.extra.iter().all(|e| !named.contains(&e.at.offset)));
        prop_assert!(out.probable.iter().all(|p| p.candidates.iter().all(|c| c.score >= 60)));
    }

    #[test]
    fn each_message_has_one_verdict(messages in messages(), reads in prop::collection::vec((id(), time(), 0_u8..3), 0..20)) {
        let mut events: Vec<Event> = reads.into_iter().filter_map(|(id, at, who)| Some(access(id, at?, &format!("S{who}")))).collect();
        events.sort_by_key(|e| e.time);
        let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
        let mut reading = ReadingFold::new(&held, Intruder { sessions: ["s0".to_owned()].into(), ..Intruder::default() });
        let mut coverage = CoverageFold::new(Terms::default(), None);
        for e in &events {
            reading.see(e);
            coverage.see(e);
        }
        let as_of = Timestamp(1_705_000_000);
        let all = reading.finish(&coverage.finish(as_of), as_of);
        prop_assert_eq!(all.len(), if events.is_empty() { 0 } else { messages.len() });
        let taken: BTreeSet<u64> = events.iter().filter(|e| e.session.as_deref() == Some("S0")).flat_map(|e| &e.messages).flat_map(|id| meant(&messages, id)).collect();
        for (exposure, message) in all.iter().zip(&messages) {
            prop_assert_eq!(&exposure.at, &message.at);
            if taken.contains(&message.at.offset) {
                prop_assert_eq!(exposure.exposed, Exposed::Read);
                prop_assert!(!exposure.rests_on.is_empty() && exposure.first.is_some());
            } else if exposure.exposed == Exposed::Read {
                prop_assert!(exposure.because.starts_with("another copy") && !message.sameness.is_empty());
            }
        }
    }

    #[test]
    fn each_day_has_one_word(times in prop::collection::vec(-4_000_000_000_i64..4_000_000_000, 0..40), as_of in 1_000_000_000_i64..2_000_000_000, since in prop::option::of(0_i64..2_000_000_000)) {
        let as_of = Timestamp(as_of);
        let mut fold = CoverageFold::new(Terms::default(), since.map(Timestamp));
        let mut times = times;
        times.sort_unstable();
        times.iter().for_each(|t| fold.see(&access(None, Timestamp(*t), "s")));
        let rows = fold.finish(as_of);
        let whole: Vec<i64> = rows.iter().filter(|c| c.subject.is_none()).map(|c| c.day.0).collect();
        prop_assert!(whole.windows(2).all(|days| days[1] - days[0] == 86_400), "without holes");
        prop_assert_eq!(whole.last().copied(), (!times.is_empty()).then(|| as_of.0.div_euclid(86_400) * 86_400));
        let all: BTreeSet<_> = rows.iter().map(|c| (c.source, &c.subject, c.day)).collect();
        prop_assert_eq!(all.len(), rows.len());
        let export = to_export(&rows, &Terms::default(), as_of);
        prop_assert!(export.iter().all(|e| e.from <= e.to && !e.sentence.is_empty()));
        prop_assert_eq!(provable(&rows).is_empty(), rows.is_empty());
    }
}

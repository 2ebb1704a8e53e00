use super::*;
use aftermail_model::{CaseKey, Layer};
use proptest::prelude::*;

fn occurrence(value: &str, offset: u64, confidence: f32, system: Option<&str>, status: Status) -> Occurrence {
    Occurrence {
        at: Locator { evidence: "e".into(), offset, length: 10 },
        part: 0,
        place: "body".into(),
        layer: Layer::Visible,
        start: 0,
        end: 4,
        rule: "assigned".into(),
        kind: Kind::Password,
        shape: "•••••, 4 chars".into(),
        finding: CaseKey::new([1; 32]).fingerprint(value),
        system: system.map(str::to_owned),
        credential: None,
        person: None,
        account: None,
        expires: None,
        status,
        confidence,
        because: vec!["a cue".into()],
        language: None,
    }
}

#[test]
fn quoted_copies_are_one_finding_in_several_messages() {
    let mut ledger = Ledger::default();
    ledger.add(&occurrence("a", 0, 0.9, Some("VPN"), Status::Live), Some(Timestamp(100)), None);
    ledger.add(&occurrence("a", 10, 0.8, None, Status::Live), Some(Timestamp(200)), None);
    ledger.add(&occurrence("b", 10, 0.7, None, Status::Live), None, None);
    let (findings, links) = ledger.finish();
    assert_eq!(findings.len(), 2);
    let a = &findings[0];
    assert_eq!((a.messages, a.occurrences, a.system.as_deref()), (2, 2, Some("VPN")));
    assert_eq!((a.first_sent, a.last_sent), (Some(Timestamp(100)), Some(Timestamp(200))));
    assert_eq!(links.iter().filter(|l| l.target == LinkTarget::System).count(), 1);
}

#[test]
fn the_latest_word_on_its_life_counts() {
    let mut ledger = Ledger::default();
    ledger.add(&occurrence("a", 0, 0.9, None, Status::Temporary), Some(Timestamp(100)), None);
    ledger.add(&occurrence("a", 10, 0.9, None, Status::RevokedInThread), Some(Timestamp(200)), None);
    ledger.add(&occurrence("a", 20, 0.9, None, Status::Live), Some(Timestamp(300)), None);
    assert_eq!(ledger.finish().0[0].status, Status::RevokedInThread);
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(rows in prop::collection::vec((0..4u8, 0..6u64, 0..10u8, prop::option::of(0..3u8), 0..300i64), 1..20), seed in any::<u64>()) {
        let all: Vec<(Occurrence, Option<Timestamp>)> = rows.iter().map(|(v, at, c, s, t)| {
            let system = s.map(|s| ["VPN", "vpn", "Mail"][usize::from(s)]);
            let status = [Status::Live, Status::Temporary, Status::RevokedInThread][(*t % 3) as usize];
            (occurrence(&v.to_string(), *at, f32::from(*c) / 10.0, system, status), Some(Timestamp(*t)))
        }).collect();
        let mut shuffled = all.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let fold = |rows: &[(Occurrence, Option<Timestamp>)]| {
            let mut ledger = Ledger::default();
            rows.iter().for_each(|(o, sent)| ledger.add(o, *sent, None));
            ledger.finish()
        };
        prop_assert_eq!(fold(&all), fold(&shuffled));
    }
}

#[test]
fn a_secret_is_ignored_where_every_place_of_it_is() {
    let rule = Ignore { from: Some("@noise.example".into()), reason: "drill".into(), ..Ignore::default() };
    let mut ledger = Ledger::new(Directory::default(), vec![rule, Ignore { reason: "no condition".into(), ..Ignore::default() }]);
    let noise = Some("Drill <drill@noise.example>");
    ledger.add(&occurrence("a", 0, 0.9, None, Status::Live), None, noise);
    ledger.add(&occurrence("b", 0, 0.9, None, Status::Live), None, noise);
    ledger.add(&occurrence("b", 10, 0.9, None, Status::Live), None, Some("ann@corp.example"));
    let mut ignored: Vec<Option<String>> = ledger.finish().0.into_iter().map(|f| f.ignored).collect();
    ignored.sort();
    assert_eq!(ignored, [None, Some("drill".to_owned())]);
}

#[test]
fn owners_are_who_runs_the_system_then_who_sent_the_secret_first() {
    let mut directory = Directory::of_domains(&["corp.example".into()]);
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    directory.add("systems", &[row(["host", "alias", "owner"]), row(["vpn1.corp.example", "VPN", "Ines Aguiar"])]);
    let mut ledger = Ledger::new(directory, Vec::new());
    ledger.add(&occurrence("a", 0, 0.9, Some("VPN"), Status::Live), Some(Timestamp(200)), Some("bob@corp.example"));
    ledger.add(&occurrence("a", 10, 0.9, None, Status::Live), Some(Timestamp(100)), Some("ann@corp.example"));
    ledger.add(&occurrence("a", 20, 0.9, None, Status::Live), None, Some("eve@corp.example"));
    let (findings, links) = ledger.finish();
    assert_eq!(findings[0].system.as_deref(), Some("vpn1.corp.example"), "one name for all aliases");
    let owners: Vec<&str> = links.iter().filter(|l| l.target == LinkTarget::Owner).map(|l| l.name.as_str()).collect();
    assert_eq!(owners, ["Ines Aguiar", "ann@corp.example"]);
}

//! Values too unsure to be reported, for locks.

use aftermail_detect::words::{Model, Trees};
use aftermail_detect::{MOST_CANDIDATES, Packs, detect};
use aftermail_model::{Layer, Message, RevealPermit, Text};
use std::fmt::Write as _;

fn text(body: &str) -> Text {
    Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() }
}

#[test]
fn candidates_are_unsure_distinct_and_best_first() {
    let permit = RevealPermit::recorded();
    // Sure of nothing that is not plain.
    let packs = Packs::built_in().model(Model { gate: Trees::default(), finder: Trees { base: -1.0, trees: Vec::new() } });
    let mut body = "The archive is encrypted, password: Heron!marsh51 for Ann.\n".to_owned();
    for n in 0..300 {
        let _ = writeln!(body, "The password policy names heron{n} and Heron{n}marsh, heron{n} twice.");
    }
    let texts = [text(&body), text(&body)];
    let candidates = packs.candidates(&Message::default(), &texts);
    assert!(!candidates.is_empty() && candidates.len() <= MOST_CANDIDATES, "{}", candidates.len());
    assert!(candidates.windows(2).all(|w| w[0].confidence >= w[1].confidence));
    let values: Vec<&String> = candidates.iter().map(|c| c.value.reveal(&permit)).collect();
    assert_eq!(values.iter().collect::<std::collections::HashSet<_>>().len(), values.len());
    let surest = "Heron!marsh51".to_owned();
    assert!(!values.contains(&&surest), "what is reported is no candidate");
    let hits = detect(&texts[0], &Message::default(), &packs);
    assert!(hits.iter().any(|h| *h.value.reveal(&permit) == surest));
}

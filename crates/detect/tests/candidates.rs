//! What becomes of candidates: turned away by the gate, reported, or kept for locks.

use aftermail_detect::words::{Judge, Model, Trees};
use aftermail_detect::{MOST_CANDIDATES, Packs, detect};
use aftermail_model::{Layer, Message, RevealPermit, Text};
use std::fmt::Write as _;

fn text(body: &str) -> Text {
    Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() }
}

fn always(logit: f32) -> Judge {
    Judge { trees: Trees { base: logit, trees: Vec::new() }, ..Judge::default() }
}

#[test]
fn candidates_are_unsure_distinct_and_best_first() {
    let permit = RevealPermit::recorded();
    // Sure of nothing that is not plain.
    let packs = Packs::built_in().model(Model { finder: always(-1.0), ..Model::default() });
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

#[test]
fn the_gate_turns_away_what_is_unsure_and_never_what_is_plain() {
    let permit = RevealPermit::recorded();
    let found = |gate: f32| {
        let sure = always(5.0);
        let packs = Packs::built_in().model(Model { gate: always(gate), finder: sure, ..Model::default() });
        let text = text("Tell the guard heron77wade when he asks for the password.\n\nPassword: Blue-Heron7!\n");
        let hits = detect(&text, &Message::default(), &packs);
        hits.into_iter().map(|h| h.value.reveal(&permit).clone()).collect::<Vec<_>>()
    };
    assert_eq!(found(-20.0), ["Blue-Heron7!"]);
    assert_eq!(found(20.0), ["heron77wade", "Blue-Heron7!"]);
}

#[test]
fn what_a_configuration_assigns_to_something_else_is_no_candidate() {
    let permit = RevealPermit::recorded();
    // Takes whatever is put forward.
    let all = Packs::built_in().model(Model { finder: always(5.0), ..Model::default() });
    let values = |body: &str| {
        let hits = detect(&text(body), &Message::default(), &all);
        hits.into_iter().map(|h| h.value.reveal(&permit).clone()).collect::<Vec<_>>()
    };
    assert_eq!(values("host = db2\nport = 5432\npassword = Hawser+Bollard88\n"), ["Hawser+Bollard88"]);
    let alone = values("The password is on the wall.\nshed = 5432\n");
    assert!(alone.contains(&"5432".to_owned()), "a single such line is how people write: {alone:?}");
}

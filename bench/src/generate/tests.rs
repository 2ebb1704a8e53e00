//! What is generated is what its labels say.

use super::*;
use mail_parser::{MessageParser, MimeHeaders, PartType};

fn squash(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '>').collect()
}

/// The text of a message without tags, entities and white space.
fn text_of(raw: &[u8]) -> String {
    let message = MessageParser::default().parse(raw).expect("a message");
    let mut all = String::new();
    for part in &message.parts {
        let text = match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.clone().into_owned(),
            _ => continue,
        };
        let html = matches!(part.body, PartType::Html(_)) && part.attachment_name().is_none();
        all += &if html { untagged(&text) } else { text };
    }
    squash(&all)
}

fn untagged(html: &str) -> String {
    let mut inside = false;
    let kept = html.chars().filter(|c| {
        let was = inside;
        inside = match c {
            '<' => true,
            '>' => false,
            _ => inside,
        };
        !was && !inside
    });
    kept.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn some_threads(language: &Language, common: &Language, seed: u64, count: usize) -> Vec<(Vec<String>, Thread)> {
    let mut random = Random::new(seed);
    let world = World::new(&mut random, language);
    let stage = Stage { world: &world, language, common };
    let made = |random: &mut Random| {
        let thread = thread::thread(&stage, random);
        (thread.mails.iter().map(|m| text_of(&m.write(random))).collect(), thread)
    };
    (0..count).map(|_| made(&mut random)).collect()
}

#[test]
fn every_label_stands_in_its_message() {
    let (languages, common) = (language::all().expect("languages"), language::common().expect("sentences"));
    for language in &languages {
        let mut seen = 0;
        for (texts, thread) in some_threads(language, &common, 11, 60) {
            for label in &thread.labels {
                let written = squash(label.written.as_deref().unwrap_or(&label.value));
                let text = &texts[label.message];
                assert!(text.contains(&written), "{}: {label:?} is not in {text}", language.code);
                for (message, piece) in &label.parts {
                    assert!(texts[*message].contains(&squash(piece)), "{}: {piece} of {label:?}", language.code);
                }
                seen += 1;
            }
            for (message, _, element, value) in &thread.personal {
                assert!(texts[*message].contains(&squash(value)), "{}: {element} {value}", language.code);
            }
        }
        assert!(seen > 10, "{}: {seen} labels in 60 conversations", language.code);
    }
}

#[test]
fn every_sentence_can_be_said() {
    let common = language::common().expect("sentences");
    for language in &language::all().expect("languages") {
        let mut random = Random::new(2);
        let world = World::new(&mut random, language);
        let mut scene = scene::Scene::new(&world, language, &world.people[0], &world.people[1]);
        for frame in language.sections().chain(common.sections()).flatten() {
            for at in 0..frame.messages.len() {
                scene.say(frame, at, "prose", &mut random);
            }
        }
        scene.close();
    }
}

#[test]
fn decoys_hold_no_secret() {
    for language in language::all().expect("languages") {
        let mut random = Random::new(4);
        let world = World::new(&mut random, &language);
        let mut scene = scene::Scene::new(&world, &language, &world.people[0], &world.people[1]);
        for section in ["decoy", "fill", "greet", "close", "ack", "subject", "intro", "sign"] {
            for frame in language.frames(section) {
                let text = scene.alone(frame, "prose", &mut random);
                assert!(scene.labels.is_empty(), "{}: {text}", language.code);
            }
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_mail() {
    let (languages, common) = (language::all().expect("languages"), language::common().expect("sentences"));
    let text = |seed| some_threads(&languages[0], &common, seed, 5).into_iter().flat_map(|(texts, _)| texts).collect::<Vec<_>>();
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

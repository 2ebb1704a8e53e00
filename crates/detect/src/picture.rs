//! What was read from a picture is never exact: it says so, names the characters that may be others, and counts for less.

use crate::Hit;
use aftermail_model::Text;

/// Characters that are taken for each other.
const LOOK_ALIKES: [&str; 7] = ["0Oo", "1lI|", "5S", "8B", "2Zz", "6G", "9gq"];
/// However clear the picture, the value was not copied but read.
const SUREST: f32 = 0.95;
/// A smudged value is worth looking at all the same.
const LEAST: f32 = 0.4;

/// Lowers the hit by how unsure its characters are.
pub(crate) fn temper(hit: &mut Hit, text: &Text) {
    let Some(read) = text.body.get(hit.start..hit.end) else { return };
    let Some(certainty) = text.certainty.get(hit.start..hit.end) else { return };
    let right: f32 = read.char_indices().map(|(at, _)| f32::from(certainty[at]) / 100.0).product();
    hit.confidence = (hit.confidence * right.max(LEAST)).min(SUREST);
    let mut because = format!("read from a picture ({:.0} % sure), verify", right * 100.0);
    let doubts: Vec<String> = LOOK_ALIKES.iter().filter(|set| read.contains(|c| set.contains(c))).map(|set| alternatives(set)).collect();
    if !doubts.is_empty() {
        because.push_str(&format!("; it holds characters that look alike: {}", doubts.join(", ")));
    }
    hit.because.push(because);
}

fn alternatives(set: &str) -> String {
    set.chars().map(String::from).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use crate::{Hit, Packs, detect};
    use aftermail_model::{Layer, Message, Text};

    fn hits(sure: u8) -> Vec<Hit> {
        let body = "Admin password: Harb0ur-Lamp7\n".to_owned();
        let certainty = vec![sure; body.len()];
        let text = Text { part: 0, layer: Layer::Ocr, place: "door.jpg".into(), media: "image/jpeg".into(), body, certainty };
        detect(&text, &Message::default(), &Packs::built_in())
    }

    #[test]
    fn what_is_read_from_a_picture_says_so_and_names_look_alikes() {
        let hit = &hits(100)[0];
        assert!(hit.confidence <= 0.95);
        let last = hit.because.last().unwrap();
        assert!(last.contains("read from a picture") && last.contains("0/O/o") && !last.contains("8/B"), "{last}");
    }

    #[test]
    fn a_smudged_value_counts_for_less() {
        let (clear, smudged) = (&hits(99)[0], &hits(90)[0]);
        assert!(clear.confidence > 1.5 * smudged.confidence, "{} {}", clear.confidence, smudged.confidence);
        assert!(smudged.confidence > 0.1);
    }
}

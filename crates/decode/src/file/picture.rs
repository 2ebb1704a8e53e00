//! Pictures: the text and the codes that stand in them.

use super::{Budget, Contents, Guesses, Loss, Passage};
use crate::otp;
use aftermail_eyes::{Eyes, Fault, Seen};
use aftermail_model::{Layer, Reason};

/// What is to be seen in a picture. `None` where nobody reads its format. One without text is read all the same.
pub(super) fn read(bytes: &[u8], media: &'static str, eyes: &Eyes, budget: &mut Budget) -> Option<Contents> {
    if budget.pixels == 0 {
        let detail = "The message holds more pictures than are looked at for one message.";
        let losses = vec![Loss::new(Reason::TooLarge, detail, bytes.len() as u64)];
        return Some(Contents { media, losses, ..Contents::default() });
    }
    let Seen { lines, codes, faults, work } = eyes.look(bytes);
    budget.pixels = budget.pixels.saturating_sub(work);
    if faults.contains(&Fault::Unsupported) {
        return None;
    }
    let code = |code: aftermail_eyes::Code| Passage {
        layer: Layer::Visible,
        own: code.sort.to_owned(),
        body: otp::unfolded(&code.payload).unwrap_or(code.payload),
    };
    let mut guesses = Guesses { body: String::new(), certainty: Vec::new() };
    for line in lines {
        guesses.body.push_str(&line.text);
        guesses.body.push('\n');
        guesses.certainty.extend(line.certainty);
        guesses.certainty.push(100);
    }
    // Where something of it was read, nobody can say how many bytes the rest is.
    let size = if codes.is_empty() && guesses.body.is_empty() { bytes.len() as u64 } else { 0 };
    Some(Contents {
        media,
        passages: codes.into_iter().map(code).collect(),
        guesses: (!guesses.body.is_empty()).then_some(guesses),
        losses: faults.into_iter().map(|f| loss(f, size)).collect(),
        ..Contents::default()
    })
}

fn loss(fault: Fault, bytes: u64) -> Loss {
    match fault {
        Fault::TooLarge(detail) => Loss::new(Reason::TooLarge, detail, bytes),
        Fault::Damaged(detail) => Loss::new(Reason::Damaged, detail, bytes),
        Fault::Unsupported => Loss::new(Reason::Unsupported, "Its kind of picture is not read by this version.", bytes),
        Fault::NoModels => {
            let detail = "The text in a picture is read only with the models for it, which are not there: see \"aftermail models\".";
            Loss::new(Reason::Unsupported, detail, bytes)
        }
        Fault::BadModels => {
            let detail = "The models for reading pictures are there but cannot be used: see \"aftermail models\".";
            Loss::new(Reason::Unsupported, detail, bytes)
        }
    }
}

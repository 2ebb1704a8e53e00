//! Sentences with gaps: `{slot}`, `{slot:argument}`, `((this|or that))`, `\n` for a new line.

use anyhow::{Result, bail};

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Stands as it is.
    Text(String),
    /// To be filled: name and argument.
    Slot(String, String),
    /// One of these.
    Choice(Vec<Vec<Piece>>),
}

/// Takes a sentence apart. Braces around anything but a slot's name (small letters and digits) are text.
///
/// # Errors
/// Where a choice is not closed.
pub fn parse(text: &str) -> Result<Vec<Piece>> {
    let mut rest = text;
    let pieces = sequence(&mut rest, false)?;
    match rest.is_empty() {
        true => Ok(pieces),
        false => bail!("\"{text}\" closes a choice that it does not open"),
    }
}

fn sequence(rest: &mut &str, inside: bool) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    while let Some(c) = rest.chars().next() {
        if inside && (c == '|' || rest.starts_with("))")) {
            break;
        }
        if let Some((name, argument, length)) = slot(rest) {
            flush(&mut plain, &mut pieces);
            pieces.push(Piece::Slot(name, argument));
            *rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix("((") {
            flush(&mut plain, &mut pieces);
            *rest = after;
            pieces.push(Piece::Choice(choice(rest)?));
        } else if let Some(after) = rest.strip_prefix("\\n") {
            plain.push('\n');
            *rest = after;
        } else {
            plain.push(c);
            *rest = &rest[c.len_utf8()..];
        }
    }
    flush(&mut plain, &mut pieces);
    Ok(pieces)
}

fn choice(rest: &mut &str) -> Result<Vec<Vec<Piece>>> {
    let mut branches = Vec::new();
    loop {
        branches.push(sequence(rest, true)?);
        if let Some(after) = rest.strip_prefix('|') {
            *rest = after;
        } else if let Some(after) = rest.strip_prefix("))") {
            *rest = after;
            return Ok(branches);
        } else {
            bail!("a choice is not closed");
        }
    }
}

fn flush(plain: &mut String, pieces: &mut Vec<Piece>) {
    if !plain.is_empty() {
        pieces.push(Piece::Text(std::mem::take(plain)));
    }
}

/// Name, argument and length of the slot that the text begins with.
fn slot(text: &str) -> Option<(String, String, usize)> {
    let end = text.strip_prefix('{')?.find('}')? + 1;
    let (name, argument) = text[1..end].split_once(':').unwrap_or((&text[1..end], ""));
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    (named && !argument.contains([' ', '\n', '"'])).then(|| (name.to_owned(), argument.to_owned(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_slots_and_choices_apart() {
        let text = |t: &str| Piece::Text(t.to_owned());
        let pieces = parse("It is {pw:wy}((, ok|)).\\n${HOME} { x } {\"a\": 1}").expect("a sentence");
        let slot = Piece::Slot("pw".to_owned(), "wy".to_owned());
        let choice = Piece::Choice(vec![vec![text(", ok")], vec![]]);
        assert_eq!(pieces, [text("It is "), slot, choice, text(".\n${HOME} { x } {\"a\": 1}")]);
        assert!(parse("((never closed").is_err() && parse("never opened))").is_ok());
    }
}

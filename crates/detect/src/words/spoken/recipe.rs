//! The value that a row of pieces, and of what is done to them, makes.

use super::super::shape;
use super::{Item, MOST_UNKNOWN, Sense};

/// What the pieces of a description make.
pub(super) fn value(items: &[Item], text: &str) -> Option<String> {
    swapped(items).or_else(|| added(text)).or_else(|| composed(items))
}

/// "like the old (4172) with the first and last digits swapped", "the old one backwards, the old one being 5836".
fn swapped(items: &[Item]) -> Option<String> {
    let swap = items.contains(&Item::Known(Sense::Swap));
    let reversed = items.contains(&Item::Known(Sense::Back)) && items.iter().any(is_old);
    if !swap && !reversed {
        return None;
    }
    let old = items.iter().rposition(is_old).unwrap_or(0);
    let number = items[old..].iter().find_map(|i| match i {
        Item::Piece { text, told: true } if text.bytes().filter(u8::is_ascii_digit).count() >= 3 => Some(text),
        _ => None,
    })?;
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let rest: String = number.chars().filter(|c| !c.is_ascii_digit()).collect();
    let mut turned = digits.clone();
    if swap {
        let last = turned.len() - 1;
        turned.swap(0, last);
    } else {
        turned.reverse();
    }
    (turned != digits).then(|| turned.into_iter().collect::<String>() + &rest)
}

/// A word for the older secret, which the new one is made from.
fn is_old(item: &Item) -> bool {
    const OLD: &[&str] = &[
        "old",
        "alte",
        "alten",
        "alter",
        "ancien",
        "vieux",
        "viejo",
        "vieja",
        "anterior",
        "antigo",
        "antiga",
        "vecchio",
        "oude",
        "stary",
        "старый",
    ];
    matches!(item, Item::Word(w) if OLD.contains(&w.to_lowercase().as_str()))
}

/// "bcpb + FGT60F": the last two or more words with a plus between.
fn added(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_matches([',', ';', '(', ')', '"'])).collect();
    let plus = words.iter().rposition(|w| *w == "+")?;
    let is_piece = |w: &str| w.len() >= 2 && w.chars().all(|c| !c.is_whitespace());
    let mut first = plus.checked_sub(1)?;
    while first >= 2 && words[first - 1] == "+" {
        first -= 2;
    }
    let parts: Vec<&str> = words[first..].iter().step_by(2).take((plus - first) / 2 + 2).copied().collect();
    let last = parts.last()?.trim_end_matches('.');
    let tells = last.chars().any(|c| c.is_ascii_digit()) && last.len() >= 4;
    (tells && parts.iter().all(|p| is_piece(p))).then(|| parts[..parts.len() - 1].concat() + last)
}

/// A piece as it goes into the value, and whether it was spelled or quoted rather than merely there.
struct Part {
    text: String,
    told: bool,
}

/// "…, so Heron-7": the description is followed by what it comes to, which is read as it stands.
fn is_concluded(items: &[Item]) -> bool {
    const SO: &[&str] =
        &["so", "i.e", "ie", "soit", "donc", "also", "sea", "seja", "cioè", "czyli", "dus", "alltså", "yani", "thus", "hence"];
    let whole = |i: &Item| matches!(i, Item::Piece { text, .. } if text.chars().count() >= 7 && shape::of(text).score >= 1.3);
    items.iter().any(|i| matches!(i, Item::Word(w) if SO.contains(&w.to_lowercase().as_str()))) || items.iter().any(whole)
}

/// Pieces one after the other, with what is done to them.
fn composed(items: &[Item]) -> Option<String> {
    if is_concluded(items) {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    let (mut unknown, mut signs, mut done, mut joined) = (0, 0, 0, None);
    let mut at = 0;
    while at < items.len() {
        let next = items.get(at + 1);
        match &items[at] {
            Item::Piece { text, told } => {
                let single = text.chars().count() == 1;
                // "W, 1 instead of i": the letter itself is no piece.
                let replaced = at > 0 && items[at - 1] == Item::Known(Sense::Instead);
                if !replaced && (!single || *told || matches!(items.get(at.wrapping_sub(1)), Some(Item::Known(Sense::Capital)))) {
                    parts.push(Part { text: text.clone(), told: *told });
                    unknown = 0;
                }
            }
            Item::Known(Sense::Digit(d)) => {
                if let Some(Item::Known(Sense::Sign(sign))) = next {
                    // "two question marks"
                    let count = d.to_digit(10).unwrap_or(1).max(1) as usize;
                    parts.push(Part { text: sign.to_string().repeat(count), told: true });
                    signs += 1;
                    at += 1;
                } else if is_figure(items, at) {
                    push_figure(&mut parts, *d, at > 0 && matches!(items[at - 1], Item::Known(Sense::Digit(_))));
                }
                unknown = 0;
            }
            Item::Known(Sense::Sign(sign)) => {
                signs += 1;
                if let Some(letter) = replaced(items, at) {
                    let base = parts.iter_mut().rev().find(|p| p.text.contains(letter))?;
                    base.text = base.text.replace(letter, &sign.to_string());
                    done += 1;
                } else if items[at..].iter().take(4).any(|i| *i == Item::Known(Sense::Each)) {
                    joined = Some(*sign);
                } else {
                    parts.push(Part { text: sign.to_string(), told: true });
                }
                unknown = 0;
            }
            // "4172 (his room backwards)": where it comes from, not what is to be done to it.
            Item::Known(Sense::Back) if is_of_something(&items[..at]) => return None,
            Item::Known(Sense::Back) => {
                let last = parts.last_mut()?;
                last.text = last.text.chars().rev().collect();
                done += 1;
            }
            Item::Known(Sense::Capital) => {
                if let Some(letter) = letter_beside(items, at) {
                    capitalise(&mut parts, letter);
                }
            }
            Item::Known(_) => {}
            Item::Word(word) => {
                unknown += 1;
                if unknown > MOST_UNKNOWN {
                    return None;
                }
                if is_base(items, at, parts.is_empty()) {
                    parts.push(Part { text: word.clone(), told: false });
                    unknown = 0;
                }
            }
        }
        at += 1;
    }
    // What stays untold at the end makes the value incomplete.
    let evidence = signs + done + usize::from(joined.is_some());
    if unknown > 5 || evidence == 0 || parts.len() + done < 2 || !parts.iter().any(|p| p.told) {
        return None;
    }
    let value = match joined {
        Some(sign) => parts.iter().flat_map(|p| p.text.split_whitespace()).collect::<Vec<_>>().join(&sign.to_string()),
        None => parts.into_iter().map(|p| p.text).collect(),
    };
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    (letters >= 4 && value.chars().count() <= 64).then_some(value)
}

/// Whether the words before name a thing of somebody: "his birthday", "unsere Postleitzahl".
fn is_of_something(items: &[Item]) -> bool {
    const WHOSE: &[&str] = &[
        "my", "your", "his", "her", "our", "their", "mein", "meine", "dein", "deine", "sein", "seine", "ihr", "ihre", "unser", "unsere",
        "mon", "ma", "ton", "ta", "son", "sa", "notre", "votre", "leur", "mi", "tu", "su", "nuestro", "nuestra", "meu", "minha", "seu",
        "sua", "nosso", "nossa", "mio", "mia", "tuo", "tua", "suo", "nostro", "nostra", "mijn", "jouw", "zijn", "haar", "onze",
    ];
    matches!(items, [.., Item::Word(whose), Item::Word(_)] if WHOSE.contains(&whose.to_lowercase().as_str()))
}

/// Figures that follow each other make one number.
fn push_figure(parts: &mut Vec<Part>, digit: char, goes_on: bool) {
    match parts.last_mut() {
        Some(last) if goes_on => last.text.push(digit),
        _ => parts.push(Part { text: digit.to_string(), told: true }),
    }
}

/// A word for a figure that is not merely an article: beside another one, or with nothing but a sign or "then" after it.
fn is_figure(items: &[Item], at: usize) -> bool {
    let known = |i: Option<&Item>| matches!(i, Some(Item::Known(Sense::Digit(_) | Sense::Sign(_) | Sense::Then | Sense::Instead)));
    known(items.get(at + 1)) || at > 0 && known(items.get(at - 1)) || items.get(at + 1).is_none()
}

/// The letter that a sign stands for: "at sign instead of every a".
fn replaced(items: &[Item], at: usize) -> Option<char> {
    let instead = items[at..].iter().take(3).position(|i| *i == Item::Known(Sense::Instead))? + at;
    items[instead + 1..].iter().take(4).find_map(|i| match i {
        Item::Piece { text, .. } | Item::Word(text) if text.chars().count() == 1 => text.chars().next(),
        _ => None,
    })
}

/// "com j maiúsculo", "capital W".
fn letter_beside(items: &[Item], at: usize) -> Option<char> {
    let near = items[at.saturating_sub(2)..].iter().take(4);
    near.filter_map(|i| match i {
        Item::Piece { text, .. } | Item::Word(text) if text.chars().count() == 1 => text.chars().next().filter(|c| c.is_alphabetic()),
        _ => None,
    })
    .next()
}

/// The first letter of the piece before that begins with it becomes a capital.
fn capitalise(parts: &mut [Part], letter: char) {
    let lower: String = letter.to_lowercase().collect();
    if let Some(part) = parts.iter_mut().rev().find(|p| p.text.to_lowercase().starts_with(&lower) && p.text.chars().count() > 1) {
        let mut chars = part.text.chars();
        if let Some(first) = chars.next() {
            part.text = first.to_uppercase().chain(chars).collect();
        }
    }
}

/// A plain word that is a piece: the first of a description, or written small as the text says.
fn is_base(items: &[Item], at: usize, first: bool) -> bool {
    const SMALL: &[&str] = &["klein", "kleingeschrieben", "lowercase", "minuscule", "minúscula", "minúsculas", "minuscolo", "małymi"];
    let next = |n: usize| match items.get(at + n) {
        Some(Item::Word(w)) => w.to_lowercase(),
        _ => String::new(),
    };
    let Item::Word(word) = &items[at] else { return false };
    let long = word.chars().count() >= 4;
    let small = SMALL.contains(&next(1).as_str());
    let base = first && matches!(next(1).as_str(), "with" | "com" | "con" | "mit" | "avec" | "met" | "z" | "с") && at <= 2;
    long && (small || base)
}

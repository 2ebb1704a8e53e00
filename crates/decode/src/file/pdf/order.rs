//! Right-to-left writing: from the order in which it stands on the page to the order in which it is read.

/// The letters of Hebrew, Arabic, Syriac, Thaana and their presentation forms (Unicode bidirectional classes R and AL).
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}') && !is_digit(c)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Whether it has a direction of its own from left to right; digits keep their order too.
fn is_left_to_right(c: char) -> bool {
    is_digit(c) || c.is_alphabetic() && !is_right_to_left(c)
}

/// A line whose characters stand from left to right, as it is read. Lines without right-to-left letters stay as they are.
pub(super) fn logical(line: &str) -> String {
    let back = line.chars().filter(|c| is_right_to_left(*c)).count();
    if back == 0 {
        return line.to_owned();
    }
    let ahead = line.chars().filter(|c| c.is_alphabetic() && !is_right_to_left(*c)).count();
    let chars: Vec<char> = line.chars().collect();
    if back >= ahead {
        // The whole line runs to the left; what runs to the right within it keeps its order.
        let turned: Vec<char> = chars.iter().rev().copied().map(mirrored).collect();
        return flipped(&turned, is_left_to_right, is_right_to_left).into_iter().collect();
    }
    flipped(&chars, is_right_to_left, is_left_to_right).into_iter().collect()
}

/// Turns around every stretch from one character of the kind to the last one before a character of the other kind.
fn flipped(chars: &[char], kind: fn(char) -> bool, other: fn(char) -> bool) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        if !kind(chars[at]) {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let stretch = chars[at..].iter().take_while(|c| !other(**c) && **c != '\t');
        let end = at + stretch.clone().enumerate().filter(|(_, c)| kind(**c)).last().map_or(1, |(n, _)| n + 1);
        out.extend(chars[at..end].iter().rev());
        at = end;
    }
    out
}

/// Brackets look the other way in writing to the left.
fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hebrew_reads_from_right_to_left_and_its_numbers_do_not() {
        // On the page: 4711 המסיס, from the left: "4711 :" then the word backwards.
        let word: String = "סיסמה".chars().rev().collect();
        assert_eq!(logical(&format!("4711 :{word}")), "סיסמה: 4711");
    }

    #[test]
    fn a_foreign_word_in_a_latin_line_is_turned_alone() {
        let word: String = "שלום".chars().rev().collect();
        assert_eq!(logical(&format!("The word is {word} today")), "The word is שלום today");
    }

    #[test]
    fn latin_lines_stay_as_they_are() {
        assert_eq!(logical("PIN (new)\t4711"), "PIN (new)\t4711");
    }
}

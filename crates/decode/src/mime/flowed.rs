//! Text whose lines were broken by the mail program: `format=flowed` (RFC 3676).

/// How the lines of a text part are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Flow {
    /// As they stand.
    #[default]
    Fixed,
    /// A line that ends with a space goes on in the next one.
    Flowed,
    /// Likewise, and the space is not part of the text (`delsp=yes`): words and keys are broken anywhere.
    Glued,
}

impl Flow {
    /// By the parameters `format` and `delsp` of the content type.
    pub(super) fn of(format: Option<&str>, delsp: Option<&str>) -> Flow {
        let is = |value: Option<&str>, word: &str| value.is_some_and(|v| v.trim().eq_ignore_ascii_case(word));
        match (is(format, "flowed"), is(delsp, "yes")) {
            (false, _) => Flow::Fixed,
            (true, false) => Flow::Flowed,
            (true, true) => Flow::Glued,
        }
    }
}

/// The text with the lines that belong together joined. A line of another quote depth is never joined, nor is the mark of a
/// signature (§4.3).
pub(super) fn unflowed(text: String, flow: Flow) -> String {
    if flow == Flow::Fixed || !text.contains(" \n") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let (ended, end) = line.strip_suffix('\n').map_or((line, ""), |l| (l, "\n"));
        let quoted = ended.len() - ended.trim_start_matches('>').len();
        let (marks, content) = ended.split_at(quoted);
        // "Space-stuffing" (§4.4).
        let content = if flow == Flow::Glued || quoted == 0 { content.strip_prefix(' ').unwrap_or(content) } else { content };
        let signature = content == "-- ";
        match open {
            Some(depth) if depth == quoted && !signature => out.push_str(if quoted > 0 { content.trim_start() } else { content }),
            Some(_) => {
                out.push('\n');
                out.push_str(marks);
                out.push_str(content);
            }
            None => {
                out.push_str(marks);
                out.push_str(content);
            }
        }
        open = (content.ends_with(' ') && !signature && !end.is_empty()).then_some(quoted);
        match open {
            Some(_) if flow == Flow::Glued => drop(out.pop()),
            Some(_) => {}
            None => out.push_str(end),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flowed_lines_are_one_and_glued_ones_lose_their_space() {
        assert_eq!(unflowed("one \ntwo\nthree\n".into(), Flow::Flowed), "one two\nthree\n");
        assert_eq!(unflowed("ab \ncd\n".into(), Flow::Glued), "abcd\n");
        assert_eq!(unflowed("ab \ncd\n".into(), Flow::Fixed), "ab \ncd\n");
    }

    #[test]
    fn quotes_and_signatures_stand_apart() {
        assert_eq!(unflowed("> a \n> b\nc \n> d\n".into(), Flow::Flowed), "> a b\nc \n> d\n");
        assert_eq!(unflowed("end \n-- \nAda\n".into(), Flow::Flowed), "end \n-- \nAda\n");
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "[a-z> \n-]{0,80}", glued in any::<bool>()) {
            let flow = if glued { Flow::Glued } else { Flow::Flowed };
            let letters = |t: &str| t.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&unflowed(text.clone(), flow)), letters(&text));
        }
    }
}

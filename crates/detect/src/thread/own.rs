//! What a message says itself, apart from what it quotes, forwards and signs with.

use std::ops::Range;

/// Longest stretch of a message that is read for what it says of other messages.
pub(crate) const MOST: usize = 4096;

/// Beginnings of lines from which on the words are somebody else's.
const MARKS: &[&str] = &[
    "-----original",
    "----- original",
    "-----ursprüngliche",
    "-----message d'origine",
    "-----mensaje original",
    "-----mensagem original",
    "-----messaggio originale",
    "-----oorspronkelijk",
    "begin forwarded message",
    "---------- forwarded",
    "---------- weitergeleitete",
    "---------- message transf",
    "________________",
    "anfang der weitergeleiteten",
    "début du message réexpédié",
];

/// Fields of a quoted header in the languages of Outlook; two of them in a row begin a quote.
const FIELDS: &[&str] = &[
    "from:",
    "sent:",
    "to:",
    "von:",
    "gesendet:",
    "an:",
    "de :",
    "de:",
    "envoyé",
    "enviado",
    "da:",
    "inviato",
    "van:",
    "verzonden",
    "от:",
    "отправлено",
];

/// The pieces of a text that its sender wrote: whole lines, at most [`MOST`] bytes in all.
pub(crate) fn ranges(body: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let mut lines = body.split_inclusive('\n').peekable();
    let mut left = MOST;
    while let Some(line) = lines.next() {
        let range = at..at + line.len();
        at = range.end;
        let text = line.trim();
        let next = lines.peek().map(|l| l.trim_start());
        if ends_here(text, next) || left == 0 {
            break;
        }
        // "On …, Ada wrote:" over a quote.
        let introduces = text.ends_with(':') && next.is_some_and(|n| n.starts_with('>'));
        if text.starts_with('>') || introduces {
            continue;
        }
        let range = range.start..body.floor_char_boundary(range.end.min(range.start + left));
        left -= range.len().min(left);
        match out.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => out.push(range),
        }
    }
    out.retain(|r| !body[r.clone()].trim().is_empty());
    out
}

fn ends_here(line: &str, next: Option<&str>) -> bool {
    if line == "--" {
        return true;
    }
    let head = |text: &str| text.chars().take(32).collect::<String>().to_lowercase();
    let (line, next) = (head(line), next.map(head).unwrap_or_default());
    let field = |text: &str| FIELDS.iter().any(|f| text.starts_with(f));
    MARKS.iter().any(|m| line.starts_with(m)) || field(&line) && field(&next)
}

/// The sentence around a place, over line breaks, within a stretch of text.
pub(crate) fn sentence(body: &str, within: &Range<usize>, at: usize) -> Range<usize> {
    let ends = |text: &str, i: usize| {
        let rest = &text[i..];
        rest.starts_with("\n\n")
            || rest.starts_with("\n\r\n")
            || rest.starts_with(['。', '！', '？'])
            || rest.starts_with(['.', '!', '?']) && rest[1..].starts_with(|c: char| c.is_whitespace() || c == ')')
    };
    let before = &body[within.start..at];
    let start = before.char_indices().rev().find(|(i, _)| ends(&body[..within.end], within.start + i));
    let start = start.map_or(within.start, |(i, c)| within.start + i + c.len_utf8());
    let after = &body[at..within.end];
    let end = after.char_indices().find(|(i, _)| ends(&body[..within.end], at + i));
    start..end.map_or(within.end, |(i, c)| at + i + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(body: &str) -> String {
        ranges(body).into_iter().map(|r| &body[r]).collect()
    }

    #[test]
    fn quotes_forwards_and_signatures_are_left_out() {
        assert_eq!(own("Blue\n\nOn Mon, Ada wrote:\n> old\n> older\nbelow\n-- \nAda, sales"), "Blue\n\nbelow\n");
        assert_eq!(own("Blue\n\n-----Original Message-----\nFrom: x\nold"), "Blue\n\n");
        assert_eq!(own("Blau\nVon: x\nGesendet: gestern\nalt"), "Blau\n");
        assert_eq!(own("From: here on all is well"), "From: here on all is well");
    }

    #[test]
    fn a_sentence_runs_over_lines_and_ends_with_its_sign() {
        let body = "One 1.5 is.\nTwo\nthree? Four";
        assert_eq!(&body[sentence(body, &(0..body.len()), 14)], "\nTwo\nthree?");
        assert_eq!(&body[sentence(body, &(0..body.len()), 2)], "One 1.5 is.");
    }

    #[test]
    fn a_huge_message_is_read_at_its_head_only() {
        let body = "é\n".repeat(MOST);
        assert!(ranges(&body).iter().map(Range::len).sum::<usize>() <= MOST);
    }
}

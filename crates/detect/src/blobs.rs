//! Text that stands in a text as base64 and says more than one value: the command of `powershell -EncodedCommand`, the data of a
//! Kubernetes Secret, a configuration that somebody pasted in so that it survives the mail.

use crate::Hit;
use crate::words::base64_bytes;
use aftermail_model::Text;
use std::ops::Range;

/// Shortest run of base64 that is decoded, and the longest, in bytes.
const LENGTH: Range<usize> = 24..16384;
/// Most blobs of one text.
const MOST: usize = 16;
/// What the beginning of a blob is looked at for: whole groups of four.
const HEAD: usize = 24;

/// What is found in the blobs of a text, each at the place of its blob. `find` finds hits in a text.
pub(crate) fn read(text: &Text, find: impl Fn(&Text) -> Vec<Hit>) -> Vec<Hit> {
    let mut out = Vec::new();
    for (range, body) in runs(&text.body).filter_map(|r| Some((r.clone(), decoded(&text.body[r])?))).take(MOST) {
        // Four characters are three bytes; of UTF-16, one and a half letters.
        let place = |at: usize| range.start + at * range.len() / body.len().max(1);
        let found = find(&Text { body: body.clone(), ..text.clone() });
        out.extend(found.into_iter().map(|mut hit| {
            (hit.start, hit.end) = (place(hit.start), place(hit.end).max(place(hit.start) + 1));
            hit.because.push("in a text that stands there in base64".to_owned());
            hit
        }));
    }
    out
}

fn runs(body: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = body.as_bytes();
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            // Whoever stands `LENGTH` bytes further must belong to the run too.
            let ahead = at + LENGTH.start - 1;
            if bytes.get(ahead).is_none_or(|b| !fits(*b)) {
                at = ahead + 1;
                continue;
            }
            let start = bytes[at..ahead].iter().rposition(|b| !fits(*b)).map_or(at, |n| at + n + 1);
            let end = ahead + bytes[ahead..].iter().position(|b| !fits(*b)).unwrap_or(bytes.len() - ahead);
            at = end + 1;
            if LENGTH.contains(&(end - start)) {
                return Some(start..end);
            }
        }
        None
    })
}

/// The text behind a run; `None` where it is none, or no more than one word.
fn decoded(run: &str) -> Option<String> {
    let run = run.trim_start_matches('=');
    // Most runs are keys, words and addresses: their beginning tells.
    base64_bytes(run.get(..HEAD)?).filter(|bytes| bytes.iter().all(|b| *b == 0 || *b >= 0x80 || is_shown(char::from(*b))))?;
    let bytes = base64_bytes(run)?;
    let wide = bytes.len().is_multiple_of(2) && bytes.iter().skip(1).step_by(2).filter(|b| **b == 0).count() * 5 >= bytes.len() * 2;
    let units = || bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>();
    let text = if wide { String::from_utf16(&units()).ok()? } else { String::from_utf8(bytes).ok()? };
    (text.chars().all(is_shown) && text.contains([' ', '\n', ';', '{', '&'])).then_some(text)
}

/// Letters, signs and the breaks of lines.
fn is_shown(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use proptest::prelude::*;

    fn coded(text: &str) -> String {
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    #[test]
    fn texts_in_base64_are_read_and_words_left_alone() {
        let told = |body: &str| -> Vec<String> { runs(body).filter_map(|r| decoded(&body[r])).collect() };
        let wide: Vec<u8> = "net user kiosk Heron!Wade5 /add".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide = base64::engine::general_purpose::STANDARD.encode(wide);
        assert_eq!(told(&format!("powershell -enc {wide}\n")), ["net user kiosk Heron!Wade5 /add"]);
        let yaml = format!("data:\n  DSN: {}\n", coded("Server=db1;User Id=rw;Password=Heron!Wade5;"));
        assert_eq!(told(&yaml), ["Server=db1;User Id=rw;Password=Heron!Wade5;"]);
        for plain in
            ["internationalizationandlocalization", &coded("HeronWadeMarshReedOtter12"), "/usr/share/doc/packages/heronmarsh/README"]
        {
            assert_eq!(told(plain), Vec::<String>::new(), "{plain}");
        }
    }

    proptest! {
        #[test]
        fn every_long_run_is_met_once(body in "[a-zA-Z0-9+/= .\\n]{0,400}") {
            let met: Vec<&str> = runs(&body).map(|r| &body[r]).collect();
            let parts = body.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '='));
            let want: Vec<&str> = parts.filter(|p| LENGTH.contains(&p.len())).collect();
            prop_assert_eq!(met, want);
        }
    }
}

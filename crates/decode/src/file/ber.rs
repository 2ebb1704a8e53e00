//! ASN.1 in its basic and distinguished encodings (X.690): what certificates, keys and signed mail are written in.
//!
//! Half of the signed mail that is about uses indefinite lengths, which strict readers refuse.

use std::borrow::Cow;

/// Values within values.
const DEEPEST: u32 = 24;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// Context tag 0, constructed: what follows in brackets.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// One value: its identifier octet and its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub tag: u8,
    pub body: &'a [u8],
    /// Identifier, length and contents, as they stand.
    pub whole: &'a [u8],
}

/// The value that the bytes begin with.
pub(crate) fn first(bytes: &[u8]) -> Option<Value<'_>> {
    value(bytes, 0)
}

/// The value that fills all of the bytes.
pub(crate) fn only(bytes: &[u8]) -> Option<Value<'_>> {
    first(bytes).filter(|v| v.whole.len() == bytes.len())
}

fn value(bytes: &[u8], depth: u32) -> Option<Value<'_>> {
    let (&tag, &length) = (bytes.first()?, bytes.get(1)?);
    // Tags above 30 stand in none of the formats that are read here.
    if depth > DEEPEST || tag & 0x1f == 0x1f {
        return None;
    }
    if length == 0x80 {
        return indefinite(tag, bytes, depth);
    }
    let (length, head) = match length {
        0..=0x7f => (usize::from(length), 2),
        0x81..=0x84 => {
            let count = usize::from(length & 0x7f);
            let digits = bytes.get(2..2 + count)?;
            (digits.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b)), 2 + count)
        }
        _ => return None,
    };
    let end = head.checked_add(length)?;
    Some(Value { tag, body: bytes.get(head..end)?, whole: &bytes[..end] })
}

/// A value that ends where two zeros stand in the place of the next one (§8.1.3.6).
fn indefinite(tag: u8, bytes: &[u8], depth: u32) -> Option<Value<'_>> {
    if tag & 0x20 == 0 {
        return None;
    }
    let mut at = 2;
    while !bytes.get(at..)?.starts_with(&[0, 0]) {
        at += value(&bytes[at..], depth + 1)?.whole.len();
    }
    Some(Value { tag, body: &bytes[2..at], whole: &bytes[..at + 2] })
}

impl<'a> Value<'a> {
    /// The values in it, up to the first that is broken.
    pub fn children(self) -> impl Iterator<Item = Value<'a>> {
        let mut rest = if self.tag & 0x20 != 0 { self.body } else { &[] };
        std::iter::from_fn(move || {
            let next = first(rest)?;
            rest = &rest[next.whole.len()..];
            Some(next)
        })
    }

    pub fn child(self, n: usize) -> Option<Value<'a>> {
        self.children().nth(n)
    }

    /// The first value in it with this tag.
    pub fn tagged(self, tag: u8) -> Option<Value<'a>> {
        self.children().find(|c| c.tag == tag)
    }

    /// This value, if it has the tag.
    pub fn of(self, tag: u8) -> Option<Value<'a>> {
        (self.tag == tag).then_some(self)
    }

    /// The bytes of an octet string, which may be given in pieces.
    pub fn octets(self) -> Cow<'a, [u8]> {
        if self.tag & 0x20 == 0 {
            return Cow::Borrowed(self.body);
        }
        let mut all = Vec::new();
        self.pieces(0, &mut all);
        Cow::Owned(all)
    }

    fn pieces(self, depth: u32, out: &mut Vec<u8>) {
        if self.tag & 0x20 == 0 {
            out.extend_from_slice(self.body);
        } else if depth < DEEPEST {
            self.children().for_each(|c| c.pieces(depth + 1, out));
        }
    }

    /// A number that is not negative and not larger than four bytes.
    pub fn number(self) -> Option<u32> {
        let digits = self.body.strip_prefix(&[0]).unwrap_or(self.body);
        (self.tag == INTEGER && digits.len() <= 4).then(|| digits.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }
}

/// An object identifier in dots: `1.2.840.113549`.
pub(crate) fn dotted(body: &[u8]) -> String {
    let mut numbers: Vec<u64> = Vec::new();
    let mut number = 0_u64;
    for byte in body.iter().take(64) {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                numbers.push((number / 40).min(2));
                number -= numbers[0] * 40;
            }
            numbers.push(number);
            number = 0;
        }
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definite_and_indefinite_lengths_are_read() {
        let definite = [0x30, 0x05, 0x04, 0x03, 1, 2, 3];
        let pieces = [0x30, 0x80, 0x24, 0x80, 0x04, 0x02, 1, 2, 0x04, 0x01, 3, 0, 0, 0, 0];
        for bytes in [&definite[..], &pieces[..]] {
            let whole = only(bytes).expect("a value");
            assert_eq!(whole.child(0).expect("a child").octets().as_ref(), [1, 2, 3]);
        }
    }

    #[test]
    fn broken_lengths_are_no_values() {
        for bytes in [
            &[0x30, 0x05, 0x04][..],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x80, 0x02, 0x01, 0x01],
            &[0x1f, 0x00],
            &[0x24, 0x80].repeat(100),
        ] {
            assert_eq!(first(bytes), None);
        }
    }

    #[test]
    fn identifiers_are_written_in_dots() {
        assert_eq!(dotted(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "1.2.840.113549.1.7.2");
    }
}

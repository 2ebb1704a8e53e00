//! Text that is still in quoted-printable (RFC 2045 §6.7) though its part does not say so: mail that was pasted, bounced or exported as it was
//! sent.

/// Escapes that such a text has at least.
const FEW: usize = 3;

/// The text with its escapes undone, where they are those of quoted-printable: more than a few, nearly all signs of equality belong to
/// one, and lines end softly or bytes of UTF-8 stand beside each other.
pub(super) fn decoded(text: String) -> String {
    if !is_quoted_printable(text.as_bytes()) {
        return text;
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match Escape::of(&bytes[at..]) {
            Some(Escape::Byte(byte)) => {
                out.push(byte);
                at += 3;
            }
            Some(Escape::SoftEnd(length)) => at += length,
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|e| e.as_bytes().iter().map(|b| char::from(*b)).collect())
}

enum Escape {
    Byte(u8),
    /// Its length with the line's end.
    SoftEnd(usize),
}

impl Escape {
    fn of(bytes: &[u8]) -> Option<Escape> {
        match bytes {
            [b'=', b'\n', ..] => Some(Escape::SoftEnd(2)),
            [b'=', b'\r', b'\n', ..] => Some(Escape::SoftEnd(3)),
            [b'=', high, low, ..] => {
                let digit = |b: &u8| char::from(*b).to_digit(16).filter(|_| !b.is_ascii_lowercase());
                Some(Escape::Byte(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?))
            }
            _ => None,
        }
    }
}

fn is_quoted_printable(bytes: &[u8]) -> bool {
    let (mut signs, mut escapes, mut soft, mut beside) = (0usize, 0usize, 0usize, false);
    let mut last: Option<usize> = None;
    for at in memchr::memchr_iter(b'=', bytes) {
        signs += 1;
        match Escape::of(&bytes[at..]) {
            Some(Escape::Byte(byte)) => {
                escapes += 1;
                beside |= byte >= 0x80 && last.is_some_and(|last| last + 3 == at);
                last = (byte >= 0x80).then_some(at);
            }
            Some(Escape::SoftEnd(_)) => soft += 1,
            None => {}
        }
    }
    escapes >= FEW && (soft > 0 || beside) && (escapes + soft) * 10 >= signs * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_encoded_is_decoded_and_settings_are_left_alone() {
        assert_eq!(decoded("Caf=C3=A9 is=\n open=2E\n".into()), "Café is open.\n");
        assert_eq!(decoded("gr=FC=DFe und =E4=20\n".into()), "grüße und ä \n");
        for kept in ["a=41\nb=FF\nc=20\n", "user=ada\nkey=\nx=3D=3D=3D\n", "see x=20 and y=30", "a == b = c"] {
            assert_eq!(decoded(kept.into()), kept);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "(=[0-9A-F]{2}|=\\r?\\n|.|\\n){0,60}") {
            let before = text.len();
            proptest::prop_assert!(decoded(text).len() <= 2 * before);
        }
    }
}

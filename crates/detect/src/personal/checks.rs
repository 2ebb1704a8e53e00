//! The schemes of personal numbers: their length, their alphabet and their check digits.

/// The digits of a number, spaces, hyphens and dots left out; `None` where it holds anything else.
pub(super) fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '\u{a0}')).map(|c| c.to_digit(10)).collect()
}

/// Luhn's sum (ISO/IEC 7812-1 annex B): cards, Canadian SIN.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10)
}

/// Verhoeff's sum: Aadhaar.
pub(super) fn verhoeff(digits: &[u32]) -> bool {
    const D: [[usize; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const P: [[usize; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    digits.iter().rev().enumerate().fold(0, |c, (i, d)| D[c][P[i % 8][*d as usize]]) == 0
}

/// US social security number: nine digits, no area 000, 666 or 9xx, no group 00, no serial 0000 (SSA POMS RM 10201.035).
pub(super) fn ssn(d: &[u32]) -> bool {
    let part = |r: std::ops::Range<usize>| d[r].iter().fold(0, |n, d| n * 10 + d);
    d.len() == 9 && !matches!(part(0..3), 0 | 666 | 900..=999) && part(3..5) != 0 && part(5..9) != 0
}

/// IBAN: country, length and modulus 97 (ISO 13616-1).
pub(super) fn iban(text: &str) -> bool {
    const LENGTHS: &[(&str, usize)] = &[
        ("AD", 24),
        ("AE", 23),
        ("AL", 28),
        ("AT", 20),
        ("AZ", 28),
        ("BA", 20),
        ("BE", 16),
        ("BG", 22),
        ("BH", 22),
        ("BR", 29),
        ("BY", 28),
        ("CH", 21),
        ("CR", 22),
        ("CY", 28),
        ("CZ", 24),
        ("DE", 22),
        ("DK", 18),
        ("DO", 28),
        ("EE", 20),
        ("EG", 29),
        ("ES", 24),
        ("FI", 18),
        ("FO", 18),
        ("FR", 27),
        ("GB", 22),
        ("GE", 22),
        ("GI", 23),
        ("GL", 18),
        ("GR", 27),
        ("GT", 28),
        ("HR", 21),
        ("HU", 28),
        ("IE", 22),
        ("IL", 23),
        ("IQ", 23),
        ("IS", 26),
        ("IT", 27),
        ("JO", 30),
        ("KW", 30),
        ("KZ", 20),
        ("LB", 28),
        ("LI", 21),
        ("LT", 20),
        ("LU", 20),
        ("LV", 21),
        ("MC", 27),
        ("MD", 24),
        ("ME", 22),
        ("MK", 19),
        ("MR", 27),
        ("MT", 31),
        ("MU", 30),
        ("NL", 18),
        ("NO", 15),
        ("PK", 24),
        ("PL", 28),
        ("PS", 29),
        ("PT", 25),
        ("QA", 29),
        ("RO", 24),
        ("RS", 22),
        ("SA", 24),
        ("SC", 31),
        ("SE", 24),
        ("SI", 19),
        ("SK", 24),
        ("SM", 27),
        ("TN", 24),
        ("TR", 26),
        ("UA", 29),
        ("VA", 22),
        ("XK", 20),
    ];
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((country, _)) = compact.split_at_checked(2) else { return false };
    let length = LENGTHS.iter().find(|(c, _)| *c == country).map(|(_, n)| *n);
    if length != Some(compact.len()) || !compact.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return false;
    }
    let turned = compact[4..].bytes().chain(compact[..4].bytes());
    let rest = turned.fold(0u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    });
    rest == 1
}

/// German tax id: eleven digits, ISO 7064 MOD 11,10, no leading zero (§ 139b AO).
pub(super) fn german_tax(d: &[u32]) -> bool {
    let product = d[..d.len().saturating_sub(1)].iter().fold(10, |p, n| {
        let sum = (n + p) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    d.len() == 11 && d[0] != 0 && (11 - product) % 10 == d[10]
}

fn weighted(d: &[u32], weights: &[u32]) -> u32 {
    d.iter().zip(weights).map(|(a, b)| a * b).sum()
}

/// Polish PESEL: weights 1, 3, 7, 9.
pub(super) fn pesel(d: &[u32]) -> bool {
    d.len() == 11 && weighted(d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Dutch BSN: the test of eleven.
pub(super) fn bsn(d: &[u32]) -> bool {
    d.len() == 9 && (weighted(d, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * d[8]).is_multiple_of(11) && d.iter().any(|n| *n != 0)
}

/// Mexican CLABE: weights 3, 7, 1.
pub(super) fn clabe(d: &[u32]) -> bool {
    let sum: u32 = d.iter().take(17).zip([3, 7, 1].iter().cycle()).map(|(a, b)| a * b % 10).sum();
    d.len() == 18 && (10 - sum % 10) % 10 == d[17]
}

/// NHS number: modulus 11 over ten digits.
pub(super) fn nhs(d: &[u32]) -> bool {
    d.len() == 10 && (11 - weighted(d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[9]
}

/// Brazilian CPF: two check digits.
pub(super) fn cpf(d: &[u32]) -> bool {
    let check = |n: usize| {
        let sum: u32 = d[..n].iter().zip((2..=n as u32 + 1).rev()).map(|(a, b)| a * b).sum();
        sum * 10 % 11 % 10
    };
    d.len() == 11 && d.iter().any(|n| *n != d[0]) && check(9) == d[9] && check(10) == d[10]
}

/// Portuguese NIF: nine digits, modulus 11.
pub(super) fn nif(d: &[u32]) -> bool {
    let rest = weighted(d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    d.len() == 9 && d[8] == if rest < 2 { 0 } else { 11 - rest }
}

/// Mexican CURP: its pattern and its last digit (base 37 without Ñ handled as its own letter).
pub(super) fn curp(text: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let chars: Vec<char> = text.chars().collect();
    let pattern = chars.len() == 18
        && chars[..4].iter().all(char::is_ascii_uppercase)
        && chars[4..10].iter().all(char::is_ascii_digit)
        && matches!(chars[10], 'H' | 'M' | 'X')
        && chars[11..16].iter().all(|c| c.is_ascii_uppercase());
    let value = |c: &char| ALPHABET.chars().position(|a| a == *c).unwrap_or_default();
    let sum: usize = chars.iter().take(17).enumerate().map(|(i, c)| value(c) * (18 - i)).sum();
    pattern && chars[17].to_digit(10) == Some((10 - sum as u32 % 10) % 10)
}

/// UK national insurance number: two letters, six digits, a letter A to D.
pub(super) fn nino(text: &str) -> bool {
    let c: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    c.len() == 9 && c[..2].iter().all(char::is_ascii_uppercase) && c[2..8].iter().all(char::is_ascii_digit) && matches!(c[8], 'A'..='D')
}

/// Indian PAN: five letters, the fourth of a person or company, four digits, a letter.
pub(super) fn pan(text: &str) -> bool {
    let c: Vec<char> = text.chars().collect();
    c.len() == 10 && c[..5].iter().all(char::is_ascii_uppercase) && c[5..9].iter().all(char::is_ascii_digit) && c[9].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Vec<u32> {
        digits(text).expect("digits")
    }

    #[test]
    fn check_digits_hold_and_a_changed_digit_breaks_them() {
        // Numbers of the standards' own pages, or made from a check digit alone.
        assert!(luhn(&d("4111 1111 1111 1111")) && !luhn(&d("4111 1111 1111 1112")));
        assert!(verhoeff(&d("2363")) && !verhoeff(&d("2364")));
        assert!(iban("GB82 WEST 1234 5698 7654 32") && !iban("GB82 WEST 1234 5698 7654 33") && !iban("GB82 WEST"));
        assert!(german_tax(&d("36 574 261 809")) && !german_tax(&d("36 574 261 890")));
        assert!(pesel(&d("44051401359")) && !pesel(&d("44051401358")));
        assert!(bsn(&d("111222333")) && !bsn(&d("111222334")));
        assert!(clabe(&d("032180000118359719")) && !clabe(&d("032180000118359710")));
        assert!(nhs(&d("943 476 5919")) && !nhs(&d("943 476 5918")));
        assert!(cpf(&d("529.982.247-25")) && !cpf(&d("529.982.247-24")));
        assert!(nif(&d("123456789")) && !nif(&d("123456780")));
        assert!(ssn(&d("219-09-9999")) && !ssn(&d("666-09-9999")) && !ssn(&d("219-00-9999")));
        assert!(curp("HEGG560427MVZRRL04") && !curp("HEGG560427MVZRRL05"));
        assert!(nino("QQ123456C") && !nino("QQ123456E"));
        assert!(pan("ABCPE1234F") && !pan("ABCP1234FF"));
    }
}

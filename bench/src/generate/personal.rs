//! Personal data with their check digits, tied to an invented person.

use super::values::{chars, digits};
use crate::random::Random;

/// Slot to element, as in the labelled sets.
pub const ELEMENTS: &[(&str, &str)] = &[
    ("pname", "name"),
    ("dob", "date_of_birth"),
    ("iban", "iban"),
    ("card", "card_number"),
    ("ssn", "ssn"),
    ("passport", "passport"),
    ("licencenumber", "driver_licence"),
    ("salary", "salary"),
    ("bsn", "bsn"),
    ("pesel", "pesel"),
];

/// The value of a slot of [`ELEMENTS`] but the name.
pub fn value(random: &mut Random, slot: &str) -> String {
    match slot {
        "dob" => {
            let (day, month, year) = (1 + random.below(28), 1 + random.below(12), 1950 + random.below(55));
            match random.below(3) {
                0 => format!("{day:02}.{month:02}.{year}"),
                1 => format!("{year}-{month:02}-{day:02}"),
                _ => format!("{day:02}/{month:02}/{year}"),
            }
        }
        "iban" => iban(random),
        "card" => card(random),
        "ssn" => format!("{}-{:02}-{:04}", 100 + random.below(560), 1 + random.below(98), 1 + random.below(9998)),
        "passport" => format!("{}{}", chars(random, b"CEFGHKLMNPX", 1), digits(random, 8)),
        "licencenumber" => format!("{}{}", chars(random, b"ABDEHKLM", 2), digits(random, 9)),
        "salary" => format!("{}{} EUR", 28 + random.below(90), random.pick(&[".000", "500", " 400", ",250"])),
        "bsn" => bsn(random),
        _ => pesel(random),
    }
}

/// The Netherlands': nine digits whose sum, weighted 9 to 2 and the last one -1, is divided by 11 without rest.
fn bsn(random: &mut Random) -> String {
    loop {
        let start = format!("{}{}", 1 + random.below(9), digits(random, 7));
        let sum: usize = start.bytes().zip((2..=9).rev()).map(|(d, w)| usize::from(d - b'0') * w).sum();
        if sum % 11 < 10 {
            return format!("{start}{}", sum % 11);
        }
    }
}

/// Poland's: date of birth, four digits, check digit.
fn pesel(random: &mut Random) -> String {
    let start = format!("{:02}{:02}{:02}{}", 50 + random.below(49), 1 + random.below(12), 1 + random.below(28), digits(random, 4));
    let sum: usize = start.bytes().zip([1, 3, 7, 9, 1, 3, 7, 9, 1, 3]).map(|(d, w)| usize::from(d - b'0') * w).sum();
    format!("{start}{}", (10 - sum % 10) % 10)
}

/// A German IBAN (ISO 13616: the number, "DE" as 1314 and "00" leave 98 less the check digits when divided by 97).
fn iban(random: &mut Random) -> String {
    let number = format!("{}{}", 10 + random.below(80), digits(random, 16));
    let remainder = format!("{number}131400").bytes().fold(0, |rest, d| (rest * 10 + usize::from(d - b'0')) % 97);
    let plain = format!("DE{:02}{number}", 98 - remainder);
    let grouped = |text: &str| text.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join(" ");
    if random.chance(60) { grouped(&plain) } else { plain }
}

/// Sixteen digits that pass Luhn's test.
fn card(random: &mut Random) -> String {
    let start = format!("{}{}", random.pick(&["4", "51", "53"]), digits(random, 14));
    let start = &start[..15];
    let double = |d: usize| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: usize = start.bytes().map(|d| usize::from(d - b'0')).enumerate().map(|(at, d)| if at % 2 == 0 { double(d) } else { d }).sum();
    let all = format!("{start}{}", (10 - sum % 10) % 10);
    format!("{} {} {} {}", &all[..4], &all[4..8], &all[8..12], &all[12..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_right() {
        let mut random = Random::new(9);
        for _ in 0..50 {
            let iban = value(&mut random, "iban").replace(' ', "");
            let turned = format!("{}1314{}", &iban[4..], &iban[2..4]);
            assert_eq!(turned.bytes().fold(0, |rest, d| (rest * 10 + usize::from(d - b'0')) % 97), 1, "{iban}");
            let bsn = value(&mut random, "bsn");
            let sum: i64 = bsn.bytes().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(d, w)| i64::from(d - b'0') * w).sum();
            assert!(bsn.len() == 9 && sum % 11 == 0, "{bsn}");
        }
        assert_eq!(value(&mut random, "pesel").len(), 11);
        assert_eq!(value(&mut random, "card").len(), 19);
    }
}

//! The value behind a cue: where it begins, where it ends, and whether it can be one.

use super::checks;
use aftermail_model::Kind;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A value and how sure its form alone makes it.
pub(super) struct Value {
    pub range: Range<usize>,
    /// Has a check digit that fits, or a form that nothing else has.
    pub checked: bool,
}

/// An expression of this file.
fn made(pattern: &str) -> Regex {
    Regex::new(pattern).expect("an expression of this file")
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| made(r"\d[\d .\-\u{a0}]*\d"));
static IBAN: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}(?: ?[A-Z0-9]{1,3})?\b"));
static CURP: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b"));
static CARD: LazyLock<Regex> =
    LazyLock::new(|| made(r"\b[3-6]\d{3}(?:[ -]\d{4}){3}\b|\b3[47]\d{2}[ -]\d{6}[ -]\d{5}\b|\b[3-6]\d{14,15}\b"));
static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{2}\d{2} \d{9,11}\b|\b[A-Z0-9]+(?:-[A-Z0-9]+)*\b"));
static LETTERED: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{4} ?\d{4} ?\d{4}\b|\b[A-Z]\d{9}\b"));
static NINO: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"));
static PAN: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{5}\d{4}[A-Z]\b"));
static FISCAL: LazyLock<Regex> = LazyLock::new(|| made(r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b"));
static DNI: LazyLock<Regex> = LazyLock::new(|| made(r"\b[XYZ]?\d{7,8}-?[A-Z]\b"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    made(concat!(
        r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b|(?:19|20)\d{2}年 ?\d{1,2}月 ?\d{1,2}日",
        r"|\b\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)? (?:de |of |d')?\p{L}{3,12}\.?,? (?:de |del |do )?(?:19|20)\d{2}\b",
        r"|\b\p{L}{3,12} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}\b"
    ))
});
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    made(concat!(
        r"(?:US\$|CA\$|R\$|[$€£¥₹]|\b(?:USD|EUR|GBP|CAD|INR|Rs\.?|CHF|MXN|BRL|PLN|SEK|NOK|DKK|CZK) ?) ?\d(?:[\d.,'\u{a0} ]*\d)?",
        r"(?: (?:brutto|bruto|brut|gross|net|netto)\b)?(?: (?:per annum|per year|a year|per month|a month|monthly|annually|im Jahr|im Monat|al mes|par an)\b)?",
        r"|\b\d(?:[\d.,'\u{a0} ]*\d)? ?(?:€|£|\$|zł|kr|EUR|USD|GBP|CAD|INR|CHF|MXN|PLN|SEK|NOK|DKK|Kč|руб|₽|₺|TL)",
        r"(?: (?:brutto|bruto|brut|gross|net|netto)\b)?(?: (?:per annum|per year|per month|im Jahr|im Monat|pro Jahr|pro Monat|par an|par mois|al mes|rocznie|miesięcznie)\b)?"
    ))
});

/// The value of an element in a stretch of text that begins right behind its cue.
pub(super) fn value(kind: Kind, text: &str, window: Range<usize>) -> Option<Value> {
    let within = text.get(window.clone())?;
    let found = |regex: &LazyLock<Regex>, fits: &dyn Fn(&str) -> bool, checked: bool| {
        let m = regex.find_iter(within).find(|m| fits(m.as_str()))?;
        Some(Value { range: window.start + m.start()..window.start + m.end(), checked })
    };
    let bounded = |m: &regex::Match<'_>| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        !within[..m.start()].ends_with(part) && !within[m.end()..].starts_with(part)
    };
    let number = |fits: &dyn Fn(&str) -> bool, checked: bool| {
        let m = NUMBER.find_iter(within).find(|m| bounded(m) && fits(m.as_str()))?;
        Some(Value { range: window.start + m.start()..window.start + m.end(), checked })
    };
    let digits = |fits: &dyn Fn(&[u32]) -> bool| number(&|t| checks::digits(t).is_some_and(|d| fits(&d)), true);
    match kind {
        Kind::DateOfBirth => found(&DATE, &is_past_date, false),
        Kind::Salary => found(&MONEY, &|t| t.bytes().filter(u8::is_ascii_digit).count() >= 3, false),
        Kind::Ssn => digits(&checks::ssn),
        Kind::Sin => digits(&|d| d.len() == 9 && d[0] != 0 && checks::luhn(d)),
        Kind::Aadhaar => digits(&|d| d.len() == 12 && d[0] > 1 && checks::verhoeff(d)),
        Kind::Pesel => digits(&checks::pesel),
        Kind::Bsn => digits(&checks::bsn),
        Kind::Clabe => digits(&checks::clabe),
        Kind::Nss => digits(&|d| d.len() == 11 && checks::luhn(d)),
        Kind::TaxId => digits(&|d| checks::german_tax(d) || checks::cpf(d) || checks::nif(d) || d.len() == 9 && d[0] == 9)
            .or_else(|| found(&FISCAL, &|_| true, true)),
        Kind::HealthInsuranceNumber => digits(&checks::nhs).or_else(|| found(&LETTERED, &|_| true, true)),
        Kind::NationalInsurance => found(&NINO, &checks::nino, true),
        Kind::Pan => found(&PAN, &checks::pan, true),
        Kind::Curp => found(&CURP, &checks::curp, true),
        Kind::Dni => found(&DNI, &|_| true, true),
        Kind::Iban => found(&IBAN, &checks::iban, true).or_else(|| shorter_iban(within, window.start)),
        Kind::CardNumber => found(&CARD, &|t| is_card(t), true),
        Kind::BankAccount => {
            number(&|t| !t.contains('.') && checks::digits(t).is_some_and(|d| (7..=17).contains(&d.len())) && !is_date(t), false)
        }
        Kind::Passport => found(&DOCUMENT, &|t| (6..=9).contains(&t.len()) && has_digits(t, 4) && !t.contains(['-', ' ']), false),
        Kind::DriverLicence => found(&DOCUMENT, &|t| (6..=18).contains(&t.len()) && has_digits(t, 4) && !is_date(t) && !is_phone(t), false),
        _ => None,
    }
}

/// Numbers whose form alone tells what they are, anywhere in a text.
pub(super) fn telling(text: &str) -> Vec<(Kind, Value)> {
    let mut out = Vec::new();
    for m in IBAN.find_iter(text) {
        let found =
            if checks::iban(m.as_str()) { Some(Value { range: m.range(), checked: true }) } else { shorter_iban(m.as_str(), m.start()) };
        out.extend(found.map(|v| (Kind::Iban, v)));
    }
    out.extend(CURP.find_iter(text).filter(|m| checks::curp(m.as_str())).map(|m| (Kind::Curp, Value { range: m.range(), checked: true })));
    out
}

/// An IBAN with a word behind it that the expression took along.
fn shorter_iban(text: &str, start: usize) -> Option<Value> {
    let m = IBAN.find(text)?;
    let mut end = m.end();
    while let Some(space) = text[m.start()..end].rfind(' ') {
        end = m.start() + space;
        if checks::iban(&text[m.start()..end]) {
            return Some(Value { range: start + m.start()..start + end, checked: true });
        }
    }
    None
}

fn has_digits(text: &str, least: usize) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= least
}

/// "800-290-5054": ten digits in the groups of a telephone number.
fn is_phone(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').filter(|g| g.bytes().all(|b| b.is_ascii_digit())).map(str::len).collect();
    groups == [3, 3, 4]
}

fn is_date(text: &str) -> bool {
    DATE.find(text).is_some_and(|m| m.len() == text.len())
}

/// A date that somebody can be born at: not of two digits alone that say no year.
fn is_past_date(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 5
}

/// A card number by its sum; those that card schemes print for tests are nobody's.
fn is_card(text: &str) -> bool {
    const TESTS: &[&str] = &[
        "4111111111111111",
        "4242424242424242",
        "5555555555554444",
        "5105105105105100",
        "378282246310005",
        "4012888888881881",
        "4000056655665556",
    ];
    let compact: String = text.chars().filter(char::is_ascii_digit).collect();
    checks::digits(text).is_some_and(|d| checks::luhn(&d)) && !TESTS.contains(&compact.as_str())
}

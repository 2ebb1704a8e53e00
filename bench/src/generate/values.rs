//! Passwords as people, and machines for people, choose them.

use crate::random::Random;

/// Words that people of one language and one organisation build passwords from.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon<'a> {
    /// Common nouns, small letters, as they are written.
    pub words: &'a [String],
    /// First names.
    pub names: &'a [String],
    /// The organisation's short name.
    pub company: &'a str,
}

const SYMBOLS: &[&str] = &["!", "!", "!", "#", "$", "?", "*", "%", "&", "+", "@", "!!", "-", "_", "=", "§"];
const JOINERS: &[&str] = &["-", "-", "_", ".", "", "", "+", "&", "*", "/", "#", "@", "~"];
const ALNUM: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const STRONG: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&*+-=?@^_";
const WALKS: &[&str] = &[
    "qwerty", "asdfgh", "zxcvbn", "qazwsx", "1qaz2wsx", "zaq12wsx", "qwertz", "azerty", "1q2w3e4r", "q1w2e3r4", "asdf", "poiuy", "mnbvc",
    "wsxedc", "yxcvbn", "789uio", "rtyfgh", "ghjk", "0okm9ijn",
];
const STYLES: &[(usize, &str)] = &[
    (16, "wy"),
    (14, "nd"),
    (12, "ww"),
    (6, "dw"),
    (9, "ps"),
    (9, "leet"),
    (4, "kw"),
    (9, "mach"),
    (4, "syl"),
    (4, "word"),
    (3, "ini"),
    (4, "date"),
    (5, "org"),
    (3, "sp"),
    (2, "num"),
    (5, "rep"),
];

/// One of weighted things.
pub fn weighted<'a, T>(random: &mut Random, things: &'a [(usize, T)]) -> &'a T {
    let total = things.iter().map(|(w, _)| w).sum();
    let mut at = random.below(total);
    for (weight, thing) in things {
        if at < *weight {
            return thing;
        }
        at -= weight;
    }
    &things[0].1
}

/// Characters of the alphabet.
pub fn chars(random: &mut Random, alphabet: &[u8], count: usize) -> String {
    (0..count).map(|_| char::from(*random.pick(alphabet))).collect()
}

/// Digits.
pub fn digits(random: &mut Random, count: usize) -> String {
    chars(random, b"0123456789", count)
}

/// The word with its first letter as a capital.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The word as a person types it into a field that dislikes accents; other scripts stay.
pub fn plain(word: &str) -> String {
    let fold = |c: char| match c {
        'ä' => "ae".to_owned(),
        'ö' | 'ø' => "oe".to_owned(),
        'ü' => "ue".to_owned(),
        'ß' => "ss".to_owned(),
        'æ' => "ae".to_owned(),
        'á' | 'à' | 'â' | 'ã' | 'å' | 'ă' | 'ą' | 'ā' => "a".to_owned(),
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'ė' | 'ē' => "e".to_owned(),
        'í' | 'ì' | 'î' | 'ï' | 'ı' | 'ī' => "i".to_owned(),
        'ó' | 'ò' | 'ô' | 'õ' | 'ő' | 'ơ' => "o".to_owned(),
        'ú' | 'ù' | 'û' | 'ů' | 'ű' | 'ư' => "u".to_owned(),
        'ý' => "y".to_owned(),
        'ç' | 'č' | 'ć' => "c".to_owned(),
        'ş' | 'š' | 'ś' | 'ș' => "s".to_owned(),
        'ž' | 'ź' | 'ż' => "z".to_owned(),
        'ñ' | 'ň' | 'ń' => "n".to_owned(),
        'ğ' => "g".to_owned(),
        'ł' => "l".to_owned(),
        'ř' => "r".to_owned(),
        'ť' | 'ț' => "t".to_owned(),
        'ď' | 'đ' => "d".to_owned(),
        'œ' => "oe".to_owned(),
        'Ä' => "Ae".to_owned(),
        'Ö' => "Oe".to_owned(),
        'Ü' => "Ue".to_owned(),
        'É' | 'È' | 'Ê' => "E".to_owned(),
        'À' | 'Á' | 'Â' | 'Å' => "A".to_owned(),
        'Ç' | 'Č' => "C".to_owned(),
        'Ż' | 'Ž' => "Z".to_owned(),
        'Ś' | 'Š' | 'Ş' => "S".to_owned(),
        'Í' | 'İ' => "I".to_owned(),
        'Ó' => "O".to_owned(),
        'Ú' => "U".to_owned(),
        other => other.to_string(),
    };
    word.chars().map(fold).collect()
}

/// A year that a person would take.
pub fn year(random: &mut Random) -> usize {
    if random.chance(60) { 2008 + random.below(18) } else { 1938 + random.below(70) }
}

fn leet(random: &mut Random, word: &str) -> String {
    let swap = |c: char| match c {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        't' => '7',
        other => other,
    };
    word.chars().map(|c| if random.chance(60) { swap(c) } else { c }).collect()
}

fn word(random: &mut Random, lexicon: &Lexicon<'_>) -> String {
    let word = random.pick(lexicon.words);
    if random.chance(70) { plain(word) } else { word.clone() }
}

fn symbol(random: &mut Random, percent: usize) -> &'static str {
    if random.chance(percent) { random.pick::<&str>(SYMBOLS) } else { "" }
}

/// A password; `style` names a way to make it, any where empty.
pub fn password(random: &mut Random, lexicon: &Lexicon<'_>, style: &str) -> String {
    let style = if style.is_empty() { *weighted(random, STYLES) } else { style };
    let value = match style {
        "wy" => {
            let (joiner, number) = (*random.pick(JOINERS), number(random));
            let symbol = symbol(random, 40);
            format!("{}{joiner}{number}{symbol}", cased(random, lexicon))
        }
        "nd" => {
            let name = plain(random.pick::<String>(lexicon.names));
            let count = 1 + random.below(4);
            format!("{}{}{}{}", name, symbol(random, 25), digits(random, count), symbol(random, 25))
        }
        "ww" => several(random, lexicon, 2),
        "ps" => several(random, lexicon, 3),
        "dw" | "sp" => {
            let joiner = if style == "sp" { " " } else { *random.pick(&["-", ".", "-", "_"]) };
            let count = 3 + random.below(3);
            let words: Vec<String> = (0..count).map(|_| word(random, lexicon)).collect();
            let end = if random.chance(40) { format!("{joiner}{}", random.below(100)) } else { String::new() };
            let text = format!("{}{end}", words.join(joiner));
            if random.chance(40) { capital(&text) } else { text }
        }
        "leet" => {
            let word = cased(random, lexicon);
            let leet = leet(random, &word);
            format!("{leet}{}{}", symbol(random, 50), number(random))
        }
        "kw" => format!("{}{}{}", leading(random), random.below(1000), symbol(random, 50)),
        "mach" => machine(random),
        "syl" => syllables(random),
        "word" => word(random, lexicon),
        "ini" => format!("{}{}{}", chars(random, ALNUM, 5), random.below(100), symbol(random, 70)),
        "date" => format!("{}{:02}{:02}{}", cased(random, lexicon), 1 + random.below(28), 1 + random.below(12), symbol(random, 30)),
        "org" => format!("{}{}{}{}", lexicon.company, random.pick(JOINERS), number(random), symbol(random, 40)),
        "rep" => format!("{}{}", word(random, lexicon).repeat(2), symbol(random, 50)) + &random.below(10).to_string(),
        _ => {
            let count = 6 + random.below(3);
            digits(random, count)
        }
    };
    // Short ones are no passwords that a system takes; dots and commas at an end belong to the sentence.
    if value.chars().count() < 5 { format!("{value}{}", number(random)) } else { value }
}

fn cased(random: &mut Random, lexicon: &Lexicon<'_>) -> String {
    let word = word(random, lexicon);
    match random.below(10) {
        0 => word.to_uppercase(),
        1 | 2 => word,
        _ => capital(&word),
    }
}

fn leading(random: &mut Random) -> String {
    let walk = random.pick::<&str>(WALKS);
    if random.chance(40) { capital(walk) } else { (*walk).to_owned() }
}

fn number(random: &mut Random) -> String {
    match random.below(5) {
        0 => digits(random, 1),
        1 => digits(random, 2),
        2 => digits(random, 3),
        _ => year(random).to_string(),
    }
}

/// Words with capitals, joined, perhaps with a number.
fn several(random: &mut Random, lexicon: &Lexicon<'_>, count: usize) -> String {
    let joiner = *random.pick(JOINERS);
    let words: Vec<String> = (0..count).map(|_| cased(random, lexicon)).collect();
    let end = if random.chance(60) { format!("{}{}", random.pick(JOINERS), random.below(1000)) } else { String::new() };
    format!("{}{end}{}", words.join(joiner), symbol(random, 25))
}

/// What a system sets for somebody: eight to twenty random characters.
pub fn machine(random: &mut Random) -> String {
    let count = 8 + random.below(13);
    let alphabet = if random.chance(50) { STRONG } else { ALNUM };
    let inner = chars(random, alphabet, count - 2);
    // A digit and a letter at the ends: no mark of the sentence can be taken for a part of it.
    format!("{}{inner}{}", chars(random, ALNUM, 1), chars(random, ALNUM, 1))
}

fn syllables(random: &mut Random) -> String {
    let count = 2 + random.below(2);
    let mut text = String::new();
    for _ in 0..count {
        text.push(char::from(*random.pick(b"bdfgklmnprstvz")));
        text.push(char::from(*random.pick(b"aeiou")));
        text.push(char::from(*random.pick(b"bdfgklmnprstvz")));
    }
    format!("{}{}{}", text, random.pick(JOINERS), random.below(1000))
}

/// A number that opens something: four digits mostly, up to eight.
pub fn pin(random: &mut Random) -> String {
    let count = *weighted(random, &[(60, 4), (8, 5), (24, 6), (8, 8)]);
    digits(random, count)
}

/// A key of a network or a tunnel.
pub fn shared_key(random: &mut Random, lexicon: &Lexicon<'_>) -> String {
    let style = *weighted(random, &[(30, "ww"), (25, "dw"), (20, "mach"), (15, "leet"), (10, "wy")]);
    let value = password(random, lexicon, style);
    if value.chars().count() < 8 { format!("{value}{}", digits(random, 4)) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_makes_values_that_differ() {
        let words: Vec<String> = ["garten", "lampe", "über"].map(str::to_owned).into();
        let names: Vec<String> = ["Jörg", "Ida"].map(str::to_owned).into();
        let lexicon = Lexicon { words: &words, names: &names, company: "Nordwerk" };
        let mut random = Random::new(3);
        for (_, style) in STYLES {
            let values: std::collections::HashSet<String> = (0..40).map(|_| password(&mut random, &lexicon, style)).collect();
            assert!(values.len() >= 5, "{style}: {values:?}");
            assert!(values.iter().all(|v| v.chars().count() >= 5 && v.trim() == v), "{style}: {values:?}");
        }
    }
}

//! Words of grammar that a dictation is full of, in the languages that are read.

pub(super) const DEFINITE: &[&str] = &[
    "the", "an", "der", "die", "das", "dem", "den", "le", "la", "les", "des", "el", "las", "los", "il", "lo", "gli", "o", "a", "os", "as",
    "da", "do", "de", "het",
];

pub(super) const AND_SIGN: &[&str] = &["and", "und", "et", "y", "e", "en", "och", "og", "i", "и"];

/// Words for figures that are more often articles or other small words.
pub(super) const FAINT: &[&str] = &[
    "a", "one", "un", "une", "uno", "una", "um", "uma", "ein", "eine", "een", "en", "et", "ett", "to", "do", "das", "on", "di", "ti",
    "sei", "no", "nau", "sat", "hat", "bir", "egy", "het", "jeden", "jedna", "ena", "tin", "ek", "tre", "sex", "null", "nul", "oh", "nil",
    "nove", "char", "ten", "cent", "mil", "mille", "bin", "sto", "sau", "elf",
];

/// Words before an hour.
pub(super) const HOURS: &[&str] = &["at", "by", "um", "gegen", "alle", "las", "às", "kl", "klockan", "o", "в", "saat", "about"];

/// Of them those that articles are.
pub(super) const ARTICLES: &[&str] = &["a", "un", "une", "uno", "una", "um", "uma", "ein", "eine", "een", "en", "et", "ett", "egy", "bir"];

/// Words for signs that are more often others.
pub(super) const COMMON: &[&str] = &[
    "point", "punto", "ponto", "punt", "period", "star", "barra", "percent", "pound", "comma", "komma", "colon", "equals", "dollar",
    "stella", "virgule", "coma", "minus", "moins", "menos",
];

/// The alphabet of radio traffic (ICAO Annex 10), whose words are hardly names in a row.
pub(super) const NATO: &[&str] = &[
    "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett", "kilo", "lima", "mike",
    "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky", "x-ray", "xray", "yankee",
    "zulu",
];

/// Words of grammar, which are no pieces.
pub(super) const SMALL_WORDS: &[&str] = &[
    "the", "you", "his", "her", "its", "our", "your", "this", "that", "these", "those", "there", "here", "mean", "really", "der", "die",
    "das", "den", "dem", "eine", "einen", "einem", "mein", "unser", "les", "des", "une", "mon", "mes", "pas", "ben", "quoi", "celle-ci",
    "los", "las", "una", "uno", "del", "con", "ese", "esa", "porfa", "dos", "das", "uma", "num", "pra", "della", "delle", "degli", "gli",
    "nel", "che", "allora", "het", "een", "dat", "dit", "dus", "ett", "det", "och", "som", "jest", "tego", "potem", "это", "как", "что",
    "bir", "bunu", "hai", "haan",
];

pub(super) const EXCEPT: &[&str] = &[
    "except",
    "but",
    "only",
    "bis",
    "außer",
    "nur",
    "sauf",
    "salvo",
    "excepto",
    "exceto",
    "menos",
    "tranne",
    "behalve",
    "alleen",
    "utom",
    "oprócz",
    "кроме",
];

/// How words for letters begin.
pub(super) const LETTER: &[&str] = &["letter", "lettre", "letra", "letter", "buchst", "bokst", "bogst", "liter", "букв", "písm", "harf"];

/// Words between a letter and its case.
pub(super) const LINKS: &[&str] = &[
    "is",
    "is a",
    "which",
    "which is",
    "which is a",
    "that",
    "mit",
    "med",
    "con",
    "com",
    "are",
    "in",
    "the",
    "ist",
    "est",
    "en",
    "es",
    "é",
    "è",
    "al",
    "em",
    "är",
    "er",
    "jest",
    "je",
    "adesso",
    "now",
    "jetzt",
];

/// Words between a letter and an example of it.
pub(super) const AS: &str = "as for like wie für comme pour como de di come van als voor som for jak jako как mint kuin gibi se jaise";

pub(super) const LEADS: &str =
    "is takes be it's that's just simply ist lautet heißt est c'est es é è e' to jest är er on это hai это: было użyj";

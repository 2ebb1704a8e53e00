//! What a value looks like, apart from what stands around it.

use super::context::any_of_any_case;
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
use std::sync::LazyLock;

/// How much a value looks like a secret, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shape {
    /// From −3 (cannot be one) to +3 (can hardly be anything else).
    pub score: f32,
    /// In words.
    pub because: &'static str,
}

const NO: f32 = -9.0;

/// Words that stand where a secret could, and say something of it instead.
static ORDINARY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../../packs/cues/ordinary.txt").lines();
    lines.filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// Whether it is a word that says something of a value instead of being one.
pub(crate) fn is_ordinary(v: &str) -> bool {
    ORDINARY.contains(v.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Placeholders: what a template leaves open, or what somebody masked.
fn is_placeholder(v: &str) -> bool {
    let bytes = v.as_bytes();
    // Most that is asked about: nothing but letters, few of them an x.
    if bytes.iter().all(u8::is_ascii_alphabetic) && !bytes.windows(3).any(|w| w.eq_ignore_ascii_case(b"xxx")) {
        return bytes.windows(2).all(|w| w[0] == w[1]) && bytes.len() > 1 || left_open(v);
    }
    let lower = v.to_lowercase();
    let chars: Vec<char> = v.chars().collect();
    let same = chars.windows(2).all(|w| w[0] == w[1]);
    let masks = chars.iter().filter(|c| matches!(c, '*' | '•' | '●' | '█' | '·' | '…' | '_' | '.' | '-' | '#' | '?' | '■')).count();
    let x = lower.split(|c| c != 'x').map(str::len).max().unwrap_or(0);
    let runs_of_x = x >= 5 || x >= 3 && x * 5 >= chars.len() * 2;
    let template = v.starts_with("${")
        || v.starts_with("{{")
        || v.starts_with("$(")
        || v.starts_with("%(")
        || v.starts_with("<%")
        || v.starts_with('<') && v.ends_with('>');
    let shell = v.starts_with('$')
        && v.len() > 2
        && v[1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && v[1..].chars().any(|c| c.is_ascii_uppercase())
        && !v.chars().any(|c| c.is_ascii_digit());
    // "ending in ...f3Qa"
    let tail_only = v.starts_with("...") || v.starts_with('…');
    tail_only
        || same && chars.len() > 1
        || masks * 3 >= chars.len() * 2
        || v.contains("***")
        || v.contains("•••")
        || runs_of_x
        || template
        || shell
        || left_open(v)
}

/// Whether a text holds words of those that leave something open.
fn left_open(v: &str) -> bool {
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        any_of_any_case(&[
            "your_",
            "your-",
            "yourpass",
            "my_password",
            "enter_",
            "insert_",
            "changeit_here",
            "password_here",
            "redacted",
            "[removed]",
            "example",
            "placeholder",
            "dummy",
        ])
    });
    WORDS.is_match(v)
}

fn is_url(v: &str) -> bool {
    v.contains("://") || v.starts_with("www.") || v.starts_with("mailto:")
}

/// Whether it is a mail address.
pub(crate) fn is_address(v: &str) -> bool {
    let Some((user, host)) = v.split_once('@') else { return false };
    !user.is_empty()
        && host.contains('.')
        && !host.ends_with('.')
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        && host.rsplit('.').next().is_some_and(|t| t.len() >= 2 && t.chars().all(char::is_alphabetic))
}

/// Whether it is a host name or an IPv4 address, with or without a port.
pub(crate) fn is_host(v: &str) -> bool {
    let v = v.split_once(':').filter(|(_, p)| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit())).map_or(v, |(h, _)| h);
    let labels: Vec<&str> = v.split('.').collect();
    let numbers = labels.len() == 4 && labels.iter().all(|l| !l.is_empty() && l.len() <= 3 && l.bytes().all(|b| b.is_ascii_digit()));
    let names = labels.len() >= 2
        && labels.iter().all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        && labels.last().is_some_and(|t| (2..=10).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_lowercase()))
        && labels[0].bytes().any(|b| b.is_ascii_lowercase());
    numbers || names
}

/// Whether what looks like a host ends as hosts do: "meadow.gate.lark" is three words, "meadow.lark.net" is a host.
fn ends_as_host(v: &str) -> bool {
    const ENDS: &[&str] = &[
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "mil",
        "int",
        "info",
        "biz",
        "name",
        "app",
        "dev",
        "cloud",
        "online",
        "site",
        "tech",
        "shop",
        "local",
        "lan",
        "internal",
        "intranet",
        "corp",
        "home",
        "example",
        "test",
        "invalid",
        "localhost",
        "arpa",
        "onion",
    ];
    let host = v.split(':').next().unwrap_or(v);
    let last = host.rsplit('.').next().unwrap_or("");
    ENDS.contains(&last) || last.len() == 2 || last.bytes().all(|b| b.is_ascii_digit())
}

/// Whether it is a file name by its ending.
pub(crate) fn is_file(v: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "zip", "7z", "rar", "gz", "tgz", "tar", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv", "xml", "json", "html",
        "htm", "php", "asp", "aspx", "jsp", "png", "jpg", "jpeg", "gif", "exe", "msi", "cfg", "conf", "ini", "yml", "yaml", "py", "sh",
        "ps1", "aes", "gpg", "pgp", "asc", "crt", "cer", "jks", "iso", "vhd", "odt", "ods", "odp", "docm", "xlsm", "tif", "tiff", "mp4",
        "wav", "mp3", "har", "key", "reg", "db", "bat", "sql", "log", "pfx", "p12", "pem", "kdbx", "ovpn", "rtf", "eml", "msg", "pst",
        "bak", "js", "css",
    ];
    v.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) && !stem.contains(['!', '#', '$', '%', '@'])
    })
}

fn is_guid(v: &str) -> bool {
    let v = v.trim_matches(['{', '}']);
    v.len() == 36 && v.bytes().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Names of keys that open nothing by themselves: AWS access key ids, Twilio account ids, publishable keys.
fn is_public_id(v: &str) -> bool {
    let hex = |from: usize, n: usize| v.get(from..).is_some_and(|t| t.len() == n && t.bytes().all(|b| b.is_ascii_hexdigit()));
    v.len() == 20 && (v.starts_with("AKIA") || v.starts_with("ASIA")) && v.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        || v.starts_with("AC") && hex(2, 32)
        || v.starts_with("pk_live_")
        || v.starts_with("pk_test_")
        // Mapbox, "Access tokens": tokens that begin so are public.
        || v.starts_with("pk.eyJ")
        || v.ends_with(".apps.googleusercontent.com")
}

/// What anybody may know of a key, a file or an image: `SHA256:…` of OpenSSH, `sha256:…` of containers, `sha384-…` of web pages, pairs of
/// hexadecimal digits between colons.
fn is_fingerprint(v: &str) -> bool {
    let hashed =
        ["SHA256:", "sha256:", "SHA512:", "sha512:", "sha256-", "sha384-", "sha512-"].iter().find_map(|named| v.strip_prefix(named));
    let pairs = v.strip_prefix("MD5:").unwrap_or(v).split(':');
    hashed.is_some_and(|hash| hash.len() >= 40 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)))
        || pairs.clone().count() >= 16 && pairs.clone().all(|pair| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A program and its version as it names itself (RFC 9110 §10.1.5): "Thunderbird/13.0.1", "Gecko/20120615".
fn is_program(v: &str) -> bool {
    v.split_once('/').is_some_and(|(name, version)| {
        name.len() >= 3
            && name.bytes().all(|b| b.is_ascii_alphabetic())
            && version.starts_with(|c: char| c.is_ascii_digit())
            && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && (version.contains('.') || version.len() >= 6)
    })
}

/// What office programs call objects and cells: "Word.Document.8", "Sheet1!$B$2:$B$5".
fn is_of_office(v: &str) -> bool {
    const PROGRAMS: &str =
        "Word Excel PowerPoint Visio MSGraph MSProject AcroExch MS_ClipArt_Gallery Equation Outlook Publisher Paint Photoshop";
    let object = v.split_once('.').is_some_and(|(name, rest)| {
        let version = rest.rsplit('.').next().unwrap_or(rest);
        PROGRAMS.split(' ').any(|p| p == name) && version.len() <= 2 && version.bytes().all(|b| b.is_ascii_digit())
    });
    object || v.split_once("!$").is_some_and(|(_, cells)| cells.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'$' | b':')))
}

/// "mail/Maildir/cur": most of what stands between the slashes are plain words.
fn is_path(v: &str) -> bool {
    let segments: Vec<&str> = v.split(['/', '\\']).filter(|s| !s.is_empty()).collect();
    let plain = |s: &&&str| {
        s.len() >= 3 && s.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '_' | '.')) && !s.chars().skip(1).any(char::is_uppercase)
    };
    segments.len() >= 3 && segments.iter().filter(plain).count() * 2 >= segments.len()
}

/// A short hash: how commits, tickets and findings are called in a sentence.
pub(crate) fn is_short_hash(v: &str) -> bool {
    (7..=12).contains(&v.len())
        && v.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && v.bytes().any(|b| b.is_ascii_digit())
        && v.bytes().any(|b| b.is_ascii_lowercase())
}

fn is_date_or_time(v: &str) -> bool {
    let v = v.trim_end_matches(['a', 'p', 'A', 'P', 'm', 'M']);
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let marks = v.bytes().filter(|b| matches!(b, b'/' | b'.' | b':' | b'-')).count();
    digits >= 3
        && marks >= 1
        && digits + marks == v.len()
        && (v.contains(':') && v.len() <= 8 || marks == 2 && v.len() <= 10 && v.len() >= 6)
}

/// "Steve[3]": a word with the mark of a note.
fn has_note(v: &str) -> bool {
    v.split_once('[').and_then(|(word, rest)| Some((word, rest.split_once(']')?.0))).is_some_and(|(word, number)| {
        !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && word.chars().all(|c| c.is_alphabetic() || c.is_ascii_punctuation())
    })
}

fn is_code(v: &str) -> bool {
    v.starts_with("xmlns")
        || v.contains("\\par")
        || v.contains("\\u")
        || v.contains("=<")
        || v.contains("&#")
        || has_note(v)
        || v.starts_with('<') && v.contains('>')
        || v.contains("()")
        || v.contains("->")
        || v.contains("::")
        || v.ends_with('(')
        || v.ends_with('{')
        || v.starts_with("//")
        || v.starts_with("/*")
        || v.contains('(') && v.contains([';', '=']) && v.contains(')')
        || v.contains('(')
            && v.ends_with(')')
            && v.chars().next().is_some_and(char::is_alphabetic)
            && !v.contains(|c: char| c.is_ascii_digit())
        || ["System.", "os.environ", "process.env", "getenv", "config.", "self.", "this.", "request.", "params.", "$_"]
            .iter()
            .any(|p| v.starts_with(p))
}

/// How much `v` looks like a secret of the sort that a person or a machine sets.
pub(crate) fn of(v: &str) -> Shape {
    let no = |because| Shape { score: NO, because };
    let chars = v.chars().count();
    if !(3..=200).contains(&chars) || v.chars().any(char::is_control) {
        return no("too short or too long");
    }
    if is_placeholder(v) {
        return no("a placeholder or masked");
    }
    // Most that is asked about is a plain word: no sign in it, no address, host, file or code.
    let word = v.bytes().all(|b| b.is_ascii_alphabetic()) && !v.starts_with("xmlns");
    let named = || is_url(v) || is_address(v) || is_guid(v) || is_public_id(v) || is_fingerprint(v) || is_program(v) || is_of_office(v);
    if !word && (named() || is_date_or_time(v) || is_code(v)) {
        return no("an address, a date, an id or code");
    }
    if is_ordinary(v) {
        return no("an ordinary word");
    }
    let place =
        || is_host(v) && ends_as_host(v) || is_file(v) || v.starts_with('/') && v[1..].contains('/') || v.starts_with("\\\\") || is_path(v);
    if !word && place() {
        return Shape { score: -2.5, because: "a host, a file or a path" };
    }
    scored(v, chars)
}

fn scored(v: &str, chars: usize) -> Shape {
    let lower = v.chars().filter(|c| c.is_lowercase()).count();
    let upper = v.chars().filter(|c| c.is_uppercase()).count();
    let digits = v.chars().filter(char::is_ascii_digit).count();
    let letters = v.chars().filter(|c| c.is_alphabetic()).count();
    let words = v.split_whitespace().count();
    if words >= 3 && digits == 0 {
        return Shape { score: -2.0, because: "words of a sentence" };
    }
    let signs = v.chars().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '\'' | '’' | '-' | '.')).count();
    let joints = v.chars().filter(|c| matches!(c, '-' | '.')).count();
    let inner_upper = v.chars().skip(1).any(char::is_uppercase) && lower > 0;
    let (score, because): (f32, &'static str) = if letters == 0 && digits == chars {
        (if (4..=10).contains(&chars) { -0.4 } else { -1.0 }, "digits only")
    } else if letters > 0 && digits > 0 && signs > 0 {
        (2.8, "letters, digits and signs")
    } else if letters > 0 && digits > 0 {
        (if chars >= 6 { 2.0 } else { 0.6 }, "letters and digits")
    } else if letters > 0 && signs == 1 && v.ends_with('!') {
        // As often the end of a sentence.
        (if inner_upper { 0.4 } else { -0.6 }, "a word and an exclamation mark")
    } else if letters > 0 && signs > 0 {
        (if v.contains('/') && signs == 1 || v.ends_with(['?', ')', ']']) { 0.0 } else { 1.4 }, "letters and signs")
    } else if inner_upper && upper < letters {
        (0.6, "capitals inside the word")
    } else if joints > 0 && letters > 0 && chars >= 10 {
        (-0.2, "words joined by hyphens or dots")
    } else if letters == chars && upper == letters {
        (-0.9, "a word in capitals")
    } else if letters == chars && upper == 1 {
        (-1.0, "a word that begins with a capital")
    } else if letters > 0 {
        (-0.8, "a plain word")
    } else {
        (-2.0, "signs only")
    };
    let long: f32 = if chars >= 16 && digits > 0 { 0.3 } else { 0.0 };
    let short: f32 = if chars < 5 && digits != chars { -0.8 } else { 0.0 };
    Shape { score: score + long + short, because }
}

/// Names of standards, products and versions: capitals and a number, or a number with a unit.
pub(crate) fn is_term(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &text[letters.min(text.len())..];
    let number = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'/'));
    let counted = text.starts_with(|c: char| c.is_ascii_digit())
        && text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')).len() <= 3;
    let device = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-') && text.contains('-');
    let jointed = text.split_once('-').is_some_and(|(n, w)| n.bytes().all(|b| b.is_ascii_digit()) && w.chars().all(char::is_lowercase));
    // Call signs and models in capitals; "debug1", "ssh-userauth2".
    let model = text.len() < 10 && !text.chars().any(char::is_lowercase) && text.chars().all(|c| c.is_alphanumeric() || c == '/');
    let numbered = text.strip_suffix(|c: char| c.is_ascii_digit()).is_some_and(|w| w.chars().all(|c| c.is_lowercase() || c == '-'));
    device
        || model
        || numbered
        || jointed
        || letters > 0 && letters == capitals && number
        || counted
        || text.contains('@') && text.contains('.') && !text.contains(['!', '#', '$', '%'])
        || text.contains("'s")
        || text.contains("n't")
        || text.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_score_above_words_and_words_above_talk() {
        for secret in ["Heron/1964", "Winter2024!", "blue-Heron7", "hunter22", "aB3$xyz", "Zebra$tripe19", "tr0ub4dor&3"] {
            assert!(of(secret).score >= 1.0, "{secret}: {:?}", of(secret));
        }
        for word in ["sunshine", "Biscuit", "HERON"] {
            assert!((-2.0..0.0).contains(&of(word).score), "{word}: {:?}", of(word));
        }
        for no in [
            "required",
            "expired",
            "${DB_PASS}",
            "<password>",
            "********",
            "https://a.example/x",
            "a@b.example",
            "getPassword()",
            "12:30",
            "2024-01-02",
            "xxxxxx",
            "550e8400-e29b-41d4-a716-446655440000",
            "[redacted]",
            "SHA256:q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80",
            "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
            "pk.eyJ1IjoiaGVyb24ifQ.Zm9n",
            "Thunderbird/13.0.1",
            "Word.Document.8",
            "MSGraph.Chart.8",
            "Sheet1!$B$2:$B$5",
            "Gecko/20120615",
        ] {
            assert!(of(no).score <= -3.0, "{no}: {:?}", of(no));
        }
    }

    #[test]
    fn hosts_and_files_are_told() {
        assert!(is_host("vpn.corp.example") && is_host("192.0.2.7:8443") && !is_host("Winter.2024!"));
        assert!(is_file("handover.zip") && !is_file("Pa.ss!zip.zi1"));
    }
}

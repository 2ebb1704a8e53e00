//! Messages as bytes: headers, charsets, transfer encodings, parts.

use super::minted::hex;
use super::world::Person;
use crate::random::Random;
use crate::vary::base64_lines;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// A message to be written.
#[derive(Debug)]
pub struct Mail {
    /// With angle brackets.
    pub id: String,
    /// Who writes.
    pub from: Person,
    /// Who reads.
    pub to: Person,
    /// Subject.
    pub subject: String,
    /// Seconds since 1970.
    pub sent: i64,
    /// Messages before it.
    pub references: Vec<String>,
    /// The plain text, where there is one.
    pub plain: Option<String>,
    /// The HTML, where there is one.
    pub html: Option<String>,
    /// Name and text.
    pub attachments: Vec<(String, String)>,
    /// Charsets that its language was written in before UTF-8 was everywhere.
    pub charsets: &'static [&'static str],
}

/// Charsets of a language.
pub fn charsets(language: &str) -> &'static [&'static str] {
    match language {
        "de" | "fr" | "es" | "pt" | "it" | "nl" | "da" | "sv" | "no" | "fi" | "en" => &["iso-8859-1", "windows-1252", "iso-8859-15"],
        "pl" | "cs" | "sk" | "hu" | "ro" | "hr" | "sl" => &["iso-8859-2", "windows-1250"],
        "ru" | "uk" | "bg" | "sr" => &["windows-1251", "koi8-r"],
        "el" => &["iso-8859-7", "windows-1253"],
        "tr" => &["iso-8859-9", "windows-1254"],
        "he" => &["windows-1255"],
        "ar" | "fa" => &["windows-1256"],
        "ja" => &["iso-2022-jp", "shift_jis", "euc-jp"],
        "zh" => &["gb2312", "gb18030", "big5"],
        "ko" => &["euc-kr"],
        "th" => &["windows-874"],
        "vi" => &["windows-1258"],
        _ => &[],
    }
}

impl Mail {
    /// The bytes of the message.
    pub fn write(&self, random: &mut Random) -> Vec<u8> {
        let mut head = format!("From: {}\nTo: {}\n", address(&self.from), address(&self.to));
        head += &format!("Subject: {}\nDate: {}\nMessage-ID: {}\n", words(&self.subject), date(self.sent), self.id);
        if let Some(last) = self.references.last() {
            head += &format!("In-Reply-To: {last}\nReferences: {}\n", self.references.join("\n "));
        }
        if random.chance(50) {
            let mailer = random.pick(&[
                "Mozilla Thunderbird",
                "Microsoft Outlook 16.0",
                "Apple Mail (2.3774.300.61.1.2)",
                "Roundcube Webmail/1.6.6",
                "Evolution 3.44.4",
            ]);
            head += &format!("X-Mailer: {mailer}\n");
        }
        head += "MIME-Version: 1.0\n";
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        bodies.extend(self.plain.iter().map(|text| self.part("text/plain", "", text, random)));
        bodies.extend(self.html.iter().map(|text| self.part("text/html", "", text, random)));
        let mut body = joined("alternative", bodies, random);
        if !self.attachments.is_empty() {
            let files = self.attachments.iter().map(|(name, text)| self.part(media(name), name, text, random));
            body = joined("mixed", std::iter::once(body).chain(files).collect(), random);
        }
        [head.into_bytes(), body].concat()
    }

    fn part(&self, media: &str, name: &str, text: &str, random: &mut Random) -> Vec<u8> {
        let (charset, bytes) = self.encode(text, media == "text/html", random);
        let mut head = format!("Content-Type: {media}; charset={charset}");
        if !name.is_empty() {
            head += &format!("; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"");
        }
        let long = bytes.split(|b| *b == b'\n').any(|l| l.len() > 900);
        let seven = bytes.is_ascii() && charset != "iso-2022-jp";
        let (name, body) = match random.below(10) {
            0..=3 if !long => (if seven { "7bit" } else { "8bit" }, bytes),
            0..=6 => ("quoted-printable", quoted(&bytes)),
            _ => {
                let mut packed = Vec::new();
                base64_lines(&bytes, &mut packed);
                ("base64", packed)
            }
        };
        [format!("{head}\nContent-Transfer-Encoding: {name}\n\n").into_bytes(), body, b"\n".to_vec()].concat()
    }

    fn encode(&self, text: &str, html: bool, random: &mut Random) -> (String, Vec<u8>) {
        if !html && random.chance(30) && !self.charsets.is_empty() {
            let name = *random.pick(self.charsets);
            if let Some(encoding) = Encoding::for_label(name.as_bytes()) {
                let (bytes, _, lost) = encoding.encode(text);
                if !lost {
                    return (name.to_owned(), bytes.into_owned());
                }
            }
        }
        ("utf-8".to_owned(), text.as_bytes().to_vec())
    }
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("csv") => "text/csv",
        Some("tsv") => "text/tab-separated-values",
        Some("html") => "text/html",
        _ => "text/plain",
    }
}

fn joined(kind: &str, parts: Vec<Vec<u8>>, random: &mut Random) -> Vec<u8> {
    if let [only] = parts.as_slice() {
        return only.clone();
    }
    let boundary = format!("=_{}", hex(random, 24));
    let mut out = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\n").into_bytes());
        out.extend(part);
    }
    out.extend(format!("--{boundary}--\n").into_bytes());
    out
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in bytes.split(|b| *b == b'\n') {
        let mut width = 0;
        for (at, byte) in line.iter().enumerate() {
            let plain = (33..=126).contains(byte) && *byte != b'=' || (*byte == b' ' && at + 1 < line.len());
            let piece = if plain { vec![*byte] } else { format!("={byte:02X}").into_bytes() };
            if width + piece.len() > 75 {
                out.extend(b"=\n");
                width = 0;
            }
            width += piece.len();
            out.extend(piece);
        }
        out.push(b'\n');
    }
    out
}

fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    // An encoded word holds 75 characters: some of the text each.
    let letters: Vec<char> = text.chars().collect();
    let pieces = letters.chunks(12).map(|c| format!("=?utf-8?B?{}?=", STANDARD.encode(c.iter().collect::<String>())));
    pieces.collect::<Vec<_>>().join("\n ")
}

fn address(person: &Person) -> String {
    format!("{} <{}>", words(&person.name()), person.mail)
}

fn date(seconds: i64) -> String {
    let stamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    rfc2822::to_string(&stamp.to_zoned(TimeZone::UTC)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_keeps_every_byte() {
        let text = "Größe = 3 €, trailing blank \n.\nnext ".repeat(5);
        let raw = format!(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{}",
            String::from_utf8_lossy(&quoted(text.as_bytes()))
        );
        let parsed =
            mail_parser::MessageParser::default().parse(raw.as_bytes()).expect("a message").body_text(0).map(|t| t.replace('\r', ""));
        assert_eq!(parsed.as_deref().map(str::trim_end), Some(text.trim_end()));
    }
}

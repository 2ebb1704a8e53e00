//! Invented mail in the shapes that mailboxes and exports have it in: the same words in HTML, in an attachment, in a chat, forwarded, under a
//! banner. What is found should not depend on it.

use clap::ValueEnum;

/// How the words of a mail are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// As plain text.
    Plain,
    /// As HTML, a block for each line.
    Html,
    /// In an attached text.
    Attached,
    /// In a string of JSON that is attached.
    Json,
    /// In a cell of an attached table.
    Table,
    /// In an attached invitation.
    Calendar,
    /// In lines of 50 characters.
    Narrow,
    /// In the lines of a chat.
    Chat,
    /// Below the header of the mail that is forwarded.
    Forwarded,
    /// Below a warning of strangers' mail.
    Warned,
    /// Above a signature.
    Signed,
    /// And once more, quoted.
    Twice,
    /// In quoted-printable, of which no header tells.
    Undecoded,
}

/// A text and how it is declared.
pub struct Carried {
    pub media: &'static str,
    /// The name of the file that it is attached as.
    pub file: Option<&'static str>,
    pub text: String,
}

/// A body in a shape.
pub fn carried(body: &str, subject: &str, shape: Shape) -> Carried {
    let plain = |text: String| Carried { media: "text/plain", file: None, text };
    let file = |media, name, text| Carried { media, file: Some(name), text };
    match shape {
        Shape::Plain => plain(body.to_owned()),
        Shape::Html => Carried { media: "text/html", file: None, text: html(body) },
        Shape::Attached => file("text/plain", "notes.txt", body.to_owned()),
        Shape::Json => file("application/json", "item.json", json(body, subject)),
        Shape::Table => file("text/csv", "export.csv", table(body)),
        Shape::Calendar => file("text/calendar", "invite.ics", calendar(body, subject)),
        Shape::Narrow => plain(each_line(body, |_, line| narrow(line))),
        Shape::Chat => plain(each_line(body, |n, line| format!("12/03/2025, 09:{:02} - Alex Moor: {line}", n % 60))),
        Shape::Forwarded => plain(format!("FYI\n\n{FORWARDED}{body}")),
        Shape::Warned => plain(format!("{WARNING}{body}")),
        Shape::Signed => plain(format!("{}\n\n{SIGNATURE}", body.trim_end())),
        Shape::Twice => plain(format!("{}\n\n{}", body.trim_end(), body.lines().map(|l| format!("> {l}\n")).collect::<String>())),
        Shape::Undecoded => plain(quoted_printable(body)),
    }
}

const FORWARDED: &str = "-----Original Message-----\nFrom: Someone Else <s.else@quayside.example>\nSent: Monday, February 3, 2025 10:12 AM\n\
    To: Alex Moor\nSubject: notes\n\n";
const WARNING: &str = "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize \
    the sender and know the content is safe. Never share your password.\n\n";
const SIGNATURE: &str = "Best regards,\n\nAlex Moor\nOperations Coordinator | Quayside Holdings Ltd\nT +44 20 7946 0123 | M +44 7700 900417 | \
    alex.moor@quayside.example\nFollow us: https://www.quayside.example/news?utm_source=sig&id=88412\nRef: QH-2025-00417\n";

/// Lines that say something, each made anew.
fn each_line(body: &str, of: impl Fn(usize, &str) -> String) -> String {
    let line = |(n, line): (usize, &str)| if line.trim().is_empty() { "\n".to_owned() } else { of(n, line) + "\n" };
    body.lines().enumerate().map(line).collect()
}

fn html(body: &str) -> String {
    let escaped = |line: &str| line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let block = |line: &str| format!("<div>{}</div>", if line.is_empty() { "<br>".to_owned() } else { escaped(line) });
    format!("<div dir=\"ltr\">{}</div>", body.lines().map(block).collect::<String>())
}

fn json(body: &str, subject: &str) -> String {
    serde_json::json!({"id": "AAMk", "subject": subject, "body": {"contentType": "text", "content": body}}).to_string()
}

fn table(body: &str) -> String {
    let cell = body.replace('"', "\"\"");
    format!("id,date,from,body\n4417,2025-02-03,a.moor,Nothing new.\n4418,2025-02-03,b.lee,\"{cell}\"\n4419,2025-02-04,a.moor,ok\n")
}

/// An invitation, its lines folded (RFC 5545 §3.1).
fn calendar(body: &str, subject: &str) -> String {
    const FOLD: usize = 70;
    let escaped = body.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    let mut told = String::new();
    for (n, c) in format!("DESCRIPTION:{escaped}").chars().enumerate() {
        if n > 0 && n % FOLD == 0 {
            told.push_str("\r\n ");
        }
        told.push(c);
    }
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTART:20250203T101200Z\r\nSUMMARY:{subject}\r\n{told}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn narrow(line: &str) -> String {
    const MARGIN: usize = 50;
    let (mut out, mut length) = (String::new(), 0);
    for word in line.split(' ') {
        let breaks = length > 0 && length + 1 + word.chars().count() > MARGIN;
        if length > 0 {
            out.push(if breaks { '\n' } else { ' ' });
        }
        length = word.chars().count() + if breaks || length == 0 { 0 } else { length + 1 };
        out.push_str(word);
    }
    out
}

/// RFC 2045 §6.7, its lines ended softly behind 72 characters.
fn quoted_printable(body: &str) -> String {
    let (mut out, mut length) = (String::new(), 0);
    for byte in body.bytes() {
        let written = match byte {
            b'\n' => "\n".to_owned(),
            b'=' | 0x80.. => format!("={byte:02X}"),
            _ => char::from(byte).to_string(),
        };
        if byte == b'\n' {
            length = 0;
        } else if length + written.len() > 72 {
            out.push_str("=\n");
            length = written.len();
        } else {
            length += written.len();
        }
        out.push_str(&written);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stay_the_same() {
        let body = "The \"door\" opens\nwith grüße=1, all; day and all night and on Sundays and holidays too\n";
        for shape in Shape::value_variants() {
            let text = carried(body, "door", *shape).text;
            assert!(text.contains("door") && text.contains("opens"), "{shape:?}: {text}");
        }
        assert!(carried(body, "door", Shape::Undecoded).text.contains("gr=C3=BC=C3=9Fe=3D1, all"));
        assert!(carried(body, "door", Shape::Narrow).text.lines().all(|l| l.chars().count() <= 50));
        assert!(carried(body, "door", Shape::Table).text.contains("\"The \"\"door\"\" opens\n"));
    }
}

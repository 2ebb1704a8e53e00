//! Mail that people wrote by hand for the finder, turned into a labelled set as the other commands read it.
//!
//! One text file holds many mails: a line `=====` begins one, `-----` ends its head. The head says `lang:`, `from:`, `to:`, `subject:` and, for each
//! secret, `secret: KIND | VALUE | ACCOUNT | SYSTEM`; `made:` where the reader must put the value together, `ignore: VALUE` where it is
//! arguable. `-` stands for an account or a system that is not told. `re: yes` stands in a mail that answers the one before it.
//!
//! A file that does not begin so holds notes, one in a line: `LANG | SUBJECT | BODY`, where `{{KIND|VALUE|ACCOUNT|SYSTEM}}` stands for the
//! value of a secret, `{{ignore|VALUE}}` for an arguable one and `\n` for the end of a line. Who writes them to whom is taken in turn.

use crate::quoted::{Others, Place};
use crate::shapes::{Carried, Shape, carried};
use crate::vary::base64_lines;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args as ClapArgs;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What to turn into a set.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Files of written mail
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Folder of mail without secrets, one of which stands with each mail that is written
    #[arg(long, value_name = "DIR", requires = "place")]
    others: Option<PathBuf>,
    /// Where the other mail stands
    #[arg(long, requires = "others")]
    place: Option<Place>,
    /// What the words of each mail are carried in
    #[arg(long, default_value = "plain")]
    shape: Shape,
    /// Folder to write messages/, truth.jsonl and ignore.jsonl to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The date of the first mail; each is an hour after the one before: 2 January 2023, 08:00 UTC.
const FIRST: i64 = 1_672_646_400;
const HOUR: i64 = 3600;

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read, is not of this form, or the set cannot be written.
pub fn run(args: &Args) -> Result<()> {
    let folder = args.out.join("messages");
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let (mut truth, mut ignore, mut count) = (Vec::new(), Vec::new(), 0);
    let mut others = args.others.as_deref().map(Others::load).transpose()?.zip(args.place);
    for file in &args.files {
        let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let name = stem(file);
        let mails = if text.starts_with("=====") { split(&text) } else { notes(&text).with_context(|| file.display().to_string())? };
        let mut thread: Vec<String> = Vec::new();
        for (at, written) in mails.into_iter().enumerate() {
            let mut mail =
                Mail::read(&written, &format!("{name}-{at:04}")).with_context(|| format!("{}, mail {}", file.display(), at + 1))?;
            if mail.answers {
                mail.thread.clone_from(&thread);
            } else {
                thread.clear();
            }
            thread.push(mail.id());
            let body = match &mut others {
                Some((others, place)) => others.with(mail.body, *place),
                None => mail.body.to_owned(),
            };
            let bytes = mail.write(&carried(&body, mail.subject, args.shape), FIRST + HOUR * count);
            std::fs::write(folder.join(format!("{}.eml", mail.name)), bytes).context("could not write a message")?;
            truth.extend(mail.truth());
            ignore.extend(mail.ignored());
            count += 1;
        }
    }
    write(&args.out.join("truth.jsonl"), &truth)?;
    write(&args.out.join("ignore.jsonl"), &ignore)?;
    println!("{count} messages, {} secrets", truth.len());
    Ok(())
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn write(file: &Path, rows: &[Value]) -> Result<()> {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(file, lines).with_context(|| format!("could not write {}", file.display()))
}

/// The mails of a file.
fn split(text: &str) -> Vec<String> {
    let mut mails: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.trim_end(), mails.last_mut()) {
            ("=====", _) => mails.push(String::new()),
            (_, Some(mail)) => {
                mail.push_str(line);
                mail.push('\n');
            }
            (_, None) => {}
        }
    }
    mails
}

/// Between whom notes go.
const PEOPLE: [(&str, &str); 6] = [
    ("Marit Soles <marit.soles@tarnbrook.example>", "Owen Pask <owen.pask@tarnbrook.example>"),
    ("d.ferrant@quillon.example", "team@quillon.example"),
    ("Ilse Varga <ilse@varga-haus.example>", "Bo Lindqvist <bo.lindqvist@nordhamn.example>"),
    ("office@stellmar.example", "Nadia Kerr <nkerr@stellmar.example>"),
    ("Tomas Wrede <twrede@ostwind.example>", "Ana Prieto <aprieto@ostwind.example>"),
    ("Rui <rui@casadaponte.example>", "Helena <helena@casadaponte.example>"),
];

/// The notes of a file, each as a mail is written.
fn notes(text: &str) -> Result<Vec<String>> {
    text.lines().filter(|l| !l.trim().is_empty()).enumerate().map(|(at, line)| note(line, PEOPLE[at % PEOPLE.len()])).collect()
}

fn note(line: &str, (from, to): (&str, &str)) -> Result<String> {
    let mut fields = line.splitn(3, " | ");
    let (Some(language), Some(subject), Some(marked)) = (fields.next(), fields.next(), fields.next()) else {
        bail!("not LANG | SUBJECT | BODY: {line}")
    };
    let mut head = format!("lang: {language}\nfrom: {from}\nto: {to}\nsubject: {subject}\n");
    let (mut body, mut rest) = (String::new(), marked);
    while let Some((before, after)) = rest.split_once("{{") {
        let (mark, behind) = after.split_once("}}").with_context(|| format!("a mark is not closed: {line}"))?;
        let told: Vec<&str> = mark.split('|').collect();
        let (field, value) = match told[..] {
            ["ignore", value] => (format!("ignore: {value}\n"), value),
            [_, value, _, _] => (format!("secret: {}\n", told.join(" | ")), value),
            _ => bail!("not KIND|VALUE|ACCOUNT|SYSTEM: {mark}"),
        };
        head.push_str(&field);
        body.push_str(before);
        body.push_str(value);
        rest = behind;
    }
    body.push_str(rest);
    Ok(format!("{head}-----\n{}\n", body.replace("\\n", "\n")))
}

/// One mail as it was written.
#[derive(Debug, Default)]
struct Mail<'t> {
    name: String,
    language: &'t str,
    from: &'t str,
    to: &'t str,
    subject: &'t str,
    secrets: Vec<Secret<'t>>,
    ignored: Vec<&'t str>,
    body: &'t str,
    /// It answers the mail before it.
    answers: bool,
    /// The identifiers of the mails that it follows, oldest first.
    thread: Vec<String>,
}

/// A secret that it tells.
#[derive(Debug)]
struct Secret<'t> {
    kind: &'t str,
    value: &'t str,
    account: Option<&'t str>,
    system: Option<&'t str>,
    made: bool,
}

impl<'t> Mail<'t> {
    fn read(written: &'t str, name: &str) -> Result<Mail<'t>> {
        let (head, body) = written.split_once("\n-----\n").context("no line \"-----\" ends its head")?;
        let mut mail = Mail { name: name.to_owned(), body: body.trim_matches('\n'), ..Mail::default() };
        for line in head.lines().filter(|l| !l.trim().is_empty()) {
            let (field, value) = line.split_once(':').with_context(|| format!("not a field: {line}"))?;
            let value = value.trim();
            match field.trim() {
                "lang" => mail.language = value,
                "from" => mail.from = value,
                "to" => mail.to = value,
                "subject" => mail.subject = value,
                "re" => mail.answers = value == "yes",
                "ignore" => mail.ignored.push(value),
                "secret" => mail.secrets.push(Secret::read(value, false)?),
                "made" => mail.secrets.push(Secret::read(value, true)?),
                other => bail!("no such field: {other}"),
            }
        }
        Ok(mail)
    }

    fn id(&self) -> String {
        format!("<{}@written.example>", self.name)
    }

    fn truth(&self) -> Vec<Value> {
        let row = |secret: &Secret<'_>| {
            let place = if !self.body.contains(secret.value) && self.subject.contains(secret.value) { "subject" } else { "body" };
            let difficulty = match (secret.made, self.answers) {
                (true, true) => "split",
                (true, false) => "obscured",
                (false, _) => "prose",
            };
            json!({
                "message_id": self.id(), "where": place, "kind": secret.kind, "value": secret.value, "identity": secret.account,
                "system": secret.system, "expires": null, "language": self.language, "difficulty": difficulty, "status": "live",
            })
        };
        self.secrets.iter().map(row).collect()
    }

    fn ignored(&self) -> Vec<Value> {
        self.ignored.iter().map(|value| json!({"message_id": self.id(), "where": "body", "value": value})).collect()
    }

    fn write(&self, carried: &Carried, sent: i64) -> Vec<u8> {
        let stamp = Timestamp::from_second(sent).unwrap_or_default();
        let date = rfc2822::to_string(&stamp.to_zoned(TimeZone::UTC)).unwrap_or_default();
        let follows = match self.thread.last() {
            Some(last) => format!("In-Reply-To: {last}\nReferences: {}\n", self.thread.join(" ")),
            None => String::new(),
        };
        let (first, last) = match carried.file {
            Some(_) => (
                "Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain\n\nSee attached.\n--part\n",
                "\n--part--\n",
            ),
            None => ("", ""),
        };
        let place = carried.file.map_or(String::new(), |name| format!("Content-Disposition: attachment; filename={name}\n"));
        let mut bytes = format!(
            "Message-ID: {}\n{follows}Date: {date}\nFrom: {}\nTo: {}\nSubject: {}\nMIME-Version: 1.0\n{first}Content-Type: {}; charset=utf-8\n{place}\
             Content-Transfer-Encoding: base64\n\n",
            self.id(),
            address(self.from),
            address(self.to),
            word(self.subject),
            carried.media,
        )
        .into_bytes();
        base64_lines(carried.text.as_bytes(), &mut bytes);
        bytes.extend_from_slice(last.as_bytes());
        bytes
    }
}

impl<'t> Secret<'t> {
    fn read(line: &'t str, made: bool) -> Result<Secret<'t>> {
        let fields: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [kind, value, account, system] = fields[..] else { bail!("not KIND | VALUE | ACCOUNT | SYSTEM: {line}") };
        let told = |field: &'t str| (field != "-").then_some(field);
        Ok(Secret { kind, value, account: told(account), system: told(system), made })
    }
}

/// Names and addresses; the names as encoded words (RFC 2047).
fn address(all: &str) -> String {
    let one = |a: &str| match a.trim().rsplit_once('<') {
        Some((name, address)) => format!("{} <{address}", word(name.trim())),
        None => a.trim().to_owned(),
    };
    all.split(", ").map(one).collect::<Vec<_>>().join(", ")
}

/// A header's text, as one encoded word where it is not ASCII.
fn word(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("=?utf-8?B?{}?=", STANDARD.encode(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "=====\nlang: de\nfrom: J\u{fc}rg <j@x.example>\nto: a@x.example\nsubject: Tor\nsecret: door_code | 4471 | - | Tor\n\
                           made: password | Bo77 | jo | -\nignore: 12\n-----\n\nDas Tor geht mit 4471 auf.\n\nJ\n=====\nlang: en\nfrom: a\nto: b\nsubject: s\n-----\nx\n";

    #[test]
    fn a_mail_and_its_labels_are_read() {
        let all = split(WRITTEN);
        assert_eq!(all.len(), 2);
        let mail = Mail::read(&all[0], "w-0000").unwrap();
        assert_eq!(mail.body, "Das Tor geht mit 4471 auf.\n\nJ");
        let truth = mail.truth();
        assert_eq!((&truth[0]["value"], &truth[0]["system"], &truth[0]["identity"]), (&json!("4471"), &json!("Tor"), &Value::Null));
        assert_eq!((&truth[1]["difficulty"], &truth[1]["identity"]), (&json!("obscured"), &json!("jo")));
        assert_eq!(mail.ignored()[0]["value"], "12");
        let bytes = String::from_utf8(mail.write(&carried(mail.body, "s", Shape::Plain), FIRST)).unwrap();
        assert!(bytes.contains("From: =?utf-8?B?SsO8cmc=?= <j@x.example>\n"), "{bytes}");
        assert!(bytes.contains("Mon, 2 Jan 2023 08:00:00"), "{bytes}");
    }

    #[test]
    fn an_answer_follows_the_mails_before_it() {
        let written = "lang: en\nfrom: b\nto: a\nsubject: Re: s\nre: yes\nmade: pin | 4471 | - | -\n-----\n71\n";
        let mut mail = Mail::read(written, "w-0001").unwrap();
        mail.thread = vec!["<w-0000@written.example>".to_owned()];
        assert_eq!(mail.truth()[0]["difficulty"], "split");
        let bytes = String::from_utf8(mail.write(&carried(mail.body, "s", Shape::Plain), FIRST)).unwrap();
        assert!(bytes.contains("In-Reply-To: <w-0000@written.example>\nReferences: <w-0000@written.example>\n"), "{bytes}");
    }

    #[test]
    fn a_note_is_a_mail_in_one_line() {
        let all = notes("en | till | Till opens with {{pin|4409|-|till}},\\nnot {{ignore|4490}}.\n\nde | Hof | Nichts.\n").unwrap();
        let mail = Mail::read(&all[0], "n-0000").unwrap();
        assert_eq!((mail.language, mail.body), ("en", "Till opens with 4409,\nnot 4490."));
        assert_eq!((&mail.truth()[0]["system"], &mail.ignored()[0]["value"]), (&json!("till"), &json!("4490")));
        assert!(Mail::read(&all[1], "n-0001").unwrap().secrets.is_empty());
    }

    #[test]
    fn what_is_not_of_the_form_is_named() {
        assert!(notes("en | no body").is_err() && notes("en | s | {{pin|4}} x").is_err() && notes("en | s | {{pin|4 x").is_err());
        assert!(Mail::read("lang: en\nno line", "w").unwrap_err().to_string().contains("-----"));
        assert!(Mail::read("colour: red\n-----\nx", "w").unwrap_err().to_string().contains("colour"));
    }
}

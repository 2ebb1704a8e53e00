//! What no person wrote of a text: headers, the heads of quotes and of chats, calendars' times, keys, signatures and files in it.

use super::flow::{Line, lines};
use std::ops::Range;

/// Beginnings of the lines in which mail programs say between whom and when a mail went that they quote or forward. Not what it is about: people
/// write that.
const FIELDS: &str = "from: sent: date: to: cc: von: gesendet: datum: an: kopie: de: de : envoyé: envoyé : à: à : date : cc : enviado: \
    fecha: para: data: da: inviato: a: van: verzonden: aan: od: wysłano: do: fra: sendt: til: från: skickat: till: lähettäjä: lähetetty: \
    vastaanottaja: päiväys: kimden: gönderen: gönderildi: kime: tarih: от: отправлено: дата: кому: від: надіслано: 差出人: 送信日時: 宛先: 日時: \
    发件人: 发送时间: 收件人: 寄件者: 日期: 보낸 사람: 보낸 날짜: 받는 사람: reply-to:";

/// The same of what it is about.
const SUBJECTS: &str =
    "subject: betreff: objet: objet : asunto: assunto: oggetto: onderwerp: temat: emne: ämne: aihe: konu: тема: 件名: 主题: 主旨: 제목:";
/// So many of them one below the other are the head of a mail: "From: old1", "To: new2" may be what a password was changed to.
const FIELDS_OF_A_HEAD: usize = 3;

/// Lines of a calendar that tell nothing, and the names of those that do (RFC 5545 §3.8).
const TIMES: &str = "BEGIN END VERSION METHOD PRODID CALSCALE UID DTSTART DTEND DTSTAMP CREATED LAST-MODIFIED SEQUENCE STATUS TRANSP PRIORITY CLASS \
    RRULE TRIGGER ACTION DURATION TZID TZOFFSETFROM TZOFFSETTO TZNAME ORGANIZER ATTENDEE";
const TOLD: &str = "SUMMARY DESCRIPTION LOCATION COMMENT";

/// Where a text holds what no person wrote: fields of a quoted mail, the line that introduces a quote, when and by whom a line of a chat was
/// said, the times of a calendar, and keys and signatures in PGP's armour (RFC 9580 §6.2).
pub(super) fn of(body: &str) -> Vec<Range<usize>> {
    let lines = lines(body);
    let calendar = body.trim_start().starts_with("BEGIN:VCALENDAR");
    let mut out = data(body);
    let mut armoured = false;
    let headers = headers(&lines);
    let heads = heads(&lines);
    let chat = lines.iter().filter(|l| spoken_by(l.content).is_some()).nth(1).is_some();
    for (n, line) in lines.iter().enumerate() {
        let whole = line.at..line.at + line.content.len();
        if headers[n] {
            out.push(whole);
            continue;
        }
        // Where its end is missing, armour ends with the first line that is none.
        armoured =
            line.content.starts_with("-----BEGIN PGP ") && !line.content.contains("SIGNED MESSAGE") || armoured && is_armour(line.content);
        if armoured {
            armoured = !line.content.starts_with("-----END PGP ");
            out.push(whole);
            continue;
        }
        let introduces = || line.content.ends_with([':', '：']) && line.content.contains(|c: char| c == '@' || c.is_ascii_digit());
        let quoted = || lines[n + 1..].iter().find(|l| !l.content.is_empty()).is_some_and(|l| l.depth > line.depth);
        if heads[n] || introduces() && quoted() {
            out.push(whole);
        } else if let Some(length) = spoken_by(line.content).filter(|_| chat) {
            out.push(line.at..line.at + length);
        } else if let Some((name, _)) = line.content.split_once([':', ';']).filter(|_| calendar) {
            let is = |names: &str| names.split_whitespace().any(|n| n == name);
            let told = || line.content.find(':').map(|at| line.at..line.at + at + 1);
            out.extend(if is(TIMES) { Some(whole) } else { told().filter(|_| is(TOLD)) });
        }
    }
    out
}

fn is_armour(line: &str) -> bool {
    let named = ["-----END PGP ", "Version: ", "Comment: ", "Hash: ", "Charset: "];
    named.iter().any(|name| line.starts_with(name)) || line.bytes().all(|b| b.is_ascii_graphic()) && !matches!(line.len(), 1..4)
}

/// Which lines say between whom and when a mail went that is quoted or forwarded: its head without what it is about.
fn heads(lines: &[Line<'_>]) -> Vec<bool> {
    let mut out = vec![false; lines.len()];
    let mut begins = 0;
    for n in 0..=lines.len() {
        if lines.get(n).is_some_and(|l| is_one_of(FIELDS, l.content) || is_one_of(SUBJECTS, l.content)) {
            continue;
        }
        if n - begins >= FIELDS_OF_A_HEAD {
            (begins..n).for_each(|at| out[at] = is_one_of(FIELDS, lines[at].content));
        }
        begins = n + 1;
    }
    out
}

/// How much of a line of a chat says when it was said and by whom: "[10:12] Ada: ", "3/2/25, 10:12 - Ada: ".
fn spoken_by(line: &str) -> Option<usize> {
    let time = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | ':' | '/' | '.' | ',' | '-' | ' ' | '\u{202f}' | '\u{200e}');
    if !line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '[' | '\u{200e}')) {
        return None;
    }
    let (head, name) = (line.len() - line.trim_start_matches(time).len(), 2..40);
    let clock = line[..head].split([' ', '[', ']', ',']).any(|w| w.split_once(':').is_some_and(|(h, m)| !h.is_empty() && m.len() >= 2));
    let rest = line[head..].strip_prefix("AM").or(line[head..].strip_prefix("PM")).unwrap_or(&line[head..]);
    let said = rest.find(": ").filter(|at| name.contains(at) && !rest[..*at].contains(['=', '"']))?;
    (clock && rest[..said].split_whitespace().count() <= 4).then(|| line.len() - rest.len() + said + 2)
}

/// Longest name of a field of a header that is looked for, in bytes.
const LONGEST_NAME: usize = 48;

/// Which lines belong to the header of a mail that stands in the text as it was sent, as bounces have it (RFC 5322 §2.2); what it is about is not
/// counted among them, nor a field that is named for a secret.
fn headers(lines: &[Line<'_>]) -> Vec<bool> {
    // Only of mail: what programs send to web servers has keys in it.
    const SURE: &str = "received message-id mime-version return-path dkim-signature diagnostic-code final-recipient reporting-mta \
        received-from-mta remote-mta arrival-date x-postfix-queue-id x-postfix-sender";
    const TELLING: [&str; 7] = ["subject", "authorization", "key", "token", "pass", "secret", "cookie"];
    let name = |line: &Line<'_>| {
        let head = line.content.as_bytes();
        let name = &line.content[..memchr::memchr(b':', &head[..head.len().min(LONGEST_NAME)])?];
        let fits = name.len() >= 2 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits.then(|| name.to_ascii_lowercase())
    };
    let mut out = vec![false; lines.len()];
    let mut n = 0;
    while n < lines.len() {
        let begins = n;
        let mut sure = 0;
        let mut fields = 0;
        while let Some(line) = lines.get(n).filter(|l| !l.content.is_empty()) {
            match name(line) {
                Some(name) => {
                    fields += 1;
                    sure += usize::from(SURE.split(' ').any(|s| s == name));
                }
                // A folded line is set in.
                None if n > begins && line.set_in => {}
                None => break,
            }
            n += 1;
        }
        if fields >= 3 && sure >= 2 {
            let tells = |line: &Line<'_>| name(line).is_some_and(|name| TELLING.iter().any(|t| name.contains(t)));
            (begins..n).for_each(|at| out[at] = !tells(&lines[at]));
        }
        n = n.max(begins + 1);
    }
    out
}

/// Shortest run of base64 that is a file rather than a key, in bytes; no longer value counts as a secret by what people say of it.
const DATA: usize = 201;
/// Lines of such a file, and their least length: lists of keys have shorter ones, figures and letters of hexadecimal alone, or padding in each.
const DATA_LINES: usize = 4;
const DATA_LINE: usize = 60;

/// Files that stand in a text as base64: long runs, and lines of it one below the other, all of one length but for the last (RFC 2045 §6.8).
/// What they hold when decoded is read elsewhere.
fn data(body: &str) -> Vec<Range<usize>> {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let is_line =
        |line: &[u8]| line.len() >= DATA_LINE && line.iter().all(|b| fits(b) && *b != b'=') && !line.iter().all(u8::is_ascii_hexdigit);
    let (mut out, mut at) = (Vec::new(), 0);
    // The lines under way: where they stand, how long each is, and how many they are.
    let (mut under_way, mut length, mut count) = (0..0, 0, 0);
    for line in body.as_bytes().split_inclusive(|b| *b == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        let bare = line.trim_ascii();
        if is_line(bare) && (count == 0 || bare.len() == length) {
            under_way = if count == 0 { range } else { under_way.start..range.end };
            (length, count) = (bare.len(), count + 1);
            continue;
        }
        if count >= DATA_LINES {
            let last = !bare.is_empty() && bare.len() <= length && bare.iter().all(fits);
            out.push(under_way.start..if last { range.end } else { under_way.end });
        }
        count = 0;
        if line.len() >= DATA {
            out.extend(runs(line, fits).map(|r| range.start + r.start..range.start + r.end));
        }
    }
    if count >= DATA_LINES {
        out.push(under_way);
    }
    out
}

fn runs(line: &[u8], fits: impl Fn(&u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let pieces = line.split(move |b| !fits(b)).map(move |piece| {
        let range = at..at + piece.len();
        at = range.end + 1;
        range
    });
    pieces.filter(|range| range.len() >= DATA)
}

/// Whether a line begins with one of the names of fields.
fn is_one_of(fields: &str, line: &str) -> bool {
    let line = line.trim_start_matches('*');
    let head = &line.as_bytes()[..line.len().min(LONGEST_NAME)];
    if memchr::memchr2(b':', 0xef, head).is_none() {
        return false;
    }
    let Some(at) = line.find([':', '：']).filter(|at| *at <= 24) else { return false };
    let name = line[..at].trim_end_matches('*').to_lowercase();
    fields.split_inclusive(": ").any(|field| field.trim_end().trim_end_matches(':') == name)
        && line[at..].contains(|c: char| c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::super::flow::unbroken;
    use super::*;

    #[test]
    fn a_header_and_a_file_within_a_text_are_set_aside() {
        let line = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4";
        let header = "Received: from a\n by b with x id q7Kd02\nMessage-ID: <a@b>\nSubject: the door\nMIME-Version: 1.0\n";
        let body = format!("returned:\n\n{header}\nheron\n{line}\n{line}\n{line}\n{line}\nand {}x end\n", line.repeat(4));
        let told = unbroken(&body);
        assert_eq!(told.split_whitespace().collect::<Vec<_>>(), ["returned:", "Subject:", "the", "door", "heron", "and", "end"]);
        assert_eq!(unbroken("Name: ada\nUser: b\nKey: c\n"), "Name: ada\nUser: b\nKey: c\n");
    }

    #[test]
    fn what_only_looks_like_that_is_read() {
        let key = "q7Kd02hT5mW9xZ3vB8nL1pR4sY6uC0eG2jA5fD7kM9o=";
        let hex = "8f63020f39cd421df72d9cd010735b958f63020f39cd421df72d9cd010735b95";
        for kept in [
            "Password of the gate\nFrom: Skagen1\nTo: Blokhus3\n".to_owned(),
            "Host: a.example\nContent-Type: application/json\nX-Api-Key: q7Kd02hT5mW9\nX-Request-Id: 17\n".to_owned(),
            format!("{key}\n{key}\n{key}\n{key}\n{key}\n"),
            format!("{hex}\n{hex}\n{hex}\n{hex}\n"),
        ] {
            assert!(of(&kept).is_empty(), "{kept}");
        }
        let open = "-----BEGIN PGP SIGNATURE-----\n\niQx4\nThe password is heron now.\n";
        assert!(unbroken(open).contains("The password is heron now."));
        let header = "Received: a\nMessage-ID: <b>\nX-Api-Key: heron\n";
        assert_eq!(unbroken(header).trim(), "X-Api-Key: heron");
    }

    #[test]
    fn what_mail_programs_write_is_set_aside() {
        let body = "FYI\n\n-----Original Message-----\nFrom: Ada <ada@a.example>\nSent: Monday, February 3, 2025 10:12 AM\nSubject: heron\n\ntext\n\nOn 3 Feb 2025, Ada wrote:\n> From: here\n\n-----BEGIN PGP SIGNATURE-----\niQx4\n-----END PGP SIGNATURE-----\nend";
        let told: Vec<&str> = of(body).into_iter().map(|r| &body[r]).collect();
        assert_eq!(told[..3], ["From: Ada <ada@a.example>", "Sent: Monday, February 3, 2025 10:12 AM", "On 3 Feb 2025, Ada wrote:"]);
        assert_eq!(told[3..], ["-----BEGIN PGP SIGNATURE-----", "iQx4", "-----END PGP SIGNATURE-----"]);
        let chat = "[10:12] Ada Roe: the new one\n[10:13] Bo: is heron\n3/2/25, 10:12 AM - Bo: and\n12:30: lunch\n";
        let told: Vec<&str> = of(chat).into_iter().map(|r| &chat[r]).collect();
        assert_eq!(told, ["[10:12] Ada Roe: ", "[10:13] Bo: ", "3/2/25, 10:12 AM - Bo: "]);
    }
}

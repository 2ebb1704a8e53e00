//! Settings of programs: `DB_PASSWORD=…`, `"password": "…"`, `<password>…</password>`, `host=db1 user=quay password=…`.
//!
//! What a setting named for a password has for a value is one, also where it is a plain word; in a sentence a plain word is hardly ever one.

use super::{Place, shape};
use aftermail_model::Kind;
use std::ops::Range;

/// Values that stand for a value, in programs and their manuals.
const STANDINS: &str = "password passwd passwort pass pwd secret passphrase string text str char varchar required optional true false null none nil undefined \
    hidden encrypted plain plaintext md5 value default unset empty blank prompt masked yes no foo bar baz foobar blah xxx test example input param";

/// Whether the value belongs to a setting that is named by the cue.
pub(super) fn is_value(place: &Place<'_>, value: &Range<usize>) -> bool {
    let spoken = matches!(place.kind, Kind::Password | Kind::Passphrase | Kind::SharedKey);
    if !spoken && !is_named_secret(place, value) {
        return false;
    }
    let body = place.page.body;
    let key = key(body, &place.at, &place.line);
    let text = &body[value.clone()];
    let Some(between) = body.get(key.end..value.start) else { return false };
    // Words between are those of a sentence.
    if between != " " && !between.trim_start().starts_with(['"', '\'', ':', '=', '>']) {
        return false;
    }
    let set = is_json(body, &key, between, value)
        || is_line(place, &key, between, value)
        || is_element(body, &key, between, value)
        || is_one_of_several(place, &key, between);
    set && stands_for_itself(text, &body[key])
}

/// `app.secret=…`, `uat.hmac=…`: an identifier of several words that ends with the cue.
fn is_named_secret(place: &Place<'_>, value: &Range<usize>) -> bool {
    let body = place.page.body;
    let key = key(body, &place.at, &place.line);
    let built = body[key.clone()].contains(['_', '.', '-']) && key.end == place.at.end && key.start < place.at.start;
    let minted = || shape::of(&body[value.clone()]).score >= 1.4;
    place.cue.weak
        && built
        && body.get(key.end..value.start).is_some_and(|between| between.trim_matches([' ', '"', '\'']) == "=")
        && (place.kind == Kind::ApiKey && !body[value.clone()].contains(['/', '.']) || minted())
}

/// The value of an attribute that another one names: `<add key="SmtpPassword" value="…">`.
pub(super) fn attribute(place: &Place<'_>) -> Option<Range<usize>> {
    let body = place.page.body;
    let key = key(body, &place.at, &place.line);
    let named = ["key=\"", "name=\"", "Name=\"", "Key=\""].iter().any(|name| body[..key.start].ends_with(name));
    let line = body.get(key.end..place.line.end)?;
    let value = ["\" value=\"", "\" Value=\""].iter().find_map(|v| line.strip_prefix(v)).filter(|_| named)?;
    let start = key.end + (line.len() - value.len());
    let range = start..start + value.find('"')?;
    let spoken = matches!(place.kind, Kind::Password | Kind::Passphrase | Kind::SharedKey);
    let fits = stands_for_itself(&body[range.clone()], &body[key]) && (spoken || shape::of(&body[range.clone()]).score >= 1.4);
    fits.then_some(range)
}

/// The identifier on its line that the cue is a part of.
fn key(body: &str, cue: &Range<usize>, line: &Range<usize>) -> Range<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let before = &body[line.start.min(cue.start)..cue.start];
    let after = &body[cue.end..line.end.max(cue.end)];
    cue.start - (before.len() - before.trim_end_matches(part).len())..cue.end + (after.len() - after.trim_start_matches(part).len())
}

/// Whether it is no placeholder and no name of something in a program.
fn stands_for_itself(value: &str, key: &str) -> bool {
    let lower = value.to_lowercase();
    let standin = STANDINS.split_whitespace().any(|s| s == lower) || key.to_lowercase().ends_with(&lower);
    let code = value.contains(['(', ')', '[', ']', '{', '}', '<', '>', '$', '%', '|', '\\']) || lower.contains("://");
    let member = value.contains('.') && value.split('.').all(|p| p.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    value.chars().count() >= 4
        && value.chars().any(char::is_alphanumeric)
        && !value.contains(char::is_whitespace)
        && !standin
        && !code
        && !member
        && shape::of(value).score > -2.0
}

/// `"smtp_password": "…"`.
fn is_json(body: &str, key: &Range<usize>, between: &str, value: &Range<usize>) -> bool {
    let mut signs = between.chars().filter(|c| !c.is_whitespace());
    let quote = signs.next().filter(|c| matches!(c, '"' | '\''));
    quote.is_some_and(|q| {
        signs.next() == Some(':')
            && signs.next() == Some(q)
            && signs.next().is_none()
            && body[..key.start].ends_with(q)
            && body[value.end..].starts_with(q)
    })
}

/// `export DB_PASSWORD=…`, `password=…`, `POSTGRES_PASSWORD: …`, alone on their lines.
fn is_line(place: &Place<'_>, key: &Range<usize>, between: &str, value: &Range<usize>) -> bool {
    let body = place.page.body;
    let content = place.page.content(&place.line);
    let head = body.get(content.start..key.start).unwrap_or("?").trim_end();
    let tail = body.get(value.end..content.end).unwrap_or("?").trim();
    let alone = matches!(head, "" | "-" | "export" | "set" | "SET" | "ENV" | "setenv")
        && matches!(tail, "" | "\"" | "'" | ";" | "\";" | "';" | ",");
    let name = &body[key.clone()];
    let built = name.contains(['_', '.']) || name.contains('-') && between.starts_with('=');
    match between.trim_end_matches(['"', '\'']) {
        "=" => alone,
        ": " => alone && (built || name.bytes().all(|b| b.is_ascii_lowercase()) && is_beside_settings(place)),
        _ => false,
    }
}

/// Whether the line before or behind is a setting, too: `user: quay`, `environment:`.
fn is_beside_settings(place: &Place<'_>) -> bool {
    let setting = |line: Range<usize>| {
        let text = &place.page.body[line];
        let name = text.split_once(':').map(|(name, _)| name.trim_start_matches("- ")).filter(|name| !name.is_empty());
        name.is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    };
    place.page.preceding(place.line.start, 1).into_iter().chain(place.page.following(place.at.end, 1)).any(setting)
}

/// `<password>…</password>`, `<user password="…">`.
fn is_element(body: &str, key: &Range<usize>, between: &str, value: &Range<usize>) -> bool {
    let before = &body[..key.start];
    let content = before.ends_with('<') && between == ">" && body[value.end..].starts_with("</");
    let floor = before.floor_char_boundary(before.len().saturating_sub(400));
    let in_tag = before[floor..].rfind('<').is_some_and(|open| !before[floor + open..].contains('>'));
    content || in_tag && between == "=\"" && body[value.end..].starts_with('"')
}

/// `host=db1 user=quay password=…`, `machine ftp.a.example login quay password …`.
fn is_one_of_several(place: &Place<'_>, key: &Range<usize>, between: &str) -> bool {
    let body = place.page.body;
    let line = body[place.line.clone()].to_lowercase();
    let assigned =
        ["user=", "uid=", "login=", "username="].iter().any(|u| line.contains(u)) && between.trim_end_matches(['"', '\'']) == "=";
    let netrc = line.trim_start().starts_with("machine ") && line.contains(" login ") && between == " ";
    (assigned || netrc) && !body[..key.start].ends_with(['?', '&'])
}

#[cfg(test)]
mod tests {
    use crate::Packs;
    use aftermail_model::{Layer, Message, RevealPermit, Text};

    fn values(body: &str) -> Vec<String> {
        let (layer, place, media) = (Layer::Visible, "body".into(), "text/plain".into());
        let text = Text { part: 0, layer, place, media, body: body.into(), certainty: Vec::new() };
        let hits = crate::detect(&text, &Message::default(), &Packs::built_in());
        hits.into_iter().map(|hit| hit.value.reveal(&RevealPermit::recorded()).clone()).collect()
    }

    #[test]
    fn the_value_of_a_setting_may_be_a_plain_word() {
        for (body, value) in [
            ("{ \"user\": \"smsapp\", \"password\": \"harmattan\" }", "harmattan"),
            ("DB_USER=quay\nDB_PASSWORD=lapwingnest\n", "lapwingnest"),
            ("[client]\nuser=backup\npassword=goldcrest\n", "goldcrest"),
            ("environment:\n  POSTGRES_USER: quay\n  POSTGRES_PASSWORD: sandmartin\n", "sandmartin"),
            ("<user>quay</user>\n<password>firecrest</password>", "firecrest"),
            ("psql \"host=db1 user=quay password=bluethroat dbname=x\"", "bluethroat"),
            ("The password is told here, in case you forgot it:\n\nDB_PASSWORD=lapwingnest\n", "lapwingnest"),
            ("machine ftp.quay.example login mover password swiftlet", "swiftlet"),
            ("app.url=https://a.quay.example\napp.secret=stonechat\n", "stonechat"),
            ("uat.user=quay\nuat.hmac=8074f2b365bafc2e80e174dc44c1f7af02e63b41\n", "8074f2b365bafc2e80e174dc44c1f7af02e63b41"),
            ("<appSettings>\n  <add key=\"SmtpUser\" value=\"mailer\" />\n  <add key=\"SmtpPassword\" value=\"redpoll\" />\n", "redpoll"),
        ] {
            assert_eq!(values(body), [value], "{body}");
        }
        for body in [
            "{ \"password\": \"string\" }",
            "DB_PASSWORD=$DB_PASSWORD\nSMTP_PASSWORD=changeme_later(x)",
            "password=form.password",
            "Password: required\nNotes: none",
            "<input type=\"password\" name=\"secret\">",
            "<add key=\"SmtpPassword\" value=\"\" />\n<add key=\"PasswordField\" value=\"required\" />",
            "vault.secret=kv/data/quay\nimage.pull-secret=true",
        ] {
            assert!(values(body).is_empty(), "{body}: {:?}", values(body));
        }
    }
}

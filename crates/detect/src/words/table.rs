//! Tables: a header with a cue over a column, or a cue in the first cell of a row.

use super::assigned::candidate;
use super::weigh::Relation;
use super::{Candidate, Place, shape, value};
use std::ops::Range;

/// Rows read under one header.
const ROWS: usize = 500;
/// A header cell with more text than this is a sentence that holds the cue.
const LONGEST_HEADER: usize = 40;

/// Reads the table around a cue; empty where there is none. `read_to` is how far tables were read already, so that cues in
/// the rows of a table are not read again.
pub(crate) fn read(place: &Place<'_>, read_to: &mut usize) -> Vec<Candidate> {
    let body = place.page.body;
    let line = place.page.content(&place.line);
    let Some(kind) = Layout::of(&body[line.clone()]) else { return Vec::new() };
    let cells = kind.cells(body, &line);
    let Some(own) = cells.iter().position(|c| c.start <= place.at.start && place.at.end <= c.end) else { return Vec::new() };
    if cells[own].len() > LONGEST_HEADER || place.at.start < *read_to {
        return Vec::new();
    }
    if !place.cue.title
        && let Some(value) = row_value(place, &cells, own)
    {
        return vec![value];
    }
    let mut found = column(place, kind, &cells, own);
    // "initial" over a column says little; accounts beside and values that look like secrets say the rest.
    let telling = |c: &Candidate| c.account.is_some() && shape::of(&body[c.range.clone()]).score >= 1.0;
    if place.cue.title {
        found.retain(|c| shape::of(&body[c.range.clone()]).score > -1.5);
        if found.iter().filter(|c| telling(c)).count() * 2 <= found.len() {
            return Vec::new();
        }
        found.iter_mut().for_each(|c| c.signs.weak = false);
    }
    if let Some(last) = found.last() {
        *read_to = (*read_to).max(last.range.end);
    }
    found
}

/// How cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Tabs,
    Pipes,
    Semicolons,
    Commas,
    Columns,
}

impl Layout {
    fn of(line: &str) -> Option<Layout> {
        let count = |c: char| line.matches(c).count();
        if count('\t') >= 1 {
            Some(Layout::Tabs)
        } else if count('|') >= 2 {
            Some(Layout::Pipes)
        } else if count(';') >= 2 {
            Some(Layout::Semicolons)
        } else if count(',') >= 2 && line.len() < 300 && !line.contains(". ") && line.split(',').all(|c| c.trim().split(' ').count() <= 3) {
            Some(Layout::Commas)
        } else if line.trim().split("   ").filter(|c| !c.trim().is_empty()).count() >= 2
            || line.split("  ").filter(|c| !c.trim().is_empty()).count() >= 3
        {
            Some(Layout::Columns)
        } else {
            None
        }
    }

    /// Cells of a line as ranges without white space and quotes.
    fn cells(self, body: &str, line: &Range<usize>) -> Vec<Range<usize>> {
        let text = &body[line.clone()];
        let mut out = Vec::new();
        let mut push = |from: usize, to: usize| {
            let cell = &text[from..to];
            let inner = cell.trim().trim_matches('"').trim();
            let start = from + if inner.is_empty() { 0 } else { cell.find(inner).unwrap_or(0) };
            out.push(line.start + start..line.start + start + inner.len());
        };
        match self {
            Layout::Columns => {
                let mut from = 0;
                let mut gap = None;
                for (at, c) in text.char_indices() {
                    match (c == ' ', gap) {
                        (true, None) => gap = Some(at),
                        (false, Some(since)) => {
                            if at - since >= 2 && since > from {
                                push(from, since);
                                from = at;
                            } else if since <= from {
                                from = at;
                            }
                            gap = None;
                        }
                        _ => {}
                    }
                }
                push(from, text.len());
            }
            _ => {
                let sign = match self {
                    Layout::Tabs => '\t',
                    Layout::Pipes => '|',
                    Layout::Semicolons => ';',
                    _ => ',',
                };
                let mut from = 0;
                let mut quoted = false;
                for (at, c) in text.char_indices() {
                    if c == '"' && !matches!(self, Layout::Pipes) {
                        quoted = !quoted;
                    } else if c == sign && !quoted {
                        push(from, at);
                        from = at + 1;
                    }
                }
                push(from, text.len());
            }
        }
        if self == Layout::Pipes {
            out.retain(|c| !c.is_empty());
        }
        out
    }
}

/// "Password | x": the cue leads a row of two cells.
fn row_value(place: &Place<'_>, cells: &[Range<usize>], own: usize) -> Option<Candidate> {
    let body = place.page.body;
    let next = cells.get(own + 1).filter(|c| !c.is_empty())?;
    if cells.len() > 3 || own > 1 || cells.len() == 3 && own == 0 && looks_like_header(body, &cells[2]) {
        return None;
    }
    if looks_like_header(body, next) {
        return None;
    }
    let (range, quoted) = value::token(body, next.start, next.end)?;
    // A cell of several words is a value only where the kind allows it.
    if range.end != next.end && !quoted && shape::of(&body[range.clone()]).score < 1.0 {
        return None;
    }
    Some(candidate(place, range, Relation::Cell, quoted, false))
}

/// Whether a cell names what stands under it.
fn looks_like_header(body: &str, cell: &Range<usize>) -> bool {
    let text = body[cell.clone()].to_lowercase();
    const NAMES: &[&str] = &[
        "user",
        "username",
        "login",
        "account",
        "e-mail",
        "email",
        "name",
        "system",
        "server",
        "host",
        "url",
        "note",
        "notes",
        "remark",
        "remarks",
        "comment",
        "comments",
        "password",
        "pin",
        "code",
        "location",
        "benutzer",
        "konto",
        "bemerkung",
        "dienst",
        "gerät",
        "anwendung",
        "identifiant",
        "utilisateur",
        "compte",
        "remarque",
        "service",
        "usuario",
        "servicio",
        "nota",
        "notas",
        "sistema",
        "utente",
        "usuário",
        "serviço",
        "uwagi",
        "użytkownik",
        "last changed",
        "expires",
        "owner",
        "role",
        "valid until",
        "kennwort",
        "passwort",
        "mot de passe",
        "contraseña",
        "ssid",
        "site",
        "station",
        "ip",
        "ip address",
        "adresse",
        "port",
        "type",
        "status",
        "date",
        "description",
    ];
    NAMES.contains(&text.trim())
        || text.split([' ', '/', '-']).count() <= 3
            && text.split([' ', '/', '-']).any(|w| NAMES.contains(&w))
            && !text.bytes().any(|b| b.is_ascii_digit())
}

/// The cells under the cue.
fn column(place: &Place<'_>, kind: Layout, header: &[Range<usize>], own: usize) -> Vec<Candidate> {
    let body = place.page.body;
    if header.len() < 2 || kind == Layout::Columns && header.len() < 2 {
        return Vec::new();
    }
    let titles: Vec<String> = header.iter().map(|c| body[c.clone()].to_lowercase()).collect();
    let user = titles.iter().position(|t| {
        [
            "user",
            "login",
            "account",
            "benutzer",
            "konto",
            "identifiant",
            "compte",
            "utilisateur",
            "usuario",
            "usuário",
            "cuenta",
            "utente",
            "kennung",
            "anmelde",
            "e-mail",
            "email",
            "logon",
            "użytkownik",
            "gebruiker",
            "username",
            "usager",
            "ユーザ",
            "账号",
            "логин",
        ]
        .iter()
        .any(|w| t.contains(w))
    });
    let system = titles.iter().position(|t| {
        [
            "system",
            "server",
            "host",
            "url",
            "site",
            "portal",
            "service",
            "dienst",
            "gerät",
            "anwendung",
            "serveur",
            "équipement",
            "servicio",
            "sistema",
            "servidor",
            "application",
            "app",
            "device",
            "ssid",
            "what",
            "tool",
            "location",
            "door",
            "database",
            "resource",
            "name",
            "where",
            "equipo",
            "appareil",
            "maschine",
            "ip",
            "サーバ",
            "系统",
            "сервер",
        ]
        .iter()
        .any(|w| t.split(|c: char| !c.is_alphanumeric()).any(|x| x.starts_with(w)))
    });
    let mut out = Vec::new();
    for line in place.page.following(place.line.end.min(body.len().saturating_sub(1)), ROWS) {
        let text = &body[line.clone()];
        if text.chars().all(|c| matches!(c, '-' | '=' | '+' | '|' | ':' | ' ' | '_')) {
            continue;
        }
        let row = kind.cells(body, &line);
        let Some(cell) = row.get(own).filter(|_| row.len() + 1 >= header.len() && row.len() <= header.len() + 1) else { break };
        if cell.is_empty() {
            continue;
        }
        let mut c = candidate(place, cell.clone(), Relation::Cell, false, false);
        // A cell of many words is a remark.
        if body[cell.clone()].split_whitespace().count() > 4 {
            continue;
        }
        let named = |at: Option<usize>| {
            at.filter(|at| *at != own).and_then(|at| row.get(at)).map(|r| body[r.clone()].trim().to_owned()).filter(|t| !t.is_empty())
        };
        c.account = named(user);
        c.system = named(system).or_else(|| named(Some(0)).filter(|_| user != Some(0)));
        out.push(c);
    }
    out
}

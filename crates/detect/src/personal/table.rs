//! Personal data in the columns of a table.

use super::{Page, Personal, read};
use aftermail_model::Kind;
use std::ops::Range;

/// Rows that are read under one header.
const ROWS: usize = 10_000;
/// Titles of the column that names the person, in lower case.
const NAMES: &[&str] = &[
    "name",
    "full name",
    "employee",
    "employee name",
    "driver",
    "contractor",
    "person",
    "applicant",
    "department head",
    "head",
    "nombre",
    "empleado",
    "nom",
    "employé",
    "mitarbeiter",
    "mitarbeiterin",
    "nachname",
    "surname",
    "nome",
    "funcionário",
    "dipendente",
    "naam",
    "medewerker",
    "imię i nazwisko",
    "nazwisko",
    "имя",
    "фио",
    "姓名",
    "氏名",
    "이름",
];

/// Reads every table of which a column is titled by a cue.
pub(super) fn read(page: &Page<'_>, found: &[(Kind, &'static str, Range<usize>)]) -> Vec<Personal> {
    let mut out = Vec::new();
    let mut done = 0;
    for (_, _, at) in found {
        if at.start < done {
            continue;
        }
        let line = line(page.body, at.start);
        let Some(sign) = ['\t', ';', '|', ','].into_iter().find(|s| page.body[line.clone()].contains(*s)) else { continue };
        let header = cells(page.body, &line, sign);
        let columns = titled(&header, found);
        if !columns.is_empty() {
            done = rows(page, &line, sign, &header, &columns, &mut out);
        }
    }
    out
}

/// The columns whose title is a cue and little else.
fn titled(header: &[Range<usize>], found: &[(Kind, &'static str, Range<usize>)]) -> Vec<(usize, Kind)> {
    let title = |(n, cell): (usize, &Range<usize>)| {
        let cue = found.iter().find(|(_, _, at)| cell.start <= at.start && at.end <= cell.end && cell.len() <= at.len() + 12)?;
        Some((n, cue.0))
    };
    header.iter().enumerate().filter_map(title).collect()
}

/// Reads the rows under a header; returns where they end.
fn rows(
    page: &Page<'_>,
    line: &Range<usize>,
    sign: char,
    header: &[Range<usize>],
    columns: &[(usize, Kind)],
    out: &mut Vec<Personal>,
) -> usize {
    let is_name = |cell: &Range<usize>| NAMES.contains(&page.body[cell.clone()].to_lowercase().trim());
    let name = header.iter().position(is_name);
    let mut end = line.end;
    for _ in 0..ROWS {
        if end >= page.body.len() {
            break;
        }
        let row = self::line(page.body, end + 1);
        let cells = cells(page.body, &row, sign);
        if cells.len() + 1 < header.len() || cells.len() < 2 {
            break;
        }
        end = row.end;
        let named =
            |cell: &Range<usize>| page.people.iter().find(|p| cell.start <= p.at.start && p.at.end <= cell.end).map(|p| p.name.clone());
        let person = name.and_then(|n| cells.get(n)).and_then(named).or_else(|| cells.iter().find_map(named));
        for (column, kind) in columns {
            let Some(cell) = cells.get(*column).filter(|c| !c.is_empty()) else { continue };
            let value = if *kind == Kind::Salary { amount(page.body, cell) } else { read::value(*kind, page.body, cell.clone()) };
            if let Some(value) = value.filter(|v| v.checked || person.is_some()) {
                out.push(page.element(*kind, &value.range, person.clone(), 0.95, "cell of a column that says so", None));
            }
        }
    }
    end
}

/// In a column of pay an amount needs no sign of a currency.
fn amount(body: &str, cell: &Range<usize>) -> Option<read::Value> {
    let text = &body[cell.clone()];
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    read::value(Kind::Salary, body, cell.clone())
        .or_else(|| (digits >= 3 && !text.contains(char::is_alphabetic)).then(|| read::Value { range: cell.clone(), checked: false }))
}

fn line(body: &str, at: usize) -> Range<usize> {
    let start = body[..at].rfind('\n').map_or(0, |n| n + 1);
    start..body[at..].find('\n').map_or(body.len(), |n| at + n)
}

/// The cells of a line without white space and quotes around them.
fn cells(body: &str, line: &Range<usize>, sign: char) -> Vec<Range<usize>> {
    let mut at = line.start;
    let mut out = Vec::new();
    for cell in body[line.clone()].split(sign) {
        let inner = cell.trim().trim_matches('"');
        let start = at + cell.find(inner).unwrap_or_default();
        out.push(start..start + inner.len());
        at += cell.len() + sign.len_utf8();
    }
    out
}

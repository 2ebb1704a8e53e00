//! Running text in columns told from tables.

use super::lines::{Cell, Row};

/// Rows side by side from which on columns are believed.
const LEAST_ROWS: usize = 4;
/// Letters of a line of running text.
const LEAST_LETTERS: usize = 22;
/// Gutters that are tried on one page, so that no page costs more than a few looks at its rows.
const MOST_GUTTERS: u32 = 8;
/// Width of the strips in which gutters are looked for, in points.
const STRIP: f64 = 4.0;
/// Strips of one page.
const STRIPS: usize = 1024;

/// Rows in the order in which a person reads them: columns of running text one after the other.
pub(super) fn in_reading_order(rows: Vec<Row>) -> Vec<Row> {
    split(rows, MOST_GUTTERS)
}

fn split(rows: Vec<Row>, left: u32) -> Vec<Row> {
    let Some(gutter) = gutter(&rows).filter(|_| left > 0) else { return rows };
    let mut out = Vec::new();
    let mut beside: Vec<Row> = Vec::new();
    for row in rows {
        if row.iter().any(|c| c.x0 < gutter && c.x1 > gutter) {
            flush(&mut beside, gutter, left, &mut out);
            out.push(row);
        } else {
            beside.push(row);
        }
    }
    flush(&mut beside, gutter, left, &mut out);
    out
}

/// Rows that leave the gutter free: one column after the other, if they are columns.
fn flush(beside: &mut Vec<Row>, gutter: f64, left: u32, out: &mut Vec<Row>) {
    let rows = std::mem::take(beside);
    let is_left = |c: &Cell| c.x1 <= gutter;
    if !(is_running(&rows, &is_left) && is_running(&rows, &|c| !is_left(c))) {
        return out.extend(rows);
    }
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for row in rows {
        let (a, b): (Row, Row) = row.into_iter().partition(is_left);
        one.extend(Some(a).filter(|r| !r.is_empty()));
        other.extend(Some(b).filter(|r| !r.is_empty()));
    }
    out.extend(split(one, left / 2));
    out.extend(split(other, left / 2));
}

/// Whether the cells of one side read like running text: most lines are long and nearly as wide as the widest.
fn is_running(rows: &[Row], side: &dyn Fn(&Cell) -> bool) -> bool {
    let lines: Vec<(usize, f64)> = rows
        .iter()
        .filter_map(|row| {
            let cells: Vec<&Cell> = row.iter().filter(|c| side(c)).collect();
            let (first, last) = (cells.first()?, cells.last()?);
            Some((cells.iter().map(|c| c.text.chars().count()).max().unwrap_or(0), last.x1 - first.x0))
        })
        .collect();
    let widest = lines.iter().map(|l| l.1).fold(0.0, f64::max);
    let full = lines.iter().filter(|(letters, width)| *letters >= LEAST_LETTERS && *width > 0.6 * widest).count();
    lines.len() >= LEAST_ROWS && full * 10 >= lines.len() * 6
}

/// The strip that most rows leave free between two of their cells.
fn gutter(rows: &[Row]) -> Option<f64> {
    let mut votes = vec![0_u32; STRIPS];
    for row in rows {
        for pair in row.windows(2) {
            let strip = |x: f64| ((x / STRIP).max(0.0) as usize).min(STRIPS - 1);
            let (from, to) = (strip(pair[0].x1) + 1, strip(pair[1].x0));
            votes.get_mut(from..to.max(from)).into_iter().flatten().for_each(|v| *v += 1);
        }
    }
    let (at, most) = votes.iter().enumerate().max_by_key(|(n, v)| (**v, STRIPS - n))?;
    (*most as usize >= LEAST_ROWS).then_some((at as f64 + 0.5) * STRIP)
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::Glyph;
    use super::super::lines::text;

    fn page(lines: &[(&str, &str)]) -> String {
        let set = |text: &str, x: f64, y: f64, run: u32| -> Vec<Glyph> {
            let glyph = |(n, letter): (usize, char)| Glyph {
                letter,
                x: x + 5.0 * n as f64,
                y,
                angle: 0.0,
                advance: 5.0,
                size: 10.0,
                run,
                hidden: false,
            };
            text.chars().enumerate().map(glyph).collect()
        };
        let rows = lines.iter().enumerate().flat_map(|(n, (a, b))| {
            let y = 100.0 + 12.0 * n as f64;
            [set(a, 50.0, y, 2 * n as u32), set(b, 300.0, y, 2 * n as u32 + 1)].concat()
        });
        text(rows.collect::<Vec<Glyph>>().iter())
    }

    #[test]
    fn running_text_is_read_column_by_column() {
        let lines = [
            ("In the first column stands a tale", "of the other column that begins here"),
            ("that goes on and on over many lines", "and has nothing to do with what is"),
            ("until at last it comes to an end and", "written beside it but only with what"),
            ("the reader goes to the second column", "stands above and below it in its own"),
        ];
        let read = page(&lines);
        assert!(read.contains("goes on and on over many lines\nuntil at last it comes"), "{read}");
        assert!(!read.contains('\t'), "{read}");
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        let lines =
            [("Host", "Password"), ("db01.example", "blue-Kite-22"), ("db02.example", "green-Kite-23"), ("db03.example", "red-Kite-24")];
        assert!(page(&lines).contains("db02.example\tgreen-Kite-23\n"));
    }
}

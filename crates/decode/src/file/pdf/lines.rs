//! Characters and their places put together to words, cells and lines.
//!
//! A PDF knows letters and where they stand, neither words nor tables. Letters on one baseline form a row; wide gaps part its
//! cells (`\t`), narrow ones its words. Columns of running text are read one after the other, tables row by row.

use super::columns;
use super::glyphs::Glyph;
use super::order::logical;
use std::collections::BTreeMap;

/// Gaps as parts of the font's height: between letters that are one word, …
const WORD_GAP: f64 = 0.17;
/// … between words that were shown apart, and between words of one operator.
const CELL_GAP: (f64, f64) = (1.0, 2.0);
/// How far a letter may stand off the baseline of its row.
const OFF_BASELINE: f64 = 0.35;
/// The same for what stands right beside a word: raised numbers.
const OFF_BESIDE: f64 = 0.45;

/// Letters of one baseline that follow each other closely.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub text: String,
    pub x0: f64,
    pub x1: f64,
    pub y: f64,
    pub size: f64,
    last_run: u32,
}

/// Cells of one baseline, left to right.
pub(super) type Row = Vec<Cell>;

/// The text of a page, a row a line.
pub(super) fn text<'a>(glyphs: impl Iterator<Item = &'a Glyph>) -> String {
    // Writing in other directions is read apart, with the page turned.
    let mut turned: BTreeMap<i32, Vec<Glyph>> = BTreeMap::new();
    for glyph in glyphs {
        let degrees = (glyph.angle.to_degrees().round() as i32).rem_euclid(360);
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        let (x, y) = (glyph.x * cos + glyph.y * sin, glyph.y * cos - glyph.x * sin);
        turned.entry(degrees).or_default().push(Glyph { x, y, ..*glyph });
    }
    let mut out = String::new();
    for mut glyphs in turned.into_values() {
        close_up(&mut glyphs);
        write(&columns::in_reading_order(rows(cells(&glyphs))), &mut out);
    }
    out
}

/// Takes the tracking out of spaced letters: where all gaps of a chain are alike and wide, they are not between words.
fn close_up(glyphs: &mut [Glyph]) {
    let mut start = 0;
    for end in 1..=glyphs.len() {
        let chained = end < glyphs.len() && {
            let (a, b) = (&glyphs[end - 1], &glyphs[end]);
            let gap = b.x - a.x - a.advance;
            (a.y - b.y).abs() < 0.1 * a.size && gap > -0.5 * a.size && gap < 1.5 * a.size
        };
        if chained {
            continue;
        }
        let chain = &mut glyphs[start..end];
        if let Some(tracking) = tracking(chain) {
            chain.iter_mut().for_each(|g| g.advance += tracking);
        }
        start = end;
    }
}

/// The distance that is kept between all letters of a chain, if there is one.
fn tracking(chain: &[Glyph]) -> Option<f64> {
    let letters = |pair: &&[Glyph]| !pair[0].letter.is_whitespace() && !pair[1].letter.is_whitespace();
    let mut gaps: Vec<f64> = chain.windows(2).filter(letters).map(|p| p[1].x - p[0].x - p[0].advance).collect();
    if gaps.len() < 3 {
        return None;
    }
    gaps.sort_by(f64::total_cmp);
    let usual = gaps[gaps.len() / 2];
    let alike = gaps.iter().filter(|g| (**g - usual).abs() < usual * 0.25).count();
    (usual > 0.1 * chain[0].size && alike * 10 >= gaps.len() * 7).then_some(usual)
}

/// Letters in the order in which they were drawn, cut where the writing jumps.
fn cells(glyphs: &[Glyph]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for glyph in glyphs {
        let blank = glyph.letter.is_whitespace() || glyph.letter == '\u{a0}';
        if glyph.letter.is_control() && !blank {
            continue;
        }
        let end = glyph.x + glyph.advance;
        let follows = cells.last_mut().filter(|c| {
            let gap = glyph.x - c.x1;
            let most = if glyph.run == c.last_run { CELL_GAP.1 } else { CELL_GAP.0 };
            (glyph.y - c.y).abs() < 0.1 * c.size.max(glyph.size) && gap > -0.5 * c.size && gap < most * c.size
        });
        match follows {
            Some(cell) => {
                if !blank && glyph.x - cell.x1 > WORD_GAP * cell.size.min(glyph.size) && !cell.text.ends_with(' ') {
                    cell.text.push(' ');
                }
                cell.text.push(if blank { ' ' } else { glyph.letter });
                cell.x1 = end.max(cell.x1);
                cell.size = cell.size.max(glyph.size);
                cell.last_run = glyph.run;
            }
            None if blank => {}
            None => cells.push(Cell { text: glyph.letter.into(), x0: glyph.x, x1: end, y: glyph.y, size: glyph.size, last_run: glyph.run }),
        }
    }
    cells
}

/// Cells of one baseline, from top to bottom.
fn rows(mut cells: Vec<Cell>) -> Vec<Row> {
    cells.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Row> = Vec::new();
    for cell in cells {
        let level = |row: &Row| {
            row.iter().any(|c| {
                let off = (c.y - cell.y).abs();
                let touches = cell.x0 - c.x1 < 0.3 * c.size && c.x0 - cell.x1 < 0.3 * c.size;
                // What is set a little higher or lower right beside a word belongs to it.
                off < OFF_BASELINE * c.size.min(cell.size) || touches && off < OFF_BESIDE * c.size.max(cell.size)
            })
        };
        let recent = rows.len().saturating_sub(3);
        match rows[recent..].iter_mut().rev().find(|r| level(r)) {
            Some(row) => row.push(cell),
            None => rows.push(vec![cell]),
        }
    }
    rows.into_iter().map(joined).collect()
}

/// A row from left to right; pieces that stand close together become one cell.
fn joined(mut row: Row) -> Row {
    row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut out: Row = Vec::new();
    for cell in row {
        match out.last_mut().filter(|last| cell.x0 - last.x1 < CELL_GAP.0 * last.size.min(cell.size)) {
            Some(last) => {
                let apart = cell.x0 - last.x1 > WORD_GAP * last.size.min(cell.size);
                if apart && !last.text.ends_with(' ') && !cell.text.starts_with(' ') {
                    last.text.push(' ');
                }
                last.text.push_str(&cell.text);
                last.x1 = last.x1.max(cell.x1);
                last.size = last.size.max(cell.size);
            }
            None => out.push(cell),
        }
    }
    out
}

fn write(rows: &[Row], out: &mut String) {
    for (n, row) in rows.iter().enumerate() {
        let texts: Vec<&str> = row.iter().map(|c| c.text.trim()).filter(|t| !t.is_empty()).collect();
        if texts.is_empty() {
            continue;
        }
        let line = logical(&texts.join("\t"));
        match (broken_word(&line), rows.get(n + 1)) {
            (Some(begin), Some(next)) if continues(rows, n, next) || line.ends_with('\u{ad}') => out.push_str(begin),
            _ => {
                out.extend(line.chars().filter(|c| *c != '\u{ad}'));
                out.push('\n');
                // A wider step than from line to line ends a paragraph.
                if let (Some(a), Some(b)) = (row.first(), rows.get(n + 1).and_then(|r| r.first()))
                    && !(0.0..2.0 * a.size.max(b.size)).contains(&(b.y - a.y))
                {
                    out.push('\n');
                }
            }
        }
    }
}

/// A line that ends in a hyphen after a word of small letters, without the hyphen.
fn broken_word(line: &str) -> Option<&str> {
    let begin = line.strip_suffix(['-', '\u{2010}', '\u{ad}'])?;
    let word: String = begin.chars().rev().take_while(|c| !c.is_whitespace()).collect();
    (word.chars().count() >= 2 && word.chars().all(char::is_alphabetic) && word.starts_with(char::is_lowercase)).then_some(begin)
}

/// Whether row `n` is full and `next` goes on with small letters: only then a hyphen at the end breaks a word.
fn continues(rows: &[Row], n: usize, next: &Row) -> bool {
    let ([row], [next]) = (rows[n].as_slice(), next.as_slice()) else { return false };
    let near = &rows[n.saturating_sub(4)..(n + 5).min(rows.len())];
    let right = near.iter().flatten().filter(|c| c.x0 < row.x1).map(|c| c.x1).fold(0.0, f64::max);
    let word: String = next.text.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    row.x1 > right - 2.5 * row.size && word.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters half as wide as high, from a place on.
    fn set(text: &str, x: f64, y: f64, run: u32) -> Vec<Glyph> {
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
    }

    fn page(pieces: &[(&str, f64, f64)]) -> String {
        let glyphs: Vec<Glyph> = pieces.iter().enumerate().flat_map(|(n, (t, x, y))| set(t, *x, *y, n as u32)).collect();
        text(glyphs.iter())
    }

    #[test]
    fn cells_of_a_table_stay_on_the_line_of_their_row() {
        let drawn_by_column = [("Host", 50.0, 100.0), ("db01", 50.0, 112.0), ("Password", 150.0, 100.0), ("4711", 150.0, 112.0)];
        assert_eq!(page(&drawn_by_column), "Host\tPassword\ndb01\t4711\n");
    }

    #[test]
    fn words_that_were_placed_one_by_one_are_a_sentence() {
        assert_eq!(page(&[("the", 50.0, 100.0), ("gate", 68.0, 100.0), ("PIN", 91.0, 100.0)]), "the gate PIN\n");
    }

    #[test]
    fn spaced_letters_are_a_word() {
        let letters: Vec<(String, f64)> = "PASSWORD".chars().enumerate().map(|(n, c)| (c.to_string(), 50.0 + 9.0 * n as f64)).collect();
        let pieces: Vec<(&str, f64, f64)> = letters.iter().map(|(t, x)| (t.as_str(), *x, 100.0)).collect();
        assert_eq!(page(&pieces), "PASSWORD\n");
    }

    #[test]
    fn writing_that_goes_up_the_page_is_read() {
        let mut glyphs = set("flat", 50.0, 100.0, 0);
        glyphs.extend("turned".chars().enumerate().map(|(n, letter)| Glyph {
            letter,
            x: 20.0,
            y: 300.0 - 5.0 * n as f64,
            angle: -std::f64::consts::FRAC_PI_2,
            advance: 5.0,
            size: 10.0,
            run: 1,
            hidden: false,
        }));
        assert_eq!(text(glyphs.iter()), "flat\nturned\n");
    }

    #[test]
    fn a_word_broken_at_the_end_of_a_full_line_is_whole_again() {
        assert_eq!(page(&[("the new pass-", 50.0, 100.0), ("word is ready", 50.0, 112.0)]), "the new password is ready\n");
        assert_eq!(page(&[("Token ab1-", 50.0, 100.0), ("word is ready", 50.0, 112.0)]), "Token ab1-\nword is ready\n");
    }

    #[test]
    fn a_raised_number_belongs_to_its_word() {
        let mut glyphs = set("Note", 50.0, 100.0, 0);
        glyphs.push(Glyph { letter: '2', x: 70.0, y: 96.5, angle: 0.0, advance: 3.0, size: 6.0, run: 1, hidden: false });
        assert_eq!(text(glyphs.iter()), "Note2\n");
    }
}

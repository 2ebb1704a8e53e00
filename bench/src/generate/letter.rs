//! The body of a message: greeting, what it is about, small talk, closing, signature, the message that it answers.

use super::scene::Scene;
use super::values::weighted;
use crate::random::Random;

/// What a body is made of.
#[derive(Debug, Clone)]
pub enum Block {
    /// Paragraphs.
    Text(String),
    /// Rows of cells; the first one is the header.
    Table(Vec<Vec<String>>),
}

/// How a table stands in plain text.
const TABLES: &[(usize, Style)] = &[(4, Style::Aligned), (3, Style::Pipes), (2, Style::Tabs), (2, Style::Lines), (2, Style::Records)];

#[derive(Clone, Copy)]
enum Style {
    Aligned,
    Pipes,
    Tabs,
    /// Cells joined by " / " or " - ".
    Lines,
    /// A "header: cell" line for each cell.
    Records,
}

/// Writes around the blocks what people write around them.
pub fn body(scene: &mut Scene<'_>, blocks: Vec<Block>, random: &mut Random) -> Vec<Block> {
    let mut all = Vec::new();
    if random.chance(75) {
        all.push(Block::Text(one(scene, "greet", random)));
    }
    let before = *weighted(random, &[(5, 0), (4, 1), (2, 2)]);
    all.extend(small_talk(scene, before, random));
    all.extend(blocks);
    let after = *weighted(random, &[(4, 0), (4, 1), (2, 2), (1, 3)]);
    all.extend(small_talk(scene, after, random));
    if random.chance(80) {
        let mut close = one(scene, "close", random);
        if random.chance(75) {
            let name = match scene.message.is_multiple_of(2) {
                true => scene.me,
                false => scene.you,
            };
            let name = if random.chance(60) { name.first.clone() } else { name.name() };
            close = format!("{close}\n{name}");
        }
        all.push(Block::Text(close));
    }
    for (section, percent) in [("sign", 35), ("disclaimer", 15)] {
        if random.chance(percent) {
            let text = one(scene, section, random);
            all.push(Block::Text(if section == "sign" && random.chance(50) { format!("-- \n{text}") } else { text }));
        }
    }
    all.retain(|b| !matches!(b, Block::Text(t) if t.is_empty()));
    all
}

fn small_talk(scene: &mut Scene<'_>, count: usize, random: &mut Random) -> Option<Block> {
    let lines: Vec<String> = (0..count).map(|_| one(scene, "fill", random)).collect();
    let text = lines.join(if random.chance(70) { " " } else { "\n\n" });
    (!text.is_empty()).then_some(Block::Text(text))
}

/// A sentence of the section; nothing where the language has none.
pub fn one(scene: &mut Scene<'_>, section: &str, random: &mut Random) -> String {
    let frames = scene.language.frames(section);
    if frames.is_empty() { String::new() } else { scene.alone(&frames[random.below(frames.len())], "prose", random) }
}

/// The blocks as plain text.
pub fn plain(blocks: &[Block], random: &mut Random) -> String {
    let texts: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Block::Text(text) => text.clone(),
            Block::Table(rows) => table(rows, *weighted(random, TABLES), random),
        })
        .collect();
    texts.join(if random.chance(88) { "\n\n" } else { "\n" })
}

fn table(rows: &[Vec<String>], style: Style, random: &mut Random) -> String {
    let Some((head, cells)) = rows.split_first() else { return String::new() };
    let joined = |rows: &[Vec<String>], joiner: &str| rows.iter().map(|r| r.join(joiner)).collect::<Vec<_>>().join("\n");
    match style {
        Style::Aligned => aligned(rows),
        Style::Pipes => format!("| {}", joined(rows, " | ").replace('\n', " |\n| ")) + " |",
        Style::Tabs => joined(rows, "\t"),
        Style::Lines => {
            let joiner = *random.pick(&[" / ", " - ", " | ", ", "]);
            let mark = *random.pick(&["- ", "* ", "", "• "]);
            cells.iter().map(|r| format!("{mark}{}", r.join(joiner))).collect::<Vec<_>>().join("\n")
        }
        Style::Records => {
            let joiner = *random.pick(&[": ", " = ", ":\n", " : ", ":\t"]);
            let record = |row: &Vec<String>| head.iter().zip(row).map(|(h, c)| format!("{h}{joiner}{c}")).collect::<Vec<_>>().join("\n");
            cells.iter().map(record).collect::<Vec<_>>().join("\n\n")
        }
    }
}

fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().filter_map(|r| r.get(column)).map(|c| c.chars().count()).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(at, c)| format!("{c}{}", " ".repeat(2 + width(at) - c.chars().count())));
        cells.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The blocks as HTML.
pub fn html(blocks: &[Block], bold: &[String], random: &mut Random) -> String {
    let mut out = String::from(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n<style>p{margin:0}</style></head><body>\n",
    );
    for block in blocks {
        match block {
            Block::Text(text) => {
                let (open, close) = *random.pick(&[
                    ("<p>", "</p>"),
                    ("<div>", "</div>"),
                    ("<p class=MsoNormal><span style='font-size:11.0pt'>", "<o:p></o:p></span></p>"),
                ]);
                for paragraph in text.split("\n\n") {
                    out.push_str(&format!("{open}{}{close}\n", emphasised(paragraph, bold, random).replace('\n', "<br>\n")));
                }
            }
            Block::Table(rows) => {
                let row =
                    |r: &Vec<String>| format!("<tr>{}</tr>\n", r.iter().map(|c| format!("<td>{}</td>", escape(c))).collect::<String>());
                out.push_str(&format!("<table border=1>\n{}</table>\n", rows.iter().map(row).collect::<String>()));
            }
        }
    }
    out + "</body></html>\n"
}

/// Escaped, and some values in bold or in a span of their own.
fn emphasised(text: &str, bold: &[String], random: &mut Random) -> String {
    let mut text = escape(text);
    for value in bold.iter().map(|v| escape(v)).filter(|v| v.len() > 3) {
        if random.chance(50) {
            let tag = *random.pick(&["b", "code", "span", "i", "u"]);
            text = text.replacen(&value, &format!("<{tag}>{value}</{tag}>"), 1);
        }
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Wraps lines at blanks.
pub fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.split('\n') {
        let mut at = 0;
        for (n, word) in line.split(' ').enumerate() {
            let length = word.chars().count();
            if n > 0 && at + 1 + length > width && length > 0 && !line.contains("  ") {
                out.push('\n');
                at = 0;
            } else if n > 0 {
                out.push(' ');
                at += 1;
            }
            out.push_str(word);
            at += length;
        }
        out.push('\n');
    }
    out.pop();
    out
}

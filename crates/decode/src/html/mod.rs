//! HTML as text: blocks become lines, rows of tables become lines with tabs between the cells, and what a reader does not
//! see becomes passages of its own.
//!
//! Tokens are those of the WHATWG standard (html5gum); how text is laid out is ours.

mod quotes;

use crate::links;
use aftermail_model::Layer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, Tokenizer};
use std::borrow::Cow;
use std::convert::Infallible;

/// Deeper elements are not told apart.
const DEPTH: usize = 256;
/// An attribute value longer than this is a picture or the like.
const LONGEST_ATTRIBUTE: usize = 8 << 10;
/// A table cell longer than this is layout.
const LONGEST_CELL: usize = 400;

/// Stands for a line break in a cell until its row is complete.
const BREAK: u8 = 1;

/// The passages of a document.
#[derive(Debug, Default)]
pub(crate) struct Passages {
    pub visible: String,
    pub hidden: String,
    pub attributes: String,
    pub comments: String,
    pub scripts: String,
}

impl Passages {
    /// Each with its layer, in the order in which they are searched.
    pub(crate) fn layers(self) -> [(Layer, String); 5] {
        [
            (Layer::Visible, self.visible),
            (Layer::Hidden, self.hidden),
            (Layer::Attribute, self.attributes),
            (Layer::Comment, self.comments),
            (Layer::Script, self.scripts),
        ]
    }
}

/// Reads a document. Anything is a document.
pub(crate) fn passages(html: &str) -> Passages {
    let mut reader = Reader { out: Vec::with_capacity(html.len() / 2), ..Reader::default() };
    let callback = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        reader.event(event);
        None
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    // The tokens go to the callback; nothing comes out here.
    Tokenizer::new_with_emitter(html, Quiet(emitter)).for_each(drop);
    let open_at_end = reader.in_tag || html.rfind('<') > html.rfind('>');
    let mut passages = reader.finish();
    if open_at_end {
        line(&mut passages.hidden, cut_off(html));
    }
    passages
}

/// What the document's end cuts off: a tag that is never closed, of which the standard makes nothing (WHATWG 13.2.5,
/// eof-in-tag). Damaged mail has whole passages there.
fn cut_off(html: &str) -> &str {
    let mut read_to = 0;
    let callback = |event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
        let part_of_tag = matches!(
            event,
            CallbackEvent::OpenStartTag { .. } | CallbackEvent::AttributeName { .. } | CallbackEvent::AttributeValue { .. }
        );
        if !part_of_tag {
            read_to = span.end;
        }
        None
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, Quiet(emitter)).for_each(drop);
    html.get(html.ceil_char_boundary(read_to)..).unwrap_or("")
}

/// Leaves out the tokenizer's search for errors: mail is full of them, and nobody asks.
struct Quiet<E>(E);

impl<E: Emitter> ForwardingEmitter for Quiet<E> {
    type Token = E::Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = E::Token> {
        &mut self.0
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

/// The tokenizer's pieces of a `str` are text; checking that is faster than repairing it.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The beginning of an element's name as a number, so that open elements need no memory of their own.
fn packed(name: &[u8]) -> u128 {
    let mut out = [0; 16];
    let length = name.len().min(16);
    out[..length].copy_from_slice(&name[..length]);
    u128::from_le_bytes(out)
}

#[derive(Default)]
struct Reader {
    /// The visible text under way.
    out: Vec<u8>,
    hidden: Vec<u8>,
    passages: Passages,
    open: Vec<Element>,
    /// The tag under way.
    tag: Vec<u8>,
    attribute: Vec<u8>,
    tag_hidden: bool,
    /// A tag was opened and not closed yet.
    in_tag: bool,
    rows: Vec<Row>,
    /// The line under way holds nothing but blanks that are shown as such: an empty line.
    empty: bool,
    /// Where quotes begin and end in the visible text.
    quotes: Vec<quotes::Quote>,
}

struct Element {
    name: u128,
    hidden: bool,
}

/// A table row under way. Breaks and cell ends are written as blanks and settled when the row is complete.
struct Row {
    start: usize,
    cells: Vec<usize>,
    breaks: Vec<usize>,
    layout: bool,
    cell: usize,
}

impl Reader {
    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag.clear();
                self.tag.extend_from_slice(name);
                self.tag_hidden = false;
                self.in_tag = true;
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                self.attribute.extend_from_slice(name);
                self.tag_hidden |= name == b"hidden";
            }
            CallbackEvent::AttributeValue { value } => self.attribute_value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start(self_closing),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.text(value),
            CallbackEvent::Comment { value } => {
                // What Outlook alone sees stands in conditional comments, with its tags.
                line(&mut self.passages.comments, &strip_tags(&text_of(value)));
            }
            _ => {}
        }
    }

    fn attribute_value(&mut self, value: &[u8]) {
        let text = text_of(value);
        match self.attribute.as_slice() {
            b"style" => self.tag_hidden |= hides(&text),
            b"href" | b"src" | b"action" | b"formaction" | b"cite" | b"background" | b"data" | b"poster" => {
                let short = text.len() <= LONGEST_ATTRIBUTE && !text.starts_with("cid:") && !text.starts_with("data:image");
                if short {
                    line(&mut self.passages.attributes, &links::unwrap(text.trim()));
                }
            }
            b"value" | b"alt" | b"title" | b"content" | b"placeholder" | b"summary" => self.keep_attribute(&text),
            other if other.starts_with(b"data-") => self.keep_attribute(&text),
            _ => {}
        }
    }

    fn keep_attribute(&mut self, text: &str) {
        if text.len() > 2 && text.len() <= LONGEST_ATTRIBUTE {
            line(&mut self.passages.attributes, text);
        }
    }

    fn start(&mut self, self_closing: bool) {
        self.in_tag = false;
        let name = std::mem::take(&mut self.tag);
        match name.as_slice() {
            // An empty line is an empty line; blocks that touch are not.
            b"br" if self.rows.is_empty() && self.out.ends_with(b"\n") && !self.out.ends_with(b"\n\n") => self.out.push(b'\n'),
            b"br" => self.break_line(),
            b"tr" => {
                self.close_row();
                self.break_line();
                let start = self.out.len();
                self.rows.push(Row { start, cells: Vec::new(), breaks: Vec::new(), layout: false, cell: start });
            }
            b"td" | b"th" => self.cell(),
            b"table" => {
                self.break_line();
                // Rows of the table around stay open below this mark.
                self.rows.push(Row { start: usize::MAX, cells: Vec::new(), breaks: Vec::new(), layout: true, cell: 0 });
            }
            n if is_block(n) => self.break_block(),
            _ => {}
        }
        if name == b"blockquote" {
            self.quotes.push(quotes::Quote { at: self.out.len(), begins: true });
        }
        if !self_closing && !is_void(&name) && self.open.len() < DEPTH {
            self.open.push(Element { name: packed(&name), hidden: self.tag_hidden });
        }
        self.tag = name;
        self.tag_hidden = false;
    }

    fn end(&mut self, name: &[u8]) {
        if let Some(at) = self.open.iter().rposition(|e| e.name == packed(name)) {
            self.open.truncate(at);
        }
        match name {
            b"tr" => self.close_row(),
            b"table" => {
                self.close_row();
                if self.rows.last().is_some_and(|r| r.start == usize::MAX) {
                    self.rows.pop();
                }
                self.break_line();
            }
            n if is_block(n) => self.break_block(),
            _ => {}
        }
        if name == b"blockquote" {
            self.quotes.push(quotes::Quote { at: self.out.len(), begins: false });
        }
    }

    fn text(&mut self, value: &[u8]) {
        let inside = |name: &[u8]| {
            let name = packed(name);
            self.open.iter().rev().take(8).any(|e| e.name == name)
        };
        let text = text_of(value);
        if inside(b"script") || inside(b"style") {
            if inside(b"script") {
                line(&mut self.passages.scripts, &text);
            }
            return;
        }
        let pre = inside(b"pre") || inside(b"textarea");
        let hidden = self.open.iter().any(|e| e.hidden) || inside(b"title") || inside(b"template");
        if hidden {
            lay(&mut self.hidden, &text, pre);
            self.hidden.push(b'\n');
        } else {
            let length = self.out.len();
            lay(&mut self.out, &text, pre);
            self.empty = self.out.len() == length && (self.empty || text.contains('\u{a0}'));
        }
    }

    fn break_block(&mut self) {
        let empty = std::mem::take(&mut self.empty) && self.rows.is_empty();
        if empty && self.out.ends_with(b"\n") && !self.out.ends_with(b"\n\n") {
            self.out.push(b'\n');
        }
        self.break_line();
    }

    fn break_line(&mut self) {
        trim_blank(&mut self.out, self.rows.last().map_or(0, |r| if r.start == usize::MAX { 0 } else { r.cell }));
        let at = self.out.len();
        match self.rows.last_mut() {
            Some(row) if row.start != usize::MAX => {
                if at > row.cell && row.breaks.last().is_none_or(|b| *b + 1 != at) {
                    row.breaks.push(at);
                    self.out.push(BREAK);
                }
            }
            _ => newline(&mut self.out),
        }
    }

    fn cell(&mut self) {
        let at = self.out.len();
        if let Some(row) = self.rows.last_mut().filter(|r| r.start != usize::MAX) {
            if at > row.start || !row.cells.is_empty() {
                row.cells.push(at);
                self.out.push(b'\t');
            }
            row.cell = self.out.len();
        }
    }

    fn close_row(&mut self) {
        let Some(row) = self.rows.pop_if(|r| r.start != usize::MAX) else { return };
        let mut ends: Vec<usize> = row.cells.clone();
        ends.push(self.out.len());
        let mut from = row.start;
        let long = ends.iter().any(|end| {
            let long = end.saturating_sub(from) > LONGEST_CELL;
            from = *end;
            long
        });
        let nested = self.out[row.start..].contains(&b'\n');
        let layout = row.layout || long || nested || row.cells.is_empty();
        for at in &row.breaks {
            self.out[*at] = if layout { b'\n' } else { b' ' };
        }
        if layout {
            row.cells.iter().for_each(|at| self.out[*at] = b'\n');
        }
        newline(&mut self.out);
    }

    fn finish(mut self) -> Passages {
        while !self.rows.is_empty() {
            self.close_row();
            self.rows.pop_if(|r| r.start == usize::MAX);
        }
        self.passages.visible = into_text(quotes::marked(self.out, &self.quotes));
        self.passages.hidden = into_text(self.hidden);
        self.passages
    }
}

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

fn line(out: &mut String, text: &str) {
    if !text.trim().is_empty() {
        out.push_str(text.trim());
        out.push('\n');
    }
}

fn newline(out: &mut Vec<u8>) {
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b'\n');
    }
}

/// Takes blanks from the end, but none before `floor`.
fn trim_blank(out: &mut Vec<u8>, floor: usize) {
    while out.len() > floor && out.last() == Some(&b' ') {
        out.pop();
    }
}

/// Appends text as a browser lays it out: white space collapsed (unless preformatted), invisible characters left out.
fn lay(out: &mut Vec<u8>, text: &str, pre: bool) {
    if pre {
        out.extend(text.bytes().filter(|b| *b != b'\r'));
        return;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.bytes().position(|b| !b.is_ascii_graphic()).unwrap_or(rest.len());
        out.extend_from_slice(&rest.as_bytes()[..run]);
        let Some(c) = rest[run..].chars().next() else { break };
        match c {
            ' ' | '\t' | '\n' | '\r' | '\x0c' | '\u{a0}' | '\u{2007}' | '\u{202f}' => {
                if !matches!(out.last().copied(), None | Some(b' ' | b'\n' | b'\t' | BREAK)) {
                    out.push(b' ');
                }
            }
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{34f}' => {}
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[run + c.len_utf8()..];
    }
}

/// Whether a style makes its element invisible.
fn hides(style: &str) -> bool {
    let squeezed: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).take(4096).collect();
    ["display:none", "visibility:hidden", "mso-hide:all", "opacity:0;"].iter().any(|s| squeezed.contains(s))
        || squeezed.ends_with("opacity:0")
        || squeezed.split(';').any(|d| d.strip_prefix("font-size:").is_some_and(|v| matches!(v, "0" | "0px" | "0pt" | "0em")))
}

fn strip_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"ul"
            | b"ol"
            | b"li"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"blockquote"
            | b"pre"
            | b"hr"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"main"
            | b"nav"
            | b"aside"
            | b"form"
            | b"fieldset"
            | b"address"
            | b"center"
            | b"option"
            | b"caption"
            | b"thead"
            | b"tbody"
            | b"tfoot"
            | b"body"
            | b"title"
            | b"figure"
            | b"tr"
    )
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"br"
            | b"img"
            | b"hr"
            | b"meta"
            | b"link"
            | b"input"
            | b"area"
            | b"base"
            | b"col"
            | b"embed"
            | b"source"
            | b"track"
            | b"wbr"
            | b"p"
            | b"li"
    )
}

#[cfg(test)]
mod tests;

//! From RTF to what it says ([MS-OXRTFEX] 2.1.3; RTF 1.9.1).

use crate::codepage;
use std::collections::HashMap;

/// Deeper groups are not told apart.
const DEPTH: usize = 1000;

/// What the RTF holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// HTML that was wrapped.
    Html(String),
    /// Plain text that was wrapped, or the text of RTF that wraps nothing.
    Text(String),
}

/// All that a document says, and the files within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text, or what it wraps.
    pub body: Body,
    /// Headers, footers and footnotes.
    pub notes: String,
    /// Text that is not shown, and text that was deleted.
    pub hidden: String,
    /// Comments of reviewers.
    pub comments: String,
    /// Title, author and their like, and the codes of fields.
    pub asides: String,
    /// Pictures and objects, in their order.
    pub objects: Vec<Object>,
}

/// A file within a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `png`, `jpg`, `emf`, `wmf`, `bmp` for a picture; `object` for data as [MS-OLEDS] 2.2 describes it.
    pub kind: &'static str,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// What a group does with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Text,
    /// `\*\htmltag`: goes out as it is.
    Tag,
    Fonts,
    Note,
    Comment,
    Aside,
    /// Digits of a picture or object.
    Data,
    /// `\*\…`, style sheets: left out.
    Skip,
}

#[derive(Clone, Copy)]
struct State {
    role: Role,
    /// Inside `\htmlrtf`: what only RTF readers are to see.
    rtf_only: bool,
    /// Inside `\v` or `\deleted`.
    hidden: bool,
    /// Characters that stand for a `\u` where Unicode is not known.
    skip: usize,
    font: i32,
}

struct Reader<'r> {
    bytes: &'r [u8],
    at: usize,
    state: State,
    stack: Vec<State>,
    html: bool,
    wrapped: bool,
    page: u32,
    /// Code page by font.
    fonts: HashMap<i32, u32>,
    defining: i32,
    out: String,
    notes: String,
    hidden: String,
    comments: String,
    asides: String,
    objects: Vec<Object>,
    data: Object,
    /// The first of two digits.
    digit: Option<u8>,
    /// Bytes of the current code page that wait to become text.
    pending: Vec<u8>,
    to_skip: usize,
    surrogate: Option<u16>,
}

/// Reads RTF for its text. Anything that does not begin as RTF gives nothing.
pub fn read(rtf: &[u8]) -> Option<Body> {
    document(rtf).map(|document| document.body)
}

/// Reads RTF whole. Anything that does not begin as RTF gives nothing.
pub fn document(rtf: &[u8]) -> Option<Document> {
    let begins = rtf.iter().position(|b| !b.is_ascii_whitespace() && *b != 0)?;
    if !rtf[begins..].starts_with(b"{\\rtf") {
        return None;
    }
    let state = State { role: Role::Text, rtf_only: false, hidden: false, skip: 1, font: 0 };
    let mut reader = Reader {
        bytes: &rtf[begins..],
        at: 0,
        state,
        stack: Vec::new(),
        html: false,
        wrapped: false,
        page: 1252,
        fonts: HashMap::new(),
        defining: 0,
        out: String::new(),
        notes: String::new(),
        hidden: String::new(),
        comments: String::new(),
        asides: String::new(),
        objects: Vec::new(),
        data: Object { kind: "object", data: Vec::new() },
        digit: None,
        pending: Vec::new(),
        to_skip: 0,
        surrogate: None,
    };
    reader.run();
    let Reader { html, out, notes, hidden, comments, asides, objects, .. } = reader;
    let body = if html { Body::Html(out) } else { Body::Text(out) };
    Some(Document { body, notes, hidden, comments, asides, objects })
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.next() {
            match byte {
                b'{' => {
                    self.settle();
                    if self.stack.len() < DEPTH {
                        self.stack.push(self.state);
                    }
                }
                b'}' => {
                    self.settle();
                    self.to_skip = 0;
                    let before = self.state;
                    if let Some(state) = self.stack.pop() {
                        self.state = state;
                    }
                    self.leave(before);
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(byte),
            }
        }
        self.settle();
        self.end_data();
    }

    /// Ends what a group was.
    fn leave(&mut self, before: State) {
        if before.role == self.state.role && before.hidden == self.state.hidden {
            return;
        }
        match before.role {
            Role::Data => self.end_data(),
            Role::Note => self.notes.push('\n'),
            Role::Comment => self.comments.push('\n'),
            Role::Aside => self.asides.push('\n'),
            _ if before.hidden => self.hidden.push('\n'),
            _ => {}
        }
    }

    fn end_data(&mut self) {
        self.digit = None;
        let data = std::mem::take(&mut self.data.data);
        if !data.is_empty() {
            self.objects.push(Object { kind: self.data.kind, data });
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn control(&mut self) {
        let Some(first) = self.next() else { return };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first);
        }
        let start = self.at - 1;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_alphabetic) && self.at - start < 32 {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        let number_at = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) && self.at - number_at < 11 {
            self.at += 1;
        }
        let number = std::str::from_utf8(&self.bytes[number_at..self.at]).ok().and_then(|n| n.parse::<i32>().ok());
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if word == b"bin" {
            // Raw bytes: no braces among them count.
            let end = self.at.saturating_add(number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)).min(self.bytes.len());
            if self.state.role == Role::Data {
                self.data.data.extend_from_slice(&self.bytes[self.at.min(end)..end]);
            }
            self.at = end;
            return;
        }
        self.word(word, number);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'\'' => {
                let digits = self.bytes.get(self.at..self.at + 2).and_then(|d| std::str::from_utf8(d).ok());
                if let Some(byte) = digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
                    self.at += 2;
                    self.byte(byte);
                }
            }
            // A destination that a reader may not know, at the beginning of its group. Those of HTML are known.
            b'*' if self.bytes[..self.at.saturating_sub(2).min(self.bytes.len())].trim_ascii_end().ends_with(b"{") => {
                let rest = &self.bytes[self.at.min(self.bytes.len())..];
                let rest = &rest[rest.iter().take_while(|b| b.is_ascii_whitespace()).count()..];
                self.settle();
                self.state.role = if rest.starts_with(b"\\htmltag") { Role::Tag } else { Role::Skip };
            }
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.text('\u{a0}'),
            b'_' => self.text('\u{2011}'),
            b'\r' | b'\n' => self.line(),
            _ => {}
        }
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) {
        match word {
            b"fromhtml" => (self.html, self.wrapped) = (number != Some(0), true),
            b"fromtext" => self.wrapped = true,
            b"htmlrtf" => {
                self.settle();
                self.state.rtf_only = number != Some(0);
            }
            b"fonttbl" => self.state.role = Role::Fonts,
            b"colortbl" | b"stylesheet" | b"object" | b"listtable" | b"nonshppict" => self.turn(Role::Skip),
            // What an object looks like, and the text of a shape: part of the text again.
            b"result" | b"shptxt" => self.turn(Role::Text),
            b"info" | b"fldinst" | b"propname" | b"staticval" | b"docvar" => self.turn(Role::Aside),
            b"title" | b"author" | b"subject" | b"keywords" | b"doccomm" | b"company" | b"operator" if self.state.role == Role::Aside => {
                self.settle();
                self.asides.push('\n');
            }
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf" | b"footnote" => {
                self.turn(Role::Note)
            }
            b"annotation" => self.turn(Role::Comment),
            b"pict" | b"objdata" => {
                self.turn(Role::Data);
                self.data.kind = if word == b"pict" { "bmp" } else { "object" };
            }
            b"pngblip" => self.data.kind = "png",
            b"jpegblip" => self.data.kind = "jpg",
            b"emfblip" => self.data.kind = "emf",
            b"wmetafile" => self.data.kind = "wmf",
            b"v" | b"deleted" => {
                self.settle();
                self.state.hidden = number != Some(0);
            }
            b"ansicpg" => self.page = number.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(1252),
            b"f" if self.state.role == Role::Fonts => self.defining = number.unwrap_or(0),
            b"fcharset" => {
                if let Some(page) = number.and_then(charset_page) {
                    self.fonts.insert(self.defining, page);
                }
            }
            b"f" | b"plain" => {
                self.settle();
                self.state.font = if word == b"f" { number.unwrap_or(0) } else { 0 };
                self.state.hidden &= word == b"f";
            }
            b"uc" => self.state.skip = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(16),
            b"u" => self.unicode(number.unwrap_or(0) as u16),
            b"par" | b"line" | b"row" | b"sect" | b"page" => self.line(),
            b"tab" | b"cell" => self.text('\t'),
            b"lquote" => self.text('\u{2018}'),
            b"rquote" => self.text('\u{2019}'),
            b"ldblquote" => self.text('\u{201c}'),
            b"rdblquote" => self.text('\u{201d}'),
            b"bullet" => self.text('\u{2022}'),
            b"endash" => self.text('\u{2013}'),
            b"emdash" => self.text('\u{2014}'),
            b"enspace" | b"emspace" => self.text(' '),
            _ => {}
        }
    }

    fn turn(&mut self, role: Role) {
        self.settle();
        self.state.role = role;
    }

    /// Whether text that comes now is said anywhere.
    fn speaks(&self) -> bool {
        match self.state.role {
            Role::Tag | Role::Note | Role::Comment | Role::Aside => true,
            Role::Text => !(self.state.rtf_only && self.wrapped),
            Role::Fonts | Role::Data | Role::Skip => false,
        }
    }

    /// Where text goes.
    fn said(&mut self) -> &mut String {
        match self.state.role {
            Role::Note => &mut self.notes,
            Role::Comment => &mut self.comments,
            Role::Aside => &mut self.asides,
            _ if self.state.hidden => &mut self.hidden,
            _ => &mut self.out,
        }
    }

    fn hex(&mut self, byte: u8) {
        let Some(digit) = char::from(byte).to_digit(16) else { return };
        match self.digit.take() {
            Some(first) => self.data.data.push(first << 4 | digit as u8),
            None => self.digit = Some(digit as u8),
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.state.role == Role::Data {
            self.hex(byte);
        } else if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.speaks() {
            self.pending.push(byte);
        }
    }

    fn text(&mut self, c: char) {
        self.settle();
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.speaks() {
            self.said().push(c);
        }
    }

    fn line(&mut self) {
        self.settle();
        if self.speaks() {
            self.said().push_str("\r\n");
        }
    }

    fn unicode(&mut self, unit: u16) {
        self.settle();
        self.to_skip = self.state.skip;
        if !self.speaks() {
            return;
        }
        match (self.surrogate.take(), unit) {
            (_, 0xD800..=0xDBFF) => self.surrogate = Some(unit),
            (Some(high), 0xDC00..=0xDFFF) => self.said().extend(char::decode_utf16([high, unit]).flatten()),
            _ => self.said().extend(char::from_u32(u32::from(unit))),
        }
    }

    /// Bytes that wait become text of the font's code page.
    fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let page = self.fonts.get(&self.state.font).copied().filter(|_| self.state.role != Role::Tag).unwrap_or(self.page);
        let text = codepage::encoding(page).decode_without_bom_handling(&self.pending).0.into_owned();
        self.said().push_str(&text);
        self.pending.clear();
    }
}

/// Code page of a font's character set (RTF 1.9.1, \fcharset).
fn charset_page(charset: i32) -> Option<u32> {
    Some(match charset {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_comes_out_of_its_wrapping() {
        let rtf = br"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset204 Arial;}}
{\*\htmltag18 <html>}{\*\htmltag50 <body>}\htmlrtf {\htmlrtf0 {\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 Caf\'e9 \{x\}\line
{\*\htmltag84 &#1089;}\htmlrtf \'f1\htmlrtf0 \u1087 ?{\*\mhtmltag84 <no>}\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}";
        assert_eq!(read(rtf), Some(Body::Html("<html><body><p>Caf\u{439} {x}\r\n&#1089;\u{43f}</p>".into())));
    }

    #[test]
    fn text_comes_out_of_rtf() {
        let rtf = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset161 Greek;}}{\colortbl;\red0;}\f0 Gr\'fc\'dfe\par a\tab b \f1\'e1\f0{\*\generator x;}{\pict 0102}\u-10179 ?\u-8704 ?}";
        assert_eq!(read(rtf), Some(Body::Text("Gr\u{fc}\u{df}e\r\na\tb \u{3b1}\u{1f600}".into())));
        assert_eq!(read(b"plain"), None);
        assert_eq!(read(b"{\\rtf1 cut off {\\b bo"), Some(Body::Text("cut off bo".into())));
    }

    #[test]
    fn what_stands_beside_the_text_is_read_too() {
        let rtf = br"{\rtf1{\info{\title Keys}{\author Amy}}a{\v gone}b{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}{\*\annotation why}{\footnote note}{\object{\*\objdata 0105 ff}{\result c}}{\pict\pngblip 8950}{\pict\bin3 ab}}";
        let found = document(rtf).expect("RTF");
        assert_eq!(found.body, Body::Text("ablinkc".into()));
        assert_eq!((found.hidden.as_str(), found.comments.as_str(), found.notes.as_str()), ("gone\n", "why\n", "note\n"));
        assert_eq!(found.asides.split_whitespace().collect::<Vec<_>>(), ["Keys", "Amy", "HYPERLINK", "x"]);
        let objects: Vec<_> = found.objects.iter().map(|o| (o.kind, o.data.as_slice())).collect();
        assert_eq!(objects, [("object", &[1, 5, 255][..]), ("png", &[0x89, 0x50]), ("bmp", b"ab}")]);
    }
}

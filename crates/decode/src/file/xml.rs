//! XML as documents use it: elements by their local names, so that prefixes and namespaces (transitional, strict or odd) do not
//! matter. Entities beyond those of XML itself are never expanded.

use crate::charset;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// A step through a document. An empty element is opened and closed.
pub(super) enum Node<'n> {
    Open(&'n str, Attributes<'n>),
    Close(&'n str),
    Text(&'n str),
}

/// The attributes of an element, by their local names.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'n>(&'n BytesStart<'n>);

impl<'n> Attributes<'n> {
    /// All of them, in their order, with references resolved.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'n str, Cow<'n, str>)> {
        let mut all = self.0.attributes();
        all.with_checks(false);
        all.flatten().map(|a| (local(a.key.0), unescaped(a.value)))
    }

    /// The first of this name.
    pub(super) fn get(self, name: &str) -> Option<Cow<'n, str>> {
        self.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Whether it stands for yes; `absent` is what it is for where it is not there (ECMA-376 Part 1 §22.9.2.7, ST_OnOff).
    pub(super) fn on(self, name: &str, absent: bool) -> bool {
        self.get(name).map_or(absent, |v| !matches!(&*v, "0" | "false" | "off"))
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rfind(':').map_or(name, |at| &name[at + 1..])
}

fn unescaped(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    match quick_xml::escape::unescape(&value) {
        Ok(plain) => Cow::Owned(plain.into_owned()),
        Err(_) => value,
    }
}

/// The characters of an XML file.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        _ => Cow::Owned(charset::text(Cow::Borrowed(bytes), None).0),
    }
}

/// Walks through the document; says where it broke off, where it is not well-formed.
pub(super) fn walk(xml: &str, mut visit: impl FnMut(Node<'_>)) -> Result<(), usize> {
    let mut reader = reader(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => visit(Node::Open(e.local_name().as_ref(), Attributes(&e))),
            Ok(Event::Empty(e)) => {
                visit(Node::Open(e.local_name().as_ref(), Attributes(&e)));
                visit(Node::Close(e.local_name().as_ref()));
            }
            Ok(Event::End(e)) => visit(Node::Close(e.local_name().as_ref())),
            Ok(Event::Text(t)) => visit(Node::Text(&t)),
            Ok(Event::CData(t)) => visit(Node::Text(&t)),
            Ok(Event::GeneralRef(r)) => {
                if let Some(c) = reference(&r) {
                    visit(Node::Text(c.encode_utf8(&mut [0; 4])));
                }
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(usize::try_from(reader.error_position()).unwrap_or(0).min(xml.len())),
        }
    }
}

fn reader(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// `&amp;`, `&#8211;` and their like.
fn reference(r: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = r.resolve_char_ref() {
        return Some(c);
    }
    match &**r {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Local name of the root element.
pub(super) fn root(xml: &str) -> Option<&str> {
    let mut rest = xml;
    for _ in 0..100 {
        rest = &rest[rest.find('<')? + 1..];
        match rest.as_bytes().first()? {
            b'?' => rest = &rest[rest.find("?>")?..],
            b'!' if rest.starts_with("!--") => rest = &rest[rest.find("-->")?..],
            b'!' => {}
            _ => {
                let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
                return Some(local(&rest[..end]));
            }
        }
    }
    None
}

/// All that a part says whose vocabulary is not known: texts and values of attributes, one a line.
pub(super) fn everything(xml: &str) -> (String, Result<(), usize>) {
    let mut out = String::new();
    let (mut label, mut words) = (String::new(), String::new());
    let whole = walk(xml, |node| match node {
        Node::Open(name, attributes) => {
            tell(&label, &mut words, &mut out);
            for (key, value) in attributes.iter().filter(|(key, value)| speaks(key, value)) {
                // The name of the attribute tells the finder what its value is.
                out.extend([key, "=", &*value, "\n"]);
            }
            label.clear();
            label.push_str(name);
        }
        Node::Text(text) => words.push_str(text),
        Node::Close(_) => tell(&label, &mut words, &mut out),
    });
    (out, whole)
}

/// The words of an element, behind its name.
fn tell(label: &str, words: &mut String, out: &mut String) {
    if !words.trim().is_empty() {
        out.extend([label, ": ", words.trim(), "\n"]);
    }
    words.clear();
}

/// Whether an attribute can say more than how something looks: names of namespaces, numbers and colours do not.
fn speaks(key: &str, value: &str) -> bool {
    value.len() > 3
        && key != "schemaLocation"
        && !value.contains("://schemas.")
        && !value.contains("://www.w3.org/")
        && !value.contains("://purl.org/")
        && value.bytes().any(|b| !b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_behind_prologues() {
        assert_eq!(root("<?xml version='1.0'?><!-- <a> --><!DOCTYPE w><w:document x='1'>"), Some("document"));
        assert_eq!((root("<a/>"), root("plain")), (Some("a"), None));
    }

    #[test]
    fn entities_are_not_expanded() {
        let mut seen = String::new();
        let bomb = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>1&y;2&amp;&#51;</a>";
        let whole = walk(bomb, |node| {
            if let Node::Text(text) = node {
                seen.push_str(text);
            }
        });
        assert_eq!((seen.as_str(), whole), ("12&3", Ok(())));
    }

    #[test]
    fn unknown_parts_give_all_they_say() {
        let (text, whole) =
            everything("<cfg xmlns='http://schemas.example/x'><db password='Heron-77x' w='12'>main</db><e/><user>amy</user></cfg>");
        assert_eq!((text.as_str(), whole), ("password=Heron-77x\ndb: main\nuser: amy\n", Ok(())));
    }
}

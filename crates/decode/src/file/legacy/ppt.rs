//! PowerPoint 97–2003 presentations ([MS-PPT]).

use super::blips::inflated;
use crate::Key;
use crate::file::Loss;
use crate::file::le::{u16_at, u32_at};
use crate::file::lock::{Opener, Rc4};
use crate::file::pages::Pages;
use aftermail_model::{Layer, Reason};
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: u16 = 1000;
const SLIDE: u16 = 1006;
const NOTES: u16 = 1008;
const SLIDE_PERSIST: u16 = 1011;
const MAIN_MASTER: u16 = 1016;
const SLIDE_LIST: u16 = 4080;
const USER_EDIT: u16 = 4085;
const COMMENT: u16 = 12_000;
const OLE_OBJECT: u16 = 4113;
const HYPERLINK: u16 = 4055;
/// What later versions added, comments among it: an atom that holds records (§2.3.23).
const TAG_DATA: u16 = 5003;
/// Containers within containers that are read.
const DEPTH: usize = 32;
/// Saves whose directories are followed.
const SAVES: usize = 1000;

#[derive(Clone, Copy)]
struct Record<'s> {
    kind: u16,
    instance: u16,
    container: bool,
    at: usize,
    data: &'s [u8],
}

/// Records one after the other; the last may be cut off.
fn records(stream: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (head, kind, length) = (u16_at(stream, at)?, u16_at(stream, at + 2)?, u32_at(stream, at + 4)? as usize);
        let start = at;
        let end = (at + 8).saturating_add(length).min(stream.len());
        at = end;
        Some(Record { kind, instance: head >> 4, container: head & 15 == 15, at: start, data: &stream[(start + 8).min(end)..end] })
    })
}

/// Reads the presentation; says by which password, where it was locked.
pub(super) fn read(user: &[u8], mut stream: Vec<u8>, opener: &mut Opener<'_, '_>, pages: &mut Pages) -> Result<Option<Key>, Loss> {
    let directory = Directory::read(user, &stream);
    let mut opened_by = None;
    if let Some(session) = directory.session {
        opened_by = Some(unlock(&mut stream, &directory, session, opener)?);
    } else if u32_at(user, 12) == Some(0xF3D1_C4DF) {
        return Err(Loss::new(Reason::Encrypted, "The presentation is locked, and where its lock lies is damaged.", stream.len() as u64));
    }
    Show::new(&stream, directory).say(pages);
    Ok(opened_by)
}

/// Where the parts of the presentation lie, by their numbers (§2.1.2).
#[derive(Default)]
struct Directory {
    places: BTreeMap<u32, usize>,
    /// Number of the part that holds the lock.
    session: Option<u32>,
}

impl Directory {
    /// Follows the saves from the last to the first; newer places count.
    fn read(user: &[u8], stream: &[u8]) -> Directory {
        let mut found = Directory::default();
        let mut edit = u32_at(user, 16).unwrap_or(0) as usize;
        for _ in 0..SAVES {
            if u16_at(stream, edit + 2) != Some(USER_EDIT) {
                break;
            }
            if u32_at(stream, edit + 4).is_some_and(|length| length >= 32) && found.session.is_none() {
                found.session = u32_at(stream, edit + 36);
            }
            found.list(stream, u32_at(stream, edit + 20).unwrap_or(0) as usize);
            edit = match u32_at(stream, edit + 16) {
                Some(before) if before > 0 && (before as usize) < edit => before as usize,
                _ => break,
            };
        }
        found
    }

    fn list(&mut self, stream: &[u8], at: usize) {
        let entries =
            u32_at(stream, at + 4).and_then(|length| stream.get(at + 8..(at + 8).checked_add(length as usize)?)).unwrap_or_default();
        let mut words = entries.chunks_exact(4).filter_map(|w| u32_at(w, 0));
        while let Some(head) = words.next() {
            let (first, count) = (head & 0xF_FFFF, head >> 20);
            for (number, place) in (first..first + count).zip(words.by_ref()) {
                self.places.entry(number).or_insert(place as usize);
            }
        }
    }
}

/// Decrypts every part in place; each has a key by its number ([MS-OFFCRYPTO] 2.3.5, [MS-PPT] 2.3.7).
fn unlock(stream: &mut [u8], directory: &Directory, session: u32, opener: &mut Opener<'_, '_>) -> Result<Key, Loss> {
    let unknown = || Loss::new(Reason::Encrypted, "The presentation is locked in a way that this version does not know.", 0);
    let lock = directory.places.get(&session).and_then(|at| stream.get(at + 8..)).unwrap_or_default().to_vec();
    let (rc4, by) = Rc4::open(&lock, opener).unwrap_or_else(|| Err(unknown()))?;
    for (number, at) in directory.places.iter().filter(|(number, _)| **number != session) {
        let mut key = rc4.block(*number);
        let Some(head) = stream.get_mut(*at..at + 8) else { continue };
        key.apply(head);
        let length = u32_at(head, 4).unwrap_or(0) as usize;
        let end = (at + 8).saturating_add(length).min(stream.len());
        key.apply(&mut stream[at + 8..end]);
    }
    Ok(by)
}

struct Show<'s> {
    stream: &'s [u8],
    directory: Directory,
    /// Number of the slide that lies at a byte of the stream, or has an id.
    slides: BTreeMap<usize, usize>,
    ids: BTreeMap<u32, usize>,
    texts: BTreeMap<(usize, Kind), String>,
    links: String,
    objects: usize,
}

/// Whose text it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Slide,
    Notes,
    Comment,
    Document,
    Master,
    /// A part as it was before a later save.
    Earlier,
}

impl<'s> Show<'s> {
    fn new(stream: &'s [u8], directory: Directory) -> Show<'s> {
        Show { stream, directory, slides: BTreeMap::new(), ids: BTreeMap::new(), texts: BTreeMap::new(), links: String::new(), objects: 0 }
    }

    fn say(mut self, pages: &mut Pages) {
        let stream = self.stream;
        let live =
            |show: &Show<'_>, at: usize| show.directory.places.is_empty() || show.directory.places.values().any(|place| *place == at);
        let parts = self.parts();
        for record in parts.iter().filter(|r| r.kind == DOCUMENT) {
            if live(&self, record.at) {
                self.number(record.data);
            }
        }
        for record in parts {
            let kind = match record.kind {
                _ if !live(&self, record.at) => Kind::Earlier,
                SLIDE => Kind::Slide,
                NOTES => Kind::Notes,
                MAIN_MASTER => Kind::Master,
                _ => Kind::Document,
            };
            let slide = match record.kind {
                SLIDE => self.slides.get(&record.at).copied().unwrap_or(0),
                NOTES => notes_of(record.data).and_then(|id| self.ids.get(&id)).copied().unwrap_or(0),
                _ => 0,
            };
            // Notes of no slide are the master of all notes.
            let kind = if kind == Kind::Notes && slide == 0 && notes_of(record.data) == Some(0) { Kind::Master } else { kind };
            self.walk(record, slide, kind, pages);
        }
        let end = records(stream).last().map_or(0, |r| r.at + 8 + r.data.len());
        if end < stream.len() {
            pages.lose(Reason::Damaged, "The presentation ends within a record.", stream.len() - end);
        }
        for ((slide, kind), text) in &self.texts {
            let (layer, own) = match (kind, slide) {
                (Kind::Slide, 0) | (Kind::Document, _) => (Layer::Visible, String::new()),
                (Kind::Slide, n) => (Layer::Visible, format!("slide {n}")),
                (Kind::Notes, 0) => (Layer::Visible, "notes".to_owned()),
                (Kind::Notes, n) => (Layer::Visible, format!("slide {n} notes")),
                (Kind::Comment, 0) => (Layer::Comment, "comments".to_owned()),
                (Kind::Comment, n) => (Layer::Comment, format!("slide {n} comments")),
                (Kind::Master, _) => (Layer::Hidden, "master".to_owned()),
                (Kind::Earlier, _) => (Layer::Hidden, "earlier version".to_owned()),
            };
            pages.say(layer, own, text.as_str());
        }
        pages.say(Layer::Attribute, "links", self.links);
    }

    /// The records of the stream one after the other; then those parts that this missed, for what was saved later may begin behind a
    /// stretch that is no record.
    fn parts(&self) -> Vec<Record<'s>> {
        let mut parts: Vec<Record<'s>> = records(self.stream).collect();
        let met: BTreeSet<usize> = parts.iter().map(|r| r.at).collect();
        let mut covered = 0;
        for at in self.directory.places.values().copied().filter(|at| !met.contains(at)).collect::<BTreeSet<_>>() {
            let part = self.stream.get(at..).and_then(|rest| records(rest).next());
            // A part within a part would be read as often as somebody lists it.
            if let Some(part) = part.filter(|_| at >= covered) {
                covered = at + 8 + part.data.len();
                parts.push(Record { at, ..part });
            }
        }
        parts
    }

    /// Numbers the slides in the order in which the document lists them (§2.4.14.3).
    fn number(&mut self, document: &[u8]) {
        for list in records(document).filter(|r| r.kind == SLIDE_LIST && r.instance == 0) {
            for (n, slide) in records(list.data).filter(|r| r.kind == SLIDE_PERSIST).enumerate() {
                if let (Some(number), Some(id)) = (u32_at(slide.data, 0), u32_at(slide.data, 12)) {
                    self.ids.insert(id, n + 1);
                    self.slides.extend(self.directory.places.get(&number).map(|place| (*place, n + 1)));
                }
            }
        }
    }

    fn walk(&mut self, record: Record<'_>, slide: usize, kind: Kind, pages: &mut Pages) {
        let mut open = vec![(record, slide, kind)];
        let mut depth = vec![0];
        while let (Some((record, slide, kind)), Some(level)) = (open.pop(), depth.pop()) {
            let opens = record.container || record.kind == TAG_DATA;
            if !opens || level >= DEPTH {
                self.atom(record, slide, kind, pages);
                continue;
            }
            let kind = if record.kind == COMMENT && kind != Kind::Earlier { Kind::Comment } else { kind };
            let mut listed = 0;
            let mut inside: Vec<_> = records(record.data)
                .map(|child| {
                    // In the list of slides, texts follow the entry of their slide.
                    if record.kind == SLIDE_LIST && record.instance == 0 && child.kind == SLIDE_PERSIST {
                        listed += 1;
                    }
                    match (record.kind, record.instance, kind) {
                        (HYPERLINK, ..) if child.kind == 4026 => self.links.extend([text_of(child).as_str(), "\n"]),
                        _ => {}
                    }
                    let of_slide = record.kind == SLIDE_LIST && record.instance == 0 && kind == Kind::Document;
                    if of_slide { (child, listed, Kind::Slide) } else { (child, slide, kind) }
                })
                .collect();
            depth.extend(std::iter::repeat_n(level + 1, inside.len()));
            inside.reverse();
            open.append(&mut inside);
        }
    }

    fn atom(&mut self, record: Record<'_>, slide: usize, kind: Kind, pages: &mut Pages) {
        match record.kind {
            // TextCharsAtom, TextBytesAtom, CString.
            4000 | 4008 | 4026 => {
                let text = text_of(record);
                let said = self.texts.entry((slide, kind)).or_default();
                // The outline says again what the slide says.
                // Of a comment, the text stands between the author's name and initials.
                let told = !text.trim().is_empty() && !text.starts_with("___PPT") && (kind != Kind::Comment || record.instance == 1);
                if told && !said.lines().any(|line| line == text.trim_end()) {
                    said.extend([text.trim_end(), "\n"]);
                }
            }
            OLE_OBJECT => {
                self.objects += 1;
                let object = if record.instance == 1 { inflated(record.data.get(4..).unwrap_or_default()) } else { record.data.to_vec() };
                if object.is_empty() {
                    pages.lose(
                        Reason::Damaged,
                        format!("Object {} of the presentation cannot be unpacked.", self.objects),
                        record.data.len(),
                    );
                }
                pages.hold(format!("object {}", self.objects), object);
            }
            _ => {}
        }
    }
}

/// The id of the slide that notes belong to: in their first atom (§2.5.12).
fn notes_of(notes: &[u8]) -> Option<u32> {
    records(notes).find(|r| r.kind == 1009).and_then(|r| u32_at(r.data, 0))
}

fn text_of(record: Record<'_>) -> String {
    let text = if record.kind == 4008 {
        record.data.iter().map(|b| char::from(*b)).collect()
    } else {
        let units = record.data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>()
    };
    text.chars().map(|c| if matches!(c, '\r' | '\u{b}') { '\n' } else { c }).filter(|c| *c >= ' ' || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(head: u16, kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("small").to_le_bytes();
        [head.to_le_bytes().as_slice(), &kind.to_le_bytes(), &length, data].concat()
    }

    #[test]
    fn a_part_that_was_saved_behind_no_record_is_read() {
        let words: Vec<u8> = "Gate 4711".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut stream = record(15, DOCUMENT, &[]);
        stream.extend([0; 3]);
        let slide = u32::try_from(stream.len()).expect("small");
        stream.extend(record(15, SLIDE, &record(0, 4000, &words)));
        let list = u32::try_from(stream.len()).expect("small");
        stream.extend(record(0, 6002, &[(1_u32 << 20 | 1).to_le_bytes(), slide.to_le_bytes()].concat()));
        let edit = u32::try_from(stream.len()).expect("small");
        let numbers = [0, 0, 0, list, 0, 0, 0];
        stream.extend(record(0, USER_EDIT, &numbers.map(u32::to_le_bytes).concat()));
        let user = [[0; 16].as_slice(), &edit.to_le_bytes()].concat();

        let mut pages = Pages::new("application/vnd.ms-powerpoint");
        Show::new(&stream, Directory::read(&user, &stream)).say(&mut pages);
        let said: Vec<String> = pages.done().passages.into_iter().map(|p| p.body).collect();
        assert!(said.iter().any(|text| text.contains("Gate 4711")), "{said:?}");
    }
}

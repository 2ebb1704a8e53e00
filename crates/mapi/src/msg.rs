//! Message files, MSG and OFT ([MS-OXMSG]): a compound file with a storage per message, recipient and attachment.

use crate::compound::Compound;
use crate::le::u16_at;
use crate::names;
use crate::value::{self, Props, Value};
use crate::{Attachment, Content, Fault, Item};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Attachments of one message that are read.
const ATTACHMENTS: usize = 10_000;
/// Messages within messages.
const DEPTH: u32 = 16;
/// PidTagAttachDataBinary, PidTagAttachDataObject.
const ATTACH_DATA: u16 = 0x3701;
const PROPERTIES: &str = "__properties_version1.0";

/// Entries and strings of the map of names ([MS-OXMSG] 2.2.3).
const NAMES: [&str; 2] = ["__substg1.0_00030102", "__substg1.0_00040102"];

/// Bytes before the entries of a property stream ([MS-OXMSG] 2.4.1).
#[derive(Clone, Copy)]
enum Head {
    Top = 32,
    Embedded = 24,
    Part = 8,
}

/// Whether a compound file is a message rather than a document: it has a stream of properties at its root.
pub fn is_message(bytes: &[u8]) -> bool {
    let name: Vec<u8> = PROPERTIES.bytes().flat_map(|b| [b, 0]).collect();
    bytes.starts_with(b"\xd0\xcf\x11\xe0") && bytes.windows(name.len()).any(|w| w == name)
}

/// Reads a message file; none where it is no compound file or no message.
pub fn read(bytes: &[u8]) -> Option<Item> {
    let mut file = Compound::open(bytes)?;
    if !file.has_stream(&Path::new("/").join(PROPERTIES)) {
        return None;
    }
    let mut item = message(&mut file, Path::new("/"), Head::Top, 0);
    let [entries, strings] = NAMES.map(|name| file.stream(&Path::new("/__nameid_version1.0").join(name)).unwrap_or_default());
    names::give(&mut item, &names::read(&entries, &strings));
    if file.is_cut_off() {
        item.faults.push(Fault { what: "the file is cut off: it is shorter than its own table of sectors".to_owned() });
    }
    Some(item)
}

fn message(file: &mut Compound<'_>, at: &Path, head: Head, depth: u32) -> Item {
    let mut item = Item::default();
    item.props = properties(file, at, head, &mut item.faults);
    let mut parts = file.children(at);
    parts.sort();
    let page = item.props.codepage();
    for (_, path) in parts.iter().filter(|(name, _)| name.starts_with("__recip_version1.0_")) {
        let mut props = properties(file, path, Head::Part, &mut item.faults);
        if let Some(page) = page {
            // Recipients do not name the code page of their message.
            props.put(0x3FFD, Value::Integer(i64::from(page)));
        }
        item.recipients.push(props);
    }
    let attached: Vec<&PathBuf> = parts.iter().filter(|(name, _)| name.starts_with("__attach_version1.0_")).map(|(_, path)| path).collect();
    for path in attached.iter().take(ATTACHMENTS) {
        let attachment = attachment(file, path, depth, &mut item.faults);
        item.attachments.push(attachment);
    }
    if attached.len() > ATTACHMENTS {
        item.faults.push(Fault { what: format!("{} more attachments are left out: over the limit", attached.len() - ATTACHMENTS) });
    }
    item
}

fn attachment(file: &mut Compound<'_>, at: &Path, depth: u32, faults: &mut Vec<Fault>) -> Attachment {
    let mut props = properties(file, at, Head::Part, faults);
    let inner = at.join("__substg1.0_3701000D");
    let content = match props.take(ATTACH_DATA) {
        Some(Value::Binary(bytes) | Value::Bytes8(bytes)) => Content::Bytes(bytes),
        _ if !file.has_storage(&inner) => Content::None,
        _ if !file.has_stream(&inner.join(PROPERTIES)) => Content::Bytes(object(file, &inner)),
        _ if depth >= DEPTH => {
            faults.push(Fault { what: "messages are nested deeper than the limit".to_owned() });
            Content::None
        }
        _ => Content::Message(Box::new(message(file, &inner, Head::Embedded, depth + 1))),
    };
    Attachment { props, content }
}

/// The streams of an OLE object, one after the other.
fn object(file: &mut Compound<'_>, at: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    for (_, path) in file.children(at) {
        out.extend(file.stream(&path).unwrap_or_default());
    }
    out
}

/// The properties of a storage: short ones stand in its property stream, the others in streams of their own.
fn properties(file: &mut Compound<'_>, at: &Path, head: Head, faults: &mut Vec<Fault>) -> Props {
    let mut props = Props::default();
    let table = file.stream(&at.join(PROPERTIES)).unwrap_or_default();
    for entry in table.get(head as usize..).unwrap_or_default().chunks_exact(16) {
        let (Some(kind), Some(id)) = (u16_at(entry, 0), u16_at(entry, 2)) else { continue };
        if value::fixed_size(kind).is_some_and(|size| size <= 8)
            && let Some(value) = value::parse(kind, &entry[8..])
        {
            props.put(id, value);
        }
    }
    let mut many: BTreeMap<(u16, u16), Vec<(u32, PathBuf)>> = BTreeMap::new();
    for (name, path) in file.children(at) {
        let Some(tag) = name.strip_prefix("__substg1.0_") else { continue };
        let (tag, number) = tag.split_once('-').map_or((tag, None), |(tag, n)| (tag, u32::from_str_radix(n, 16).ok()));
        let Ok(tag) = u32::from_str_radix(tag, 16) else { continue };
        let (id, kind) = ((tag >> 16) as u16, tag as u16);
        match number {
            Some(number) => many.entry((id, kind)).or_default().push((number, path)),
            // The lengths of the values of a multi-valued text.
            None if kind & 0x1000 != 0 && value::fixed_size(kind & 0xFFF).is_none() || !file.has_stream(&path) => {}
            None => match file.stream(&path).and_then(|bytes| value::parse(kind, &bytes)) {
                Some(value) => props.put(id, value),
                None => faults.push(Fault { what: format!("property {id:#06x} could not be read") }),
            },
        }
    }
    for ((id, kind), mut values) in many {
        values.sort();
        let read = values.iter().filter_map(|(_, path)| value::parse(kind & 0xFFF, &file.stream(path)?)).collect();
        props.put(id, Value::Many(read));
    }
    props
}

//! winmail.dat: a message in the Transport Neutral Encapsulation Format ([MS-OXTNEF]).

use crate::codepage;
use crate::le::{u16_at, u32_at};
use crate::value::{self, Props, Value};
use crate::{Attachment, Content, Fault, Item};
use std::collections::BTreeMap;
use std::sync::Arc;

const SIGNATURE: u32 = 0x223E_9F78;
/// Messages within messages.
const DEPTH: u32 = 16;
/// Properties of one list, values of one property.
const MOST: usize = 100_000;
/// PidTagAttachDataBinary, PidTagAttachDataObject.
const ATTACH_DATA: u16 = 0x3701;
/// IID_IMessage, in the order of its bytes: the object that follows is a message.
const MESSAGE: [u8; 16] = [0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];

/// Attributes that say more than a property list does ([MS-OXTNEF] 2.1.3.3).
mod attribute {
    pub(super) const SUBJECT: u16 = 0x8004;
    pub(super) const BODY: u16 = 0x800C;
    pub(super) const ATTACH_DATA: u16 = 0x800F;
    pub(super) const ATTACH_TITLE: u16 = 0x8010;
    pub(super) const ATTACH_RENDER: u16 = 0x9002;
    pub(super) const PROPERTIES: u16 = 0x9003;
    pub(super) const RECIPIENTS: u16 = 0x9004;
    pub(super) const ATTACHMENT: u16 = 0x9005;
    pub(super) const CODEPAGE: u16 = 0x9007;
}

/// Reads a TNEF stream; none where it is none. One that is cut off gives what it holds, and a fault.
pub fn read(bytes: &[u8]) -> Option<Item> {
    (u32_at(bytes, 0)? == SIGNATURE).then(|| stream(bytes, 0))
}

fn stream(bytes: &[u8], depth: u32) -> Item {
    let mut item = Item::default();
    let (mut at, mut codepage) = (6, None);
    let mut late: Vec<(u16, Value)> = Vec::new();
    while at + 9 <= bytes.len() {
        let (Some(id), Some(length)) = (u16_at(bytes, at + 1), u32_at(bytes, at + 5)) else { break };
        let from = at + 9;
        let Some(to) = from.checked_add(length as usize) else { break };
        let data = bytes.get(from..to).unwrap_or_else(|| {
            item.faults.push(Fault { what: "the stream is cut off".to_owned() });
            &bytes[from..]
        });
        match id {
            attribute::CODEPAGE => codepage = u32_at(data, 0),
            attribute::PROPERTIES => properties(data, depth, &mut item).0.into_iter().for_each(|(id, v)| item.props.put(id, v)),
            attribute::RECIPIENTS => recipients(data, depth, &mut item),
            attribute::ATTACH_RENDER => item.attachments.push(Attachment { props: Props::default(), content: Content::None }),
            attribute::SUBJECT => late.push((0x0037, Value::Bytes8(text(data)))),
            attribute::BODY => late.push((0x1000, Value::Bytes8(text(data)))),
            attribute::ATTACH_DATA | attribute::ATTACH_TITLE | attribute::ATTACHMENT => attached(id, data, depth, &mut item),
            _ => {}
        }
        at = to.saturating_add(2);
    }
    // What the property list says goes before what the attributes of old clients say.
    late.into_iter().for_each(|(id, value)| item.props.put(id, value));
    if let Some(page) = codepage.filter(|p| *p > 0) {
        item.props.put(0x3FFD, Value::Integer(i64::from(page)));
        item.recipients.iter_mut().for_each(|r| r.put(0x3FFD, Value::Integer(i64::from(page))));
    }
    item
}

/// An 8-bit text up to its end.
fn text(data: &[u8]) -> Vec<u8> {
    data[..data.iter().position(|b| *b == 0).unwrap_or(data.len())].to_vec()
}

fn attached(id: u16, data: &[u8], depth: u32, item: &mut Item) {
    let (list, object) = if id == attribute::ATTACHMENT { properties(data, depth, item) } else { (Vec::new(), None) };
    if item.attachments.is_empty() {
        item.attachments.push(Attachment { props: Props::default(), content: Content::None });
    }
    let Some(last) = item.attachments.last_mut() else { return };
    match id {
        attribute::ATTACH_DATA if last.content == Content::None => last.content = Content::Bytes(data.to_vec()),
        attribute::ATTACH_TITLE => last.props.put(0x3704, Value::Bytes8(text(data))),
        _ => {}
    }
    for (id, value) in list {
        match value {
            Value::Binary(bytes) if id == ATTACH_DATA => last.content = Content::Bytes(bytes),
            value => last.props.put(id, value),
        }
    }
    if let Some(object) = object {
        last.content = object;
    }
}

fn recipients(data: &[u8], depth: u32, item: &mut Item) {
    let mut at = 4;
    for _ in 0..u32_at(data, 0).unwrap_or(0).min(MOST as u32) {
        let Some(rest) = data.get(at..).filter(|r| r.len() >= 4) else { break };
        let (list, _, used) = list(rest, depth, item);
        let mut props = Props::default();
        list.into_iter().for_each(|(id, value)| props.put(id, value));
        item.recipients.push(props);
        at += used.max(4);
    }
}

fn properties(data: &[u8], depth: u32, item: &mut Item) -> (Vec<(u16, Value)>, Option<Content>) {
    let (list, object, _) = list(data, depth, item);
    (list, object)
}

/// A property list ([MS-OXTNEF] 2.1.3.4): the properties, the object among them that is attached, and the bytes used.
fn list(data: &[u8], depth: u32, item: &mut Item) -> (Vec<(u16, Value)>, Option<Content>, usize) {
    let (mut out, mut object, mut at) = (Vec::new(), None, 4);
    let count = u32_at(data, 0).unwrap_or(0) as usize;
    for n in 0..count.min(MOST) {
        match property(data, &mut at, Arc::make_mut(&mut item.names)) {
            Some((ATTACH_DATA, 0x000D, mut values)) => {
                let Some(Value::Binary(bytes)) = values.pop() else { continue };
                let inner = bytes.get(16..).unwrap_or_default();
                object = Some(if bytes.starts_with(&MESSAGE) && depth < DEPTH && u32_at(inner, 0) == Some(SIGNATURE) {
                    Content::Message(Box::new(stream(inner, depth + 1)))
                } else {
                    Content::Bytes(inner.to_vec())
                });
            }
            Some((id, kind, mut values)) => {
                let value = if kind & 0x1000 != 0 { Some(Value::Many(values)) } else { values.pop() };
                out.extend(value.map(|v| (id, v)));
            }
            None => {
                item.faults.push(Fault { what: format!("{} of {count} properties could not be read", count - n) });
                break;
            }
        }
    }
    (out, object, at)
}

/// One property and its values; moves on behind it.
fn property(data: &[u8], at: &mut usize, names: &mut BTreeMap<u16, String>) -> Option<(u16, u16, Vec<Value>)> {
    let (kind, id) = (u16_at(data, *at)?, u16_at(data, *at + 2)?);
    *at += 4;
    if id >= 0x8000 {
        // A named property: its set, and its number or name.
        let named = u32_at(data, *at + 16)? == 1;
        let length = if named { u32_at(data, *at + 20)? as usize } else { 0 };
        if let Some(text) = data.get(*at + 24..(*at + 24).saturating_add(length)).filter(|_| named) {
            names.insert(id, codepage::utf16(text).trim_end_matches('\0').to_owned());
        }
        let more = if named { 4 + length.next_multiple_of(4) } else { 4 };
        *at = at.checked_add(20 + more)?;
    }
    let base = kind & 0x0FFF;
    let fixed = value::fixed_size(base);
    let count = if kind & 0x1000 != 0 || fixed.is_none() {
        *at += 4;
        u32_at(data, *at - 4)? as usize
    } else {
        1
    };
    let mut values = Vec::new();
    for _ in 0..count.min(MOST) {
        let size = match fixed {
            Some(size) => size,
            None => {
                *at += 4;
                u32_at(data, *at - 4)? as usize
            }
        };
        let bytes = data.get(*at..at.checked_add(size)?)?;
        // An object is taken as bytes: it carries an interface id and a stream.
        values.extend(if base == 0x000D { Some(Value::Binary(bytes.to_vec())) } else { value::parse(base, bytes) });
        *at += size.next_multiple_of(4);
    }
    Some((id, kind, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u16, kind: u16, data: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out.extend(data.iter().fold(0_u16, |sum, b| sum.wrapping_add(u16::from(*b))).to_le_bytes());
        out
    }

    #[test]
    fn attributes_and_properties_are_read() {
        let mut bytes = SIGNATURE.to_le_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(attribute(1, 0x9007, 6, &[0xE3, 4, 0, 0, 0, 0, 0, 0]));
        bytes.extend(attribute(1, 0x8004, 1, b"Heron\0"));
        let mut props = vec![2, 0, 0, 0, 0x1F, 0, 0x00, 0x10, 1, 0, 0, 0, 6, 0, 0, 0, b'h', 0, b'i', 0, 0, 0, 0, 0];
        props.extend([0x1E, 0, 0x01, 0x80]);
        props.extend([0; 16]);
        props.extend([1, 0, 0, 0, 6, 0, 0, 0, b'p', 0, b'w', 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xEF, 0, 0, 0]);
        bytes.extend(attribute(1, 0x9003, 6, &props));
        bytes.extend(attribute(2, 0x9002, 6, &[0; 14]));
        bytes.extend(attribute(2, 0x8010, 1, b"a.txt\0"));
        bytes.extend(attribute(2, 0x800F, 6, b"content"));
        let item = read(&bytes).expect("TNEF");
        assert_eq!(item.props.text(0x37, None).as_deref(), Some("Heron"));
        assert_eq!(item.text().as_deref(), Some("hi"));
        assert_eq!(item.props.text(0x8001, None).as_deref(), Some("п"));
        assert_eq!(item.names.get(&0x8001).map(String::as_str), Some("pw"));
        assert_eq!(item.attachments[0].props.text(0x3704, None).as_deref(), Some("a.txt"));
        assert_eq!(item.attachments[0].content, Content::Bytes(b"content".to_vec()));
        for end in 0..bytes.len() {
            let _ = read(&bytes[..end]);
        }
    }
}

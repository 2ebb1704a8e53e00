//! Properties of MAPI: tags, types and values ([MS-OXCDATA] 2.11).

use crate::codepage;
use crate::le::{u16_at, u32_at, u64_at};
use std::collections::BTreeMap;

/// Most values of a multi-valued property that are read.
const MOST_VALUES: usize = 100_000;

/// Number of a property (upper half of its tag) with the number of its type (lower half).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// Property id.
    pub fn id(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Property type.
    pub fn kind(self) -> u16 {
        self.0 as u16
    }
}

/// Value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// PtypInteger16, PtypInteger32, PtypInteger64, PtypCurrency, PtypErrorCode.
    Integer(i64),
    /// PtypBoolean.
    Bool(bool),
    /// PtypFloating32, PtypFloating64, PtypFloatingTime.
    Float(f64),
    /// PtypTime: 100 ns since 1601, UTC.
    Time(u64),
    /// PtypString: Unicode already.
    Text(String),
    /// PtypString8: bytes of the item's code page.
    Bytes8(Vec<u8>),
    /// PtypBinary, PtypServerId and what has no type of its own here.
    Binary(Vec<u8>),
    /// PtypGuid, in the order of its bytes.
    Guid([u8; 16]),
    /// PtypObject: the node that holds it, and its size.
    Object(u32, u32),
    /// PtypMultiple….
    Many(Vec<Value>),
}

impl Value {
    /// A text, of whatever type; 8-bit strings are read by the code page.
    pub fn text(&self, page: Option<u32>) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Bytes8(bytes) => Some(codepage::text(bytes, page)),
            _ => None,
        }
    }
}

/// Properties by id. Of two properties with one id the first is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Props {
    values: BTreeMap<u16, Value>,
}

/// PidTagMessageCodepage.
const MESSAGE_CODEPAGE: u16 = 0x3FFD;
/// PidTagInternetCodepage.
const INTERNET_CODEPAGE: u16 = 0x3FDE;

impl Props {
    /// Adds a property.
    pub fn put(&mut self, id: u16, value: Value) {
        self.values.entry(id).or_insert(value);
    }

    /// Value of a property.
    pub fn get(&self, id: u16) -> Option<&Value> {
        self.values.get(&id)
    }

    /// Takes a property out.
    pub fn take(&mut self, id: u16) -> Option<Value> {
        self.values.remove(&id)
    }

    /// All properties by id.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &Value)> {
        self.values.iter().map(|(id, value)| (*id, value))
    }

    /// Number of properties.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// A number.
    pub fn integer(&self, id: u16) -> Option<i64> {
        match self.values.get(&id)? {
            Value::Integer(n) => Some(*n),
            Value::Bool(b) => Some(i64::from(*b)),
            _ => None,
        }
    }

    /// Code page of the 8-bit strings: that of the message, else that of its Internet form.
    pub fn codepage(&self) -> Option<u32> {
        let page = |id| self.integer(id).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        page(MESSAGE_CODEPAGE).or_else(|| page(INTERNET_CODEPAGE))
    }

    /// A text, of whatever type; 8-bit strings are read by the code page given, or by that of these properties.
    pub fn text(&self, id: u16, page: Option<u32>) -> Option<String> {
        self.values.get(&id)?.text(page.or_else(|| self.codepage()))
    }

    /// Bytes of a binary property, or of an 8-bit string.
    pub fn binary(&self, id: u16) -> Option<&[u8]> {
        match self.values.get(&id)? {
            Value::Binary(bytes) | Value::Bytes8(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A time in seconds since 1970.
    pub fn time(&self, id: u16) -> Option<i64> {
        match self.values.get(&id)? {
            Value::Time(ticks) => Some(time_to_unix(*ticks)),
            _ => None,
        }
    }
}

/// Seconds since 1970 of a FILETIME (100 ns since 1601).
pub fn time_to_unix(ticks: u64) -> i64 {
    i64::try_from(ticks / 10_000_000).unwrap_or(i64::MAX) - 11_644_473_600
}

/// FILETIME of seconds since 1970; the nearest that there is.
pub fn unix_to_time(seconds: i64) -> u64 {
    u64::try_from(seconds.saturating_add(11_644_473_600)).unwrap_or(0).saturating_mul(10_000_000)
}

/// Size of a type whose values all have one size.
pub(crate) fn fixed_size(kind: u16) -> Option<usize> {
    Some(match kind {
        0x0002 | 0x000B => 2,
        0x0003 | 0x0004 | 0x000A => 4,
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
        0x0048 => 16,
        _ => return None,
    })
}

/// The value of a type from its bytes; `None` where they are too few.
pub(crate) fn parse(kind: u16, bytes: &[u8]) -> Option<Value> {
    if kind & 0x1000 != 0 {
        return many(kind & 0x0FFF, bytes);
    }
    Some(match kind {
        0x0002 => Value::Integer(i64::from(u16_at(bytes, 0)?.cast_signed())),
        0x0003 | 0x000A => Value::Integer(i64::from(u32_at(bytes, 0)?.cast_signed())),
        0x0004 => Value::Float(f64::from(f32::from_bits(u32_at(bytes, 0)?))),
        0x0005 | 0x0007 => Value::Float(f64::from_bits(u64_at(bytes, 0)?)),
        0x0006 | 0x0014 => Value::Integer(u64_at(bytes, 0)?.cast_signed()),
        0x000B => Value::Bool(bytes.first()? != &0),
        0x000D => Value::Object(u32_at(bytes, 0)?, u32_at(bytes, 4)?),
        0x001E => Value::Bytes8(until_nul(bytes).to_vec()),
        0x001F => Value::Text(codepage::utf16(bytes).trim_end_matches('\0').to_owned()),
        0x0040 => Value::Time(u64_at(bytes, 0)?),
        0x0048 => Value::Guid(bytes.get(..16)?.try_into().ok()?),
        _ => Value::Binary(bytes.to_vec()),
    })
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1)]
}

/// [MS-PST] 2.3.3.4: fixed sizes stand side by side; others have a count and a table of offsets.
fn many(kind: u16, bytes: &[u8]) -> Option<Value> {
    if let Some(size) = fixed_size(kind) {
        return Some(Value::Many(bytes.chunks_exact(size).take(MOST_VALUES).filter_map(|c| parse(kind, c)).collect()));
    }
    let count = u32_at(bytes, 0)? as usize;
    let mut values = Vec::new();
    for n in 0..count.min(MOST_VALUES).min(bytes.len() / 4) {
        let from = u32_at(bytes, 4 + 4 * n)? as usize;
        let to = if n + 1 < count { u32_at(bytes, 8 + 4 * n)? as usize } else { bytes.len() };
        values.push(parse(kind, bytes.get(from..to)?)?);
    }
    Some(Value::Many(values))
}

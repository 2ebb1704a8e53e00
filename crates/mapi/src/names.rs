//! Names of the properties that have no number of their own: 0x8000 and above ([MS-OXPROPS] 1.3.2).

use crate::le::{u16_at, u32_at};
use crate::{Content, Item, codepage};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names by property id; of properties that are named by a number there is none.
pub type Names = Arc<BTreeMap<u16, String>>;

/// Names of one store or message file.
const MOST: usize = 0x8000;

/// Reads the entries and the strings of a map of names, which stores and message files keep alike ([MS-PST] 2.4.7, [MS-OXMSG]
/// 2.2.3): number or place of the name, what it is, and the number of the property.
pub(crate) fn read(entries: &[u8], strings: &[u8]) -> Names {
    let name = |entry: &[u8]| {
        let (place, kind, number) = (u32_at(entry, 0)? as usize, u16_at(entry, 4)?, u16_at(entry, 6)?);
        let length = u32_at(strings, place).filter(|_| kind & 1 == 1)? as usize;
        let text = strings.get(place + 4..place.checked_add(4)?.checked_add(length)?)?;
        Some((0x8000_u16.checked_add(number)?, codepage::utf16(text)))
    };
    Arc::new(entries.chunks_exact(8).take(MOST).filter_map(name).collect())
}

/// Gives the names to an item and to the messages inside of it.
pub(crate) fn give(item: &mut Item, names: &Names) {
    item.names = names.clone();
    for attachment in &mut item.attachments {
        if let Content::Message(inner) = &mut attachment.content {
            give(inner, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_numbers_passed_over() {
        let strings: Vec<u8> = [[4, 0, 0, 0].as_slice(), &[b'p', 0, b'w', 0], &[9, 0, 0, 0]].concat();
        let entries = [[0, 0, 0, 0, 1, 0, 7, 0], [0x10, 0x85, 0, 0, 6, 0, 8, 0], [8, 0, 0, 0, 1, 0, 9, 0]].concat();
        assert_eq!(*read(&entries, &strings), BTreeMap::from([(0x8007, "pw".to_owned())]));
    }
}

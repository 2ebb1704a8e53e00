//! Reads what Outlook keeps mail in: stores (PST, OST), message files (MSG, OFT) and winmail.dat (TNEF), also where they are
//! damaged or cut off.
//!
//! Everything is safe Rust over a [`ReadAt`]: the evidence is only ever read, item by item, and reading never fails as a whole. What
//! is broken costs the property, the attachment or the block that it is in, and the item says so in its `faults`.
//!
//! ```
//! use aftermail_mapi::pst::Store;
//!
//! fn subjects(bytes: Vec<u8>) -> Vec<String> {
//!     let Ok(store) = Store::open(bytes) else { return Vec::new() };
//!     store.entries().filter_map(|entry| store.item(&entry).props.text(0x0037, None)).collect()
//! }
//! # assert!(subjects(Vec::new()).is_empty());
//! ```
//!
//! # What is read
//!
//! | | sources | |
//! |---|---|---|
//! | stores | [MS-PST] 2.2 (blocks, pages, trees), 2.3 (heaps, properties, tables), 2.4 (folders, messages) | [`pst::Store`] |
//! | – ANSI, version 14 and 15; Unicode, version 16 to 35 | [MS-PST] 2.2.2.6 | |
//! | – 4096-byte pages and compressed blocks, version 36 | not in [MS-PST]; the notes of the libpff project | |
//! | – permutation and cyclic disguise | [MS-PST] 5.1, 5.2 | [`pst::reveal`] |
//! | – stores on which a password is set | [MS-PST] 2.4.3.3: only a checksum of it is kept, nothing is locked | [`pst::About::password`] |
//! | message files | [MS-OXMSG] 2.1 to 2.4 | [`msg::read`] |
//! | winmail.dat | [MS-OXTNEF] 2.1 | [`tnef::read`] |
//! | properties | [MS-OXCDATA] 2.11; ids in [MS-OXPROPS] | [`Props`] |
//! | names of properties | [MS-PST] 2.4.7, [MS-OXMSG] 2.2.3, [MS-OXTNEF] 2.1.3.4 | [`Names`] |
//! | attachments by value, embedded messages, OLE objects | [MS-OXCMSG] 2.2.2 | [`Content`] |
//! | compressed RTF, and RTF that is stored | [MS-OXRTFCP] 2.1, 2.2 | [`rtf::decompress`] |
//! | HTML and text wrapped in RTF | [MS-OXRTFEX] 2.1.3 | [`rtf::read`] |
//! | code pages of 8-bit strings | [MS-UCODEREF] 2.2.1 | [`charset_name`] |
//!
//! # What is not read
//!
//! - Stores of version 37 (Windows Information Protection): their blocks are really encrypted. [`pst::NoStore::Version`] names them.
//! - Search folders' own lists: what they find stands in other folders.
//! - The content of attachments that are links to files ([MS-OXCMSG] 2.2.2.9, afByReference): it is not in the store.
//!
//! # How items are found
//!
//! In two ways that are reconciled: by the tables of the folders, and by a sweep over all nodes. Each [`pst::Entry`] says how it was
//! [`pst::Reached`]: listed, listed among what users do not see, in the store but no longer listed (deleted, or without a folder),
//! found by the search through a damaged file, or listed and not there. Messages inside of messages are [`Content::Message`].
//!
//! # How recovery works
//!
//! Every page of the two trees is checked when a store is opened (signature of its kind, checksum, counts). If the header fails its
//! checksum, the file is shorter than the header says, or a page is broken, the whole file is searched once, in windows of 4 MiB:
//! leaf pages are told by their trailers and checksums wherever they lie, and their entries are added to the trees; blocks that no
//! page names any more are told by trailer, signature ([MS-PST] 5.5) and checksum. What the trees know already stays, so that an old
//! copy of a page never replaces a newer one. A block whose checksum is wrong is read all the same, and a fault says so: its bytes
//! are the best that there is. What came only from the search is [`pst::Reached::Recovered`].
//!
//! Message files that end before their table of sectors does are filled up with zeros ([`msg::read`]); of TNEF and compressed RTF
//! that are cut off, what is there comes out.
//!
//! # Limits
//!
//! [`pst::Limits`] bound the bytes of one property or attachment, the depth of messages within messages, and the attachments of one
//! message; trees that are deeper than the format allows, and those that run in circles, end. What a limit cuts off is a fault of the
//! item. Of an intact store about a thousandth of its size is kept in memory, and one item.

mod codepage;
pub mod compound;
mod item;
mod le;
pub mod msg;
mod names;
pub mod pst;
pub mod rtf;
mod source;
pub mod tnef;
mod value;

pub use codepage::charset_name;
pub use item::{Attachment, Content, Fault, Item};
pub use names::Names;
pub use source::ReadAt;
pub use value::{Props, Tag, Value, time_to_unix, unix_to_time};

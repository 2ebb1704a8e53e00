//! Reads Outlook stores: PST and OST, of every version since Outlook 97, also where they are damaged or cut off.
//!
//! Everything is safe Rust over a [`ReadAt`]: a store is only ever read, item by item, and reading never fails as a whole. What
//! is broken costs the property, the attachment or the block that it is in, and the item says so in its `faults`.
//!
//! A [`pst::Store`] lists its items in two ways that are reconciled: by the folders and their tables, and by a sweep over all
//! nodes, so that orphaned, deleted and associated items come too, each with how it was [`pst::Reached`].
//!
//! [`msg::read`] reads a message file (MSG, OFT) and [`tnef::read`] a winmail.dat into the same [`Item`]; [`rtf`] unpacks what both keep their HTML in.
//!
//! Sources: [MS-PST] (Outlook Personal Folders File Format) for the store, [MS-OXPROPS] for properties; the 4096-byte pages of
//! Outlook 2013 are not in [MS-PST] and follow the notes of the libpff project on the format.

mod codepage;
mod item;
mod le;
pub mod msg;
pub mod pst;
pub mod rtf;
mod source;
pub mod tnef;
mod value;

pub use codepage::charset_name;
pub use item::{Attachment, Content, Fault, Item};
pub use source::ReadAt;
pub use value::{Props, Tag, Value, time_to_unix, unix_to_time};

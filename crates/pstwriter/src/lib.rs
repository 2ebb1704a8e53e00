//! Writes Outlook stores: a test tool, so that the reader can be held against stores of every layout, disguise, size and kind of
//! damage. What it writes is read by libpff and readpst too. It keeps no allocation maps, so Outlook itself would rebuild them.
//!
//! Three layers, one per file, as in [MS-PST]: `ndb` puts blocks, pages and the header into a file, `ltp` makes heaps, property
//! contexts and tables of properties, and [`Writer`] makes folders and messages of these.

mod ltp;
mod ndb;

use aftermail_mapi::pst::Reached;
use aftermail_mapi::{Attachment, Content, Item, Props, Value};
pub use ltp::{Node, context, table};
pub use ndb::{Format, Ndb, change_root};
use std::collections::BTreeMap;
use std::io::{self, Seek, Write};

/// Nodes that every store has ([MS-PST] 2.4.1).
const STORE: u32 = 0x21;
const NAMES: u32 = 0x61;
const ROOT: u32 = 0x122;
const TOP: u32 = 0x8022;
/// Sub-nodes of a message ([MS-PST] 2.4.5).
const ATTACHMENTS: u32 = 0x671;
const RECIPIENTS: u32 = 0x692;
/// Types of nodes.
const FOLDER: u32 = 0x02;
const MESSAGE: u32 = 0x04;
const ATTACHMENT: u32 = 0x05;
const ASSOCIATED: u32 = 0x08;
const HIERARCHY: u32 = 0x0D;
const CONTENTS: u32 = 0x0E;
const ASSOCIATED_CONTENTS: u32 = 0x0F;
/// PidTagAttachDataBinary, PidTagAttachDataObject.
const ATTACH_DATA: u16 = 0x3701;
/// What a folder's table repeats of a message.
const COLUMNS: [u16; 8] = [0x001A, 0x0037, 0x0039, 0x0042, 0x0E03, 0x0E04, 0x0E06, 0x0E07];

struct Folder {
    parent: u32,
    name: String,
    listed: Vec<(u32, Props)>,
    associated: Vec<(u32, Props)>,
}

/// Writes one store, message by message; only the folders' tables wait in memory for the end.
pub struct Writer<W: Write + Seek> {
    ndb: Ndb<W>,
    folders: BTreeMap<u32, Folder>,
    password: Option<i64>,
    next: u32,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a store.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn new(out: W, format: Format) -> io::Result<Writer<W>> {
        let mut writer = Writer { ndb: Ndb::new(out, format)?, folders: BTreeMap::new(), password: None, next: 0x400 };
        let mut names = Props::default();
        names.put(1, Value::Integer(251));
        // GUIDs, entries and strings of the map of names: one of each that means nothing, for libpff wants them ([MS-PST] 2.4.7).
        for (id, size) in [(2, 16), (3, 8), (4, 4)] {
            names.put(id, Value::Binary(vec![0; size]));
        }
        let names = context(&mut writer.ndb, &names, &[])?;
        writer.ndb.node(NAMES, names, 0);
        writer.folders.insert(ROOT, Folder { parent: ROOT, name: String::new(), listed: Vec::new(), associated: Vec::new() });
        writer.put_folder(TOP, ROOT, "Top of Personal Folders");
        Ok(writer)
    }

    /// Sets a password: its checksum, for no more than that is kept of one.
    pub fn set_password(&mut self, checksum: i64) {
        self.password = Some(checksum);
    }

    /// Bytes written so far, without what waits for the end.
    pub fn bytes(&self) -> u64 {
        self.ndb.bytes()
    }

    fn put_folder(&mut self, id: u32, parent: u32, name: &str) {
        self.folders.insert(id, Folder { parent, name: name.to_owned(), listed: Vec::new(), associated: Vec::new() });
    }

    fn id(&mut self, kind: u32) -> u32 {
        self.next += 1;
        self.next << 5 | kind
    }

    /// Adds a folder below another one, or below the top, and gives its node.
    pub fn folder(&mut self, parent: Option<u32>, name: &str) -> u32 {
        let id = self.id(FOLDER) | 0x10_0000;
        self.put_folder(id, parent.unwrap_or(TOP), name);
        id
    }

    /// Adds an item to a folder so that it is reached in that way, and gives its node. [`Reached::Recovered`] cannot be made this
    /// way: damage the store.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn item(&mut self, folder: u32, item: &Item, reached: Reached) -> io::Result<u32> {
        let id = self.id(if reached == Reached::Associated { ASSOCIATED } else { MESSAGE });
        if reached != Reached::Missing {
            let node = message(&mut self.ndb, item)?;
            self.ndb.node(id, node, if reached == Reached::Orphan { 0 } else { folder });
        }
        let mut row = Props::default();
        COLUMNS.iter().filter_map(|c| Some((*c, item.props.get(*c)?))).for_each(|(c, v)| row.put(c, v.clone()));
        if let Some(folder) = self.folders.get_mut(&folder) {
            match reached {
                Reached::Folder | Reached::Missing | Reached::Recovered => folder.listed.push((id, row)),
                Reached::Associated => folder.associated.push((id, row)),
                Reached::Deleted | Reached::Orphan => {}
            }
        }
        Ok(id)
    }

    /// Writes the folders, the trees and the header.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn finish(mut self) -> io::Result<W> {
        let folders = std::mem::take(&mut self.folders);
        for (id, folder) in &folders {
            let below: Vec<(u32, Props)> = folders
                .iter()
                .filter(|(child, f)| f.parent == *id && *child != id)
                .map(|(child, f)| (*child, f.props(*child, &folders)))
                .collect();
            let own = context(&mut self.ndb, &folder.props(*id, &folders), &[])?;
            self.ndb.node(*id, own, folder.parent);
            for (kind, rows) in [(HIERARCHY, &below), (CONTENTS, &folder.listed), (ASSOCIATED_CONTENTS, &folder.associated)] {
                let rows = table(&mut self.ndb, rows)?;
                self.ndb.node(id & !0x1F | kind, rows, 0);
            }
        }
        let mut store = Props::default();
        store.put(0x0FF9, Value::Binary(RECORD_KEY.to_vec()));
        store.put(0x3001, Value::Text("Store".into()));
        for (id, node) in [(0x35E0, TOP), (0x35E3, TOP)] {
            // EntryID ([MS-PST] 2.4.3.2): flags, the store's record key, the node.
            store.put(id, Value::Binary([&[0; 4], RECORD_KEY.as_slice(), &node.to_le_bytes()].concat()));
        }
        store.put(0x35DF, Value::Integer(0x81));
        store.put(0x67FF, Value::Integer(self.password.unwrap_or(0)));
        let store = context(&mut self.ndb, &store, &[])?;
        self.ndb.node(STORE, store, 0);
        self.ndb.finish()
    }
}

const RECORD_KEY: [u8; 16] = *b"storewriter test";

impl Folder {
    fn props(&self, id: u32, all: &BTreeMap<u32, Folder>) -> Props {
        let mut props = Props::default();
        if !self.name.is_empty() {
            props.put(0x3001, Value::Text(self.name.clone()));
        }
        props.put(0x3602, Value::Integer(self.listed.len() as i64));
        props.put(0x3603, Value::Integer(0));
        props.put(0x360A, Value::Bool(all.iter().any(|(child, f)| f.parent == id && *child != id)));
        props
    }
}

/// The node of a message: properties, recipients, attachments.
fn message<W: Write + Seek>(ndb: &mut Ndb<W>, item: &Item) -> io::Result<Node> {
    let mut below = Vec::new();
    if !item.recipients.is_empty() {
        let rows: Vec<(u32, Props)> = item.recipients.iter().cloned().enumerate().map(|(n, props)| (n as u32, props)).collect();
        below.push((RECIPIENTS, table(ndb, &rows)?));
    }
    let mut rows = Vec::new();
    for (n, attached) in item.attachments.iter().enumerate() {
        let id = (n as u32 + 0x400) << 5 | ATTACHMENT;
        below.push((id, attachment(ndb, attached)?));
        rows.push((id, attached.props.clone()));
    }
    if !rows.is_empty() {
        below.push((ATTACHMENTS, table(ndb, &rows)?));
    }
    context(ndb, &item.props, &below)
}

fn attachment<W: Write + Seek>(ndb: &mut Ndb<W>, attachment: &Attachment) -> io::Result<Node> {
    let mut props = attachment.props.clone();
    let mut below = Vec::new();
    match &attachment.content {
        Content::None => {}
        Content::Bytes(bytes) => {
            props.put(0x3705, Value::Integer(1));
            props.put(ATTACH_DATA, Value::Binary(bytes.clone()));
        }
        Content::Message(item) => {
            let id = 0x8000 << 5 | MESSAGE;
            props.put(0x3705, Value::Integer(5));
            props.put(ATTACH_DATA, Value::Object(id, 0));
            below.push((id, message(ndb, item)?));
        }
    }
    context(ndb, &props, &below)
}

//! What is in a store: by its folders, and by a sweep over all nodes.

use super::block::Blocks;
use super::heap::Heap;
use super::tree::{Node, Tree};
use super::{Limits, properties, table};
use crate::ReadAt;
use crate::names::{self, Names};
use crate::value::Props;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Types of nodes: the lowest five bits of their ids ([MS-PST] 2.2.2.1).
const FOLDER: u32 = 0x02;
const SEARCH_FOLDER: u32 = 0x03;
const MESSAGE: u32 = 0x04;
const ASSOCIATED: u32 = 0x08;
const CONTENTS: u32 = 0x0E;
const ASSOCIATED_CONTENTS: u32 = 0x0F;
/// The store's own properties.
const STORE: u32 = 0x21;
/// Names of properties ([MS-PST] 2.4.7): entries and strings.
const NAMES: u32 = 0x61;
const NAME_ENTRIES: u16 = 0x0003;
const NAME_STRINGS: u16 = 0x0004;
/// PidTagPstPassword: a checksum of the password.
const PASSWORD: u16 = 0x67FF;
/// PidTagDisplayName.
const NAME: u16 = 0x3001;
/// PidTagMailboxOwnerName.
const OWNER: u16 = 0x661C;
/// Folders are not nested deeper.
const DEPTH: usize = 64;

/// How an item was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// Its folder lists it.
    Folder,
    /// Its folder lists it among what users do not see: rules, views, connection data.
    Associated,
    /// It is in the store and its folder does not list it any more: deleted, and not yet wiped.
    Deleted,
    /// It is in the store, and the folder that it belongs to is not.
    Orphan,
    /// Only the search through a damaged file found it.
    Recovered,
    /// Its folder lists it, and it is not there.
    Missing,
}

/// An item that can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Id of its node.
    pub id: u32,
    /// Names of the folders above it, outermost first.
    pub folder: Arc<[String]>,
    /// How it was come by.
    pub reached: Reached,
    /// What the folder's table says of an item that is not there.
    pub row: Props,
}

/// What the folders of a store say: their paths, and what they list.
#[derive(Debug, Default)]
pub(super) struct Contents {
    paths: BTreeMap<u32, Arc<[String]>>,
    /// Ids of the items that are listed and there, in their order.
    listed: Vec<u32>,
    /// Folder and id of those that are listed and not there.
    missing: Vec<(u32, u32)>,
    /// Ids at which every so many items begin, see [`MARK`].
    marks: Vec<u32>,
    /// Items that are there.
    pub items: u64,
    pub password: bool,
    pub names: Names,
    pub owner: Option<String>,
}

/// Items between two marks.
const MARK: u64 = 16;

fn is_item(id: u32) -> bool {
    matches!(id & 0x1F, MESSAGE | ASSOCIATED)
}

impl Contents {
    /// Reads the tables of all folders and holds them against the nodes.
    pub(super) fn read<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, nodes: &Tree<Node>, limits: &Limits) -> Contents {
        let reader = Reader { blocks, nodes, limits };
        let mut contents = Contents::default();
        let mut folders = BTreeMap::new();
        for (id, node) in nodes.stretches().flat_map(|ids| nodes.range(blocks.source, ids)) {
            let id = id as u32;
            if matches!(id & 0x1F, FOLDER | SEARCH_FOLDER) {
                folders.insert(id, node);
            } else if is_item(id) {
                if contents.items.is_multiple_of(MARK) {
                    contents.marks.push(id);
                }
                contents.items += 1;
            }
        }
        let mut listed = Vec::new();
        for folder in folders.keys().filter(|id| *id & 0x1F == FOLDER) {
            for kind in [CONTENTS, ASSOCIATED_CONTENTS] {
                listed.extend(reader.ids(folder & !0x1F | kind).into_iter().filter(|id| *id != 0).map(|id| (id, *folder)));
            }
        }
        listed.sort_unstable();
        listed.dedup();
        contents.paths = reader.paths(&folders);
        contents.reconcile(blocks.source, nodes, listed);
        if let Some(map) = reader.props(NAMES) {
            let bytes = |id| map.binary(id).unwrap_or_default();
            contents.names = names::read(bytes(NAME_ENTRIES), bytes(NAME_STRINGS));
        }
        let store = reader.props(STORE).unwrap_or_default();
        contents.password = store.integer(PASSWORD).is_some_and(|n| n != 0);
        contents.owner = store.text(OWNER, None).or_else(|| store.text(NAME, None)).filter(|name| !name.trim().is_empty());
        contents
    }

    /// Tells what is listed and there from what is only listed.
    fn reconcile(&mut self, source: &(impl ReadAt + ?Sized), nodes: &Tree<Node>, listed: Vec<(u32, u32)>) {
        let mut rest = listed.into_iter().peekable();
        for (id, _) in nodes.stretches().flat_map(|ids| nodes.range(source, ids)) {
            let id = id as u32;
            self.missing.extend(std::iter::from_fn(|| rest.next_if(|(listed, _)| *listed < id)).map(|(id, folder)| (folder, id)));
            if std::iter::from_fn(|| rest.next_if(|(listed, _)| *listed == id)).count() > 0 {
                self.listed.push(id);
            }
        }
        self.missing.extend(rest.map(|(id, folder)| (folder, id)));
        self.missing.sort_unstable();
    }

    /// Number of folders.
    pub(super) fn folders(&self) -> usize {
        self.paths.keys().filter(|id| *id & 0x1F == FOLDER).count()
    }

    /// Number of items that are listed and not there.
    pub(super) fn missing_count(&self) -> u64 {
        self.missing.len() as u64
    }

    /// Ranges of ids that hold about so many items each, and together all ids.
    pub(super) fn ranges(&self, items: u64) -> Vec<Range<u64>> {
        let step = usize::try_from(items.div_ceil(MARK).max(1)).unwrap_or(usize::MAX);
        let mut starts: Vec<u64> = self.marks.iter().step_by(step).map(|id| u64::from(*id)).collect();
        if let Some(first) = starts.first_mut() {
            *first = 0;
        }
        let ends = starts.iter().skip(1).copied().chain([1 << 32]);
        starts.iter().copied().zip(ends).map(|(from, to)| from..to).collect()
    }

    fn entry(&self, nodes: &Tree<Node>, id: u32, node: Node) -> Entry {
        let folder = self.paths.get(&node.parent);
        let reached = match id & 0x1F {
            _ if nodes.was_found(u64::from(id)) => Reached::Recovered,
            _ if self.listed.binary_search(&id).is_err() && folder.is_some() => Reached::Deleted,
            _ if self.listed.binary_search(&id).is_err() => Reached::Orphan,
            MESSAGE => Reached::Folder,
            _ => Reached::Associated,
        };
        Entry { id, folder: folder.cloned().unwrap_or_default(), reached, row: Props::default() }
    }

    /// The items that are there and whose ids lie in a range, in their order.
    pub(super) fn there<'s, S: ReadAt + ?Sized>(
        &'s self,
        source: &'s S,
        nodes: &'s Tree<Node>,
        ids: Range<u64>,
    ) -> impl Iterator<Item = Entry> + 's {
        let within = move |stretch: Range<u64>| stretch.start.max(ids.start)..stretch.end.min(ids.end);
        let items = nodes.stretches().map(within).filter(|ids| !ids.is_empty()).flat_map(|ids| nodes.range(source, ids));
        items.filter(|(id, _)| is_item(*id as u32)).map(|(id, node)| self.entry(nodes, id as u32, node))
    }

    /// The items that folders list and that are not there, folder by folder, with what their folders say of them.
    pub(super) fn missing<'s, S: ReadAt + ?Sized>(
        &'s self,
        blocks: Blocks<'s, S>,
        nodes: &'s Tree<Node>,
        limits: &'s Limits,
    ) -> impl Iterator<Item = Entry> + 's {
        self.missing.chunk_by(|a, b| a.0 == b.0).flat_map(move |group| {
            let folder = group[0].0;
            let reader = Reader { blocks: &blocks, nodes, limits };
            let mut rows: BTreeMap<u32, Props> = reader.rows(folder & !0x1F | CONTENTS).into_iter().map(|r| (r.id, r.cells)).collect();
            let path = self.paths.get(&folder).cloned().unwrap_or_default();
            let entry = move |(_, id): &(u32, u32)| {
                let row = rows.remove(id).unwrap_or_default();
                Entry { id: *id, folder: path.clone(), reached: Reached::Missing, row }
            };
            group.iter().map(entry).collect::<Vec<_>>()
        })
    }
}

/// Reads what stands under nodes.
struct Reader<'r, 's, S: ?Sized> {
    blocks: &'r Blocks<'s, S>,
    nodes: &'r Tree<Node>,
    limits: &'r Limits,
}

impl<S: ReadAt + ?Sized> Reader<'_, '_, S> {
    fn heap(&self, id: u32, faults: &RefCell<Vec<crate::Fault>>) -> Option<Heap> {
        Heap::open(self.blocks, self.nodes.get(self.blocks.source, u64::from(id))?, self.limits, faults)
    }

    fn ids(&self, table: u32) -> Vec<u32> {
        let faults = RefCell::default();
        self.heap(table, &faults).map_or(Vec::new(), |heap| table::ids(self.blocks, &heap, self.limits, &faults))
    }

    fn rows(&self, table: u32) -> Vec<table::Row> {
        let faults = RefCell::default();
        self.heap(table, &faults).map_or(Vec::new(), |heap| table::read(self.blocks, &heap, self.limits, &faults))
    }

    fn props(&self, id: u32) -> Option<Props> {
        let faults = RefCell::default();
        let heap = self.heap(id, &faults)?;
        Some(properties::read(self.blocks, &heap, self.limits, &faults))
    }

    /// Names of the folders and of those above them. The outermost, which has no name of its own for users, is left out.
    fn paths(&self, folders: &BTreeMap<u32, Node>) -> BTreeMap<u32, Arc<[String]>> {
        let names: BTreeMap<u32, String> = folders.keys().filter_map(|id| Some((*id, self.props(*id)?.text(NAME, None)?))).collect();
        let path = |folder: u32| {
            let (mut path, mut at) = (Vec::new(), folder);
            while let Some(node) = folders.get(&at).filter(|n| n.parent != at && path.len() < DEPTH) {
                path.extend(names.get(&at).cloned());
                at = node.parent;
            }
            path.reverse();
            path.into()
        };
        folders.keys().map(|id| (*id, path(*id))).collect()
    }
}

//! What is in a store: by its folders, and by a sweep over all nodes.

use super::heap::Heap;
use super::{Store, properties, table};
use crate::ReadAt;
use crate::value::Props;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

/// Types of nodes: the lowest five bits of their ids ([MS-PST] 2.2.2.1).
const FOLDER: u32 = 0x02;
const MESSAGE: u32 = 0x04;
const ASSOCIATED: u32 = 0x08;
const CONTENTS: u32 = 0x0E;
const ASSOCIATED_CONTENTS: u32 = 0x0F;
/// The store's own properties.
const STORE: u32 = 0x21;
/// PidTagPstPassword: a checksum of the password.
const PASSWORD: u16 = 0x67FF;
/// PidTagDisplayName.
const NAME: u16 = 0x3001;
/// Folders are not nested deeper.
const DEPTH: usize = 64;

/// How an item was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// Its folder lists it.
    Folder,
    /// Its folder lists it among what users do not see: rules, views, connection data.
    Associated,
    /// It is in the store, and no folder lists it: deleted, or lost.
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
    pub folder: Vec<String>,
    /// How it was come by.
    pub reached: Reached,
    /// What the folder's table says of an item that is not there.
    pub row: Props,
}

impl<S: ReadAt> Store<S> {
    /// Everything in the store, in the order of the ids, each once; also what folders list without its being there.
    pub fn entries(&self) -> Vec<Entry> {
        let folders: Vec<u32> = self.trees.nodes.keys().copied().filter(|id| id & 0x1F == FOLDER).collect();
        let mut listed = HashSet::new();
        let mut missing = Vec::new();
        let mut paths = BTreeMap::new();
        for folder in folders {
            for kind in [CONTENTS, ASSOCIATED_CONTENTS] {
                for row in self.table(folder & !0x1F | kind, true) {
                    if self.trees.nodes.contains_key(&row.id) {
                        listed.insert(row.id);
                    } else if row.id != 0 {
                        missing.push((folder, row.id));
                    }
                }
            }
        }
        let items = self.trees.nodes.iter().filter(|(id, _)| matches!(*id & 0x1F, MESSAGE | ASSOCIATED));
        let mut out: Vec<Entry> = items
            .map(|(id, node)| Entry {
                id: *id,
                folder: self.path(node.parent, &mut paths),
                reached: match id & 0x1F {
                    _ if self.recovered.contains(id) => Reached::Recovered,
                    _ if !listed.contains(id) => Reached::Orphan,
                    MESSAGE => Reached::Folder,
                    _ => Reached::Associated,
                },
                row: Props::default(),
            })
            .collect();
        missing.sort_unstable();
        missing.dedup();
        for (folder, id) in missing {
            let row = self.table(folder & !0x1F | CONTENTS, false).into_iter().find(|r| r.id == id);
            let row = row.map(|r| r.cells).unwrap_or_default();
            out.push(Entry { id, folder: self.path(folder, &mut paths), reached: Reached::Missing, row });
        }
        out.sort_by_key(|e| e.id);
        out.dedup_by_key(|e| e.id);
        out
    }

    /// Number of folders.
    pub fn folders(&self) -> usize {
        self.trees.nodes.keys().filter(|id| *id & 0x1F == FOLDER).count()
    }

    fn table(&self, id: u32, ids_only: bool) -> Vec<table::Row> {
        let Some(node) = self.trees.nodes.get(&id) else { return Vec::new() };
        let (blocks, faults) = (self.blocks(), RefCell::default());
        match Heap::open(&blocks, *node, &self.limits, &faults) {
            Some(heap) => table::read(&blocks, &heap, ids_only, &self.limits, &faults),
            None => Vec::new(),
        }
    }

    fn node_props(&self, id: u32) -> Option<Props> {
        let (blocks, faults) = (self.blocks(), RefCell::default());
        let heap = Heap::open(&blocks, *self.trees.nodes.get(&id)?, &self.limits, &faults)?;
        Some(properties::read(&blocks, &heap, &self.limits, &faults))
    }

    /// Names of a folder and of those above it. The outermost, which has no name of its own for users, is left out.
    fn path(&self, folder: u32, known: &mut BTreeMap<u32, Vec<String>>) -> Vec<String> {
        if let Some(path) = known.get(&folder) {
            return path.clone();
        }
        let (mut names, mut at) = (Vec::new(), folder);
        while let Some(node) = self.trees.nodes.get(&at).filter(|n| n.parent != at && names.len() < DEPTH) {
            names.extend(self.node_props(at).and_then(|p| p.text(NAME, None)));
            at = node.parent;
        }
        names.reverse();
        known.insert(folder, names.clone());
        names
    }

    pub(super) fn has_password(&self) -> bool {
        self.node_props(STORE).and_then(|p| p.integer(PASSWORD)).is_some_and(|n| n != 0)
    }
}

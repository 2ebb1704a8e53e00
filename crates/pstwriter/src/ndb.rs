//! Blocks, pages and the header ([MS-PST] 2.2.2).

use crate::ltp::Node;
use aftermail_mapi::pst::{Cipher, Layout, reveal};
use std::io::{self, Seek, SeekFrom, Write};

/// Where the first block lies; before it are the header and what Outlook keeps there.
const FIRST: u64 = 0x4800;
/// Kinds of pages.
const BLOCKS: u8 = 0x80;
const NODES: u8 = 0x81;

/// Which of the formats is written.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Widths and places.
    pub layout: Layout,
    /// Disguise of the data blocks; [`Cipher::Wip`] cannot be written.
    pub cipher: Cipher,
}

/// The lower layer of a store being written.
pub struct Ndb<W: Write + Seek> {
    out: W,
    pub(crate) format: Format,
    at: u64,
    blocks: Vec<Entry>,
    nodes: Vec<Entry>,
    next: u64,
    /// What a byte becomes under the permutation.
    permuted: [u8; 256],
}

/// Key and bytes of an entry of a tree.
type Entry = (u64, Vec<u8>);

impl<W: Write + Seek> Ndb<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn new(mut out: W, format: Format) -> io::Result<Ndb<W>> {
        out.write_all(&vec![0; FIRST as usize])?;
        let mut plain: Vec<u8> = (0..=255).collect();
        reveal(Cipher::Permute, 0, &mut plain);
        let mut permuted = [0; 256];
        plain.iter().zip(0..=255).for_each(|(to, from)| permuted[usize::from(*to)] = from);
        Ok(Ndb { out, format, at: FIRST, blocks: Vec::new(), nodes: Vec::new(), next: 4, permuted })
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.at
    }

    fn wide(&self) -> bool {
        self.format.layout != Layout::Ansi
    }

    pub(crate) fn word(&self, value: u64, to: &mut Vec<u8>) {
        if self.wide() { to.extend(value.to_le_bytes()) } else { to.extend((value as u32).to_le_bytes()) }
    }

    fn trailer(&self) -> usize {
        match self.format.layout {
            Layout::Ansi => 12,
            Layout::Unicode => 16,
            Layout::Large => 24,
        }
    }

    /// Most bytes of a data block.
    pub fn largest(&self) -> usize {
        if self.format.layout == Layout::Large { 65536 - 24 } else { 8192 - self.trailer() }
    }

    /// Writes one block and gives its id: a data block, or an internal one, which holds ids of other blocks and is not disguised.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn block(&mut self, data: &[u8], internal: bool) -> io::Result<u64> {
        let id = self.next | if internal { 2 } else { 0 };
        self.next += 4;
        let mut bytes = data.to_vec();
        if !internal {
            match self.format.cipher {
                Cipher::Permute => bytes.iter_mut().for_each(|b| *b = self.permuted[usize::from(*b)]),
                // The cyclic disguise is its own inverse.
                cipher => reveal(cipher, id as u32, &mut bytes),
            }
        }
        let large = self.format.layout == Layout::Large;
        if large && bytes.len() > 512 {
            let packed = miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 6);
            if packed.len() < bytes.len() {
                bytes = packed;
            }
        }
        let size = bytes.len();
        let span = (size + self.trailer()).next_multiple_of(if large { 512 } else { 64 });
        bytes.resize(span - self.trailer(), 0);
        let mut trailer = Vec::new();
        trailer.extend((size as u16).to_le_bytes());
        self.seal(id, crc(&bytes[..size]), &mut trailer);
        if large {
            trailer.extend([0, 0]);
            trailer.extend((data.len() as u16).to_le_bytes());
            trailer.extend([0; 4]);
        }
        bytes.extend(trailer);
        let mut entry = Vec::new();
        self.word(id, &mut entry);
        self.word(self.at, &mut entry);
        entry.extend((size as u16).to_le_bytes());
        entry.extend(if large { data.len() as u16 } else { 2 }.to_le_bytes());
        if self.wide() {
            entry.extend([2, 0, 0, 0]);
        }
        self.blocks.push((id, entry));
        self.put(&bytes)?;
        Ok(id)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    /// Signature, checksum and id as a trailer has them.
    fn seal(&self, id: u64, crc: u32, to: &mut Vec<u8>) {
        let mixed = (self.at ^ id) as u32;
        to.extend(((mixed >> 16) as u16 ^ mixed as u16).to_le_bytes());
        if self.wide() {
            to.extend(crc.to_le_bytes());
            to.extend(id.to_le_bytes());
        } else {
            to.extend((id as u32).to_le_bytes());
            to.extend(crc.to_le_bytes());
        }
    }

    /// Data as one block or as a tree of blocks, and the id of its root. 0 for no data.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn data(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let largest = self.largest();
        self.pieces(bytes.chunks(largest))
    }

    /// [`Ndb::data`] of pieces that each take a block.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn pieces<'b>(&mut self, pieces: impl Iterator<Item = &'b [u8]>) -> io::Result<u64> {
        let (mut ids, mut total, mut level) = (Vec::new(), 0, 0);
        for piece in pieces {
            total += piece.len();
            ids.push(self.block(piece, false)?);
        }
        while ids.len() > 1 {
            level += 1;
            let mut above = Vec::new();
            for group in ids.chunks((self.largest().min(8176) - 8) / 8) {
                let mut list = vec![1, level];
                list.extend((group.len() as u16).to_le_bytes());
                list.extend((total as u32).to_le_bytes());
                group.iter().for_each(|id| self.word(*id, &mut list));
                above.push(self.block(&list, true)?);
            }
            ids = above;
        }
        Ok(ids.pop().unwrap_or(0))
    }

    /// The list of the nodes below a node, and the id of its block; 0 where there are none.
    ///
    /// # Errors
    /// Those of the medium.
    pub(crate) fn subnodes(&mut self, nodes: &[(u32, Node)]) -> io::Result<u64> {
        let mut sorted = nodes.to_vec();
        sorted.sort_by_key(|(id, _)| *id);
        let mut above = Vec::new();
        for group in sorted.chunks(300) {
            let entries = group.iter().map(|(id, node)| {
                let mut entry = Vec::new();
                [u64::from(*id), node.data, node.subnodes].into_iter().for_each(|word| self.word(word, &mut entry));
                entry
            });
            let list = self.list(0, entries.collect());
            above.push((group[0].0, self.block(&list, true)?));
        }
        if above.len() < 2 {
            return Ok(above.pop().map_or(0, |(_, id)| id));
        }
        let entry = |(first, id): &(u32, u64)| {
            let mut entry = Vec::new();
            [u64::from(*first), *id].into_iter().for_each(|word| self.word(word, &mut entry));
            entry
        };
        let list = self.list(1, above.iter().map(entry).collect());
        self.block(&list, true)
    }

    fn list(&self, level: u8, entries: Vec<Vec<u8>>) -> Vec<u8> {
        let mut list = vec![2, level];
        list.extend((entries.len() as u16).to_le_bytes());
        if self.wide() {
            list.extend([0; 4]);
        }
        list.extend(entries.concat());
        list
    }

    /// Adds a node.
    pub fn node(&mut self, id: u32, node: Node, parent: u32) {
        let mut entry = Vec::new();
        [u64::from(id), node.data, node.subnodes].into_iter().for_each(|word| self.word(word, &mut entry));
        entry.extend(parent.to_le_bytes());
        if self.wide() {
            entry.extend([0; 4]);
        }
        self.nodes.push((u64::from(id), entry));
    }

    /// Writes a tree, leaves first, and gives id and place of its root.
    fn tree(&mut self, kind: u8, mut entries: Vec<Entry>) -> io::Result<(u64, u64)> {
        entries.sort_by_key(|(key, _)| *key);
        let mut level = 0;
        loop {
            let room = match self.format.layout {
                Layout::Ansi => 496,
                Layout::Unicode => 488,
                Layout::Large => 4056,
            };
            let size = entries.first().map_or(1, |(_, bytes)| bytes.len());
            let groups: Vec<Vec<Entry>> = entries.chunks(room / size).map(<[Entry]>::to_vec).collect();
            let mut above = Vec::new();
            for group in if groups.is_empty() { vec![Vec::new()] } else { groups } {
                let (id, place) = self.page(kind, level, room, size, &group)?;
                let mut entry = Vec::new();
                let first = group.first().map_or(0, |(key, _)| *key);
                [first, id, place].into_iter().for_each(|word| self.word(word, &mut entry));
                above.push((first, entry, id, place));
            }
            if let [(_, _, id, place)] = above.as_slice() {
                return Ok((*id, *place));
            }
            level += 1;
            entries = above.into_iter().map(|(key, entry, ..)| (key, entry)).collect();
        }
    }

    fn page(&mut self, kind: u8, level: u8, room: usize, size: usize, entries: &[Entry]) -> io::Result<(u64, u64)> {
        let large = self.format.layout == Layout::Large;
        let length = if large { 4096 } else { 512 };
        let padding = self.at.next_multiple_of(length as u64) - self.at;
        self.put(&vec![0; padding as usize])?;
        let mut page: Vec<u8> = entries.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        page.resize(room, 0);
        if large {
            page.extend((entries.len() as u16).to_le_bytes());
            page.extend(((room / size) as u16).to_le_bytes());
            page.extend([size as u8, level]);
        } else {
            page.extend([entries.len() as u8, (room / size) as u8, size as u8, level]);
        }
        page.resize(length - self.trailer(), 0);
        let (id, place, sum) = (self.next, self.at, crc(&page));
        self.next += 4;
        page.extend([kind, kind]);
        self.seal(id, sum, &mut page);
        page.resize(length, 0);
        self.put(&page)?;
        Ok((id, place))
    }

    /// Writes both trees and the header.
    ///
    /// # Errors
    /// Those of the medium.
    pub fn finish(mut self) -> io::Result<W> {
        let (nodes, blocks) = (std::mem::take(&mut self.nodes), std::mem::take(&mut self.blocks));
        let nodes = self.tree(NODES, nodes)?;
        let blocks = self.tree(BLOCKS, blocks)?;
        let header = self.header(nodes, blocks);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn header(&self, nodes: (u64, u64), blocks: (u64, u64)) -> Vec<u8> {
        let mut bytes = vec![0; if self.wide() { 564 } else { 512 }];
        let version: u16 = match self.format.layout {
            Layout::Ansi => 15,
            Layout::Unicode => 23,
            Layout::Large => 36,
        };
        bytes[..4].copy_from_slice(b"!BDN");
        bytes[8..10].copy_from_slice(if self.format.layout == Layout::Large { b"SO" } else { b"SM" });
        bytes[10..12].copy_from_slice(&version.to_le_bytes());
        bytes[12..16].copy_from_slice(&[19, 0, 1, 1]);
        let (root, sentinel) = if self.wide() { (184, 512) } else { (168, 460) };
        let mut roots = Vec::new();
        [self.at, 0, 0, 0, nodes.0, nodes.1, blocks.0, blocks.1].into_iter().for_each(|word| self.word(word, &mut roots));
        bytes[root..root + roots.len()].copy_from_slice(&roots);
        bytes[sentinel] = 0x80;
        bytes[sentinel + 1] = match self.format.cipher {
            Cipher::Permute => 1,
            Cipher::Cyclic => 2,
            Cipher::None | Cipher::Wip => 0,
        };
        let partial = crc(&bytes[8..8 + 471]);
        bytes[4..8].copy_from_slice(&partial.to_le_bytes());
        if self.wide() {
            let full = crc(&bytes[8..8 + 516]);
            bytes[524..528].copy_from_slice(&full.to_le_bytes());
        }
        bytes
    }
}

/// Makes the checksum of the root page of the tree of nodes true again, after something else was put into the page by `change`.
/// Nothing happens to a store that is too short.
pub fn change_root(store: &mut [u8], layout: Layout, change: impl FnOnce(&mut [u8])) {
    let (root, width, page, trailer) = match layout {
        Layout::Ansi => (188, 4, 512, 12),
        Layout::Unicode => (224, 8, 512, 16),
        Layout::Large => (224, 8, 4096, 24),
    };
    let mut word = [0; 8];
    let Some(bytes) = store.get(root..root + width) else { return };
    word[..width].copy_from_slice(bytes);
    let place = u64::from_le_bytes(word) as usize;
    let Some(bytes) = store.get_mut(place..place + page) else { return };
    change(&mut bytes[..page - trailer]);
    let sum = crc(&bytes[..page - trailer]);
    let at = page - trailer + if layout == Layout::Ansi { 8 } else { 4 };
    bytes[at..at + 4].copy_from_slice(&sum.to_le_bytes());
}

/// [MS-PST] 5.3.
fn crc(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::MAX);
    hasher.update(bytes);
    !hasher.finalize()
}

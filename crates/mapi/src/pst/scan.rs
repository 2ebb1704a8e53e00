//! The search through a damaged file: leaf pages and blocks are told by their trailers, wherever they lie.

use super::check;
use super::layout::Layout;
use super::tree::{BlockRef, Entry, Node, Tree};
use crate::ReadAt;
use crate::le::{u16_at, u32_at};
use std::collections::HashSet;

/// Bytes read at a time; pages and blocks that lie across are seen by an overlap.
const WINDOW: usize = 4 << 20;
/// More than a block or page can take.
const OVERLAP: usize = 128 << 10;

/// Adds to the trees what the file holds beyond them.
pub(super) fn complete(source: &(impl ReadAt + ?Sized), layout: Layout, nodes: &mut Tree<Node>, blocks: &mut Tree<BlockRef>) {
    let known: HashSet<u64> = nodes.places().chain(blocks.places()).collect();
    let mut offset = 0;
    while offset < source.size() {
        let length = usize::try_from(source.size() - offset).unwrap_or(usize::MAX).min(WINDOW + OVERLAP);
        let Some(bytes) = source.bytes(offset, length) else { break };
        let trailer = layout.page() - layout.trailer();
        let pages = bytes.chunks_exact(layout.page()).zip((offset..).step_by(layout.page()));
        for (page, _) in pages.filter(|(_, place)| !known.contains(place)) {
            match page[trailer] {
                Node::KIND => nodes.add_page(source, page),
                BlockRef::KIND => blocks.add_page(source, page),
                _ => {}
            }
        }
        lone_blocks(source, &bytes, offset, layout, blocks);
        offset += WINDOW as u64;
    }
}

/// Blocks that no page names any more: told by a trailer whose signature and checksum fit.
fn lone_blocks(source: &(impl ReadAt + ?Sized), bytes: &[u8], offset: u64, layout: Layout, blocks: &mut Tree<BlockRef>) {
    let (step, trailer) = (layout.alignment(), layout.trailer());
    for end in (step..=bytes.len()).step_by(step) {
        let at = end - trailer;
        let Some(size) = u16_at(bytes, at).map(usize::from).filter(|s| *s > 0 && *s <= layout.largest_block()) else { continue };
        let Some(start) = end.checked_sub(layout.block_span(size)) else { continue };
        let (id_at, crc_at) = if layout == Layout::Ansi { (at + 4, at + 8) } else { (at + 8, at + 4) };
        let (Some(id), Some(crc)) = (layout.word(bytes, id_at), u32_at(bytes, crc_at)) else { continue };
        let place = offset + start as u64;
        if id == 0 || u16_at(bytes, at + 2) != Some(check::signature(place, id)) {
            continue;
        }
        if check::crc(&bytes[start..start + size]) == crc {
            let unpacked = if layout == Layout::Large { u32::from(u16_at(bytes, at + 18).unwrap_or(0)) } else { size as u32 };
            blocks.add(source, id, BlockRef { place, size: size as u32, unpacked });
        }
    }
}

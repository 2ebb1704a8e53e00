//! Archives that were cut into several files: put together where all pieces are attached to one message or stand in one archive.

use super::leaf::{Leaf, Outcome};
use super::{Walk, hex};
use crate::file;
use xxhash_rust::xxh3::xxh3_128;

/// Bytes of pieces that wait for their neighbours.
const WAITING: usize = 256 << 20;

/// A piece that waits.
pub(super) struct Piece {
    set: String,
    number: u32,
    index: u32,
    place: String,
    name: Option<String>,
    bytes: Vec<u8>,
}

/// The set that a file belongs to by its name, and its number in it: `a.part2.rar`, `a.rar` and `a.r00`, `a.7z.001`, `a.001`.
fn piece_of(name: &str) -> Option<(String, u32)> {
    let lower = name.to_lowercase();
    let (stem, ending) = lower.rsplit_once('.')?;
    if ending == "rar" {
        return match stem.rsplit_once(".part").map(|(stem, number)| (stem, number.parse())) {
            Some((stem, Ok(number))) => Some((format!("{stem}.rar"), number)),
            _ => Some((lower.clone(), 0)),
        };
    }
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?;
    match ending.strip_prefix('r').filter(|n| n.len() == 2).and_then(digits) {
        Some(number) => Some((format!("{stem}.rar"), 1_u32.saturating_add(number))),
        None if ending.len() == 3 => Some((stem.to_owned(), digits(ending)?)),
        None => None,
    }
}

impl Walk<'_> {
    /// Keeps a piece until its container was walked; gives the leaf back where it is none.
    pub(super) fn piece<'m>(&mut self, leaf: Leaf<'m>, bytes: &[u8]) -> Option<Leaf<'m>> {
        let waiting: usize = self.pieces.iter().map(|p| p.bytes.len()).sum();
        match leaf.name.as_deref().and_then(piece_of) {
            Some((set, number)) if waiting.saturating_add(bytes.len()) <= WAITING => {
                self.pieces.push(Piece { set, number, index: leaf.index, place: leaf.place, name: leaf.name, bytes: bytes.to_vec() });
                None
            }
            _ => Some(leaf),
        }
    }

    /// Opens what the pieces make that were kept since there were `from` of them.
    pub(super) fn put_together(&mut self, from: usize, depth: u32) {
        let mut pieces = self.pieces.split_off(from.min(self.pieces.len()));
        pieces.sort_by(|a, b| (&a.set, a.number).cmp(&(&b.set, b.number)));
        for set in pieces.chunk_by(|a, b| a.set == b.set) {
            self.set(set, depth);
        }
    }

    /// The set stands at the place of its first piece.
    fn set(&mut self, set: &[Piece], depth: u32) {
        let [first, others @ ..] = set else { return };
        for piece in others {
            let leaf = Leaf { name: piece.name.clone(), ..Leaf::of_file(piece.index, piece.place.clone(), &piece.bytes) };
            self.finish(leaf, Outcome::Container("application/octet-stream"), hex(xxh3_128(&piece.bytes)));
        }
        let bytes: Vec<&[u8]> = set.iter().map(|p| p.bytes.as_slice()).collect();
        let is_rar = first.bytes.starts_with(b"Rar!");
        let whole = if is_rar { first.bytes.clone() } else { bytes.concat() };
        let name = first.name.clone();
        let leaf = Leaf { name, ..Leaf::of_file(first.index, first.place.clone(), &whole) };
        let content = hex(xxh3_128(&whole));
        if is_rar && !others.is_empty() {
            let contents = file::open_volumes(&bytes, self.tools, &mut self.budget);
            return self.contents(leaf, contents, depth, content);
        }
        self.opened(leaf, &whole, depth, content);
    }
}

#[cfg(test)]
mod tests {
    use super::piece_of;

    #[test]
    fn pieces_are_told_by_their_names() {
        let of = |name| piece_of(name).map(|(set, number)| format!("{set} {number}"));
        assert_eq!(of("Plan.part02.rar").as_deref(), Some("plan.rar 2"));
        assert_eq!(of("plan.rar").as_deref(), Some("plan.rar 0"));
        assert_eq!(of("plan.r00").as_deref(), Some("plan.rar 1"));
        assert_eq!(of("plan.7z.003").as_deref(), Some("plan.7z 3"));
        assert_eq!((of("plan.zip"), of("plan.rtf"), of("plan")), (None, None, None));
    }
}

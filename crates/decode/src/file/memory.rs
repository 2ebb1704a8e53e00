//! What files held that were opened before: what goes round in many mails is unpacked once by each worker.
//!
//! Only what was read without loss and without a key is kept, and only where the limits of a message leave room for the same again:
//! so what comes out does not depend on what was read before.

use super::{Budget, Contents};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use xxhash_rust::xxh3::Xxh3;

/// Bytes of a file that is opened faster than it is looked up.
const SMALLEST: usize = 4096;
/// Bytes of contents that are kept.
const MOST: usize = 32 << 20;

/// Contents of files, by what the files are. One per worker.
#[derive(Default)]
pub struct Memory {
    kept: RefCell<HashMap<u128, Rc<Opened>>>,
    bytes: Cell<usize>,
    reused: Cell<u64>,
}

/// What a file held, and what its unpacking took from the budget.
struct Opened {
    contents: Contents,
    spent: Budget,
}

impl Memory {
    /// How many files did not have to be opened again.
    pub fn reused(&self) -> u64 {
        self.reused.get()
    }

    /// What the file holds, opened only if it was not before.
    pub(super) fn open(
        &self,
        bytes: &[u8],
        name: Option<&str>,
        budget: &mut Budget,
        open: impl FnOnce(&mut Budget) -> Option<Contents>,
    ) -> Option<Contents> {
        if bytes.len() < SMALLEST {
            return open(budget);
        }
        let hash = hash(bytes, name);
        let known = self.kept.borrow().get(&hash).cloned();
        if let Some(known) = known.filter(|k| budget.covers(&k.spent)) {
            budget.take(&known.spent);
            self.reused.set(self.reused.get() + 1);
            return Some(known.contents.clone());
        }
        let before = budget.clone();
        let contents = open(budget)?;
        self.keep(hash, &contents, before.less(budget));
        Some(contents)
    }

    fn keep(&self, hash: u128, contents: &Contents, spent: Budget) {
        let Some(size) = size(contents).filter(|s| *s <= MOST / 4) else { return };
        let mut kept = self.kept.borrow_mut();
        if self.bytes.get() + size > MOST {
            kept.clear();
            self.bytes.set(0);
        }
        self.bytes.set(self.bytes.get() + size);
        kept.insert(hash, Rc::new(Opened { contents: contents.clone(), spent }));
    }
}

/// A file may be read by its name where its bytes do not tell.
fn hash(bytes: &[u8], name: Option<&str>) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(name.unwrap_or_default().as_bytes());
    hash.update(&[0]);
    hash.update(bytes);
    hash.digest128()
}

/// Bytes of what is worth keeping; none where something was lost, locked, or read from pixels, which are remembered elsewhere.
fn size(contents: &Contents) -> Option<usize> {
    if !contents.losses.is_empty() || contents.opened_by.is_some() || contents.guesses.is_some() {
        return None;
    }
    let mut size: usize = contents.passages.iter().map(|p| p.body.len() + p.own.len()).sum();
    for member in &contents.members {
        let whole = member.lost.is_none() && member.opened_by.is_none();
        size += member.content.as_ref().ok().filter(|_| whole)?.len() + member.name.len();
    }
    Some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::file::{Loss, Passage};
    use aftermail_model::Reason;

    fn opened(memory: &Memory, bytes: &[u8], budget: &mut Budget, contents: impl Fn() -> Contents) -> (usize, bool) {
        let mut afresh = false;
        let found = memory.open(bytes, None, budget, |budget| {
            afresh = true;
            let unpacked = budget.unpack(1, Some(10), [0; 10].as_slice());
            assert_eq!(unpacked.bytes.len(), 10);
            Some(contents())
        });
        (found.expect("contents").passages.len(), afresh)
    }

    fn one() -> Contents {
        Contents { passages: vec![Passage::visible("words".into())], ..Contents::default() }
    }

    #[test]
    fn the_same_bytes_are_opened_once_and_cost_the_message_the_same() {
        let (memory, file) = (Memory::default(), vec![7; SMALLEST]);
        let mut budget = Budget::new(&Limits::default());
        let before = budget.room();
        assert_eq!(opened(&memory, &file, &mut budget, one), (1, true));
        assert_eq!(opened(&memory, &file, &mut budget, one), (1, false));
        assert_eq!((before - budget.room(), memory.reused()), (20, 1));
        assert_eq!(opened(&memory, &file[1..], &mut budget, one), (1, true), "smaller than what is looked up");
    }

    #[test]
    fn a_limit_bites_as_if_nothing_were_known() {
        let (memory, file) = (Memory::default(), vec![7; SMALLEST]);
        let mut budget = Budget::new(&Limits::default());
        opened(&memory, &file, &mut budget, one);
        let mut poor = Budget::new(&Limits { text_bytes: 10, ..Limits::default() });
        assert_eq!(opened(&memory, &file, &mut poor, one), (1, false));
        let mut none = Budget::new(&Limits { text_bytes: 9, ..Limits::default() });
        let mut afresh = false;
        memory.open(&file, None, &mut none, |_| {
            afresh = true;
            Some(one())
        });
        assert!(afresh);
    }

    #[test]
    fn what_fell_short_is_opened_again() {
        let (memory, file) = (Memory::default(), vec![7; SMALLEST]);
        let mut budget = Budget::new(&Limits::default());
        let short = || Contents { losses: vec![Loss::new(Reason::Encrypted, "It is locked.", 1)], ..one() };
        assert_eq!(opened(&memory, &file, &mut budget, short), (1, true));
        assert_eq!(opened(&memory, &file, &mut budget, one), (1, true));
    }
}

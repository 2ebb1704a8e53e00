//! Several messages read together: what only a thread says, and what is locked in one message and opened by a password in
//! another.

use super::find::{Read, crashed};
use super::keys::Lent;
use super::read::Reading;
use crate::tables::records::Record;
use crate::wire::WirePiece;
use aftermail_detect::Hit;
use aftermail_detect::thread::{self, Told};
use aftermail_model::{Locator, RevealPermit, Sensitive, Stage, Text};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Reading<'_> {
    /// Reads `pieces`, one message each and in time order, and joins them. `sources` are other messages whose secrets are
    /// tried on what is locked, and `given` are passwords that a person knows.
    pub(crate) fn together(&mut self, pieces: &[WirePiece], sources: &[WirePiece], given: &[Sensitive<String>]) -> io::Result<()> {
        let mut reads = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            reads.extend(self.gather(index, piece)?.into_iter().map(|read| (index, read)));
        }
        if reads.iter().any(|(_, read)| read.is_locked()) {
            let mut others = Vec::new();
            for (index, piece) in sources.iter().enumerate() {
                others.extend(self.gather(pieces.len() + index, piece)?);
            }
            self.unlock(&mut reads, pieces, &others, given)?;
            self.tie_keys(&mut reads, &mut others);
        }
        let reads = reads.into_iter().map(|(_, read)| read).collect();
        self.join(reads)?;
        self.flush((u32::try_from(pieces.len()).unwrap_or(u32::MAX), 0))
    }

    /// Reads what is locked again, with what a person gave and what the other messages tell, the nearest first.
    fn unlock(
        &mut self,
        reads: &mut [(usize, Read)],
        pieces: &[WirePiece],
        others: &[Read],
        given: &[Sensitive<String>],
    ) -> io::Result<()> {
        for at in (0..reads.len()).filter(|at| reads[*at].1.is_locked()).collect::<Vec<_>>() {
            let mut near: Vec<usize> = (0..reads.len()).filter(|other| *other != at).collect();
            near.sort_by_key(|other| other.abs_diff(at));
            let near: Vec<&Read> = near.into_iter().map(|other| &reads[other].1).chain(others).collect();
            let lent = self.lent(&near, given);
            if lent.passwords.is_empty() && lent.guesses.is_empty() {
                continue;
            }
            let (index, wanted) = (reads[at].0, &reads[at].1.told.message.at);
            self.finder.lent = lent;
            let again = self.gather(index, &pieces[index]);
            self.finder.lent = Lent::default();
            if let Some(read) = again?.into_iter().find(|r| r.told.message.at == *wanted) {
                reads[at].1 = read;
            }
        }
        Ok(())
    }

    /// What these messages lend to open another, the likeliest first.
    fn lent(&self, near: &[&Read], given: &[Sensitive<String>]) -> Lent {
        let mut lent = Lent { passwords: given.to_vec(), ..Lent::default() };
        for read in near {
            lent.passwords.extend(read.values().cloned().chain(self.finder.unsure(read)));
            lent.bases.extend(read.values().cloned());
            lent.guesses.extend(self.finder.guesses(read));
        }
        lent
    }

    /// Tells the secrets of a thread which of its files they opened; of a key in another message, which is not read again here, the
    /// locked message tells.
    fn tie_keys(&self, reads: &mut [(usize, Read)], others: &mut [Read]) {
        let opened = |(at, (_, read)): (usize, &(usize, Read))| {
            read.keys.iter().map(|(place, key)| (at, place.clone(), key.clone())).collect::<Vec<_>>()
        };
        for (at, place, key) in reads.iter().enumerate().flat_map(opened).collect::<Vec<_>>() {
            let mut stands = false;
            for (_, read) in reads.iter_mut() {
                stands |= self.finder.prove(read, &key, &place);
            }
            if !stands {
                let stray = others.iter_mut().find_map(|read| self.stray(read, &key, &place));
                reads[at].1.strays.extend(stray.flatten());
            }
        }
    }

    /// What a key proves of the other message in which it stands; nothing where that message is known to hold it.
    fn stray(&self, read: &mut Read, key: &Sensitive<String>, place: &str) -> Option<Option<(Locator, Text, Hit)>> {
        let known = read.told.hits.len();
        if !self.finder.prove(read, key, place) {
            return None;
        }
        let new = read.told.hits.len() > known;
        let hit = read.told.hits.last().filter(|_| new);
        Some(hit.map(|(text, hit)| (read.told.message.at.clone(), read.told.texts[*text].clone(), hit.clone())))
    }

    fn join(&mut self, reads: Vec<Read>) -> io::Result<()> {
        let Some(first) = reads.first().map(|read| read.told.message.at.clone()) else { return Ok(()) };
        let mut rests = Vec::with_capacity(reads.len());
        let mut thread: Vec<Told> = Vec::with_capacity(reads.len());
        for Read { told, parts, gaps, strays, personal, keys: _ } in reads {
            thread.push(told);
            rests.push((parts, gaps, strays, personal));
        }
        let packs = &self.finder.packs;
        let joined =
            self.out.during((0, first.offset), first.length, || catch_unwind(AssertUnwindSafe(|| thread::join(&mut thread, packs))));
        if joined.is_err() {
            // What the first pass found in each of them stays.
            let gaps = vec![crashed(&first, "", Stage::Detect, 0)];
            return self.keep(Record { gaps, ..Record::default() }, (0, 0));
        }
        let permit = RevealPermit::recorded();
        let values: Vec<String> = thread.iter().flat_map(|t| &t.hits).map(|(_, hit)| hit.value.reveal(&permit).clone()).collect();
        for (told, (parts, gaps, strays, personal)) in thread.into_iter().zip(rests) {
            let found = self.finder.finish(Read { told, parts, gaps, strays, personal, keys: Vec::new() }, &values);
            self.add(found, (0, 0))?;
        }
        Ok(())
    }
}

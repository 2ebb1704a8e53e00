//! Several messages read together: what only a thread says, and what is locked in one message and opened by a password in
//! another.

use super::find::{Read, crashed};
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
            let mut lent = Vec::new();
            for (index, piece) in sources.iter().enumerate() {
                lent.extend(self.gather(pieces.len() + index, piece)?);
            }
            let mut others = given.to_vec();
            for read in &lent {
                others.extend(read.values().cloned().chain(self.finder.unsure(read)));
            }
            self.unlock(&mut reads, pieces, &others)?;
            self.tie_keys(&mut reads, &mut lent);
        }
        let reads = reads.into_iter().map(|(_, read)| read).collect();
        self.join(reads)?;
        self.flush((u32::try_from(pieces.len()).unwrap_or(u32::MAX), 0))
    }

    /// Reads what is locked again, with the secrets of the other messages, the nearest first.
    fn unlock(&mut self, reads: &mut [(usize, Read)], pieces: &[WirePiece], others: &[Sensitive<String>]) -> io::Result<()> {
        for at in (0..reads.len()).filter(|at| reads[*at].1.is_locked()).collect::<Vec<_>>() {
            let mut near: Vec<usize> = (0..reads.len()).filter(|other| *other != at).collect();
            near.sort_by_key(|other| other.abs_diff(at));
            let sure = near.iter().flat_map(|other| reads[*other].1.values().cloned());
            let unsure = near.iter().flat_map(|other| self.finder.unsure(&reads[*other].1));
            self.finder.passwords = sure.chain(unsure).chain(others.iter().cloned()).collect();
            if self.finder.passwords.is_empty() {
                continue;
            }
            let (index, wanted) = (reads[at].0, &reads[at].1.told.message.at);
            let again = self.gather(index, &pieces[index])?;
            self.finder.passwords.clear();
            if let Some(read) = again.into_iter().find(|r| r.told.message.at == *wanted) {
                reads[at].1 = read;
            }
        }
        Ok(())
    }

    /// Tells the secrets of a thread which of its files they opened; of a key in another message, which is not read again here, the
    /// locked message tells.
    fn tie_keys(&self, reads: &mut [(usize, Read)], lent: &mut [Read]) {
        let opened = |(at, (_, read)): (usize, &(usize, Read))| {
            let keys = read.parts.iter().filter_map(|p| Some((p.opened_by.clone()?, p.path.clone())));
            keys.map(|(finding, place)| (at, finding, place)).collect::<Vec<_>>()
        };
        for (at, finding, place) in reads.iter().enumerate().flat_map(opened).collect::<Vec<_>>() {
            let mut stands = false;
            for (_, read) in reads.iter_mut() {
                stands |= self.finder.prove(read, &finding, &place);
            }
            if !stands {
                let stray = lent.iter_mut().find_map(|read| self.stray(read, &finding, &place));
                reads[at].1.strays.extend(stray.flatten());
            }
        }
    }

    /// What a key proves of the other message in which it stands; nothing where that message is known to hold it.
    fn stray(&self, read: &mut Read, finding: &str, place: &str) -> Option<Option<(Locator, Text, Hit)>> {
        let known = read.told.hits.len();
        if !self.finder.prove(read, finding, place) {
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
        for Read { told, parts, gaps, strays, personal } in reads {
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
            let found = self.finder.finish(Read { told, parts, gaps, strays, personal }, &values);
            self.add(found, (0, 0))?;
        }
        Ok(())
    }
}

//! Several messages read together: what only a thread says, and what is locked in one message and opened by a password in
//! another.

use super::find::{Read, crashed};
use super::read::Reading;
use crate::tables::records::Record;
use crate::wire::WirePiece;
use aftermail_detect::thread::{self, Told};
use aftermail_model::{RevealPermit, Sensitive, Stage};
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
            let mut others = given.to_vec();
            for (index, piece) in sources.iter().enumerate() {
                let lent = self.gather(pieces.len() + index, piece)?;
                others.extend(lent.iter().flat_map(Read::values).cloned());
            }
            self.unlock(&mut reads, pieces, &others)?;
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
            let in_thread = near.into_iter().flat_map(|other| reads[other].1.values());
            self.finder.passwords = in_thread.chain(others).cloned().collect();
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
        self.tie_keys(reads);
        Ok(())
    }

    /// Tells the secrets of a thread which of its files they opened.
    fn tie_keys(&self, reads: &mut [(usize, Read)]) {
        let opened = reads.iter().flat_map(|(_, read)| &read.parts).filter_map(|p| Some((p.opened_by.clone()?, p.path.clone())));
        for (finding, place) in opened.collect::<Vec<_>>() {
            for (_, hit) in reads.iter_mut().flat_map(|(_, read)| &mut read.told.hits) {
                if self.finder.names(&hit.value) == finding && hit.system.as_deref() != Some(place.as_str()) {
                    hit.system = Some(place.clone());
                    hit.because.push(format!("it opened {place}"));
                }
            }
        }
    }

    fn join(&mut self, reads: Vec<Read>) -> io::Result<()> {
        let Some(first) = reads.first().map(|read| read.told.message.at.clone()) else { return Ok(()) };
        let mut rests = Vec::with_capacity(reads.len());
        let mut thread: Vec<Told> = Vec::with_capacity(reads.len());
        for Read { told, parts, gaps } in reads {
            thread.push(told);
            rests.push((parts, gaps));
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
        for (told, (parts, gaps)) in thread.into_iter().zip(rests) {
            let found = self.finder.finish(Read { told, parts, gaps }, &values);
            self.add(found, (0, 0))?;
        }
        Ok(())
    }
}

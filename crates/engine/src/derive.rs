//! Brings the tables of a case up to date.
//!
//! Every unit that was read is a file of its own under `derived/units`, whole or not there: what a killed run has done
//! stays done. The tables are then written from the units, in the order of the evidence, each table at once.

use crate::opened::Opened;
use crate::owners;
use crate::queue::Queue;
use crate::scan::{Run, Tally};
use crate::tables::files::{self, NAMES, Stamp, TableWriter, disk};
use crate::tables::records::Flat;
use crate::tables::{findings, gaps, links, messages, occurrences, parts, records};
use crate::together::{self, Notes};
use crate::units::{self, Unit};
use crate::{Cancel, EngineError, EvidenceFile, Options, Progress, Totals};
use aftermail_assess::Ledger;
use aftermail_model::{Occurrence, Reason, Timestamp};
use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::ipc::CompressionType;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use xxhash_rust::xxh3::Xxh3;

/// The folder of the units, and what names of units depend on.
struct Units<'a> {
    folder: PathBuf,
    files: &'a [EvidenceFile],
    version: String,
}

impl Units<'_> {
    fn name(&self, unit: &Unit) -> String {
        format!("{}.arrow", unit.id(self.files, &self.version))
    }

    /// Name of a unit of which something could not be opened: good for the tables of this run, tried again by the next.
    fn again_name(&self, unit: &Unit) -> String {
        format!("{}.again", unit.id(self.files, &self.version))
    }

    /// Where the records of a unit are, if they are there.
    fn path(&self, unit: &Unit) -> Option<PathBuf> {
        [self.name(unit), self.again_name(unit)].into_iter().map(|name| self.folder.join(name)).find(|path| path.exists())
    }

    /// Name of the file that says how a large file is cut.
    fn cut_name(&self, file: usize) -> String {
        format!("{}.cut", Unit::whole(file, self.files[file].size).id(self.files, &self.version))
    }

    /// Opens the folder, without what a killed run left half written.
    fn open<'a>(derived: &Path, files: &'a [EvidenceFile], options: &Options) -> Result<Units<'a>, EngineError> {
        let folder = derived.join("units");
        fs::create_dir_all(&folder).map_err(|e| disk(&folder, e))?;
        for place in [derived, &folder] {
            for name in names(place)?.into_iter().filter(|n| n.ends_with(".tmp")) {
                let _ = fs::remove_file(place.join(name));
            }
        }
        Ok(Units { folder, files, version: units::version(options) })
    }

    /// How large files were cut before.
    fn known(&self) -> Vec<Unit> {
        let large = self.files.iter().enumerate().filter(|(_, f)| units::large(f)).map(|(i, _)| i);
        large.filter_map(|file| Some((file, fs::read_to_string(self.folder.join(self.cut_name(file))).ok()?))).flat_map(read_cut).collect()
    }

    /// Keeps how large files are cut, once all are.
    fn keep_cuts(&self, plan: &[(u64, Unit)]) -> Result<(), EngineError> {
        for file in (0..self.files.len()).filter(|i| units::large(&self.files[*i])) {
            let path = self.folder.join(self.cut_name(file));
            let again = |u: &Unit| u.pieces.iter().any(|p| p.file == file) && self.folder.join(self.again_name(u)).exists();
            if !path.exists() && !plan.iter().any(|(_, unit)| again(unit)) {
                let of_file = plan.iter().flat_map(|(_, u)| &u.pieces).filter(|p| p.file == file);
                let lines: String = of_file.map(|p| format!("{} {} {} {}\n", p.offset, p.length, p.extent as u8, p.bytes)).collect();
                write_whole(&path, |f| std::io::Write::write_all(f, lines.as_bytes()))?;
            }
        }
        Ok(())
    }

    fn save(&self, unit: &Unit, batch: &RecordBatch) -> Result<(), EngineError> {
        let opened = !gaps::from_batch(&records::flatten(batch)?.gaps.0)?.iter().any(|g| g.reason == Reason::Unreadable);
        let name = if opened { self.name(unit) } else { self.again_name(unit) };
        write_whole(&self.folder.join(name), |file| {
            let options =
                IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME)).map_err(std::io::Error::other)?;
            let mut writer =
                FileWriter::try_new_with_options(BufWriter::new(file), &batch.schema(), options).map_err(std::io::Error::other)?;
            writer.write(batch).and_then(|()| writer.finish()).map_err(std::io::Error::other)
        })
    }

    fn load(&self, unit: &Unit) -> Result<Vec<RecordBatch>, EngineError> {
        let path = self.path(unit).unwrap_or_default();
        let read = || FileReader::try_new(File::open(&path)?, None)?.collect::<Result<Vec<_>, _>>();
        read().map_err(|e| {
            // Whatever happened to it, the next run reads the evidence again.
            let _ = fs::remove_file(&path);
            EngineError::Environment(format!("{}: {e}; run again to read that piece of evidence once more", path.display()))
        })
    }

    /// Removes what no table is made of any more.
    fn sweep(&self, plan: &[(u64, Unit)], seconds: &[Unit]) -> Result<(), EngineError> {
        let path_of = |unit: &Unit| self.path(unit)?.file_name()?.to_str().map(str::to_owned);
        let mut kept: HashSet<String> = plan.iter().map(|(_, unit)| unit).chain(seconds).filter_map(path_of).collect();
        kept.extend((0..self.files.len()).filter(|i| units::large(&self.files[*i])).map(|i| self.cut_name(i)));
        for name in names(&self.folder)?.into_iter().filter(|n| !kept.contains(n)) {
            let _ = fs::remove_file(self.folder.join(name));
        }
        Ok(())
    }
}

fn read_cut((file, lines): (usize, String)) -> Vec<Unit> {
    let unit = |line: &str| {
        let mut words = line.split(' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let (offset, length, extent, bytes) = (number()?, number()?, number()?, number()?);
        Some(match extent {
            0 => Unit::whole(file, length),
            1 => Unit::range(file, offset, length),
            _ => Unit::items(file, offset, length, bytes),
        })
    };
    lines.lines().filter_map(unit).collect()
}

fn names(folder: &Path) -> Result<Vec<String>, EngineError> {
    let entries = fs::read_dir(folder).map_err(|e| disk(folder, e))?;
    Ok(entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect())
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), EngineError> {
    let temporary = path.with_extension("tmp");
    let put = || {
        let mut file = File::create(&temporary)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    put().map_err(|e| disk(path, e))
}

/// See [`crate::derive`].
pub(crate) fn derive(
    derived: &Path,
    files: &[EvidenceFile],
    options: &Options,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Totals, EngineError> {
    if options.reveal {
        return Err(EngineError::Bug("values do not go to tables".into()));
    }
    let files = &owners::assign(files, options)?;
    let units = Units::open(derived, files, options)?;
    let present: HashSet<String> = names(&units.folder)?.into_iter().collect();
    let wanted = {
        let units = Units { folder: units.folder.clone(), files, version: units.version.clone() };
        let (owned, version) = (units.files.to_vec(), units.version);
        move |unit: &Unit| !present.contains(&format!("{}.arrow", unit.id(&owned, &version)))
    };
    let run = Run::new(files, options, cancel, Queue::new(files, units.known(), Box::new(wanted), cancel.clone()))?;
    let state = RefCell::new((Tally::default(), Progress { bytes_total: files.iter().map(|f| f.size).sum(), ..Progress::default() }));
    let given = !options.passwords.is_empty();
    if !given && run.shared.queue.is_empty() && up_to_date(derived, &units, &run.shared.queue, options)? {
        return crate::tables::totals(derived);
    }
    state.borrow_mut().1.bytes = run.shared.queue.passed_over();
    run.run(
        &mut |number, batch| {
            let Some(unit) = run.shared.queue.unit(number) else { return Err(EngineError::Bug("an unknown unit came back".into())) };
            units.save(&unit, &batch)?;
            let (tally, seen) = &mut *state.borrow_mut();
            count(&batch, tally)?;
            seen.bytes = run.shared.queue.passed_over() + tally.totals.bytes + unit.bytes();
            tally.totals.bytes += unit.bytes();
            (seen.messages, seen.occurrences, seen.gaps) = (tally.totals.messages, tally.totals.occurrences, tally.gap_count());
            Ok(())
        },
        &mut || {
            let seen = state.borrow().1;
            progress(seen);
        },
    )?;
    let seen = state.into_inner().1;
    let (plan, whole) = run.shared.queue.plan_so_far();
    let seconds = second_pass(&units, &plan, options, cancel, &mut || progress(seen))?;
    progress(seen);
    let mut totals = assemble(derived, &units, plan, whole, &seconds, options)?;
    totals.repeated_parts = run.shared.repeated.load(Ordering::Relaxed);
    totals.interrupted |= cancel.stopped();
    Ok(totals)
}

/// Reads together what the first pass says belongs together, and names the units of that. What was read before is not read
/// again, unless there are new passwords for it.
fn second_pass(
    units: &Units,
    plan: &[(u64, Unit)],
    options: &Options,
    cancel: &Cancel,
    tick: &mut dyn FnMut(),
) -> Result<Vec<Unit>, EngineError> {
    let mut notes = Notes::default();
    for (_, unit) in plan.iter().filter(|(_, unit)| units.path(unit).is_some()) {
        for batch in units.load(unit)? {
            notes.add(&records::flatten(&batch)?)?;
        }
    }
    let given = !options.passwords.is_empty();
    let needed = together::plan(&notes, units.files, given);
    // What a password of a former run opened stays open.
    let mut seconds = together::plan(&notes, units.files, true);
    seconds.retain(|unit| needed.contains(unit) || units.path(unit).is_some());
    let mut todo: Vec<Unit> = Vec::new();
    for unit in &seconds {
        if units.path(unit).is_none() || given && is_locked(units, unit)? {
            todo.push(unit.clone());
        }
    }
    if !todo.is_empty() && !cancel.stopped() {
        let run = Run::new(units.files, options, cancel, Queue::of(todo.clone(), cancel.clone()))?;
        let mut save = |number: u64, batch: RecordBatch| match run.shared.queue.unit(number) {
            Some(unit) => units.save(&unit, &batch),
            None => Err(EngineError::Bug("an unknown unit came back".into())),
        };
        run.run(&mut save, tick)?;
    }
    Ok(seconds)
}

/// Whether something in a unit that was read still needs a password.
fn is_locked(units: &Units, unit: &Unit) -> Result<bool, EngineError> {
    for batch in units.load(unit)? {
        let gaps = gaps::from_batch(&records::flatten(&batch)?.gaps.0)?;
        if gaps.iter().any(|g| g.reason == Reason::Encrypted) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// For the progress only: rows, without reading them.
fn count(batch: &RecordBatch, tally: &mut Tally) -> Result<(), EngineError> {
    let flat = records::flatten(batch)?;
    tally.totals.messages += flat.present.iter().filter(|p| **p).count() as u64;
    tally.totals.occurrences += flat.occurrences.0.num_rows() as u64;
    gaps::from_batch(&flat.gaps.0)?.iter().for_each(|g| tally.gap(g));
    Ok(())
}

fn stamp(units: &Units, plan: &[(u64, Unit)], complete: bool, options: &Options) -> Stamp {
    let mut hash = Xxh3::new();
    hash.update(format!("{:?} {:?}", options.directory, options.ignores).as_bytes());
    plan.iter().for_each(|(_, unit)| hash.update(units.name(unit).as_bytes()));
    Stamp {
        plan: format!("{:032x}", hash.digest128()),
        files: units.files.len() as u64,
        bytes: plan.iter().map(|(_, u)| u.bytes()).sum(),
        complete,
    }
}

fn up_to_date(derived: &Path, units: &Units, queue: &Queue, options: &Options) -> Result<bool, EngineError> {
    let (plan, whole) = queue.plan_so_far();
    let stamp = stamp(units, &plan, whole, options);
    Ok(NAMES.iter().all(|name| matches!(files::stamp(derived, name), Ok(Some(old)) if old == stamp)))
}

/// The tables being written.
struct Tables {
    messages: TableWriter,
    parts: TableWriter,
    occurrences: TableWriter,
    personal: TableWriter,
    gaps: TableWriter,
    ledger: Ledger,
    tally: Tally,
    strays: Strays,
    opened: Opened,
}

/// Occurrences that another message than their own tells of: it holds a lock that the value opened.
#[derive(Default)]
struct Strays {
    /// Their messages, and when and by whom these were sent.
    sent: HashMap<(String, u64), (Option<Timestamp>, Option<String>)>,
    /// Those that came, each once.
    came: Vec<Occurrence>,
}

impl Strays {
    /// Notes of whom the records of a batch tell.
    fn expect(&mut self, places: &[(String, u64)], flat: &Flat) -> Result<(), EngineError> {
        let found = occurrences::from_batch(&flat.occurrences.0)?;
        for (place, range) in places.iter().zip(&flat.occurrences.1) {
            let strays = found[range.clone()].iter().filter(|o| place_of(o) != *place);
            self.sent.extend(strays.map(|o| (place_of(o), (None, None))));
        }
        Ok(())
    }

    /// Whether an occurrence of this record stays in the table.
    fn take(&mut self, occurrence: &Occurrence, place: &(String, u64)) -> bool {
        let same = |o: &Occurrence| place_of(o) == place_of(occurrence) && o.finding == occurrence.finding;
        if place_of(occurrence) == *place {
            return true;
        }
        let new = !self.came.iter().any(same);
        if new {
            self.came.push(occurrence.clone());
        }
        new
    }
}

fn place_of(occurrence: &Occurrence) -> (String, u64) {
    (occurrence.at.evidence.clone(), occurrence.at.offset)
}

impl Tables {
    fn new(derived: &Path, stamp: &Stamp, strays: Strays, opened: Opened, options: &Options) -> Result<Tables, EngineError> {
        Ok(Tables {
            strays,
            opened,
            messages: TableWriter::new(derived, "messages", messages::schema(), stamp)?,
            parts: TableWriter::new(derived, "parts", parts::schema(), stamp)?,
            occurrences: TableWriter::new(derived, "occurrences", occurrences::schema(), stamp)?,
            personal: TableWriter::new(derived, "personal", occurrences::schema(), stamp)?,
            gaps: TableWriter::new(derived, "gaps", gaps::schema(), stamp)?,
            ledger: Ledger::new(options.directory.clone(), options.ignores.clone()),
            tally: Tally::default(),
        })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        let flat = records::flatten(batch)?;
        let (sent, from) = (messages::sent(&flat.messages)?, messages::senders(&flat.messages)?);
        let mut found = occurrences::from_batch(&flat.occurrences.0)?;
        let changed = found.iter_mut().map(|o| self.opened.tell(o)).fold(false, |any, told| any | told);
        let told = if changed { occurrences::to_batch(&found)? } else { flat.occurrences.0 };
        let places = messages::places(&flat.messages)?;
        let (mut stays, mut people) = (vec![true; found.len()], vec![false; found.len()]);
        for (row, range) in flat.occurrences.1.iter().enumerate() {
            self.strays.sent.entry(places[row].clone()).and_modify(|known| *known = (sent[row], from[row].clone()));
            for at in range.clone() {
                if found[at].kind.is_personal() {
                    (stays[at], people[at]) = (false, true);
                    self.tally.totals.personal += 1;
                    continue;
                }
                stays[at] = self.strays.take(&found[at], &places[row]);
                if place_of(&found[at]) == places[row] {
                    self.ledger.add(&found[at], sent[row], from[row].as_deref());
                    self.tally.finding(&found[at].finding);
                }
            }
        }
        gaps::from_batch(&flat.gaps.0)?.iter().for_each(|g| self.tally.gap(g));
        let present = BooleanArray::from(flat.present);
        let mail = filter_record_batch(&flat.messages, &present)?;
        messages::tally(&mail, &mut self.tally)?;
        self.tally.totals.parts += flat.parts.0.num_rows() as u64;
        self.messages.write(&mail)?;
        self.parts.write(&flat.parts.0)?;
        self.occurrences.write(&filter_record_batch(&told, &BooleanArray::from(stays))?)?;
        self.personal.write(&filter_record_batch(&told, &BooleanArray::from(people))?)?;
        self.gaps.write(&flat.gaps.0)
    }

    fn commit(mut self, derived: &Path, stamp: &Stamp) -> Result<Tally, EngineError> {
        for stray in std::mem::take(&mut self.strays.came) {
            let (sent, from) = self.strays.sent.get(&place_of(&stray)).cloned().unwrap_or_default();
            self.ledger.add(&stray, sent, from.as_deref());
            self.tally.finding(&stray.finding);
        }
        let (found, linked) = self.ledger.finish();
        let mut table = TableWriter::new(derived, "findings", findings::schema(), stamp)?;
        table.write(&findings::to_batch(&found)?)?;
        let mut other = TableWriter::new(derived, "links", links::schema(), stamp)?;
        other.write(&links::to_batch(&linked)?)?;
        for writer in [self.messages, self.parts, self.occurrences, self.personal, self.gaps, table, other] {
            writer.commit()?;
        }
        File::open(derived).and_then(|folder| folder.sync_all()).map_err(|e| disk(derived, e))?;
        Ok(self.tally)
    }
}

/// The rows of messages that were not read again.
fn without(batch: RecordBatch, replaced: &HashSet<(String, u64)>) -> Result<RecordBatch, EngineError> {
    if replaced.is_empty() {
        return Ok(batch);
    }
    let flat = records::flatten(&batch)?;
    let places = messages::places(&flat.messages)?;
    let stays: BooleanArray =
        places.iter().zip(&flat.present).map(|(place, present)| Some(!(*present && replaced.contains(place)))).collect();
    Ok(filter_record_batch(&batch, &stays)?)
}

/// Writes the tables from the units that were read: all of them, or so many as there are after an interruption. What was read
/// together takes the place of what was read alone.
fn assemble(
    derived: &Path,
    units: &Units,
    plan: Vec<(u64, Unit)>,
    whole: bool,
    seconds: &[Unit],
    options: &Options,
) -> Result<Totals, EngineError> {
    let (plan, missing): (Vec<_>, Vec<_>) = plan.into_iter().partition(|(_, unit)| units.path(unit).is_some());
    let complete = whole && missing.is_empty() && seconds.iter().all(|unit| units.path(unit).is_some());
    let stamp = stamp(units, &plan, complete, options);
    let (mut replaced, mut strays, mut opened) = (HashSet::new(), Strays::default(), Opened::default());
    for unit in seconds.iter().filter(|unit| units.path(unit).is_some()) {
        for batch in units.load(unit)? {
            let flat = records::flatten(&batch)?;
            let places = messages::places(&flat.messages)?;
            strays.expect(&places, &flat)?;
            opened.note(&parts::from_batch(&flat.parts.0)?);
            replaced.extend(places.into_iter().zip(&flat.present).filter(|(_, present)| **present).map(|(place, _)| place));
        }
    }
    let mut tables = Tables::new(derived, &stamp, strays, opened, options)?;
    for unit in seconds.iter().filter(|unit| units.path(unit).is_some()) {
        for batch in units.load(unit)? {
            tables.add(&batch)?;
        }
    }
    for (_, unit) in &plan {
        for batch in units.load(unit)? {
            tables.add(&without(batch, &replaced)?)?;
        }
    }
    let tally = tables.commit(derived, &stamp)?;
    if complete {
        units.keep_cuts(&plan)?;
        units.sweep(&plan, seconds)?;
    }
    let mut totals = tally.finish();
    (totals.files, totals.bytes, totals.interrupted) = (stamp.files, stamp.bytes, !complete);
    Ok(totals)
}

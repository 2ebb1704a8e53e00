//! Runs the scan as a DataFusion plan and hands its rows to a listener.

use crate::lane::{Shared, Worker};
use crate::opened::Opened;
use crate::owners;
use crate::queue::Queue;
use crate::source::EvidenceTable;
use crate::tables::{gaps, messages, occurrences, parts, records};
use crate::together::{self, Note, Notes, Quiet};
use crate::units::Unit;
use crate::wire::{Hello, WirePath};
use crate::{Cancel, EngineError, EvidenceFile, Item, Options, Progress, SandboxStatus, Totals};
use aftermail_model::{FindingId, Gap, Locator, Message, Occurrence, Reason, RevealPermit, Sensitive};
use datafusion::arrow::array::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// Files beyond this number are named to the jail by their folders: one rule each would be slow to set up.
const ROOTS: usize = 1024;
/// Time between two reports of progress.
const TICK: Duration = Duration::from_millis(100);
/// Time that the units under way have to end after the user asked to stop.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// The runtime of one call. Two threads: the work is done in other processes.
pub(crate) fn runtime() -> Result<Runtime, EngineError> {
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    built.map_err(|e| EngineError::Environment(format!("no threads can be started: {e}")))
}

pub(crate) fn program(options: &Options) -> Result<std::path::PathBuf, EngineError> {
    match &options.worker {
        Some(program) => Ok(program.clone()),
        None => std::env::current_exe().map_err(|e| EngineError::Environment(format!("this program cannot find itself: {e}"))),
    }
}

pub(crate) fn lanes(options: &Options) -> usize {
    match options.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    }
}

pub(crate) fn hello(files: &[EvidenceFile], options: &Options) -> Hello {
    let paths: BTreeSet<&Path> = if files.len() <= ROOTS {
        // Parts of Apple Mail's partial messages lie beside them.
        let beside = files.iter().filter(|f| f.path.to_string_lossy().ends_with(".partial.emlx")).filter_map(|f| f.path.parent());
        files.iter().map(|f| f.path.as_path()).chain(beside).collect()
    } else {
        files.iter().filter_map(|f| f.path.parent()).collect()
    };
    Hello {
        key: *options.key.bytes(),
        rules: options.rules.clone(),
        roots: paths.into_iter().map(|p| WirePath::from(if p.as_os_str().is_empty() { Path::new(".") } else { p })).collect(),
        models: options.models.as_deref().map(WirePath::from),
        sandbox: options.sandbox,
        reveal: options.reveal,
        personal: options.personal,
        memory: options.worker_memory,
        item_bytes: options.item_bytes,
        passwords: options.passwords.iter().map(|p| p.reveal(&RevealPermit::recorded()).clone()).collect(),
    }
}

/// Starts one worker to see what jail it gets.
pub(crate) fn sandbox_status(options: &Options) -> SandboxStatus {
    let seen =
        program(options).and_then(|program| runtime()?.block_on(async { Ok(Worker::start(&program, &hello(&[], options)).await?.status) }));
    seen.unwrap_or_else(|e| SandboxStatus::None(e.to_string()))
}

/// A scan that is set up.
pub(crate) struct Run {
    pub shared: Arc<Shared>,
    cancel: Cancel,
}

impl Run {
    pub(crate) fn new(files: &[EvidenceFile], options: &Options, cancel: &Cancel, queue: Queue) -> Result<Run, EngineError> {
        let shared = Shared {
            files: files.to_vec(),
            hello: hello(files, options),
            program: program(options)?,
            item_seconds: options.item_seconds.max(1),
            lanes: lanes(options),
            queue,
            values: Mutex::default(),
            repeated: AtomicU64::new(0),
        };
        Ok(Run { shared: Arc::new(shared), cancel: cancel.clone() })
    }

    /// Runs the plan. `unit` is called with every unit's records on this thread, `tick` ten times a second at most.
    pub(crate) fn run(
        &self,
        unit: &mut dyn FnMut(u64, RecordBatch) -> Result<(), EngineError>,
        tick: &mut dyn FnMut(),
    ) -> Result<(), EngineError> {
        let runtime = runtime()?;
        let done = runtime.block_on(async {
            let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(self.shared.lanes));
            let table = Arc::new(EvidenceTable(self.shared.clone()));
            let streams = context.read_table(table).map_err(said)?.execute_stream_partitioned().await.map_err(said)?;
            let (sender, batches) = mpsc::channel(2 * self.shared.lanes);
            for mut stream in streams {
                let sender = sender.clone();
                tokio::spawn(async move {
                    while let Some(batch) = stream.next().await {
                        if sender.send(batch).await.is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            self.listen(batches, unit, tick).await
        });
        runtime.shutdown_timeout(Duration::from_secs(1));
        done
    }

    async fn listen(
        &self,
        mut batches: mpsc::Receiver<Result<RecordBatch, DataFusionError>>,
        unit: &mut dyn FnMut(u64, RecordBatch) -> Result<(), EngineError>,
        tick: &mut dyn FnMut(),
    ) -> Result<(), EngineError> {
        let mut ticked = Instant::now();
        let mut stopped = None;
        loop {
            let next = tokio::time::timeout(TICK, batches.recv()).await;
            if self.cancel.stopped() && stopped.get_or_insert_with(Instant::now).elapsed() > LAST_WORDS {
                return Ok(());
            }
            match next {
                Ok(None) => return Ok(()),
                Ok(Some(batch)) => {
                    let batch = batch.map_err(said)?;
                    if let Some(number) = records::unit_of(&batch) {
                        unit(number, batch)?;
                    }
                }
                Err(_) => {}
            }
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                tick();
            }
        }
    }

    /// Values of a unit's occurrences, once.
    fn values(&self, number: u64) -> Vec<aftermail_model::Sensitive<String>> {
        self.shared.values.lock().unwrap_or_else(PoisonError::into_inner).remove(&number).unwrap_or_default()
    }
}

/// An error of our own comes back as it went in; one of DataFusion's is a bug of ours.
pub(crate) fn said(e: DataFusionError) -> EngineError {
    match e {
        DataFusionError::External(inner) => match inner.downcast::<EngineError>() {
            Ok(ours) => *ours,
            Err(other) => EngineError::Bug(other.to_string()),
        },
        DataFusionError::Context(_, inner) => said(*inner),
        other => EngineError::Bug(other.to_string()),
    }
}

/// Counts what goes by.
#[derive(Default)]
pub(crate) struct Tally {
    pub totals: Totals,
    findings: HashSet<FindingId>,
    gaps: HashMap<Reason, (u64, u64)>,
    /// [`Message::sameness`] of the messages seen.
    same: HashSet<u128>,
    /// Store by evidence.
    stores: BTreeMap<String, String>,
}

impl Tally {
    pub(crate) fn gap(&mut self, gap: &Gap) {
        let (count, bytes) = self.gaps.entry(gap.reason).or_default();
        *count += 1;
        *bytes += gap.bytes;
    }

    pub(crate) fn finding(&mut self, finding: &FindingId) {
        self.totals.occurrences += 1;
        if !self.findings.contains(finding) {
            self.findings.insert(finding.clone());
        }
    }

    pub(crate) fn message(&mut self, evidence: &str, sameness: &str, store: Option<&str>) {
        self.totals.messages += 1;
        let first = u128::from_str_radix(sameness, 16).map_or(true, |key| self.same.insert(key));
        self.totals.copies += u64::from(!first);
        if let Some(store) = store.filter(|_| !self.stores.contains_key(evidence)) {
            self.stores.insert(evidence.to_owned(), store.to_owned());
        }
    }

    fn item(&mut self, item: &Item) {
        for occurrence in &item.occurrences {
            match occurrence.kind.is_personal() {
                true => self.totals.personal += 1,
                false => self.finding(&occurrence.finding),
            }
        }
        item.gaps.iter().for_each(|g| self.gap(g));
        if item.is_message() {
            self.message(&item.message.at.evidence, &item.message.sameness, item.message.store.as_deref());
        }
        self.totals.parts += item.parts.len() as u64;
    }

    pub(crate) fn gap_count(&self) -> u64 {
        self.gaps.values().map(|(count, _)| count).sum()
    }

    pub(crate) fn finish(mut self) -> Totals {
        self.totals.findings = self.findings.len() as u64;
        let mut stores: BTreeMap<String, u64> = BTreeMap::new();
        self.stores.into_values().for_each(|store| *stores.entry(store).or_default() += 1);
        self.totals.stores = stores.into_iter().collect();
        self.totals.gaps = Reason::ALL.iter().filter_map(|r| self.gaps.get(r).map(|(count, bytes)| (*r, *count, *bytes))).collect();
        self.totals
    }
}

/// See [`crate::scan`].
pub(crate) fn scan(
    files: &[EvidenceFile],
    options: &Options,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
    item: &mut dyn FnMut(Item),
) -> Result<Totals, EngineError> {
    let files = &owners::assign(files, options)?;
    let bytes_total = files.iter().map(|f| f.size).sum();
    let state = RefCell::new((Tally::default(), Progress { bytes_total, ..Progress::default() }));
    let mut tick = || progress(state.borrow().1);
    let mut give = |it: Item| {
        let (tally, seen) = &mut *state.borrow_mut();
        tally.item(&it);
        (seen.messages, seen.occurrences, seen.gaps) = (tally.totals.messages, tally.totals.occurrences, tally.gap_count());
        item(it);
    };
    // What the second pass may change is held back until it has.
    let mut held: BTreeMap<Locator, (Note, Item)> = BTreeMap::new();
    let queue = Queue::new(files, Vec::new(), Box::new(|_| true), cancel.clone());
    let first = Run::new(files, options, cancel, queue)?;
    let mut quiet = Vec::new();
    let mut unit = |number, batch: RecordBatch| {
        items(&batch, first.values(number), &mut |it| match Note::of(&it.message, &it.gaps) {
            Some(note) => drop(held.insert(it.message.at.clone(), (note, it))),
            None => {
                quiet.push(Quiet::of(&it.message));
                give(it);
            }
        })?;
        state.borrow_mut().1.bytes += first.shared.queue.unit(number).map_or(0, |u| u.bytes());
        Ok(())
    };
    first.run(&mut unit, &mut tick)?;
    let notes = Notes { told: held.values().map(|(note, _)| note.clone()).collect(), quiet };
    let units = if cancel.stopped() { Vec::new() } else { together::plan(&notes, files, !options.passwords.is_empty()) };
    if !units.is_empty() {
        let second = Run::new(files, options, cancel, Queue::of(units, cancel.clone()))?;
        let (mut strays, mut done, mut read, mut opened) = (Vec::new(), BTreeMap::new(), Vec::new(), Opened::default());
        let mut unit = |number, batch: RecordBatch| {
            items(&batch, second.values(number), &mut |mut it| {
                strays.extend(split_off_strays(&mut it));
                opened.note(&it.parts);
                match held.remove(&it.message.at) {
                    Some((_, first)) => {
                        done.insert(it.message.at.clone(), first.message);
                        read.push(it);
                    }
                    // It was given already, with nothing found in it.
                    None => {
                        strays.extend(it.occurrences.into_iter().zip(it.values.into_iter().map(Some).chain(std::iter::repeat(None))));
                        done.insert(it.message.at.clone(), it.message);
                    }
                }
            })
        };
        second.run(&mut unit, &mut tick)?;
        for it in read.iter_mut().chain(held.values_mut().map(|(_, it)| it)) {
            for occurrence in &mut it.occurrences {
                opened.tell(occurrence);
            }
        }
        read.into_iter().for_each(&mut give);
        for (occurrence, value) in strays {
            match held.get_mut(&occurrence.at) {
                Some((_, it)) => add_stray(it, occurrence, value),
                // Its message was given already: what is told of it here is that occurrence alone.
                None => {
                    let message =
                        done.get(&occurrence.at).cloned().unwrap_or_else(|| Message { at: occurrence.at.clone(), ..Message::default() });
                    let mut it = Item { message, parts: Vec::new(), occurrences: Vec::new(), values: Vec::new(), gaps: Vec::new() };
                    it.message.format = String::new();
                    add_stray(&mut it, occurrence, value);
                    give(it);
                }
            }
        }
    }
    held.into_values().for_each(|(_, it)| give(it));
    tick();
    let (tally, seen) = state.into_inner();
    let mut totals = tally.finish();
    totals.files = files.len() as u64;
    totals.bytes = seen.bytes;
    totals.repeated_parts = first.shared.repeated.load(Ordering::Relaxed);
    totals.interrupted = cancel.stopped();
    Ok(totals)
}

/// Takes out what an item tells of other messages.
fn split_off_strays(item: &mut Item) -> Vec<(Occurrence, Option<Sensitive<String>>)> {
    let mut values = std::mem::take(&mut item.values).into_iter();
    let mut strays = Vec::new();
    for occurrence in std::mem::take(&mut item.occurrences) {
        let value = values.next();
        if occurrence.at == item.message.at {
            item.occurrences.push(occurrence);
            item.values.extend(value);
        } else {
            strays.push((occurrence, value));
        }
    }
    strays
}

fn add_stray(item: &mut Item, occurrence: Occurrence, value: Option<Sensitive<String>>) {
    if !item.occurrences.iter().any(|o| o.finding == occurrence.finding && o.place == occurrence.place) {
        item.occurrences.push(occurrence);
        item.values.extend(value);
    }
}

/// See [`crate::read_again`].
pub(crate) fn read_again(file: &EvidenceFile, at: &Locator, options: &Options) -> Result<Option<Item>, EngineError> {
    let whole = at.offset == 0 && at.length >= file.size;
    let unit = if whole { Unit::whole(0, file.size) } else { Unit::range(0, at.offset, at.length) };
    let cancel = Cancel::default();
    let options = Options { workers: 1, ..options.clone() };
    let run = Run::new(std::slice::from_ref(file), &options, &cancel, Queue::of(vec![unit], cancel.clone()))?;
    let mut found = None;
    let mut unit = |number, batch| {
        items(&batch, run.values(number), &mut |it| {
            if it.message.at == *at {
                found = Some(it);
            }
        })
    };
    run.run(&mut unit, &mut || {})?;
    Ok(found)
}

/// The rows of a unit as items.
fn items(batch: &RecordBatch, values: Vec<aftermail_model::Sensitive<String>>, give: &mut dyn FnMut(Item)) -> Result<(), EngineError> {
    let flat = records::flatten(batch)?;
    let messages = messages::from_batch(&flat.messages)?;
    let mut parts = parts::from_batch(&flat.parts.0)?.into_iter();
    let mut occurrences = occurrences::from_batch(&flat.occurrences.0)?.into_iter();
    let mut gaps = gaps::from_batch(&flat.gaps.0)?.into_iter();
    let mut values = values.into_iter();
    for (row, mut message) in messages.into_iter().enumerate() {
        let found = flat.occurrences.1[row].len();
        let gaps: Vec<Gap> = gaps.by_ref().take(flat.gaps.1[row].len()).collect();
        if !flat.present[row]
            && let Some(gap) = gaps.first()
        {
            message.at = gap.at.clone();
        }
        give(Item {
            message,
            parts: parts.by_ref().take(flat.parts.1[row].len()).collect(),
            occurrences: occurrences.by_ref().take(found).collect(),
            values: values.by_ref().take(found).collect(),
            gaps,
        });
    }
    Ok(())
}

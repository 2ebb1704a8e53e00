//! One lane of the scan: a worker process, fed with tasks, watched, and replaced when it dies.

use crate::queue::{Queue, Task};
use crate::tables::records::{self, Record};
use crate::units::{self, Extent, Unit};
use crate::wire::{self, Hello, Job, Place, Reply};
use crate::{EngineError, EvidenceFile, SandboxStatus};
use aftermail_model::{Gap, Locator, Message, Reason, Sensitive, Stage};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::reader::StreamDecoder;
use std::os::unix::process::ExitStatusExt;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::BufReader;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Beyond the limit of an item: time for a worker to say on which item it hangs.
const GRACE: Duration = Duration::from_secs(5);
/// Time for a worker to build its packs and lock itself in.
const START: Duration = Duration::from_secs(60);

/// What all lanes of a scan share.
pub(crate) struct Shared {
    pub files: Vec<EvidenceFile>,
    pub hello: Hello,
    pub program: PathBuf,
    pub item_seconds: u64,
    pub lanes: usize,
    pub queue: Queue,
    /// Values by unit, on their way around the record batches: no table ever holds one.
    pub values: Mutex<std::collections::HashMap<u64, Vec<Sensitive<String>>>>,
    /// Texts that were known already.
    pub repeated: std::sync::atomic::AtomicU64,
}

/// A running worker.
pub(crate) struct Worker {
    child: Child,
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: BufReader<ChildStdout>,
    pub status: SandboxStatus,
}

impl Worker {
    /// Starts a worker and waits until it is locked in.
    pub(crate) async fn start(program: &PathBuf, hello: &Hello) -> Result<Worker, EngineError> {
        let fail = |e: String| EngineError::Environment(format!("a worker could not be started: {e}"));
        let mut command = Command::new(program);
        command.arg("worker").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // Ctrl-C is for the parent: a worker that dies of it would look like a crash.
        command.process_group(0);
        let mut child = command.spawn().map_err(|e| fail(e.to_string()))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(fail("it has no pipes".into()));
        };
        let mut stdout = BufReader::with_capacity(64 << 10, stdout);
        let greet = async {
            wire::send(&mut stdin, hello).await?;
            wire::receive::<Reply>(&mut stdout).await
        };
        match tokio::time::timeout(START, greet).await {
            Ok(Ok(Reply::Ready(status))) => Ok(Worker { child, stdin, stdout, status }),
            Ok(Ok(Reply::Refused(why))) => Err(EngineError::Input(why)),
            Ok(Ok(_)) => Err(fail("it answers something else".into())),
            Ok(Err(e)) => Err(fail(format!("it does not answer ({e})"))),
            Err(_) => Err(fail(format!("it is not ready after {} s", START.as_secs()))),
        }
    }

    /// Kills it where it still lives, and tells how it ended.
    async fn end(mut self) -> Option<ExitStatus> {
        // A worker that died by itself must be seen as such, so it gets a moment before it is shot.
        if let Ok(Ok(status)) = tokio::time::timeout(Duration::from_millis(500), self.child.wait()).await {
            return Some(status);
        }
        let _ = self.child.start_kill();
        self.child.wait().await.ok()
    }
}

/// Records of a piece of a unit, with where they begin.
struct Chunk {
    place: Place,
    batch: RecordBatch,
    values: Vec<Sensitive<String>>,
}

/// How far a unit was read, over the deaths of several workers.
#[derive(Default)]
struct Progress {
    chunks: Vec<Chunk>,
    resume: Place,
    careful: bool,
    skip: Vec<Place>,
}

/// How an attempt at a unit ended.
enum End {
    Done,
    /// The worker is gone; the item it was on, where it said so.
    Died {
        item: Option<(Place, u64)>,
        reason: Reason,
        detail: String,
    },
}

/// A partition at work.
pub(crate) struct Lane {
    shared: Arc<Shared>,
    worker: Option<Worker>,
}

impl Lane {
    pub(crate) fn new(shared: Arc<Shared>) -> Lane {
        Lane { shared, worker: None }
    }

    /// Works until a unit is read and gives its records: one batch, the whole unit. `None` when nothing is left.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        while let Some(task) = self.shared.queue.take(self.shared.lanes).await {
            match task {
                Task::Index { file, from, window } => self.index(file, from, window).await?,
                Task::Read { number, unit } => return self.read(number, &unit).await.map(Some),
            }
        }
        Ok(None)
    }

    async fn worker(&mut self) -> Result<&mut Worker, EngineError> {
        if self.worker.is_none() {
            self.worker = Some(Worker::start(&self.shared.program, &self.shared.hello).await?);
        }
        self.worker.as_mut().ok_or_else(|| EngineError::Bug("no worker".into()))
    }

    async fn index(&mut self, file: usize, from: u64, window: u64) -> Result<(), EngineError> {
        let shared = self.shared.clone();
        let size = shared.files[file].size;
        let job = Job::Index { path: shared.files[file].path.as_path().into(), from, window, unit: units::UNIT_BYTES };
        let reply = match self.ask(&job).await {
            Ok(reply) => reply,
            Err(e) => {
                shared.queue.cut(Vec::new(), None);
                return Err(e);
            }
        };
        match reply {
            Some(Reply::Indexed { ranges, next }) => {
                let found = covering(file, from, next.unwrap_or(size), ranges);
                let again =
                    |next| Task::Index { file, from: next, window: if next == from { window.saturating_mul(2) } else { units::WINDOW } };
                shared.queue.cut(found, next.map(again));
            }
            Some(Reply::Divided(ranges)) => {
                let unit = |(offset, length, bytes)| Unit::items(file, offset, length, bytes);
                shared.queue.cut(ranges.into_iter().map(unit).collect(), None);
            }
            Some(Reply::Whole) => shared.queue.cut(vec![Unit::whole(file, size)], None),
            _ if from == 0 => shared.queue.cut(vec![Unit::whole(file, size)], None),
            // Whatever stopped the cutting will stop the reading, which knows how to say so.
            _ => shared.queue.cut(vec![Unit::range(file, from, size.saturating_sub(from))], None),
        }
        Ok(())
    }

    /// One question, one answer; `None` when the worker dies over it.
    async fn ask(&mut self, job: &Job) -> Result<Option<Reply>, EngineError> {
        let limit = Duration::from_secs(self.shared.item_seconds) + GRACE;
        let worker = self.worker().await?;
        let talk = async {
            wire::send(&mut worker.stdin, job).await?;
            loop {
                match tokio::time::timeout(limit, wire::receive::<Reply>(&mut worker.stdout)).await?? {
                    Reply::At { millis, .. } if Duration::from_millis(millis) > 10 * limit => {
                        return Err(std::io::ErrorKind::TimedOut.into());
                    }
                    Reply::At { .. } => {}
                    reply => return std::io::Result::Ok(reply),
                }
            }
        };
        let answer = talk.await.ok();
        if answer.is_none() {
            self.worker = None;
        }
        Ok(answer)
    }

    async fn read(&mut self, number: u64, unit: &Unit) -> Result<RecordBatch, EngineError> {
        let mut progress = Progress::default();
        let pieces = units::wire(&unit.pieces, &self.shared.files);
        loop {
            let job = match &unit.together {
                Some(sources) => Job::Together { unit: number, pieces: pieces.clone(), sources: units::wire(sources, &self.shared.files) },
                None => Job::Read {
                    unit: number,
                    pieces: pieces.clone(),
                    resume: progress.resume,
                    careful: progress.careful,
                    skip: progress.skip.clone(),
                },
            };
            match self.attempt(number, &job, &mut progress).await? {
                End::Done => break,
                End::Died { reason, .. } if unit.together.is_some() => {
                    progress.chunks = vec![self.apart(number, unit, reason)?];
                    break;
                }
                End::Died { item, reason, detail } => self.bury(number, unit, &mut progress, item, reason, detail)?,
            }
        }
        if progress.chunks.is_empty() {
            progress.chunks.push(self.nothing(number, unit)?);
        }
        progress.chunks.sort_by_key(|c| c.place);
        let (batches, values): (Vec<_>, Vec<_>) = progress.chunks.into_iter().map(|c| (c.batch, c.values)).unzip();
        if self.shared.hello.reveal {
            let values = values.into_iter().flatten().collect();
            self.shared.values.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(number, values);
        }
        if let [batch] = batches.as_slice() {
            return Ok(batch.clone());
        }
        Ok(concat_batches(&records::schema(), &batches)?)
    }

    /// Sends the job and gathers records until the unit is done or the worker is dead.
    async fn attempt(&mut self, number: u64, job: &Job, progress: &mut Progress) -> Result<End, EngineError> {
        let shared = self.shared.clone();
        let limit = Duration::from_secs(shared.item_seconds);
        let worker = self.worker().await?;
        let mut item = None;
        let mut late = wire::send(&mut worker.stdin, job).await.is_err();
        let mut slow = false;
        while !late {
            match tokio::time::timeout(limit + GRACE, wire::receive::<Reply>(&mut worker.stdout)).await {
                Ok(Ok(Reply::Done { repeated })) => {
                    shared.repeated.fetch_add(repeated, std::sync::atomic::Ordering::Relaxed);
                    return Ok(End::Done);
                }
                Ok(Ok(Reply::Records { ipc, values, next })) => {
                    let Some(batch) = open(ipc, number) else { break };
                    let values = values.into_iter().map(Sensitive::new).collect();
                    progress.chunks.push(Chunk { place: progress.resume, batch, values });
                    (progress.resume, item) = (next, None);
                }
                Ok(Ok(Reply::At { place, length, millis })) => {
                    item = Some((place, length));
                    slow = Duration::from_millis(millis) >= limit;
                    late = slow;
                }
                Ok(_) => break,
                Err(_) => (late, slow) = (true, true),
            }
        }
        let Some(mut dead) = self.worker.take() else { return Err(EngineError::Bug("no worker".into())) };
        if slow {
            let _ = dead.child.start_kill();
            let detail = format!("Reading it took longer than {} s.", shared.item_seconds);
            return Ok(End::Died { item, reason: Reason::TimedOut, detail });
        }
        // Only when careful is the last item announced surely the one that killed.
        let item = item.filter(|_| progress.careful);
        let detail = obituary(dead.end().await, shared.hello.memory);
        Ok(End::Died { item, reason: Reason::Crashed, detail })
    }

    /// Writes down what was lost with a worker and decides where the next one goes on. Each death leads to care or
    /// further on, so that this ends.
    fn bury(
        &self,
        number: u64,
        unit: &Unit,
        progress: &mut Progress,
        item: Option<(Place, u64)>,
        reason: Reason,
        detail: String,
    ) -> Result<(), EngineError> {
        let careful = std::mem::replace(&mut progress.careful, true);
        let (place, length) = match item {
            Some((place, length)) => {
                progress.skip.push(place);
                (place, length)
            }
            None if !careful => return Ok(()),
            None => {
                // It died between items: what is left of this piece cannot be split.
                let (index, from) = progress.resume;
                let Some(piece) = unit.pieces.get(index as usize) else { return Ok(()) };
                let from = from.max(piece.offset);
                progress.resume = (index + 1, 0);
                let rest = (piece.offset + piece.length).saturating_sub(from);
                ((index, from), if piece.extent == Extent::Items { piece.bytes } else { rest })
            }
        };
        let Some(piece) = unit.pieces.get(place.0 as usize) else { return Ok(()) };
        let at = Locator { evidence: self.shared.files[piece.file].id.clone(), offset: place.1, length };
        let message = item.map(|_| {
            let format = match piece.extent {
                Extent::Whole => "eml",
                Extent::Bytes => "mbox",
                Extent::Items => "pst",
            };
            Message { at: at.clone(), format: format.into(), expected_bytes: length, unread_bytes: length, ..Message::default() }
        });
        let stage = if item.is_some() { Stage::Decode } else { Stage::Split };
        progress.chunks.push(lost(number, place, message, gap(at, stage, reason, detail))?);
        Ok(())
    }

    /// Messages that could not be read together stay as the first pass found each of them.
    fn apart(&self, number: u64, unit: &Unit, reason: Reason) -> Result<Chunk, EngineError> {
        let Some(piece) = unit.pieces.first() else { return Err(EngineError::Bug("a unit without pieces".into())) };
        let at = Locator { evidence: self.shared.files[piece.file].id.clone(), offset: piece.offset, length: piece.length };
        let detail = format!("Its thread of {} messages could not be read together; each was searched alone.", unit.pieces.len());
        lost(number, (0, piece.offset), None, Gap { bytes: 0, ..gap(at, Stage::Detect, reason, detail) })
    }

    /// Bytes without a message in them are accounted for like any others.
    fn nothing(&self, number: u64, unit: &Unit) -> Result<Chunk, EngineError> {
        let Some(piece) = unit.pieces.first() else { return Err(EngineError::Bug("a unit without pieces".into())) };
        let at = Locator { evidence: self.shared.files[piece.file].id.clone(), offset: piece.offset, length: unit.bytes() };
        let detail = "No message was found in it.".to_owned();
        lost(number, (0, piece.offset), None, gap(at, Stage::Split, Reason::Damaged, detail))
    }
}

/// Takes a batch out of its envelope, without copying it. The worker may have been taken over by what it read, so nothing
/// in it is trusted: columns are checked as they are opened, and a decoder that panics over them is no more than a fault
/// of the worker.
fn open(ipc: Vec<u8>, number: u64) -> Option<RecordBatch> {
    let batch = unpacked(ipc, &records::schema())?;
    let whole = records::flatten(&batch).is_ok() && records::unit_of(&batch) == Some(number);
    whole.then_some(batch)
}

/// The batch in these bytes, where it has this schema.
pub(crate) fn unpacked(ipc: Vec<u8>, schema: &SchemaRef) -> Option<RecordBatch> {
    let batch = catch_unwind(|| StreamDecoder::new().decode(&mut Buffer::from_vec(ipc)).ok()?).ok()??;
    (batch.schema() == *schema).then_some(batch)
}

/// Units for the ranges found, and for every stretch between them: reading it says what it is, and no byte goes missing.
fn covering(file: usize, from: u64, to: u64, ranges: Vec<(u64, u64)>) -> Vec<Unit> {
    let mut units = Vec::with_capacity(ranges.len());
    let mut end = from;
    for (offset, length) in ranges {
        if offset > end {
            units.push(Unit::range(file, end, offset - end));
        }
        units.push(Unit::range(file, offset, length));
        end = offset.saturating_add(length);
    }
    if end < to {
        units.push(Unit::range(file, end, to - end));
    }
    units
}

fn gap(at: Locator, stage: Stage, reason: Reason, detail: String) -> Gap {
    let bytes = at.length;
    Gap { at, part: None, place: String::new(), media: String::new(), stage, reason, detail, bytes }
}

fn lost(number: u64, place: Place, message: Option<Message>, gap: Gap) -> Result<Chunk, EngineError> {
    let batch = records::to_batch(number, vec![Record { message, gaps: vec![gap], ..Record::default() }])?;
    Ok(Chunk { place, batch, values: Vec::new() })
}

fn obituary(status: Option<ExitStatus>, memory: u64) -> String {
    let limit = memory >> 20;
    match status.and_then(|s| s.signal()) {
        Some(libc::SIGABRT) => format!("The worker died over it (signal 6); as a rule it needed more than its {limit} MiB of memory."),
        Some(libc::SIGSEGV) => "The worker died over it (signal 11); as a rule its stack overflowed.".into(),
        Some(signal) => format!("The worker died over it (signal {signal})."),
        None => format!("The worker ended over it (code {}).", status.and_then(|s| s.code()).unwrap_or(-1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_goes_missing_between_ranges() {
        let spans = |units: Vec<Unit>| units.iter().map(|u| (u.pieces[0].offset, u.pieces[0].length)).collect::<Vec<_>>();
        assert_eq!(spans(covering(0, 0, 100, vec![(0, 40), (40, 60)])), [(0, 40), (40, 60)]);
        assert_eq!(spans(covering(0, 10, 100, vec![(20, 30), (60, 30)])), [(10, 10), (20, 30), (50, 10), (60, 30), (90, 10)]);
        assert_eq!(spans(covering(0, 0, 100, Vec::new())), [(0, 100)]);
        assert!(covering(0, 100, 100, Vec::new()).is_empty());
    }

    #[test]
    fn what_a_worker_sends_is_not_believed() {
        assert!(open(b"rubbish".to_vec(), 1).is_none());
        let batch = records::to_batch(1, vec![Record::default()]).unwrap();
        let mut ipc = Vec::new();
        let mut writer = datafusion::arrow::ipc::writer::StreamWriter::try_new(&mut ipc, &batch.schema()).unwrap();
        writer.write(&batch).and_then(|()| writer.finish()).unwrap();
        drop(writer);
        assert!(open(ipc.clone(), 1).is_some());
        assert!(open(ipc.clone(), 2).is_none(), "records of another unit");
        for cut in (0..ipc.len() - 8).step_by(97) {
            assert!(open(ipc[..cut].to_vec(), 1).is_none(), "cut at {cut}");
        }
        // Bent anywhere, it is refused or at least whole: never a panic, never a batch of another shape.
        for (at, by) in (0..ipc.len()).flat_map(|at| [(at, 0x5a), (at, 0xff), (at, 0x01)]) {
            let mut bent = ipc.clone();
            bent[at] ^= by;
            if let Some(batch) = open(bent, 1) {
                assert_eq!(batch.schema(), records::schema());
            }
        }
    }
}

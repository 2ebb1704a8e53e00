//! Workers read the files; their events go to the disk as they come.

use super::SPOOL;
use crate::lane::{self, Worker};
use crate::scan;
use crate::tables::events;
use crate::tables::files::{Stamp, TableWriter};
use crate::wire::{self, Job, Reply};
use crate::{Cancel, EngineError, EvidenceFile, Options, Progress};
use aftermail_model::{LogFile, Rejected, Timestamp};
use datafusion::arrow::array::RecordBatch;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Silence of a worker after which it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was read.
pub(super) struct Taken {
    pub files: Vec<LogFile>,
    pub rejects: Vec<Rejected>,
}

/// What a worker has to say, by the index of its file.
enum News {
    Events(usize, RecordBatch),
    Rejects(usize, Vec<(u64, u64, String)>),
    Failed(EngineError),
}

/// Reads the files into the spool.
pub(super) fn take(
    derived: &Path,
    files: &[EvidenceFile],
    options: &Options,
    as_of: Timestamp,
    stamp: &Stamp,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Taken, EngineError> {
    let mut spool = TableWriter::new(derived, SPOOL, events::schema(), stamp)?;
    let mut taken =
        Taken { files: files.iter().map(|f| LogFile { evidence: f.id.clone(), ..LogFile::default() }).collect(), rejects: Vec::new() };
    let mut seen = Progress { bytes_total: files.iter().map(|f| f.size).sum(), ..Progress::default() };
    let runtime = scan::runtime()?;
    runtime.block_on(async {
        let waiting: Arc<Mutex<VecDeque<usize>>> = Arc::new(Mutex::new((0..files.len()).collect()));
        let (sender, mut news) = mpsc::channel(4);
        for _ in 0..scan::lanes(options).min(files.len()) {
            let reader = Reader { files: files.to_vec(), options: options.clone(), as_of, cancel: cancel.clone(), news: sender.clone() };
            tokio::spawn(reader.work(waiting.clone()));
        }
        drop(sender);
        while let Some(news) = news.recv().await {
            match news {
                News::Events(file, batch) => {
                    taken.files[file].events += batch.num_rows() as u64;
                    seen.messages += batch.num_rows() as u64;
                    spool.write(&batch)?;
                }
                News::Rejects(file, rejects) => {
                    let row = &mut taken.files[file];
                    row.rejects += rejects.len() as u64;
                    seen.gaps += rejects.len() as u64;
                    seen.bytes += files[file].size;
                    let evidence = &row.evidence;
                    let each = rejects.into_iter();
                    taken.rejects.extend(each.map(|(offset, length, why)| Rejected { evidence: evidence.clone(), offset, length, why }));
                }
                News::Failed(error) => return Err(error),
            }
            progress(seen);
        }
        Ok(())
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    taken.rejects.sort_by(|a, b| (&a.evidence, a.offset).cmp(&(&b.evidence, b.offset)));
    spool.commit()?;
    Ok(taken)
}

/// One worker process and what feeds it.
struct Reader {
    files: Vec<EvidenceFile>,
    options: Options,
    as_of: Timestamp,
    cancel: Cancel,
    news: mpsc::Sender<News>,
}

impl Reader {
    async fn work(self, waiting: Arc<Mutex<VecDeque<usize>>>) {
        let mut worker = None;
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(file) = next.filter(|_| !self.cancel.stopped()) else { return };
            match self.read(file, &mut worker).await {
                Ok(()) => {}
                Err(error) => {
                    let _ = self.news.send(News::Failed(error)).await;
                    return;
                }
            }
        }
    }

    /// Reads one file. A file that kills its worker is a reject, beside what was read of it.
    async fn read(&self, index: usize, worker: &mut Option<Worker>) -> Result<(), EngineError> {
        let file = &self.files[index];
        let mut asked = match worker.take() {
            Some(worker) => worker,
            None => Worker::start(&scan::program(&self.options)?, &scan::hello(&self.files, &self.options)).await?,
        };
        let job = Job::Log { evidence: file.id.clone(), path: file.path.as_path().into(), as_of: self.as_of };
        let mut alive = wire::send(&mut asked.stdin, &job).await.is_ok();
        while alive {
            let reply = tokio::time::timeout(PATIENCE, wire::receive::<Reply>(&mut asked.stdout)).await;
            let news = match reply {
                Ok(Ok(Reply::Events { ipc })) => match lane::unpacked(ipc, &events::schema()) {
                    Some(batch) => News::Events(index, batch),
                    None => break,
                },
                Ok(Ok(Reply::Rejects(rejects))) => {
                    let _ = self.news.send(News::Rejects(index, rejects)).await;
                    *worker = Some(asked);
                    return Ok(());
                }
                Ok(Ok(Reply::At { .. })) => continue,
                _ => {
                    alive = false;
                    continue;
                }
            };
            if self.cancel.stopped() || self.news.send(news).await.is_err() {
                return Ok(());
            }
        }
        let what = "killed its reader: what stands behind the last event of this file was not read; please report it";
        let _ = self.news.send(News::Rejects(index, vec![(0, file.size, what.to_owned())])).await;
        Ok(())
    }
}

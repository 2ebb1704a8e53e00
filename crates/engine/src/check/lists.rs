//! Provider's lists, read by a worker behind bars.

use crate::lane::Worker;
use crate::scan;
use crate::wire::{self, Job, Reply};
use crate::{EngineError, EvidenceFile, Options};
use aftermail_logs::list::Mapping;
use aftermail_model::ListedMessage;
use std::time::Duration;

/// Time for one list.
const PATIENCE: Duration = Duration::from_secs(120);

/// A list as read.
pub(super) struct Listed {
    pub name: String,
    pub rows: Vec<ListedMessage>,
    /// What a person must know of its reading.
    pub said: Vec<String>,
}

/// Reads the lists: name and file; a person may say which of their columns hold what.
pub(super) fn read(lists: &[(String, EvidenceFile)], columns: &Mapping, options: &Options) -> Result<Vec<Listed>, EngineError> {
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let given: Vec<(String, String)> = columns.iter().map(|(column, at)| (column.as_str().to_owned(), at.clone())).collect();
    let files: Vec<EvidenceFile> = lists.iter().map(|(_, file)| file.clone()).collect();
    scan::runtime()?.block_on(async {
        let mut read = Vec::with_capacity(lists.len());
        let mut worker = None;
        for (name, file) in lists {
            let mut asked = match worker.take() {
                Some(worker) => worker,
                None => Worker::start(&scan::program(options)?, &scan::hello(&files, options)).await?,
            };
            let answer = async {
                wire::send(&mut asked.stdin, &Job::List { path: file.path.as_path().into(), columns: given.clone() }).await?;
                loop {
                    match wire::receive::<Reply>(&mut asked.stdout).await? {
                        Reply::At { .. } => {}
                        reply => return std::io::Result::Ok(reply),
                    }
                }
            };
            let (rows, said) = match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(Reply::List { rows, said })) => {
                    worker = Some(asked);
                    (rows, said)
                }
                _ => (Vec::new(), vec!["it killed its reader: no row of it was read".to_owned()]),
            };
            read.push(Listed { name: name.clone(), rows, said });
        }
        Ok(read)
    })
}

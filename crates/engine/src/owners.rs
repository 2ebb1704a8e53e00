//! Whose mail files are, where the list of an export beside them says so.

use crate::lane::Worker;
use crate::scan;
use crate::wire::{self, Job, Reply};
use crate::{EngineError, EvidenceFile, Options};
use aftermail_decode::export::Owners;
use std::time::Duration;

/// Time for one list.
const PATIENCE: Duration = Duration::from_secs(60);

/// The files, each with the custodian that a list among them names. The lists are read by a worker, behind bars like all mail.
pub(crate) fn assign(files: &[EvidenceFile], options: &Options) -> Result<Vec<EvidenceFile>, EngineError> {
    let is_list = |file: &&EvidenceFile| file.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let lists: Vec<&EvidenceFile> = files.iter().filter(is_list).collect();
    let mut files = files.to_vec();
    if lists.is_empty() {
        return Ok(files);
    }
    let owners = scan::runtime()?.block_on(read(&lists, options))?;
    for file in &mut files {
        let owner = file.path.to_str().and_then(|path| owners.of(path)).map(str::to_owned);
        file.custodian = owner.or(file.custodian.take());
    }
    Ok(files)
}

async fn read(lists: &[&EvidenceFile], options: &Options) -> Result<Owners, EngineError> {
    let owned: Vec<EvidenceFile> = lists.iter().map(|file| (*file).clone()).collect();
    let mut owners = Owners::default();
    let mut worker = None;
    for list in lists {
        let mut asked = match worker.take() {
            Some(worker) => worker,
            None => Worker::start(&scan::program(options)?, &scan::hello(&owned, options)).await?,
        };
        let answer = async {
            wire::send(&mut asked.stdin, &Job::Owners(list.path.as_path().into())).await?;
            wire::receive::<Reply>(&mut asked.stdout).await
        };
        // A list that kills its worker says nothing; the next one gets another worker.
        if let Ok(Ok(Reply::Owners(rows))) = tokio::time::timeout(PATIENCE, answer).await {
            owners.add(rows);
            worker = Some(asked);
        }
    }
    Ok(owners)
}

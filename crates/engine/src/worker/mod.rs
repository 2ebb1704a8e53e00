//! The worker: a process of our own binary that reads hostile mail behind bars and answers with records.

mod apple;
mod export;
mod find;
mod jail;
mod keys;
mod list;
mod log;
mod out;
mod outlook;
mod read;
mod record;
mod seen;
mod together;

use crate::SandboxStatus;
use crate::wire::{self, Hello, Job, Reply};
use aftermail_detect::Packs;
use aftermail_eyes::{Eyes, FIND, ModelFile, Models, READ};
use aftermail_model::{CaseKey, Sensitive};
use find::Finder;
use out::Out;
use std::io::{BufReader, Read};
use std::path::PathBuf;

/// Called with the bytes of every message before it is decoded; tests of the engine use it to crash, hang and break out.
pub type Probe = fn(&[u8]);

/// Runs until stdin ends. The exit code is that of the process.
pub(crate) fn run(probe: Probe) -> i32 {
    // A panic message may quote mail. The panic itself becomes a gap, which needs no message.
    std::panic::set_hook(Box::new(|_| {}));
    let mut jobs = BufReader::new(std::io::stdin());
    let Ok(Some(hello)) = wire::read::<Hello>(&mut jobs) else { return 70 };
    let Ok(out) = Out::take_stdout() else { return 70 };
    let packs = match Packs::with_rules(hello.rules.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
        Ok(packs) => packs,
        Err(why) => {
            let _ = out.send(&Reply::Refused(why));
            return 1;
        }
    };
    // Its thread starts here: behind the lock none can.
    let eyes = eyes(&hello);
    let status = lock(&hello, &out);
    if out.send(&Reply::Ready(status)).is_err() {
        return 70;
    }
    let mut finder = Finder::new(packs, eyes, CaseKey::new(hello.key), hello.reveal, probe);
    finder.personal = hello.personal;
    let given: Vec<_> = hello.passwords.into_iter().map(Sensitive::new).collect();
    match work(&mut jobs, &out, finder, &given, hello.item_bytes) {
        Ok(()) => 0,
        Err(_) => 70,
    }
}

/// Eyes that take their models from the folder named, when the first picture comes.
fn eyes(hello: &Hello) -> Eyes {
    let folder = hello.models.as_ref().map(wire::WirePath::path);
    Eyes::new(move || {
        let folder = folder.as_ref()?;
        let file = |model: ModelFile| std::fs::read(folder.join(model.name)).ok();
        Some(Models { find: file(FIND)?, read: file(READ)? })
    })
}

fn lock(hello: &Hello, out: &Out) -> SandboxStatus {
    let limited = jail::limit(hello.memory);
    if !hello.sandbox {
        out.announce();
        return SandboxStatus::Off;
    }
    let roots: Vec<PathBuf> = hello.roots.iter().chain(&hello.models).map(wire::WirePath::path).collect();
    let files = jail::close_files(&roots);
    // The announcer starts between the locks: the first is inherited by new threads, the second is laid on all of them and
    // forbids new ones.
    out.announce();
    match (jail::status(files, jail::close_calls()), limited) {
        (SandboxStatus::Full, Err(why)) => SandboxStatus::Partial(why),
        (status, _) => status,
    }
}

fn work(jobs: &mut impl Read, out: &Out, mut finder: Finder, given: &[Sensitive<String>], item_bytes: u64) -> std::io::Result<()> {
    let mut shelf = outlook::Shelf::default();
    while let Some(job) = wire::read::<Job>(jobs)? {
        match job {
            Job::Index { path, from, window, unit } => {
                let reply = out.during((0, from), window, || read::index(&path.path(), from, window, unit, &mut shelf, item_bytes));
                out.send(&reply)?;
            }
            Job::Owners(path) => out.send(&Reply::Owners(export::list(&path.path())))?,
            Job::List { path, columns } => {
                let reply = out.during((0, 0), 0, || list::read(&path.path(), &columns, &mut finder));
                out.send(&reply)?;
            }
            Job::Log { evidence, path, as_of } => {
                let hint = aftermail_logs::Hint { as_of: Some(as_of), ..aftermail_logs::Hint::default() };
                log::read(&path.path(), &evidence, &hint, out)?;
            }
            Job::Read { unit, pieces, resume, careful, skip } => {
                let task = read::Task { unit, resume, careful, skip, item_bytes };
                let mut reading = read::Reading::new(out, &mut finder, &mut shelf, task);
                let repeated = reading.unit(&pieces)?;
                out.send(&Reply::Done { repeated })?;
            }
            Job::Together { unit, pieces, sources } => {
                let task = read::Task { unit, resume: (0, 0), careful: false, skip: Vec::new(), item_bytes };
                read::Reading::new(out, &mut finder, &mut shelf, task).together(&pieces, &sources, given)?;
                out.send(&Reply::Done { repeated: 0 })?;
            }
        }
    }
    Ok(())
}

//! Outlook stores: large ones made of small ones, the speed of reading them, and what is left of damaged ones, beside libpff and
//! readpst.

use crate::mbox::walk_all;
use crate::speed::measured;
use aftermail_mapi::pst::{Cipher, Entry, Layout, Reached, Store};
use aftermail_mapi::{Content, Item, ReadAt, Value};
use aftermail_pstwriter::{Format, Writer};
use anyhow::{Context, Result, bail};
use clap::Args as ClapArgs;
use std::fs::File;
use std::io::{self, BufWriter};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

#[derive(Debug, ClapArgs)]
pub struct Make {
    /// Folder of Outlook stores to make copies of
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The store to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Size, with KB, MB or GB
    #[arg(long, default_value = "2GB", value_parser = crate::parse_size)]
    size: u64,
    /// ansi (to 2 GB), unicode, or large (4k pages, compressed)
    #[arg(long, default_value = "unicode")]
    layout: String,
}

#[derive(Debug, ClapArgs)]
pub struct Read {
    /// Stores
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Threads that share a store
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Rounds; the best counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// readpst, to be timed in the same run
    #[arg(long, value_name = "PROGRAM")]
    readpst: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct Damage {
    /// Folder of Outlook stores
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// readpst, to be counted beside
    #[arg(long, value_name = "PROGRAM")]
    readpst: Option<PathBuf>,
    /// A Python that has libpff-python, to be counted beside
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
}

/// A file read where it lies.
struct OnDisk(File, u64);

impl OnDisk {
    fn open(path: &Path) -> Result<OnDisk> {
        let file = File::open(path).with_context(|| format!("could not read {}", path.display()))?;
        let size = file.metadata()?.len();
        Ok(OnDisk(file, size))
    }
}

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.1.saturating_sub(offset)).unwrap_or(usize::MAX));
        self.0.read_exact_at(&mut buffer[..length], offset)?;
        Ok(length)
    }
}

fn stores(dirs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for dir in dirs {
        walk_all(dir, &mut files)?;
    }
    files.retain(|f| f.extension().is_some_and(|e| e == "pst" || e == "ost"));
    files.sort();
    Ok(files)
}

/// Writes every item of the stores again and again until the file is large enough; each copy has a subject and a Message-ID of its
/// own.
pub fn make(args: &Make) -> Result<()> {
    let layout = match args.layout.as_str() {
        "ansi" => Layout::Ansi,
        "unicode" => Layout::Unicode,
        "large" => Layout::Large,
        other => bail!("unknown layout \"{other}\": use ansi, unicode or large"),
    };
    let mut items: Vec<(Vec<String>, Item)> = Vec::new();
    for path in stores(std::slice::from_ref(&args.from))? {
        let Ok(store) = Store::open(std::fs::read(&path)?) else { continue };
        let listed = store.entries().filter(|e| e.reached == Reached::Folder);
        items.extend(listed.map(|entry| (entry.folder.to_vec(), store.item(&entry))));
    }
    if items.is_empty() {
        bail!("no item in a store below {}", args.from.display());
    }
    let file = File::create(&args.out).with_context(|| format!("could not write {}", args.out.display()))?;
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 20, file), Format { layout, cipher: Cipher::Permute })?;
    let mut messages = 0;
    'rounds: for round in 0.. {
        let folder = writer.folder(None, &format!("Round {round}"));
        for (_, item) in &items {
            if writer.bytes() >= args.size {
                break 'rounds;
            }
            writer.item(folder, &renamed(item, round), Reached::Folder)?;
            messages += 1;
        }
    }
    writer.finish()?;
    println!("{}: {messages} messages, {} bytes", args.out.display(), std::fs::metadata(&args.out)?.len());
    Ok(())
}

/// PidTagSubject and PidTagInternetMessageId of a copy.
fn renamed(item: &Item, round: u64) -> Item {
    let mut copy = item.clone();
    for (id, own) in [(0x0037, format!("copy {round}: ")), (0x1035, format!("<{round}."))] {
        if let Some(text) = copy.props.text(id, None) {
            copy.props.take(id);
            copy.props.put(id, Value::Text(own + text.trim_start_matches('<')));
        }
    }
    copy
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    items: u64,
    attachments: u64,
    bytes: u64,
}

fn count(item: &Item, into: &mut Counts) {
    into.items += 1;
    for attachment in &item.attachments {
        into.attachments += 1;
        match &attachment.content {
            Content::Message(inner) => count(inner, into),
            Content::Bytes(bytes) => into.bytes += bytes.len() as u64,
            Content::None => {}
        }
    }
}

/// Reads all properties and attachments of all items.
fn read_all(path: &Path, threads: usize) -> Result<Counts> {
    let store = Store::open(OnDisk::open(path)?).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?;
    let ranges = store.ranges(64);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut counts = Counts::default();
        while let Some(ids) = ranges.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            store.items(ids.clone()).for_each(|entry| count(&store.item(&entry), &mut counts));
        }
        counts
    };
    let parts: Vec<Counts> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut parts = vec![work()];
        parts.extend(others.into_iter().filter_map(|other| other.join().ok()));
        parts
    });
    let sum = |f: fn(&Counts) -> u64| parts.iter().map(f).sum();
    Ok(Counts { items: sum(|c| c.items), attachments: sum(|c| c.attachments), bytes: sum(|c| c.bytes) })
}

/// Times our reader, and readpst where it is given.
pub fn read(args: &Read) -> Result<()> {
    println!("| store | MB | items | attachments | ours s | MB/s | readpst s | ratio |\n|---|---|---|---|---|---|---|---|");
    for path in &args.files {
        let size = std::fs::metadata(path)?.len() as f64 / 1e6;
        let (mut best, mut theirs, mut counts) = (f64::MAX, f64::MAX, Counts::default());
        for _ in 0..args.rounds.max(1) {
            let started = Instant::now();
            counts = read_all(path, args.threads)?;
            best = best.min(started.elapsed().as_secs_f64());
            if let Some(program) = &args.readpst {
                let out = tempfile::tempdir()?;
                let mut command = Command::new(program);
                let run = measured(command.args(["-e", "-D", "-q", "-o"]).arg(out.path()).arg(path), Stdio::null())?;
                theirs = theirs.min(run.wall.as_secs_f64());
            }
        }
        let beside = if theirs == f64::MAX { "– | –".to_owned() } else { format!("{theirs:.3} | {:.1}", theirs / best) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!("| {name} | {size:.1} | {} | {} | {best:.3} | {:.0} | {beside} |", counts.items, counts.attachments, size / best);
    }
    let own = crate::speed::peak(Path::new("/proc/self/status")).unwrap_or(0);
    println!("\nPeak memory of this process: {} MB", own / 1_000_000);
    Ok(())
}

type Break = (&'static str, fn(&mut Vec<u8>));

const BREAKS: [Break; 6] = [
    ("as they are", |_| {}),
    ("cut at 90 %", |b| b.truncate(b.len() * 9 / 10)),
    ("cut at 70 %", |b| b.truncate(b.len() * 7 / 10)),
    ("cut at 50 %", |b| b.truncate(b.len() / 2)),
    ("64 zeros every 64 KiB", |b| (65536..b.len().saturating_sub(64)).step_by(65536).for_each(|at| b[at..at + 64].fill(0))),
    ("checksum of the header wrong", |b| b[4] ^= 0xFF),
];

/// Breaks every store in every way and counts the messages that still come out of it.
pub fn damage(args: &Damage) -> Result<()> {
    let files = stores(&args.dirs)?;
    let folder = tempfile::tempdir()?;
    println!("{} files\n\n| | ours | libpff | readpst | stores where ours is behind |\n|---|---|---|---|---|", files.len());
    for (what, breaks) in BREAKS {
        let mut paths = Vec::new();
        for (n, file) in files.iter().enumerate() {
            let mut bytes = std::fs::read(file)?;
            if bytes.len() > 600 {
                breaks(&mut bytes);
            }
            paths.push(folder.path().join(format!("{n}.pst")));
            std::fs::write(&paths[n], bytes)?;
        }
        let ours: Vec<u64> = paths.iter().map(|path| messages(path)).collect();
        let theirs = args.python.as_ref().map(|python| libpff(python, &paths)).transpose()?;
        let readpst =
            args.readpst.as_ref().map(|program| paths.iter().map(|p| written(program, p)).collect::<Result<Vec<u64>>>()).transpose()?;
        let sum = |counts: &Option<Vec<u64>>| counts.as_ref().map_or("–".to_owned(), |c| c.iter().sum::<u64>().to_string());
        let behind = |n: usize| [&theirs, &readpst].into_iter().flatten().any(|counts| counts[n] > ours[n]);
        let worse: Vec<String> = (0..files.len()).filter(|n| behind(*n)).map(|n| files[n].display().to_string()).collect();
        let total: u64 = ours.iter().sum();
        println!("| {what} | {total} | {} | {} | {} |", sum(&theirs), sum(&readpst), worse.len());
        worse.iter().for_each(|file| eprintln!("{what}: behind in {file}"));
    }
    Ok(())
}

/// Messages, without associated items, that come out with properties.
fn messages(path: &Path) -> u64 {
    let Some(store) = OnDisk::open(path).ok().and_then(|source| Store::open(source).ok()) else { return 0 };
    let there = |e: &Entry| e.reached != Reached::Missing && e.id & 0x1F == 4;
    store.entries().filter(there).filter(|e| !store.item(e).props.is_empty()).count() as u64
}

/// Messages that libpff opens, store by store; one that kills it counts nothing.
fn libpff(python: &Path, paths: &[PathBuf]) -> Result<Vec<u64>> {
    let count = |path: &PathBuf| {
        let out = Command::new(python).args(["-c", include_str!("libpff.py")]).arg(path).output().context("could not start Python")?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        Ok(text.trim().rsplit('\t').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0))
    };
    paths.iter().map(count).collect()
}

/// Files that readpst writes.
fn written(program: &Path, path: &Path) -> Result<u64> {
    let out = tempfile::tempdir()?;
    Command::new(program).args(["-e", "-D", "-q", "-o"]).arg(out.path()).arg(path).output().context("could not start readpst")?;
    let mut files = Vec::new();
    walk_all(out.path(), &mut files)?;
    Ok(files.len() as u64)
}

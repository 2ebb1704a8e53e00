//! How fast a large export of the Unified Audit Log becomes events, by one worker and by two:
//! `cargo run --release -p aftermail-logs --example log_speed -- EXPORT.csv [MB]`. The export's records are repeated with new ids and
//! times until the file is as large as asked for (1,000 MB); the file is deleted at the end. With a third argument the file is written
//! there and kept, and nothing else is done: for runs of the whole program.
#![allow(missing_docs)]

use aftermail_logs::{Hint, Reject, Sink, pieces, read, read_piece};
use aftermail_model::Event;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

#[derive(Default)]
struct Count {
    events: u64,
    rejects: u64,
}

impl Sink for Count {
    fn event(&mut self, event: Event) {
        self.events += u64::from(event.time.is_some());
    }
    fn reject(&mut self, _: Reject) {
        self.rejects += 1;
    }
}

/// The text of an audit record, and where its id and its time stand.
struct Template(String, usize, usize);

fn templates(export: &str) -> Vec<Template> {
    let mut reader = csv::Reader::from_path(export).unwrap_or_else(|e| panic!("{export}: {e}"));
    let column = reader.headers().expect("a header").iter().position(|name| name == "AuditData").expect("a column of audit data");
    let rows = reader.records().flatten();
    rows.filter_map(|row| {
        let text = row.get(column)?.to_owned();
        let place = |name: &str| Some(text.find(name)? + name.len());
        let (id, time) = (place("\"Id\":\"")?, place("\"CreationTime\":\"")?);
        Some(Template(text, id, time))
    })
    .collect()
}

/// As `Search-UnifiedAuditLog | Export-Csv` writes it.
fn generate(templates: &[Template], bytes: u64, path: &Path) -> std::io::Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\",\"ResultCount\",\"Identity\"")?;
    let (mut written, mut rows) = (0, 0_u64);
    while written < bytes {
        let Template(text, id, time) = &templates[rows as usize % templates.len()];
        let mut text = text.clone();
        let when = jiff::Timestamp::from_second(1_760_000_000 + rows as i64 * 7).expect("a time").to_string();
        text.replace_range(*id..id + 8, &format!("{rows:08x}"));
        text.replace_range(*time..time + 19, &when[..19]);
        let cell = text.replace('"', "\"\"");
        let row = format!("\"AzureActiveDirectory\",\"{when}\",\"a@x.example\",\"x\",\"{cell}\",\"{rows}\",\"5000\",\"{rows:08x}\"\r\n");
        out.write_all(row.as_bytes())?;
        (written, rows) = (written + row.len() as u64, rows + 1);
    }
    out.flush()?;
    Ok(rows)
}

fn main() {
    let mut args = std::env::args().skip(1);
    let export = args.next().expect("an export");
    let megabytes: u64 = args.next().map_or(1_000, |n| n.parse().expect("a number"));
    if let Some(path) = args.next() {
        let rows = generate(&templates(&export), megabytes * 1_000_000, Path::new(&path)).expect("room for the file");
        println!("{rows} rows in {path}");
        return;
    }
    let path = std::env::temp_dir().join(format!("aftermail-speed-{}.csv", std::process::id()));
    let rows = generate(&templates(&export), megabytes * 1_000_000, &path).expect("room for the file");
    let bytes = std::fs::read(&path).expect("the file");
    std::fs::remove_file(&path).expect("the file is ours");
    let hint = Hint::default();
    let tell = |how: &str, start: Instant, counts: &[Count]| {
        let seconds = start.elapsed().as_secs_f64();
        let (events, rejects) = counts.iter().fold((0, 0), |sum, c| (sum.0 + c.events, sum.1 + c.rejects));
        println!("{how}: {events} of {rows} rows, {rejects} rejects, {seconds:.1} s, {:.0} MB/s", bytes.len() as f64 / 1e6 / seconds);
    };

    let (start, mut count) = (Instant::now(), Count::default());
    read(&bytes, &hint, &mut count);
    tell("one worker", start, &[count]);

    let start = Instant::now();
    let pieces = pieces(&bytes, 2, &hint);
    println!("cut into {} pieces in {:.1} s", pieces.len(), start.elapsed().as_secs_f64());
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let work = |piece| {
            let (bytes, hint) = (&bytes, &hint);
            scope.spawn(move || {
                let mut count = Count::default();
                read_piece(bytes, piece, hint, &mut count);
                count
            })
        };
        let workers: Vec<_> = pieces.into_iter().map(work).collect();
        workers.into_iter().map(|w| w.join().expect("a worker")).collect()
    });
    tell("two workers", start, &counts);
}

//! Sorts events by time, with what does not fit into memory on disk, and keeps each record once.

use super::SPOOL;
use crate::EngineError;
use crate::scan;
use crate::tables::columns::Cells;
use crate::tables::columns::time_at;
use crate::tables::events;
use crate::tables::files::{self, Stamp, TableWriter, disk};
use aftermail_model::LogFile;
use datafusion::arrow::array::{Array, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col};
use futures::StreamExt;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// Memory of the sort.
const MEMORY: usize = 768 << 20;

/// Writes the table of events from the spool, and counts by file.
pub(super) fn by_time(derived: &Path, stamp: &Stamp, rows: Vec<LogFile>) -> Result<Vec<LogFile>, EngineError> {
    let spool = files::path(derived, SPOOL);
    let place = spool.to_str().ok_or_else(|| EngineError::Input(format!("{}: the path is no UTF-8", spool.display())))?;
    let spill = derived.join("spill");
    std::fs::create_dir_all(&spill).map_err(|e| disk(&spill, e))?;
    let environment =
        RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).with_temp_file_path(&spill).build_arc().map_err(scan::said)?;
    let plain = SessionConfig::new().with_target_partitions(2).set_bool("datafusion.execution.parquet.schema_force_view_types", false);
    let context = SessionContext::new_with_config_rt(plain, environment);
    let mut table = TableWriter::new(derived, "events", events::schema(), stamp)?;
    let mut once = Once::new(rows);
    let sorted: Result<(), EngineError> = scan::runtime()?.block_on(async {
        let frame = context.read_parquet(place, ParquetReadOptions::default()).await.map_err(scan::said)?;
        let order = ["time", "id", "source", "evidence", "offset"].map(|name| col(name).sort(true, false));
        let mut batches = frame.sort(order.to_vec()).map_err(scan::said)?.execute_stream().await.map_err(scan::said)?;
        while let Some(batch) = batches.next().await {
            let batch = RecordBatch::try_new(events::schema(), batch.map_err(scan::said)?.columns().to_vec())?;
            table.write(&once.filter(&batch)?)?;
        }
        Ok(())
    });
    let _ = std::fs::remove_dir_all(&spill);
    sorted?;
    table.commit()?;
    Ok(once.finish())
}

/// Drops what is the same as the event before: equal records have equal times and ids, so they stand side by side.
struct Once {
    before: Option<(String, String, Option<i64>)>,
    rows: Vec<LogFile>,
    sources: Vec<BTreeSet<String>>,
    by_evidence: HashMap<String, usize>,
}

impl Once {
    fn new(rows: Vec<LogFile>) -> Once {
        let by_evidence = rows.iter().enumerate().map(|(index, row)| (row.evidence.clone(), index)).collect();
        Once { before: None, sources: vec![BTreeSet::new(); rows.len()], rows, by_evidence }
    }

    fn filter(&mut self, batch: &RecordBatch) -> Result<RecordBatch, EngineError> {
        let cells = Cells(batch);
        let (id, source, time, evidence) = (cells.texts("id")?, cells.texts("source")?, cells.times("time")?, cells.texts("evidence")?);
        let mut keep = Vec::with_capacity(batch.num_rows());
        for i in 0..batch.num_rows() {
            let millis = time.is_valid(i).then(|| time.value(i));
            let same = self.before.as_ref().is_some_and(|(a, b, t)| a == id.value(i) && b == source.value(i) && *t == millis);
            keep.push(!same);
            if !same {
                self.before = Some((id.value(i).to_owned(), source.value(i).to_owned(), millis));
            }
            let Some(index) = self.by_evidence.get(evidence.value(i)).copied() else { continue };
            let (row, at) = (&mut self.rows[index], time_at(time, i));
            row.duplicates += u64::from(same);
            row.undated += u64::from(at.is_none());
            row.first = [row.first, at].into_iter().flatten().min();
            row.last = row.last.max(at);
            if !self.sources[index].contains(source.value(i)) {
                self.sources[index].insert(source.value(i).to_owned());
            }
        }
        Ok(filter_record_batch(batch, &BooleanArray::from(keep))?)
    }

    fn finish(mut self) -> Vec<LogFile> {
        for (row, sources) in self.rows.iter_mut().zip(self.sources) {
            row.sources = sources.into_iter().collect();
        }
        self.rows
    }
}

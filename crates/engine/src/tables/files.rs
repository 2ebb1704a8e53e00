//! Parquet files of the tables: written whole or not at all, stamped with what they were made from.

use crate::EngineError;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use datafusion::parquet::arrow::{ArrowWriter, ProjectionMask};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Rows of a row group: what the writer holds in memory.
const GROUP: usize = 16 << 10;
/// Rows read at a time.
const READ: usize = 4 << 10;
const STAMP: &str = "aftermail";

/// All tables of a case.
pub(crate) const NAMES: [&str; 6] = ["messages", "parts", "occurrences", "gaps", "findings", "links"];

/// What the tables were made from. Tables with different stamps come from different runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Hash over the names of all units.
    pub plan: String,
    /// Evidence files and their bytes.
    pub files: u64,
    pub bytes: u64,
    /// Whether every unit was read.
    pub complete: bool,
}

impl Stamp {
    fn to_text(&self) -> String {
        format!("{} {} {} {}", self.plan, self.files, self.bytes, self.complete)
    }

    fn from_text(text: &str) -> Option<Stamp> {
        let mut words = text.split(' ');
        Some(Stamp {
            plan: words.next()?.to_owned(),
            files: words.next()?.parse().ok()?,
            bytes: words.next()?.parse().ok()?,
            complete: words.next()?.parse().ok()?,
        })
    }
}

fn path(derived: &Path, name: &str) -> PathBuf {
    derived.join(format!("{name}.parquet"))
}

/// An error of the disk, with the file it happened to.
pub(crate) fn disk(path: &Path, e: impl std::fmt::Display) -> EngineError {
    EngineError::Environment(format!("{}: {e}", path.display()))
}

/// A table being written beside its old self.
pub(crate) struct TableWriter {
    writer: ArrowWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl TableWriter {
    pub(crate) fn new(derived: &Path, name: &str, schema: SchemaRef, stamp: &Stamp) -> Result<TableWriter, EngineError> {
        let temporary = derived.join(format!("{name}.parquet.tmp"));
        let file = File::create(&temporary).map_err(|e| disk(&temporary, e))?;
        let level = ZstdLevel::try_new(1).map_err(|e| disk(&temporary, e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP))
            .set_created_by("aftermail".into())
            .set_key_value_metadata(Some(vec![KeyValue::new(STAMP.to_owned(), stamp.to_text())]))
            .build();
        let writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(|e| disk(&temporary, e))?;
        Ok(TableWriter { writer, temporary, path: path(derived, name) })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        self.writer.write(batch).map_err(|e| disk(&self.temporary, e))
    }

    /// Brings the rows to the disk and puts the table in the place of the old one.
    pub(crate) fn commit(self) -> Result<(), EngineError> {
        let file = self.writer.into_inner().map_err(|e| disk(&self.temporary, e))?;
        file.sync_all().and_then(|()| std::fs::rename(&self.temporary, &self.path)).map_err(|e| disk(&self.path, e))
    }
}

fn open(derived: &Path, name: &str) -> Result<Option<(PathBuf, File)>, EngineError> {
    let path = path(derived, name);
    match File::open(&path) {
        Ok(file) => Ok(Some((path, file))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(disk(&path, e)),
    }
}

/// Gives the rows of a table, of all columns or of some. A table that is not there has no rows.
pub(crate) fn read(
    derived: &Path,
    name: &str,
    columns: Option<&[&str]>,
    give: &mut dyn FnMut(RecordBatch) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let Some((path, file)) = open(derived, name)? else { return Ok(()) };
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| disk(&path, e))?.with_batch_size(READ);
    if let Some(columns) = columns {
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        builder = builder.with_projection(mask);
    }
    for batch in builder.build().map_err(|e| disk(&path, e))? {
        give(batch.map_err(|e| disk(&path, e))?)?;
    }
    Ok(())
}

fn metadata(derived: &Path, name: &str) -> Result<Option<ArrowReaderMetadata>, EngineError> {
    let Some((path, file)) = open(derived, name)? else { return Ok(None) };
    ArrowReaderMetadata::load(&file, Default::default()).map(Some).map_err(|e| disk(&path, e))
}

/// Number of rows, from the footer.
pub(crate) fn rows(derived: &Path, name: &str) -> Result<u64, EngineError> {
    let rows = metadata(derived, name)?.map_or(0, |m| m.metadata().file_metadata().num_rows());
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// What the table was made from.
pub(crate) fn stamp(derived: &Path, name: &str) -> Result<Option<Stamp>, EngineError> {
    let Some(metadata) = metadata(derived, name)? else { return Ok(None) };
    let pairs = metadata.metadata().file_metadata().key_value_metadata();
    let text = pairs.into_iter().flatten().find(|kv| kv.key == STAMP).and_then(|kv| kv.value.as_deref());
    Ok(text.and_then(Stamp::from_text))
}

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
pub(crate) const NAMES: [&str; 7] = ["messages", "parts", "occurrences", "personal", "gaps", "findings", "links"];

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

/// Where a table is.
pub(crate) fn path(derived: &Path, name: &str) -> PathBuf {
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

/// Takes a table away.
pub(crate) fn remove(derived: &Path, name: &str) {
    let _ = std::fs::remove_file(path(derived, name));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{self, findings, gaps, links, messages, occurrences, parts};
    use aftermail_model::*;

    fn keep(derived: &Path, name: &str, batch: RecordBatch) {
        let stamp = Stamp { plan: "p".into(), files: 3, bytes: 99, complete: true };
        let mut table = TableWriter::new(derived, name, batch.schema(), &stamp).unwrap();
        table.write(&batch).unwrap();
        table.commit().unwrap();
        assert_eq!(super::stamp(derived, name).unwrap(), Some(stamp));
        assert_eq!(rows(derived, name).unwrap(), batch.num_rows() as u64);
    }

    fn back(derived: &Path, name: &str) -> RecordBatch {
        let mut all = Vec::new();
        read(derived, name, None, &mut |batch| {
            all.push(batch);
            Ok(())
        })
        .unwrap();
        datafusion::arrow::compute::concat_batches(&all[0].schema(), &all).unwrap()
    }

    fn at() -> Locator {
        Locator { evidence: "0123456789abcdef".into(), offset: 1 << 40, length: 12 }
    }

    #[test]
    fn messages_and_parts_come_back() {
        let derived = tempfile::tempdir().unwrap();
        let full = Message {
            at: at(),
            key: "k".into(),
            sameness: "s".into(),
            format: "mbox".into(),
            store: Some("PST (Unicode)".into()),
            custodian: Some("ann@example.com".into()),
            message_id: Some("<1@example.com>".into()),
            references: vec!["<0@example.com>".into(), "<½@example.com>".into()],
            folder: Some("Inbox/Ä".into()),
            reached: Some("orphan".into()),
            flags: vec!["read".into()],
            from: Some("Ann <ann@example.com>".into()),
            to: vec!["Bob <bob@example.com>".into()],
            subject: Some("Grüße".into()),
            sent: Some(Timestamp(-1)),
            received: Some(Timestamp(0)),
            modified: Some(Timestamp(1)),
            conversation_index: Some("01da".into()),
            expected_bytes: 1,
            decoded_bytes: 2,
            unread_bytes: 3,
            residue_bytes: 4,
            parts: 5,
            leads: Leads::PIECE.with(Leads::BARE),
        };
        let rows = vec![full, Message { at: at(), ..Message::default() }];
        keep(derived.path(), "messages", messages::to_batch(&rows).unwrap());
        assert_eq!(messages::from_batch(&back(derived.path(), "messages")).unwrap(), rows);

        let state = |state| Part {
            at: at(),
            index: 1,
            path: "a.zip > b.txt".into(),
            name: Some("b.txt".into()),
            declared: "text/plain".into(),
            found: "text/csv".into(),
            charset: None,
            bytes: 1,
            decoded_bytes: 2,
            text_chars: 3,
            state,
            content: "c".into(),
            opened_by: Some("well known".into()),
        };
        let rows = [PartState::Decoded, PartState::Partly, PartState::NotRead, PartState::Container].map(state);
        keep(derived.path(), "parts", parts::to_batch(&rows).unwrap());
        assert_eq!(parts::from_batch(&back(derived.path(), "parts")).unwrap(), rows);
    }

    #[test]
    fn occurrences_findings_and_links_come_back() {
        let derived = tempfile::tempdir().unwrap();
        let of = |kind: &Kind| Occurrence {
            at: at(),
            part: 2,
            place: "body".into(),
            layer: Layer::Attribute,
            start: 3,
            end: 4,
            rule: "prose".into(),
            kind: *kind,
            shape: "•••••, 4 digits".into(),
            finding: FindingId::from_text("ab"),
            system: Some("VPN".into()),
            account: None,
            credential: Some(CredentialId::JwtId("a:b".into())),
            person: Some("Ann".into()),
            expires: Some(Timestamp(4_102_444_800)),
            status: Status::Temporary,
            confidence: 0.7,
            because: vec!["first".into(), "second".into()],
            language: Some("de".into()),
        };
        let rows: Vec<Occurrence> = Kind::ALL.iter().map(of).collect();
        keep(derived.path(), "occurrences", occurrences::to_batch(&rows).unwrap());
        assert_eq!(occurrences::from_batch(&back(derived.path(), "occurrences")).unwrap(), rows);

        let finding = Finding {
            id: FindingId::from_text("ab"),
            kind: Kind::Pin,
            shape: "•••••, 4 digits".into(),
            system: None,
            account: Some("ann".into()),
            expires: None,
            status: Status::RevokedInThread,
            confidence: 0.25,
            because: Vec::new(),
            first_sent: Some(Timestamp(0)),
            last_sent: None,
            messages: 7,
            occurrences: 8,
            priority: 4,
            priority_because: "old".into(),
            ignored: Some("a test account".into()),
        };
        keep(derived.path(), "findings", findings::to_batch(std::slice::from_ref(&finding)).unwrap());
        assert_eq!(tables::findings(derived.path()).unwrap(), [finding]);

        let link = |target| Link { finding: FindingId::from_text("ab"), target, name: "vpn".into(), occurrences: 2, because: "row".into() };
        let rows = [LinkTarget::System, LinkTarget::Account, LinkTarget::Owner, LinkTarget::Credential].map(link);
        keep(derived.path(), "links", links::to_batch(&rows).unwrap());
        assert_eq!(tables::links(derived.path()).unwrap(), rows);
    }

    #[test]
    fn gaps_of_every_reason_come_back() {
        let derived = tempfile::tempdir().unwrap();
        let of = |(n, reason): (usize, Reason)| Gap {
            at: at(),
            part: (n % 2 == 0).then_some(3),
            place: "a.zip".into(),
            media: "application/zip".into(),
            stage: [Stage::Intake, Stage::Split, Stage::Decode, Stage::Detect][n % 4],
            reason,
            detail: "Needs a password.".into(),
            bytes: u64::MAX >> 1,
        };
        let rows: Vec<Gap> = Reason::ALL.into_iter().enumerate().map(of).collect();
        keep(derived.path(), "gaps", gaps::to_batch(&rows).unwrap());
        assert_eq!(tables::gaps(derived.path()).unwrap(), rows);
    }

    #[test]
    fn a_time_that_no_calendar_has_is_no_time() {
        let derived = tempfile::tempdir().unwrap();
        let rows = [i64::MIN, i64::MAX, 253_402_300_800].map(|s| Message { sent: Some(Timestamp(s)), ..Message::default() });
        keep(derived.path(), "messages", messages::to_batch(&rows).unwrap());
        assert!(messages::from_batch(&back(derived.path(), "messages")).unwrap().iter().all(|m| m.sent.is_none()));
    }

    #[test]
    fn a_table_that_is_not_there_has_no_rows() {
        let derived = tempfile::tempdir().unwrap();
        assert!(tables::gaps(derived.path()).unwrap().is_empty());
        assert_eq!(rows(derived.path(), "gaps").unwrap(), 0);
        std::fs::write(derived.path().join("gaps.parquet"), b"rubbish").unwrap();
        assert!(matches!(tables::gaps(derived.path()), Err(EngineError::Environment(_))));
    }
}

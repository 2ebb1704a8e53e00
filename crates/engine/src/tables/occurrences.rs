//! The table `occurrences`: one row per place where a secret stands; and `personal`, the same of personal data.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{CredentialId, FindingId, Kind, Layer, Locator, Occurrence, Status};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence."),
    Column("length", Holds::Number, ALWAYS, "Length of the message in bytes."),
    Column("part", Holds::Number, ALWAYS, "Position of the part in the message."),
    Column("place", Holds::Text, ALWAYS, "subject, body, or the attachment path joined by ' > '."),
    Column("layer", Holds::Text, ALWAYS, "visible, hidden, header, comment, attribute, script, raw, or ocr: read from a picture."),
    Column("start", Holds::Number, ALWAYS, "First byte of the value in the passage's text."),
    Column("end", Holds::Number, ALWAYS, "One past its last byte."),
    Column("rule", Holds::Text, ALWAYS, "Name of the rule that found it."),
    Column("kind", Holds::Text, ALWAYS, "What sort of secret."),
    Column("shape", Holds::Text, ALWAYS, "Redacted form of the value."),
    Column("finding", Holds::Text, ALWAYS, "The finding that it belongs to: keyed fingerprint of the value."),
    Column("system", Holds::Text, MAYBE, "What it opens, as the text names it."),
    Column("account", Holds::Text, MAYBE, "Whom it signs in."),
    Column("credential", Holds::Text, MAYBE, "Under which name logs know it, with its scheme before a colon."),
    Column("person", Holds::Text, MAYBE, "Of personal data: to whom they are tied."),
    Column("expires", Holds::Time, MAYBE, "When it ends, where the secret or the text says so."),
    Column("status", Holds::Text, ALWAYS, "live, revoked_in_thread or temporary."),
    Column("confidence", Holds::Fraction, ALWAYS, "0 to 1."),
    Column("because", Holds::Texts, ALWAYS, "Reasons in words, strongest first."),
    Column("language", Holds::Text, MAYBE, "ISO 639-1 language of the cue."),
];

const LAYERS: [Layer; 8] =
    [Layer::Visible, Layer::Hidden, Layer::Header, Layer::Comment, Layer::Attribute, Layer::Script, Layer::Raw, Layer::Ocr];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Occurrence]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    let credentials: Vec<Option<String>> = r().map(|o| o.credential.as_ref().map(CredentialId::to_string)).collect();
    batch(
        schema(),
        vec![
            texts(r().map(|o| o.at.evidence.as_str())),
            numbers(r().map(|o| o.at.offset)),
            numbers(r().map(|o| o.at.length)),
            numbers(r().map(|o| u64::from(o.part))),
            texts(r().map(|o| o.place.as_str())),
            texts(r().map(|o| o.layer.as_str())),
            numbers(r().map(|o| o.start)),
            numbers(r().map(|o| o.end)),
            texts(r().map(|o| o.rule.as_str())),
            texts(r().map(|o| o.kind.as_str())),
            texts(r().map(|o| o.shape.as_str())),
            texts(r().map(|o| o.finding.as_str())),
            maybe_texts(r().map(|o| o.system.as_deref())),
            maybe_texts(r().map(|o| o.account.as_deref())),
            maybe_texts(credentials.iter().map(Option::as_deref)),
            maybe_texts(r().map(|o| o.person.as_deref())),
            times(r().map(|o| o.expires)),
            texts(r().map(|o| o.status.as_str())),
            fractions(r().map(|o| o.confidence)),
            lists(r().map(|o| o.because.as_slice())),
            maybe_texts(r().map(|o| o.language.as_deref())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Occurrence>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?);
    let (part, place, layer) = (c.numbers("part")?, c.texts("place")?, c.texts("layer")?);
    let (start, end, rule) = (c.numbers("start")?, c.numbers("end")?, c.texts("rule")?);
    let (kind, shape, finding) = (c.texts("kind")?, c.texts("shape")?, c.texts("finding")?);
    let (system, account) = (c.texts("system")?, c.texts("account")?);
    let (credential, person, expires) = (c.texts("credential")?, c.texts("person")?, c.times("expires")?);
    let (status, confidence) = (c.texts("status")?, c.fractions("confidence")?);
    let (because, language) = (c.lists("because")?, c.texts("language")?);
    let row = |i| {
        Ok(Occurrence {
            at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
            part: small_at(part, i),
            place: text_at(place, i),
            layer: word(&LAYERS, Layer::as_str, layer.value(i))?,
            start: number_at(start, i),
            end: number_at(end, i),
            rule: text_at(rule, i),
            kind: word(Kind::ALL, Kind::as_str, kind.value(i))?,
            shape: text_at(shape, i),
            finding: FindingId::from_text(finding.value(i)),
            system: maybe_text_at(system, i),
            account: maybe_text_at(account, i),
            credential: maybe_text_at(credential, i).and_then(|name| CredentialId::parse(&name)),
            person: maybe_text_at(person, i),
            expires: time_at(expires, i),
            status: word(Status::ALL, Status::as_str, status.value(i))?,
            confidence: confidence.value(i),
            because: list_at(because, i),
            language: maybe_text_at(language, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}

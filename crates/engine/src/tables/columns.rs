//! Columns of the tables: how they are declared, written and read.

use crate::EngineError;
use aftermail_model::Timestamp;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float32Array, Int64Array, ListArray, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Float32Type, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMillisecondType};
use std::collections::HashMap;
use std::sync::Arc;

/// What a column holds. Few types, so that every reader of Parquet agrees on them.
#[derive(Clone, Copy)]
pub(crate) enum Holds {
    /// UTF-8 text.
    Text,
    /// A whole number.
    Number,
    /// A number of 32 bits with a fraction.
    Fraction,
    /// Milliseconds since 1970 in UTC; Parquet knows no seconds.
    Time,
    /// A list of texts.
    Texts,
}

/// One column: name, what it holds, whether it may be empty, and what it means.
pub(crate) struct Column(pub &'static str, pub Holds, pub bool, pub &'static str);

/// May be empty.
pub(crate) const MAYBE: bool = true;
/// Is never empty.
pub(crate) const ALWAYS: bool = false;

/// First and last second of the years 1 to 9999; a time outside is no time, since half of the readers break on it.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

fn list_item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Utf8, false))
}

/// The Arrow schema of the columns; the meaning stands in the metadata as `comment`.
pub(crate) fn schema_of(columns: &[Column]) -> SchemaRef {
    let fields: Vec<Field> = columns
        .iter()
        .map(|Column(name, holds, maybe, meaning)| {
            let kind = match holds {
                Holds::Text => DataType::Utf8,
                Holds::Number => DataType::Int64,
                Holds::Fraction => DataType::Float32,
                Holds::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
                Holds::Texts => DataType::List(list_item()),
            };
            Field::new(*name, kind, *maybe).with_metadata(HashMap::from([("comment".to_owned(), (*meaning).to_owned())]))
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// A batch of these arrays, which must be in the order of the schema.
pub(crate) fn batch(schema: SchemaRef, arrays: Vec<ArrayRef>) -> Result<RecordBatch, EngineError> {
    RecordBatch::try_new(schema, arrays).map_err(|e| EngineError::Bug(format!("a table does not fit its schema: {e}")))
}

pub(crate) fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(crate) fn maybe_texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

pub(crate) fn numbers(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values.map(|v| i64::try_from(v).unwrap_or(i64::MAX))))
}

pub(crate) fn maybe_numbers(values: impl Iterator<Item = Option<u64>>) -> ArrayRef {
    Arc::new(values.map(|v| v.map(|v| i64::try_from(v).unwrap_or(i64::MAX))).collect::<Int64Array>())
}

pub(crate) fn fractions(values: impl Iterator<Item = f32>) -> ArrayRef {
    Arc::new(Float32Array::from_iter_values(values))
}

pub(crate) fn times(values: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let millis = values.map(|t| t.filter(|t| TIMES.contains(&t.0)).map(|t| t.0 * 1000));
    Arc::new(millis.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

pub(crate) fn lists<'a>(rows: impl Iterator<Item = &'a [String]>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(list_item());
    for row in rows {
        for text in row {
            builder.values().append_value(text);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}

/// Reads the cells of a batch by column name.
pub(crate) struct Cells<'a>(pub &'a RecordBatch);

impl<'a> Cells<'a> {
    fn column(&self, name: &str) -> Result<&'a ArrayRef, EngineError> {
        self.0
            .column_by_name(name)
            .ok_or_else(|| EngineError::Environment(format!("a table has no column {name}; delete it and run again")))
    }

    fn wrong(name: &str) -> EngineError {
        EngineError::Environment(format!("column {name} of a table holds something else; delete it and run again"))
    }

    pub(crate) fn texts(&self, name: &str) -> Result<&'a StringArray, EngineError> {
        self.column(name)?.as_string_opt::<i32>().ok_or_else(|| Self::wrong(name))
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<&'a Int64Array, EngineError> {
        self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| Self::wrong(name))
    }

    pub(crate) fn fractions(&self, name: &str) -> Result<&'a Float32Array, EngineError> {
        self.column(name)?.as_primitive_opt::<Float32Type>().ok_or_else(|| Self::wrong(name))
    }

    pub(crate) fn times(&self, name: &str) -> Result<&'a TimestampMillisecondArray, EngineError> {
        self.column(name)?.as_primitive_opt::<TimestampMillisecondType>().ok_or_else(|| Self::wrong(name))
    }

    pub(crate) fn lists(&self, name: &str) -> Result<&'a ListArray, EngineError> {
        self.column(name)?.as_list_opt::<i32>().ok_or_else(|| Self::wrong(name))
    }
}

pub(crate) fn text_at(array: &StringArray, row: usize) -> String {
    array.value(row).to_owned()
}

pub(crate) fn maybe_text_at(array: &StringArray, row: usize) -> Option<String> {
    array.is_valid(row).then(|| array.value(row).to_owned())
}

pub(crate) fn number_at(array: &Int64Array, row: usize) -> u64 {
    u64::try_from(array.value(row)).unwrap_or(0)
}

pub(crate) fn small_at(array: &Int64Array, row: usize) -> u32 {
    u32::try_from(array.value(row)).unwrap_or(u32::MAX)
}

pub(crate) fn time_at(array: &TimestampMillisecondArray, row: usize) -> Option<Timestamp> {
    array.is_valid(row).then(|| Timestamp(array.value(row).div_euclid(1000)))
}

pub(crate) fn list_at(array: &ListArray, row: usize) -> Vec<String> {
    match array.value(row).as_string_opt::<i32>() {
        Some(items) => items.iter().flatten().map(str::to_owned).collect(),
        None => Vec::new(),
    }
}

/// The variant whose word this is.
pub(crate) fn word<T: Copy>(all: &[T], as_str: impl Fn(T) -> &'static str, text: &str) -> Result<T, EngineError> {
    all.iter()
        .copied()
        .find(|v| as_str(*v) == text)
        .ok_or_else(|| EngineError::Environment(format!("a table holds the unknown word {text:?}; delete it and run again")))
}

//! Questions in SQL over the tables of a case.

use crate::scan::runtime;
use crate::{Answer, EngineError};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::StreamExt;
use std::path::Path;

/// Memory of a question; larger sorts and groupings spill to disk.
const MEMORY: usize = 512 << 20;

/// See [`crate::sql`].
pub(crate) fn sql(derived: &Path, query: &str) -> Result<Answer, EngineError> {
    runtime()?.block_on(async {
        let context = tables(derived).await?;
        let only_ask = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = context.sql_with_options(query, only_ask).await.map_err(plain)?;
        let fields = frame.schema().fields();
        let mut answer = Answer {
            columns: fields.iter().map(|f| f.name().clone()).collect(),
            plain: fields.iter().map(|f| is_plain(f.data_type())).collect(),
            rows: Vec::new(),
        };
        let mut batches = frame.execute_stream().await.map_err(plain)?;
        let options = FormatOptions::default().with_timestamp_tz_format(Some("%Y-%m-%dT%H:%M:%SZ"));
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(plain)?;
            let cells: Result<Vec<_>, _> = batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options)).collect();
            let cells = cells?;
            let empty: Vec<_> = batch.columns().iter().map(|c| c.logical_nulls()).collect();
            for row in 0..batch.num_rows() {
                let is_empty = |column: &Option<NullBuffer>| column.as_ref().is_some_and(|nulls| nulls.is_null(row));
                let text = |column: usize| {
                    let listed = batch.column(column).as_list_opt::<i32>().and_then(|list| as_json(&list.value(row)));
                    listed.unwrap_or_else(|| cells[column].value(row).to_string())
                };
                answer.rows.push((0..cells.len()).map(|at| (!is_empty(&empty[at])).then(|| text(at))).collect());
            }
        }
        Ok(answer)
    })
}

/// Whether a cell of this type is JSON as it stands.
fn is_plain(holds: &DataType) -> bool {
    let of_texts = matches!(holds, DataType::List(item) if matches!(item.data_type(), DataType::Utf8 | DataType::Utf8View));
    holds.is_numeric() || *holds == DataType::Boolean || of_texts
}

/// A list of texts as JSON.
fn as_json(list: &ArrayRef) -> Option<String> {
    let texts: Vec<Option<&str>> = match list.as_string_opt::<i32>() {
        Some(texts) => texts.iter().collect(),
        None => list.as_string_view_opt()?.iter().collect(),
    };
    serde_json::to_string(&texts).ok()
}

/// A session that knows every Parquet file of the folder as a table of that name.
async fn tables(derived: &Path) -> Result<SessionContext, EngineError> {
    let environment = RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).build_arc().map_err(plain)?;
    let config = SessionConfig::new().with_information_schema(true);
    let context = SessionContext::new_with_config_rt(config, environment);
    let entries = std::fs::read_dir(derived)
        .map_err(|e| EngineError::Input(format!("the case has no tables yet ({}: {e}); run it first", derived.display())))?;
    for path in entries.flatten().map(|e| e.path()) {
        let (Some(name), Some("parquet")) = (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|e| e.to_str())) else {
            continue;
        };
        let place = path.to_str().ok_or_else(|| EngineError::Input(format!("{}: the path is no UTF-8", path.display())))?;
        context.register_parquet(name, place, ParquetReadOptions::default()).await.map_err(plain)?;
    }
    Ok(context)
}

/// The sentence alone: the kind of the error and where it was made help nobody who wrote the question.
fn plain(e: DataFusionError) -> EngineError {
    match e {
        DataFusionError::Plan(why) if why.contains("not supported") => EngineError::Input(format!("the tables can only be read: {why}")),
        DataFusionError::Diagnostic(_, inner) | DataFusionError::Context(_, inner) => plain(*inner),
        other => EngineError::Input(other.strip_backtrace()),
    }
}

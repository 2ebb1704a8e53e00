//! Questions in SQL over the tables of a case.

use crate::scan::runtime;
use crate::{Answer, EngineError};
use datafusion::arrow::array::Array;
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
            plain: fields.iter().map(|f| f.data_type().is_numeric() || *f.data_type() == DataType::Boolean).collect(),
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
                let shown = cells.iter().zip(&empty).map(|(cell, column)| (!is_empty(column)).then(|| cell.value(row).to_string()));
                answer.rows.push(shown.collect());
            }
        }
        Ok(answer)
    })
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

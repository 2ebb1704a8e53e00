//! The scan as a DataFusion table: one row per message, partitions that each drive a worker.
//!
//! A partition needs nothing but the list of work, so the same plan can run on executors of a cluster, where the list is
//! cut up beforehand instead of being shared.

use crate::lane::{Lane, Shared};
use crate::tables::records;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};
use std::fmt;
use std::sync::Arc;

/// The evidence as a table, see [`records::schema`].
pub(crate) struct EvidenceTable(pub Arc<Shared>);

impl fmt::Debug for EvidenceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceTable: {} files", self.0.files.len())
    }
}

#[async_trait]
impl TableProvider for EvidenceTable {
    fn schema(&self) -> SchemaRef {
        records::schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(records::schema().project(columns)?),
            None => records::schema(),
        };
        Ok(Arc::new(EvidenceScanExec::new(self.0.clone(), schema, projection.cloned())))
    }
}

/// Reads the evidence, one worker per partition.
pub(crate) struct EvidenceScanExec {
    shared: Arc<Shared>,
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

impl EvidenceScanExec {
    fn new(shared: Arc<Shared>, schema: SchemaRef, projection: Option<Vec<usize>>) -> EvidenceScanExec {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(shared.lanes),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        EvidenceScanExec { shared, projection, properties: Arc::new(properties) }
    }
}

impl fmt::Debug for EvidenceScanExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceScanExec: {} files, {} workers", self.shared.files.len(), self.shared.lanes)
    }
}

impl DisplayAs for EvidenceScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl ExecutionPlan for EvidenceScanExec {
    fn name(&self) -> &str {
        "EvidenceScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>, _: ReplaceChildrenOptions) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let lane = Lane::new(self.shared.clone());
        let projection = self.projection.clone();
        let batches = futures::stream::try_unfold((lane, projection), |(mut lane, projection)| async move {
            let Some(batch) = lane.next().await.map_err(|e| DataFusionError::External(Box::new(e)))? else { return Ok(None) };
            let batch: RecordBatch = match &projection {
                Some(columns) => batch.project(columns)?,
                None => batch,
            };
            Ok(Some((batch, (lane, projection))))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }
}

#[cfg(test)]
mod tests {
    use crate::queue::Queue;
    use crate::scan::Run;
    use crate::{Cancel, EvidenceFile, Options};
    use aftermail_model::CaseKey;
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::prelude::SessionContext;
    use std::sync::Arc;

    #[test]
    fn the_evidence_is_an_ordinary_table() {
        let folder = tempfile::tempdir().unwrap();
        let file = |n: usize| {
            let path = folder.path().join(format!("{n}.eml"));
            std::fs::write(&path, format!("Subject: number {n}\n\nHello.\n")).unwrap();
            EvidenceFile { id: format!("{n}.eml"), size: path.metadata().unwrap().len(), path, folder: None, custodian: None }
        };
        let files: Vec<_> = (0..5).map(file).collect();
        let here = std::env::current_exe().unwrap();
        let options = Options {
            key: CaseKey::new([1; 32]),
            rules: Vec::new(),
            reveal: false,
            personal: false,
            directory: Default::default(),
            ignores: Vec::new(),
            sandbox: true,
            workers: 2,
            worker_memory: 1 << 30,
            item_seconds: 20,
            item_bytes: 1 << 20,
            models: None,
            passwords: Vec::new(),
            // Cargo builds it next to the tests.
            worker: Some(here.parent().and_then(|deps| deps.parent()).unwrap().join("engine-test-worker")),
        };
        let cancel = Cancel::default();
        let queue = Queue::new(&files, Vec::new(), Box::new(|_| true), cancel.clone());
        let run = Run::new(&files, &options, &cancel, queue).unwrap();
        let shown = crate::scan::runtime().unwrap().block_on(async {
            let context = SessionContext::new();
            context.register_table("evidence", Arc::new(super::EvidenceTable(run.shared.clone()))).unwrap();
            let question = "SELECT count(*) AS n, min(message['evidence']) AS first, max(message['format']) AS format FROM evidence";
            let rows = context.sql(question).await.unwrap().collect().await.unwrap();
            pretty_format_batches(&rows).unwrap().to_string()
        });
        assert!(shown.contains("| 5 | 0.eml | eml    |"), "{shown}");
    }
}

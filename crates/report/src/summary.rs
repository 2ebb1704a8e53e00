//! One JSON object about a whole run.

use crate::Overview;
use serde_json::{Map, Value, json};

/// What was read, found and not read; counts and bytes of gaps by reason.
pub fn summary(overview: &Overview, version: &str) -> String {
    let mut gaps = Map::new();
    for (reason, number, bytes) in &overview.gaps {
        gaps.insert(reason.as_str().to_owned(), json!({"count": number, "bytes": bytes}));
    }
    let stores: Map<String, Value> = overview.stores.iter().map(|(kind, number)| (kind.clone(), json!(number))).collect();
    let object = json!({
        "files": overview.files,
        "messages": overview.messages,
        "copies": overview.copies,
        "stores": stores,
        "parts": overview.parts,
        "bytes": overview.bytes,
        "occurrences": overview.occurrences,
        "findings": overview.findings,
        "personal": overview.personal,
        "gaps": Value::Object(gaps),
        "gap_count": overview.gap_count(),
        "gap_bytes": overview.gap_bytes(),
        "repeated_parts": overview.repeated_parts,
        "seconds": (overview.seconds * 1000.0).round() / 1000.0,
        "sandbox": overview.sandbox,
        "interrupted": overview.interrupted,
        "version": version,
    });
    format!("{object:#}\n")
}

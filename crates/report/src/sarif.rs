//! SARIF 2.1.0 (OASIS), for those whose tools collect that. Locations are `mail:` URIs; nothing is shown but shapes.

use aftermail_model::{Finding, Message, Occurrence};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Occurrences named per finding; the rest is counted.
const LOCATIONS: usize = 50;

/// One run with one result per finding. `name` gives the file name of an evidence id.
pub fn sarif(findings: &[Finding], occurrences: &[(Occurrence, Message)], version: &str, name: &dyn Fn(&str) -> String) -> String {
    let mut places: BTreeMap<&str, Vec<&(Occurrence, Message)>> = BTreeMap::new();
    for pair in occurrences {
        places.entry(pair.0.finding.as_str()).or_default().push(pair);
    }
    let kinds: BTreeSet<&str> = findings.iter().map(|f| f.kind.as_str()).collect();
    let rules: Vec<Value> =
        kinds.iter().map(|k| json!({"id": k, "shortDescription": {"text": format!("A {} stands in mail", k.replace('_', " "))}})).collect();
    let results: Vec<Value> = findings.iter().map(|f| result(f, places.get(f.id.as_str()).map_or(&[][..], |p| p), name)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "aftermail", "version": version, "rules": rules}},
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(f: &Finding, places: &[&(Occurrence, Message)], name: &dyn Fn(&str) -> String) -> Value {
    let locations: Vec<Value> = places.iter().take(LOCATIONS).map(|(o, m)| location(o, m, name)).collect();
    let opens = f.system.as_deref().map(|s| format!(", opens {s}")).unwrap_or_default();
    json!({
        "ruleId": f.kind.as_str(),
        "level": if f.priority <= 2 { "error" } else { "warning" },
        "message": {"text": format!("{} ({}) stands in {} messages{opens}", f.kind.as_str().replace('_', " "), f.shape, f.messages)},
        "locations": locations,
        "occurrenceCount": f.occurrences,
        "partialFingerprints": {"aftermailFinding/v1": f.id.as_str()},
        "rank": (f64::from(f.confidence) * 100.0).round(),
        "properties": {
            "account": f.account,
            "system": f.system,
            "status": f.status.as_str(),
            "priority": f.priority,
            "because": f.because,
        },
    })
}

fn location(o: &Occurrence, message: &Message, name: &dyn Fn(&str) -> String) -> Value {
    let file = name(&o.at.evidence);
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": format!("mail:{}", encoded(&file))},
            "region": {"byteOffset": o.at.offset, "byteLength": o.at.length},
        },
        "logicalLocations": [{
            "name": o.place,
            "fullyQualifiedName": format!("{} > {}", message.message_id.as_deref().unwrap_or("message"), o.place),
        }],
    })
}

fn encoded(path: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/');
    path.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

//! JSON lines: the contract for machines, one object per occurrence.

use aftermail_model::{Decision, Gap, Message, Occurrence};
use serde_json::{Map, Value, json};

/// One occurrence with its message. `evidence` is the name of the file; `value` stands in it only where the user asked to
/// reveal.
pub fn json_line(occurrence: &Occurrence, message: &Message, evidence: &str, value: Option<&str>) -> String {
    let o = occurrence;
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("message_id", json!(message.message_id));
    put("evidence", json!(evidence));
    put("offset", json!(o.at.offset));
    put("folder", json!(message.folder));
    put("where", json!(o.place));
    put("layer", json!(o.layer.as_str()));
    put("kind", json!(o.kind.as_str()));
    if let Some(value) = value {
        put("value", json!(value));
    }
    put("shape", json!(o.shape));
    put("finding", json!(o.finding.as_str()));
    put("system", json!(o.system));
    put("account", json!(o.account));
    put("credential", json!(o.credential.as_ref().map(ToString::to_string)));
    if o.kind.is_personal() {
        put("person", json!(o.person));
    }
    put("expires", json!(o.expires.map(|t| t.to_string())));
    put("status", json!(o.status.as_str()));
    // Two digits: more would claim more than is known.
    put("confidence", json!((f64::from(o.confidence) * 100.0).round() / 100.0));
    put("because", json!(o.because));
    put("rule", json!(o.rule));
    put("language", json!(o.language));
    put("sent", json!(message.sent.map(|t| t.to_string())));
    put("from", json!(message.from));
    put("to", json!(message.to));
    put("subject", json!(message.subject));
    Value::Object(line).to_string()
}

/// One gap.
pub fn gap_line(gap: &Gap, evidence: &str, decision: Option<&Decision>) -> String {
    json!({
        "gap": gap.id(),
        "evidence": evidence,
        "offset": gap.at.offset,
        "length": gap.at.length,
        "where": gap.place,
        "media": gap.media,
        "stage": gap.stage.as_str(),
        "reason": gap.reason.as_str(),
        "detail": gap.detail,
        "bytes": gap.bytes,
        "owner": decision.and_then(|d| d.owner.as_deref()),
        "accepted": decision.and_then(|d| d.accepted.as_ref()).map(|(_, why)| why),
    })
    .to_string()
}

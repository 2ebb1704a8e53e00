//! How much of a labelled set was found.
//!
//! A truth row is found when a finding of the same conversation has its value, or one that the row accepts (compared
//! without white space). A finding whose value is in no truth or ignore row of its conversation is a false alarm, counted
//! once per conversation and value. A piece (6 characters or more) of such a value is neither.

use crate::threads::Threads;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A truth row and what became of it.
#[derive(Debug)]
pub struct Row {
    /// The row as it is in the set.
    pub truth: Value,
    /// Whether its value was reported.
    pub found: bool,
    /// Whether the reported system fits, where the row names one and was found.
    pub system: Option<bool>,
    /// Whether the reported account fits, likewise.
    pub account: Option<bool>,
    /// What was named instead, where a link does not fit: field, wanted, named.
    pub misnamed: Vec<[String; 3]>,
    /// Whether it stands where this version can read: a body, a subject, a text attachment.
    pub decodable: bool,
}

/// The outcome.
#[derive(Debug)]
pub struct Score {
    /// Every truth row.
    pub rows: Vec<Row>,
    /// Distinct secrets found: conversation and value.
    pub hits: usize,
    /// First finding of every false alarm.
    pub false_alarms: Vec<Value>,
}

/// A field as text; empty where it is missing.
pub fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Without white space, as values are compared.
pub fn squash(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !('\x1c'..='\x1f').contains(c)).collect()
}

/// Whether two names say the same: one holds the other, without white space and in any case.
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (squash(a).to_lowercase(), squash(b).to_lowercase());
    !a.is_empty() && !b.is_empty() && (a.contains(&b) || b.contains(&a))
}

/// Values of the same secret.
pub fn values(truth: &Value) -> HashSet<String> {
    let accepted = truth.get("accept").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    accepted.chain([text(truth, "value")]).map(squash).collect()
}

/// Values that are parts of it.
pub fn pieces(truth: &Value) -> HashSet<String> {
    let parts = truth.get("parts").and_then(Value::as_array).into_iter().flatten();
    parts.map(|p| squash(text(p, "value"))).filter(|v| !v.is_empty()).collect()
}

/// Compares what was found with the truth.
pub fn score(truth: Vec<Value>, ignore: &[Value], found: &[Value], threads: &mut Threads, decodable: impl Fn(&Value) -> bool) -> Score {
    let mut by_thread: HashMap<String, Vec<&Value>> = HashMap::new();
    for finding in found {
        by_thread.entry(threads.root(text(finding, "message_id"))).or_default().push(finding);
    }
    let mut known: HashMap<String, HashSet<String>> = HashMap::new();
    let mut hits = HashSet::new();
    let mut rows = Vec::new();
    for truth in truth {
        let root = threads.root(text(&truth, "message_id"));
        let own = values(&truth);
        let matching: Vec<&&Value> =
            by_thread.get(&root).into_iter().flatten().filter(|f| own.contains(&squash(text(f, "value")))).collect();
        let mut misnamed = Vec::new();
        let mut linked = |field: &str, names: [&str; 2]| {
            let wanted = text(&truth, field);
            let named = |f: &Value| names.iter().map(|n| text(f, n)).find(|t| !t.is_empty()).unwrap_or_default().to_owned();
            let fits = !wanted.is_empty() && matching.iter().any(|f| same(wanted, &named(f)));
            let first = matching.first().filter(|_| !wanted.is_empty())?;
            if !fits {
                misnamed.push([field.to_owned(), wanted.to_owned(), named(first)]);
            }
            Some(fits)
        };
        let (system, account) = (linked("system", ["system", "system"]), linked("identity", ["identity", "account"]));
        if !matching.is_empty() {
            hits.insert((root.clone(), squash(text(&truth, "value"))));
        }
        known.entry(root).or_default().extend(own.into_iter().chain(pieces(&truth)));
        rows.push(Row { found: !matching.is_empty(), system, account, misnamed, decodable: decodable(&truth), truth });
    }
    for row in ignore {
        known.entry(threads.root(text(row, "message_id"))).or_default().insert(squash(text(row, "value")));
    }
    Score { rows, hits: hits.len(), false_alarms: false_alarms(found, &known, threads) }
}

fn false_alarms(found: &[Value], known: &HashMap<String, HashSet<String>>, threads: &mut Threads) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut alarms = Vec::new();
    for finding in found {
        let root = threads.root(text(finding, "message_id"));
        let value = squash(text(finding, "value"));
        let belongs = known
            .get(&root)
            .is_some_and(|k| k.contains(&value) || (value.chars().count() >= 6 && k.iter().any(|whole| whole.contains(&value))));
        if !belongs && seen.insert((root, value)) {
            alarms.push(finding.clone());
        }
    }
    alarms
}

impl Score {
    /// Share of the rows that were found.
    pub fn recall(&self) -> f64 {
        share(self.rows.iter().filter(|r| r.found).count(), self.rows.len())
    }

    /// Share of what was reported that is a secret.
    pub fn precision(&self) -> f64 {
        share(self.hits, self.hits + self.false_alarms.len())
    }

    /// Found and all, and of these the decodable ones, by the values of a field.
    pub fn by(&self, field: &str) -> BTreeMap<String, [usize; 4]> {
        let mut table: BTreeMap<String, [usize; 4]> = BTreeMap::new();
        for row in &self.rows {
            let cell = table.entry(text(&row.truth, field).to_owned()).or_default();
            let (found, decodable) = (usize::from(row.found), usize::from(row.decodable));
            for (sum, one) in cell.iter_mut().zip([found, 1, found * decodable, decodable]) {
                *sum += one;
            }
        }
        table
    }

    /// Links that fit and links to make.
    pub fn links(&self, of: impl Fn(&Row) -> Option<bool>) -> (usize, usize) {
        let links: Vec<bool> = self.rows.iter().filter_map(of).collect();
        (links.iter().filter(|l| **l).count(), links.len())
    }
}

/// A share of a whole; 0 of nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_by_the_rules() {
        let row = |id: &str, value: &str| json!({"message_id": id, "value": value, "system": "VPN", "identity": "ada", "kind": "pin"});
        let mut accepting = row("<a>", "one two");
        accepting["accept"] = json!(["half"]);
        let mut split = row("<b>", "leftright");
        split["parts"] = json!([{"message_id": "<b>", "value": "left"}]);
        let found = [
            json!({"message_id": "<a>", "value": "half", "system": "the vpn", "account": "bob"}),
            json!({"message_id": "<b>", "value": "left"}),
            json!({"message_id": "<b>", "value": "tright"}),
            json!({"message_id": "<b>", "value": "right"}),
            json!({"message_id": "<b>", "value": "right"}),
            json!({"message_id": "<c>", "value": "known"}),
            json!({"message_id": "<c>", "value": "one two"}),
        ];
        let score = score(vec![accepting, split], &[row("<c>", "known")], &found, &mut Threads::default(), |_| true);
        assert_eq!(score.rows.iter().map(|r| r.found).collect::<Vec<_>>(), [true, false]);
        assert_eq!((score.rows[0].system, score.rows[0].account, score.rows[1].system), (Some(true), Some(false), None));
        // "right" is a piece too short, "one two" stands in another conversation.
        let alarms: Vec<&str> = score.false_alarms.iter().map(|f| text(f, "value")).collect();
        assert_eq!(alarms, ["right", "one two"]);
        assert_eq!(score.by("kind")["pin"], [1, 2, 1, 2]);
    }
}

//! An invented ferry company whose mail was stolen: its mail, the provider's list and the logs of eleven weeks.
//!
//! `README.md` beside the committed files tells what happens. Nothing in here is real: names end in `.example`, addresses are those
//! of RFC 5737 and RFC 3849, secrets are dice.

mod cast;
mod clouds;
mod dice;
mod directory;
mod mail;
mod mailboxes;
mod secrets;
mod signins;
mod words;

use cast::Tenant;
use serde_json::Value;
use std::collections::BTreeMap;

/// The seed of the committed files.
pub const SEED: u64 = 20_260_921;

/// All files by their name below the folder of the case.
pub fn files(seed: u64) -> BTreeMap<String, String> {
    let tenant = Tenant::new(seed);
    let mail = mail::all(&tenant);
    let mut files: BTreeMap<String, String> = mail.iter().map(|m| (m.file.clone(), m.text())).collect();
    let read = mailboxes::days(&tenant, &mail);
    for (name, text) in [
        ("case.toml", tenant.case()),
        ("lists/provider.csv", mail::provider_list(&mail)),
        ("logs/unified-audit.csv", mailboxes::export(&tenant, &read)),
        ("logs/entra-signins.ndjson", lines(signins::records(&tenant, &read))),
        ("logs/entra-audit.ndjson", lines(directory::records(&tenant))),
        ("logs/cloudtrail.json", clouds::aws(&tenant)),
        ("logs/github-audit.json", lines(clouds::github(&tenant))),
        ("logs/storage-blob.ndjson", lines(clouds::storage(&tenant))),
        ("logs/azure-activity.ndjson", lines(clouds::activity(&tenant))),
    ] {
        files.insert(name.to_owned(), text);
    }
    files
}

/// Records in the order of their time, one a line.
fn lines(mut records: Vec<(i64, Value)>) -> String {
    records.sort_by_key(|(time, _)| *time);
    records.iter().map(|(_, record)| json(record) + "\n").collect()
}

/// JSON with its members in the order of their names, whatever features serde_json was built with.
fn json(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let inner: Vec<String> = sorted.iter().map(|(name, v)| format!("{}:{}", Value::String((*name).clone()), json(v))).collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

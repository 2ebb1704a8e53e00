//! The words of a Windows Security event, taken apart: `Get-WinEvent` and the event viewer export the message and not its data.
//!
//! Sections stand at the beginning of a line, labels behind a tab: `Target Account:` / `\tAccount Name:\t\tbo`. English alone is read.

use serde_json::{Map, Value};

/// Section (or any, where it is empty), label, name of the data. Source: Microsoft's pages of the security auditing events.
const LABELS: [(&str, &str, &str); 29] = [
    ("Subject", "Account Name", "SubjectUserName"),
    ("Subject", "Account Domain", "SubjectDomainName"),
    ("Subject", "Logon ID", "SubjectLogonId"),
    ("Target Account", "Account Name", "TargetUserName"),
    ("Target Account", "Account Domain", "TargetDomainName"),
    ("New Logon", "Account Name", "TargetUserName"),
    ("New Logon", "Account Domain", "TargetDomainName"),
    ("New Logon", "Logon ID", "TargetLogonId"),
    ("Account For Which Logon Failed", "Account Name", "TargetUserName"),
    ("Account For Which Logon Failed", "Account Domain", "TargetDomainName"),
    ("Account Information", "Account Name", "TargetUserName"),
    ("Account Information", "Supplied Realm Name", "TargetDomainName"),
    ("Account Information", "Account Domain", "TargetDomainName"),
    ("Account Whose Credentials Were Used", "Account Name", "TargetUserName"),
    ("Service Information", "Service Name", "ServiceName"),
    ("Failure Information", "Status", "Status"),
    ("Failure Information", "Sub Status", "SubStatus"),
    ("Failure Information", "Failure Reason", "FailureReason"),
    ("Additional Information", "Result Code", "Status"),
    ("Additional Information", "Failure Code", "Status"),
    ("Process Information", "Process Name", "ProcessName"),
    ("Changed Attributes", "Password Last Set", "PasswordLastSet"),
    ("Network Information", "Source Network Address", "IpAddress"),
    ("Network Information", "Client Address", "IpAddress"),
    ("Network Information", "Workstation Name", "WorkstationName"),
    ("", "Logon Account", "TargetUserName"),
    ("", "Source Workstation", "Workstation"),
    ("", "Error Code", "Status"),
    ("", "Logon Type", "LogonType"),
];

/// The data that a message tells, by the names that exports with data use. Empty where it is none, or in another language.
pub(super) fn data(message: &str) -> Map<String, Value> {
    let mut data = Map::new();
    let mut section = "";
    for line in message.lines() {
        let Some((label, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if value.is_empty() && !line.starts_with([' ', '\t']) {
            section = label.trim();
            continue;
        }
        let of = |(own, name, _): &&(&str, &str, &str)| *name == label.trim() && (own.is_empty() || *own == section);
        if let Some((_, _, name)) = LABELS.iter().find(of).filter(|_| !matches!(value, "" | "-")) {
            data.entry(*name).or_insert_with(|| Value::String(value.to_owned()));
        }
    }
    data
}

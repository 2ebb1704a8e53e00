//! The words of a Windows Security event, taken apart: `Get-WinEvent` and the event viewer export the message and not its data.
//!
//! Sections stand at the beginning of a line, labels behind a tab: `Target Account:` / `\tAccount Name:\t\tbo`. English is read by its
//! labels. Other languages translate them and keep the order, for one template numbers the same data in all of them: they are read by
//! their places, where the shape of the message is one that is known.

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

/// What stands where in the events that matter here: their numbers, how many labels each section has (0: a label without a section),
/// and of which section which label is which data. Source: the same pages, in English and Japanese.
type Places = (&'static [&'static str], &'static [usize], &'static [(usize, usize, &'static str)]);

const SUBJECT: [(usize, usize, &str); 3] = [(0, 1, "SubjectUserName"), (0, 2, "SubjectDomainName"), (0, 3, "SubjectLogonId")];
const CHANGES: &[&str] = &["4720", "4722", "4723", "4724", "4725", "4726", "4738", "4767"];

const PLACES: [Places; 14] = [
    // Four versions of a logon: each newer one has more labels.
    (&["4624"], &[4, 0, 5, 2, 3, 5], &LOGON[0]),
    (&["4624"], &[4, 0, 0, 5, 2, 3, 5], &LOGON[1]),
    (&["4624"], &[4, 4, 0, 8, 2, 3, 5], &LOGON[1]),
    (&["4624"], &[4, 5, 0, 8, 2, 3, 5], &LOGON[1]),
    (
        &["4625"],
        &[4, 0, 3, 3, 2, 3, 5],
        &[
            (1, 0, "LogonType"),
            (2, 1, "TargetUserName"),
            (2, 2, "TargetDomainName"),
            (3, 0, "FailureReason"),
            (3, 1, "Status"),
            (3, 2, "SubStatus"),
            (4, 1, "ProcessName"),
            (5, 0, "WorkstationName"),
            (5, 1, "IpAddress"),
        ],
    ),
    (&["4634"], &[4, 0], &[(0, 1, "TargetUserName"), (0, 2, "TargetDomainName"), (0, 3, "TargetLogonId"), (1, 0, "LogonType")]),
    (&["4648"], &[5, 3, 2, 2, 2], &[(1, 0, "TargetUserName"), (1, 1, "TargetDomainName"), (3, 1, "ProcessName"), (4, 0, "IpAddress")]),
    (
        &["4768"],
        &[3, 2, 2, 4],
        &[(0, 0, "TargetUserName"), (0, 1, "TargetDomainName"), (1, 0, "ServiceName"), (2, 0, "IpAddress"), (3, 1, "Status")],
    ),
    (
        &["4769"],
        &[3, 2, 2, 4],
        &[(0, 0, "TargetUserName"), (0, 1, "TargetDomainName"), (1, 0, "ServiceName"), (2, 0, "IpAddress"), (3, 2, "Status")],
    ),
    (&["4771"], &[2, 1, 2, 3], &[(0, 1, "TargetUserName"), (1, 0, "ServiceName"), (2, 0, "IpAddress"), (3, 1, "Status")]),
    (&["4776"], &[0, 0, 0, 0], &[(1, 0, "TargetUserName"), (2, 0, "Workstation"), (3, 0, "Status")]),
    (&["4740"], &[4, 2], &[(1, 1, "TargetUserName")]),
    (&["1102"], &[4], &[]),
    (CHANGES, &[4, 3], &[(1, 1, "TargetUserName"), (1, 2, "TargetDomainName")]),
];

/// Data of a logon, whose later versions have one label more before the account.
const LOGON: [[(usize, usize, &str); 7]; 2] = [logon([(1, 0), (2, 1), (3, 1), (4, 0)]), logon([(1, 0), (3, 1), (4, 1), (5, 0)])];

const fn logon([kind, who, process, network]: [(usize, usize); 4]) -> [(usize, usize, &'static str); 7] {
    [
        (kind.0, kind.1, "LogonType"),
        (who.0, who.1, "TargetUserName"),
        (who.0, who.1 + 1, "TargetDomainName"),
        (who.0, who.1 + 2, "TargetLogonId"),
        (process.0, process.1, "ProcessName"),
        (network.0, network.1, "WorkstationName"),
        (network.0, network.1 + 1, "IpAddress"),
    ]
}

/// The data that the message of an event tells, by the names that exports with data use; empty where it tells none that is known.
pub(super) fn data(number: &str, message: &str) -> Map<String, Value> {
    let mut data = by_labels(message);
    if data.is_empty() {
        data = by_places(number, message);
    }
    data
}

/// Whether the messages of these events tell data that is known.
pub(super) fn is_known(number: &str) -> bool {
    PLACES.iter().any(|(numbers, ..)| numbers.contains(&number))
}

fn by_labels(message: &str) -> Map<String, Value> {
    let mut data = Map::new();
    let mut section = "";
    for (label, value, inside) in lines(message) {
        if value.is_empty() && !inside {
            section = label;
            continue;
        }
        let of = |(own, name, _): &&(&str, &str, &str)| *name == label && (own.is_empty() || *own == section);
        if let Some((_, _, name)) = LABELS.iter().find(of) {
            put(&mut data, name, value);
        }
    }
    data
}

fn by_places(number: &str, message: &str) -> Map<String, Value> {
    let mut sections: Vec<(usize, Vec<&str>)> = Vec::new();
    for (_, value, inside) in lines(message) {
        match sections.last_mut() {
            Some((count, values)) if inside && (*count > 0 || values.is_empty()) => {
                *count += 1;
                values.push(value);
            }
            // A line without a section has its own value.
            _ if !inside => sections.push((0, if value.is_empty() { Vec::new() } else { vec![value] })),
            _ => {}
        }
    }
    let fits = |shape: &[usize]| shape.len() <= sections.len() && shape.iter().zip(&sections).all(|(want, (have, _))| want == have);
    let mut data = Map::new();
    let Some((_, _, places)) = PLACES.iter().find(|(numbers, shape, _)| numbers.contains(&number) && fits(shape)) else { return data };
    let subject = sections[0].0 >= 4 && number != "4634";
    let all = SUBJECT.iter().filter(|_| subject).chain(places.iter());
    for (section, nth, name) in all {
        put(&mut data, name, sections[*section].1.get(*nth).copied().unwrap_or_default());
    }
    data
}

fn put(data: &mut Map<String, Value>, name: &str, value: &str) {
    if !matches!(value, "" | "-") {
        data.entry(name).or_insert_with(|| Value::String(value.to_owned()));
    }
}

/// Lines with a label: the label, its value, and whether it stands within a section. French writes a blank before the colon, and
/// some exports a wide one.
fn lines(message: &str) -> impl Iterator<Item = (&str, &str, bool)> {
    message.lines().filter_map(|line| {
        let (label, value) = line.split_once([':', '\u{ff1a}'])?;
        Some((label.trim(), value.trim(), line.starts_with([' ', '\t'])))
    })
}

//! Which shape a text has, by its first lines: names of files say nothing.

/// How records stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Objects: in an array, in an envelope, or one after another.
    Json,
    /// A header of names, then rows.
    Csv {
        /// What parts the columns.
        delimiter: u8,
    },
    /// One record a line; W3C directives too.
    Lines,
}

/// Names of which one stands in the header of every export that we know.
const COLUMNS: [&str; 21] = [
    "auditdata",
    "operation",
    "operationname",
    "creationdate",
    "createddatetime",
    "timegenerated",
    "date (utc)",
    "timecreated",
    "eventid",
    "event id",
    "eventname",
    "event time",
    "action",
    "@timestamp",
    "request id",
    "activitydatetime",
    "time",
    "date",
    "event name",
    "eventtype",
    "event_type",
];

/// The shape of a text that is not empty.
pub(crate) fn sniff(text: &[u8]) -> Shape {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    if matches!(text.first(), Some(b'{'))
        || (text.first() == Some(&b'[') && matches!(text[1..].trim_ascii_start().first(), Some(b'{' | b']')))
    {
        return Shape::Json;
    }
    let line = text.split(|&b| b == b'\n').next().unwrap_or(text);
    // `Export-Csv` of Windows PowerShell writes its type into a first line.
    let line = if line.starts_with(b"#TYPE") { text.split(|&b| b == b'\n').nth(1).unwrap_or(line) } else { line };
    let line = String::from_utf8_lossy(&line[..line.len().min(16 << 10)]).to_lowercase();
    for delimiter in [b',', b';', b'\t'] {
        let mut names = line.split(char::from(delimiter)).map(|n| n.trim().trim_matches('"').trim());
        if line.as_bytes().contains(&delimiter) && !line.starts_with('#') && names.any(|n| COLUMNS.contains(&n)) {
            return Shape::Csv { delimiter };
        }
    }
    Shape::Lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_shape() {
        assert_eq!(sniff(b"\xef\xbb\xbf  [ {"), Shape::Json);
        assert_eq!(sniff(b"{\"a\":1}"), Shape::Json);
        assert_eq!(sniff(b"\"RecordType\",\"CreationDate\",\"AuditData\"\n"), Shape::Csv { delimiter: b',' });
        assert_eq!(sniff(b"#TYPE Deserialized\n\"CreationDate\";\"AuditData\"\n"), Shape::Csv { delimiter: b';' });
        assert_eq!(sniff(b"[12/Jan/2024] imap, time: x"), Shape::Lines);
        assert_eq!(sniff(b"#Software: IIS\n#Fields: date time"), Shape::Lines);
    }
}

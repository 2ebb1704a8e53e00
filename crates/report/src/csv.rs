//! CSV for spreadsheets: one row per occurrence, guarded against formulas.

use aftermail_model::{Message, Occurrence};

/// The first row.
pub const CSV_HEADER: &str =
    "finding,kind,shape,system,account,status,expires,confidence,because,sent,from,to,subject,where,evidence,offset,message_id,value\n";

/// One occurrence; `value` only where the user asked to reveal.
pub fn csv_row(o: &Occurrence, message: &Message, evidence: &str, value: Option<&str>) -> String {
    let cells = [
        o.finding.to_string(),
        o.kind.as_str().to_owned(),
        o.shape.clone(),
        o.system.clone().unwrap_or_default(),
        o.account.clone().unwrap_or_default(),
        o.status.as_str().to_owned(),
        o.expires.map(|t| t.to_string()).unwrap_or_default(),
        format!("{:.2}", o.confidence),
        o.because.join("; "),
        message.sent.map(|t| t.to_string()).unwrap_or_default(),
        message.from.clone().unwrap_or_default(),
        message.to.join("; "),
        message.subject.clone().unwrap_or_default(),
        o.place.clone(),
        evidence.to_owned(),
        o.at.offset.to_string(),
        message.message_id.clone().unwrap_or_default(),
        value.unwrap_or_default().to_owned(),
    ];
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(cells.iter().map(|c| guarded(c)));
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection).
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_are_disarmed() {
        assert_eq!(super::guarded("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(super::guarded("plain"), "plain");
    }
}

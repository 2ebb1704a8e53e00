//! The archives of Unix libraries and Debian packages (ar(5), with the names of System V and BSD).

use super::super::{Budget, Contents, Loss};
use super::read::digits;
use super::{CUT_OFF, Unpacking, names};
use aftermail_model::Reason;

const HEADER: usize = 60;

pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new("application/x-archive", budget);
    let (mut at, mut long): (usize, &[u8]) = (8, &[]);
    while at < bytes.len() {
        let header = bytes.get(at..at + HEADER).filter(|h| h.ends_with(b"`\n"));
        let Some((header, size)) = header.and_then(|h| Some((h, usize::try_from(digits(&h[48..58], 10)?).ok()?))) else {
            out.lost(Loss::new(Reason::Damaged, CUT_OFF, (bytes.len() - at) as u64));
            break;
        };
        let start = at + HEADER;
        let mut data = &bytes[start..start.saturating_add(size).min(bytes.len())];
        let name = header[..16].trim_ascii_end();
        at = start.saturating_add(size).saturating_add(size % 2);
        match name {
            b"//" => long = data,
            b"/" | b"/SYM64/" => {}
            _ => {
                let named = data.len();
                let name = name_of(name, long, &mut data);
                let size = size - (named - data.len());
                out.file(name, size as u64, Some(size as u64), data);
            }
        }
    }
    out.done()
}

/// Short names end in a slash; long ones stand in a table (System V) or before the content (BSD).
fn name_of(name: &[u8], long: &[u8], data: &mut &[u8]) -> String {
    if let Some(length) = name.strip_prefix(b"#1/").and_then(|n| digits(n, 10))
        && let Some((own, rest)) = data.split_at_checked(usize::try_from(length).unwrap_or(usize::MAX))
    {
        *data = rest;
        return names::guessed(own.split(|b| *b == 0).next().unwrap_or_default());
    }
    let at = name.strip_prefix(b"/").and_then(|n| digits(n, 10)).and_then(|at| long.get(usize::try_from(at).ok()?..));
    let own = at.and_then(|rest| rest.split(|b| *b == b'\n').next()).unwrap_or(name);
    names::guessed(own.strip_suffix(b"/").unwrap_or(own))
}

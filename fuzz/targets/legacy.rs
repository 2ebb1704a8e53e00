//! Any bytes are the streams of an Office 97–2003 document or of a locked one: Word, Excel, PowerPoint, macros, properties,
//! embedded objects. The first byte chooses the document, the next two say where its second stream begins.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write as _};

const DOCUMENTS: [(&str, &str); 9] = [
    ("/WordDocument", "/1Table"),
    ("/WordDocument", "/0Table"),
    ("/Workbook", "/\u{5}SummaryInformation"),
    ("/Book", "/\u{5}DocumentSummaryInformation"),
    ("/PowerPoint Document", "/Current User"),
    ("/PowerPoint Document", "/Pictures"),
    ("/VBA/dir", "/VBA/Module1"),
    ("/EncryptionInfo", "/EncryptedPackage"),
    ("/\u{1}Ole10Native", "/CONTENTS"),
];

fuzz_target!(|bytes: &[u8]| {
    let [choice, low, high, rest @ ..] = bytes else { return };
    // The last choice leaves the bytes as they are, for whole files as seeds.
    let Some((first, second)) = DOCUMENTS.get(usize::from(*choice) % (DOCUMENTS.len() + 1)) else { return common::read(rest) };
    let cut = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("in memory");
    for (path, content) in [(first, &rest[..cut]), (second, &rest[cut..])] {
        if path.starts_with("/VBA/") {
            file.create_storage_all("/VBA").expect("a storage");
        }
        file.create_stream(path).and_then(|mut s| s.write_all(content)).expect("in memory");
    }
    common::read(&file.into_inner().into_inner());
});

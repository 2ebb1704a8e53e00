//! What a file or a part is, by its first bytes and never by its name.

use crate::{charset, graph};

/// The kinds of evidence file that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Many messages with `From ` lines.
    Mbox,
    /// One message as RFC 5322.
    Message,
    /// Apple Mail: a length line, the message, a property list.
    Emlx,
    /// An Outlook store, PST or OST.
    Outlook,
    /// Messages as JSON of Microsoft Graph.
    Graph,
    /// Something that this version does not read; the media type says what it seems to be.
    Unknown(&'static str),
    /// No bytes at all.
    Empty,
}

/// Tells what a file is from its first bytes (64 KiB are enough).
pub fn sniff(head: &[u8]) -> Store {
    if head.is_empty() {
        return Store::Empty;
    }
    match magic(head) {
        Some("application/vnd.ms-outlook-pst") => return Store::Outlook,
        Some(media) => return Store::Unknown(media),
        None => {}
    }
    let text = charset::readable(head);
    let text = text.trim_ascii_start();
    if text.starts_with(b"From ") && first_line(text).len() < 1000 {
        return Store::Mbox;
    }
    if emlx_length(text).is_some() {
        return Store::Emlx;
    }
    if begins_with_header(text) {
        return Store::Message;
    }
    if graph::is_export(text) {
        return Store::Graph;
    }
    Store::Unknown(if charset::is_text(head) { "text/plain" } else { "application/octet-stream" })
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or(text)
}

/// The length that the first line of an Apple Mail file gives.
pub(crate) fn emlx_length(text: &[u8]) -> Option<usize> {
    let line = first_line(text);
    let digits = line.trim_ascii();
    if digits.is_empty() || digits.len() > 12 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    begins_with_header(text.get(line.len()..)?.trim_ascii_start()).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

/// Fields that stand in mail and hardly in other files that consist of `Name: value` lines.
const MAIL_FIELDS: &[&str] = &[
    "return-path",
    "received",
    "delivered-to",
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "x-",
    "sender",
    "reply-to",
    "dkim-signature",
    "arc-",
    "authentication-results",
    "in-reply-to",
    "references",
    "list-",
    "content-transfer-encoding",
    "status",
    "thread-",
    "importance",
    "priority",
    "envelope-to",
    "bcc",
    "resent-",
    "errors-to",
    "precedence",
    "content-disposition",
    "user-agent",
    "organization",
];

/// Whether the text begins with at least one field of mail, among lines that are fields or continue one.
fn begins_with_header(text: &[u8]) -> bool {
    let mut mail = false;
    for (number, line) in text.split(|b| matches!(b, b'\n' | b'\r')).take(60).enumerate() {
        if line.is_empty() {
            // A CRLF reads as a line and an empty one.
            if text.contains(&b'\r') && number % 2 == 1 {
                continue;
            }
            break;
        }
        if matches!(line[0], b' ' | b'\t') && number > 0 {
            continue;
        }
        let name = line.iter().take_while(|b| (33..=126).contains(*b) && **b != b':').count();
        if name == 0 || !line[name..].trim_ascii_start().starts_with(b":") {
            return mail && number > 2;
        }
        let lower = String::from_utf8_lossy(&line[..name]).to_ascii_lowercase();
        mail |= MAIL_FIELDS.iter().any(|f| if f.ends_with('-') { lower.starts_with(f) } else { lower == *f });
    }
    mail
}

/// The media type that the first bytes give away; `None` for text and for what is unknown.
pub(crate) fn magic(head: &[u8]) -> Option<&'static str> {
    const SIGNATURES: &[(usize, &[u8], &str)] = &[
        (0, b"!BDN", "application/vnd.ms-outlook-pst"),
        (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (0, b"PK\x03\x04", "application/zip"),
        (0, b"PK\x05\x06", "application/zip"),
        // The first piece of a split archive, or one that could have been split.
        (0, b"PK\x07\x08PK\x03\x04", "application/zip"),
        (0, b"PK00PK\x03\x04", "application/zip"),
        (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (0, b"Rar!\x1a\x07", "application/vnd.rar"),
        (0, b"\x1f\x8b", "application/gzip"),
        (0, b"BZh", "application/x-bzip2"),
        (0, b"\xfd7zXZ\0", "application/x-xz"),
        (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
        (0, b"LZIP\x01", "application/x-lzip"),
        (0, b"]\0\0", "application/x-lzma"),
        (0, b"\x1f\x9d", "application/x-compress"),
        (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
        (0, b"MSCF", "application/vnd.ms-cab-compressed"),
        (257, b"ustar", "application/x-tar"),
        (0x8001, b"CD001", "application/x-iso9660-image"),
        (0, b"!<arch>\n", "application/x-archive"),
        (0, b"070701", "application/x-cpio"),
        (0, b"070702", "application/x-cpio"),
        (0, b"070707", "application/x-cpio"),
        (0, b"\xc7\x71", "application/x-cpio"),
        (0, b"\xed\xab\xee\xdb", "application/x-rpm"),
        (2, b"-lh", "application/x-lzh-compressed"),
        (0, b"\x60\xea", "application/x-arj"),
        (7, b"**ACE**", "application/x-ace-compressed"),
        (0, b"SIT!", "application/x-stuffit"),
        (0, b"StuffIt", "application/x-stuffit"),
        (0, b"ALZ\x01", "application/x-alz-compressed"),
        (0, b"EGGA", "application/x-egg"),
        (20, b"\xdc\xa7\xc4\xfd", "application/x-zoo"),
        (0, b"xar!", "application/x-xar"),
        (0, b"MSWIM\0\0\0", "application/x-ms-wim"),
        (0, b"ITSF", "application/vnd.ms-htmlhelp"),
        (0, b"hsqs", "application/x-squashfs"),
        (0, b"conectix", "application/x-vhd"),
        (0, b"vhdxfile", "application/x-vhdx"),
        (0, b"KDMV", "application/x-vmdk"),
        (0, b"QFI\xfb", "application/x-qcow2"),
        (0, b"%PDF-", "application/pdf"),
        (0, b"{\\rtf", "application/rtf"),
        (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
        (0, b"\x89PNG\r\n\x1a\n", "image/png"),
        (0, b"\xff\xd8\xff", "image/jpeg"),
        (0, b"GIF8", "image/gif"),
        (0, b"II*\0", "image/tiff"),
        (0, b"MM\0*", "image/tiff"),
        (8, b"WEBP", "image/webp"),
        // A file (ISO 15444-1 annex I) and its bare stream (annex A); RFC 3745, RFC 9828.
        (0, b"\0\0\0\x0cjP  ", "image/jp2"),
        (0, b"\xff\x4f\xff\x51", "image/j2c"),
        (0, b"ID3", "audio/mpeg"),
        (8, b"WAVE", "audio/x-wav"),
        (4, b"ftypheic", "image/heic"),
        (4, b"ftypheix", "image/heic"),
        (4, b"ftypmif1", "image/heic"),
        (4, b"ftypavif", "image/avif"),
        (4, b"ftyp", "video/mp4"),
        (0, b"MZ", "application/x-msdownload"),
        (0, b"\x7fELF", "application/x-elf"),
        (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
        (0, b"bplist00", "application/x-bplist"),
        (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
        (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c", "application/onenote"),
        // Workbooks of Excel 5, 4, 3 and 2 that stand alone, and documents of Word 2.
        (0, b"\x09\x08\x08\x00\x00\x05", "application/vnd.ms-excel"),
        (0, b"\x09\x04\x06\x00", "application/vnd.ms-excel"),
        (0, b"\x09\x02\x06\x00", "application/vnd.ms-excel"),
        (0, b"\x09\x00\x04\x00", "application/vnd.ms-excel"),
        (0, b"\xdb\xa5\x2d\x00", "application/msword"),
        (40, b" EMF\0\0\x01\0", "image/emf"),
        (0, b"\xd7\xcd\xc6\x9a\0\0", "image/wmf"),
        (0, b"\x01\0\x09\0\0\x03", "image/wmf"),
        (0, b"wOFF", "font/woff"),
    ];
    SIGNATURES.iter().find(|(at, bytes, _)| head.get(*at..).is_some_and(|h| h.starts_with(bytes))).map(|(.., media)| *media).or_else(|| {
        // Two letters are weak: a bitmap also says its size.
        let bitmap = head.starts_with(b"BM") && head.len() > 14 && head[6..10] == [0, 0, 0, 0];
        match bitmap {
            true => Some("image/bmp"),
            // The tar of old systems has no signature.
            false => is_tar_header(head).then_some("application/x-tar").or_else(|| is_late_pdf(head).then_some("application/pdf")),
        }
    })
}

/// A PDF may begin behind up to a kilobyte of other things (ISO 32000-1 annex H.3.4.1); a text about PDFs holds no objects.
fn is_late_pdf(head: &[u8]) -> bool {
    let near = &head[..head.len().min(1024)];
    let at = memchr::memmem::find(near, b"%PDF-");
    // What stands in a field of mail or in a sentence is no beginning.
    at.is_some_and(|at| !near[..at].contains(&b':'))
        && memchr::memmem::find(head, b" obj").is_some()
        && memchr::memmem::find(head, b"endobj").is_some()
}

/// Whether a block is the header of a tar: its checksum is the sum of its bytes, with spaces in its own place.
pub(crate) fn is_tar_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..512) else { return false };
    let digits = block[148..156].split(|b| *b == 0).next().unwrap_or_default();
    let stated = std::str::from_utf8(digits).ok().and_then(|d| u64::from_str_radix(d.trim(), 8).ok());
    let sum: u64 = block.iter().enumerate().map(|(n, b)| if (148..156).contains(&n) { 32 } else { u64::from(*b) }).sum();
    block[0] != 0 && stated == Some(sum)
}

/// Whether the bytes are locked by a password or to a key, where their format tells without being opened.
pub(crate) fn is_encrypted(media: &str, bytes: &[u8]) -> bool {
    let near = &bytes[..bytes.len().min(1 << 20)];
    match media {
        "application/pdf" => memchr::memmem::find(bytes, b"/Encrypt").is_some(),
        // The stream that holds a locked Office document ([MS-OFFCRYPTO] 2.3.4.4), its name in UTF-16.
        "application/x-ole-storage" => {
            let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
            memchr::memmem::find(near, &name).is_some()
        }
        // id-envelopedData (RFC 5652 §6).
        _ => memchr::memmem::find(&near[..near.len().min(64)], b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_told_by_content() {
        assert_eq!(sniff(b""), Store::Empty);
        assert_eq!(sniff(b"From a@b.example Thu Aug 22 12:36:23 2002\nFrom: a\n\nhi"), Store::Mbox);
        assert_eq!(sniff(b"Received: by x\r\nFrom: a@b.example\r\nSubject: s\r\n\r\nhi"), Store::Message);
        assert_eq!(sniff(b"From: a@b.example\rSubject: s\r\rhi"), Store::Message);
        assert_eq!(sniff(b"\xef\xbb\xbfFrom: a@b.example\nSubject: s\n\nhi"), Store::Message);
        assert_eq!(sniff(b"120       \nFrom: a@b.example\nSubject: s\n\nhi\n<?xml"), Store::Emlx);
        assert_eq!(sniff(b"name: value\nother: value\n"), Store::Unknown("text/plain"));
        assert_eq!(sniff(b"[{\"id\": \"1\", \"internetMessageId\": \"<1@a.example>\"}]"), Store::Graph);
        assert_eq!(sniff(b"!BDN\x00\x01"), Store::Outlook);
        let utf16: Vec<u8> = "From: a@b.example\nSubject: s\n\nhi".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniff(&utf16), Store::Message);
    }

    #[test]
    fn locks_are_seen() {
        assert!(is_encrypted("application/pdf", b"%PDF-1.4 trailer<</Encrypt 5 0 R>>"));
    }
}

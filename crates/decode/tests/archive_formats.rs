//! Formats of archives that no crate here writes: built byte by byte, read, and damaged in every way.

mod common;

use aftermail_model::Reason;
use common::lone;
use proptest::prelude::*;
use std::io::Write;

const NOTE: &[u8] = b"the gate opens with 4711";

fn sector(content: &[u8]) -> Vec<u8> {
    let mut out = content.to_vec();
    out.resize(content.len().max(1).next_multiple_of(2048), 0);
    out
}

/// A record of a folder (ECMA-119 9.1).
fn record(name: &[u8], at: u32, length: u32, folder: bool) -> Vec<u8> {
    let size = (33 + name.len()).next_multiple_of(2);
    let mut out = vec![size as u8, 0];
    out.extend([at.to_le_bytes(), at.to_be_bytes(), length.to_le_bytes(), length.to_be_bytes()].concat());
    out.extend([0; 7]);
    out.extend([u8::from(folder) * 2, 0, 0, 1, 0, 0, 1, name.len() as u8]);
    out.extend(name);
    out.resize(size, 0);
    out
}

/// An image with `NOTE.TXT` in its root; with Joliet under a long name.
fn iso(joliet: bool) -> Vec<u8> {
    let name: Vec<u8> = match joliet {
        true => "a note with a long name.txt;1".encode_utf16().flat_map(u16::to_be_bytes).collect(),
        false => b"NOTE.TXT;1".to_vec(),
    };
    let (root_at, note_at) = (19, 20);
    let root =
        [record(&[0], root_at, 2048, true), record(&[1], root_at, 2048, true), record(&name, note_at, NOTE.len() as u32, false)].concat();
    let descriptor = |kind: u8, escape: &[u8]| {
        let mut out = vec![0; 2048];
        out[0] = kind;
        out[1..6].copy_from_slice(b"CD001");
        out[88..88 + escape.len()].copy_from_slice(escape);
        let root = record(&[0], root_at, 2048, true);
        out[156..156 + root.len()].copy_from_slice(&root);
        out
    };
    let second = if joliet { descriptor(2, b"%/E") } else { descriptor(255, b"") };
    [vec![0; 16 * 2048], descriptor(1, b""), second, descriptor(255, b""), sector(&root), NOTE.to_vec()].concat()
}

/// A cabinet of one file in blocks ([MS-CAB] 2), stored or under MSZIP.
fn cab(content: &[u8], packed: bool) -> Vec<u8> {
    let blocks: Vec<Vec<u8>> = content.chunks(32 << 10).map(|block| if packed { mszip(block) } else { block.to_vec() }).collect();
    let (folder_at, file_at) = (36, 44);
    let data_at = file_at + 16 + 9;
    let mut out = b"MSCF\0\0\0\0".to_vec();
    let size = data_at + blocks.iter().map(|b| b.len() + 8).sum::<usize>();
    out.extend([size as u32, 0, file_at as u32, 0].map(u32::to_le_bytes).concat());
    out.extend([3, 1]);
    out.extend([1_u16, 1, 0, 0, 0].map(u16::to_le_bytes).concat());
    assert_eq!(out.len(), folder_at);
    out.extend((data_at as u32).to_le_bytes());
    out.extend([blocks.len() as u16, u16::from(packed)].map(u16::to_le_bytes).concat());
    out.extend([content.len() as u32, 0].map(u32::to_le_bytes).concat());
    out.extend([0_u16, 0, 0, 0x20].map(u16::to_le_bytes).concat());
    out.extend(b"note.txt\0");
    for (block, plain) in blocks.iter().zip(content.chunks(32 << 10)) {
        out.extend(0_u32.to_le_bytes());
        out.extend([block.len() as u16, plain.len() as u16].map(u16::to_le_bytes).concat());
        out.extend(block);
    }
    out
}

fn mszip(block: &[u8]) -> Vec<u8> {
    let mut deflate = flate2::write::DeflateEncoder::new(b"CK".to_vec(), flate2::Compression::default());
    deflate.write_all(block).expect("memory can be written");
    deflate.finish().expect("deflate")
}

/// A member in the new portable format of cpio, and the trailer.
fn cpio() -> Vec<u8> {
    let member = |name: &str, mode: u32, content: &[u8]| {
        let fields = [1, mode, 0, 0, 1, 0, content.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0];
        let mut out = format!("070701{}{name}\0", fields.map(|f| format!("{f:08x}")).concat()).into_bytes();
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(content);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    };
    [member("etc/note.txt", 0o100_644, NOTE), member("TRAILER!!!", 0, b"")].concat()
}

fn ar() -> Vec<u8> {
    let header = |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 100_644);
    let long = "a-name-of-more-than-sixteen.txt/\n\n";
    let members = [header("//", long.len()), long.to_owned(), header("/0", NOTE.len())].concat();
    [b"!<arch>\n", members.as_bytes(), NOTE].concat()
}

#[test]
fn every_format_gives_its_file() {
    let long = [b"line after line, ".repeat(5000), NOTE.to_vec()].concat();
    for (file, bytes, member) in [
        ("a.iso", iso(false), "NOTE.TXT"),
        ("b.iso", iso(true), "a note with a long name.txt"),
        ("a.cab", cab(NOTE, false), "note.txt"),
        ("b.cab", cab(&long, true), "note.txt"),
        ("a.cpio", cpio(), "etc/note.txt"),
        ("a.deb", ar(), "a-name-of-more-than-sixteen.txt"),
    ] {
        let kept = lone(&bytes, file, &[]);
        assert!(kept.says(&format!("{file} > {member}"), "4711"), "{file}: {:?} {:?}", kept.parts, kept.gaps);
        assert!(kept.gaps.is_empty(), "{file}: {:?}", kept.gaps);
        // The end of it missing is told.
        let kept = lone(&bytes[..bytes.len() - 20], file, &[]);
        assert!(kept.gaps.iter().any(|g| g.reason == Reason::Damaged), "{file}: {:?}", kept.gaps);
    }
}

#[test]
fn formats_that_are_not_read_are_named() {
    for (bytes, words) in [
        (b"\x22\x8a-lh5-\x10\0\0\0".as_slice(), "An LZH archive"),
        (b"\x60\xea\x25\0\x22\x0b".as_slice(), "An ARJ archive"),
        (b"\0\0\0\0\0\0\0**ACE**".as_slice(), "An ACE archive"),
        (b"MSWIM\0\0\0\xd0\0\0\0".as_slice(), "A Windows image"),
    ] {
        let kept = lone(bytes, "a", &[]);
        assert!(kept.gaps.iter().any(|g| g.reason == Reason::Unsupported && g.detail.starts_with(words)), "{words}: {:?}", kept.gaps);
    }
}

/// Whole archives of every kind, to be damaged.
fn samples() -> Vec<Vec<u8>> {
    let mut all =
        vec![iso(true), cab(&NOTE.repeat(3000), true), cpio(), ar(), common::zipped(&[("a.txt", NOTE), ("b/c.txt", &NOTE.repeat(300))])];
    if let Some(set) = common::corpus("archives") {
        let small = |f: &std::path::PathBuf| f.metadata().is_ok_and(|m| m.len() < 3000) && !f.to_string_lossy().contains("rypted");
        all.extend(common::files_below(&set).iter().filter(|f| small(f)).map(|f| std::fs::read(f).expect("a file")));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn damaged_archives_are_read_as_far_as_they_go(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        thread_local!(static SAMPLES: Vec<Vec<u8>> = samples());
        let mut bytes = SAMPLES.with(|s| which.get(s).clone());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(4 * bytes.len()).max(1));
        let kept = lone(&bytes, "a", &[]);
        prop_assert!(!kept.parts.is_empty());
        prop_assert_eq!(kept.message.expected_bytes, kept.message.decoded_bytes + kept.message.unread_bytes);
    }
}

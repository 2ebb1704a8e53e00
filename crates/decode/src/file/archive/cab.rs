//! Cabinets of Windows ([MS-CAB]).

use super::super::{Budget, Contents, Loss, Member};
use super::read::{u16_at, u32_at};
use super::{CUT_OFF, Unpacking, names};
use aftermail_model::Reason;
use lzxd::{Lzxd, WindowSize};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// Bytes of one block at most, unpacked.
const BLOCK: usize = 32 << 10;
/// Bytes of one folder that are unpacked.
const FOLDER: usize = 256 << 20;

/// Files that were compressed as one.
struct Folder {
    first: usize,
    blocks: usize,
    method: u16,
}

struct Head {
    folders: Vec<Folder>,
    files_at: usize,
    files: usize,
    /// Bytes that each data block reserves before its data.
    reserved: usize,
}

/// None where it is no cabinet.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let head = head(bytes)?;
    let mut out = Unpacking::new("application/vnd.ms-cab-compressed", budget);
    let files = files(bytes, &head);
    if files.len() < head.files {
        out.lost(Loss::new(Reason::Damaged, CUT_OFF, 0));
    }
    for (number, folder) in head.folders.iter().enumerate() {
        let own: Vec<_> = files.iter().filter(|f| usize::from(f.folder) == number).collect();
        let needed = own.iter().map(|f| f.offset.saturating_add(f.size)).max().unwrap_or(0);
        let (data, fault) = unpacked(bytes, folder, head.reserved, needed.min(FOLDER).min(out.budget.room()));
        for file in own {
            let start = file.offset.min(data.len());
            let content = &data[start..file.offset.saturating_add(file.size).min(data.len())];
            match &fault {
                Some(loss) if content.len() < file.size => short(file, content, loss, &mut out),
                _ => out.file(file.name.clone(), file.size as u64, Some(file.size as u64), content),
            }
        }
    }
    for file in files.iter().filter(|f| usize::from(f.folder) >= head.folders.len()) {
        let detail = "It begins or ends in another cabinet of the set: put them together to read it.";
        out.push(Member::unpacked(file.name.clone(), Err(Loss::new(Reason::Damaged, detail, file.size as u64)), None));
    }
    Some(out.done())
}

/// A file of which a part or nothing came out.
fn short(file: &File, content: &[u8], loss: &Loss, out: &mut Unpacking<'_>) {
    if out.room(file.size as u64) {
        let missing = Loss { bytes: (file.size - content.len()) as u64, ..loss.clone() };
        let kept = out.budget.kept(content.to_vec(), 0, file.size as u64, Some(missing));
        out.push(Member::unpacked(file.name.clone(), Ok(kept), None));
    }
}

/// CFHEADER and CFFOLDER ([MS-CAB] 2.1, 2.2).
fn head(bytes: &[u8]) -> Option<Head> {
    let head = bytes.get(..36).filter(|h| h.starts_with(b"MSCF"))?;
    let (flags, mut at) = (u16_at(head, 30), 36);
    let (mut folder_reserve, mut reserved) = (0, 0);
    if flags & 4 != 0 {
        (folder_reserve, reserved) = (usize::from(*bytes.get(38)?), usize::from(*bytes.get(39)?));
        at += 4 + usize::from(u16_at(bytes, 36));
    }
    // Names of the cabinets and disks before and behind.
    for _ in 0..(flags & 1) * 2 + (flags >> 1 & 1) * 2 {
        at += memchr::memchr(0, bytes.get(at..)?)? + 1;
    }
    let folder = |n: u16| {
        let entry = bytes.get(at + usize::from(n) * (8 + folder_reserve)..).filter(|e| e.len() >= 8)?;
        Some(Folder { first: u32_at(entry, 0) as usize, blocks: usize::from(u16_at(entry, 4)), method: u16_at(entry, 6) })
    };
    let folders = (0..u16_at(head, 26)).map_while(folder).collect();
    Some(Head { folders, files_at: u32_at(head, 16) as usize, files: usize::from(u16_at(head, 28)), reserved })
}

struct File {
    name: String,
    size: usize,
    offset: usize,
    folder: u16,
}

/// CFFILE ([MS-CAB] 2.3).
fn files(bytes: &[u8], head: &Head) -> Vec<File> {
    let (mut at, mut found) = (head.files_at, Vec::new());
    while found.len() < head.files
        && let Some(entry) = bytes.get(at..).filter(|e| e.len() > 16)
        && let Some(length) = memchr::memchr(0, &entry[16..entry.len().min(16 + 1024)])
    {
        let name = &entry[16..16 + length];
        let utf8 = u16_at(entry, 14) & 0x80 != 0;
        found.push(File {
            name: if utf8 { names::clean(&String::from_utf8_lossy(name)) } else { names::guessed(name) },
            size: u32_at(entry, 0) as usize,
            offset: u32_at(entry, 4) as usize,
            folder: u16_at(entry, 8),
        });
        at += 17 + length;
    }
    found
}

/// The first `needed` bytes of a folder, and why they are fewer.
fn unpacked(bytes: &[u8], folder: &Folder, reserved: usize, needed: usize) -> (Vec<u8>, Option<Loss>) {
    let mut out = Vec::new();
    let mut decoder = match Decoder::of(folder.method) {
        Ok(decoder) => decoder,
        Err(loss) => return (out, Some(loss)),
    };
    let mut at = folder.first;
    for _ in 0..folder.blocks {
        if out.len() >= needed {
            break;
        }
        // CFDATA ([MS-CAB] 2.4).
        let block = bytes.get(at..).filter(|b| b.len() >= 8 + reserved);
        let sizes = block.map(|b| (usize::from(u16_at(b, 4)), usize::from(u16_at(b, 6))));
        let data = sizes.and_then(|(packed, size)| Some((bytes.get(at + 8 + reserved..at + 8 + reserved + packed)?, size)));
        let done = data.filter(|(_, size)| *size <= BLOCK).and_then(|(data, size)| {
            at += 8 + reserved + data.len();
            decoder.block(data, size, &mut out)
        });
        if done.is_none() {
            return (out, Some(Loss::new(Reason::Damaged, CUT_OFF, 0)));
        }
    }
    let short = out.len() < needed || needed >= FOLDER;
    (out, short.then(|| Loss::new(Reason::Damaged, CUT_OFF, 0)))
}

enum Decoder {
    Stored,
    Deflate(Box<DecompressorOxide>),
    Lzx(Box<Lzxd>),
}

impl Decoder {
    fn of(method: u16) -> Result<Decoder, Loss> {
        const WINDOWS: [WindowSize; 7] =
            [WindowSize::KB32, WindowSize::KB64, WindowSize::KB128, WindowSize::KB256, WindowSize::KB512, WindowSize::MB1, WindowSize::MB2];
        let window = usize::from(method >> 8 & 31).checked_sub(15).and_then(|n| WINDOWS.get(n));
        match (method & 15, window) {
            (0, _) => Ok(Decoder::Stored),
            (1, _) => Ok(Decoder::Deflate(Box::default())),
            (3, Some(window)) => Ok(Decoder::Lzx(Box::new(Lzxd::new(*window)))),
            _ => {
                let detail = "It is compressed by a method that this version does not read (Quantum).";
                Err(Loss::new(Reason::Unsupported, detail, 0))
            }
        }
    }

    /// Appends one block. None where it is damaged.
    fn block(&mut self, data: &[u8], size: usize, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Decoder::Stored => out.extend_from_slice(data),
            Decoder::Deflate(state) => {
                // [MS-MCI] 2.1: each block is a stream of its own, which refers to the output of those before.
                let (data, from) = (data.strip_prefix(b"CK")?, out.len());
                state.init();
                out.resize(from + size, 0);
                let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
                let (status, _, written) = decompress(state, data, out, from, flags);
                out.truncate(from + written);
                return (status == TINFLStatus::Done && written == size).then_some(());
            }
            Decoder::Lzx(state) => out.extend_from_slice(state.decompress_next(data, size).ok()?),
        }
        Some(())
    }
}

//! Files that hold files.

mod ar;
mod cab;
mod cpio;
mod iso;
mod names;
mod rar;
mod read;
mod sevenz;
mod stream;
mod stub;
mod tar;
mod zip;

use super::{Budget, Contents, Loss, Member};
use crate::Tools;
use aftermail_model::Reason;
use std::io::Read;

/// Files of one archive that are looked at.
const MEMBERS: usize = 20_000;
const CUT_OFF: &str = "The archive is cut off or damaged; what stands behind is lost.";

/// Opens an archive of this media type. None where it is none that is read, or too broken to be told from noise.
pub(super) fn open(media: &str, bytes: &[u8], name: Option<&str>, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    match media {
        "application/zip" => zip::open(bytes, tools, budget),
        "application/x-7z-compressed" => Some(sevenz::open(bytes, tools, budget)),
        "application/vnd.rar" => Some(rar::open(bytes, tools, budget)),
        "application/x-tar" => Some(tar::open(bytes, budget)),
        "application/vnd.ms-cab-compressed" => cab::open(bytes, budget),
        "application/x-iso9660-image" => iso::open(bytes, budget),
        "application/x-archive" => Some(ar::open(bytes, budget)),
        "application/x-cpio" => Some(cpio::open(bytes, budget)),
        "application/x-rpm" => cpio::open_rpm(bytes, budget),
        "application/x-msdownload" | "application/x-elf" => stub::open(bytes, tools, budget),
        _ => stream::open(media, bytes, name, budget),
    }
}

/// Opens the volumes of a RAR archive.
pub(super) fn open_volumes(volumes: &[&[u8]], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    rar::open_set(volumes, tools, budget)
}

/// The members of one archive as they come out, within the limits of the archive and of the message.
struct Unpacking<'b> {
    budget: &'b mut Budget,
    contents: Contents,
    members: usize,
    /// Number and bytes of the members that were left where they are.
    beyond: (u64, u64),
}

impl<'b> Unpacking<'b> {
    fn new(media: &'static str, budget: &'b mut Budget) -> Unpacking<'b> {
        Unpacking { budget, contents: Contents { media, ..Contents::default() }, members: 0, beyond: (0, 0) }
    }

    /// Whether one more member of `packed` bytes may be unpacked; where not, it is counted.
    fn room(&mut self, packed: u64) -> bool {
        let room = self.members < MEMBERS && self.budget.file();
        if room {
            self.members += 1;
        } else {
            self.beyond = (self.beyond.0 + 1, self.beyond.1 + packed);
        }
        room
    }

    fn push(&mut self, member: Member) {
        self.contents.members.push(member);
    }

    fn lost(&mut self, loss: Loss) {
        self.contents.losses.push(loss);
    }

    /// Unpacks a member that is not locked. `size` is what it should become, where that is known.
    fn file(&mut self, name: String, packed: u64, size: Option<u64>, reader: impl Read) {
        if self.room(packed) {
            let unpacked = self.budget.unpack(packed, size, reader);
            self.push(Member::unpacked(name, Ok(unpacked), None));
        }
    }

    fn done(mut self) -> Contents {
        let (count, bytes) = self.beyond;
        if count > 0 {
            let detail = format!("It holds more files than the limit; {count} of them were not unpacked.");
            self.contents.losses.push(Loss::new(Reason::TooLarge, detail, bytes));
        }
        self.contents
    }
}

//! The one door: what a file holds, told by its bytes and never by its name.
//!
//! Each format is a module that turns bytes into [`Contents`]: text, and files within, which come through the door again.

mod archive;
mod grid;
mod le;
mod lines;
mod lock;
mod numbers;
mod odf;
mod ooxml;
mod pages;
mod xml;

use crate::{Key, Limits, Tools, html, sniff};
use aftermail_mapi::rtf;
use aftermail_model::{Layer, Reason};
use std::io::Read;

/// Files of one archive that are looked at.
const MEMBERS: usize = 20_000;
/// Bytes of one file, unpacked: a bomb must not use up what its neighbours need.
const MEMBER_BYTES: u64 = 64 << 20;

/// What a file holds.
#[derive(Default)]
pub(crate) struct Contents {
    /// The media type that it turned out to be.
    pub media: &'static str,
    /// Its text, in reading order.
    pub passages: Vec<Passage>,
    /// Files within it.
    pub members: Vec<Member>,
    /// What of it was not read.
    pub losses: Vec<Loss>,
    /// What opened it, where it was locked.
    pub opened_by: Option<Key>,
}

/// A piece of its text.
pub(crate) struct Passage {
    pub layer: Layer,
    /// Empty, or what is said behind the place of the file: `properties`, `notes of slide 3`.
    pub own: String,
    pub body: String,
}

impl Passage {
    pub(crate) fn visible(body: String) -> Passage {
        Passage { layer: Layer::Visible, own: String::new(), body }
    }
}

/// A file within a file: what it holds, or why it was not unpacked.
pub(crate) struct Member {
    pub name: String,
    pub content: Result<Vec<u8>, Loss>,
    /// What opened it, where it was locked by itself.
    pub opened_by: Option<Key>,
}

/// Something that was not read, before it is known where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub reason: Reason,
    /// One plain sentence.
    pub detail: String,
    pub bytes: u64,
}

impl Loss {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>, bytes: u64) -> Loss {
        Loss { reason, detail: detail.into(), bytes }
    }
}

/// What unpacking may still use, shared by all parts of one message.
pub(crate) struct Budget {
    left: u64,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        Budget { left: limits.text_bytes }
    }

    /// Reads on until the end, or until the file or the message is larger than its limit. What came out before damage stays.
    pub(crate) fn read(&mut self, reader: impl Read) -> Result<Vec<u8>, Loss> {
        let most = self.left.min(MEMBER_BYTES);
        let mut out = Vec::new();
        let read = reader.take(most + 1).read_to_end(&mut out);
        self.left = self.left.saturating_sub(out.len() as u64);
        match read {
            _ if out.len() as u64 > most => Err(Loss::new(Reason::TooLarge, "Unpacked, it is larger than the limit.", out.len() as u64)),
            Err(_) if out.is_empty() => Err(Loss::new(Reason::Damaged, "It cannot be unpacked.", 0)),
            _ => Ok(out),
        }
    }
}

/// Opens a file. None where this version does not read its kind, or it is too broken to be told apart from noise.
pub(crate) fn open(bytes: &[u8], name: Option<&str>, _tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    match sniff::magic(bytes)? {
        "application/zip" => archive::zip(bytes, budget),
        "application/x-tar" => Some(archive::tar(bytes, budget)),
        "application/gzip" => archive::gzip(bytes, name, budget),
        "application/rtf" => rich_text(bytes),
        _ => None,
    }
}

/// What an RTF document says, the layers of HTML where it wraps HTML.
fn rich_text(bytes: &[u8]) -> Option<Contents> {
    let passages = match rtf::read(bytes)? {
        rtf::Body::Html(html) => {
            html::passages(&html).layers().into_iter().map(|(layer, body)| Passage { layer, own: String::new(), body }).collect()
        }
        rtf::Body::Text(text) => vec![Passage::visible(text)],
    };
    Some(Contents { media: "application/rtf", passages, ..Contents::default() })
}

//! Pictures in; lines of text with how sure each character is, and codes, out. Pure: no IO, no clock, no globals.
//!
//! [`Eyes::look`] decodes a file of pixels (`picture`), looks for codes (`codes`) and, where it has models, for text: `find` tells
//! where lines stand, `cut` takes them out of the picture, `read` says what they say and `layout` puts them in order.
//!
//! The models are the networks of PP-OCR, found by the caller: [`Models`]. Work is bounded by pixels, strips and lines rather
//! than by a clock, so that the same picture always says the same.

mod codes;
mod cut;
mod find;
mod geometry;
mod layout;
mod network;
mod picture;
mod read;
mod sight;

pub use sight::Eyes;

/// The two networks, as ONNX files.
pub struct Models {
    /// Tells where text stands: PP-OCR detection.
    pub find: Vec<u8>,
    /// Tells what it says: PP-OCR recognition, with its dictionary in the metadata `character`.
    pub read: Vec<u8>,
}

/// The file that a network lies in.
#[derive(Debug, Clone, Copy)]
pub struct ModelFile {
    /// Its name, in the wheel of `rapidocr` and in the folder of models.
    pub name: &'static str,
    /// SHA-256 of the only version that was measured.
    pub sha256: &'static str,
}

/// [`Models::find`]: PP-OCRv6, small (PaddleOCR, Apache-2.0), as in `rapidocr` 3.10.0.
pub const FIND: ModelFile =
    ModelFile { name: "PP-OCRv6_det_small.onnx", sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f" };

/// [`Models::read`]: PP-OCRv6, small (PaddleOCR, Apache-2.0), as in `rapidocr` 3.10.0.
pub const READ: ModelFile =
    ModelFile { name: "PP-OCRv6_rec_small.onnx", sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884" };

/// A line of text. Cells that stand far apart are separated by `\t`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// For every byte of the text, how sure its character is, in percent.
    pub certainty: Vec<u8>,
}

impl Line {
    fn push(&mut self, character: char, sure: f32) {
        self.text.push(character);
        self.certainty.resize(self.text.len(), (sure * 100.0) as u8);
    }
}

/// A code and what it holds. A code carries check digits: it is read right or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// `QR code`, `Data Matrix code`, …
    pub sort: &'static str,
    /// Its content.
    pub payload: String,
}

/// Why a picture, or some of it, was not read.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Larger than the limit; the sentence says which.
    TooLarge(String),
    /// Its pixels cannot be decoded.
    Damaged(String),
    /// No format that is known.
    Unsupported,
    /// There are no models, so that only codes were looked for.
    NoModels,
    /// The models that there are cannot be used.
    BadModels,
}

/// What was seen in a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Text, from top to bottom.
    pub lines: Vec<Line>,
    /// Codes.
    pub codes: Vec<Code>,
    /// What was not read.
    pub faults: Vec<Fault>,
    /// Pixels that went through the networks for it: a measure of work, the same when the picture is seen again.
    pub work: u64,
}

//! RTF as mail carries it: text, or HTML and plain text wrapped in RTF ([MS-OXRTFEX]).

mod lzfu;
mod reader;

pub use lzfu::decompress;
pub use reader::{Body, Document, Object, document, read};

//! mail-parser, set up for what is used of it.

use mail_parser::MessageParser;
use std::panic::catch_unwind;
use std::sync::LazyLock;

/// Only the fields that are used are parsed; the others are read as text.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(mail_parser::HeaderName::Subject)
        .default_header_ignore()
});

/// What became of the attempt to take a message apart.
pub(super) enum Parsed<'a> {
    Message(mail_parser::Message<'a>),
    /// No header and no structure.
    Nothing,
    /// The parser failed on it.
    Fault,
}

/// A fault of the parser costs the structure of one message, never its words.
pub(super) fn parse(bytes: &[u8]) -> Parsed<'_> {
    match catch_unwind(|| PARSER.parse(bytes)) {
        Ok(Some(message)) => Parsed::Message(message),
        Ok(None) => Parsed::Nothing,
        Err(_) => Parsed::Fault,
    }
}

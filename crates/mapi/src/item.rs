//! What every container gives: an item with its properties, recipients and attachments.

use crate::rtf;
use crate::{Names, Props};

/// Something that was not read, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is and what it means.
    pub what: String,
}

/// A message, contact, appointment, rule or other item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// Its properties.
    pub props: Props,
    /// Names of its properties of 0x8000 and above.
    pub names: Names,
    /// One set of properties per recipient.
    pub recipients: Vec<Props>,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Its properties, without the content.
    pub props: Props,
    /// What is attached.
    pub content: Content,
}

/// What an attachment holds ([MS-OXCMSG] 2.2.2.9).
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, or nothing that could be read.
    None,
    /// A file, or an OLE object as it is stored.
    Bytes(Vec<u8>),
    /// A message.
    Message(Box<Item>),
}

/// PidTagBody, PidTagRtfCompressed, PidTagHtml.
const BODY: u16 = 0x1000;
const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;

impl Item {
    /// The body as plain text.
    pub fn text(&self) -> Option<String> {
        self.props.text(BODY, None).filter(|t| !t.is_empty())
    }

    /// The body as HTML, as it is stored: bytes of the code page that the message or the HTML itself names.
    pub fn html(&self) -> Option<Vec<u8>> {
        match self.props.text(HTML, None) {
            // A Unicode property; 8-bit strings and byte strings stay as they are.
            Some(text) if self.props.binary(HTML).is_none() => Some(text.into_bytes()),
            _ => self.props.binary(HTML).filter(|b| !b.is_empty()).map(<[u8]>::to_vec),
        }
    }

    /// The RTF body, unpacked, and whether all of it is there.
    pub fn rtf(&self) -> Option<(Vec<u8>, bool)> {
        let bytes = self.props.binary(RTF).filter(|b| !b.is_empty())?;
        rtf::decompress(bytes).or_else(|| bytes.starts_with(b"{\\rtf").then(|| (bytes.to_vec(), true)))
    }
}

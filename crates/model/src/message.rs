//! What mail is made of: messages, their parts, and the text that parts carry.

use crate::{Leads, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a message lies: an evidence and a byte range in it. With a part index and a span of the part's
/// text it reopens any claim that aftermail makes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Locator {
    /// Id of the evidence: in a case 16 hex digits derived from its SHA-256 and its path below the
    /// evidence root; in a bare scan the path as given.
    pub evidence: String,
    /// First byte of the message in the evidence; in an Outlook store, which has no such thing, the id of the item's node.
    pub offset: u64,
    /// Length in bytes; in an Outlook store 1, for one id.
    pub length: u64,
}

/// One message as it stands in one place of the evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Where it lies.
    pub at: Locator,
    /// 32 hex digits of a fast hash (XXH3-128) of the message's bytes, or of what an Outlook item says: equal for the same bytes.
    pub key: String,
    /// 32 hex digits over Message-ID, subject and words of the body: equal for the same message in whatever format. A message
    /// without a Message-ID is only the same as one with its [`Message::key`].
    pub sameness: String,
    /// `mbox`, `eml`, `emlx`, `maildir`, `pst`, `msg`, `graph`; `text` and `file` for a file that is no message.
    pub format: String,
    /// Kind of the store that holds it, where there is one: `PST (Unicode)`, `OST (4k pages), a password is set`.
    pub store: Option<String>,
    /// Whose mailbox it is from, where the store, its name or the export's list says so.
    pub custodian: Option<String>,
    /// RFC 5322 §3.6.4 Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// In-Reply-To and References, oldest first, with angle brackets.
    pub references: Vec<String>,
    /// Folder that held the message, where the evidence tells (Maildir folder, mbox name, path).
    pub folder: Option<String>,
    /// How the item of a store was come by where its folder does not simply list it: `associated`, `deleted`, `orphan`,
    /// `recovered`, `missing`.
    pub reached: Option<String>,
    /// What the store keeps of its handling: `read`, `draft`, `sent`, `flagged`, `replied`, `forwarded`, `has attachments` …
    pub flags: Vec<String>,
    /// Sender as `Name <addr>`.
    pub from: Option<String>,
    /// Recipients of To and Cc as `Name <addr>`.
    pub to: Vec<String>,
    /// Decoded subject.
    pub subject: Option<String>,
    /// Date header, or time of submission, in UTC.
    pub sent: Option<Timestamp>,
    /// When the mailbox took it in, in UTC.
    pub received: Option<Timestamp>,
    /// When the store last changed it, in UTC.
    pub modified: Option<Timestamp>,
    /// PidTagConversationIndex ([MS-OXOMSG] 2.2.1.3) or Thread-Index, in hex: 22 bytes for the thread, 5 more for each reply.
    pub conversation_index: Option<String>,
    /// Bytes of the message that should become text or a listed attachment.
    pub expected_bytes: u64,
    /// Of these, bytes that were decoded.
    pub decoded_bytes: u64,
    /// Of these, bytes that were not read; each has a [`crate::Gap`].
    pub unread_bytes: u64,
    /// Bytes that belong to no part and were scanned raw (preamble, epilogue, after a broken boundary).
    pub residue_bytes: u64,
    /// Number of parts.
    pub parts: u32,
    /// What only makes sense beside other messages.
    pub leads: Leads,
}

/// How much of a part became text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartState {
    /// All of it was decoded and searched.
    Decoded,
    /// Some of it was; a gap says what is missing.
    Partly,
    /// Nothing was; a gap says why.
    NotRead,
    /// A container whose children are parts of their own.
    Container,
}

impl PartState {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            PartState::Decoded => "decoded",
            PartState::Partly => "partly",
            PartState::NotRead => "not read",
            PartState::Container => "container",
        }
    }
}

/// One part of a message (RFC 2046), down to attached messages and their parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Where the message lies.
    pub at: Locator,
    /// Position in the message, in the order in which parts begin; 0 is the message's own header and root.
    pub index: u32,
    /// `body`, or the attachment path joined by ` > `.
    pub path: String,
    /// File name as declared.
    pub name: Option<String>,
    /// Media type as declared.
    pub declared: String,
    /// Media type as found by content.
    pub found: String,
    /// Charset used, where the part is text.
    pub charset: Option<String>,
    /// Encoded size in bytes, as it stands in the message.
    pub bytes: u64,
    /// Size in bytes after transfer decoding.
    pub decoded_bytes: u64,
    /// Characters of text that came out of it, over all layers.
    pub text_chars: u64,
    /// How much of it was read.
    pub state: PartState,
    /// 32 hex digits of a fast hash of the decoded content; equal attachments share it.
    pub content: String,
    /// Where it was locked and opened: id of the finding of the password, or `well known`.
    pub opened_by: Option<String>,
}

/// How a text was visible to the reader of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Layer {
    /// What a reader sees.
    Visible,
    /// In the mail, but not shown (display:none, white on white, hidden sheet).
    Hidden,
    /// A header field.
    Header,
    /// A comment in the markup.
    Comment,
    /// Attribute values: links, form values, data-*.
    Attribute,
    /// Script or style.
    Script,
    /// Bytes that no decoder understood, read as characters.
    Raw,
    /// Read from the pixels of a picture, so that every character is a guess ([`Text::certainty`]).
    Ocr,
}

impl Layer {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Visible => "visible",
            Layer::Hidden => "hidden",
            Layer::Header => "header",
            Layer::Comment => "comment",
            Layer::Attribute => "attribute",
            Layer::Script => "script",
            Layer::Raw => "raw",
            Layer::Ocr => "ocr",
        }
    }
}

/// A passage of text of one part and one layer, ready to be searched.
///
/// Lines end in `\n`. Table rows are lines, their cells are separated by `\t`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Index of the [`Part`] that it comes from.
    pub part: u32,
    /// How visible it was.
    pub layer: Layer,
    /// `subject`, `body`, or the attachment path joined by ` > `.
    pub place: String,
    /// The media type that it came from (`text/plain`, `text/html`, …), which tells the finder the kind of document.
    pub media: String,
    /// The text.
    pub body: String,
    /// For every byte of the body, how sure its character is, in percent; empty where nothing was guessed.
    pub certainty: Vec<u8>,
}

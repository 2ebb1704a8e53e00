//! What parent and worker say to each other: length-prefixed postcard frames over the worker's stdin and stdout.

use crate::units::Extent;
use crate::{EngineError, SandboxStatus};
use aftermail_model::{ListedMessage, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A frame longer than this is a fault of the worker. Records are sent long before they are that long.
const LONGEST_FRAME: usize = 512 << 20;

/// A path as the bytes that the system gave; names in mail stores are often no UTF-8.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WirePath(Vec<u8>);

impl From<&Path> for WirePath {
    fn from(path: &Path) -> WirePath {
        WirePath(path.as_os_str().as_bytes().to_vec())
    }
}

impl WirePath {
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(OsString::from_vec(self.0.clone()))
    }
}

/// The first frame: everything that a worker needs to know before it locks the door behind itself.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub key: [u8; 32],
    pub rules: Vec<(String, String)>,
    /// What the worker may read.
    pub roots: Vec<WirePath>,
    /// Folder of the models for pictures, which it may read as well.
    pub models: Option<WirePath>,
    pub sandbox: bool,
    pub reveal: bool,
    /// Whether personal data are looked for.
    pub personal: bool,
    /// Address space in bytes.
    pub memory: u64,
    /// Bytes of one message that are read.
    pub item_bytes: u64,
    /// Passwords that a person gave for what is locked.
    pub passwords: Vec<String>,
}

/// One piece of evidence to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WirePiece {
    pub evidence: String,
    pub path: WirePath,
    pub folder: Option<String>,
    pub custodian: Option<String>,
    pub offset: u64,
    pub length: u64,
    pub extent: Extent,
    /// Its share of the file's bytes.
    pub bytes: u64,
}

/// A place inside a unit: index of the piece and offset in its file.
pub(crate) type Place = (u32, u64);

#[derive(Serialize, Deserialize)]
pub(crate) enum Job {
    /// Find out what the file is and cut up to `window` bytes of it from `from` on, a message start.
    Index { path: WirePath, from: u64, window: u64, unit: u64 },
    /// Read the list of an export.
    Owners(WirePath),
    /// Read a provider's list.
    List {
        path: WirePath,
        /// Words of columns, and where a person says that they stand.
        columns: Vec<(String, String)>,
    },
    /// Read an export of logs.
    Log {
        evidence: String,
        path: WirePath,
        /// When it was handed over: tells the year of lines without one.
        as_of: Timestamp,
    },
    /// Read pieces.
    Read {
        unit: u64,
        pieces: Vec<WirePiece>,
        /// Where to go on; `(0, 0)` for the beginning.
        resume: Place,
        /// Announce each item before it and send its records after it, since one of them kills.
        careful: bool,
        /// Items that killed a worker.
        skip: Vec<Place>,
    },
    /// Read messages again, one a piece and in time order, for what only all of them say.
    Together {
        unit: u64,
        pieces: Vec<WirePiece>,
        /// Messages whose secrets may open what is locked in the others.
        sources: Vec<WirePiece>,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Jailed and ready for jobs.
    Ready(SandboxStatus),
    /// The rules of the user do not parse.
    Refused(String),
    /// Ranges of an mbox, and where to go on.
    Indexed { ranges: Vec<(u64, u64)>, next: Option<u64> },
    /// Ranges of the items of an Outlook store, each with its share of the bytes.
    Divided(Vec<(u64, u64, u64)>),
    /// The file is read as a whole.
    Whole,
    /// Item and custodian of the rows of a list.
    Owners(Vec<(String, String)>),
    /// On this item for so many milliseconds.
    At { place: Place, length: u64, millis: u64 },
    /// Arrow IPC of the records up to `next`, and their values where asked for, in the order of the occurrences.
    Records { ipc: Vec<u8>, values: Vec<String>, next: Place },
    /// Rows of a provider's list, and what a person must know of its reading.
    List { rows: Vec<ListedMessage>, said: Vec<String> },
    /// Arrow IPC of events of a log.
    Events { ipc: Vec<u8> },
    /// The log is read; records of it that are no events: offset, length, why.
    Rejects(Vec<(u64, u64, String)>),
    /// The unit is read. So many texts were known already.
    Done { repeated: u64 },
}

fn fault(what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

fn encode<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(value, vec![0; 4]).map_err(fault)?;
    let length = u32::try_from(frame.len() - 4).map_err(fault)?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

fn length_of(prefix: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(prefix) as usize;
    if length > LONGEST_FRAME { Err(fault("frame too long")) } else { Ok(length) }
}

/// Writes one frame.
pub(crate) fn write<T: Serialize>(to: &mut impl Write, value: &T) -> io::Result<()> {
    to.write_all(&encode(value)?)?;
    to.flush()
}

/// Reads one frame; `None` at the end.
pub(crate) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut prefix = [0; 4];
    match from.read_exact(&mut prefix) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut body = vec![0; length_of(prefix)?];
    from.read_exact(&mut body)?;
    postcard::from_bytes(&body).map(Some).map_err(fault)
}

/// [`write`] for the parent.
pub(crate) async fn send<T: Serialize>(to: &mut (impl AsyncWrite + Unpin), value: &T) -> io::Result<()> {
    to.write_all(&encode(value)?).await?;
    to.flush().await
}

/// [`read`] for the parent. The body grows as it arrives, so that a worker gone bad cannot make the parent reserve much.
pub(crate) async fn receive<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<T> {
    let mut prefix = [0; 4];
    from.read_exact(&mut prefix).await?;
    let length = length_of(prefix)?;
    let mut body = Vec::with_capacity(length.min(1 << 20));
    from.take(length as u64).read_to_end(&mut body).await?;
    if body.len() != length {
        return Err(fault("frame cut off"));
    }
    postcard::from_bytes(&body).map_err(fault)
}

impl From<datafusion::arrow::error::ArrowError> for EngineError {
    fn from(e: datafusion::arrow::error::ArrowError) -> EngineError {
        EngineError::Bug(format!("records could not be packed: {e}"))
    }
}

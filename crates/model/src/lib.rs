//! The nouns of aftermail. Every other crate speaks in these words and adds none of its own to them.
//!
//! Three rules hold for everything here: reading never fails, it falls short and says where and by how
//! much ([`Gap`]); an id is derived from content, so a second run gives the same name; and a secret's
//! value lives only in [`Sensitive`] and leaves only by [`Sensitive::reveal`].

mod assessment;
mod coverage;
mod credential;
mod event;
mod exposure;
mod finding;
mod gap;
mod leads;
mod listed;
mod log_file;
mod message;
mod occurrence;
mod open;
mod redact;
mod sensitive;
mod signal;
mod time;

pub use assessment::{ExposedSecret, Proof, ProofVerdict, Usage, UsageVerdict};
pub use coverage::{Cover, Coverage};
pub use credential::CredentialId;
pub use event::{ActorKind, Event, LogSource, Outcome, Property, RawRef};
pub use exposure::{Exposed, Exposure};
pub use finding::{Finding, Link, LinkTarget};
pub use gap::{Decision, Gap, Reason, Stage};
pub use leads::Leads;
pub use listed::{ListDecision, ListedMessage};
pub use log_file::{LogFile, Rejected};
pub use message::{Layer, Locator, Message, Part, PartState, Text};
pub use occurrence::{Kind, Occurrence, Status};
pub use open::OpenPeriod;
pub use redact::Redactor;
pub use sensitive::{CaseKey, FindingId, RevealPermit, Sensitive, shape};
pub use signal::Signal;
pub use time::Timestamp;

//! When mail was served to whoever asked: what configuration files say ([`settings`]), and what logs show ([`Watch`]).

mod connector;
mod dovecot;
mod nginx;
mod postfix;
mod watch;

use crate::text;
use aftermail_model::OpenPeriod;
pub use watch::Watch;

/// Bytes of a file that are read: none that people write is larger.
const TEXT_BYTES: usize = 16 << 20;

/// What a setting means for who may read mail, or send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Says {
    /// Nobody is asked who he is.
    Open,
    /// This program asks nobody; whether the one behind it does, its own settings tell.
    Unclear,
    /// Passwords may cross the network in clear.
    InClear,
}

/// One setting of a mail server or proxy that a responder must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The file, as it was called when it was read.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The host, where the file names it.
    pub host: Option<String>,
    /// What it serves.
    pub service: &'static str,
    /// What it means.
    pub says: Says,
    /// The setting and what it means, in words. Never holds a secret of the file.
    pub words: String,
}

impl Setting {
    fn new(line: usize, service: &'static str, says: Says, words: impl Into<String>) -> Setting {
        Setting { file: String::new(), line, host: None, service, says, words: words.into() }
    }

    /// The period of a setting that leaves mail open. A file does not tell since when.
    pub fn period(&self) -> Option<OpenPeriod> {
        (self.says == Says::Open).then(|| OpenPeriod {
            host: self.host.clone(),
            service: self.service.to_owned(),
            from: None,
            until: None,
            because: self.words.clone(),
            rests_on: vec![format!("{}:{}", self.file, self.line)],
        })
    }
}

/// Reads a configuration file of Dovecot, Postfix (`main.cf`, `master.cf`) or nginx, or an export of Exchange's connectors
/// (`Get-ReceiveConnector` as list, CSV or JSON). Settings that leave nothing open are passed over, and so is what is none.
pub fn settings(file: &str, bytes: &[u8]) -> Vec<Setting> {
    let (bytes, _) = text::readable(bytes, TEXT_BYTES as u64);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_BYTES)]);
    let text = text.trim_start_matches('\u{feff}');
    let mut all: Vec<Setting> = [dovecot::read, postfix::read, nginx::read, connector::read].iter().flat_map(|read| read(text)).collect();
    all.iter_mut().for_each(|setting| setting.file = file.to_owned());
    all.sort_by_key(|setting| setting.line);
    all
}

/// Lines with their numbers from 1, without what stands behind `#`.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).map(|(number, line)| (number, line.split('#').next().unwrap_or_default()))
}

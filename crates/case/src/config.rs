//! `case.toml`.

use crate::CaseError;
use aftermail_model::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The settings of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the case, for reports.
    pub name: String,
    /// Files, folders and patterns, relative to the file's folder.
    pub evidence: Vec<String>,
    /// Exports of logs: files, folders and patterns, as for the evidence.
    #[serde(default)]
    pub logs: Vec<String>,
    /// The provider's lists of stolen messages.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Headings (or numbers, from 1) of their columns, where these are not understood: `message_id`, `from`, `to`, `subject`, `sent`,
    /// `received`, `size`, `mailbox`, `network_id`.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Licences under which logs are kept for another time than usual: `audit_premium`, `audit_ten_years`, `entra_free`.
    #[serde(default)]
    pub licences: Vec<String>,
    /// Days for which logs are kept here, by the word of the log: `{ entra_sign_in = 90 }`.
    #[serde(default)]
    pub kept: BTreeMap<String, i64>,
    /// Whether personal data are looked for as well.
    #[serde(default)]
    pub personal: bool,
    /// Domains of the organisation.
    #[serde(default)]
    pub own_domains: Vec<String>,
    /// Accounts whose mailboxes were taken, here or at those with whom one corresponded; `@domain` for all of a domain.
    #[serde(default)]
    pub compromised_accounts: Vec<String>,
    /// When the theft may have happened.
    #[serde(default)]
    pub exposure: Window,
    /// What is known of the intruder.
    #[serde(default)]
    pub intruder: Intruder,
    /// Exports of directories: CSV of users and of systems with their owners.
    #[serde(default)]
    pub directory: Vec<String>,
    /// What is not to be worked off.
    #[serde(default)]
    pub ignore: Vec<IgnoreRule>,
    /// Accounts of those who put things right, and addresses from which they do: their resets count.
    #[serde(default)]
    pub trusted: Trusted,
    /// Configuration files of mail hosts (Dovecot, Postfix, nginx, Exchange connectors).
    #[serde(default)]
    pub settings: Vec<String>,
    /// Sigma rules that run beside the detectors: files, folders and patterns.
    #[serde(default)]
    pub sigma: Vec<String>,
    /// Rule files in gitleaks TOML.
    #[serde(default)]
    pub rules: Vec<PathBuf>,
    /// Where the key of the fingerprints is kept, instead of `case.key`: a medium that does not travel with the case.
    pub key_file: Option<PathBuf>,
}

/// A window of time: RFC 3339, or a date alone. An open end is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its first moment.
    pub from: Option<String>,
    /// Its last moment; of a date the whole day.
    pub until: Option<String>,
}

impl Window {
    /// First and last second.
    ///
    /// # Errors
    /// Names the text that is no time.
    pub fn times(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), CaseError> {
        let time = |text: &String| {
            Timestamp::parse(text)
                .ok_or_else(|| CaseError::Input(format!("\"{text}\" in the exposure window is no time: write 2024-01-31")))
        };
        let until = |text: &String| time(text).map(|t| if text.len() == "2024-01-31".len() { Timestamp(t.0 + 86_399) } else { t });
        Ok((self.from.as_ref().map(time).transpose()?, self.until.as_ref().map(until).transpose()?))
    }
}

/// By what the intruder is known in logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intruder {
    /// Addresses.
    pub addresses: Vec<String>,
    /// Sessions.
    pub sessions: Vec<String>,
    /// Applications, by their ids.
    pub apps: Vec<String>,
    /// Tokens, by their ids.
    pub tokens: Vec<String>,
}

/// What is not to be worked off: what meets all of the conditions, for a reason, until a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRule {
    /// The finding, or the first digits of its id.
    pub finding: Option<String>,
    /// The rule that found it.
    pub rule: Option<String>,
    /// Its kind: `password`, `api_key` …
    pub kind: Option<String>,
    /// The sender's address, or `@domain`.
    pub from: Option<String>,
    /// Words of its place.
    pub place: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which the rule holds: a date. What is ignored for ever is forgotten.
    pub until: String,
}

impl IgnoreRule {
    /// The last second on which the rule holds.
    ///
    /// # Errors
    /// Where `until` is no date.
    pub fn ends(&self) -> Result<Timestamp, CaseError> {
        let day = Timestamp::parse(&self.until);
        let day = day.ok_or_else(|| CaseError::Input(format!("\"{}\" in an ignore rule is no date: write 2026-12-31", self.until)))?;
        Ok(Timestamp(day.0 + 86_399))
    }
}

/// Who puts things right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trusted {
    /// Accounts.
    pub accounts: Vec<String>,
    /// Addresses.
    pub addresses: Vec<String>,
}

impl Config {
    /// Reads the file's text.
    ///
    /// # Errors
    /// One sentence that names the file and the line.
    pub fn parse(text: &str, file: &Path) -> Result<Config, CaseError> {
        let config: Config =
            toml::from_str(text).map_err(|e| CaseError::Input(format!("\"{}\" is not understood: {e}", file.display())))?;
        if config.evidence.is_empty() {
            return Err(CaseError::Input(format!("\"{}\" names no evidence: add evidence = [\"mail/\"]", file.display())));
        }
        Ok(config)
    }
}

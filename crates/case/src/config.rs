//! `case.toml`.

use crate::CaseError;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The settings of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the case, for reports.
    pub name: String,
    /// Files, folders and patterns, relative to the file's folder.
    pub evidence: Vec<String>,
    /// Domains of the organisation.
    #[serde(default)]
    pub own_domains: Vec<String>,
    /// Rule files in gitleaks TOML.
    #[serde(default)]
    pub rules: Vec<PathBuf>,
    /// Where the key of the fingerprints is kept, instead of `case.key`: a medium that does not travel with the case.
    pub key_file: Option<PathBuf>,
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

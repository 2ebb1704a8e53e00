//! Rules of the user in the TOML of gitleaks.

use super::{
    checks,
    facts::Facts,
    pack::{Entry, Reader},
};
use regex::Regex;
use serde::Deserialize;
use std::ops::Range;

/// Most hits that one user rule gives in one text.
const MOST: usize = 1000;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rules: Vec<Row>,
    #[serde(default)]
    allowlist: Option<Allow>,
    #[serde(default)]
    allowlists: Vec<Allow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default)]
    id: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    #[serde(default)]
    secret_group: usize,
    entropy: Option<f32>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlist: Option<Allow>,
    #[serde(default)]
    allowlists: Vec<Allow>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Allow {
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    regex_target: String,
}

/// What a rule allows to stand.
struct Allowed {
    regexes: Vec<Regex>,
    stopwords: Vec<String>,
    target: String,
}

/// A rule of the user beyond its expression.
pub(super) struct UserRule {
    group: usize,
    entropy: Option<f32>,
    allowed: Vec<Allowed>,
}

impl UserRule {
    /// The secrets in a text, in order, at most [`MOST`].
    pub(super) fn find(&self, regex: &Regex, body: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for captures in regex.captures_iter(body).take(MOST) {
            let Some(whole) = captures.get(0) else { continue };
            // Without a chosen group gitleaks takes the first that is not empty.
            let secret = match self.group {
                0 => captures.iter().skip(1).flatten().find(|m| !m.is_empty()).unwrap_or(whole),
                group => captures.get(group).unwrap_or(whole),
            };
            let low = self.entropy.is_some_and(|floor| checks::entropy(secret.as_str()) <= floor);
            if secret.is_empty() || low || self.allowed.iter().any(|a| a.holds(body, whole.range(), secret.as_str())) {
                continue;
            }
            found.push(secret.range());
        }
        found
    }
}

impl Allowed {
    fn holds(&self, body: &str, whole: Range<usize>, secret: &str) -> bool {
        let lower = secret.to_ascii_lowercase();
        if self.stopwords.iter().any(|word| lower.contains(word)) {
            return true;
        }
        let target = match self.target.as_str() {
            "match" => body.get(whole).unwrap_or(secret),
            "line" => {
                let start = body.get(..whole.start).and_then(|s| s.rfind('\n')).map_or(0, |i| i + 1);
                let end = body.get(whole.end..).and_then(|s| s.find('\n')).map_or(body.len(), |i| whole.end + i);
                body.get(start..end).unwrap_or(secret)
            }
            _ => secret,
        };
        self.regexes.iter().any(|r| r.is_match(target))
    }
}

/// Go writes `\z` and `\Z`-free RE2; the one common difference is `\Q…\E` quoting, which Rust's crate lacks.
fn from_go(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((front, quoted)) = rest.split_once("\\Q") {
        let (inner, tail) = quoted.split_once("\\E").unwrap_or((quoted, ""));
        out.push_str(front);
        out.push_str(&regex::escape(inner));
        rest = tail;
    }
    out + rest
}

fn compile(file: &str, rule: &str, pattern: &str) -> Result<Regex, String> {
    Regex::new(&from_go(pattern)).map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("{file}: rule {rule}: the regular expression cannot be used: {last}")
    })
}

fn allow(file: &str, rule: &str, rows: Vec<Allow>) -> Result<Vec<Allowed>, String> {
    rows.into_iter()
        .map(|row| {
            let regexes = row.regexes.iter().map(|r| compile(file, rule, r)).collect::<Result<_, _>>()?;
            let stopwords = row.stopwords.iter().map(|w| w.to_ascii_lowercase()).collect();
            Ok(Allowed { regexes, stopwords, target: row.regex_target })
        })
        .collect()
}

/// Reads the rules of a file.
///
/// # Errors
/// One sentence that names the file, the rule and the fault.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<(Entry, Regex, UserRule)>, String> {
    let parsed: File = toml::from_str(text).map_err(|e| format!("{file}: not a gitleaks rule file: {}", e.message()))?;
    let mut rules = Vec::new();
    let common: Vec<Allow> = parsed.allowlists.into_iter().chain(parsed.allowlist).collect();
    for (number, row) in parsed.rules.into_iter().enumerate() {
        let id = if row.id.is_empty() { format!("{}", number + 1) } else { row.id };
        // A rule by path alone says nothing about text.
        let Some(pattern) = row.regex else { continue };
        let regex = compile(file, &id, &pattern)?;
        if row.secret_group >= regex.captures_len() {
            return Err(format!("{file}: rule {id}: secretGroup {} does not exist in the regular expression", row.secret_group));
        }
        let rows = row.allowlists.into_iter().chain(row.allowlist).chain(common.iter().cloned()).collect();
        let user = UserRule { group: row.secret_group, entropy: row.entropy, allowed: allow(file, &id, rows)? };
        let keywords = row.keywords.iter().filter(|k| !k.is_empty()).map(|k| k.to_ascii_lowercase()).collect();
        rules.push((entry(id, row.description, keywords), regex, user));
    }
    Ok(rules)
}

fn entry(id: String, name: String, literals: Vec<String>) -> Entry {
    Entry {
        id,
        name,
        kind: "api_key".to_owned(),
        literals,
        regex: String::new(),
        reader: Reader::Here,
        fold: true,
        inside: true,
        open: true,
        run: 0,
        before: 0,
        within: 0,
        near: Vec::new(),
        checksum: None,
        strict: false,
        entropy: None,
        system: None,
        facts: Facts::None,
        confidence: 0.85,
        docs: String::new(),
        examples: Vec::new(),
        counter_examples: Vec::new(),
    }
}

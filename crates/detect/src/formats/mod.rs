//! What providers mint: tokens, keys, connection strings and signed links with a form of their own.
//!
//! The table lies in `packs/formats/*.toml`. A literal of the table found by the one pass is an anchor; only the window
//! around it is read, cheap conditions first, the rule's regular expression after them.

mod checks;
mod facts;
mod gitleaks;
mod pack;
mod span;
mod stored;

use crate::Hit;
use aftermail_model::{Kind, Sensitive, Status, Text};
use pack::{Entry, Reader};
use regex::Regex;
use std::ops::Range;
use std::sync::OnceLock;

pub use pack::check_packs;

/// One format: its row of the table and its expression, compiled at first use.
struct Rule {
    entry: Entry,
    kind: Kind,
    regex: OnceLock<Option<Regex>>,
    /// Present for a rule of the user, which reads whole texts.
    user: Option<gitleaks::UserRule>,
}

/// The table of formats; by default an empty one.
#[derive(Default)]
pub struct Formats {
    rules: Vec<Rule>,
    /// Literal and the rule that it belongs to.
    literals: Vec<(String, usize)>,
    /// User rules without keywords: they read every text.
    always: Vec<usize>,
}

/// What was read at an anchor, before the common conditions.
struct Claim {
    range: Range<usize>,
    value: String,
    account: Option<String>,
    system: Option<String>,
}

impl Formats {
    /// The formats that come with aftermail.
    pub fn built_in() -> Formats {
        let mut formats = Formats::default();
        for entry in pack::built_in() {
            let Some(kind) = Kind::parse(&entry.kind) else { continue };
            formats.add(Rule { entry, kind, regex: OnceLock::new(), user: None });
        }
        formats
    }

    fn add(&mut self, rule: Rule) {
        let index = self.rules.len();
        self.literals.extend(rule.entry.literals.iter().map(|l| (l.clone(), index)));
        if rule.user.is_some() && rule.entry.literals.is_empty() {
            self.always.push(index);
        }
        self.rules.push(rule);
    }

    /// Number of formats.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Adds the rules of a gitleaks TOML file.
    ///
    /// # Errors
    /// One sentence that names the file, the rule and the fault.
    pub fn add_gitleaks(&mut self, file: &str, toml: &str) -> Result<(), String> {
        for (entry, regex, user) in gitleaks::read(file, toml)? {
            let lock = OnceLock::new();
            let _ = lock.set(Some(regex));
            self.add(Rule { entry, kind: Kind::ApiKey, regex: lock, user: Some(user) });
        }
        Ok(())
    }

    /// The literals that the one pass looks for, in a fixed order; one format may have several.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(|(literal, _)| literal.as_str())
    }

    /// Whether the system of a hit is only the name of the product that minted it.
    pub(crate) fn is_product_name(&self, hit: &Hit) -> bool {
        let entry = hit.rule.strip_prefix("format:").and_then(|id| self.rules.iter().find(|r| r.entry.id == id));
        hit.system.is_some()
            && entry.is_some_and(|r| r.entry.system == hit.system)
            && hit.system.as_deref().is_some_and(|s| !s.contains('.'))
    }

    /// Looks closely at the anchors (index of the literal, its place) and returns what is confirmed.
    pub(crate) fn confirm(&self, text: &Text, anchors: &[(usize, Range<usize>)]) -> Vec<Hit> {
        let mut hits = Vec::new();
        if anchors.is_empty() && self.always.is_empty() {
            return hits;
        }
        // Where each rule has read to: an anchor inside what it already claimed is not read again.
        let mut done = vec![0usize; self.rules.len()];
        for &index in &self.always {
            self.whole(index, &text.body, &mut hits);
        }
        for (literal, at) in anchors {
            let Some((literal, index)) = self.literals.get(*literal) else { continue };
            let Some(rule) = self.rules.get(*index) else { continue };
            if at.start < done[*index] {
                continue;
            }
            if rule.user.is_some() {
                done[*index] = usize::MAX;
                self.whole(*index, &text.body, &mut hits);
                continue;
            }
            if let Some((hit, end)) = rule.at(&text.body, literal, at) {
                done[*index] = end;
                hits.push(hit);
            }
        }
        thin(hits)
    }

    fn whole(&self, index: usize, body: &str, hits: &mut Vec<Hit>) {
        let rule = &self.rules[index];
        if let (Some(user), Some(Some(regex))) = (&rule.user, rule.regex.get()) {
            for range in user.find(regex, body) {
                let because = vec![format!("rule {} of the user's file", rule.entry.id)];
                let value = body[range.clone()].to_owned();
                hits.push(rule.hit(Claim { range, value, account: None, system: None }, 0.85, because));
            }
        }
    }
}

impl Rule {
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.entry.expression()).ok()).as_ref()
    }

    /// Reads the window around an anchor. Gives the hit and where reading may go on.
    fn at(&self, body: &str, literal: &str, at: &Range<usize>) -> Option<(Hit, usize)> {
        let (entry, bytes) = (&self.entry, body.as_bytes());
        if !entry.fold && body.get(at.clone())? != literal {
            return None;
        }
        if !entry.inside && at.start > 0 && checks::is_word(bytes[at.start - 1]) && checks::is_word(bytes[at.start]) {
            return None;
        }
        if entry.run > 0 && bytes[at.end..].iter().take(entry.run).filter(|b| checks::is_token(**b)).count() < entry.run {
            return None;
        }
        let mut claim = match entry.reader {
            Reader::Here => self.here(body, at)?,
            Reader::Around => self.around(body, at)?,
            Reader::Url => self.url(body, at)?,
            Reader::Pem => span::pem(body, at.start)?,
            Reader::Userinfo => span::userinfo(body, at.start)?,
        };
        let end = claim.range.end.max(at.end);
        if !entry.near.is_empty() && !self.is_near(body, &claim.range) {
            return None;
        }
        let known = facts::read(entry.facts, &mut claim)?;
        if checks::is_placeholder(&claim.value) || entry.entropy.is_some_and(|floor| checks::entropy(&claim.value) < floor) {
            return None;
        }
        let (confidence, because) = self.reasons(literal, &claim.value)?;
        let mut hit = self.hit(claim, confidence, because);
        hit.expires = known.expires;
        hit.because.extend(known.because);
        if let Some(kind) = known.kind {
            hit.kind = kind;
        }
        Some((hit, end))
    }

    /// The expression stands at the anchor.
    fn here(&self, body: &str, at: &Range<usize>) -> Option<Claim> {
        let end = body.floor_char_boundary(at.start.saturating_add(self.entry.within));
        self.take(body, at.start, body.get(at.start..end)?, |_| true)
    }

    /// The anchor stands inside the expression.
    fn around(&self, body: &str, at: &Range<usize>) -> Option<Claim> {
        let start = body.floor_char_boundary(at.start.saturating_sub(self.entry.before));
        let end = body.floor_char_boundary(at.end.saturating_add(self.entry.within));
        let place = at.start - start;
        self.take(body, start, body.get(start..end)?, |m| m.start <= place && place < m.end)
    }

    /// The anchor stands in a URL or a query string, which is the value as a whole.
    fn url(&self, body: &str, at: &Range<usize>) -> Option<Claim> {
        let range = span::url(body, at);
        self.take(body, range.start, body.get(range.clone())?, |_| true)
    }

    fn take(&self, body: &str, base: usize, window: &str, fits: impl Fn(&Range<usize>) -> bool) -> Option<Claim> {
        let regex = self.regex()?;
        // A handful of candidates is enough: the anchor's own match is among the first in so small a window.
        for found in regex.captures_iter(window).take(8) {
            let Some(whole) = found.get(0) else { continue };
            if !fits(&whole.range()) {
                continue;
            }
            let secret = found.name("secret").unwrap_or(whole);
            let range = base + secret.start()..base + secret.end();
            let cut = |b: Option<&u8>| b.is_some_and(|b| checks::is_word(*b));
            let bytes = body.as_bytes();
            if !self.entry.open && checks::is_word(*bytes.get(range.end.wrapping_sub(1))?) && cut(bytes.get(range.end)) {
                continue;
            }
            if self.entry.reader == Reader::Around
                && range.start > 0
                && checks::is_word(bytes[range.start])
                && cut(bytes.get(range.start - 1))
            {
                continue;
            }
            let group = |name: &str| found.name(name).map(|m| m.as_str().trim().to_owned()).filter(|s| !s.is_empty());
            return Some(Claim { range, value: secret.as_str().to_owned(), account: group("account"), system: group("system") });
        }
        None
    }

    fn is_near(&self, body: &str, range: &Range<usize>) -> bool {
        let start = body.floor_char_boundary(range.start.saturating_sub(240));
        let end = body.floor_char_boundary(range.end.saturating_add(160));
        let Some(window) = body.get(start..end) else { return false };
        let window = window.to_ascii_lowercase();
        self.entry.near.iter().any(|word| window.contains(word.as_str()))
    }

    /// How sure, and why, in words.
    fn reasons(&self, literal: &str, value: &str) -> Option<(f32, Vec<String>)> {
        let entry = &self.entry;
        let mut confidence = entry.confidence;
        let length = value.chars().count();
        let mut sentence = if value.starts_with(literal) {
            format!("{}: prefix {literal}, {length} characters", entry.name)
        } else {
            format!("{}: form fits at {literal:?}, {length} characters", entry.name)
        };
        match entry.checksum.map(|sum| checks::checksum(sum, value)) {
            Some(true) => {
                confidence = 0.99;
                sentence.push_str(", checksum is right");
            }
            // Mail is retyped and wrapped, so a wrong sum lowers the claim and does not drop it.
            Some(false) if !entry.strict => {
                confidence = confidence.min(0.75);
                sentence.push_str(", checksum does not match");
            }
            Some(false) => return None,
            None => {}
        }
        Some((confidence, vec![sentence]))
    }

    fn hit(&self, claim: Claim, confidence: f32, because: Vec<String>) -> Hit {
        Hit {
            start: claim.range.start,
            end: claim.range.end,
            value: Sensitive::new(claim.value),
            rule: format!("format:{}", self.entry.id),
            kind: self.kind,
            system: claim.system.or_else(|| self.entry.system.clone()),
            account: claim.account,
            expires: None,
            status: Status::Live,
            confidence,
            because,
            language: None,
        }
    }
}

/// Of several claims on the very same characters the surest stays; hits come in text order.
fn thin(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| (a.start, a.end).cmp(&(b.start, b.end)).then(b.confidence.total_cmp(&a.confidence)));
    hits.dedup_by(|later, kept| later.start == kept.start && later.end == kept.end);
    hits
}

//! What a person decided not to work off, and why.

use aftermail_model::{Kind, Occurrence};

/// A rule: an occurrence that meets all of its conditions is ignored. A secret is, where every one of its occurrences is; it stays in
/// the tables, with the reason. Rules whose time is over do not come here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore {
    /// The finding, or the first digits of its id.
    pub finding: Option<String>,
    /// The rule that found it: `format:github-pat`, `prose` …
    pub rule: Option<String>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// The sender's address, or `@domain`.
    pub from: Option<String>,
    /// Words of its place: a part of the attachment path.
    pub place: Option<String>,
    /// Why.
    pub reason: String,
}

impl Ignore {
    /// Whether there is any condition: a rule without one would ignore everything.
    pub fn is_empty(&self) -> bool {
        self.finding.is_none() && self.rule.is_none() && self.kind.is_none() && self.from.is_none() && self.place.is_none()
    }

    pub(crate) fn matches(&self, o: &Occurrence, from: Option<&str>) -> bool {
        let holds = |wanted: &Option<String>, test: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(test);
        !self.is_empty()
            && holds(&self.finding, &|id| o.finding.as_str().starts_with(id))
            && holds(&self.rule, &|rule| o.rule == rule)
            && self.kind.is_none_or(|kind| o.kind == kind)
            && holds(&self.from, &|wanted| from.is_some_and(|from| is_from(from, wanted)))
            && holds(&self.place, &|place| o.place.to_lowercase().contains(&place.to_lowercase()))
    }
}

fn is_from(from: &str, wanted: &str) -> bool {
    let from = from.to_lowercase();
    let address = from.rsplit_once('<').map_or(from.as_str(), |(_, a)| a.trim_end_matches('>')).trim();
    let wanted = wanted.to_lowercase();
    if wanted.starts_with('@') { address.ends_with(&wanted) } else { address == wanted }
}

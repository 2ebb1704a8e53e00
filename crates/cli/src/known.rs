//! What a case file says of the organisation and of what is not to be worked off.

use crate::exit::Failure;
use crate::talk;
use aftermail_assess::{Directory, Ignore};
use aftermail_case::{Case, IgnoreRule};
use aftermail_model::{Kind, Timestamp};

/// Accounts and systems, from exports of directories.
pub fn directory(case: &Case) -> Result<Directory, Failure> {
    let mut directory = Directory::of_domains(&case.config().own_domains);
    for (name, bytes) in case.directory()? {
        if let Some(said) = directory.add(&name, &aftermail_logs::list::cells(&bytes)) {
            talk::say(&format!("warning: {said}"));
        }
    }
    Ok(directory)
}

/// The rules that hold at this time. Those that do no more are said: what they hid comes back.
pub fn ignores(case: &Case, now: Timestamp) -> Result<Vec<Ignore>, Failure> {
    let mut rules = Vec::new();
    for rule in &case.config().ignore {
        let ends = rule.ends()?;
        let read = read(rule)?;
        if ends < now {
            talk::say(&format!("warning: the ignore rule \"{}\" ended on {}: what it hid is shown again", rule.reason, rule.until));
        } else {
            rules.push(read);
        }
    }
    Ok(rules)
}

fn read(rule: &IgnoreRule) -> Result<Ignore, Failure> {
    let kind = match rule.kind.as_deref().map(|word| (word, Kind::parse(word))) {
        Some((word, None)) => return Err(Failure::input(format!("an ignore rule names the kind \"{word}\", which does not exist"))),
        other => other.and_then(|(_, kind)| kind),
    };
    let (finding, from, place) = (rule.finding.clone(), rule.from.clone(), rule.place.clone());
    let read = Ignore { finding, rule: rule.rule.clone(), kind, from, place, reason: rule.reason.clone() };
    if read.is_empty() || read.reason.trim().is_empty() {
        let hint = "finding, rule, kind, from or place says what; reason says why";
        return Err(Failure::input("an ignore rule needs a condition and a reason").hint(hint));
    }
    Ok(read)
}

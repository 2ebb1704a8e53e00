//! Passwords of a Windows domain: Security events 4722 to 4726 and 4738.

use crate::proof::deed::{Deed, State, actor, loose, same_account};
use aftermail_model::{Event, Outcome};

/// What 4738 writes for "never": the account must change its password at the next logon.
const NEVER: &str = "%%1794";

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let Some(whose) = whose(event) else { return Vec::new() };
    let account = |state, how: &str| vec![Deed::Holder { names: vec![whose.clone()], state, how: how.to_owned() }];
    match event.operation.as_str() {
        "4723" => vec![attempt(event, &whose, "changed", true)],
        "4724" => vec![attempt(event, &whose, "reset by an administrator", same_account(actor(event), &whose))],
        "4738" => updated(event, whose),
        "4725" => account(State::Disabled, "the account was disabled"),
        "4722" => account(State::Opened, "the account was enabled"),
        "4726" => account(State::Purged, "the account was deleted"),
        _ => Vec::new(),
    }
}

/// The account with its domain, so that local ones are told from those of the domain.
fn whose(event: &Event) -> Option<String> {
    let name = event.target.as_deref()?;
    let domain = loose(event, "TargetDomainName").and_then(|p| p.new.as_deref()).filter(|d| !d.is_empty() && *d != "-");
    Some(if name.contains(['\\', '@']) { name.to_owned() } else { domain.map_or_else(|| name.to_owned(), |d| format!("{d}\\{name}")) })
}

/// 4723 and 4724 are written for attempts, too: where the record does not say how it ended, 4738 tells.
fn attempt(event: &Event, whose: &str, how: &str, by_itself: bool) -> Deed {
    match event.outcome {
        Outcome::Unknown => Deed::looks([whose.to_owned()], "an attempt to set the password, and the record does not say how it ended"),
        _ => Deed::Password { whose: whose.to_owned(), how: how.to_owned(), by_itself },
    }
}

fn updated(event: &Event, whose: String) -> Vec<Deed> {
    let set = ["PasswordLastSet", "PwdLastSet"].iter().find_map(|n| loose(event, n)).and_then(|p| p.new.as_deref());
    match set.map(str::trim) {
        None | Some("" | "-") => vec![Deed::looks([whose], "the account was changed, not its password")],
        Some(NEVER) => {
            vec![Deed::looks([whose], "the account was told to change its password at the next logon: until then the old one opens")]
        }
        Some(_) => {
            let by_itself = same_account(actor(event), &whose);
            vec![Deed::Password { whose, how: "set anew".to_owned(), by_itself }]
        }
    }
}

//! What a record says was done to an account, a key or an application, before anybody asks whom it concerns.

use crate::usage::Account;
use aftermail_model::{Event, Property, Timestamp};

/// One thing that was done, or that only looks as if.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// An account was given another password.
    Password {
        /// The account.
        whose: String,
        /// How, in words.
        how: String,
        /// By the account itself, or by whoever passed for it.
        by_itself: bool,
    },
    /// Sessions of an account that began before this time no longer open anything.
    Cut {
        /// The account.
        whose: String,
        /// The time; none for that of the record.
        from: Option<Timestamp>,
    },
    /// Keys of a holder (an application, a user, a storage account).
    Keys {
        /// Names of the holder.
        holder: Vec<String>,
        /// Keys that open nothing from now on, as [`crate::usage::key`] writes them, or by a name of this crate's own.
        gone: Vec<String>,
        /// Keys that came.
        new: Vec<String>,
        /// Keys that open again.
        back: Vec<String>,
        /// Keys that were there before and still are, where the record lists them all.
        kept: Option<Vec<String>>,
        /// In words.
        how: String,
    },
    /// A holder or an account was closed or opened.
    Holder {
        /// Its names.
        names: Vec<String>,
        /// Which of it.
        state: State,
        /// In words.
        how: String,
    },
    /// Several names mean one holder.
    Same {
        /// The names.
        names: Vec<String>,
    },
    /// Access that does not need the secret was given or taken.
    Door {
        /// The account through which it leads.
        whose: Option<String>,
        /// What it is, in words and without the name.
        what: &'static str,
        /// Its name; none where the record does not tell it.
        name: String,
        /// Given or taken.
        open: bool,
    },
    /// A second factor was registered or removed.
    Factor {
        /// The account.
        whose: String,
        /// Registered or removed.
        registered: bool,
    },
    /// An account was created.
    Created {
        /// The account.
        whose: String,
    },
    /// It looks like a proof and is none.
    Looks {
        /// Accounts, holders or keys that it speaks of.
        names: Vec<String>,
        /// Why it is none, in words.
        why: String,
    },
}

/// What became of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It opens nothing, until somebody enables it.
    Disabled,
    /// Deleted, and can be restored for so many days.
    Binned { days: i64 },
    /// Deleted for good.
    Purged,
    /// Enabled or restored.
    Opened,
}

impl Deed {
    /// Keys changed, nothing came back.
    pub(super) fn keys(holder: Vec<String>, gone: Vec<String>, new: Vec<String>, how: impl Into<String>) -> Deed {
        Deed::Keys { holder, gone, new, back: Vec::new(), kept: None, how: how.into() }
    }

    /// A key opens again.
    pub(super) fn back(holder: Vec<String>, back: Vec<String>, how: &str) -> Deed {
        Deed::Keys { holder, gone: Vec::new(), new: Vec::new(), back, kept: None, how: how.to_owned() }
    }

    /// It looks like a proof of something of these names.
    pub(super) fn looks(names: impl IntoIterator<Item = String>, why: impl Into<String>) -> Deed {
        Deed::Looks { names: names.into_iter().collect(), why: why.into() }
    }

    /// Every name that may lead to a secret.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Deed::Password { whose, .. } | Deed::Cut { whose, .. } | Deed::Factor { whose, .. } | Deed::Created { whose } => vec![whose],
            Deed::Door { whose, .. } => whose.iter().map(String::as_str).collect(),
            Deed::Keys { holder, gone, new, back, kept, .. } => {
                let kept = kept.as_deref().unwrap_or_default();
                [holder, gone, new, back].into_iter().flatten().chain(kept).map(String::as_str).collect()
            }
            Deed::Holder { names, .. } | Deed::Same { names } | Deed::Looks { names, .. } => names.iter().map(String::as_str).collect(),
        }
    }
}

impl Deed {
    /// The name of the door that is opened or closed.
    pub(super) fn door(&self) -> Option<String> {
        match self {
            Deed::Door { what, name, .. } => Some(format!("{what} {name}")),
            _ => None,
        }
    }
}

/// Whether both name one account.
pub(super) fn same_account(a: &str, b: &str) -> bool {
    Account::parse(a).zip(Account::parse(b)).is_some_and(|(a, b)| a.same(&b))
}

/// The actor's name.
pub(super) fn actor(event: &Event) -> &str {
    event.actor.as_deref().unwrap_or_default()
}

/// The target's name.
pub(super) fn target(event: &Event) -> &str {
    event.target.as_deref().unwrap_or_default()
}

/// What stands in the property now.
pub(super) fn value<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    event.property(name)?.new.as_deref().filter(|v| !v.is_empty())
}

/// The property whose name has these letters, in any case.
pub(super) fn loose<'e>(event: &'e Event, name: &str) -> Option<&'e Property> {
    event.properties.iter().find(|p| p.name.eq_ignore_ascii_case(name))
}

/// The word behind `"name":` in a text of JSON, however its quotes are escaped.
pub(super) fn member<'t>(json: &'t str, name: &str) -> Option<&'t str> {
    let at = json.to_ascii_lowercase().find(&name.to_ascii_lowercase())?;
    let rest = json.get(at + name.len()..)?;
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != ',' && c != '}');
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|w| !w.is_empty())
}

/// Words of a list as the directory writes it: `[\r\n  "a",\r\n  "b"\r\n]`, or the word alone.
pub(super) fn listed(text: Option<&str>) -> Vec<&str> {
    text.unwrap_or_default().split(|c: char| c == ',' || c.is_whitespace() || "[]\"\\".contains(c)).filter(|w| !w.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_in_escaped_json() {
        for json in [r#"{"keyName":"key1"}"#, r#"{\"keyName\": \"key1\"}"#, "{\"properties\":{},\"KEYNAME\":\"key1\"}"] {
            assert_eq!(member(json, "keyName"), Some("key1"), "{json}");
        }
        assert_eq!(member(r#"{"enabled":false}"#, "enabled"), Some("false"));
        assert_eq!(member(r#"{"keyName":}"#, "keyName"), None);
        assert_eq!(member("{}", "keyName"), None);
    }

    #[test]
    fn lists_of_the_directory_are_taken_apart() {
        assert_eq!(listed(Some("[\r\n  true\r\n]")), ["true"]);
        assert_eq!(listed(Some("[]")), [""; 0]);
        assert_eq!(listed(Some(" openid Mail.Read")), ["openid", "Mail.Read"]);
    }
}

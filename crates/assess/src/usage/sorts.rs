//! Exports that share their source with others: that the log of a day was handed over does not tell that they were.

use super::place::{Place, storage_account};
use aftermail_model::{ActorKind, Event, ExposedSecret, LogSource, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// Days without a sign-in of any application of a tenant, after which it is likelier that they were not handed over.
const APPLICATIONS_SILENT: i64 = 7;
/// Days without a record of a storage account, which may rest for longer.
const STORAGE_SILENT: i64 = 30;

/// Days on which such exports have records.
#[derive(Debug)]
pub(crate) struct Sorts {
    applications: BTreeSet<i64>,
    /// By account, those of the secrets alone; all together under the empty name.
    storage: BTreeMap<String, BTreeSet<i64>>,
}

impl Sorts {
    pub(crate) fn new(secrets: &[ExposedSecret]) -> Sorts {
        let own = secrets.iter().filter(|s| Place::of(s) == Place::Storage).flat_map(accounts);
        Sorts { applications: BTreeSet::new(), storage: own.chain([String::new()]).map(|a| (a, BTreeSet::new())).collect() }
    }

    pub(crate) fn see(&mut self, event: &Event) {
        let Some(day) = event.time.map(|t| t.0.div_euclid(DAY)) else { return };
        if event.source == LogSource::EntraSignIn && event.actor_kind == ActorKind::Application {
            self.applications.insert(day);
        }
        if event.source == LogSource::Azure && event.property("authenticationType").is_some() {
            let account = event.target.as_deref().map(storage_account).unwrap_or_default();
            for name in [account.as_str(), ""] {
                if let Some(days) = self.storage.get_mut(name) {
                    days.insert(day);
                }
            }
        }
    }

    /// What was likely not handed over of that which would show a use of the secret.
    pub(crate) fn missing(&self, place: Place, secret: &ExposedSecret, from: Option<Timestamp>, to: Timestamp) -> Vec<String> {
        let Some(from) = from else { return Vec::new() };
        let window = (from.0.div_euclid(DAY), to.0.div_euclid(DAY));
        match place {
            Place::EntraApp => {
                let what = "Entra sign-in log: no sign-in of any application (ServicePrincipalSignInLogs)";
                silences(&self.applications, window, APPLICATIONS_SILENT, what)
            }
            Place::Storage => {
                let account = accounts(secret).into_iter().find(|a| self.storage.contains_key(a)).unwrap_or_default();
                let name = account.strip_prefix("storage:").unwrap_or("of any account");
                let what = format!("Azure logs: no record of storage {name} (StorageRead, StorageWrite, StorageDelete)");
                self.storage.get(&account).map(|days| silences(days, window, STORAGE_SILENT, &what)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

/// Storage accounts of a secret, as [`storage_account`] names them.
fn accounts(secret: &ExposedSecret) -> Vec<String> {
    let named = secret.accounts.iter().filter(|a| !a.contains(['@', '\\', ' ']));
    secret.systems.iter().filter(|s| s.contains(".core.")).chain(named).map(|s| storage_account(s)).collect()
}

/// Stretches within the window in which too long nothing came.
fn silences(days: &BTreeSet<i64>, (first, last): (i64, i64), longest: i64, what: &str) -> Vec<String> {
    if first > last {
        return Vec::new();
    }
    let line = |from: i64, to: i64| format!("{what} from {} to {}", Timestamp(from * DAY).date(), Timestamp(to * DAY).date());
    // What came shortly before the window speaks for its beginning.
    if days.range(first - longest..=last).next().is_none() {
        return vec![line(first, last)];
    }
    let mut before = first - 1;
    let mut lines = Vec::new();
    for day in days.range(first..=last).copied().chain([last + 1]) {
        if day - before - 1 > longest {
            lines.push(line(before + 1, day - 1));
        }
        before = day;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_silences_are_told_and_short_ones_are_not() {
        let day = |d: i64| 20_000 + d;
        let told =
            |days: &[i64], window: (i64, i64)| silences(&days.iter().map(|d| day(*d)).collect(), (day(window.0), day(window.1)), 7, "none");
        assert_eq!(told(&[-1, 5, 10, 16], (0, 20)), [""; 0]);
        assert_eq!(told(&[], (0, 20)), ["none from 2024-10-04 to 2024-10-24"]);
        assert_eq!(told(&[], (0, 0)).len(), 1);
        assert_eq!(told(&[1, 12], (0, 15)), ["none from 2024-10-06 to 2024-10-15"]);
        assert_eq!(told(&[-40], (0, 3)).len(), 1);
        assert_eq!(told(&[-2], (0, 3)), [""; 0]);
        assert_eq!(told(&[0], (3, 2)), [""; 0]);
    }
}

//! Records of each source as deeds. What a record is called is no evidence: what it changed is.

mod aws;
mod azure;
mod entra;
mod exchange;
mod github;
mod google;
mod okta;
mod windows;

pub(super) use aws::secret_name;
pub(super) use azure::vault_secret;

use super::deed::Deed;
use crate::signals::baseline::operation;
use crate::usage::was_done;
use aftermail_model::{Event, LogSource, Outcome};

/// Reads records in the order of their time.
#[derive(Debug, Default)]
pub(super) struct Records {
    requests: azure::Requests,
}

impl Records {
    /// What a record says was done; nothing for most.
    pub(super) fn read(&mut self, event: &Event) -> Vec<Deed> {
        let deeds = match event.source {
            LogSource::UnifiedAudit => unified(event),
            LogSource::EntraAudit => entra::read(event),
            LogSource::Azure => azure::read(event, &mut self.requests),
            LogSource::CloudTrail => aws::read(event),
            LogSource::GitHub => github::read(event),
            LogSource::GoogleCloud => google::cloud(event),
            LogSource::GoogleWorkspace => google::workspace(event),
            LogSource::Okta => okta::read(event),
            LogSource::WindowsSecurity => windows::read(event),
            _ => Vec::new(),
        };
        if deeds.is_empty() || was_done(event) { deeds } else { deeds.into_iter().filter_map(|d| undone(d, event)).collect() }
    }
}

/// The audit log of all services: most records are of none that changes secrets.
fn unified(event: &Event) -> Vec<Deed> {
    match event.property("Workload").and_then(|p| p.new.as_deref()) {
        Some("AzureActiveDirectory") => entra::read(event),
        Some("Exchange") => exchange::read(event),
        Some(_) => Vec::new(),
        None => {
            let deeds = entra::read(event);
            if deeds.is_empty() { exchange::read(event) } else { deeds }
        }
    }
}

/// What failed, or is not known to have ended, is no deed; it may look like one.
fn undone(deed: Deed, event: &Event) -> Option<Deed> {
    let why = match event.outcome {
        Outcome::Failure => "failed",
        _ => "was only accepted: no record says that it ended well",
    };
    let names = match deed {
        Deed::Same { .. } | Deed::Created { .. } | Deed::Door { .. } => return None,
        Deed::Looks { .. } => return Some(deed),
        other => other.names().into_iter().map(str::to_owned).collect::<Vec<_>>(),
    };
    Some(Deed::looks(names, format!("“{}” {why}", operation(event))))
}

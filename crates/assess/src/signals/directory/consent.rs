//! Consent that lets an application read mail, or act for everyone.

use super::super::about::{name, rest_on};
use super::super::baseline::{DAY, operation};
use super::super::memory::Memory;
use super::{About, Detector, Event, Seen, concerns, read};
use aftermail_model::{LogSource, Signal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const ABOUT: About = About {
    id: "consent",
    title: "An application was allowed to read mail, or to act for everyone",
    techniques: &["T1528", "T1098.003"],
    sources: &[LogSource::UnifiedAudit, LogSource::EntraAudit, LogSource::GoogleWorkspace, LogSource::GitHub, LogSource::Okta],
    logic: "Scopes after a grant minus scopes before it hold mail, or the grant is for all people; a grant by an account that is \
            younger than seven days is the mark of Midnight Blizzard. What is called a removal and widens counts too.",
    mistaken_for: "An administrator who brings in a mail client, an archive or a backup for everyone.",
};

/// An account younger than this is new.
const YOUNG: i64 = 7 * DAY;
/// The records of one consent come within this time.
const TOGETHER: i64 = 600;

pub(super) struct Consent {
    /// When accounts were created, in seconds.
    born: Memory<i64>,
    /// Grants of one application, as long as more of them may come.
    open: BTreeMap<String, Open>,
}

struct Open {
    signal: Signal,
    grant: Grant,
}

/// What a record grants.
#[derive(Default)]
struct Grant {
    scopes: BTreeSet<String>,
    everyone: bool,
    words: BTreeSet<&'static str>,
}

impl Detector for Consent {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !concerns(&ABOUT, event) {
            return;
        }
        let done = operation(event);
        if done == "add user" {
            if let (Some(user), Some(time)) = (&event.target, event.time) {
                *self.born.entry(&user.to_lowercase()) = time.0;
            }
            return;
        }
        let Some((app, mut grant)) = granted(event, &done) else { return };
        let born = event.actor.as_ref().and_then(|a| self.born.get(&a.to_lowercase()));
        if let (Some(born), Some(now)) = (born, event.time)
            && now.0 - born < YOUNG
        {
            grant.words.insert("by an account that was created less than seven days before");
        }
        if let Some(now) = event.time {
            self.close(now, out);
        }
        let open = self.open.entry(app).or_insert_with(|| Open { signal: by(event), grant: Grant::default() });
        rest_on(&mut open.signal, event);
        // A grant is recorded on the API that it opens; the application is what people look for.
        let app = read::new(event, &["ServicePrincipal.DisplayName", "ServicePrincipal.ObjectID", "app_name", "client_id"]);
        name(&mut open.signal.subjects, app.or(event.target.as_deref()));
        open.grant.scopes.append(&mut grant.scopes);
        open.grant.words.append(&mut grant.words);
        open.grant.everyone |= grant.everyone;
    }

    fn finish(&mut self, out: &mut Seen) {
        self.close(Timestamp(i64::MAX), out);
        self.born.end("new accounts that may consent", out);
    }
}

impl Default for Consent {
    fn default() -> Consent {
        Consent { born: Memory::of(500_000), open: BTreeMap::new() }
    }
}

impl Consent {
    fn close(&mut self, now: Timestamp, out: &mut Seen) {
        let over = |o: &Open| now.0.saturating_sub(o.signal.last.map_or(0, |last| last.0)) > TOGETHER;
        for (_, Open { mut signal, grant }) in self.open.extract_if(.., |_, o| over(o)) {
            let mail: Vec<&str> = grant.scopes.iter().map(String::as_str).filter(|s| opens_mail(s)).collect();
            let mut why: Vec<String> = grant.words.iter().map(|w| (*w).to_owned()).collect();
            if !mail.is_empty() {
                why.push(format!("opens mail: {}", mail.join(" ")));
            }
            if grant.everyone {
                why.push("for all people of the tenant".to_owned());
            }
            if !why.is_empty() {
                signal.because = why.join("; ");
                out.signals.push(signal);
            }
        }
    }
}

fn by(event: &Event) -> Signal {
    let mut signal = ABOUT.signal();
    signal.actor.clone_from(&event.actor);
    signal
}

/// The application, and what the record grants it.
fn granted(event: &Event, done: &str) -> Option<(String, Grant)> {
    match event.source {
        LogSource::UnifiedAudit | LogSource::EntraAudit => entra(event, done),
        LogSource::GoogleWorkspace => google(event, done),
        LogSource::GitHub => {
            let whole = matches!(done, "org.oauth_app_access_approved" | "org.oauth_app_access_requested_and_approved");
            whole.then(|| (app_of(event), Grant { everyone: true, ..Grant::default() }))
        }
        LogSource::Okta => {
            let given = done == "app.oauth2.consent.grant" || done == "app.oauth2.scope.grant";
            given.then(|| (app_of(event), Grant { everyone: true, ..Grant::default() }))
        }
        _ => None,
    }
}

fn app_of(event: &Event) -> String {
    event.target.clone().or_else(|| event.app.clone()).unwrap_or_default()
}

fn entra(event: &Event, done: &str) -> Option<(String, Grant)> {
    let mut grant = Grant::default();
    if done == "update authorization policy" {
        let change = event.property("PermissionGrantPolicyIdsAssignedToDefaultUserRole")?;
        let gained = read::gained(change, |t| t.split(',').map(|p| read::bare(p).to_owned()).filter(|p| !p.is_empty()).collect());
        // The other policies let people consent only to what is thought to be harmless.
        gained.iter().any(|p| p.contains("legacy")).then(|| grant.words.insert("every person may consent for itself now"))?;
        return Some((app_of(event), grant));
    }
    if done.contains("delegated permission grant") || done.contains("oauth2permissiongrant") {
        let change = event.property("DelegatedPermissionGrant.Scope")?;
        grant.scopes = read::gained(change, read::scopes);
        let kind = read::new(event, &["DelegatedPermissionGrant.ConsentType"]);
        grant.everyone = !grant.scopes.is_empty() && kind == Some("AllPrincipals");
        if done.starts_with("remove") && !grant.scopes.is_empty() {
            grant.words.insert("the record is called a removal and leaves more scopes than there were");
        }
    } else if done == "consent to application" {
        let text = read::new(event, &["ConsentAction.Permissions"]).unwrap_or_default();
        let (old, new) = text.split_once("=>").unwrap_or(("", text));
        grant.scopes = &consented(new) - &consented(old);
        grant.everyone =
            read::yes(event, "ConsentContext.OnBehalfOfAll") || !grant.scopes.is_empty() && new.contains("ConsentType: AllPrincipals");
    } else {
        return None;
    }
    let text = read::new(event, &["ConsentAction.Permissions"]).unwrap_or_default();
    let client = text.split("ClientId: ").nth(1).map(|rest| rest.chars().take_while(|c| *c != ',').collect::<String>());
    let client = client.or_else(|| read::new(event, &["ServicePrincipal.ObjectID"]).map(str::to_owned));
    Some((client.unwrap_or_else(|| app_of(event)), grant))
}

/// Scopes in `[[…, ConsentType: …, Scope: A B, …], […]]`.
fn consented(text: &str) -> BTreeSet<String> {
    let parts = text.split("Scope: ").skip(1).map(|rest| rest.split([',', ']']).next().unwrap_or_default());
    parts.flat_map(read::scopes).collect()
}

fn google(event: &Event, done: &str) -> Option<(String, Grant)> {
    let mut grant = Grant::default();
    let scopes = read::new(event, &["scope", "scope_data", "API_SCOPES"]).unwrap_or_default();
    grant.scopes = scopes.split([',', ' ', '"']).filter(|s| s.starts_with("http")).map(str::to_owned).collect();
    match done {
        "authorize" => {}
        // Delegation over the whole domain.
        "authorize_api_client_access" | "add_trusted_api_client" => grant.everyone = true,
        _ => return None,
    }
    Some((read::new(event, &["client_id", "API_CLIENT_NAME", "app_name"]).map_or_else(|| app_of(event), str::to_owned), grant))
}

/// Whether a scope opens mail.
pub(super) fn opens_mail(scope: &str) -> bool {
    let scope = scope.to_lowercase();
    let word = scope.strip_prefix("https://").and_then(|s| s.split_once('/')).map_or(scope.as_str(), |(_, last)| last);
    const STARTS: [&str; 9] =
        ["mail.", "mailbox", "ews.", "imap.", "pop.", "smtp.", "full_access_as", "exchange.manageasapp", "auth/gmail"];
    scope.starts_with("https://mail.google.com") || STARTS.iter().any(|s| word.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, signals, theft};
    use super::*;

    const ID: &str = "consent";

    fn permissions(kind: &str, scope: &str) -> String {
        format!("[] => [[Id: x, ClientId: c-1, PrincipalId: , ResourceId: r-1, ConsentType: {kind}, Scope: {scope}]]; ")
    }

    fn grant(done: &str, kind: &str, old: &str, new: &str) -> Event {
        let properties = [
            ("DelegatedPermissionGrant.Scope", old, new),
            ("DelegatedPermissionGrant.ConsentType", "", kind),
            ("ServicePrincipal.ObjectID", "", "c-1"),
        ];
        audit(done, &properties)
    }

    #[test]
    fn mail_and_all_people_are_hits_and_a_profile_is_none() {
        let consent = |kind, scope| audit("Consent to application.", &[("ConsentAction.Permissions", "", &permissions(kind, scope))]);
        assert!(hits(ID, consent("Principal", "User.Read Mail.Read offline_access")));
        assert!(hits(ID, consent("AllPrincipals", "User.Read")));
        assert!(!hits(ID, consent("Principal", "openid profile User.Read")));
        assert!(hits(ID, grant("Add delegated permission grant.", "Principal", "", " EWS.AccessAsUser.All")));
        assert!(!hits(ID, grant("Add delegated permission grant.", "AllPrincipals", "User.Read", "User.Read")));
    }

    #[test]
    fn a_removal_that_widens_is_a_hit_and_one_that_narrows_is_none() {
        assert!(hits(ID, grant("Remove delegated permission grant.", "Principal", "User.Read", "User.Read Mail.Read")));
        assert!(!hits(ID, grant("Remove delegated permission grant.", "Principal", "User.Read Mail.Read", "User.Read")));
        assert!(!hits(ID, grant("Remove delegated permission grant.", "Principal", "Mail.Read", "")));
    }

    #[test]
    fn the_records_of_one_consent_are_one_signal_and_a_young_account_stands_in_it() {
        let user = Event { target: Some("Ann@hill.example".into()), ..audit("Add user.", &[]) };
        let consent = audit("Consent to application.", &[("ConsentAction.Permissions", "", &permissions("Principal", "User.Read"))]);
        let seen = signals(ID, &theft(), &[user, grant("Add delegated permission grant.", "Principal", "", "User.Read"), consent]);
        assert_eq!(seen.len(), 1);
        assert!(seen[0].because.contains("seven days") && seen[0].rests_on.len() == 2);
    }

    #[test]
    fn other_clouds_grant_too() {
        let google = |scope| of(LogSource::GoogleWorkspace, "authorize", &[("client_id", "", "1.apps.example"), ("scope", "", scope)]);
        assert!(hits(ID, google("https://mail.google.com/")));
        assert!(!hits(ID, google("https://www.googleapis.com/auth/userinfo.email")));
        assert!(hits(ID, of(LogSource::GoogleWorkspace, "AUTHORIZE_API_CLIENT_ACCESS", &[("API_SCOPES", "", "x")])));
        assert!(!hits(ID, of(LogSource::GitHub, "org.oauth_app_access_denied", &[])));
        let policy = |new| audit("Update authorization policy.", &[("PermissionGrantPolicyIdsAssignedToDefaultUserRole", "[]", new)]);
        assert!(hits(ID, policy("[\"ManagePermissionGrantsForSelf.microsoft-user-default-legacy\"]")));
        assert!(!hits(ID, policy("[\"ManagePermissionGrantsForSelf.microsoft-user-default-low\"]")));
    }
}

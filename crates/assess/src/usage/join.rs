//! The join of mail and logs: which secrets a record was made with.

use super::account::Account;
use super::place::{Place, is_guid, signs_in_people};
use aftermail_model::{ActorKind, CredentialId, Event, ExposedSecret, Kind, LogSource, Outcome};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::collections::HashMap;

/// Sessions that are followed for one key of AWS.
const CHAIN: usize = 1_024;

/// Codes of Entra that stop a sign-in whose password, or secret, was right: expired (50055), a second factor or a device was asked
/// for (50072, 50074, 50076, 50079, 50158), conditional access (53003), the second factor was not given (500121), "stay signed in?"
/// (50140).
const STOPPED: [&str; 9] = ["50055", "50072", "50074", "50076", "50079", "50140", "50158", "53003", "500121"];

/// Answers of clouds to a key that they know, and that may not do what it asked for.
const NOT_ALLOWED: [&str; 4] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"];

/// One name under which logs know a secret, or its account.
#[derive(Debug)]
pub(crate) struct Name {
    /// Which secret, by its place in the list.
    pub(crate) secret: usize,
    /// As [`CredentialId`] prints, or `account:name`; empty where there is no name at all.
    pub(crate) joined_by: String,
    /// Whether it is the very secret.
    pub(crate) exact: bool,
    account: Option<Account>,
    /// Names of sessions that it minted.
    minted: usize,
}

/// How a record used a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    /// Which name, by its place in [`Join::names`].
    pub(crate) name: usize,
    /// The secret was right, and something else stopped it.
    pub(crate) stopped: bool,
    /// Through a session that it minted.
    pub(crate) through_session: bool,
}

/// Names of all secrets, to be looked up.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) names: Vec<Name>,
    credentials: HashMap<String, Vec<(usize, bool)>>,
    accounts: HashMap<String, Vec<usize>>,
}

impl Join {
    pub(crate) fn new(secrets: &[ExposedSecret]) -> Join {
        let mut join = Join { names: Vec::new(), credentials: HashMap::new(), accounts: HashMap::new() };
        for (nth, secret) in secrets.iter().enumerate() {
            for id in &secret.credentials {
                let name = join.name(nth, id.to_string(), true, None);
                join.credentials.entry(key(id)).or_default().push((name, false));
            }
            if secret.credentials.is_empty() {
                join.by_account(nth, secret);
            }
        }
        join
    }

    /// Only where nothing tells the very secret is its account looked for.
    fn by_account(&mut self, nth: usize, secret: &ExposedSecret) {
        let tells = signs_in_people(secret.kind) || matches!(secret.kind, Kind::ClientSecret | Kind::Token | Kind::ConnectionString);
        let before = self.names.len();
        for text in secret.accounts.iter().filter(|_| tells) {
            let Some(account) = Account::parse(text) else { continue };
            let user = account.user.clone();
            let name = self.name(nth, format!("account:{text}"), false, Some(account));
            self.accounts.entry(user).or_default().push(name);
        }
        if self.names.len() == before {
            self.name(nth, String::new(), false, None);
        }
    }

    fn name(&mut self, secret: usize, joined_by: String, exact: bool, account: Option<Account>) -> usize {
        self.names.push(Name { secret, joined_by, exact, account, minted: 0 });
        self.names.len() - 1
    }

    /// The uses that a record shows. A key of AWS that mints a session is known by that session, too, from then on.
    pub(crate) fn uses(&mut self, event: &Event) -> Vec<Use> {
        let mut uses = self.by_credential(event);
        if let Some(minted) = minted(event) {
            for used in &uses {
                let name = &mut self.names[used.name];
                if name.minted < CHAIN {
                    name.minted += 1;
                    self.credentials.entry(minted.clone()).or_default().push((used.name, true));
                }
            }
        }
        uses.extend(self.by_sign_in(event));
        uses
    }

    /// Names of accounts that a record, done or refused, speaks of as the one who acts.
    pub(crate) fn acts(&self, event: &Event) -> Vec<usize> {
        let who = event.actor.as_deref().and_then(Account::parse);
        who.map(|who| self.alike(&who).collect()).unwrap_or_default()
    }

    fn alike<'a>(&'a self, who: &'a Account) -> impl Iterator<Item = usize> + 'a {
        let candidates = self.accounts.get(&who.user).into_iter().flatten().copied();
        candidates.filter(|name| self.names[*name].account.as_ref().is_some_and(|a| a.same(who)))
    }

    fn by_credential(&self, event: &Event) -> Vec<Use> {
        let Some(stopped) = done(event).filter(|_| !is_about_token(event)) else { return Vec::new() };
        let mut uses = Vec::new();
        for key in keys_of(event) {
            for (name, through_session) in self.credentials.get(&key).into_iter().flatten().copied() {
                if !uses.iter().any(|u: &Use| u.name == name) {
                    uses.push(Use { name, stopped, through_session });
                }
            }
        }
        uses
    }

    fn by_sign_in(&self, event: &Event) -> Vec<Use> {
        if self.accounts.is_empty() || !is_sign_in(event) {
            return Vec::new();
        }
        let Some(stopped) = done(event) else { return Vec::new() };
        let app = event.app.as_deref().filter(|_| event.actor_kind == ActorKind::Application).filter(|a| is_guid(a));
        let who = storage_account(event).or(app).or(event.actor.as_deref()).and_then(Account::parse);
        let Some(who) = who else { return Vec::new() };
        self.alike(&who).map(|name| Use { name, stopped, through_session: false }).collect()
    }

    /// Whether mail and log spell the account alike; else it was inferred from the user's part.
    pub(crate) fn spelt_alike(&self, name: usize, actor: &str) -> bool {
        let account = self.names[name].account.as_ref();
        account.zip(Account::parse(actor)).is_none_or(|(a, b)| a.spelt_alike(&b) || is_guid(&a.user))
    }
}

/// A record that speaks of a token, and was not made by it: GitHub writes the hash of the token in both, and by what kind of token
/// somebody came in only where one did.
pub(crate) fn is_about_token(event: &Event) -> bool {
    const ABOUT: [&str; 3] = ["personal_access_token.", "oauth_access.", "org_credential_authorization."];
    event.source == LogSource::GitHub
        && event.property("programmatic_access_type").is_none()
        && ABOUT.iter().any(|group| event.operation.starts_with(group))
}

/// The form in which two spellings of one credential are equal.
pub(crate) fn key(id: &CredentialId) -> String {
    let name = match id {
        CredentialId::CertThumbprint(t) => thumbprint(t).unwrap_or_else(|| t.to_lowercase()),
        CredentialId::StorageAuthHash(h) => hashes(h).last().cloned().unwrap_or_default(),
        CredentialId::EntraKey(n) | CredentialId::GcpKey(n) => n.to_lowercase(),
        other => other.name().to_owned(),
    };
    format!("{}:{name}", id.scheme())
}

/// All credentials that a record was made with.
fn keys_of(event: &Event) -> Vec<String> {
    let mut keys: Vec<String> = match &event.credential {
        Some(CredentialId::StorageAuthHash(h)) => hashes(h).into_iter().map(|h| format!("storage_auth_hash:{h}")).collect(),
        Some(id) => vec![key(id)],
        None => Vec::new(),
    };
    let thumbprint = event.property("servicePrincipalCredentialThumbprint").and_then(|p| p.new.clone());
    keys.extend(thumbprint.map(|t| key(&CredentialId::CertThumbprint(t))));
    let tells_tokens =
        matches!(event.source, LogSource::EntraSignIn | LogSource::UnifiedAudit | LogSource::GraphActivity | LogSource::Azure);
    keys.extend(event.token.as_ref().filter(|_| tells_tokens).map(|t| format!("jwt_id:{t}")));
    keys
}

/// SHA-1 in lower-case hex from hex of any form, from the base64 of its bytes (`customKeyIdentifier` of Graph), or from the base64
/// of its hex (`customKeyIdentifier` of older tools).
fn thumbprint(text: &str) -> Option<String> {
    let hex: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    if hex.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | ' ' | '-')) {
        return Some(hex.to_lowercase());
    }
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(standard).ok()?;
    match bytes.len() {
        20 => Some(bytes.iter().map(|b| format!("{b:02x}")).collect()),
        40 => thumbprint(core::str::from_utf8(&bytes).ok().filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()))?),
        _ => None,
    }
}

/// `key1(AB12…),SasSignature(CD34…)` names the hash of the key and that of the signature; each tells a credential.
pub(crate) fn hashes(text: &str) -> Vec<String> {
    let inside: Vec<String> =
        text.split(')').filter_map(|p| p.split_once('(')).map(|(_, h)| h.trim().to_lowercase()).filter(|h| !h.is_empty()).collect();
    if inside.is_empty() { vec![text.trim().to_lowercase()] } else { inside }
}

/// Whether the secret was right: none where it was not, true where something else stopped it.
fn done(event: &Event) -> Option<bool> {
    let code = event.result.as_deref().unwrap_or_default();
    match event.outcome {
        Outcome::Success | Outcome::Unknown => Some(false),
        Outcome::Failure => {
            let stopped = match event.source {
                LogSource::EntraSignIn | LogSource::UnifiedAudit => STOPPED.contains(&code),
                LogSource::CloudTrail => NOT_ALLOWED.contains(&code),
                // google.rpc.Code: PERMISSION_DENIED is the answer to one who is known.
                LogSource::GoogleCloud => code == "7",
                _ => false,
            };
            stopped.then_some(true)
        }
    }
}

/// Whether somebody shows a password in this record, or the session that it opened.
fn is_sign_in(event: &Event) -> bool {
    let operation = event.operation.as_str();
    match event.source {
        LogSource::EntraSignIn => true,
        LogSource::UnifiedAudit => matches!(operation, "UserLoggedIn" | "UserLoginFailed"),
        LogSource::GoogleWorkspace => operation == "login_success",
        LogSource::Okta => operation == "user.session.start" || operation.starts_with("user.authentication."),
        LogSource::WindowsSecurity => matches!(operation, "4624" | "4768" | "4776"),
        LogSource::CloudTrail => operation == "ConsoleLogin",
        LogSource::Azure => storage_account(event).is_some(),
        LogSource::Dovecot | LogSource::Postfix | LogSource::ExchangeServer => event.outcome == Outcome::Success,
        _ => false,
    }
}

/// The storage account that a request with a key or a signature opens, whosever it is: `https://ACCOUNT.blob.core.windows.net/…`.
fn storage_account(event: &Event) -> Option<&str> {
    let target = event.target.as_deref().filter(|_| matches!(event.credential, Some(CredentialId::StorageAuthHash(_))))?;
    target.split_once("://")?.1.split('.').next()
}

/// The key of a session that the record hands out.
fn minted(event: &Event) -> Option<String> {
    let hands_out = event.source == LogSource::CloudTrail
        && (event.operation.starts_with("AssumeR") || matches!(event.operation.as_str(), "GetSessionToken" | "GetFederationToken"));
    let id = event.property("mintedAccessKeyId").filter(|_| hands_out)?.new.clone()?;
    Some(key(&CredentialId::AwsAccessKey(id)))
}

/// The place of a secret, beside its names.
pub(crate) fn places(secrets: &[ExposedSecret]) -> Vec<Place> {
    secrets.iter().map(Place::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_known_in_every_encoding() {
        let hex = "A9993E364706816ABA3E25717850C26C9CD0D89D";
        // Base64 of the 20 bytes, and of the 40 hex digits.
        let forms = [
            hex,
            "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d",
            "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
            "qZk-NkcGgWq6PiVxeFDCbJzQ2J0",
        ];
        for form in forms {
            assert_eq!(thumbprint(form).as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"), "{form}");
        }
        let of_hex = base64::engine::general_purpose::STANDARD.encode(hex);
        assert_eq!(thumbprint(&of_hex).as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert_eq!(thumbprint("no thumbprint"), None);
    }

    #[test]
    fn a_hash_of_storage_is_known_beside_others() {
        assert_eq!(hashes("key1(AB),SasSignature(CD)"), ["ab", "cd"]);
        assert_eq!(hashes("AB"), ["ab"]);
        assert_eq!(key(&CredentialId::StorageAuthHash("key1(AB),SasSignature(CD)".into())), "storage_auth_hash:cd");
    }
}

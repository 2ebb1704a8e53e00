//! Where a secret opens something, and which logs would show it used and changed.

use aftermail_model::{CredentialId, ExposedSecret, Kind, LogSource};

/// A place that keeps logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A person's account in Entra ID.
    Entra,
    /// An application in Entra ID.
    EntraApp,
    /// Windows domain.
    Domain,
    /// AWS.
    Aws,
    /// A database or a secret that AWS keeps for its customer.
    AwsKept,
    /// Google Cloud.
    GoogleCloud,
    /// Google Workspace.
    Workspace,
    /// GitHub.
    GitHub,
    /// Okta.
    Okta,
    /// An Azure storage account.
    Storage,
    /// An Azure Key Vault.
    Vault,
    /// A mail server on premises.
    MailServer,
    /// Somewhere whose logs nobody can read here.
    Elsewhere,
}

/// How the sessions end that a secret opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sessions {
    /// By a record that cuts them; what was handed out before then lives on for so many hours.
    Cut { hours: i64 },
    /// By themselves, after so many hours.
    Expire { hours: i64 },
    /// There are none: each request shows the secret.
    None,
}

/// Words and hosts in names of systems; the first line that fits decides.
const WORDS: [(Place, &[&str]); 11] = [
    (Place::Storage, &["blob.core.windows.net", "file.core.windows.net", "queue.core.windows.net", "table.core.windows.net", "dfs.core"]),
    (Place::Vault, &["vault.azure.net"]),
    (Place::GitHub, &["github"]),
    (Place::Okta, &["okta"]),
    (Place::AwsKept, &["secretsmanager", "rds.amazonaws"]),
    (Place::Aws, &["aws", "amazonaws", "amazon"]),
    (Place::GoogleCloud, &["gcp", "googleapis", "google cloud", "gserviceaccount"]),
    (Place::Workspace, &["google", "gmail", "gsuite", "workspace"]),
    (Place::Domain, &["active directory", "domain controller", "windows domain", "ldap", "kerberos"]),
    (Place::MailServer, &["imap", "pop3", "smtp", "dovecot", "postfix"]),
    (
        Place::Entra,
        &[
            "entra",
            "azure",
            "office365",
            "office 365",
            "o365",
            "m365",
            "microsoft",
            "microsoftonline",
            "outlook",
            "sharepoint",
            "onedrive",
            "onmicrosoft",
            "exchange online",
            "login.windows.net",
        ],
    ),
];

impl Place {
    /// Where this secret opens something: by the name under which logs know it, by its system, by the form of its account.
    pub(crate) fn of(secret: &ExposedSecret) -> Place {
        let by_name = secret.credentials.first().map(|c| match c {
            CredentialId::EntraKey(_) | CredentialId::CertThumbprint(_) => Place::EntraApp,
            CredentialId::GithubHashedToken(_) => Place::GitHub,
            CredentialId::AwsAccessKey(_) => Place::Aws,
            CredentialId::GcpKey(_) => Place::GoogleCloud,
            CredentialId::JwtId(_) => Place::Entra,
            CredentialId::StorageAuthHash(_) => Place::Storage,
            CredentialId::OktaToken(_) => Place::Okta,
        });
        by_name.or_else(|| by_system(secret)).or_else(|| by_account(secret)).unwrap_or(Place::Elsewhere)
    }

    /// Logs that show a use, each of them enough.
    pub(crate) fn shows_use(self) -> &'static [LogSource] {
        match self {
            Place::Entra => &[LogSource::EntraSignIn, LogSource::UnifiedAudit],
            Place::EntraApp => &[LogSource::EntraSignIn],
            Place::MailServer => &[LogSource::Dovecot, LogSource::Postfix, LogSource::ExchangeServer],
            // Who asks the vault for a secret is logged there; who uses it is not.
            Place::Vault | Place::AwsKept => &[],
            _ => self.shows_change(),
        }
    }

    /// Logs that show a change, each of them enough.
    pub(crate) fn shows_change(self) -> &'static [LogSource] {
        match self {
            Place::Entra | Place::EntraApp => &[LogSource::EntraAudit, LogSource::UnifiedAudit],
            Place::Domain => &[LogSource::WindowsSecurity],
            Place::Aws | Place::AwsKept => &[LogSource::CloudTrail],
            Place::GoogleCloud => &[LogSource::GoogleCloud],
            Place::Workspace => &[LogSource::GoogleWorkspace],
            Place::GitHub => &[LogSource::GitHub],
            Place::Okta => &[LogSource::Okta],
            Place::Storage | Place::Vault => &[LogSource::Azure],
            Place::MailServer | Place::Elsewhere => &[],
        }
    }

    /// How sessions end that a secret of this kind opened here.
    ///
    /// Hours: access tokens of Entra and Google live about one; a ticket of Kerberos ten by default; a session of the AWS console
    /// twelve, one of `GetSessionToken` by a user's key thirty-six.
    pub(crate) fn sessions(self, kind: Kind) -> Sessions {
        let key = !signs_in_people(kind);
        match self {
            Place::Entra => Sessions::Cut { hours: 1 },
            Place::Workspace | Place::Okta if key => Sessions::None,
            Place::Workspace | Place::Okta => Sessions::Cut { hours: 0 },
            Place::EntraApp | Place::GoogleCloud => Sessions::Expire { hours: 1 },
            Place::Domain => Sessions::Expire { hours: 10 },
            Place::Aws if key => Sessions::Expire { hours: 36 },
            Place::Aws => Sessions::Expire { hours: 12 },
            Place::GitHub | Place::Storage | Place::Vault | Place::AwsKept | Place::MailServer | Place::Elsewhere => Sessions::None,
        }
    }
}

/// Whether a person types it or keeps it to sign in, so that logs know only the account.
pub(crate) fn signs_in_people(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Password | Kind::Passphrase | Kind::Pin | Kind::OtpSeed | Kind::RecoveryCode | Kind::SessionCookie | Kind::KerberosOrHash
    )
}

/// A GUID, as the id of an application is.
pub(crate) fn is_guid(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// The storage account at the end of a resource's path, or in front of a host.
pub(crate) fn storage_account(resource: &str) -> String {
    let lower = resource.to_lowercase();
    let name = match lower.split_once("/storageaccounts/") {
        Some((_, rest)) => rest,
        None => lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest).trim_start_matches('/'),
    };
    format!("storage:{}", name.split(['/', '.', ':', '?']).next().unwrap_or_default())
}

fn by_system(secret: &ExposedSecret) -> Option<Place> {
    let systems = secret.systems.iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
    let place = WORDS.iter().find(|(_, words)| systems.iter().any(|s| words.iter().any(|w| names(s, w)))).map(|(place, _)| *place);
    match place {
        Some(Place::Entra) if of_an_application(secret) => Some(Place::EntraApp),
        // A system that nobody knows here is no account of the directory, though its account may have the directory's form.
        None if !secret.systems.is_empty() => Some(Place::Elsewhere),
        place => place,
    }
}

/// The word stands in the name by itself, not within another word.
fn names(system: &str, word: &str) -> bool {
    system.match_indices(word).any(|(at, _)| {
        let before = system[..at].chars().next_back();
        let behind = system[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphabetic)
    })
}

fn of_an_application(secret: &ExposedSecret) -> bool {
    secret.kind == Kind::ClientSecret || secret.accounts.iter().any(|a| is_guid(a))
}

fn by_account(secret: &ExposedSecret) -> Option<Place> {
    if of_an_application(secret) {
        return Some(Place::EntraApp);
    }
    secret.accounts.iter().find_map(|account| match account {
        a if a.ends_with("gserviceaccount.com") => Some(Place::GoogleCloud),
        a if a.starts_with("arn:aws:") => Some(Place::Aws),
        a if a.contains('\\') => Some(Place::Domain),
        a if a.contains('@') => Some(Place::Entra),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftermail_model::CaseKey;

    fn place(kind: Kind, account: &str, system: &str) -> Place {
        let listed = |name: &str| Some(name.to_owned()).filter(|n| !n.is_empty()).into_iter().collect();
        Place::of(&ExposedSecret {
            finding: CaseKey::new([1; 32]).fingerprint("x"),
            kind,
            credentials: Vec::new(),
            accounts: listed(account),
            systems: listed(system),
            first_exposed: None,
            last_exposed: None,
            expires: None,
        })
    }

    #[test]
    fn system_and_account_tell_the_place() {
        assert_eq!(place(Kind::Password, "anna@corp.example", ""), Place::Entra);
        assert_eq!(place(Kind::Password, "anna@corp.example", "Company VPN"), Place::Elsewhere);
        assert_eq!(place(Kind::Password, "CORP\\anna", ""), Place::Domain);
        assert_eq!(place(Kind::ConnectionString, "", "https://ships.blob.core.windows.net/logs"), Place::Storage);
        assert_eq!(place(Kind::Password, "", "https://v.vault.azure.net/secrets/db"), Place::Vault);
        assert_eq!(place(Kind::ClientSecret, "51afe80c-a059-4be8-af89-e04eed2eb9bf", "Azure"), Place::EntraApp);
        assert_eq!(place(Kind::Password, "anna", "laws portal"), Place::Elsewhere);
        assert_eq!(place(Kind::Password, "deploy", "AWS console"), Place::Aws);
        assert_eq!(place(Kind::Password, "app", "db1.abc.eu-west-1.rds.amazonaws.com"), Place::AwsKept);
    }
}

//! What to reset first.

use aftermail_model::{Kind, Status};

/// Confidence from which a finding is worked off without a second look.
const CONFIDENT: f32 = 0.75;

/// Kinds that open much at once, as a rule without a second factor.
const MASTER_KEYS: &[Kind] = &[
    Kind::PrivateKey,
    Kind::CertificateWithKey,
    Kind::KeyFile,
    Kind::ClientSecret,
    Kind::ConnectionString,
    Kind::KerberosOrHash,
    Kind::SharedKey,
];

/// Words of privileged accounts and of doors to the whole network, in a name.
const PRIVILEGED: &[&str] = &[
    "admin",
    "root",
    "svc",
    "service",
    "sa",
    "sysadmin",
    "domain",
    "vpn",
    "citrix",
    "rdp",
    "firewall",
    "dc",
    "azure",
    "entra",
    "aws",
    "gcp",
    "okta",
    "backup",
    "hypervisor",
    "vcenter",
    "esxi",
    "bastion",
    "jump",
    "exchange",
    "o365",
    "m365",
    "office365",
    "sso",
    "adfs",
];

/// Priority from 1 (reset today) to 4 (look at it when the rest is done), and why.
///
/// The clock is not asked: a secret that may have expired is still checked, for nobody proved it.
pub fn priority_of(kind: Kind, confidence: f32, status: Status, system: Option<&str>, account: Option<&str>) -> (u8, String) {
    let sure = confidence >= CONFIDENT;
    if status == Status::RevokedInThread {
        return (3, "the mail says that it was changed: prove it".into());
    }
    if !sure {
        let what = if confidence >= 0.6 {
            (3, "likely a secret: look at it first")
        } else {
            (4, "may be no secret: look at it when the rest is done")
        };
        return (what.0, what.1.into());
    }
    if status == Status::Temporary {
        return (3, "said to be temporary: prove that it ended".into());
    }
    if MASTER_KEYS.contains(&kind) {
        return (1, "opens a system without a person: reset today".into());
    }
    if [system, account].into_iter().flatten().any(privileged) {
        return (1, "privileged account or door to the network: reset today".into());
    }
    if matches!(kind, Kind::ApiKey | Kind::Token | Kind::SasUrl | Kind::EncryptionKey) {
        return (1, "works from anywhere without a second factor: reset today".into());
    }
    (2, "nothing says that it is dead: reset this week".into())
}

fn privileged(name: &str) -> bool {
    name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| PRIVILEGED.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_much_comes_first() {
        let p = |kind, confidence, status, system, account| priority_of(kind, confidence, status, system, account).0;
        assert_eq!(p(Kind::PrivateKey, 0.9, Status::Live, None, None), 1);
        assert_eq!(p(Kind::Password, 0.9, Status::Live, Some("Company VPN"), None), 1);
        assert_eq!(p(Kind::Password, 0.9, Status::Live, None, Some("svc_backup")), 1);
        assert_eq!(p(Kind::Password, 0.9, Status::Live, Some("canteen till"), None), 2);
        assert_eq!(p(Kind::Password, 0.9, Status::RevokedInThread, Some("VPN"), None), 3);
        assert_eq!(p(Kind::Password, 0.55, Status::Live, Some("VPN"), None), 4);
    }
}

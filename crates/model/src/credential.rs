//! Names under which logs know a credential without holding it: what joins mail to log exactly.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one credential in the logs of its provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CredentialId {
    /// `keyId` of a client secret or certificate of an application in Microsoft Entra ID (`servicePrincipalCredentialKeyId` of
    /// sign-in logs): a GUID in lower case.
    EntraKey(String),
    /// SHA-1 of a certificate's DER in upper-case hex, as Windows, Entra and Exchange write it.
    CertThumbprint(String),
    /// `hashed_token` of GitHub's audit log: the base64 of the token's SHA-256.
    GithubHashedToken(String),
    /// `accessKeyId` of AWS CloudTrail.
    AwsAccessKey(String),
    /// `serviceAccountKeyName`'s last part in the audit logs of Google Cloud: the `private_key_id`, 40 hex digits.
    GcpKey(String),
    /// The `jti` of a JSON Web Token (RFC 7519 §4.1.7), or the `uti` of one of Microsoft's: the unique token identifier of its logs.
    JwtId(String),
    /// `AuthenticationHash` of Azure storage logs: its hash of a key or of a shared access signature.
    StorageAuthHash(String),
    /// The id of an Okta API token, `00T…`.
    OktaToken(String),
}

impl CredentialId {
    /// The word before the colon in tables and JSON.
    pub fn scheme(&self) -> &'static str {
        match self {
            CredentialId::EntraKey(_) => "entra_key",
            CredentialId::CertThumbprint(_) => "cert_thumbprint",
            CredentialId::GithubHashedToken(_) => "github_hashed_token",
            CredentialId::AwsAccessKey(_) => "aws_access_key",
            CredentialId::GcpKey(_) => "gcp_key",
            CredentialId::JwtId(_) => "jwt_id",
            CredentialId::StorageAuthHash(_) => "storage_auth_hash",
            CredentialId::OktaToken(_) => "okta_token",
        }
    }

    /// The name itself.
    pub fn name(&self) -> &str {
        match self {
            CredentialId::EntraKey(n)
            | CredentialId::CertThumbprint(n)
            | CredentialId::GithubHashedToken(n)
            | CredentialId::AwsAccessKey(n)
            | CredentialId::GcpKey(n)
            | CredentialId::JwtId(n)
            | CredentialId::StorageAuthHash(n)
            | CredentialId::OktaToken(n) => n,
        }
    }

    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<CredentialId> {
        let (scheme, name) = text.split_once(':')?;
        let name = name.to_owned();
        Some(match scheme {
            "entra_key" => CredentialId::EntraKey(name),
            "cert_thumbprint" => CredentialId::CertThumbprint(name),
            "github_hashed_token" => CredentialId::GithubHashedToken(name),
            "aws_access_key" => CredentialId::AwsAccessKey(name),
            "gcp_key" => CredentialId::GcpKey(name),
            "jwt_id" => CredentialId::JwtId(name),
            "storage_auth_hash" => CredentialId::StorageAuthHash(name),
            "okta_token" => CredentialId::OktaToken(name),
            _ => return None,
        })
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_a_table() {
        for id in [CredentialId::EntraKey("a".into()), CredentialId::JwtId("x:y".into()), CredentialId::GithubHashedToken("q=".into())] {
            assert_eq!(CredentialId::parse(&id.to_string()), Some(id));
        }
        assert_eq!(CredentialId::parse("password:x"), None);
    }
}

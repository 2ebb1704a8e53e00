//! The name of a credential in the logs of its provider, from its value and what stands beside it.

use crate::Hit;
use aftermail_model::{CredentialId, Kind, RevealPermit, Text};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha1::Digest as _;

/// How far before and behind a value its key id or certificate may stand.
const NEAR: usize = 4 << 10;
const BESIDE: usize = 400;

/// The name under which logs know the credential, where its value or the text around tells it.
pub fn credential(text: &Text, hit: &Hit) -> Option<CredentialId> {
    // The value stays in here: what goes out is a hash of it or a name beside it.
    let permit = RevealPermit::recorded();
    let value = hit.value.reveal(&permit).as_str();
    let format = hit.rule.strip_prefix("format:").unwrap_or_default();
    match hit.kind {
        _ if format.starts_with("github") => Some(CredentialId::GithubHashedToken(hashed(value))),
        Kind::CertificateWithKey | Kind::PrivateKey => certificate(around(text, hit, NEAR)).or_else(|| google_key(around(text, hit, NEAR))),
        Kind::KeyFile => google_key(value).or_else(|| google_key(around(text, hit, NEAR))),
        Kind::ClientSecret => entra_key(around(text, hit, BESIDE)),
        Kind::Token if format == "jwt" || value.starts_with("eyJ") => token_id(value),
        _ if format.starts_with("aws") || value.len() == 40 && hit.account.as_deref().is_some_and(is_access_key) => {
            let named = hit.account.as_deref().filter(|a| is_access_key(a)).map(str::to_owned);
            named.or_else(|| words(around(text, hit, BESIDE)).find(|w| is_access_key(w)).map(str::to_owned)).map(CredentialId::AwsAccessKey)
        }
        _ => None,
    }
}

fn around<'t>(text: &'t Text, hit: &Hit, far: usize) -> &'t str {
    let start = text.body.floor_char_boundary(hit.start.saturating_sub(far));
    let end = text.body.ceil_char_boundary((hit.end + far).min(text.body.len()));
    text.body.get(start..end).unwrap_or_default()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').filter(|w| !w.is_empty())
}

/// GitHub, "Identifying audit log events performed by an access token": base64 of the SHA-256 of the token.
fn hashed(token: &str) -> String {
    STANDARD.encode(sha2::Sha256::digest(token.as_bytes()))
}

/// The first certificate (RFC 7468 §5) in the text.
fn certificate(text: &str) -> Option<CredentialId> {
    let inner = text.split_once("-----BEGIN CERTIFICATE-----")?.1.split_once("-----END CERTIFICATE-----")?.0;
    let letters: String = inner.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect();
    let der = STANDARD.decode(letters).ok()?;
    let thumbprint: String = sha1::Sha1::digest(&der).iter().map(|b| format!("{b:02X}")).collect();
    Some(CredentialId::CertThumbprint(thumbprint))
}

/// `"private_key_id": "…"` of a service account file.
fn google_key(text: &str) -> Option<CredentialId> {
    let id = text.split_once("private_key_id")?.1.split('"').find(|p| p.len() >= 32)?;
    id.bytes().all(|b| b.is_ascii_hexdigit()).then(|| CredentialId::GcpKey(id.to_lowercase()))
}

/// A GUID behind "secret id" or "key id".
fn entra_key(text: &str) -> Option<CredentialId> {
    let lower = text.to_lowercase();
    let names = ["secret id", "secretid", "secret_id", "key id", "keyid", "key_id"];
    names.iter().filter_map(|n| lower.split_once(n)).find_map(|(_, rest)| {
        let guid = words(rest).next()?;
        is_guid(guid).then(|| CredentialId::EntraKey(guid.to_owned()))
    })
}

fn is_guid(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// AWS IAM reference, "IAM identifiers": twenty capitals and digits that begin with AKIA or ASIA.
fn is_access_key(word: &str) -> bool {
    word.len() == 20
        && (word.starts_with("AKIA") || word.starts_with("ASIA"))
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn token_id(token: &str) -> Option<CredentialId> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    // Microsoft's access tokens have their own id for what its sign-in logs call the unique token identifier.
    let id = ["uti", "jti"].iter().find_map(|name| claims.get(name)?.as_str()).filter(|id| !id.is_empty() && id.len() <= 200)?;
    Some(CredentialId::JwtId(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftermail_model::{Layer, Sensitive, Status};

    fn of(rule: &str, kind: Kind, value: &str, body: &str) -> Option<String> {
        let text = Text {
            part: 0,
            layer: Layer::Visible,
            place: "body".into(),
            media: "text/plain".into(),
            body: body.into(),
            certainty: Vec::new(),
        };
        let start = body.find(value).unwrap_or_default();
        let hit = Hit {
            start,
            end: start + value.len(),
            value: Sensitive::new(value.into()),
            rule: rule.into(),
            kind,
            system: None,
            account: None,
            expires: None,
            status: Status::Live,
            confidence: 1.0,
            because: Vec::new(),
            language: None,
        };
        credential(&text, &hit).map(|c| c.to_string())
    }

    #[test]
    fn each_provider_has_its_name() {
        // SHA-256 of "abc" (FIPS 180-2, B.1) in base64.
        let abc = "github_hashed_token:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        assert_eq!(of("format:github-pat", Kind::Token, "abc", "abc").as_deref(), Some(abc));
        let secret = "client secret abc\nsecret id 51AFE80C-a059-4be8-af89-e04eed2eb9bf";
        let entra = of("format:entra-client-secret", Kind::ClientSecret, "abc", secret);
        assert_eq!(entra.as_deref(), Some("entra_key:51afe80c-a059-4be8-af89-e04eed2eb9bf"));
        let aws = of("format:aws-secret-key", Kind::ApiKey, "abc", "key AKIAABCDEFGHIJKLMNOP secret abc");
        assert_eq!(aws.as_deref(), Some("aws_access_key:AKIAABCDEFGHIJKLMNOP"));
        let gcp = of("x", Kind::PrivateKey, "abc", "\"private_key_id\": \"0123456789abcdef0123456789abcdef01234567\", abc");
        assert_eq!(gcp.as_deref(), Some("gcp_key:0123456789abcdef0123456789abcdef01234567"));
    }

    #[test]
    fn a_thumbprint_is_the_sha_1_of_the_der() {
        // SHA-1 of "abc" (FIPS 180-2, A.1): any bytes stand for a certificate here.
        let body = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\nkey";
        let found = of("format:private-key-block", Kind::CertificateWithKey, "key", body);
        assert_eq!(found.as_deref(), Some("cert_thumbprint:A9993E364706816ABA3E25717850C26C9CD0D89D"));
    }

    #[test]
    fn a_token_has_the_id_that_it_says() {
        let token = format!("eyJ.{}.x", URL_SAFE_NO_PAD.encode(r#"{"jti":"t-1"}"#));
        assert_eq!(of("format:jwt", Kind::Token, &token, &token).as_deref(), Some("jwt_id:t-1"));
        let microsoft = format!("eyJ.{}.x", URL_SAFE_NO_PAD.encode(r#"{"uti":"u-1","aud":"https://graph.microsoft.com"}"#));
        assert_eq!(of("format:jwt", Kind::Token, &microsoft, &microsoft).as_deref(), Some("jwt_id:u-1"));
        assert_eq!(of("assigned", Kind::Password, "abc", "abc"), None);
    }
}

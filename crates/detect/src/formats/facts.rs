//! What a value tells of itself: whom it signs in, what it opens, when it ends.

use super::{Claim, stored};
use aftermail_model::{Kind, Timestamp};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// How to read facts from a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Facts {
    /// None.
    #[default]
    None,
    /// JSON Web Token (RFC 7519).
    Jwt,
    /// Azure shared access signature.
    Sas,
    /// AWS or GCS signed URL, version 4.
    SignedV4,
    /// Signed URL with `Expires` in seconds since 1970.
    SignedEpoch,
    /// The URL up to its query is the system.
    Url,
    /// Link with a token that signs in.
    Magic,
    /// ADO.NET, ODBC and Azure connection strings.
    Connection,
    /// `Authorization: Basic`: the value is the decoded password.
    Basic,
    /// `otpauth://`: the value is the seed.
    Otpauth,
    /// Mixed letters and digits, as in random keys.
    Mixed,
    /// A dump line of Windows hashes.
    Nt,
    /// A private key block.
    Block,
    /// An id with a user before the first colon.
    UserFirst,
    /// Cisco's reversible "type 7": the value is the password behind it.
    Cisco7,
    /// Juniper's reversible `$9$`, likewise.
    Juniper9,
    /// `cpassword` of Group Policy Preferences, likewise.
    Gpp,
    /// A group of the expression holds `\:`, `\;` escapes (WIFI codes).
    Wifi,
}

/// Facts beyond the claim itself.
#[derive(Default)]
pub(super) struct Known {
    pub expires: Option<Timestamp>,
    pub kind: Option<Kind>,
    pub because: Vec<String>,
}

/// Base64 in either alphabet, with or without padding.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, CONFIG);
    ENGINE.decode(text.replace('-', "+").replace('_', "/")).ok()
}

/// Takes percent escapes out (RFC 3986 §2.1).
pub(super) fn unpercent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = if bytes[i] == b'%' { text.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok()) } else { None };
        out.push(hex.unwrap_or(bytes[i]));
        i += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A parameter of a query string, decoded. HTML's `&amp;` counts as `&`.
fn parameter(query: &str, name: &str) -> Option<String> {
    let query = query.split_once('?').map_or(query, |(_, q)| q);
    query.split('&').find_map(|pair| {
        let (key, value) = pair.strip_prefix("amp;").unwrap_or(pair).split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| unpercent(value))
    })
}

/// RFC 3339 with seconds or the zone left out, as in Azure's `se`, or the basic form of AWS and GCS.
fn time(text: &str) -> Option<Timestamp> {
    if text.len() == 16 && text.as_bytes().get(8) == Some(&b'T') {
        let at = |range| text.get(range);
        let long = format!("{}-{}-{}T{}:{}:{}Z", at(0..4)?, at(4..6)?, at(6..8)?, at(9..11)?, at(11..13)?, at(13..15)?);
        return Timestamp::parse(&long);
    }
    Timestamp::parse(text).or_else(|| {
        let bare = text.trim_end_matches('Z');
        Timestamp::parse(&format!("{bare}:00Z")).or_else(|| Timestamp::parse(&format!("{bare}Z")))
    })
}

/// Fills the claim from its own value. `None` says that the value is no secret.
pub(super) fn read(facts: Facts, claim: &mut Claim) -> Option<Known> {
    match facts {
        Facts::None => Some(Known::default()),
        Facts::Jwt => jwt(claim),
        Facts::Sas => sas(claim),
        Facts::SignedV4 | Facts::SignedEpoch | Facts::Url | Facts::Magic => signed(facts, claim),
        Facts::Connection => connection(claim),
        Facts::Basic => basic(claim),
        Facts::Otpauth => otpauth(claim),
        Facts::Cisco7 => behind(stored::cisco7, claim),
        Facts::Juniper9 => behind(stored::juniper9, claim),
        Facts::Gpp => behind(stored::gpp, claim),
        Facts::Mixed => {
            let has = |f: fn(&u8) -> bool| claim.value.bytes().any(|b| f(&b));
            let letters = has(u8::is_ascii_lowercase) || has(u8::is_ascii_uppercase);
            (letters && has(u8::is_ascii_digit)).then(Known::default)
        }
        Facts::Nt => {
            // The hash of the empty password opens nothing.
            (!claim.value.eq_ignore_ascii_case("31d6cfe0d16ae931b73c59d7e0c089c0")).then(Known::default)
        }
        Facts::Block => {
            // A place much wider than the key holds the certificate too.
            let cert = claim.range.len() > claim.value.len() + 200;
            let locked = claim.value.contains("ENCRYPTED");
            let because = if locked { vec!["the key is encrypted with a passphrase".to_owned()] } else { Vec::new() };
            Some(Known { kind: cert.then_some(Kind::CertificateWithKey), because, ..Known::default() })
        }
        Facts::UserFirst => {
            let user = claim.value.split(':').next().unwrap_or_default();
            claim.account = claim.account.take().or_else(|| Some(user.to_owned()).filter(|u| !u.is_empty() && u.len() < 64));
            Some(Known::default())
        }
        Facts::Wifi => {
            claim.value = claim.value.replace("\\;", ";").replace("\\:", ":").replace("\\,", ",").replace("\\\\", "\\");
            (claim.value.len() >= 4).then(Known::default)
        }
    }
}

/// The password behind a reversible form; what does not open is none.
fn behind(open: fn(&str) -> Option<String>, claim: &mut Claim) -> Option<Known> {
    claim.value = open(&claim.value)?;
    Some(Known { because: vec!["stored reversibly, under a key that everybody knows".to_owned()], ..Known::default() })
}

fn jwt(claim: &mut Claim) -> Option<Known> {
    let mut parts = claim.value.split('.');
    let header: serde_json::Value = serde_json::from_slice(&base64(parts.next()?)?).ok()?;
    let alg = header.get("alg")?.as_str()?;
    let mut known = Known { because: vec![format!("signed with {alg}")], ..Known::default() };
    if alg.eq_ignore_ascii_case("none") {
        return None;
    }
    if header.get("enc").is_some() {
        known.because = vec!["encrypted token (JWE)".to_owned()];
        return Some(known);
    }
    let body: serde_json::Value = serde_json::from_slice(&base64(parts.next()?)?).ok()?;
    let text = |name: &str| match body.get(name)? {
        serde_json::Value::String(s) => Some(s.clone()),
        serde_json::Value::Array(list) => list.first()?.as_str().map(str::to_owned),
        _ => None,
    };
    // The sample token of the introduction pages.
    if text("name").as_deref() == Some("John Doe") && text("sub").as_deref() == Some("1234567890") {
        return None;
    }
    claim.account = ["upn", "preferred_username", "unique_name", "email", "sub", "appid", "azp", "client_id"].iter().find_map(|n| text(n));
    claim.system = ["aud", "iss"].iter().find_map(|n| text(n));
    known.expires = body.get("exp").and_then(serde_json::Value::as_f64).map(|s| Timestamp(s as i64));
    if let Some(issuer) = text("iss") {
        known.because.push(format!("issued by {issuer}"));
    }
    Some(known)
}

/// Host of a URL, and the URL without its query; of one without a query the host, for the path is what opens.
fn place(url: &str) -> (Option<String>, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (None, None) };
    let path = rest.split(['?', '#']).next().unwrap_or(rest);
    let host = path.split('/').next().map(str::to_owned);
    let place = if path.len() < rest.len() { Some(format!("{scheme}://{path}")) } else { host.clone() };
    (host, place)
}

fn sas(claim: &mut Claim) -> Option<Known> {
    let has = |name: &str| parameter(&claim.value, name).is_some_and(|v| !v.is_empty());
    if !has("sig") || !(has("se") || has("si")) || !(has("sv") || has("sr")) {
        return None;
    }
    if parameter(&claim.value, "sig")?.len() < 32 {
        return None;
    }
    let (host, url) = place(&claim.value);
    claim.account = host.as_deref().and_then(|h| h.split('.').next()).map(str::to_owned);
    claim.system = url;
    let end = parameter(&claim.value, "se")?;
    Some(Known { expires: time(&end).or_else(|| end.parse().ok().map(Timestamp)), ..Known::default() })
}

fn signed(facts: Facts, claim: &mut Claim) -> Option<Known> {
    let (_, url) = place(&claim.value);
    claim.system = url.or(claim.system.take());
    let mut known = Known::default();
    match facts {
        Facts::SignedV4 => {
            let vendor =
                ["X-Amz", "X-Goog", "X-Oss", "X-Tos", "X-Obs"].into_iter().find(|v| claim.value.contains(&format!("{v}-Signature")))?;
            let get = |name: &str| parameter(&claim.value, &format!("{vendor}-{name}"));
            let start = get("Date").and_then(|d| time(&d));
            let seconds = get("Expires").and_then(|s| s.parse::<i64>().ok());
            known.expires = start.zip(seconds).and_then(|(t, s)| t.0.checked_add(s)).map(Timestamp);
            claim.account = get("Credential").and_then(|c| c.split('/').next().map(str::to_owned)).filter(|a| !a.is_empty());
            if get("Signature")?.len() < 32 {
                return None;
            }
        }
        Facts::SignedEpoch => {
            known.expires = parameter(&claim.value, "Expires").and_then(|s| s.parse().ok()).map(Timestamp);
            claim.account = ["Key-Pair-Id", "AWSAccessKeyId", "GoogleAccessId", "OSSAccessKeyId", "KeyName"]
                .iter()
                .find_map(|n| parameter(&claim.value, n));
        }
        Facts::Magic => {
            let lower = claim.value.to_ascii_lowercase();
            const HARMLESS: &[&str] = &[
                "unsub",
                "optout",
                "opt-out",
                "track",
                "click",
                "pixel",
                "beacon",
                "open?",
                "preference",
                "utm_",
                "newsletter",
                "list-manage",
            ];
            if HARMLESS.iter().any(|word| lower.contains(word)) {
                return None;
            }
            claim.account =
                ["email", "user", "username", "login"].iter().find_map(|n| parameter(&claim.value, n)).filter(|a| !a.is_empty());
        }
        _ => {}
    }
    Some(known)
}

/// Names under which connection strings hold the server, the user and the secret.
const SERVER: &[&str] =
    &["endpoint", "accountendpoint", "server", "data source", "datasource", "addr", "address", "host", "hostname", "dsn", "dbq"];
const USER: &[&str] =
    &["user id", "userid", "uid", "user", "username", "user name", "accountname", "sharedaccesskeyname", "clientid", "deviceid"];
const SECRET: &[&str] =
    &["password", "pwd", "accountkey", "sharedaccesskey", "sharedaccesssignature", "accesskey", "secret", "clientsecret", "primarykey"];

fn connection(claim: &mut Claim) -> Option<Known> {
    let line = claim.value.split_once(":@").map_or(claim.value.as_str(), |(_, tail)| tail);
    let mut pairs = Vec::new();
    for pair in line.split([';', '?', '&']) {
        if let Some((key, value)) = pair.split_once('=') {
            let key = key.rsplit(['"', '\'']).next().unwrap_or(key);
            pairs.push((key.trim().to_ascii_lowercase(), value.trim().trim_matches(['"', '\''])));
        }
    }
    let get = |names: &[&str]| names.iter().find_map(|n| pairs.iter().find(|(k, v)| k == n && !v.is_empty()).map(|(_, v)| (*v).to_owned()));
    let secret = get(SECRET)?;
    if super::checks::is_placeholder(&secret)
        || secret.starts_with(['<', '$', '{', '[', '*']) && !secret.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    if matches!(
        secret.to_ascii_lowercase().as_str(),
        "password" | "pwd" | "yourpassword" | "your_password" | "xxx" | "xxxx" | "secret" | "mypassword"
    ) {
        return None;
    }
    claim.account = get(USER).or(claim.account.take());
    let account = get(&["accountname"]);
    let suffix = get(&["endpointsuffix"]).unwrap_or_else(|| "core.windows.net".to_owned());
    let server = get(SERVER).map(|s| place(&s).0.unwrap_or(s));
    let jdbc = claim.value.split_once("://").and_then(|(_, rest)| rest.split(['/', ';', '?']).next()).map(str::to_owned);
    claim.system = account.map(|a| format!("{a}.blob.{suffix}")).or(server).or(jdbc.filter(|_| claim.value.starts_with("jdbc")));
    Some(Known::default())
}

fn basic(claim: &mut Claim) -> Option<Known> {
    let text = String::from_utf8(base64(&claim.value)?).ok()?;
    let (user, password) = text.split_once(':')?;
    if user.is_empty() && password.is_empty() || text.chars().any(char::is_control) || password.len() < 3 {
        return None;
    }
    // The sample of RFC 7617 §2.
    if text == "Aladdin:open sesame" || matches!((user, password), ("user", "pass" | "password") | ("username", "password")) {
        return None;
    }
    claim.account = Some(user.to_owned()).filter(|u| !u.is_empty());
    claim.value = password.to_owned();
    Some(Known::default())
}

fn otpauth(claim: &mut Claim) -> Option<Known> {
    let uri = claim.value.clone();
    let (path, query) = uri.split_once('?')?;
    let seed = parameter(query, "secret")?;
    if seed.len() < 8 || !seed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'=' || b == b' ') {
        return None;
    }
    // The sample of the key URI page.
    if seed == "JBSWY3DPEHPK3PXP" {
        return None;
    }
    let label = unpercent(path.rsplit('/').next()?);
    let (issuer, account) = label.split_once(':').map_or((None, label.as_str()), |(i, a)| (Some(i.to_owned()), a));
    claim.account = Some(account.trim().to_owned()).filter(|a| !a.is_empty());
    claim.system = parameter(query, "issuer").or(issuer);
    if let Some(place) = uri.find(&seed) {
        claim.range.start += place;
        claim.range.end = claim.range.start + seed.len();
    }
    claim.value = seed;
    Some(Known::default())
}

//! Values in the forms that providers and programs mint, and their checksums.

use crate::generate::values::{chars, digits};
use crate::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const B62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const B32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A value and the kind of secret that it is.
pub struct Minted {
    /// The value.
    pub value: String,
    /// Kind as in the labelled sets.
    pub kind: &'static str,
}

/// Hexadecimal digits.
pub fn hex(random: &mut Random, count: usize) -> String {
    chars(random, b"0123456789abcdef", count)
}

/// Random bytes in base64.
pub fn base64(random: &mut Random, bytes: usize) -> String {
    STANDARD.encode(raw(random, bytes))
}

fn raw(random: &mut Random, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|_| random.next() as u8).collect()
}

/// A UUID of version 4.
pub fn uuid(random: &mut Random) -> String {
    let h = hex(random, 32);
    format!("{}-{}-4{}-{}{}-{}", &h[..8], &h[8..12], &h[13..16], random.pick(&["8", "9", "a", "b"]), &h[17..20], &h[20..])
}

/// A value in one of the forms below; `host` and `user` stand in connection strings, `password` inside them.
pub fn mint(random: &mut Random, form: &str, host: &str, user: &str, password: &str) -> Minted {
    let (kind, value) = match form {
        "ghp" | "npm" => ("token", checked(random, if form == "ghp" { "ghp_" } else { "npm_" })),
        "glpat" => ("token", format!("glpat-{}", chars(random, B62, 20))),
        "awskey" => ("api_key", base64(random, 30)),
        "stripe" => ("api_key", format!("sk_live_51{}", chars(random, B62, 97))),
        "slack" => ("token", format!("xoxb-{}-{}-{}", digits(random, 12), digits(random, 12), chars(random, B62, 24))),
        "sendgrid" => ("api_key", format!("SG.{}.{}", chars(random, B62, 22), chars(random, B62, 43))),
        "jwt" => ("token", jwt(random, host, user)),
        "entra" => (
            "client_secret",
            format!(
                "{}8Q~{}",
                chars(random, B62, 3),
                chars(random, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-", 33) + "x"
            ),
        ),
        "pem" => ("private_key", pem(random)),
        "hex" => ("api_key", hex(random, 32)),
        "base" => ("api_key", chars(random, B62, 40)),
        "seed" => ("otp_seed", chars(random, B32, 16)),
        "bitlocker" => {
            ("recovery_code", (0..8).map(|_| format!("{:06}", (1000 + random.below(64_536)) * 11)).collect::<Vec<_>>().join("-"))
        }
        "backup" => ("recovery_code", format!("{}-{}", hex(random, 5), hex(random, 5))),
        "vault" => ("token", format!("hvs.CAESI{}", chars(random, B62, 90))),
        "wgkey" => ("encryption_key", base64(random, 32)),
        "otpauth" => ("otp_seed", chars(random, B32, 32)),
        "shadow" => ("kerberos_or_hash", format!("$6${}${}", chars(random, B62, 16), chars(random, B62, 86))),
        "nthash" => ("kerberos_or_hash", hex(random, 32)),
        "teams" => ("signed_url", teams(random)),
        "sas" => ("sas_url", sas(random, user)),
        _ => ("connection_string", connection(random, form, host, user, password)),
    };
    Minted { value, kind }
}

/// Connection strings.
fn connection(random: &mut Random, form: &str, host: &str, user: &str, password: &str) -> String {
    let packed: String = password.bytes().map(percent).collect();
    match form {
        "pgurl" => format!("postgres://{user}:{packed}@{host}:5432/{}", random.pick(&["app", "orders", "crm", "stock"])),
        "giturl" => format!("https://{user}:{password}@{host}/{}.git", random.pick(&["ops/site", "team/tools", "infra/hosts"])),
        "mongo" => format!("mongodb+srv://{user}:{packed}@{host}/{}", random.pick(&["main", "events", "catalog"])),
        "redis" => format!("rediss://:{packed}@{host}:6380/0"),
        "azstor" => {
            format!("DefaultEndpointsProtocol=https;AccountName={user};AccountKey={};EndpointSuffix=core.windows.net", azure(random))
        }
        _ => format!(
            "Server={host},1433;Database={};User Id={user};Password={password};Encrypt=True",
            random.pick(&["Stock", "Payroll", "Crm"])
        ),
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn azure(random: &mut Random) -> String {
    format!("{}+ASt{}{}==", chars(random, B62, 76), chars(random, B62, 5), random.pick(&["A", "Q", "g", "w"]))
}

fn sas(random: &mut Random, account: &str) -> String {
    let (container, key) =
        (random.pick(&["drop", "exports", "scans"]), base64(random, 32).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
    format!(
        "https://{account}.blob.core.windows.net/{container}?sp=rl&st=2025-03-01T08:00:00Z&se=2026-03-01T16:00:00Z&spr=https&sv=2024-11-04&sr=c&sig={key}"
    )
}

fn teams(random: &mut Random) -> String {
    let (group, tenant, last) = (uuid(random), uuid(random), uuid(random));
    format!("https://contoso.webhook.office.com/webhookb2/{group}@{tenant}/IncomingWebhook/{}/{last}", hex(random, 32))
}

fn jwt(random: &mut Random, host: &str, user: &str) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let issued = 1_700_000_000 + random.below(60_000_000);
    let head = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".to_owned());
    let body = part(format!("{{\"iss\":\"https://{host}/\",\"sub\":\"{user}\",\"iat\":{issued},\"exp\":{}}}", issued + 86_400));
    format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(raw(random, 32)))
}

fn pem(random: &mut Random) -> String {
    // Begins as the ASN.1 of an RSA key of 2,048 bits does.
    let mut der = vec![0x30, 0x82, 0x04, 0xA4, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
    der.extend(raw(random, 1180));
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|l| std::str::from_utf8(l).ok()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", lines.join("\n"))
}

/// A token whose last six characters are the CRC-32 of the thirty before, in base 62.
fn checked(random: &mut Random, prefix: &str) -> String {
    let body = chars(random, B62, 30);
    let mut sum = crc32(body.as_bytes());
    let mut end = [b'0'; 6];
    for place in end.iter_mut().rev() {
        *place = B62[(sum % 62) as usize];
        sum /= 62;
    }
    format!("{prefix}{body}{}", String::from_utf8_lossy(&end))
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: &[&str] = &[
        "ghp",
        "glpat",
        "npm",
        "awskey",
        "stripe",
        "slack",
        "sendgrid",
        "jwt",
        "entra",
        "pem",
        "hex",
        "base",
        "seed",
        "bitlocker",
        "pgurl",
        "mongo",
        "ado",
        "azstor",
        "sas",
        "vault",
        "otpauth",
        "wifi",
        "wgkey",
        "teams",
        "redis",
        "backup",
        "shadow",
        "nthash",
    ];

    #[test]
    fn checksums_are_right() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let mut random = Random::new(5);
        let bitlocker = mint(&mut random, "bitlocker", "h", "u", "p").value;
        assert!(bitlocker.split('-').all(|g| g.len() == 6 && g.parse::<u32>().is_ok_and(|n| n % 11 == 0)), "{bitlocker}");
        assert_eq!(mint(&mut random, "ghp", "h", "u", "p").value.len(), 40);
    }

    #[test]
    fn every_form_has_a_value() {
        let mut random = Random::new(6);
        for form in FORMS {
            assert!(mint(&mut random, form, "db.a.example", "app", "Xy7!zz").value.len() >= 10, "{form}");
        }
    }
}

//! Certificates (X.509, RFC 5280), told in lines.

use crate::file::ber::{self, Value};
use sha1::{Digest, Sha1};

/// What a certificate says of itself; `None` where it is none.
pub(super) fn describe(value: Value<'_>) -> Option<String> {
    let parts = value.child(0)?.of(ber::SEQUENCE)?.children().collect::<Vec<_>>();
    // The version stands first, if it stands there.
    let parts = if parts.first()?.tag == ber::CONTEXT_0 { &parts[1..] } else { &parts[..] };
    let [serial, algorithm, issuer, validity, subject, ..] = parts else { return None };
    serial.of(ber::INTEGER)?;
    algorithm.child(0)?.of(ber::OID)?;
    let dates: Vec<String> = validity.children().map(|d| String::from_utf8_lossy(d.body).into_owned()).collect();
    let [from, until] = dates.as_slice() else { return None };
    let thumbprint: String = hex(&Sha1::digest(value.whole));
    Some(format!(
        "Certificate: {}\nIssuer: {}\nSerial number: {}\nValid: {from} – {until}\nThumbprint (SHA-1): {thumbprint}\n",
        name(*subject),
        name(*issuer),
        hex(serial.body)
    ))
}

/// Bytes as digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A distinguished name (RFC 4514, in the order of the certificate).
pub(crate) fn name(value: Value<'_>) -> String {
    let entry = |pair: Value<'_>| {
        let kind = ber::dotted(pair.child(0)?.body);
        let kind = match kind.as_str() {
            "2.5.4.3" => "CN",
            "2.5.4.6" => "C",
            "2.5.4.7" => "L",
            "2.5.4.8" => "ST",
            "2.5.4.10" => "O",
            "2.5.4.11" => "OU",
            "2.5.4.5" => "serialNumber",
            "1.2.840.113549.1.9.1" => "E",
            "0.9.2342.19200300.100.1.1" => "UID",
            "0.9.2342.19200300.100.1.25" => "DC",
            other => other,
        };
        Some(format!("{kind}={}", string(pair.child(1)?)))
    };
    value.children().flat_map(|set| set.children()).take(100).filter_map(entry).collect::<Vec<_>>().join(", ")
}

/// A string of characters in one of ASN.1's many kinds.
pub(super) fn string(value: Value<'_>) -> String {
    match value.tag {
        // BMPString: UTF-16, big end first.
        0x1e => String::from_utf16_lossy(&value.body.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect::<Vec<_>>()),
        // TeletexString is Latin-1 wherever it is still used.
        0x14 => value.body.iter().map(|b| char::from(*b)).collect(),
        _ => String::from_utf8_lossy(value.body).into_owned(),
    }
}

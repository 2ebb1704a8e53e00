//! PKCS#12 (RFC 7292): private keys, certificates and their names behind one password.

use super::certificate::{self, string};
use super::cipher::Scheme;
use super::{Found, Tries, sealed_key};
use crate::file::ber::{self, Value};
use crate::file::{Contents, Loss, armour};
use aftermail_model::Reason;

const MEDIA: &str = "application/x-pkcs12";
/// Bags within bags.
const DEEPEST: u32 = 8;
/// `1.2.840.113549.1.7.1` and `.6`: data in the clear and encrypted.
const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED: &str = "1.2.840.113549.1.7.6";

/// Whether a sequence is a PFX: version 3, then a content.
pub(super) fn is_one(whole: Value<'_>) -> bool {
    let content = || whole.child(1)?.child(0)?.of(ber::OID);
    whole.child(0).and_then(Value::number) == Some(3)
        && content().is_some_and(|oid| ber::dotted(oid.body).starts_with("1.2.840.113549.1.7."))
}

pub(super) fn read(whole: Value<'_>, tries: Tries<'_>) -> Contents {
    let mut reader = Reader { found: Found::default(), tries };
    let safe = whole.child(1).and_then(|c| c.tagged(ber::CONTEXT_0)).and_then(|c| c.child(0)).map(Value::octets);
    let contents = safe.as_deref().and_then(ber::first);
    match contents {
        Some(contents) => contents.children().take(1000).for_each(|content| reader.content(content)),
        None => {
            let detail = "The key file (PKCS#12) is damaged, or encrypted to a certificate.".to_owned();
            reader.found.losses.push(Loss { reason: Reason::Damaged, detail, bytes: whole.whole.len() as u64 });
        }
    }
    let opened_by = reader.tries.opened_by;
    reader.found.contents(MEDIA, opened_by)
}

struct Reader<'a> {
    found: Found,
    tries: Tries<'a>,
}

impl Reader<'_> {
    /// One content of the file: bags in the clear or locked as a whole.
    fn content(&mut self, content: Value<'_>) {
        let Some(kind) = content.child(0).map(|oid| ber::dotted(oid.body)) else { return };
        let Some(inner) = content.tagged(ber::CONTEXT_0).and_then(|c| c.child(0)) else { return };
        match kind.as_str() {
            DATA => {
                if let Some(bags) = ber::first(&inner.octets()) {
                    self.bags(bags, 0);
                }
            }
            ENCRYPTED => self.locked(inner),
            _ => {
                let detail = "Part of the key file (PKCS#12) is encrypted to a certificate.".to_owned();
                self.found.losses.push(Loss { reason: Reason::Encrypted, detail, bytes: inner.body.len() as u64 });
            }
        }
    }

    /// EncryptedData (RFC 5652 §8).
    fn locked(&mut self, data: Value<'_>) {
        let parts = || {
            let content = data.child(1)?;
            let sealed = content.children().find(|c| c.tag & 0xdf == 0x80)?;
            Some((Scheme::read(content.child(1)?), sealed.octets()))
        };
        let Some((scheme, sealed)) = parts() else { return };
        let Some(scheme) = scheme else {
            let detail = "Certificates in the key file (PKCS#12) are locked by a cipher that this version does not know.".to_owned();
            return self.found.losses.push(Loss { reason: Reason::Encrypted, detail, bytes: sealed.len() as u64 });
        };
        let open = |password: &str| scheme.open(password, &sealed).filter(|bags| ber::only(bags).is_some_and(|v| v.tag == ber::SEQUENCE));
        match self.tries.open(scheme.cost(), open) {
            Some(bags) => ber::only(&bags).into_iter().for_each(|bags| self.bags(bags, 0)),
            None => {
                let loss = self.tries.loss("Part of the key file (PKCS#12)", sealed.len());
                self.found.losses.push(loss);
            }
        }
    }

    fn bags(&mut self, bags: Value<'_>, depth: u32) {
        for bag in bags.children().take(1000) {
            let Some(kind) = bag.child(0).map(|oid| ber::dotted(oid.body)) else { continue };
            let Some(inner) = bag.tagged(ber::CONTEXT_0).and_then(|c| c.child(0)) else { continue };
            for name in bag.tagged(ber::SET).into_iter().flat_map(friendly_names) {
                self.found.notes.push_str(&format!("Friendly name: {name}\n"));
            }
            match kind.strip_prefix("1.2.840.113549.1.12.10.1.") {
                Some("1") => self.found.keys.push_str(&armour::written("PRIVATE KEY", inner.whole)),
                Some("2") => {
                    if let Some((scheme, sealed)) = sealed_key(inner) {
                        self.found.unseal(scheme, &sealed, &mut self.tries);
                    }
                }
                Some("3") => {
                    let der = inner.tagged(ber::CONTEXT_0).and_then(|c| c.child(0)).map(Value::octets).unwrap_or_default();
                    let said = ber::first(&der).and_then(certificate::describe);
                    self.found.notes.push_str(said.as_deref().unwrap_or_default());
                }
                Some("5") => {
                    let secret = inner.tagged(ber::CONTEXT_0).and_then(|c| c.child(0)).map(Value::octets).unwrap_or_default();
                    self.secret(&secret);
                }
                Some("6") if depth < DEEPEST => self.bags(inner, depth + 1),
                _ => {}
            }
        }
    }

    /// A secret of any kind: Java keeps symmetric keys in this way, locked once more.
    fn secret(&mut self, secret: &[u8]) {
        if let Some((scheme, sealed)) = ber::first(secret).and_then(sealed_key) {
            self.found.unseal(scheme, &sealed, &mut self.tries);
        } else if let Ok(text) = std::str::from_utf8(secret) {
            self.found.notes.push_str(&format!("Secret: {text}\n"));
        }
    }
}

/// Attribute `1.2.840.113549.1.9.20`.
fn friendly_names(attributes: Value<'_>) -> Vec<String> {
    let is_name = |a: &Value<'_>| a.child(0).is_some_and(|oid| ber::dotted(oid.body) == "1.2.840.113549.1.9.20");
    attributes.children().take(100).filter(is_name).filter_map(|a| a.child(1)?.child(0).map(string)).collect()
}

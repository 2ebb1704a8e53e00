//! Files of keys and certificates: PKCS#12, private keys as DER, PEM, OpenSSH and PuTTY write them, Java key stores.
//!
//! What is locked is opened by the passwords at hand and by those that everybody knows; what comes out is told as text: private
//! keys as PEM, certificates by subject, issuer, serial number and thumbprint.

mod certificate;
mod cipher;
mod java;
mod openssh;
mod pem;
mod pkcs12;
mod putty;

pub(crate) use certificate::{hex, name as distinguished_name};

use super::ber::{self, Value};
use super::keys::Keys;
use super::{Budget, Contents, Loss, Passage, armour};
use crate::{Key, Tools};
use aftermail_model::{Layer, Reason};

/// Rounds of a hash in a millisecond, more or less.
const ROUNDS: u64 = 2000;

/// Tries passwords on the locks of one file.
struct Tries<'a> {
    keys: Keys<'a>,
    budget: &'a mut Budget,
    opened_by: Option<Key>,
}

impl<'a> Tries<'a> {
    fn new(tools: &Tools<'a>, budget: &'a mut Budget) -> Tries<'a> {
        Tries { keys: Keys::new(tools, 0), budget, opened_by: None }
    }

    /// Tries one lock, without a password first; an attempt takes this many rounds of a hash.
    fn open<T>(&mut self, rounds: u64, attempt: impl Fn(&str) -> Option<T>) -> Option<T> {
        if let Some(found) = attempt("") {
            self.opened_by = Some(Key::WellKnown(""));
            return Some(found);
        }
        self.keys.costing(rounds.div_ceil(ROUNDS));
        let (found, key) = self.keys.open(self.budget, |password, _| attempt(password))?;
        self.opened_by = Some(key);
        Some(found)
    }

    /// What is said of a lock that no password opened.
    fn loss(&self, what: &str, bytes: usize) -> Loss {
        self.keys.loss(what, bytes as u64)
    }
}

/// What came out of a file of keys.
#[derive(Default)]
struct Found {
    /// Private keys as PEM: text for the finder.
    keys: String,
    /// What certificates and names say.
    notes: String,
    losses: Vec<Loss>,
}

impl Found {
    fn contents(self, media: &'static str, opened_by: Option<Key>) -> Contents {
        // What a file says of itself is no prose: its serial numbers stand behind the word "key" and open nothing.
        let passage = |layer, own: &str, body| Passage { layer, own: own.to_owned(), body };
        let passages = [passage(Layer::Header, "certificates", self.notes), passage(Layer::Visible, "private keys", self.keys)];
        let passages = passages.into_iter().filter(|p| !p.body.is_empty()).collect();
        Contents { media, passages, losses: self.losses, opened_by, ..Contents::default() }
    }
}

/// Reads a file of keys or certificates that is no text; `None` where it is none.
pub(crate) fn read(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let tries = Tries::new(tools, budget);
    if bytes.starts_with(b"\xfe\xed\xfe\xed") || bytes.starts_with(b"\xce\xce\xce\xce") {
        return Some(java::read(bytes, tries));
    }
    let whole = ber::first(bytes).filter(|v| v.tag == ber::SEQUENCE)?;
    if pkcs12::is_one(whole) {
        return Some(pkcs12::read(whole, tries));
    }
    let mut found = Found::default();
    let mut tries = tries;
    if let Some(label) = private_key_label(whole) {
        found.keys = armour::written(label, whole.whole);
    } else if let Some((scheme, sealed)) = sealed_key(whole) {
        found.unseal(scheme, &sealed, &mut tries);
    } else {
        found.notes = certificate::describe(whole)?;
    }
    let opened_by = tries.opened_by;
    let media = if found.notes.is_empty() { "application/pkcs8" } else { "application/pkix-cert" };
    Some(found.contents(media, opened_by))
}

/// Reads text that holds locked private keys; `None` where it holds none.
pub(crate) fn unlocked(text: &str, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    pem::read(text, Tries::new(tools, budget))
}

/// Reads a private key of PuTTY.
pub(crate) fn putty(text: &str, tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    putty::read(text, Tries::new(tools, budget))
}

impl Found {
    /// Opens a locked private key (EncryptedPrivateKeyInfo, RFC 5208 §6).
    fn unseal(&mut self, scheme: Option<cipher::Scheme<'_>>, sealed: &[u8], tries: &mut Tries<'_>) {
        let Some(scheme) = scheme else {
            let detail = "A private key is locked by a cipher that this version does not know.".to_owned();
            return self.losses.push(Loss { reason: Reason::Encrypted, detail, bytes: sealed.len() as u64 });
        };
        let open = |password: &str| scheme.open(password, sealed).filter(|key| ber::only(key).and_then(private_key_label).is_some());
        match tries.open(scheme.cost(), open) {
            Some(key) => self.keys.push_str(&armour::written("PRIVATE KEY", &key)),
            None => self.losses.push(tries.loss("A private key", sealed.len())),
        }
    }
}

/// The words of the PEM block that a private key in the clear is written in; `None` for what is no key.
fn private_key_label(value: Value<'_>) -> Option<&'static str> {
    let parts: Vec<Value<'_>> = value.of(ber::SEQUENCE)?.children().take(10).collect();
    let tags: Vec<u8> = parts.iter().map(|p| p.tag).collect();
    match tags.as_slice() {
        // PKCS#8 (RFC 5208 §5): version, algorithm, key.
        [ber::INTEGER, ber::SEQUENCE, ber::OCTETS, ..] if parts[1].child(0).is_some_and(|a| a.tag == ber::OID) => Some("PRIVATE KEY"),
        // PKCS#1 (RFC 8017 §A.1.2): nine numbers.
        [
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ber::INTEGER,
            ..,
        ] => Some("RSA PRIVATE KEY"),
        // RFC 5915 §3.
        [ber::INTEGER, ber::OCTETS, ber::CONTEXT_0, ..] if parts[0].number() == Some(1) => Some("EC PRIVATE KEY"),
        [ber::INTEGER, ber::INTEGER, ber::INTEGER, ber::INTEGER, ber::INTEGER, ber::INTEGER] if parts[0].number() == Some(0) => {
            Some("DSA PRIVATE KEY")
        }
        _ => None,
    }
}

/// The cipher and the bytes of a locked private key.
fn sealed_key(value: Value<'_>) -> Option<(Option<cipher::Scheme<'_>>, Vec<u8>)> {
    let (algorithm, sealed) = (value.child(0)?.of(ber::SEQUENCE)?, value.child(1)?);
    let octets = sealed.tag & 0xdf == ber::OCTETS;
    let known = algorithm.child(0).is_some_and(|a| a.tag == ber::OID && ber::dotted(a.body).starts_with("1.2.840.113549.1."));
    (octets && known && value.child(2).is_none()).then(|| (cipher::Scheme::read(algorithm), sealed.octets().into_owned()))
}

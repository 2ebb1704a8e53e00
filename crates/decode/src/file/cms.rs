//! Signed, compressed and encrypted mail: the Cryptographic Message Syntax (RFC 5652), S/MIME's `smime.p7m`.
//!
//! What is signed or compressed is unwrapped; of what is encrypted it is told to whom.

use super::ber::{self, CONTEXT_0, SEQUENCE, SET, Value};
use super::keyfile::{distinguished_name, hex};
use super::{Budget, Contents, Loss, Member};
use aftermail_model::Reason;
use flate2::read::ZlibDecoder;

/// Recipients that are told by name.
const MOST_RECIPIENTS: usize = 20;

/// Reads a message in this syntax; `None` where it is none.
pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let whole = ber::first(bytes)?.of(SEQUENCE)?;
    let kind = ber::dotted(whole.child(0)?.of(ber::OID)?.body);
    let content = whole.child(1)?.of(CONTEXT_0)?.child(0)?.of(SEQUENCE)?;
    match kind.as_str() {
        "1.2.840.113549.1.7.2" | "1.2.840.113549.1.7.5" => Some(signed(content)),
        "1.2.840.113549.1.9.16.1.9" => Some(compressed(content, budget)),
        "1.2.840.113549.1.7.3" | "1.2.840.113549.1.7.4" | "1.2.840.113549.1.9.16.1.23" => Some(enveloped(content, bytes.len())),
        "1.2.840.113549.1.7.6" => {
            let detail = "It is encrypted (CMS) by a key that both sides had before; only they can read it.";
            Some(locked(Loss::new(Reason::Encrypted, detail, bytes.len() as u64)))
        }
        _ => None,
    }
}

fn locked(loss: Loss) -> Contents {
    Contents { media: "application/pkcs7-mime", losses: vec![loss], ..Contents::default() }
}

/// The content that a signature or digest stands for; none in a signature that lies beside what it signs.
fn wrapped(content: Value<'_>) -> Option<Value<'_>> {
    // encapContentInfo is the sequence whose first value is an identifier and not an algorithm's: the third value.
    content.child(2)?.of(SEQUENCE)?.tagged(CONTEXT_0)?.child(0)
}

fn signed(content: Value<'_>) -> Contents {
    match wrapped(content).map(Value::octets).filter(|o| !o.is_empty()) {
        Some(inner) => {
            let member = Member::whole("signed content".into(), inner.into_owned());
            Contents { media: "application/pkcs7-mime", members: vec![member], ..Contents::default() }
        }
        None => Contents { media: "application/pkcs7-signature", ..Contents::default() },
    }
}

fn compressed(content: Value<'_>, budget: &mut Budget) -> Contents {
    let packed = wrapped(content).map(Value::octets).unwrap_or_default();
    let unpacked = budget.unpack(packed.len() as u64, None, ZlibDecoder::new(packed.as_ref()));
    let member = Member::unpacked("compressed content".into(), Ok(unpacked), None);
    Contents { media: "application/pkcs7-mime", members: vec![member], ..Contents::default() }
}

/// EnvelopedData (§6.1) and AuthEnvelopedData (RFC 5083): to whom, for the secret itself is out of reach.
fn enveloped(content: Value<'_>, bytes: usize) -> Contents {
    let all: Vec<String> = content.tagged(SET).into_iter().flat_map(Value::children).map(recipient).collect();
    let named = all.iter().take(MOST_RECIPIENTS).cloned().collect::<Vec<_>>().join("; ");
    let detail = format!("It is encrypted by S/MIME; only the holders of {} keys can read it: {named}.", all.len());
    locked(Loss::new(Reason::Encrypted, detail, bytes as u64))
}

/// The certificate of a recipient (RecipientInfo, §6.2).
fn recipient(info: Value<'_>) -> String {
    let by_issuer = |id: Value<'_>| {
        let serial = id.child(1).filter(|s| s.tag == ber::INTEGER)?;
        Some(format!("certificate {} of {}", hex(serial.body), distinguished_name(id.child(0)?)))
    };
    let by_key = |id: Value<'_>| Some(format!("key {}", hex(&id.octets())));
    let found = match info.tag {
        SEQUENCE => info.child(1).and_then(|id| if id.tag == SEQUENCE { by_issuer(id) } else { by_key(id) }),
        // Key agreement: the recipients stand in the last value.
        0xa1 => info.children().filter(|c| c.tag == SEQUENCE).last().and_then(|keys| {
            let id = keys.child(0)?.child(0)?;
            if id.tag == SEQUENCE { by_issuer(id) } else { by_key(id.child(0)?) }
        }),
        0xa2 => Some("a key that was agreed before".to_owned()),
        0xa3 => Some("a password".to_owned()),
        _ => None,
    };
    found.unwrap_or_else(|| "a key of an unknown kind".to_owned())
}

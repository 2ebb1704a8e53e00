//! Secrets are exposed as the messages are in which they stand.

use aftermail_model::{Exposed, Exposure, FindingId, Locator, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// How a finding was exposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// The surest way in which a message that holds it was exposed.
    pub exposed: Exposed,
    /// When such a message was first taken; where that is not known, when it was sent.
    pub first: Option<Timestamp>,
    /// When one was last taken; where that is not known, when it was sent.
    pub last: Option<Timestamp>,
    /// In how many places of taken messages it stands.
    pub places: u64,
}

/// What is known of one message by all ways together.
struct Taken {
    exposed: Exposed,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// First and last exposure of each finding that stands in a message that counts as taken. `places` tells of each occurrence its
/// finding, its message and when that was sent.
pub fn inherit<'p>(
    exposures: &[Exposure],
    places: impl IntoIterator<Item = (&'p FindingId, &'p Locator, Option<Timestamp>)>,
) -> BTreeMap<FindingId, Inherited> {
    let mut taken: HashMap<&Locator, Taken> = HashMap::new();
    for e in exposures.iter().filter(|e| e.exposed.counts_as_taken()) {
        let known = taken.entry(&e.at).or_insert(Taken { exposed: e.exposed, first: e.first, last: e.last });
        known.exposed = surest(known.exposed, e.exposed);
        known.first = earliest(known.first, e.first);
        known.last = known.last.max(e.last);
    }
    let mut out: BTreeMap<FindingId, Inherited> = BTreeMap::new();
    for (finding, at, sent) in places {
        let Some(message) = taken.get(at) else { continue };
        let (first, last) = (message.first.or(sent), message.last.or(sent));
        let own = out.entry(finding.clone()).or_insert(Inherited { exposed: message.exposed, first, last, places: 0 });
        own.exposed = surest(own.exposed, message.exposed);
        own.first = earliest(own.first, first);
        own.last = own.last.max(last);
        own.places += 1;
    }
    out
}

fn surest(a: Exposed, b: Exposed) -> Exposed {
    Exposed::ALL.into_iter().find(|e| *e == a || *e == b).unwrap_or(a)
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    [a, b].into_iter().flatten().min()
}

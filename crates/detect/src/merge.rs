//! Settles overlapping claims about the same characters.

use crate::Hit;

/// In text order, the more confident and then the longer claim wins.
pub(crate) fn settle(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then((b.end - b.start).cmp(&(a.end - a.start))).then(a.start.cmp(&b.start)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        if kept.iter().all(|k| hit.end <= k.start || k.end <= hit.start) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|h| h.start);
    kept
}

//! Where sentences and paragraphs end.

use std::ops::Range;

/// The signs that end a sentence or a paragraph, and what stands behind them.
const ENDS: [&str; 8] = [". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n", "。"];

/// The ends in a text, found once for all its candidates.
pub(crate) struct Sentences {
    /// Where each begins and ends, in bytes, in text order.
    ends: Vec<(usize, usize)>,
}

impl Sentences {
    pub(crate) fn new(body: &str) -> Sentences {
        let bytes = body.as_bytes();
        let may = |b: &u8| matches!(b, b'.' | b'!' | b'?' | b'\n' | 0xE3);
        let end = |at: usize| ENDS.iter().find(|e| bytes[at..].starts_with(e.as_bytes())).map(|e| (at, at + e.len()));
        Sentences { ends: bytes.iter().enumerate().filter(|(_, b)| may(b)).filter_map(|(at, _)| end(at)).collect() }
    }

    /// Where the first sentence or paragraph that ends behind a place is over.
    pub(crate) fn over_behind(&self, at: usize) -> usize {
        let next = self.ends.partition_point(|(start, _)| *start < at);
        self.ends.get(next).map_or(usize::MAX, |(_, end)| *end)
    }

    /// Whether a sentence or a paragraph ends within a stretch of the text.
    pub(crate) fn end_within(&self, between: &Range<usize>) -> bool {
        self.over_behind(between.start) <= between.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ends_are_those_that_stand_in_the_stretch(body in "[ab.!? \n。]{0,40}", cuts in prop::array::uniform2(0usize..120)) {
            let cut = |at: usize| body.floor_char_boundary(at.min(body.len()));
            let (start, end) = (cut(cuts[0].min(cuts[1])), cut(cuts[0].max(cuts[1])));
            let slowly = ENDS.iter().any(|e| body[start..end].contains(e));
            prop_assert_eq!(Sentences::new(&body).end_within(&(start..end)), slowly);
        }
    }
}

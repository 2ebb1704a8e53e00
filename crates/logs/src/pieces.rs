//! Cutting a text for several readers at the same time.

use crate::sniff::{Shape, sniff};
use crate::{Hint, shape};
use std::ops::Range;

/// Cuts a text into at most `n` pieces of about equal size, for [`crate::read_piece`]. A text is cut where a record begins, whatever
/// stands within the record, so together they give what the whole gives. One reader goes on behind 64 records without an end; of a text
/// that holds more of them, pieces give more.
pub fn pieces(text: &[u8], n: usize, hint: &Hint) -> Vec<Range<usize>> {
    let step = text.len().div_ceil(n.max(1)).max(1);
    let boundaries: Box<dyn Iterator<Item = usize> + '_> = match sniff(text) {
        Shape::Json => Box::new(shape::json::boundaries(text)),
        Shape::Csv { delimiter } => Box::new(shape::csv::boundaries(text, delimiter, &hint.limits)),
        Shape::Lines => Box::new(shape::lines::boundaries(text, &hint.limits)),
    };
    let mut boundaries = boundaries.take_while(|place| *place < text.len());
    let mut cuts = vec![0];
    while cuts.len() < n {
        let Some(place) = boundaries.find(|place| *place >= step * cuts.len()) else { break };
        cuts.push(place);
    }
    let ends = cuts.iter().copied().skip(1).chain([text.len()]);
    cuts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

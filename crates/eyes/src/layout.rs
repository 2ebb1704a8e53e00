//! Pieces of text in the order in which people read them: what stands beside each other is a line, and what stands far apart
//! in a line are cells of a table.

use crate::Line;
use crate::geometry::Rect;
use crate::read::Guess;

/// A gap wider than so many heights of the letters parts cells.
const CELL: f32 = 1.5;

/// One rectangle and what was read in it.
pub(crate) struct Piece {
    pub rect: Rect,
    pub guesses: Vec<Guess>,
}

/// A piece on a page without tilt.
struct Placed<'a> {
    left: f32,
    right: f32,
    middle: f32,
    height: f32,
    guesses: &'a [Guess],
}

/// The lines of a picture from top to bottom.
pub(crate) fn lines(pieces: &[Piece]) -> Vec<Line> {
    let mut placed = straight(pieces);
    placed.sort_by(|a, b| a.middle.total_cmp(&b.middle));
    let mut rows: Vec<Vec<Placed<'_>>> = Vec::new();
    for piece in placed {
        // The newest row that it stands beside; rows of a page overlap little, so few need be looked at.
        match rows.iter_mut().rev().take(4).find(|row| row.iter().any(|p| beside(p, &piece)) && !row.iter().any(|p| covers(p, &piece))) {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    rows.into_iter().map(joined).filter(|line| !line.text.trim().is_empty()).collect()
}

/// The pieces turned back by the tilt of the page, which most of them share.
fn straight(pieces: &[Piece]) -> Vec<Placed<'_>> {
    let mut tilts: Vec<f32> = pieces.iter().filter(|p| p.rect.width > 3.0 * p.rect.height).map(|p| p.rect.angle).collect();
    tilts.sort_by(f32::total_cmp);
    let (sin, cos) = tilts.get(tilts.len() / 2).copied().unwrap_or(0.0).sin_cos();
    let place = |piece: &'_ Piece| {
        let (x, y) = piece.rect.centre;
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        (u, v, piece.rect.width, piece.rect.height)
    };
    let placed = |piece| {
        let (u, v, width, height) = place(piece);
        Placed { left: u - width / 2.0, right: u + width / 2.0, middle: v, height, guesses: &piece.guesses }
    };
    pieces.iter().map(placed).collect()
}

/// On the same line: the middles are closer than half the smaller height.
fn beside(a: &Placed<'_>, b: &Placed<'_>) -> bool {
    (a.middle - b.middle).abs() < 0.5 * a.height.min(b.height)
}

/// One above the other: they share more than half of the narrower one's width.
fn covers(a: &Placed<'_>, b: &Placed<'_>) -> bool {
    a.right.min(b.right) - a.left.max(b.left) > 0.5 * (a.right - a.left).min(b.right - b.left)
}

fn joined(mut row: Vec<Placed<'_>>) -> Line {
    row.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut line = Line::default();
    let mut before: Option<&Placed<'_>> = None;
    for piece in &row {
        if let Some(before) = before {
            // Rectangles are drawn a little around the letters.
            let gap = piece.left - before.right;
            line.push(if gap > CELL * piece.height.min(before.height) { '\t' } else { ' ' }, 1.0);
        }
        piece.guesses.iter().for_each(|(character, sure)| line.push(*character, *sure));
        before = Some(piece);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, x: f32, y: f32, width: f32, angle: f32) -> Piece {
        let (sin, cos) = angle.sin_cos();
        let (x, y) = (x + width / 2.0, y + 10.0);
        let rect = Rect { centre: (x * cos - y * sin, x * sin + y * cos), width, height: 20.0, angle };
        Piece { rect, guesses: text.chars().map(|c| (c, 0.9)).collect() }
    }

    fn texts(pieces: &[Piece]) -> Vec<String> {
        lines(pieces).into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn pieces_beside_each_other_are_a_line_and_far_ones_are_cells() {
        let page = |angle| {
            [
                piece("VPN", 0.0, 52.0, 40.0, angle),
                piece("System", 0.0, 20.0, 60.0, angle),
                piece("Blue-Heron7", 200.0, 50.0, 110.0, angle),
                piece("Password", 200.0, 22.0, 80.0, angle),
                piece("is here", 68.0, 21.0, 70.0, angle),
            ]
        };
        for angle in [0.0, 0.1, -0.15] {
            assert_eq!(texts(&page(angle)), ["System is here\tPassword", "VPN\tBlue-Heron7"], "tilted by {angle}");
        }
    }

    #[test]
    fn every_byte_has_its_certainty() {
        let line = &lines(&[piece("päss", 0.0, 0.0, 50.0, 0.0), piece("ok", 300.0, 0.0, 20.0, 0.0)])[0];
        assert_eq!(line.text, "päss\tok");
        assert_eq!(line.certainty, [90, 90, 90, 90, 90, 100, 90, 90]);
    }

    #[test]
    fn empty_pieces_make_no_line() {
        assert!(texts(&[]).is_empty() && texts(&[piece(" ", 0.0, 0.0, 10.0, 0.0)]).is_empty());
    }
}

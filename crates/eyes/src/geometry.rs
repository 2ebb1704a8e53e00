//! Rectangles that stand askew.

/// A point, x to the right and y downwards.
pub(crate) type Point = (f32, f32);

/// A rectangle around its centre. `angle` turns the side `width` from the x axis towards y, in radians, between -π/4 and π/4;
/// so a line of text that lies is wider than high and one that stands is higher than wide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub centre: Point,
    pub width: f32,
    pub height: f32,
    pub angle: f32,
}

impl Rect {
    /// The smallest rectangle around the points; `None` for fewer than three that are not on a line.
    pub(crate) fn around(points: &[Point]) -> Option<Rect> {
        let hull = hull(points);
        let edges = hull.iter().zip(hull.iter().cycle().skip(1));
        let rects = edges.map(|(a, b)| Rect::along(&hull, (b.1 - a.1).atan2(b.0 - a.0)));
        rects.filter(|r| r.width.min(r.height) > THIN).min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
    }

    /// The smallest rectangle with a side in this direction.
    fn along(points: &[Point], direction: f32) -> Rect {
        // Turned by quarters until it lies as flat as it can.
        let quarter = std::f32::consts::FRAC_PI_2;
        let angle = direction - (direction / quarter).round() * quarter;
        let (sin, cos) = angle.sin_cos();
        let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
        for (x, y) in points {
            let (u, v) = (x * cos + y * sin, y * cos - x * sin);
            low = (low.0.min(u), low.1.min(v));
            high = (high.0.max(u), high.1.max(v));
        }
        let (u, v) = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        Rect { centre: (u * cos - v * sin, u * sin + v * cos), width: high.0 - low.0, height: high.1 - low.1, angle }
    }

    /// Grown by so much on every side.
    pub(crate) fn grown(self, by: f32) -> Rect {
        Rect { width: self.width + 2.0 * by, height: self.height + 2.0 * by, ..self }
    }

    /// In a picture so many times as large.
    pub(crate) fn scaled(self, x: f32, y: f32) -> Rect {
        Rect { centre: (self.centre.0 * x, self.centre.1 * y), width: self.width * x, height: self.height * y, ..self }
    }

    /// A line of text that runs from top to bottom.
    pub(crate) fn stands(self) -> bool {
        self.height > 1.5 * self.width
    }
}

/// What is flatter, in pixels, is a line: rounding leaves it a height.
const THIN: f32 = 1e-3;

/// The convex hull, counter-clockwise (Andrew's monotone chain).
fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sorted.dedup();
    let turns_left = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0) > 0.0;
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice() {
                if turns_left(*a, *b, point) {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut whole = chain(&mut sorted.iter().copied());
    whole.extend(chain(&mut sorted.iter().rev().copied()));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilted_box_is_found_with_its_tilt() {
        let angle = 0.2f32;
        let (sin, cos) = angle.sin_cos();
        let turned = |x: f32, y: f32| (50.0 + x * cos - y * sin, 30.0 + x * sin + y * cos);
        let corners: Vec<Point> = [(-20.0, -5.0), (20.0, -5.0), (20.0, 5.0), (-20.0, 5.0), (3.0, 1.0)].map(|(x, y)| turned(x, y)).to_vec();
        let rect = Rect::around(&corners).unwrap();
        let near = |a: f32, b: f32| (a - b).abs() < 0.01;
        assert!(near(rect.width, 40.0) && near(rect.height, 10.0) && near(rect.angle, angle), "{rect:?}");
        assert!(near(rect.centre.0, 50.0) && near(rect.centre.1, 30.0), "{rect:?}");
        assert!(!rect.stands());
    }

    #[test]
    fn nothing_is_around_points_on_a_line() {
        assert_eq!(Rect::around(&[]), None);
        assert_eq!(Rect::around(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]), None);
    }

    #[test]
    fn a_standing_box_stays_standing() {
        let rect = Rect::around(&[(0.0, 0.0), (10.0, 0.0), (10.0, 60.0), (0.0, 60.0)]).unwrap();
        assert!(rect.stands() && rect.angle.abs() < 0.01, "{rect:?}");
    }
}

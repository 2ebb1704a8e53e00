//! Where text stands in a picture: a network says for every pixel how likely it is inside a line of text, and connected
//! pixels become rectangles (differentiable binarization, Liao et al. 2020).

use crate::geometry::{Point, Rect};
use crate::network::{Network, planes};
use image::RgbImage;
use image::imageops::{self, FilterType};

/// Text lines are found best when the shorter side has at least so many pixels.
const SHORT_SIDE: f32 = 736.0;
/// Beyond these the picture is made smaller.
const LONG_SIDE: f32 = 1920.0;
const LARGEST_SHORT_SIDE: f32 = 1280.0;
/// No letter gains by being blown up further.
const LARGEST_SCALE: f32 = 2.0;
/// Pixels of a strip that goes through the network at once, and those that it shares with the next one.
const STRIP: u32 = 1280;
const SHARED: u32 = 96;
/// Strips of one picture.
const STRIPS: u32 = 16;
/// The network's blocks halve a picture five times.
const BLOCK: u32 = 32;

/// A pixel is text, a region is a line.
const PIXEL: f32 = 0.3;
const REGION: f32 = 0.5;
/// How far the network shrinks lines, undone (area times this by perimeter).
const UNCLIP: f32 = 1.6;
/// Lines of one picture.
pub(crate) const LINES: usize = 1000;

/// The rectangles around the lines of text, in pixels of the picture, and whether some of it was not looked at.
pub(crate) fn lines(picture: &RgbImage, network: &Network) -> (Vec<Rect>, bool) {
    let (scaled, cut) = prepared(picture);
    let map = probabilities(&scaled, network);
    let by = (picture.width() as f32 / scaled.width() as f32, picture.height() as f32 / scaled.height() as f32);
    let mut rects: Vec<Rect> = map.regions().into_iter().map(|r| r.scaled(by.0, by.1)).collect();
    let more = rects.len() > LINES;
    rects.truncate(LINES);
    (rects, cut || more)
}

/// The picture in the size in which it is searched, and whether its end was cut off.
fn prepared(picture: &RgbImage) -> (RgbImage, bool) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (short, long) = (width.min(height), width.max(height));
    let scale = (SHORT_SIDE / short).clamp(1.0, LARGEST_SCALE).min((LONG_SIDE / long).max(1.0));
    // A screen that was scrolled and stitched is long, and its letters are small all the same.
    let stitched = long > 2.5 * short;
    let scale = scale.min(LARGEST_SHORT_SIDE / short).min(if stitched { f32::MAX } else { LONG_SIDE / long });
    let size = |side: f32| ((side * scale).round() as u32).max(1);
    let (w, h) = (size(width), size(height));
    let longest = STRIPS * (STRIP - SHARED);
    let cut = w.max(h) > longest;
    if scale == 1.0 && !cut {
        return (picture.clone(), false);
    }
    let whole = imageops::resize(picture, w, h, FilterType::Triangle);
    (if cut { imageops::crop_imm(&whole, 0, 0, w.min(longest), h.min(longest)).to_image() } else { whole }, cut)
}

/// How likely each pixel is inside of a line.
struct Map {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

fn probabilities(picture: &RgbImage, network: &Network) -> Map {
    let (width, height) = picture.dimensions();
    let mut map = Map { width: width as usize, height: height as usize, values: vec![0.0; width as usize * height as usize] };
    let upright = height >= width;
    let long = width.max(height);
    let mut from = 0;
    loop {
        let size = if long - from <= STRIP + STRIP / 2 { long - from } else { STRIP };
        let (x, y, w, h) = if upright { (0, from, width, size) } else { (from, 0, size, height) };
        let strip = imageops::crop_imm(picture, x, y, w, h).to_image();
        map.fill(&strip, (x as usize, y as usize), network);
        from += size;
        if from >= long {
            return map;
        }
        from -= SHARED;
    }
}

impl Map {
    /// Writes what the network says of a strip that begins there; where strips share pixels the higher value stays.
    fn fill(&mut self, strip: &RgbImage, at: (usize, usize), network: &Network) {
        let padded = |side: u32| side.div_ceil(BLOCK) as usize * BLOCK as usize;
        let (w, h) = (padded(strip.width()), padded(strip.height()));
        let Some((values, _)) = network.run(planes(strip, w, h)).filter(|(v, row)| *row == w && v.len() == w * h) else { return };
        for (y, row) in values.chunks_exact(w).take(strip.height() as usize).enumerate() {
            let start = (at.1 + y) * self.width + at.0;
            let Some(own) = self.values.get_mut(start..start + strip.width() as usize) else { return };
            own.iter_mut().zip(row).for_each(|(old, new)| *old = old.max(*new));
        }
    }

    /// Rectangles around connected pixels, in the order in which they begin.
    fn regions(&self) -> Vec<Rect> {
        let mut open: Vec<bool> = (0..self.values.len()).map(|at| self.is_text(at)).collect();
        let mut rects = Vec::new();
        let mut stack = Vec::new();
        for start in 0..open.len() {
            if !open[start] {
                continue;
            }
            let mut region = Region::default();
            open[start] = false;
            stack.push(start);
            while let Some(at) = stack.pop() {
                let (x, y) = (at % self.width, at / self.width);
                region.add(x, y, self.values[at]);
                for near_y in y.saturating_sub(1)..=(y + 1).min(self.height - 1) {
                    for near_x in x.saturating_sub(1)..=(x + 1).min(self.width - 1) {
                        let near = near_y * self.width + near_x;
                        if std::mem::take(&mut open[near]) {
                            stack.push(near);
                        }
                    }
                }
            }
            rects.extend(region.rect());
        }
        rects
    }

    /// A pixel of text, or one right of or below it: strokes a pixel apart belong together.
    fn is_text(&self, at: usize) -> bool {
        let above = |by: usize| at.checked_sub(by).is_some_and(|a| self.values[a] > PIXEL);
        let inside = !at.is_multiple_of(self.width);
        self.values[at] > PIXEL || above(self.width) || inside && (above(1) || above(self.width + 1))
    }
}

/// Connected pixels: the ends of each row are enough to know the shape.
#[derive(Default)]
struct Region {
    rows: std::collections::BTreeMap<usize, (usize, usize)>,
    sum: f32,
    count: f32,
}

impl Region {
    fn add(&mut self, x: usize, y: usize, value: f32) {
        let row = self.rows.entry(y).or_insert((x, x));
        *row = (row.0.min(x), row.1.max(x));
        // Pixels that only fill gaps say nothing of how sure the network is.
        if value > PIXEL {
            self.sum += value;
            self.count += 1.0;
        }
    }

    fn rect(&self) -> Option<Rect> {
        if self.sum < REGION * self.count {
            return None;
        }
        let corners = |(y, (left, right)): (&usize, &(usize, usize))| {
            let (top, bottom, left, right) = (*y as f32, *y as f32 + 1.0, *left as f32, *right as f32 + 1.0);
            [(left, top), (right, top), (left, bottom), (right, bottom)]
        };
        let points: Vec<Point> = self.rows.iter().flat_map(corners).collect();
        let rect = Rect::around(&points)?;
        let grow = rect.width * rect.height * UNCLIP / (2.0 * (rect.width + rect.height));
        (rect.width.min(rect.height) >= 3.0).then(|| rect.grown(grow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: &[&str]) -> Map {
        let value = |c: char| c.to_digit(10).map_or(0.0, |d| d as f32 / 10.0);
        Map { width: rows[0].len(), height: rows.len(), values: rows.iter().flat_map(|r| r.chars().map(value)).collect() }
    }

    #[test]
    fn connected_pixels_become_one_rectangle() {
        let rects = map(&["..........", ".9999.999.", ".9999.999.", ".9999.999.", "..........", "..........", "..........", "1111111111"])
            .regions();
        assert_eq!(rects.len(), 1, "{rects:?}");
        assert!(rects[0].width > rects[0].height && rects[0].angle == 0.0, "{rects:?}");
    }

    #[test]
    fn faint_and_tiny_regions_are_left_out() {
        assert!(map(&["......", ".4444.", ".4444.", ".4444.", ".4444.", "......"]).regions().is_empty());
        assert!(map(&["......", ".9....", "......"]).regions().is_empty());
    }

    #[test]
    fn sizes_stay_within_their_limits() {
        for (width, height) in [(1, 1), (200, 100), (4000, 3000), (1000, 9000), (30_000, 40), (3, 25_000)] {
            let (scaled, _) = prepared(&RgbImage::new(width, height));
            let (short, long) = (scaled.width().min(scaled.height()), scaled.width().max(scaled.height()));
            assert!(short <= 1280 && long <= 16 * 1184, "{width} × {height} became {scaled:?}", scaled = scaled.dimensions());
        }
        assert_eq!(prepared(&RgbImage::new(300, 200)).0.dimensions(), (600, 400));
    }
}

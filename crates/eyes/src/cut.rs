//! Cuts a line of text out of a picture, upright and in the height that the network reads.

use crate::geometry::Rect;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

/// Rows of pixels of a line.
pub(crate) const HEIGHT: u32 = 48;
/// Columns of a line: beyond, letters are squeezed.
const WIDEST: u32 = 3200;

/// The line inside of the rectangle. One that stands is laid down as if read from top to bottom with the head to the right.
pub(crate) fn line(picture: &RgbImage, rect: &Rect) -> RgbImage {
    let patch = patch(picture, rect);
    let patch = if rect.stands() { imageops::rotate270(&patch) } else { patch };
    let scale = HEIGHT as f32 / patch.height() as f32;
    let width = ((patch.width() as f32 * scale).round() as u32).clamp(8, WIDEST);
    imageops::resize(&patch, width, HEIGHT, FilterType::Triangle)
}

/// The pixels of the rectangle in their own size; what lies outside of the picture repeats its edge.
fn patch(picture: &RgbImage, rect: &Rect) -> RgbImage {
    let (width, height) = ((rect.width.round() as u32).clamp(1, 20_000), (rect.height.round() as u32).clamp(1, 20_000));
    let (sin, cos) = rect.angle.sin_cos();
    RgbImage::from_fn(width, height, |u, v| {
        let (x, y) = (u as f32 + 0.5 - rect.width / 2.0, v as f32 + 0.5 - rect.height / 2.0);
        sample(picture, rect.centre.0 + x * cos - y * sin - 0.5, rect.centre.1 + x * sin + y * cos - 0.5)
    })
}

/// The colour between pixels.
fn sample(picture: &RgbImage, x: f32, y: f32) -> Rgb<u8> {
    let (right, bottom) = (picture.width() as f32 - 1.0, picture.height() as f32 - 1.0);
    let (x, y) = (x.clamp(0.0, right), y.clamp(0.0, bottom));
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let pixel = |x: f32, y: f32| picture.get_pixel(x as u32, y as u32).0.map(f32::from);
    let (x1, y1) = ((left + 1.0).min(right), (top + 1.0).min(bottom));
    let (a, b, c, d) = (pixel(left, top), pixel(x1, top), pixel(left, y1), pixel(x1, y1));
    let mix = |i: usize| (a[i] * (1.0 - fx) + b[i] * fx) * (1.0 - fy) + (c[i] * (1.0 - fx) + d[i] * fx) * fy;
    Rgb([mix(0), mix(1), mix(2)].map(|v| v.round() as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_out_upright() {
        // Left half red, right half blue, 100 × 20 around the centre.
        let picture = RgbImage::from_fn(200, 100, |x, _| if x < 100 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
        let lying = line(&picture, &Rect { centre: (100.0, 50.0), width: 100.0, height: 20.0, angle: 0.0 });
        assert_eq!((lying.width(), lying.height()), (240, HEIGHT));
        assert_eq!((lying.get_pixel(20, 24).0, lying.get_pixel(220, 24).0), ([255, 0, 0], [0, 0, 255]));
        let standing = line(&picture, &Rect { centre: (20.0, 50.0), width: 20.0, height: 80.0, angle: 0.0 });
        assert_eq!((standing.width(), standing.height()), (192, HEIGHT));
    }

    #[test]
    fn what_lies_outside_repeats_the_edge() {
        let picture = RgbImage::from_pixel(10, 10, Rgb([7, 8, 9]));
        let cut = line(&picture, &Rect { centre: (0.0, 0.0), width: 60.0, height: 30.0, angle: 0.3 });
        assert!(cut.pixels().all(|p| p.0 == [7, 8, 9]));
    }
}

//! What a page draws, as characters with their places.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Vec2};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use std::collections::HashMap;

use super::objects::text;

/// Characters of one page; a page draws more only to break readers.
const MOST_GLYPHS: usize = 1 << 20;
/// Glyphs are designed on a square of this many units (ISO 32000-1 §9.2.4).
const UNITS: f64 = 1000.0;

/// One character and where it stands, in points from the upper left corner of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub letter: char,
    pub x: f64,
    pub y: f64,
    /// Direction of the writing in radians, clockwise; 0 is left to right.
    pub angle: f64,
    /// How far the writing moves on.
    pub advance: f64,
    /// Height of the font.
    pub size: f64,
    /// Glyphs that one operator shows together share this number.
    pub run: u32,
    /// Drawn, but not to be seen: invisible text, or outside of the page.
    pub hidden: bool,
}

/// Everything of a page that is text.
#[derive(Default)]
pub(super) struct Glyphs {
    pub glyphs: Vec<Glyph>,
    /// Glyphs of which the file does not say which character they are.
    pub unnamed: u64,
    /// Glyphs beyond the limit.
    pub surplus: u64,
    /// Descriptions of pictures that the writer of the file gave.
    pub described: Vec<String>,
    /// Whether the page shows a picture that is larger than an icon.
    pub pictures: bool,
    width: f64,
    height: f64,
    run: u32,
    /// For each open marked content: where it began and what it says instead of its glyphs.
    marked: Vec<Option<(usize, String)>>,
    /// Places that are taken: a letter drawn twice makes it bold, not double.
    drawn: HashMap<(char, i32, i32), (f64, f64)>,
}

impl Glyphs {
    pub fn new(width: f32, height: f32) -> Glyphs {
        Glyphs { width: f64::from(width), height: f64::from(height), ..Glyphs::default() }
    }

    fn put(&mut self, glyph: Glyph) {
        if self.glyphs.len() >= MOST_GLYPHS {
            self.surplus += 1;
        } else if glyph.x.is_finite() && glyph.y.is_finite() && glyph.advance.is_finite() && self.is_new(&glyph) {
            self.glyphs.push(glyph);
        }
    }

    /// Whether this letter does not stand in this place yet, give or take a tenth of its height.
    fn is_new(&mut self, glyph: &Glyph) -> bool {
        if glyph.letter.is_whitespace() {
            return true;
        }
        let near = glyph.size * 0.1;
        let (_, x, y) = field(glyph);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (glyph.letter, x.saturating_add(dx), y.saturating_add(dy))));
        let is_near = |(ox, oy): &(f64, f64)| (ox - glyph.x).abs() < near && (oy - glyph.y).abs() < near;
        let taken = around.filter_map(|place| self.drawn.get(&place)).any(is_near);
        self.drawn.insert(field(glyph), (glyph.x, glyph.y));
        !taken
    }

    /// One glyph may stand for several characters (a ligature): they share its width.
    fn spell(&mut self, text: &str, glyph: Glyph) {
        let count = text.chars().count().max(1) as f64;
        let advance = glyph.advance / count;
        for (n, letter) in text.chars().enumerate() {
            let along = advance * n as f64;
            let (x, y) = (glyph.x + along * glyph.angle.cos(), glyph.y + along * glyph.angle.sin());
            self.put(Glyph { letter, x, y, advance, ..glyph });
        }
    }
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.run += 1;
        let vertical = run.writing_mode() == WritingMode::Vertical;
        for placed in run.glyphs() {
            let Some(said) = placed.as_unicode() else {
                self.unnamed += 1;
                continue;
            };
            let geometry = Geometry::new(props.transform * placed.transform(), placed, vertical);
            let origin = geometry.origin;
            let outside =
                origin.x < -geometry.size || origin.y < -geometry.size || origin.x > self.width || origin.y > self.height + geometry.size;
            let glyph = Glyph {
                letter: ' ',
                x: origin.x,
                y: origin.y,
                angle: geometry.along.atan2(),
                advance: geometry.along.hypot(),
                size: geometry.size,
                run: self.run,
                hidden: outside || matches!(mode, DrawMode::Invisible),
            };
            match said {
                BfString::Char(c) => match ligature(c) {
                    Some(letters) => self.spell(letters, glyph),
                    None => self.put(Glyph { letter: c, ..glyph }),
                },
                BfString::String(s) => self.spell(&s, glyph),
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.pictures |= image.width() >= super::pictures::LEAST_WIDTH && image.height() >= super::pictures::LEAST_HEIGHT;
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let said = |key: &str| properties.and_then(|p| p.get::<PdfString<'_>>(key)).map(|s| text(s.as_bytes()));
        self.described.extend(said("Alt").filter(|s| !s.trim().is_empty()));
        self.marked.push(said("ActualText").map(|s| (self.glyphs.len(), s)));
    }

    fn end_marked_content(&mut self) {
        let Some(Some((start, instead))) = self.marked.pop() else { return };
        if let (Some(first), Some(last)) = (self.glyphs.get(start).copied(), self.glyphs.last().copied()) {
            let (dx, dy) = (last.x - first.x, last.y - first.y);
            let along = dx * first.angle.cos() + dy * first.angle.sin();
            let advance = (along + last.advance).max(first.advance);
            for replaced in self.glyphs.drain(start..) {
                self.drawn.remove(&field(&replaced));
            }
            self.spell(&instead, Glyph { advance, ..first });
        } else if !instead.trim().is_empty() {
            self.described.push(instead);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// A letter and the square of the page that it stands in, a tenth of its height wide.
fn field(glyph: &Glyph) -> (char, i32, i32) {
    let width = (glyph.size * 0.1).max(0.01);
    (glyph.letter, (glyph.x / width).floor() as i32, (glyph.y / width).floor() as i32)
}

/// Where a glyph stands on the page, where the writing goes from it, and how large it is.
struct Geometry {
    origin: Point,
    along: Vec2,
    size: f64,
}

impl Geometry {
    fn new(placed: Affine, glyph: &Drawn<'_>, vertical: bool) -> Geometry {
        let [a, b, c, d, e, f] = placed.as_coeffs();
        let width = match glyph {
            Drawn::Outline(outline) => outline.advance_width(),
            Drawn::Type3(drawn) => drawn.advance_width(),
        };
        let (across, down) = (Vec2::new(a, b), Vec2::new(c, d));
        let mut size = down.hypot() * UNITS;
        let along = if vertical { -down * UNITS } else { across * f64::from(width.unwrap_or(500.0)) };
        if matches!(glyph, Drawn::Type3(_)) {
            // Fonts of drawings may be of any nominal size; letters are about half as wide as they are high.
            size = size.max(along.hypot() * 1.5);
        }
        Geometry { origin: Point::new(e, f), along, size: size.max(0.1) }
    }
}

/// Letters that are cast together (Unicode, Alphabetic Presentation Forms).
fn ligature(c: char) -> Option<&'static str> {
    let at = (c as u32).checked_sub(0xfb00)? as usize;
    ["ff", "fi", "fl", "ffi", "ffl", "st", "st"].get(at).copied()
}

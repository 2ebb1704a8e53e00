//! Pictures on pages, as files that the decoder of pictures reads.

use crate::file::Member;
use flate2::{Compression, Crc, read::ZlibDecoder, write::ZlibEncoder};
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::{Dict, Name};
use hayro_interpret::kurbo::BezPath;
use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, SoftMask, font::GlyphRun,
};
use std::collections::HashSet;
use std::io::{Read as _, Write as _};

/// Smaller pictures are icons and lines: no text stands in them.
pub(super) const LEAST_WIDTH: u32 = 64;
pub(super) const LEAST_HEIGHT: u32 = 24;
/// Pictures of one file.
const MOST_PICTURES: usize = 64;
/// Points of one picture: a page scanned at 600 dpi has 35 million.
const MOST_POINTS: u64 = 40_000_000;
/// Bytes of all pictures of one file.
const MOST_BYTES: usize = 128 << 20;

/// Takes the pictures off the pages; each one once.
#[derive(Default)]
pub(super) struct Pictures {
    pub members: Vec<Member>,
    /// Pictures that were not taken because there are too many or they are too large.
    pub left_out: u64,
    seen: HashSet<u128>,
    bytes: usize,
    /// Number of the page that is drawn, from 1.
    pub page: usize,
}

impl Pictures {
    fn take(&mut self, image: &Image<'_, '_>) -> Option<(&'static str, Vec<u8>)> {
        if let Some(file) = as_it_is(image) {
            return Some(file);
        }
        let mut png = None;
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |data, _| {
                    png = match &data {
                        ImageData::Rgb(d) => encode(d.width, d.height, 3, &d.data),
                        ImageData::Luma(d) => encode(d.width, d.height, 1, &d.data),
                    };
                },
                None,
            ),
            // Paint on paper: what is covered is dark.
            Image::Stencil(stencil) => stencil.with_stencil(
                |luma, _| {
                    let dark: Vec<u8> = luma.data.iter().map(|v| 255 - v).collect();
                    png = encode(luma.width, luma.height, 1, &dark);
                },
                None,
            ),
        }
        Some(("png", png?))
    }
}

/// A stream that is a picture file already, of colours that readers of such files know. It is handed on packed: unpacking costs the
/// most of all that is done for a page, and is in vain where nobody looks at pictures.
fn as_it_is(image: &Image<'_, '_>) -> Option<(&'static str, Vec<u8>)> {
    let Image::Raster(raster) = image else { return None };
    let stream = raster.stream();
    if stream.dict().contains_key("Decode") || stream.dict().contains_key("DecodeParms") {
        return None;
    }
    let space = stream.dict().get::<Name<'_>>("ColorSpace");
    let plain = space.is_some_and(|s| matches!(s.as_str(), "DeviceRGB" | "DeviceGray"));
    let filters = stream.filters();
    let (last, outer) = filters.split_last()?;
    let ending = match last {
        Filter::DctDecode if plain => "jpg",
        // Says its colours itself (ISO 32000-1 §7.4.9).
        Filter::JpxDecode if plain || !stream.dict().contains_key("ColorSpace") => "jp2",
        _ => return None,
    };
    let raw = stream.raw_data();
    let file = match outer {
        [] => raw.into_owned(),
        [Filter::Ascii85Decode] => ascii85(&raw)?,
        [Filter::FlateDecode] => inflated(&raw)?,
        _ => return None,
    };
    Some((ending, file))
}

/// Undoes ASCII85 (ISO 32000-1 §7.4.3). None where a character does not belong.
fn ascii85(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4);
    let mut group = Vec::with_capacity(5);
    for &c in text.iter().take_while(|c| **c != b'~') {
        match c {
            b'!'..=b'u' => group.push(c - b'!'),
            b'z' if group.is_empty() => out.extend([0; 4]),
            _ if c.is_ascii_whitespace() || c == 0 => continue,
            _ => return None,
        }
        if group.len() == 5 {
            out.extend(quad(&group)?);
            group.clear();
        }
    }
    // The last group may be short: n characters say n - 1 bytes.
    if group.len() > 1 {
        let said = group.len() - 1;
        group.resize(5, 84);
        out.extend(&quad(&group)?[..said]);
    }
    Some(out)
}

fn quad(digits: &[u8]) -> Option<[u8; 4]> {
    let value = digits.iter().fold(0u64, |value, digit| value * 85 + u64::from(*digit));
    u32::try_from(value).ok().map(u32::to_be_bytes)
}

fn inflated(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let size = ZlibDecoder::new(packed).take(MOST_BYTES as u64 + 1).read_to_end(&mut out).ok()?;
    (size <= MOST_BYTES).then_some(out)
}

impl<'a> Device<'a> for Pictures {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        let small = image.width() < LEAST_WIDTH || image.height() < LEAST_HEIGHT;
        if small || !self.seen.insert(image.cache_key()) {
            return;
        }
        let points = u64::from(image.width()) * u64::from(image.height());
        if points > MOST_POINTS || self.members.len() >= MOST_PICTURES || self.bytes > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        match self.take(&image) {
            Some((ending, file)) => {
                self.bytes += file.len();
                let name = format!("page {} picture {}.{ending}", self.page, self.members.len() + 1);
                self.members.push(Member::whole(name, file));
            }
            None => self.left_out += 1,
        }
    }

    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
    fn begin_marked_content(&mut self, _: &[u8], _: Option<&Dict<'_>>) {}
}

/// A PNG (ISO 15948) of 8-bit samples, `channels` a point (1 grey, 3 colour).
fn encode(width: u32, height: u32, channels: usize, samples: &[u8]) -> Option<Vec<u8>> {
    let stride = width as usize * channels;
    if stride == 0 || samples.len() < stride.checked_mul(height as usize)? {
        return None;
    }
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    for row in samples.chunks_exact(stride).take(height as usize) {
        packer.write_all(&[0]).ok()?;
        packer.write_all(row).ok()?;
    }
    let colour = if channels == 3 { 2 } else { 0 };
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, colour, 0, 0, 0]].concat(), &mut file);
    chunk(b"IDAT", &packer.finish().ok()?, &mut file);
    chunk(b"IEND", &[], &mut file);
    Some(file)
}

fn chunk(kind: &[u8; 4], body: &[u8], file: &mut Vec<u8>) {
    file.extend((body.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(body);
    let mut check = Crc::new();
    check.update(kind);
    check.update(body);
    file.extend(check.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii85_is_undone() {
        assert_eq!(ascii85(b"87cUR\nD]i,\"E bo80~>").as_deref(), Some(&b"Hello World!"[..]));
        assert_eq!(ascii85(b"z!!").as_deref(), Some(&[0, 0, 0, 0, 0][..]));
        // Beyond 2^32, a z within a group, a strange character.
        for broken in ["uuuuu", "!!z", "v"] {
            assert_eq!(ascii85(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn a_picture_is_a_png() {
        let file = encode(2, 2, 1, &[0, 255, 255, 0]).expect("a picture");
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x02\x08\0\0\0\0"));
        assert!(file.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
        assert_eq!(encode(2, 2, 3, &[0; 11]), None);
    }
}

//! Files of pixels, made into one sort of picture: RGB, upright as the camera says, on paper of the right shade.

use crate::Fault;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage, RgbaImage};
use std::io::Cursor;

/// Pixels of one side, and of all of a picture. 40 million are a photo of a good telephone and 120 MB.
const SIDE: u32 = 30_000;
const PIXELS: u64 = 40_000_000;
/// Bytes that a decoder may ask for.
const ALLOCATION: u64 = 320 << 20;
/// Pages of a fax or scan that are looked at.
const PAGES: usize = 20;

/// The pictures of a file: one, or the pages of a TIFF. What stands behind the first fault is left out.
pub(crate) fn pages(bytes: &[u8]) -> (Vec<RgbImage>, Option<Fault>) {
    let mut pages = Vec::new();
    let mut starts = directories(bytes);
    let more = starts.len() > PAGES;
    starts.truncate(PAGES);
    if starts.len() < 2 {
        return match one(bytes) {
            Ok(page) => (vec![page], None),
            Err(fault) => (pages, Some(fault)),
        };
    }
    // The decoder reads the first page, and the header says which that is (TIFF 6.0 §2).
    let mut file = bytes.to_vec();
    for start in starts {
        file[4..8].copy_from_slice(&start);
        match one(&file) {
            Ok(page) => pages.push(page),
            Err(fault) => return (pages, Some(fault)),
        }
    }
    (pages, more.then(|| Fault::TooLarge(format!("Only its first {PAGES} pages are read."))))
}

/// The offsets of the pages of a TIFF (TIFF 6.0 §2), as they stand in the file; none for other files.
fn directories(bytes: &[u8]) -> Vec<[u8; 4]> {
    let little = match bytes.get(..4) {
        Some(b"II*\0") => true,
        Some(b"MM\0*") => false,
        _ => return Vec::new(),
    };
    let four = |at: usize| bytes.get(at..at.checked_add(4)?).and_then(|b| <[u8; 4]>::try_from(b).ok());
    let number = |b: [u8; 4]| if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) } as usize;
    let mut found: Vec<[u8; 4]> = Vec::new();
    let mut next = four(4);
    while let Some(start) = next.filter(|s| number(*s) != 0 && !found.contains(s) && found.len() <= PAGES) {
        found.push(start);
        let at = number(start);
        let Some(count) = bytes.get(at..at.saturating_add(2)) else { break };
        let count = if little { u16::from_le_bytes([count[0], count[1]]) } else { u16::from_be_bytes([count[0], count[1]]) };
        next = at.checked_add(2 + 12 * usize::from(count)).and_then(four);
    }
    found
}

fn one(bytes: &[u8]) -> Result<RgbImage, Fault> {
    if is_jpeg_2000(bytes) {
        let picture = hayro_jpeg2000::Image::new(bytes, &hayro_jpeg2000::DecodeSettings::default());
        return upright(picture.map_err(|_| damaged())?);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Fault::Unsupported)?;
    if reader.format().is_none_or(|f| !f.reading_enabled()) {
        return Err(Fault::Unsupported);
    }
    reader.limits(limits());
    upright(reader.into_decoder().map_err(fault)?)
}

/// The signatures of a file and of its bare stream (ISO 15444-1, annexes I and A).
fn is_jpeg_2000(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0\0\0\x0cjP  ") || bytes.starts_with(b"\xff\x4f\xff\x51")
}

fn upright(mut decoder: impl ImageDecoder) -> Result<RgbImage, Fault> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(Fault::TooLarge(format!("The picture has {width} × {height} pixels, more than the limit of {PIXELS}.")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(fault)?;
    decoded.apply_orientation(orientation);
    Ok(flat(decoded))
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(ALLOCATION);
    limits
}

fn fault(error: image::ImageError) -> Fault {
    match error {
        image::ImageError::Limits(_) => {
            Fault::TooLarge(format!("The picture is larger than {SIDE} pixels on a side, or than the memory for it."))
        }
        image::ImageError::Unsupported(_) => Fault::Unsupported,
        _ => damaged(),
    }
}

fn damaged() -> Fault {
    Fault::Damaged("The picture is damaged: its pixels cannot be decoded.".into())
}

/// Without transparency: on white, or on black where what is drawn is light.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let paper = if is_light(&picture) { 0 } else { 255 };
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (to, from) in out.pixels_mut().zip(picture.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        let mix = |c: u32| ((c * alpha + paper * (255 - alpha)) / 255) as u8;
        *to = Rgb([mix(r), mix(g), mix(b)]);
    }
    out
}

/// Whether the ink of a partly transparent picture is light.
fn is_light(picture: &RgbaImage) -> bool {
    let (mut ink, mut light, mut clear) = (0u64, 0u64, 0u64);
    for pixel in picture.pixels() {
        let [r, g, b, alpha] = pixel.0.map(u64::from);
        ink += alpha;
        light += alpha * (r + g + b) / 3;
        clear += u64::from(alpha < 128);
    }
    clear * 2 > u64::from(picture.width()) * u64::from(picture.height()) && light > ink * 180
}

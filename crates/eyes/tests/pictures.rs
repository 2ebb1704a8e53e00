//! Pictures made on the spot: hostile ones end as faults within their limits, and odd ones are seen all the same.

use aftermail_eyes::{Eyes, Fault, Models};
use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use proptest::prelude::*;
use std::io::Cursor;

fn blind() -> Eyes {
    Eyes::new(|| None)
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("a picture");
    out.into_inner()
}

/// The header of a PNG of so many pixels, and no pixels.
fn promised(width: u32, height: u32) -> Vec<u8> {
    let mut png = file(&DynamicImage::ImageLuma8(GrayImage::new(1, 1)), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

/// The checksum of PNG (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

#[test]
fn a_bomb_is_refused_by_what_it_promises() {
    for (width, height) in [(60_000, 10), (20_000, 20_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        let faults = blind().look(&promised(width, height)).faults;
        assert!(matches!(faults.as_slice(), [Fault::TooLarge(_)]), "{width} × {height}: {faults:?}");
    }
}

#[test]
fn pixels_that_are_missing_are_damage() {
    let whole = file(&DynamicImage::ImageRgb8(RgbImage::from_fn(200, 200, |x, y| image::Rgb([x as u8, y as u8, 7]))), ImageFormat::Png);
    assert!(matches!(blind().look(&whole[..whole.len() / 2]).faults.as_slice(), [Fault::Damaged(_)]));
    assert_eq!(blind().look(b"no picture at all").faults, [Fault::Unsupported]);
    assert_eq!(blind().look(b"").faults, [Fault::Unsupported]);
}

#[test]
fn icons_and_spacers_hold_no_text_and_are_no_gap() {
    let spacer = file(&DynamicImage::ImageRgb8(RgbImage::new(600, 20)), ImageFormat::Gif);
    assert_eq!(blind().look(&spacer), aftermail_eyes::Seen::default());
}

#[test]
fn without_models_a_picture_is_a_gap_and_with_broken_ones_too() {
    let picture = file(&DynamicImage::ImageRgb8(RgbImage::new(100, 100)), ImageFormat::Bmp);
    assert_eq!(blind().look(&picture).faults, [Fault::NoModels]);
    let rubbish = Eyes::new(|| Some(Models { find: b"rubbish".to_vec(), read: Vec::new() }));
    assert_eq!(rubbish.look(&picture).faults, [Fault::BadModels]);
}

#[test]
fn a_picture_seen_again_says_the_same() {
    let eyes = blind();
    let picture = file(&DynamicImage::ImageRgb8(RgbImage::new(64, 64)), ImageFormat::Png);
    assert_eq!(eyes.look(&picture), eyes.look(&picture));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(which in 0usize..5, at in 0usize..4000, bytes in proptest::collection::vec(any::<u8>(), 1..12)) {
        let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(40, 40, |x, y| image::Rgb([(x * y) as u8, x as u8, y as u8])));
        let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff][which];
        let mut bent = file(&picture, format);
        let at = at % bent.len();
        let end = (at + bytes.len()).min(bent.len());
        bent[at..end].copy_from_slice(&bytes[..end - at]);
        let seen = blind().look(&bent);
        prop_assert!(seen.lines.is_empty());
    }
}

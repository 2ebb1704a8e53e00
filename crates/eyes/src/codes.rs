//! Codes in a picture: QR, Data Matrix, Aztec, PDF417.

use crate::Code;
use image::RgbImage;
use image::imageops::{self, FilterType};
use rxing::helpers::detect_multiple_in_luma_with_hints;
use rxing::{BarcodeFormat, DecodeHints};
use std::collections::HashSet;

/// Larger pictures are made smaller first: a code fills enough of them.
const SIDE: u32 = 1600;
/// Codes of one picture.
const CODES: usize = 50;

/// The codes in a picture.
pub(crate) fn codes(picture: &RgbImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let shrink = f64::from(SIDE) / f64::from(width.max(height));
    let grey = imageops::grayscale(picture);
    let found = if shrink < 1.0 {
        let side = |s: u32| ((f64::from(s) * shrink) as u32).max(1);
        search(imageops::resize(&grey, side(width), side(height), FilterType::Triangle))
    } else {
        search(grey)
    };
    let mut seen = HashSet::new();
    found.into_iter().filter(|code| seen.insert(code.payload.clone())).take(CODES).collect()
}

fn search(grey: image::GrayImage) -> Vec<Code> {
    let (width, height) = grey.dimensions();
    let formats =
        [BarcodeFormat::QR_CODE, BarcodeFormat::MICRO_QR_CODE, BarcodeFormat::DATA_MATRIX, BarcodeFormat::AZTEC, BarcodeFormat::PDF_417];
    let mut hints = DecodeHints { PossibleFormats: Some(formats.into()), ..DecodeHints::default() };
    let found = detect_multiple_in_luma_with_hints(grey.into_raw(), width, height, &mut hints).unwrap_or_default();
    found.into_iter().map(|code| Code { sort: name(code.getBarcodeFormat()), payload: code.getText().to_owned() }).collect()
}

fn name(format: &BarcodeFormat) -> &'static str {
    match format {
        BarcodeFormat::DATA_MATRIX => "Data Matrix code",
        BarcodeFormat::AZTEC => "Aztec code",
        BarcodeFormat::PDF_417 => "PDF417 code",
        _ => "QR code",
    }
}

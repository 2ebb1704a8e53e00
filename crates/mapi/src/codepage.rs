//! Text of the code pages that Windows numbers ([MS-UCODEREF] 2.2.1).

use encoding_rs::Encoding;

/// The encoding of a code page; Windows-1252 where the number is unknown.
pub(crate) fn encoding(page: u32) -> &'static Encoding {
    use encoding_rs::*;
    match page {
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 | 1386 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        866 => IBM866,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1253 => WINDOWS_1253,
        1254 | 28599 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        20866 => KOI8_R,
        21866 => KOI8_U,
        28592 => ISO_8859_2,
        28593 => ISO_8859_3,
        28594 => ISO_8859_4,
        28595 => ISO_8859_5,
        28596 => ISO_8859_6,
        28597 => ISO_8859_7,
        28598 | 38598 => ISO_8859_8,
        28603 => ISO_8859_13,
        28605 => ISO_8859_15,
        50220..=50222 => ISO_2022_JP,
        51932 | 20932 => EUC_JP,
        51949 => EUC_KR,
        54936 => GB18030,
        52936 => GBK,
        1200 => UTF_16LE,
        65001 => UTF_8,
        _ => WINDOWS_1252,
    }
}

/// The name by which mail knows a code page.
pub fn charset_name(page: u32) -> &'static str {
    encoding(page).name()
}

/// Text of a code page. UTF-8 that says otherwise is UTF-8 all the same.
pub(crate) fn text(bytes: &[u8], page: Option<u32>) -> String {
    match (std::str::from_utf8(bytes), page) {
        (Ok(text), None | Some(65001)) => text.to_owned(),
        (Ok(text), _) if text.is_ascii() => text.to_owned(),
        _ => encoding(page.unwrap_or(1252)).decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// UTF-16 little-endian; what is no character becomes U+FFFD.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    String::from_utf16_lossy(&units)
}

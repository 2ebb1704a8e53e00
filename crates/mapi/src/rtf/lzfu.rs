//! Compressed RTF ([MS-OXRTFCP]).

use crate::le::u32_at;

/// What the dictionary holds before the first byte ([MS-OXRTFCP] 2.1.3.1).
const PRELOAD: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const DICTIONARY: usize = 4096;
const HEADER: usize = 16;
const COMPRESSED: u32 = 0x7546_5A4C;
const STORED: u32 = 0x414C_454D;
/// Texts that claim more are not believed.
const LONGEST: usize = 256 << 20;

/// Unpacks. Also says whether it is all there: a stream that is cut off or lies about its length gives what it holds.
///
/// Returns `None` where the bytes are no compressed RTF.
pub fn decompress(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let length = u32_at(bytes, 4)? as usize;
    let body = bytes.get(HEADER..)?;
    match u32_at(bytes, 8)? {
        STORED => {
            // Some writers count the header into the length of the text; the length of the whole tells better.
            let all = body.len() >= length || bytes.len() >= u32_at(bytes, 0)? as usize + 4;
            Some((body[..length.min(body.len())].to_vec(), all))
        }
        COMPRESSED => Some(unpack(body, length.min(LONGEST))),
        _ => None,
    }
}

fn unpack(body: &[u8], length: usize) -> (Vec<u8>, bool) {
    let mut window = [0; DICTIONARY];
    window[..PRELOAD.len()].copy_from_slice(PRELOAD);
    let mut at = PRELOAD.len();
    let mut out = Vec::with_capacity(length.min(body.len() * 8));
    let mut bytes = body.iter().copied();
    let mut put = |byte: u8, at: &mut usize, window: &mut [u8; DICTIONARY]| {
        out.push(byte);
        window[*at] = byte;
        *at = (*at + 1) % DICTIONARY;
        out.len()
    };
    let mut written = 0;
    'runs: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if written >= LONGEST {
                break 'runs;
            }
            let Some(first) = bytes.next() else { break 'runs };
            if control >> bit & 1 == 0 {
                written = put(first, &mut at, &mut window);
                continue;
            }
            let Some(second) = bytes.next() else { break 'runs };
            let token = usize::from(first) << 8 | usize::from(second);
            let (from, count) = (token >> 4, (token & 15) + 2);
            // A reference to the place being written ends the stream.
            if from == at {
                break 'runs;
            }
            for n in 0..count {
                let byte = window[(from + n) % DICTIONARY];
                written = put(byte, &mut at, &mut window);
            }
        }
    }
    let whole = out.len() >= length;
    if whole {
        out.truncate(length);
    }
    (out, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read() {
        // [MS-OXRTFCP] 4.1.1: "{\rtf1\ansi\ansicpg1252\pard hello world}".
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72,
            0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0,
            0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let (text, whole) = decompress(&packed).expect("compressed RTF");
        assert_eq!(String::from_utf8_lossy(&text), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert!(whole);
        let (text, whole) = decompress(&packed[..30]).expect("compressed RTF");
        assert!(!whole && text.starts_with(b"{\\rtf1"));
    }

    #[test]
    fn stored_text_is_read() {
        let mut bytes = vec![0; 16];
        bytes[4] = 9;
        bytes[8..12].copy_from_slice(b"MELA");
        bytes.extend_from_slice(b"{\\rtf1 a}");
        assert_eq!(decompress(&bytes), Some((b"{\\rtf1 a}".to_vec(), true)));
        assert_eq!(decompress(b"{\\rtf1 plain}"), None);
    }
}

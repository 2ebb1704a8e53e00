//! Numbers in headers. What lies beyond the end reads as 0: a header that is cut off tells nothing, and its reader says so.

fn at<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    bytes.get(offset..offset.saturating_add(N)).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
}

pub(super) fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes(at(bytes, offset))
}

pub(super) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(at(bytes, offset))
}

pub(super) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(at(bytes, offset))
}

/// Digits of a number in a header of text, as cpio and ar have them. None where it is none.
pub(super) fn digits(bytes: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(bytes).ok()?.trim(), radix).ok()
}

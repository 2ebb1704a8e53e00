//! Numbers in little-endian order, where they are there.

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// UTF-16 up to its first zero.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// A number in 30 bits ([MS-XLS] 2.5.217, RkNumber).
pub(super) fn rk(value: u32) -> f64 {
    let number = if value & 2 == 2 { f64::from(value as i32 >> 2) } else { f64::from_bits(u64::from(value & 0xFFFF_FFFC) << 32) };
    if value & 1 == 1 { number / 100.0 } else { number }
}

/// A number in 64 bits.
pub(super) fn double(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_bits(u64::from(u32_at(data, at)?) | u64::from(u32_at(data, at + 4)?) << 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_read() {
        assert_eq!((rk(0x3FF0_0000), rk(0x3FF0_0001), rk(4711 << 2 | 2), rk(0xFFFF_FFFE)), (1.0, 0.01, 4711.0, -1.0));
    }
}

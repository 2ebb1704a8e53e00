//! Checksums and signatures of pages and blocks ([MS-PST] 5.3, 5.5).

/// Checksum of a page, a block or the header: CRC-32 as in zip, but without the inversions at its start and end.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::MAX);
    hasher.update(bytes);
    !hasher.finalize()
}

/// Signature of what lies at a place under an id.
pub(super) fn signature(place: u64, id: u64) -> u16 {
    let mixed = (place ^ id) as u32;
    (mixed >> 16) as u16 ^ mixed as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip_without_inversions() {
        // CRC-32 of "123456789" is CBF43926; without inversion of start and end it is 2DFD2D88.
        assert_eq!(crc(b"123456789"), 0x2DFD_2D88);
        assert_eq!(signature(0x1234_5678, 0x0000_0004), (0x1234) ^ (0x567C));
    }
}

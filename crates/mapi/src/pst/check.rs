//! Checksums and signatures of pages and blocks ([MS-PST] 5.3, 5.5).

/// CRC-32 with the polynomial of zip, without its inversions.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut value = n as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
};

/// Checksum of a page, a block or the header.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, byte| TABLE[((crc ^ u32::from(*byte)) & 0xFF) as usize] ^ crc >> 8)
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

//! The two disguises of data blocks ([MS-PST] 5.1 permutation, 5.2 cyclic): byte tables, no secrets.

use super::layout::Cipher;

/// Table R of [MS-PST] 5.1. Its inverse undoes the permutation.
const R: [u8; 256] = table(
    b"
      41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7233b388ec8c1df25b120a546604e9cfb
      aad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcd
      e2e9274fc3087280cfb0eff5286dbe304d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287
      58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0a201f72ebc2468750dfeba2fb5d0da3d",
);

/// Table S of [MS-PST] 5.1, its own inverse.
const S: [u8; 256] = table(
    b"
      14530f56b3c87a9ceb65481716159f02cc547c83000d0c0ba262a876dbd9edc7c5a4dcac8574d6d0a79bae9a967166c36399b8dd73928e847da55ed15d93b157
      5150808952944f4e0a6bbc8d7f6e47464140440111cb033ff7f4e1a98f3c3af9fbf0193082092ec99da08649ee6f4d6dc42d813425871b88aafc06a11238fd4c
      4272641337246a757743ffe6b44b365ce4d8353d45b92cecb7312b290768a30e697b189e2139be281a5b78f523ca2ab0af3efe048ce7e5983295d3f64ae8a6ea
      e9f3d52f7020f21f0567ad5510cecde3273bdabad7c226d4911dd21c2233f8faf15aefcf90b68bb5bdc0bf08971e6ce261e0c6c159abbb58de5fdf60797eb28a",
);

/// Table I of [MS-PST] 5.1: the inverse of R.
const I: [u8; 256] = {
    let mut inverse = [0; 256];
    let mut n = 0;
    while n < 256 {
        inverse[R[n] as usize] = n as u8;
        n += 1;
    }
    inverse
};

/// Bytes of hexadecimal digits, white space left out.
const fn table(text: &[u8]) -> [u8; 256] {
    let mut out = [0; 256];
    let (mut at, mut digits) = (0, 0);
    while at < text.len() {
        let digit = match text[at] {
            b @ b'0'..=b'9' => b - b'0',
            b @ b'a'..=b'f' => b - b'a' + 10,
            _ => 16,
        };
        if digit < 16 {
            out[digits / 2] = out[digits / 2] << 4 | digit;
            digits += 1;
        }
        at += 1;
    }
    assert!(digits == 512);
    out
}

/// Undoes the disguise of a block. `key` is the lower half of the block's id. The cyclic disguise is its own inverse.
pub fn reveal(cipher: Cipher, key: u32, data: &mut [u8]) {
    match cipher {
        Cipher::None | Cipher::Wip => {}
        Cipher::Permute => data.iter_mut().for_each(|b| *b = I[*b as usize]),
        Cipher::Cyclic => {
            let mut step = (key ^ key >> 16) as u16;
            for byte in data {
                let [low, high] = step.to_le_bytes();
                let mut b = R[byte.wrapping_add(low) as usize];
                b = S[b.wrapping_add(high) as usize];
                *byte = I[b.wrapping_sub(high) as usize].wrapping_sub(low);
                step = step.wrapping_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_what_they_should_be() {
        assert!((0..=255_u8).all(|b| S[S[b as usize] as usize] == b && I[R[b as usize] as usize] == b));
        // The cyclic disguise is its own inverse.
        let text = b"Subject: the same twice".to_vec();
        let mut twice = text.clone();
        reveal(Cipher::Cyclic, 0x1234_5678, &mut twice);
        assert_ne!(twice, text);
        reveal(Cipher::Cyclic, 0x1234_5678, &mut twice);
        assert_eq!(twice, text);
    }
}

//! Pictures as attachments: codes become text in words of their own, and what is not read is listed.

mod common;

use aftermail_decode::{Tools, message};
use aftermail_eyes::Eyes;
use aftermail_model::{Layer, Locator, PartState, Reason, Text};
use base64::Engine as _;
use common::Kept;

/// A QR code made for this test: `WIFI:T:WPA;S:Pier-Guest;P:Lantern-Otter-91;;`.
const WIFI: &str = "\
    iVBORw0KGgoAAAANSUhEUgAAAHsAAAB7AQAAAAB8vMLSAAABXUlEQVR42t1Vu42FMBBczoGzRwOW3IYzWoIG+DTwaMnZtmHJDUDmYMXevJe9u2QJ7yyELIth\
    PTPrMennKPSXFw6i0as21Uydli/6MX4tkJ4qC8s8uJ0xt0FymNitHm+a7JBc5iS3IItGzXG3Q1TG5I5U1cwFik0cXo9ZMYzDh5FK91bdArkSPqap1ScVM/26\
    NZjiUMIIUZZHEkow1Mwlx2Nwz1T67Dbjxpr0mXqtlxfrxjJKSNegGy3GKkyPpNcQHuhMo5VDfCbduUw33If1IAL6weyLrgO0qjDIWOWiQvT6/8Jxs/aYOzlg\
    dgMC0xmO0JjMDaP1oLhxXb0YfTlS6BEvTWZvVexKdYe8DdFk7jEW5NimbqW4m0/l2UAknmpt/ndaho4jpF7sCTMIuHRqbUvk2JzAAlI7e8COXnqlnvVGFY/z\
    VZBjN9LSx2sob/Wsii1Nulw6rnZf/sn1+g07lsVBxWN+HgAAAABJRU5ErkJggg==";

/// A QR code made for this test, as an authenticator app shows it to hand over two accounts.
const TRANSFER: &str = "\
    iVBORw0KGgoAAAANSUhEUgAAALcAAAC3AQAAAAB4FfIyAAAC9ElEQVR42u1Xsa2lMBBczoEzaMCS23DmlqABPjQALTlzG5bcAGQOLO/NPl1wwb8LNv4IPT0I\
    VuvZmdmB+Ntr0M/7P+8fojXUl/nmsrQy207kxy/6/vrXe+KX+25RivbAZ6qc+her6iS323omt1J9cIe+WmWdNZSN3dL8zf7NTl1na2W3/sBT7GS1/XBfI23N\
    bUxfrd5ZiQ/mtWX3962bF6439zn2iQkQvfnDB825HIXKGY35s5lLUNL141EBJJxyWYMja46gqTOEMBVTmwBvQE0eqnk90TCDh35EUAj//RU1+LAMGpcc5wmG\
    Gx+6eWUziL6S+8r1iH3J5sxKfHYy6EoQprIlc+nwITOCuTCjCHVUbp1U+IzYt/RpI2Lu8ktWh7N/G03ZPBb6crM1Q9XPm4gsTlSg1iVLMzfrcDZv4pNFYlsz\
    J/gTdLooFAo0Bf9ZrZtDp8AqPvOdZFJvKnOEz5s7q+rAVFvZcgGLrkAU+qzzw1bfXBaRFYDqUzOHzjcSTdhcCWQ2T3Rz/ICvmJcFfyAx8ec5up3EEjV1CIvG\
    HLZPmZbUYWWbzufRD2Mvf3zMejw+UYcz8EE/RgRrIXY8quYOjSeHE4E8khMINZV8XjJ8jO/mT3DbavkDx6A6LIM/T0RXTrd3YF9bg0Kr6Cu4PVSdz2PR3Jng\
    Y7DWOSC9IAWxbl5Y6Ed0U/OH5RPrQ+fzOEVEgnJ7RICRfXEp+VOwdChWrBtgfifQUucbWH+VuS8M6wA+EIjuXMiHkCdfhDqIHE6XozghW/L5cWbcMn0lf4Q8\
    nMuURLN367vOny2gduhB9qDsd9bp6wkEL70sKtQRPXLmosMZiw8iZUZukZURAJcK59Yh9kHiPx98SJ9Xkz+FfrSwmwmWqNMpZN7hYIgKt2RypT8jz+NcV+gb\
    ixEhJDyBtd8pkuHBwClh+sr8jDqSM5FUk+Rn4DP0dT7rjz1jd6Q6iJX4ID8z4gpMFaIAhZTfO6vEFYEIAtnxToXzz/f+/97/BsZttkZ2FYiaAAAAAElFTkSu\
    QmCC";

fn attached(encoded: &str, eyes: Option<&Eyes>) -> Kept {
    let raw = format!("Subject: a\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n{encoded}\n");
    let mut kept = Kept::default();
    let at = Locator { evidence: "e".into(), offset: 0, length: raw.len() as u64 };
    message(raw.as_bytes(), at, "eml", &Tools { eyes, ..Tools::default() }, &mut kept);
    kept
}

fn code(kept: &Kept) -> &Text {
    kept.texts.iter().find(|t| t.place == "a.png > QR code").expect("a code")
}

#[test]
fn a_code_is_text_that_is_exact() {
    let kept = attached(WIFI, Some(&Eyes::new(|| None)));
    let text = code(&kept);
    assert_eq!((text.layer, text.body.as_str()), (Layer::Visible, "WIFI:T:WPA;S:Pier-Guest;P:Lantern-Otter-91;;"));
    assert!(text.certainty.is_empty());
    // Words beside the code may be missing, and that is said.
    assert_eq!((kept.gaps.len(), kept.gaps[0].reason), (1, Reason::Unsupported));
    assert!(kept.gaps[0].detail.contains("aftermail models"), "{:?}", kept.gaps);
}

#[test]
fn a_transfer_code_is_one_line_for_each_account() {
    let kept = attached(TRANSFER, Some(&Eyes::new(|| None)));
    assert_eq!(
        code(&kept).body,
        "otpauth://totp/Pier%20Desk:mona@pier.example?secret=JBSWY3DP32W353ZB&issuer=Pier%20Desk\n\
         otpauth://totp/gate?secret=OR3WK3TUPEQGE6LUMVZSA33GEBZWKZLE"
    );
}

#[test]
fn a_picture_in_jpeg_2000_is_seen() {
    let whole = base64::engine::general_purpose::STANDARD.encode(include_bytes!("pictures/wifi.jp2"));
    let kept = attached(&whole, Some(&Eyes::new(|| None)));
    assert_eq!(code(&kept).body, "WIFI:T:WPA;S:Pier-Guest;P:Lantern-Otter-91;;");
    // Half of it, and a bare header.
    for cut in [whole.len() / 8 * 4, 120] {
        let kept = attached(&whole[..cut], Some(&Eyes::new(|| None)));
        assert!(!kept.gaps.is_empty() && matches!(kept.gaps[0].reason, Reason::Damaged | Reason::Unsupported), "{:?}", kept.gaps);
    }
}

#[test]
fn without_eyes_a_picture_is_a_gap() {
    let kept = attached(WIFI, None);
    assert_eq!((kept.gaps.len(), kept.parts[0].state), (1, PartState::NotRead));
}

#[test]
fn a_kind_that_nobody_reads_is_named() {
    let heic = base64::engine::general_purpose::STANDARD.encode(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic and so on");
    let kept = attached(&heic, Some(&Eyes::new(|| None)));
    assert!(kept.gaps[0].detail.contains("image/heic"), "{:?}", kept.gaps);
}

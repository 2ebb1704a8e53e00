//! A program that unpacks itself: the archive behind it.

use super::super::{Budget, Contents};
use super::{cab, rar, sevenz, zip};
use crate::Tools;
use memchr::memmem;

/// Bytes of the program in which the archive begins.
const NEAR: usize = 8 << 20;

/// None where no archive stands behind the program.
pub(super) fn open(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let near = &bytes[..bytes.len().min(NEAR)];
    let behind = |signature: &[u8]| memmem::find_iter(near, signature).map(|at| &bytes[at..]).collect::<Vec<_>>();
    let found = behind(b"7z\xbc\xaf\x27\x1c\0").into_iter().find(|b| sevenz::is_sound(b)).map(|b| sevenz::open(b, tools, budget));
    let found = found.or_else(|| behind(b"Rar!\x1a\x07").into_iter().find_map(|b| rar::behind_program(b, tools, budget)));
    let found = found.or_else(|| behind(b"MSCF\0\0\0\0").into_iter().find_map(|b| cab::open(b, budget)));
    found.or_else(|| memmem::rfind(bytes, b"PK\x05\x06").and_then(|_| zip::open(bytes, tools, budget)))
}

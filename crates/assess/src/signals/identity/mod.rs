//! Detectors of accounts, credentials, sessions and tokens in the wrong hands.

use super::{Detector, Scene};

/// All of them.
pub(super) fn all(_scene: &Scene) -> Vec<Box<dyn Detector>> {
    Vec::new()
}

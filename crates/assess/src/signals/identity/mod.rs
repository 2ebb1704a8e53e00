//! Detectors of accounts, credentials, sessions and tokens in the wrong hands.

mod network;
mod sign_in;
mod spray;
#[cfg(test)]
mod testing;

use super::{Detector, Scene};

/// All of them.
pub(super) fn all(_scene: &Scene) -> Vec<Box<dyn Detector>> {
    vec![Box::new(spray::Spray::new())]
}

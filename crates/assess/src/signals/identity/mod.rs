//! Detectors of accounts, credentials, sessions and tokens in the wrong hands.

mod device_registered;
mod dormant_sign_in;
mod mfa_fatigue;
mod network;
mod sign_in;
mod spray;
#[cfg(test)]
mod testing;
mod token_replay;

use super::{Detector, Scene};

/// All of them. The registration of devices builds on signals of those before it.
pub(super) fn all(scene: &Scene) -> Vec<Box<dyn Detector>> {
    vec![
        Box::new(spray::Spray::new()),
        Box::new(dormant_sign_in::DormantSignIn::new(scene)),
        Box::new(mfa_fatigue::MfaFatigue::new()),
        Box::new(device_registered::DeviceRegistered::default()),
        Box::new(token_replay::TokenReplay::new()),
    ]
}

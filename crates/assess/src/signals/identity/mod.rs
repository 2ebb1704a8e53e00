//! Detectors of accounts, credentials, sessions and tokens in the wrong hands.

mod device_registered;
mod dormant_sign_in;
mod exposed_use;
mod federation_changed;
mod golden_saml;
mod mail_guessing;
mod mfa_fatigue;
mod network;
mod secret_search;
mod secret_store_read;
mod sign_in;
mod spray;
#[cfg(test)]
pub(super) mod testing;
mod token_replay;
mod unissued_token;

use super::{Detector, Scene};
pub(super) use sign_in::{End, sign_in};

/// All of them. The registration of devices builds on signals of those before it.
pub(super) fn all(scene: &Scene) -> Vec<Box<dyn Detector>> {
    vec![
        Box::new(spray::Spray::new()),
        Box::new(dormant_sign_in::DormantSignIn::new(scene)),
        Box::new(mfa_fatigue::MfaFatigue::new()),
        Box::new(device_registered::DeviceRegistered::default()),
        Box::new(token_replay::TokenReplay::new(scene)),
        Box::new(exposed_use::ExposedUse::of_apps(scene)),
        Box::new(exposed_use::ExposedUse::of_keys(scene)),
        Box::new(unissued_token::UnissuedToken::new(scene)),
        Box::new(federation_changed::FederationChanged),
        Box::new(golden_saml::GoldenSaml::new()),
        Box::new(secret_store_read::SecretStoreRead::new(scene)),
        Box::new(secret_search::SecretSearch::new(scene)),
        Box::new(mail_guessing::MailGuessing::new()),
    ]
}

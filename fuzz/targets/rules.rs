//! A rule file of the user is taken, or refused with a reason.
#![no_main]

use aftermail_detect::formats::Formats;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|toml: &str| {
    if let Err(why) = Formats::default().add_gitleaks("rules.toml", toml) {
        assert!(why.contains("rules.toml"), "{why}");
    }
});

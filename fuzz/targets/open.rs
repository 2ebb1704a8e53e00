//! Configuration files of mail servers and proxies, whatever they claim to be.
#![no_main]

use aftermail_logs::open::settings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for setting in settings("file", bytes) {
        assert!(setting.line > 0);
        assert_eq!(setting.file, "file");
    }
});

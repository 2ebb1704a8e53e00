//! Any text is HTML.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let _ = aftermail_decode::html_text(html);
});

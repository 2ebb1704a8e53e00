//! Any bytes are a picture. With `AFTERMAIL_MODELS` naming a folder of models its text is read too.
#![no_main]

use aftermail_eyes::{Eyes, FIND, Models, READ};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static EYES: Eyes = Eyes::new(|| {
        let folder = std::path::PathBuf::from(std::env::var_os("AFTERMAIL_MODELS")?);
        let file = |name: &str| std::fs::read(folder.join(name)).ok();
        Some(Models { find: file(FIND.name)?, read: file(READ.name)? })
    });
}

fuzz_target!(|bytes: &[u8]| {
    let seen = EYES.with(|eyes| eyes.look(bytes));
    for line in seen.lines {
        assert_eq!(line.certainty.len(), line.text.len());
    }
});

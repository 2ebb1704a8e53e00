//! A file of rules that a case brings along: it runs, or is refused with the name of its file.
#![no_main]

use aftermail_assess::signals::{Detectors, RuleFile, Scene, Sigma};
use aftermail_model::{Event, LogSource, Property, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (sigma, problems) = Sigma::read(&[RuleFile { name: "rules.yml", text }]);
    assert!(problems.iter().all(|p| p.contains("rules.yml") || p.contains("not used")), "{problems:?}");
    let mut detectors = Detectors::new(Scene::default()).with_rules(sigma);
    for source in LogSource::ALL {
        let property = Property { name: "Parameters".to_owned(), old: None, new: Some("[{\"a\":\"b\"}]".to_owned()) };
        let time = Some(Timestamp(1_700_000_000));
        detectors.see(&Event { time, operation: "Add user.".to_owned(), properties: vec![property], ..Event::new(source) });
    }
    detectors.finish();
});

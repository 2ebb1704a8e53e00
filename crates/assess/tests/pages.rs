//! Each detector has a page that says what it is.
#![allow(missing_docs)]

use aftermail_assess::signals::{Detectors, Scene};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn each_detector_has_a_page_with_its_title_and_techniques() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/detectors");
    let detectors = Detectors::new(Scene::default());
    let mut ids = BTreeSet::new();
    for about in detectors.abouts() {
        assert!(ids.insert(about.id), "{} is there twice", about.id);
        let page = std::fs::read_to_string(pages.join(format!("{}.md", about.id))).unwrap_or_default();
        assert!(page.starts_with(&format!("# {}: ", about.id)), "{} has no page", about.id);
        for technique in about.techniques {
            assert!(page.contains(technique), "the page of {} does not name {technique}", about.id);
        }
    }
    for page in std::fs::read_dir(&pages).expect("pages").flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        assert!(ids.contains(name.trim_end_matches(".md")), "{name} is the page of no detector");
    }
}

//! Names the state of everything that decides what is found, so that a case read by other code is read again.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let home = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    name_build("AFTERMAIL_LOGS_BUILD", &home, &["../model/src", "../logs/src", "src/logs", "src/worker/log.rs", "src/tables/events.rs"]);
    let mail = [
        "../model/src",
        "../decode/src",
        "../detect/src",
        "../../packs",
        "../../Cargo.lock",
        "src/worker",
        "src/units.rs",
        "src/together.rs",
        "src/tables",
    ];
    name_build("AFTERMAIL_BUILD", &home, &mail);
}

fn name_build(name: &str, home: &Path, places: &[&str]) {
    let mut hash = DefaultHasher::new();
    for place in places {
        add(&home.join(place), &mut hash);
        println!("cargo::rerun-if-changed={place}");
    }
    println!("cargo::rustc-env={name}={:016x}", hash.finish());
}

fn add(place: &Path, hash: &mut DefaultHasher) {
    if place.is_dir() {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(place).into_iter().flatten().flatten().map(|e| e.path()).collect();
        inside.sort();
        inside.iter().for_each(|p| add(p, hash));
    } else if let Ok(bytes) = std::fs::read(place) {
        hash.write(&bytes);
    }
}

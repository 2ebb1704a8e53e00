//! Pictures through the whole program: read by a jailed worker, and what is missing is said with the command that mends it.
#![allow(missing_docs)]

mod common;

use common::{aftermail, text};
use std::path::{Path, PathBuf};

/// The models, where CI or the user put them.
fn models() -> Option<PathBuf> {
    let folder = std::env::var_os("AFTERMAIL_MODELS").map(PathBuf::from).filter(|f| f.join(aftermail_eyes::READ.name).is_file());
    assert!(folder.is_some() || std::env::var_os("AFTERMAIL_MODELS_REQUIRED").is_none(), "the models are required and absent");
    if folder.is_none() {
        eprintln!("NOTICE: AFTERMAIL_MODELS names no folder of models; the test of text in pictures did not run");
    }
    folder
}

/// A scan of text that nobody of us made.
fn scan() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/images/tesseract-ocr+test/testing/phototest.tif");
    path.is_file().then_some(path)
}

#[test]
fn a_picture_is_read_behind_bars_and_a_gap_without_models() {
    let (Some(models), Some(scan)) = (models(), scan()) else { return };
    let out = aftermail().args(["gaps", "-q"]).arg(&scan).arg("--models").arg(&models).output().expect("runs");
    assert_eq!((out.status.code(), text(&out.stdout).trim()), (Some(0), "Everything was read."), "{}", text(&out.stderr));
    let out = aftermail().args(["gaps", "-q"]).arg(&scan).output().expect("runs");
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stdout).contains("aftermail models"), "{}", text(&out.stdout));
}

#[test]
fn models_explain_themselves_and_refuse_what_they_are_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| aftermail().arg("models").args(args).arg("--models").arg(dir.path()).output().expect("runs");
    let out = run(&[]);
    assert_eq!(out.status.code(), Some(2));
    let said = text(&out.stdout);
    assert!(said.contains("pip download rapidocr==3.10.0") && said.contains("missing"), "{said}");
    let wheel = dir.path().join("some.whl");
    std::fs::write(&wheel, "no wheel").expect("a file");
    let out = run(&["add", &wheel.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("is no wheel"), "{}", text(&out.stderr));
    let other = dir.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    std::fs::write(other.join(aftermail_eyes::FIND.name), "another network").expect("a file");
    let out = run(&["add", &other.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("another version"), "{}", text(&out.stderr));
}

#[test]
fn models_are_taken_out_of_a_folder_and_checked() {
    let Some(from) = models() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let out = aftermail().args(["models", "add"]).arg(&from).arg("--models").arg(dir.path()).output().expect("runs");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert_eq!(text(&out.stdout).matches("ready").count(), 2);
}

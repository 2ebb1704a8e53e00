//! `aftermail models`: the networks that read text in pictures, where they lie, and how they get there without a network.

use crate::args::{ModelFolder, Models, ModelsCommand};
use crate::exit::{Exit, Failure};
use crate::talk;
use aftermail_eyes::{FIND, ModelFile, READ};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

const FILES: [ModelFile; 2] = [FIND, READ];
/// A model is 21 MB at most; whatever is larger is none.
const LARGEST: u64 = 128 << 20;

const EXPLAINED: &str = "\
Text in pictures (screenshots, photos, scans) is read by two neural networks of the PaddleOCR project (PP-OCRv6, Apache-2.0).
They are not part of aftermail, which opens no network connection. They come inside a Python package; nothing of Python is
needed to use them. On any machine that reaches a package index:

    pip download rapidocr==3.10.0 --no-deps
    aftermail models add rapidocr-3.10.0-py3-none-any.whl

Carry the file over where this machine has no network: it is checked against the SHA-256 that aftermail knows. Then scan again.
Codes (QR and others) are read without them.
";

/// How a model file is.
enum State {
    Ready,
    Missing,
    /// Other content than the version that was measured.
    Other,
}

/// Where the models are looked for: the option, $AFTERMAIL_MODELS, or below the user's data folder (XDG Base Directory).
fn folder(given: &ModelFolder) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = || set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share"))).map(|d| d.join("aftermail/models"));
    given.models.clone().or_else(|| set("AFTERMAIL_MODELS")).or_else(data)
}

/// The folder of the models, where all of them are in it.
pub fn found(given: &ModelFolder) -> Option<PathBuf> {
    folder(given).filter(|f| FILES.iter().all(|m| f.join(m.name).is_file()))
}

/// Runs the command.
pub fn models(args: &Models) -> Result<Exit, Failure> {
    let folder = folder(&args.folder)
        .ok_or_else(|| Failure::input("there is no home folder to keep models in").hint("name one with --models DIR"))?;
    if let Some(ModelsCommand::Add { from }) = &args.command {
        add(from, &folder)?;
    }
    show(&folder, args.command.is_none())
}

/// What there is; explained where something is missing or the user asked for nothing else.
fn show(folder: &Path, explain: bool) -> Result<Exit, Failure> {
    let states: Vec<State> = FILES.iter().map(|m| state(&folder.join(m.name), m)).collect();
    let ready = states.iter().all(|s| matches!(s, State::Ready));
    let mut out = String::new();
    if explain || !ready {
        out += EXPLAINED;
        out += "\n";
    }
    out += &format!("Models in {}:\n", folder.display());
    for (model, state) in FILES.iter().zip(&states) {
        let word = match state {
            State::Ready => "ready (SHA-256 is right)",
            State::Missing => "missing",
            State::Other => "not the file that was measured: its SHA-256 differs",
        };
        out += &format!("  {:<26} {word}\n", model.name);
    }
    talk::data(out.as_bytes())?;
    Ok(if ready { Exit::Done } else { Exit::Gaps })
}

fn state(path: &Path, model: &ModelFile) -> State {
    match std::fs::read(path) {
        Ok(bytes) if is(&bytes, model) => State::Ready,
        Ok(_) => State::Other,
        Err(_) => State::Missing,
    }
}

fn is(bytes: &[u8], model: &ModelFile) -> bool {
    let hex: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    hex == model.sha256
}

/// Takes the models out of a wheel or folder.
fn add(from: &Path, folder: &Path) -> Result<(), Failure> {
    for model in FILES {
        let bytes = if from.is_dir() { in_folder(from, &model)? } else { in_wheel(from, &model)? };
        if !is(&bytes, &model) {
            return Err(Failure::input(format!(
                "{} in \"{}\" is another version than the one that was measured",
                model.name,
                from.display()
            ))
            .hint("use rapidocr 3.10.0: pip download rapidocr==3.10.0 --no-deps"));
        }
        keep(&bytes, folder, &model)
            .map_err(|e| Failure::environment(format!("could not write {} into \"{}\": {e}", model.name, folder.display())))?;
    }
    Ok(())
}

fn in_folder(from: &Path, model: &ModelFile) -> Result<Vec<u8>, Failure> {
    let places = [from.join(model.name), from.join("models").join(model.name), from.join("rapidocr/models").join(model.name)];
    places.iter().find_map(|p| std::fs::read(p).ok()).ok_or_else(|| lacking(from, model))
}

fn in_wheel(from: &Path, model: &ModelFile) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::read(from).map_err(|e| Failure::input(format!("could not read \"{}\": {e}", from.display())))?;
    let mut wheel = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        Failure::input(format!("\"{}\" is no wheel (a zip file)", from.display())).hint("aftermail models tells how to get one")
    })?;
    let name = wheel.file_names().flatten().find(|n| n.rsplit('/').next() == Some(model.name)).map(Cow::into_owned);
    let mut out = Vec::new();
    let file = name.and_then(|n| wheel.by_name(&n).ok()).ok_or_else(|| lacking(from, model))?;
    file.take(LARGEST).read_to_end(&mut out).map_err(|_| lacking(from, model))?;
    Ok(out)
}

fn lacking(from: &Path, model: &ModelFile) -> Failure {
    Failure::input(format!("{} is not in \"{}\"", model.name, from.display())).hint("aftermail models tells which package holds it")
}

/// Writes a model at once or not at all.
fn keep(bytes: &[u8], folder: &Path, model: &ModelFile) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let half = folder.join(format!("{}.part", model.name));
    std::fs::write(&half, bytes)?;
    std::fs::rename(half, folder.join(model.name))
}

//! The text of mail as files, for programs that do not read mail.

use aftermail_decode::{Sink, Tools};
use aftermail_model::{Gap, Locator, Part, Text};
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Texts(Vec<Text>);

impl Sink for Texts {
    fn text(&mut self, text: Text) {
        self.0.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

fn messages(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    crate::mbox::walk(dir, &mut files)?;
    files.sort();
    Ok(files)
}

/// The name of a message as a folder.
fn folder(file: &Path, dir: &Path) -> String {
    file.strip_prefix(dir).unwrap_or(file).to_string_lossy().replace('/', "_")
}

/// Writes every text of every message: a folder for each message, a file for each text.
///
/// # Errors
/// Where a file cannot be read or written.
pub fn write(from: &Path, to: &Path) -> Result<()> {
    for file in messages(from)? {
        let raw = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        let mut sink = Texts::default();
        let at = Locator { evidence: String::new(), offset: 0, length: raw.len() as u64 };
        aftermail_decode::message(&raw, at, "eml", &Tools::default(), &mut sink);
        let folder = to.join(folder(&file, from));
        std::fs::create_dir_all(&folder)?;
        for (number, text) in sink.0.iter().enumerate() {
            let name: String = text.place.chars().map(|c| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
            let end = if name.contains('.') { "" } else { ".txt" };
            std::fs::write(folder.join(format!("{number:03}-{name}{end}")), &text.body)?;
        }
    }
    Ok(())
}

/// Which message each file below `dir` belongs to; `dir` is the folder of the messages or what [`write()`] made of it.
///
/// # Errors
/// Where a folder cannot be read.
pub fn ids(messages_dir: &Path, dir: &Path) -> Result<HashMap<PathBuf, String>> {
    let mut ids = HashMap::new();
    for file in messages(messages_dir)? {
        let raw = std::fs::read(&file)?;
        let Some(id) = crate::threads::message_id(&raw) else { continue };
        let folder = dir.join(folder(&file, messages_dir));
        if folder.is_dir() {
            let mut texts = Vec::new();
            crate::mbox::walk_all(&folder, &mut texts)?;
            ids.extend(texts.into_iter().map(|text| (text, id.clone())));
        }
        ids.insert(file, id);
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_belongs_to_its_message() {
        let (mail, texts) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let file = mail.path().join("a/1.eml");
        std::fs::create_dir_all(mail.path().join("a")).expect("a folder");
        std::fs::write(&file, "Message-ID: <one@a.example>\nSubject: hut\n\nthe hut opens with 4711\n").expect("a file");
        write(mail.path(), texts.path()).expect("texts");
        let ids = ids(mail.path(), texts.path()).expect("ids");
        let of_texts: Vec<&str> = ids.iter().filter(|(path, _)| path.starts_with(texts.path())).map(|(_, id)| id.as_str()).collect();
        assert!(of_texts.len() >= 2, "{ids:?}");
        assert!(of_texts.iter().all(|id| *id == ids[&file]));
    }
}

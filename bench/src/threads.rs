//! Which messages belong to one conversation.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Conversations as sets that grow together (union-find) by References and In-Reply-To.
#[derive(Debug, Default)]
pub struct Threads(HashMap<String, String>);

impl Threads {
    /// Reads the headers of every `.eml` below the folder.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn load(dir: &Path) -> Result<Threads> {
        let mut files: Vec<PathBuf> = Vec::new();
        crate::mbox::walk(dir, &mut files)?;
        files.sort();
        let mut threads = Threads::default();
        for file in files {
            let raw = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
            threads.add(&raw);
        }
        Ok(threads)
    }

    fn add(&mut self, raw: &[u8]) {
        let field = |name: &str| ids(&header(raw, name));
        let Some(own) = field("message-id").into_iter().next() else { return };
        for other in [field("references"), field("in-reply-to")].concat() {
            self.join(&other, &own);
        }
        self.root(&own);
    }

    /// Makes two conversations one.
    pub fn join(&mut self, one: &str, other: &str) {
        let (from, to) = (self.root(one), self.root(other));
        self.0.insert(from, to);
    }

    /// The message that stands for the conversation of this one.
    pub fn root(&mut self, id: &str) -> String {
        let mut at = id.to_owned();
        loop {
            let parent = self.0.entry(at.clone()).or_insert_with(|| at.clone()).clone();
            if parent == at {
                return at;
            }
            at = parent;
        }
    }
}

/// The id of a message, with angle brackets.
pub fn message_id(raw: &[u8]) -> Option<String> {
    ids(&header(raw, "message-id")).into_iter().next()
}

/// The first header of this name with its continuation lines.
fn header(raw: &[u8], name: &str) -> String {
    let mut value = Vec::new();
    let mut inside = false;
    for line in raw.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || (inside && !line.starts_with(b" ") && !line.starts_with(b"\t")) {
            break;
        }
        if inside {
            value.extend_from_slice(line);
        } else if let Some(rest) = field(line, name) {
            inside = true;
            value.extend_from_slice(rest);
        }
    }
    String::from_utf8_lossy(&value).into_owned()
}

fn field<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    (head.eq_ignore_ascii_case(name.as_bytes())).then(|| rest.strip_prefix(b":")).flatten()
}

/// `<…>` without white space inside.
fn ids(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let inner = &rest[open + 1..];
        let end = inner.find(|c: char| c == '<' || c == '>' || c.is_whitespace()).unwrap_or(inner.len());
        if end > 0 && inner[end..].starts_with('>') {
            found.push(format!("<{}>", &inner[..end]));
        }
        rest = &inner[end..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_join_their_conversation() {
        let mut threads = Threads::default();
        threads.add(b"Message-ID: <a@x>\n\n");
        threads.add(b"message-id: <b@x>\nIn-Reply-To: <a@x>\n\nReferences: <z@x>\n");
        threads.add(b"Message-ID: <c@x>\r\nReferences: <gone@x>\r\n <b@x>\r\n\r\n");
        threads.add(b"Message-ID: <d@x>\n\n");
        let root = threads.root("<a@x>");
        assert!(["<b@x>", "<c@x>", "<gone@x>"].iter().all(|id| threads.root(id) == root));
        assert_ne!(threads.root("<d@x>"), root);
        assert_ne!(threads.root("<z@x>"), root);
    }
}

//! Finds the files of evidence: walks folders in order, knows Maildirs, follows no links.

use crate::manifest::Role;
use crate::{CaseError, Config};
use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

/// A file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name below what was given.
    pub relative: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Last change, seconds since 1970.
    pub modified: i64,
    /// Folder of the messages in it.
    pub folder: Option<String>,
}

/// Folders deeper than this are left alone: a loop of mounts looks like one.
const DEEPEST: usize = 200;

/// All files of the paths, in the order of their names. A path that is not there is a fault of the input.
///
/// # Errors
/// [`CaseError::Input`] for a path that does not exist or cannot be read.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, CaseError> {
    let mut found = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| CaseError::Input(format!("could not read \"{}\": {e}", path.display())))?;
        if meta.is_dir() {
            let base = path.parent().filter(|_| path.components().next_back().is_some_and(|c| matches!(c, Component::Normal(_))));
            walk(path, base.unwrap_or(path), &[], 0, &mut found)?;
        } else {
            found.push(file(path, path.file_name().map(PathBuf::from).unwrap_or_else(|| path.clone()), &meta, None));
        }
    }
    let mut seen = HashSet::new();
    found.retain(|f| seen.insert(f.path.clone()));
    Ok(found)
}

/// All that a case names, each file once and in the order of the names; the case's own files are none of it. What is a list or a
/// log is no mail, also where it lies in the folder of the mail.
pub(crate) fn find_all(folder: &Path, config: &Config, own: &[PathBuf]) -> Result<Vec<(Role, Found)>, CaseError> {
    let mut found: Vec<(Role, Found)> = Vec::new();
    for (role, patterns, key) in
        [(Role::List, &config.lists, "lists"), (Role::Log, &config.logs, "logs"), (Role::Mail, &config.evidence, "evidence")]
    {
        let known: HashSet<PathBuf> = found.iter().map(|(_, f)| f.path.clone()).collect();
        let new = named(folder, patterns, key, own)?.into_iter().filter(|f| !known.contains(&f.path));
        found.extend(new.map(|f| (role, f)));
    }
    found.sort_by(|(_, a), (_, b)| a.relative.cmp(&b.relative));
    Ok(found)
}

/// The files of patterns below a folder. `key` is what the case file calls them.
pub(crate) fn named(folder: &Path, patterns: &[String], key: &str, own: &[PathBuf]) -> Result<Vec<Found>, CaseError> {
    let mut found = Vec::new();
    for pattern in patterns {
        let full = folder.join(pattern);
        let text = full.to_str().ok_or_else(|| CaseError::Input(format!("the {key} \"{pattern}\" is no text")))?;
        let paths: Vec<PathBuf> = if full.exists() {
            vec![full.clone()]
        } else {
            let matches = glob::glob(text).map_err(|e| CaseError::Input(format!("the {key} pattern \"{pattern}\" is wrong: {e}")))?;
            matches.filter_map(Result::ok).collect()
        };
        if paths.is_empty() {
            return Err(CaseError::Input(format!("no file matches the {key} \"{pattern}\" in {}", folder.display())));
        }
        for path in paths {
            let meta = std::fs::metadata(&path).map_err(|e| CaseError::Input(format!("could not read \"{}\": {e}", path.display())))?;
            if meta.is_dir() {
                walk(&path, folder, own, 0, &mut found)?;
            } else {
                let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                found.push(file(&path, relative, &meta, None));
            }
        }
    }
    let mut seen = HashSet::new();
    found.retain(|f| !own.iter().any(|o| f.path.starts_with(o)) && f.path != folder.join("case.toml") && seen.insert(f.path.clone()));
    Ok(found)
}

fn walk(dir: &Path, base: &Path, own: &[PathBuf], depth: usize, found: &mut Vec<Found>) -> Result<(), CaseError> {
    let fault = |e: std::io::Error| CaseError::Input(format!("could not read the folder \"{}\": {e}", dir.display()));
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).map_err(fault)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    for path in entries {
        if own.iter().any(|o| path.starts_with(o)) {
            continue;
        }
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        if meta.is_dir() && depth < DEEPEST {
            walk(&path, base, own, depth + 1, found)?;
        } else if meta.is_file() && !is_bookkeeping(&path) {
            let relative = path.strip_prefix(base).unwrap_or(&path).to_owned();
            let folder = folder_of(&relative);
            found.push(file(&path, relative, &meta, folder));
        }
    }
    Ok(())
}

/// What mail servers keep beside mail: indexes without a word of it. Their settings and logs (`dovecot.conf`, `dovecot-info.log`) are none.
fn is_bookkeeping(path: &Path) -> bool {
    const DOVECOT: [&str; 9] =
        ["index", "list.index", "map.index", "mailbox.log", "keywords", "uidlist", "uidvalidity", "acl", "subscriptions"];
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let of_dovecot = name.strip_prefix("dovecot").and_then(|rest| rest.strip_prefix(['.', '-']));
    let is = |rest: &str| DOVECOT.iter().any(|own| rest.strip_prefix(own).is_some_and(|end| end.is_empty() || end.starts_with('.')));
    of_dovecot.is_some_and(is) || matches!(name, "maildirfolder" | "maildirsize" | "subscriptions" | ".DS_Store")
}

fn file(path: &Path, relative: PathBuf, meta: &std::fs::Metadata, folder: Option<String>) -> Found {
    let modified = meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_secs() as i64);
    Found { path: path.to_owned(), relative, size: meta.len(), modified, folder }
}

/// The mail folder that a path tells: for a Maildir (`cur`, `new`, `tmp`) the folder around, in Maildir++ names such as
/// `.Archive.2023`; else the directory.
fn folder_of(relative: &Path) -> Option<String> {
    let mut parts: Vec<&str> = relative.parent()?.components().filter_map(|c| c.as_os_str().to_str()).collect();
    if matches!(parts.last(), Some(&("cur" | "new" | "tmp"))) {
        parts.pop();
        if let Some(name) = parts.last().and_then(|n| n.strip_prefix('.')).filter(|n| !n.is_empty()) {
            return Some(name.replace('.', "/"));
        }
        return Some("INBOX".into());
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whose mail a path says it is: exports name files and folders after the mailbox, as in `ann@corp.example.001.pst`.
pub fn custodian_of(path: &Path) -> Option<String> {
    path.components().rev().filter_map(|c| c.as_os_str().to_str()).find_map(address)
}

/// The mail address that a name begins with; what follows are the number and the kind of a file.
fn address(name: &str) -> Option<String> {
    let (local, rest) = name.split_once('@')?;
    let labels: Vec<&str> = rest.split('.').collect();
    let kinds = |label: &&&str| {
        matches!(label.to_ascii_lowercase().as_str(), "pst" | "ost" | "mbox" | "zip" | "olm" | "json")
            || label.chars().all(|c| c.is_ascii_digit())
    };
    let domain = &labels[..labels.len() - labels.iter().rev().take_while(kinds).count()];
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    (plain(local) && domain.len() > 1 && domain.iter().all(|label| plain(label)))
        .then(|| format!("{local}@{}", domain.join(".")).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custodians_stand_in_names() {
        let of = |p: &str| custodian_of(Path::new(p));
        assert_eq!(of("export/Ann@corp.example.001.pst").as_deref(), Some("ann@corp.example"));
        assert_eq!(of("bob.b@corp.example/Inbox/1.eml").as_deref(), Some("bob.b@corp.example"));
        assert_eq!(of("export/all.pst"), None);
        assert_eq!(of("1700000000.M1@host,S=1:2,S"), None);
    }

    #[test]
    fn maildir_folders_have_their_names() {
        let of = |p: &str| folder_of(Path::new(p));
        assert_eq!(of("Maildir/.Archive.2023/cur/1.a:2,S").as_deref(), Some("Archive/2023"));
        assert_eq!(of("Maildir/new/1.a").as_deref(), Some("INBOX"));
        assert_eq!(of("export/Sent Items/1.eml").as_deref(), Some("export/Sent Items"));
        assert_eq!(of("all.mbox"), None);
    }
}

//! The package around an Office document (ECMA-376 Part 2): parts by name, and the relations between them.

use crate::file::xml::{self, Node};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The parts of a document. Names have no leading slash and keep their case.
pub(super) struct Package {
    parts: BTreeMap<String, Vec<u8>>,
}

/// A relation from one part to another, or to something outside.
pub(super) struct Relation {
    pub(super) id: String,
    /// Last word of its type: `image`, `hyperlink`, `attachedTemplate`, …
    pub(super) kind: String,
    /// The name of the part, or what stands in the file where it lies outside.
    pub(super) target: String,
    pub(super) outside: bool,
}

impl Package {
    pub(super) fn new(parts: BTreeMap<String, Vec<u8>>) -> Package {
        Package { parts }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    pub(super) fn bytes(&self, name: &str) -> &[u8] {
        self.parts.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn take(&mut self, name: &str) -> Vec<u8> {
        self.parts.remove(name).unwrap_or_default()
    }

    pub(super) fn xml(&self, name: &str) -> Cow<'_, str> {
        xml::text(self.bytes(name))
    }

    /// What a part refers to.
    pub(super) fn relations(&self, of: &str) -> Vec<Relation> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = format!("{folder}{}_rels/{file}.rels", if folder.is_empty() { "" } else { "/" });
        relations(&self.xml(&name), folder)
    }
}

/// The relations of a `.rels` part; `folder` is where the part lies that they belong to.
pub(super) fn relations(xml: &str, folder: &str) -> Vec<Relation> {
    let mut found = Vec::new();
    // Where it breaks off, the caller who reads the part as such says so.
    let _ = xml::walk(xml, |node| {
        if let Node::Open("Relationship", a) = node {
            let target = a.get("Target").unwrap_or_default();
            let outside = a.get("TargetMode").is_some_and(|m| m == "External");
            let kind = a.get("Type").unwrap_or_default();
            found.push(Relation {
                id: a.get("Id").unwrap_or_default().into_owned(),
                kind: kind.rsplit('/').next().unwrap_or("").to_owned(),
                target: if outside { target.into_owned() } else { resolved(folder, &target) },
                outside,
            });
        }
    });
    found
}

/// The name of a part that is referred to from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|s| !s.is_empty()).collect() };
    for step in target.split(['/', '\\']).filter(|s| !s.is_empty() && *s != ".") {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        assert_eq!(resolved("ppt/slides", "../notesSlides/n1.xml"), "ppt/notesSlides/n1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("", "../../../x"), "x");
    }
}

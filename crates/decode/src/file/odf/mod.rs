//! OpenDocument (ISO/IEC 26300) and what came before it: zips of XML, or one flat XML file.

mod content;

use super::pages::Pages;
use super::{Contents, Member, xml};
use aftermail_model::{Layer, Reason};
use content::Content;

const MEDIA: &str = "application/vnd.oasis.opendocument";

/// Folders that show how a program looked, or show again in small what is there.
const LOOKS: &[&str] =
    &["Thumbnails/", "Configurations", "ObjectReplacements/", "META-INF/", "layout-cache", "mimetype", "settings.xml", "current.xml"];

/// Reads a document from the members of its zip; gives them back where they are no such document.
pub(super) fn open(members: Vec<Member>) -> Result<Contents, Vec<Member>> {
    let has = |name: &str| members.iter().any(|m| m.name == name);
    if !has("content.xml") || !(has("META-INF/manifest.xml") || has("mimetype")) {
        return Err(members);
    }
    let mut pages = Pages::new(MEDIA);
    let (mut body, mut rest): (Vec<Member>, Vec<Member>) = members.into_iter().partition(|m| m.name == "content.xml");
    if let Some(bytes) = locked(&rest) {
        pages.lose(
            Reason::Encrypted,
            "The document is locked by a password. This version opens no locked OpenDocument: save it without the password in LibreOffice.",
            bytes,
        );
        return Ok(pages.done());
    }
    body.append(&mut rest);
    for member in body {
        let looks = LOOKS.iter().any(|l| member.name.contains(l)) || member.name.ends_with('/');
        match member.content {
            Ok(_) if looks => {}
            Ok(bytes) if member.name.ends_with(".xml") => part(&member.name, &xml::text(&bytes), &mut pages),
            content => pages.pass(Member { name: file_name(&member.name).to_owned(), content, lost: member.lost, opened_by: None }),
        }
    }
    Ok(pages.done())
}

/// Bytes of what is locked, where the manifest says that something is.
fn locked(members: &[Member]) -> Option<usize> {
    let manifest = members.iter().find(|m| m.name == "META-INF/manifest.xml")?.content.as_ref().ok()?;
    let mut bytes = None;
    // A manifest that breaks off locks nothing more.
    let _ = xml::walk(&xml::text(manifest), |node| {
        if let xml::Node::Open("encryption-data", _) = node {
            bytes = Some(members.iter().filter_map(|m| Some(m.content.as_ref().ok()?.len())).sum());
        }
    });
    bytes
}

/// Reads an OpenDocument that is one XML file.
pub(super) fn flat(text: &str) -> Contents {
    let mut pages = Pages::new(MEDIA);
    say(text, "", "", &mut pages);
    pages.done()
}

fn part(name: &str, text: &str, pages: &mut Pages) {
    let own = match name.rsplit_once('/') {
        Some((folder, "content.xml")) => folder,
        _ if name.ends_with("styles.xml") => "header",
        _ => "",
    };
    match xml::root(text) {
        Some("document-content" | "document-styles") => say(text, own, name, pages),
        Some("module") => script(text, file_name(name), pages),
        Some("libraries" | "library" | "manifest") => {}
        Some(_) => {
            let (all, whole) = xml::everything(text);
            pages.say(Layer::Hidden, if name.ends_with("meta.xml") { "properties" } else { name }, all);
            pages.broken(name, text, whole);
        }
        None => pages.broken(name, text, Err(0)),
    }
}

/// Text, sheets and slides, each with what is hidden in it and said about it.
fn say(text: &str, own: &str, name: &str, pages: &mut Pages) {
    let (Content { seen, hidden, comments, notes, asides, sheets, full }, whole) = content::read(text);
    pages.say(Layer::Visible, own, seen);
    for (sheet, layer, rows) in sheets {
        pages.say(layer, format!("sheet {sheet}"), rows);
    }
    pages.say(Layer::Visible, "notes", notes);
    pages.say(Layer::Comment, "comments", comments);
    pages.say(Layer::Hidden, own, hidden);
    pages.say(Layer::Attribute, own, asides);
    if full {
        pages.lose(Reason::TooLarge, "A sheet holds more text than the limit.", text.len());
    }
    pages.broken(name, text, whole);
}

fn script(text: &str, own: &str, pages: &mut Pages) {
    let mut code = String::new();
    let whole = xml::walk(text, |node| {
        if let xml::Node::Text(text) = node {
            code.push_str(text);
        }
    });
    pages.say(Layer::Script, own, code);
    pages.broken(own, text, whole);
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

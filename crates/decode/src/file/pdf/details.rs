//! What a PDF holds beside its pages: forms, notes, links, bookmarks, properties, scripts, attached files.

use super::objects::{DEEPEST, names, said, value};
use crate::file::{Loss, Member, Passage};
use aftermail_model::{Layer, Reason};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::HashSet;

/// Objects that are looked at in one file.
const MOST_OBJECTS: u32 = 200_000;
/// Bytes of text that are taken from all of them.
const MOST_TEXT: usize = 16 << 20;

/// All that was found beside the pages.
#[derive(Default)]
pub(super) struct Details {
    form: String,
    notes: String,
    links: String,
    bookmarks: String,
    properties: String,
    scripts: String,
    pub members: Vec<Member>,
    left: u32,
    seen: HashSet<ObjectIdentifier>,
}

pub(super) fn read(pdf: &Pdf, bytes: &[u8]) -> Details {
    let mut found = Details { left: MOST_OBJECTS, ..Details::default() };
    if let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) {
        found.catalog(&catalog);
    }
    for page in pdf.pages().iter() {
        found.page(page.raw());
    }
    if let Some(information) = information(bytes).and_then(|id| pdf.xref().get::<Dict<'_>>(id)) {
        for key in information.keys().take(1000) {
            if let Some(text) = information.get::<Object<'_>>(key.as_ref()).as_ref().and_then(value) {
                line(&mut found.properties, key.as_str(), &text);
            }
        }
    }
    found
}

/// The object that the trailer (or the stream that stands for it) names as the document's information.
fn information(bytes: &[u8]) -> Option<ObjectIdentifier> {
    let at = memchr::memmem::rfind(bytes, b"/Info ")? + b"/Info ".len();
    let digits: String = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
    Some(ObjectIdentifier::new(digits.parse().ok()?, 0))
}

fn line(out: &mut String, name: &str, text: &str) {
    let text = text.trim();
    if !text.is_empty() && out.len() < MOST_TEXT {
        out.extend([name, if name.is_empty() { "" } else { ": " }, text, "\n"]);
    }
}

impl Details {
    pub fn passages(&mut self) -> Vec<Passage> {
        let take = std::mem::take;
        [
            (Layer::Visible, "form", take(&mut self.form)),
            (Layer::Comment, "notes", take(&mut self.notes)),
            (Layer::Attribute, "links", take(&mut self.links)),
            (Layer::Visible, "bookmarks", take(&mut self.bookmarks)),
            (Layer::Hidden, "properties", take(&mut self.properties)),
            (Layer::Script, "scripts", take(&mut self.scripts)),
        ]
        .into_iter()
        .filter(|(.., body)| !body.is_empty())
        .map(|(layer, own, body)| Passage { layer, own: own.to_owned(), body })
        .collect()
    }

    /// Whether an object may be looked at: within the limit, and for the first time.
    fn may(&mut self, dict: &Dict<'_>) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0 && dict.obj_id().is_none_or(|id| self.seen.insert(id))
    }

    fn catalog(&mut self, catalog: &Dict<'_>) {
        if let Some(form) = catalog.get::<Dict<'_>>("AcroForm") {
            for field in form.get::<Array<'_>>("Fields").into_iter().flat_map(|f| f.iter::<Dict<'_>>()) {
                self.field(&field, "", 0);
            }
            match form.get::<Object<'_>>("XFA") {
                Some(Object::Stream(whole)) => self.xfa(&whole),
                Some(Object::Array(pieces)) => pieces.iter::<Object<'_>>().filter_map(Object::into_stream).for_each(|s| self.xfa(&s)),
                _ => {}
            }
        }
        if let Some(tree) = catalog.get::<Dict<'_>>("Names") {
            if let Some(files) = tree.get::<Dict<'_>>("EmbeddedFiles") {
                let mut left = self.left;
                names(&files, 0, &mut left, &mut |name, file| self.attached(&name, file.into_dict()));
            }
            if let Some(scripts) = tree.get::<Dict<'_>>("JavaScript") {
                let mut left = self.left;
                names(&scripts, 0, &mut left, &mut |_, action| self.action(action.into_dict()));
            }
        }
        for file in catalog.get::<Array<'_>>("AF").into_iter().flat_map(|f| f.iter::<Dict<'_>>()) {
            self.attached("", Some(file));
        }
        self.action(catalog.get::<Dict<'_>>("OpenAction"));
        self.events(catalog);
        if let Some(metadata) = catalog.get::<Stream<'_>>("Metadata").and_then(|s| Some(s.decoded_data().ok()?.into_owned())) {
            xml_lines(&String::from_utf8_lossy(&metadata), &mut self.properties);
        }
        if let Some(outlines) = catalog.get::<Dict<'_>>("Outlines") {
            self.bookmarks(&outlines, 0);
        }
    }

    /// A field of a form and those below it (ISO 32000-1 §12.7.3).
    fn field(&mut self, field: &Dict<'_>, above: &str, depth: u32) {
        if depth > DEEPEST || !self.may(field) {
            return;
        }
        let own = said(field, "T").unwrap_or_default();
        let name = [above, &own].into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join(".");
        let label = said(field, "TU").filter(|label| *label != own);
        let shown = label.map_or(name.clone(), |label| format!("{label} ({name})"));
        let entered = field.get::<Object<'_>>("V").as_ref().and_then(value);
        if let Some(entered) = &entered {
            line(&mut self.form, &shown, entered);
        }
        if let Some(preset) = field.get::<Object<'_>>("DV").as_ref().and_then(value).filter(|p| Some(p) != entered.as_ref()) {
            line(&mut self.form, &format!("{shown} (preset)"), &preset);
        }
        self.action(field.get::<Dict<'_>>("A"));
        self.events(field);
        for kid in field.get::<Array<'_>>("Kids").into_iter().flat_map(|k| k.iter::<Dict<'_>>()) {
            self.field(&kid, &name, depth + 1);
        }
    }

    fn xfa(&mut self, stream: &Stream<'_>) {
        if let Ok(xml) = stream.decoded_data() {
            xml_lines(&String::from_utf8_lossy(&xml), &mut self.form);
        }
    }

    fn page(&mut self, page: &Dict<'_>) {
        self.events(page);
        for note in page.get::<Array<'_>>("Annots").into_iter().flat_map(|a| a.iter::<Dict<'_>>()) {
            // Fields of forms are notes too, and may have been seen: what they do and say is told once.
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            for key in ["Contents", "RC", "Subj"] {
                if let Some(text) = note.get::<Object<'_>>(key).as_ref().and_then(value) {
                    let text = if key == "RC" { crate::html_text(&text) } else { text };
                    if !text.trim().is_empty() && !self.notes.trim_end().ends_with(text.trim()) {
                        line(&mut self.notes, "", &text);
                    }
                }
            }
            self.action(note.get::<Dict<'_>>("A"));
            self.events(&note);
            if note.get::<Name<'_>>("Subtype").is_some_and(|s| s.as_str() == "FileAttachment") {
                self.attached("", note.get::<Dict<'_>>("FS"));
            }
        }
    }

    /// Actions that follow on events (§12.6.3).
    fn events(&mut self, of: &Dict<'_>) {
        let Some(events) = of.get::<Dict<'_>>("AA") else { return };
        let all: Vec<Dict<'_>> = events.keys().take(100).filter_map(|key| events.get::<Dict<'_>>(key.as_ref())).collect();
        all.into_iter().for_each(|action| self.action(Some(action)));
    }

    /// What an action opens or runs, and those that follow (§12.6.4).
    fn action(&mut self, action: Option<Dict<'_>>) {
        let mut next = action;
        for _ in 0..DEEPEST {
            let Some(action) = next.filter(|_| self.left > 0) else { return };
            self.left -= 1;
            let script = action.get::<Object<'_>>("JS").as_ref().and_then(value);
            if let Some(script) = script.filter(|s| !self.scripts.contains(s.trim())) {
                line(&mut self.scripts, "", &script);
            }
            for target in ["URI", "F", "Win"] {
                let link = match action.get::<Object<'_>>(target) {
                    Some(Object::Dict(file)) => said(&file, "UF").or_else(|| said(&file, "F")).or_else(|| said(&file, "P")),
                    other => other.as_ref().and_then(value),
                };
                if let Some(link) = link {
                    line(&mut self.links, "", &link);
                }
            }
            next = action.get::<Dict<'_>>("Next");
        }
    }

    fn bookmarks(&mut self, above: &Dict<'_>, depth: u32) {
        let mut next = above.get::<Dict<'_>>("First");
        while let Some(item) = next {
            if depth > DEEPEST || !self.may(&item) {
                return;
            }
            if let Some(title) = said(&item, "Title") {
                line(&mut self.bookmarks, "", &title);
            }
            self.action(item.get::<Dict<'_>>("A"));
            self.bookmarks(&item, depth + 1);
            next = item.get::<Dict<'_>>("Next");
        }
    }

    /// A file within the file (§7.11.4).
    fn attached(&mut self, name: &str, file: Option<Dict<'_>>) {
        let Some(file) = file.filter(|f| self.may(f)) else { return };
        let own = ["UF", "F", "Unix", "DOS", "Mac"].iter().find_map(|key| said(&file, key));
        let name = own.unwrap_or_else(|| if name.is_empty() { "attached file".to_owned() } else { name.to_owned() });
        if let Some(about) = said(&file, "Desc") {
            line(&mut self.notes, &name, &about);
        }
        let Some(forms) = file.get::<Dict<'_>>("EF") else { return };
        let Some(stream) = ["UF", "F", "Unix", "DOS", "Mac"].iter().find_map(|key| forms.get::<Stream<'_>>(key)) else { return };
        if !self.seen.insert(stream.obj_id()) {
            return;
        }
        let broken =
            |_| Loss { reason: Reason::Damaged, detail: "Its stream in the PDF is broken.".into(), bytes: stream.raw_data().len() as u64 };
        let content = stream.decoded().map(|bytes| bytes.into_owned()).map_err(broken);
        self.members.push(Member { name, content, lost: None, opened_by: None });
    }
}

/// XML as lines `name: text`, attributes too.
fn xml_lines(xml: &str, out: &mut String) {
    let mut reader = Reader::from_str(xml);
    let (mut name, mut text) = (String::new(), String::new());
    let end = |name: &str, text: &mut String, out: &mut String| {
        if !text.trim().is_empty() {
            line(out, name, text);
        }
        text.clear();
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                end(&name, &mut text, out);
                name = e.local_name().as_ref().to_owned();
                for attribute in e.attributes().flatten().filter(|a| !a.key.as_ref().starts_with("xmlns")) {
                    line(out, attribute.key.local_name().as_ref(), &attribute.value);
                }
            }
            Ok(Event::End(_)) => end(&name, &mut text, out),
            Ok(Event::Text(t)) => text.push_str(&t),
            Ok(Event::CData(t)) => text.push_str(&t),
            Ok(Event::GeneralRef(r)) => match r.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => text.extend(quick_xml::escape::resolve_predefined_entity(&r)),
            },
            Ok(Event::Eof) | Err(_) => return end(&name, &mut text, out),
            _ => {}
        }
    }
}

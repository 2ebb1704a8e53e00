//! RTF documents: text or wrapped HTML, and the pictures and objects within.

use super::Contents;
use super::le::u32_at;
use super::legacy::packaged;
use super::pages::Pages;
use crate::html;
use aftermail_mapi::rtf::{Body, document};
use aftermail_model::Layer;

/// Reads the document; none where it does not begin as RTF.
pub(super) fn open(bytes: &[u8]) -> Option<Contents> {
    let found = document(bytes)?;
    let mut pages = Pages::new("application/rtf");
    match found.body {
        Body::Html(html) => html::passages(&html).layers().into_iter().for_each(|(layer, body)| pages.say(layer, "", body)),
        Body::Text(text) => pages.say(Layer::Visible, "", text.replace("\r\n", "\n")),
    }
    pages.say(Layer::Visible, "notes", found.notes);
    pages.say(Layer::Hidden, "", found.hidden);
    pages.say(Layer::Comment, "comments", found.comments);
    pages.say(Layer::Hidden, "properties", found.asides);
    for (n, object) in found.objects.into_iter().enumerate() {
        match object.kind {
            "object" => {
                let (name, data) = embedded(&object.data).unwrap_or_else(|| (format!("object {}", n + 1), object.data.clone()));
                pages.hold(name, data);
            }
            kind => pages.hold(format!("picture {}.{kind}", n + 1), object.data),
        }
    }
    Some(pages.done())
}

/// The native data of an embedded object ([MS-OLEDS] 2.2.5), and its name: that of the file where a packager wrapped one, else
/// the class of the object.
fn embedded(object: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut at = 8;
    let mut words = Vec::new();
    // Class, topic, item.
    for _ in 0..3 {
        let length = u32_at(object, at)? as usize;
        words.push(object.get(at + 4..(at + 4).checked_add(length)?)?);
        at += 4 + length;
    }
    let class: String = words[0].iter().filter(|b| b.is_ascii_graphic()).map(|b| char::from(*b)).collect();
    let length = u32_at(object, at)? as usize;
    let data = object.get(at + 4..)?;
    let data = &data[..length.min(data.len())];
    if class == "Package" {
        return packaged(data);
    }
    Some((if class.is_empty() { "object".to_owned() } else { class }, data.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_unwrapped() {
        let mut object = vec![1, 5, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0];
        object.extend(b"Pbr\0\0\0\0\0\0\0\0\0\x03\0\0\0abcd");
        assert_eq!(embedded(&object), Some(("Pbr".into(), b"abc".to_vec())));
        (0..object.len()).for_each(|n| _ = embedded(&object[..n]));
    }
}

//! Which texts people write as they write mail: bodies, notes and documents. In these a secret may stand that no word announces; in programs,
//! settings and what documents say of themselves one hardly does.

use aftermail_model::{Layer, Text};

/// Media of notes and documents.
const MEDIA: &str = "text/plain text/html text/csv text/calendar text/vcard application/rtf application/pdf application/msword \
    application/vnd.ms-powerpoint application/onenote";
/// The same, told by a part of their long names.
const DOCUMENTS: [&str; 3] = ["wordprocessingml", "opendocument.text", "presentation"];
/// Endings of the names of files of plain text that are written for programs.
const PROGRAMS: &str = "js jse vbs vbe wsf ps1 bat cmd sh py rb pl php java c cc cpp h cs go rs css xml xsl xsd svg log sql json yaml yml toml ini conf \
    cfg properties reg env tf hcl diff patch asc sig p7m p7s pem crt cer key dat mf sf rels";
/// Parts of documents that say nothing in sentences.
const PARTS: [&str; 6] = ["chart", "diagram", "building blocks", "properties", "defined names", "master"];

/// Whether a reader of the mail reads it as text.
pub(super) fn is_shown(text: &Text) -> bool {
    matches!(text.layer, Layer::Visible | Layer::Hidden | Layer::Ocr)
}

/// Whether people wrote it in sentences.
pub(super) fn is_written(text: &Text) -> bool {
    match text.place.as_str() {
        "body" => is_shown(text),
        "subject" => false,
        place => matches!(text.layer, Layer::Visible | Layer::Ocr) && is_document(&text.media) && !is_for_programs(place),
    }
}

fn is_document(media: &str) -> bool {
    MEDIA.split(' ').any(|m| m == media) || DOCUMENTS.iter().any(|part| media.contains(part))
}

/// "a.zip > build.js", "report.docx > chart", "part 3 (message/delivery-status)".
fn is_for_programs(place: &str) -> bool {
    let last = place.rsplit(" > ").next().unwrap_or(place);
    let ending = last.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    let declared = last.ends_with(')').then(|| last.rsplit_once('(').map(|(_, media)| media)).flatten();
    PROGRAMS.split(' ').any(|p| p == ending)
        || PARTS.iter().any(|part| last.starts_with(part))
        || declared.is_some_and(|media| media.contains('/') && !media.starts_with("text/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_bodies_notes_and_documents() {
        let written = |place: &str, media: &str| {
            let (place, media) = (place.to_owned(), media.to_owned());
            is_written(&Text { part: 0, layer: Layer::Visible, place, media, body: String::new(), certainty: Vec::new() })
        };
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        for (place, media) in
            [("body", "text/html"), ("a.zip > notes.txt", "text/plain"), ("part 2 (text/plain)", "text/plain"), ("report.docx", word)]
        {
            assert!(written(place, media), "{place}");
        }
        for (place, media) in [
            ("subject", "text/plain"),
            ("a.zip > run.js", "text/plain"),
            ("part 3 (message/delivery-status)", "text/plain"),
            ("report.docx > chart", word),
            ("report.docx > properties", word),
            ("photo.jpg", "image/jpeg"),
        ] {
            assert!(!written(place, media), "{place}");
        }
    }
}

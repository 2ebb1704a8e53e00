//! PDF (ISO 32000): the text of its pages as a reader sees it, and all that stands beside them.
//!
//! hayro reads the objects and draws the pages; `glyphs` takes what is drawn, `lines` makes words, cells and lines of it,
//! `details` reads forms, notes, links, properties and attached files, `pictures` takes pictures for the reader of pictures, and
//! `raw` searches a file that is too broken to be opened.

mod columns;
mod details;
mod glyphs;
mod lines;
mod objects;
mod open;
mod order;
mod pictures;
mod raw;

use super::{Budget, Contents, Loss, Passage};
use crate::{Key, Tools};
use aftermail_model::{Layer, Reason};
use glyphs::Glyphs;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, Device, InterpreterCache, InterpreterSettings, interpret_page};
use open::Opened;
use pictures::Pictures;
use std::panic::{AssertUnwindSafe, catch_unwind};

const MEDIA: &str = "application/pdf";
/// Bytes that one stream may become.
const LARGEST_STREAM: u64 = 128 << 20;
/// Pages of one file.
const MOST_PAGES: usize = 5000;
/// Bytes of text of one file.
const MOST_TEXT: usize = 64 << 20;
/// A page that says fewer characters is taken for a picture of a page.
const LEAST_LETTERS: usize = 16;

/// Reads a file that begins like a PDF.
pub(crate) fn read(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    if open::is_bomb(bytes, &tools.limits) {
        return loose(bytes, Reason::TooLarge, "A stream in it unpacks to more than the limit");
    }
    match open::open(bytes, tools, budget) {
        Opened::Pdf(pdf, key) => whole(&pdf, key, bytes),
        Opened::Locked(loss) => Contents { media: MEDIA, losses: vec![loss], ..Contents::default() },
        Opened::Broken => loose(bytes, Reason::Damaged, "It is too broken to be opened as a PDF"),
    }
}

fn whole(pdf: &Pdf, opened_by: Option<Key>, bytes: &[u8]) -> Contents {
    let mut reader = Reader::default();
    let attempt = catch_unwind(AssertUnwindSafe(|| reader.pages(pdf)));
    let details = catch_unwind(AssertUnwindSafe(|| details::read(pdf, bytes)));
    if attempt.is_err() || details.is_err() {
        reader.lose(Reason::Damaged, "Something in it could not be read; what was read before it was searched.".into(), 0);
    }
    let Reader { mut passages, mut losses, pictures, .. } = reader;
    let mut members = pictures.members;
    if pictures.left_out > 0 {
        let detail = format!("{} pictures on its pages were too many, too large or broken, and were not looked at.", pictures.left_out);
        losses.push(Loss { reason: Reason::TooLarge, detail, bytes: 0 });
    }
    if let Ok(mut details) = details {
        passages.extend(details.passages());
        members.append(&mut details.members);
    }
    Contents { media: MEDIA, passages, members, losses, opened_by, ..Contents::default() }
}

/// The strings of a file that is not opened as a whole.
fn loose(bytes: &[u8], reason: Reason, why: &str) -> Contents {
    let mut body = String::new();
    for stream in raw::streams(bytes) {
        let left = MOST_TEXT.saturating_sub(body.len()).min(LARGEST_STREAM as usize / 16);
        body.push_str(&stream.text(left));
        body.push('\n');
    }
    body.push_str(&crate::residue::strings(bytes));
    let detail = format!("{why}; its streams were unpacked and their strings searched.");
    let losses = vec![Loss { reason, detail, bytes: bytes.len() as u64 }];
    let passages = vec![Passage { layer: Layer::Raw, own: String::new(), body }];
    Contents { media: MEDIA, passages, losses, ..Contents::default() }
}

/// Goes through the pages.
#[derive(Default)]
struct Reader {
    passages: Vec<Passage>,
    losses: Vec<Loss>,
    pictures: Pictures,
    text: usize,
}

impl Reader {
    fn lose(&mut self, reason: Reason, detail: String, bytes: u64) {
        self.losses.push(Loss { reason, detail, bytes });
    }

    fn pages(&mut self, pdf: &Pdf) {
        let cache = InterpreterCache::new();
        let pages = pdf.pages();
        let (mut unnamed, mut surplus) = (0, 0);
        for (n, page) in pages.iter().enumerate() {
            if n >= MOST_PAGES || self.text > MOST_TEXT {
                let detail = format!("{} of its {} pages were read; the rest is beyond the limit.", n, pages.len());
                self.lose(Reason::TooLarge, detail, 0);
                break;
            }
            let (width, height) = page.render_dimensions();
            let mut found = Glyphs::new(width, height);
            draw(page, &cache, &mut found);
            (unnamed, surplus) = (unnamed + found.unnamed, surplus + found.surplus);
            let own = if pages.len() > 1 { format!("page {}", n + 1) } else { String::new() };
            self.page(&found, &own);
            if found.pictures && found.glyphs.len() < LEAST_LETTERS {
                self.pictures.page = n + 1;
                draw(page, &cache, &mut self.pictures);
            }
        }
        if unnamed > 0 {
            let detail = format!("{unnamed} characters are drawn by a font that does not say which they are; they were not read.");
            self.lose(Reason::Unsupported, detail, unnamed);
        }
        if surplus > 0 {
            self.lose(Reason::TooLarge, format!("{surplus} characters are beyond the limit of a page."), surplus);
        }
    }

    fn page(&mut self, found: &Glyphs, own: &str) {
        let visible = lines::text(found.glyphs.iter().filter(|g| !g.hidden));
        let mut hidden = lines::text(found.glyphs.iter().filter(|g| g.hidden));
        for words in &found.described {
            hidden.push_str(words.trim());
            hidden.push('\n');
        }
        self.text += visible.len() + hidden.len();
        for (layer, body) in [(Layer::Visible, visible), (Layer::Hidden, hidden)] {
            if !body.trim().is_empty() {
                self.passages.push(Passage { layer, own: own.to_owned(), body });
            }
        }
    }
}

fn draw<'a>(page: &Page<'a>, cache: &InterpreterCache<'a>, device: &mut impl Device<'a>) {
    let (width, height) = page.render_dimensions();
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let whole = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(transform, whole, cache, page.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, device);
}

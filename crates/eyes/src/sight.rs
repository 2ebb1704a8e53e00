//! The whole of seeing, and the memory of what was seen.

use crate::layout::{self, Piece};
use crate::network::Network;
use crate::read::{Guess, Reader};
use crate::{Fault, Line, Models, Seen, codes, cut, find, picture};
use image::RgbImage;
use image::imageops;
use rten::ThreadPool;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// Pixels of a side below which a picture holds no text: icons, spacers, the counting pixels of newsletters.
const SMALLEST: u32 = 32;
/// Pictures remembered.
const REMEMBERED: usize = 4096;
/// Lines that are read both ways to tell whether a page stands on its head, and how sure an upright line is.
const PROBED: usize = 3;
const SURE: f32 = 0.93;
/// Pixels of the lines of one page that are read: some 300 lines as wide as a sheet of paper.
const PIXELS_OF_LINES: u64 = 20_000_000;
/// A piece whose characters are this unsure on average is a drawing, not text.
const FAINT: f32 = 0.5;

/// Sees pictures. One per worker: what it looked at before it knows again by its bytes.
pub struct Eyes {
    load: Box<dyn Fn() -> Option<Models>>,
    threads: Arc<ThreadPool>,
    networks: OnceCell<Result<Networks, Fault>>,
    memory: RefCell<HashMap<u128, Seen>>,
}

struct Networks {
    find: Network,
    read: Reader,
}

impl Eyes {
    /// `load` gives the models; it is called once, for the first picture that may hold text. Starts the one thread that the
    /// networks run on, so that none need be started later.
    pub fn new(load: impl Fn() -> Option<Models> + 'static) -> Eyes {
        let threads = Arc::new(ThreadPool::with_num_threads(1));
        threads.run(|| ());
        Eyes { load: Box::new(load), threads, networks: OnceCell::new(), memory: RefCell::default() }
    }

    /// What is to be seen in a file of pixels. Never fails: the faults say what was not read.
    pub fn look(&self, bytes: &[u8]) -> Seen {
        let name = xxh3_128(bytes);
        if let Some(seen) = self.memory.borrow().get(&name) {
            return seen.clone();
        }
        // The decoders of pixels and codes are not ours: a panic of theirs costs the picture, not the message.
        let before = self.work();
        let mut seen = catch_unwind(AssertUnwindSafe(|| self.afresh(bytes))).unwrap_or_else(|_| Seen {
            faults: vec![Fault::Damaged("The picture is broken in a way that its decoder does not know.".into())],
            ..Seen::default()
        });
        seen.work = self.work() - before;
        let mut memory = self.memory.borrow_mut();
        if memory.len() >= REMEMBERED {
            memory.clear();
        }
        memory.insert(name, seen.clone());
        seen
    }

    fn work(&self) -> u64 {
        self.networks.get().and_then(|n| n.as_ref().ok()).map_or(0, |n| n.find.pixels() + n.read.pixels())
    }

    fn afresh(&self, bytes: &[u8]) -> Seen {
        let (pages, fault) = picture::pages(bytes);
        let mut seen = Seen { faults: fault.into_iter().collect(), ..Seen::default() };
        for page in pages.iter().filter(|p| p.width().min(p.height()) >= SMALLEST) {
            seen.codes.extend(codes::codes(page));
            match self.networks.get_or_init(|| self.networks()) {
                Ok(networks) => networks.page(page, &mut seen),
                Err(fault) if !seen.faults.contains(fault) => seen.faults.push(fault.clone()),
                Err(_) => {}
            }
        }
        seen
    }

    fn networks(&self) -> Result<Networks, Fault> {
        let models = (self.load)().ok_or(Fault::NoModels)?;
        let load = |onnx| Network::load(onnx, &self.threads).ok_or(Fault::BadModels);
        let (find, read) = (load(models.find)?, load(models.read)?);
        Ok(Networks { find, read: Reader::new(read).ok_or(Fault::BadModels)? })
    }
}

impl Networks {
    fn page(&self, page: &RgbImage, seen: &mut Seen) {
        let (lines, whole) = self.text(page);
        seen.lines.extend(lines);
        if !whole {
            seen.faults.push(Fault::TooLarge("The picture holds more than is read of one: its end was left out.".into()));
        }
    }

    /// The lines of a page, whichever way up it is, and whether that is all of them.
    fn text(&self, page: &RgbImage) -> (Vec<Line>, bool) {
        let (mut rects, mut cut_off) = find::lines(page, &self.find);
        let mut turned = None;
        if rects.iter().filter(|r| r.stands()).count() * 2 > rects.len() {
            let upright = imageops::rotate270(page);
            (rects, cut_off) = find::lines(&upright, &self.find);
            turned = Some(upright);
        }
        if self.stands_on_its_head(turned.as_ref().unwrap_or(page), &rects) {
            let upright = imageops::rotate180(turned.as_ref().unwrap_or(page));
            (rects, cut_off) = find::lines(&upright, &self.find);
            turned = Some(upright);
        }
        let page = turned.as_ref().unwrap_or(page);
        let start = self.read.pixels();
        let mut pieces = Vec::new();
        for rect in rects {
            if self.read.pixels() - start > PIXELS_OF_LINES {
                cut_off = true;
                break;
            }
            let guesses = self.read.line(&cut::line(page, &rect));
            if sureness(&guesses) > FAINT {
                pieces.push(Piece { rect, guesses });
            }
        }
        (layout::lines(&pieces), !cut_off)
    }

    /// Whether the longest lines read better the other way up.
    fn stands_on_its_head(&self, page: &RgbImage, rects: &[crate::geometry::Rect]) -> bool {
        let mut longest: Vec<_> = rects.iter().filter(|r| !r.stands()).collect();
        longest.sort_by(|a, b| b.width.total_cmp(&a.width));
        let (mut up, mut down) = (0.0, 0.0);
        for rect in longest.into_iter().take(PROBED) {
            let line = cut::line(page, rect);
            let sure = sureness(&self.read.line(&line));
            if sure > SURE {
                return false;
            }
            up += sure;
            down += sureness(&self.read.line(&imageops::rotate180(&line)));
        }
        down > up
    }
}

fn sureness(guesses: &[Guess]) -> f32 {
    if guesses.is_empty() { 0.0 } else { guesses.iter().map(|g| g.1).sum::<f32>() / guesses.len() as f32 }
}

//! What the literals of a text are read as: assigned values, cells, commands, sentences, descriptions.

use super::marks::Mark;
use super::page::Page;
use super::sentence::Sentences;
use super::spoken::{self, Call};
use super::warm::Warm;
use super::written::is_shown;
use super::{Anchor, Candidate, Field, Place, Reading, Told, Words, assigned, bounded, command, context, device, login, prose, table};
use aftermail_model::{Kind, Text};
use std::ops::Range;
use std::rc::Rc;

/// How far behind and before a literal a line is that it may announce: the rows of a table stand below its head.
const BEHIND: usize = 700;
const BEFORE: usize = 300;
/// The same of the words of a dictation, which stand close together.
const DICTATED: usize = 100;
/// How many characters behind a word its colon stands.
const MARKED: usize = 12;

impl Words {
    /// Whether a warm line is near. What the grammar of a command, a configuration or a protocol has is read everywhere, and so is what a
    /// word that announces nothing but secrets assigns.
    pub(super) fn is_worth_reading(&self, page: Page<'_>, (literal, at): &Anchor, warm: &Warm) -> bool {
        let near = |before, behind| !warm.near(at, before, behind).is_empty();
        match self.literals.get(*literal) {
            Some((_, Reading::Pair | Reading::Command | Reading::Device | Reading::Login(_))) => true,
            Some((_, Reading::Cue(index))) => {
                let cue = &self.cues[*index];
                let assigns = || page.body[at.end..].chars().take(MARKED).take_while(|c| *c != '\n').any(|c| matches!(c, ':' | '=' | '：'));
                near(BEFORE, BEHIND) || matches!(cue.field, Field::Secret(_)) && !cue.weak && assigns()
            }
            Some((_, Reading::Disguise(_))) => near(BEFORE, BEHIND),
            Some((_, Reading::Spoken(_))) => near(DICTATED, DICTATED),
            None => false,
        }
    }

    /// Everything that could be a secret in and near the lines that are to be read; `hot` are those in which a long text is read as a short
    /// one is.
    pub(super) fn candidates(
        &self,
        told: &Told<'_>,
        anchors: &[Anchor],
        marks: &[Mark<'_>],
        sentences: &Sentences,
        [hot, read]: [&Warm; 2],
    ) -> Vec<Candidate> {
        let text = told.text.as_ref();
        let page = Page { body: &text.body };
        let shown = is_shown(text);
        let mut out = Vec::new();
        let (mut read_to, mut spelled_to) = (0, 0);
        for (n, (literal, at)) in anchors.iter().enumerate() {
            let Some((_, reading)) = self.literals.get(*literal) else { continue };
            match reading {
                Reading::Pair => out.extend(assigned::pair(page, at)),
                Reading::Command => out.extend(command::read(told.sent, at)),
                Reading::Device => out.extend(device::read(told.sent, at)),
                Reading::Login(scheme) => out.extend(login::read(told.sent, *scheme, at)),
                Reading::Spoken(Call::Together) if !self.goes_on(anchors, n) => {}
                Reading::Spoken(Call::Description | Call::Together) if shown => {
                    out.extend(self.spoken.read(page, at, marks, &mut spelled_to))
                }
                Reading::Spoken(Call::Phrase) if shown => out.extend(spoken::Spoken::phrase_at(page, at, marks)),
                Reading::Spoken(Call::Join) if shown => out.extend(self.spoken.together(page, at, marks)),
                Reading::Spoken(Call::Date) if shown => out.extend(self.spoken.date(page, at, marks)),
                Reading::Spoken(_) => {}
                Reading::Disguise(disguise) if shown => out.extend(spoken::disguised(page, at, marks, *disguise)),
                Reading::Disguise(_) => {}
                Reading::Cue(index) => {
                    if let Some(place) = self.place(page, *index, at) {
                        self.readings(&place, text, &mut out, &mut read_to);
                    }
                }
            }
        }
        if shown {
            out.extend(prose::read(page, marks, sentences, hot, read));
        }
        out
    }

    /// Whether another word of a description stands near behind one.
    fn goes_on(&self, anchors: &[Anchor], n: usize) -> bool {
        const NEAR: usize = 240;
        let near = anchors[n + 1..].iter().take_while(|a| a.1.start < anchors[n].1.end + NEAR).take(24);
        near.into_iter().any(|a| matches!(self.literals.get(a.0), Some((_, Reading::Spoken(Call::Description | Call::Together)))))
    }

    /// The cue at its place, if it stands there as a word.
    fn place<'t>(&'t self, page: Page<'t>, index: usize, at: &Range<usize>) -> Option<Place<'t>> {
        let cue = &self.cues[index];
        let Field::Secret(kind) = cue.field else { return None };
        let end = bounded(page.body, at, cue)?;
        let line = page.line(at.start);
        let around = Rc::new(context::Around::new(page, &line));
        Some(Place { page, cue, kind, at: at.start..end, line, around })
    }

    fn readings(&self, place: &Place<'_>, text: &Text, out: &mut Vec<Candidate>, read_to: &mut usize) {
        let visible = is_shown(text);
        // "key" alone names a column of anything.
        let bare_key = place.cue.weak && place.kind == Kind::SharedKey;
        if visible && !bare_key {
            let cells = table::read(place, read_to);
            if !cells.is_empty() {
                out.extend(cells);
                return;
            }
        }
        if place.cue.title {
            return;
        }
        out.extend(assigned::read(place, visible));
    }
}

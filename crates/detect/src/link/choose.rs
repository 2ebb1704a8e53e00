//! Which of the names around a secret is what it opens: a small model weighs each offer.

use super::accounts::Account;
use super::offers::{ELSEWHERE, Known, Offer, SOURCES, Source};
use super::{Links, neighbours};
use crate::words::{Asked, Judge, heard_around, heard_between, heard_letters, heard_words, is_ordinary};
use aftermail_model::Kind;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// From here on a system goes before what the fixed rules would choose.
const SYSTEM: f32 = 0.1;
/// From here on a word is taken for the account: many secrets have none.
const ACCOUNT: f32 = 0.4;

/// How far a model believes that words are the account, by the word.
pub(super) type Accounts = HashMap<String, f32>;

/// What a model believes of words that may be the account; `None` where there is no model, and then the fixed rules hold.
pub(super) fn accounts(offers: &[Account], model: &Judge) -> Option<Accounts> {
    let weighed = || model.confidences(offers.iter().map(|offer| &offer.asked));
    (!model.is_empty()).then(|| offers.iter().map(|offer| offer.name.clone()).zip(weighed()).collect())
}

/// The account that is believed most; `None` where none is believed.
pub(super) fn account(believed: &Accounts) -> Option<&String> {
    let best = believed.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
    best.filter(|(_, confidence)| **confidence >= ACCOUNT).map(|(name, _)| name)
}

/// The offer that a model believes most, and that is not rather the account; `None` where it believes none.
pub(super) fn best<'o>(offers: &'o [Offer], asked: &[Asked], model: &Judge, accounts: &Accounts) -> Option<&'o Offer> {
    if model.is_empty() {
        return None;
    }
    let other = |offer: &Offer| 1.0 - accounts.get(&offer.name).copied().unwrap_or(0.0);
    let weighed = model.confidences(asked.iter()).into_iter().zip(offers);
    let weighed: Vec<(f32, &Offer)> = weighed.map(|(confidence, offer)| (confidence * other(offer), offer)).collect();
    let (confidence, best) = *weighed.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    if confidence < SYSTEM {
        return None;
    }
    let fuller = weighed.iter().filter(|(c, offer)| *c >= FULLER * confidence && says_more(offer, best));
    Some(fuller.max_by_key(|(_, offer)| offer.name.len()).map_or(best, |(_, offer)| offer))
}

/// Share of the confidence of the best name from which one that says more goes before it: of two names of the same thing one takes most.
const FULLER: f32 = 0.3;

/// "pump house door" says more than "door"; a subject or a heading that holds it is about more than that.
fn says_more(offer: &Offer, best: &Offer) -> bool {
    use Source::{Cell, FirstCell, Label, Led, OfCue, OtherCell, Rules, Thing};
    let words = |name: &str| name.split_whitespace().count();
    let whole = offer.name.len() > best.name.len()
        && offer.name.match_indices(&best.name).any(|(at, part)| {
            !offer.name[..at].ends_with(char::is_alphanumeric) && !offer.name[at + part.len()..].starts_with(char::is_alphanumeric)
        });
    let of_text = [Cell, FirstCell, Label, Led, OfCue, OtherCell, Thing].into_iter().any(|s| offer.is(s));
    let subject = offer.is(Source::Subject) || offer.is(Source::SubjectPart);
    whole && words(&offer.name) <= words(&best.name) + 3 && (of_text || offer.is(Rules) && !subject)
}

/// What the model is asked about each offer; as many numbers for each.
pub(super) fn asked(offers: &[Offer], known: &Known<'_>, links: &Links) -> Vec<Asked> {
    let scene = Scene::new(offers, known, links);
    offers.iter().enumerate().map(|(at, offer)| Asked { numbers: scene.row(at, offer), heard: heard(offer, known) }).collect()
}

/// The words around a name, where it stands in the text, and its letters.
fn heard(offer: &Offer, known: &Known<'_>) -> [Vec<u32>; 2] {
    let at = offer.at.as_ref().filter(|at| known.page.body.get((*at).clone()).is_some());
    [at.map_or(Vec::new(), |at| heard_beside(known, at, &offer.name)), heard_letters(&offer.name, known.kind.as_str())]
}

/// The words around a place and between it and the value.
pub(super) fn heard_beside(known: &Known<'_>, at: &Range<usize>, name: &str) -> Vec<u32> {
    let value = known.value;
    let ordered = if at.start < value.start { [at, value] } else { [value, at] };
    let words = heard_words(known.page.body, ordered.into_iter());
    let mut heard = heard_around(&words, at, known.kind.as_str(), name);
    heard.extend(heard_between(&words, at, value, name));
    heard
}

/// What is the same for all offers of a value.
struct Scene<'a> {
    known: &'a Known<'a>,
    links: &'a Links,
    offers: &'a [Offer],
    kinds: [f32; 6],
    subject: String,
    body: String,
    people: HashSet<String>,
    domains: Vec<String>,
    attached: f32,
    setting: f32,
    rules: Option<String>,
    /// How many offers each source has.
    counts: [f32; SOURCES],
    /// Distance of each offer to the value, in bytes.
    distances: Vec<f32>,
    /// The same of names that hold a thing.
    things_at: Vec<f32>,
    /// Where other secrets of the text stand.
    others: Vec<Range<usize>>,
}

impl<'a> Scene<'a> {
    fn new(offers: &'a [Offer], known: &'a Known<'a>, links: &'a Links) -> Scene<'a> {
        let message = known.message;
        let people: Vec<&String> = message.from.iter().chain(&message.to).collect();
        let names = people.iter().flat_map(|p| p.split(['<', '@', ' ', '.', '"', ','])).filter(|n| n.chars().count() > 2);
        let domains = people.iter().filter_map(|p| p.rsplit_once('@')).map(|(_, d)| d.trim_end_matches('>').to_lowercase());
        let line = &known.page.body[known.page.line(known.value.start)];
        let mut counts = [0.0; SOURCES];
        for (bit, count) in counts.iter_mut().enumerate() {
            *count = offers.iter().filter(|o| o.sources & (1 << bit) != 0).count() as f32;
        }
        let distances: Vec<f32> = offers.iter().map(|o| distance(o, known)).collect();
        let is_thing = |o: &Offer| links.things.sorts(&o.name.to_lowercase()).contains(&1.0);
        let things_at = offers.iter().zip(&distances).filter(|(o, _)| o.at.is_some() && is_thing(o)).map(|(_, d)| *d).collect();
        Scene {
            known,
            links,
            offers,
            kinds: kinds(known.kind),
            subject: message.subject.as_deref().unwrap_or_default().to_lowercase(),
            // A name that comes again is more than a word; where it stands far off does not matter.
            body: surroundings(known).to_lowercase(),
            people: names.map(str::to_lowercase).collect(),
            domains: domains.collect(),
            attached: flag(!matches!(known.text.place.as_str(), "body" | "subject")),
            setting: flag(line.contains('=') || line.contains("\":")),
            rules: offers.iter().find(|o| o.is(Source::Rules)).map(|o| o.name.to_lowercase()),
            counts,
            distances,
            things_at,
            others: neighbours::places(known),
        }
    }

    fn row(&self, at: usize, offer: &Offer) -> Vec<f32> {
        let lower = offer.name.to_lowercase();
        let mut row: Vec<f32> = (0..SOURCES).map(|bit| flag(offer.sources & (1 << bit) != 0)).collect();
        row.push(offer.sources.count_ones() as f32);
        row.push(offer.line.abs().min(ELSEWHERE) as f32);
        row.push(offer.line.signum() as f32 * flag(offer.line != ELSEWHERE));
        row.push(self.distances[at]);
        row.push(self.distances.iter().filter(|d| **d < self.distances[at]).count() as f32);
        row.push(self.within_sentence(offer));
        row.push(self.blank_between(offer));
        row.push(self.side(offer));
        let between = self.between(offer).unwrap_or_default();
        row.push(between.matches([',', ';', '(', ')']).take(9).count() as f32);
        row.push(between.matches('\n').take(9).count() as f32);
        row.push(self.links.cues_in(between).min(9) as f32);
        row.push(self.nearer_things(at));
        row.push(flag(super::names::tells(&offer.name) && !offer.name.contains(char::is_whitespace) && lower == offer.name));
        let words = offer.name.split_whitespace().count();
        row.push(offer.name.chars().count() as f32);
        row.push(words as f32);
        row.push(flag(offer.name.bytes().any(|b| b.is_ascii_digit())));
        row.push(offer.name.chars().filter(|c| c.is_uppercase()).count() as f32);
        row.push(flag(offer.name.starts_with(char::is_uppercase)));
        row.push(flag(offer.name.contains('.')));
        row.push(flag(offer.name.contains(['-', '_'])));
        row.push(flag(!offer.name.is_ascii()));
        row.push(offer.name.split_whitespace().filter(|w| is_ordinary(w)).count() as f32 / words.max(1) as f32);
        row.push(flag(lower.split_whitespace().any(super::purpose::is_cue)));
        row.push(lower.split_whitespace().filter(|w| self.people.contains(*w)).count() as f32 / words.max(1) as f32);
        row.push(flag(offer.name.contains('@')));
        row.push(flag(self.domains.iter().any(|d| lower.ends_with(d.as_str()))));
        row.push(flag(self.subject.contains(&lower)));
        row.push(self.body.matches(&lower).take(4).count() as f32);
        row.push(flag(self.rules.as_ref().is_some_and(|r| *r != lower && r.contains(&lower))));
        row.push(flag(self.rules.as_ref().is_some_and(|r| *r != lower && lower.contains(r))));
        let inside = |o: &&Offer| o.name != offer.name && o.name.contains(&offer.name);
        let holds = |o: &&Offer| o.name != offer.name && offer.name.contains(&o.name);
        row.push(self.offers.iter().filter(inside).count() as f32);
        row.push(self.offers.iter().filter(holds).count() as f32);
        row.extend(self.links.things.sorts(&lower));
        row.extend(
            [Source::Url, Source::Host, Source::File, Source::FirstCell, Source::Led, Source::Product].map(|s| self.counts[s as usize]),
        );
        row.extend(self.kinds);
        row.extend(self.links.products.told(&lower).map(flag));
        let before = offer.at.as_ref().and_then(|at| self.known.page.body.get(..at.start));
        row.push(flag(before.is_some_and(super::accounts::is_led)));
        row.extend(neighbours::told(offer.at.as_ref(), self.known.value, &self.others));
        row.push(self.attached);
        row.push(self.setting);
        row.push(self.offers.len() as f32);
        row
    }

    /// Before the value, or behind it.
    fn side(&self, offer: &Offer) -> f32 {
        offer.at.as_ref().map_or(0.0, |at| if at.start < self.known.value.start { -1.0 } else { 1.0 })
    }

    /// How many names of things stand nearer.
    fn nearer_things(&self, at: usize) -> f32 {
        self.things_at.iter().filter(|d| **d < self.distances[at]).count() as f32
    }

    /// Whether no sentence ends between the name and the value.
    fn within_sentence(&self, offer: &Offer) -> f32 {
        self.between(offer).map_or(0.0, |text| flag(![". ", "! ", "? ", ".\n", "\n\n", "。"].iter().any(|e| text.contains(e))))
    }

    fn blank_between(&self, offer: &Offer) -> f32 {
        self.between(offer).map_or(0.0, |text| flag(text.contains("\n\n")))
    }

    fn between(&self, offer: &Offer) -> Option<&str> {
        let at = offer.at.as_ref()?;
        let value = self.known.value;
        let range = if at.end <= value.start { at.end..value.start } else { value.end..at.start.max(value.end) };
        self.known.page.body.get(range)
    }
}

/// How much of a text before and after a value is searched for a name that comes again, in bytes.
const LOOKED_AT: usize = 2 << 10;

/// The text around a value.
pub(super) fn surroundings<'a>(known: &Known<'a>) -> &'a str {
    let body = known.page.body;
    let from = body.floor_char_boundary(known.value.start.saturating_sub(LOOKED_AT));
    &body[from..body.ceil_char_boundary((known.value.end + LOOKED_AT).min(body.len()))]
}

/// Bytes between a name and the value; far off where it stands nowhere in the text.
fn distance(offer: &Offer, known: &Known<'_>) -> f32 {
    const FAR: f32 = 5000.0;
    offer.at.as_ref().map_or(FAR, |at| {
        let apart =
            if at.start < known.value.start { known.value.start.saturating_sub(at.end) } else { at.start.saturating_sub(known.value.end) };
        (apart as f32).min(FAR - 1.0)
    })
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

/// What sort of thing a secret of a kind opens.
pub(super) fn kinds(kind: Kind) -> [f32; 6] {
    let pin = kind == Kind::Pin;
    let network = matches!(kind, Kind::SharedKey | Kind::CommunityString);
    let file = matches!(kind, Kind::Passphrase | Kind::EncryptionKey);
    let code = matches!(kind, Kind::RecoveryCode | Kind::OtpSeed);
    let password = kind == Kind::Password;
    [pin, network, file, code, password, !(pin || network || file || code || password)].map(flag)
}

//! What a conversation is about, and its messages.

use super::language::{Frame, Language};
use super::letter::{self, Block, one};
use super::mime::{Mail, charsets};
use super::minted::hex;
use super::scene::{Label, Scene};
use super::sheet;
use super::values::{digits, weighted};
use super::world::World;
use crate::random::Random;

/// A conversation with its labels.
#[derive(Debug)]
pub struct Thread {
    /// In the order of sending.
    pub mails: Vec<Mail>,
    /// Secrets in them.
    pub labels: Vec<Label>,
    /// Values that may be reported or not, each in the first message.
    pub ignored: Vec<String>,
    /// Personal data: number of the message, person, element, value.
    pub personal: Vec<(usize, String, &'static str, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Secret,
    Split,
    Disguised,
    Sheet,
    Config,
    Decoy,
    Notice,
    Chat,
    Person,
}

const TOPICS: &[(usize, Topic)] = &[
    (30, Topic::Secret),
    (9, Topic::Split),
    (6, Topic::Disguised),
    (9, Topic::Sheet),
    (9, Topic::Config),
    (30, Topic::Decoy),
    (9, Topic::Notice),
    (6, Topic::Chat),
    (4, Topic::Person),
];

/// Everything a conversation is made of.
pub struct Stage<'a> {
    /// Where.
    pub world: &'a World,
    /// In which language.
    pub language: &'a Language,
    /// What stands in mail of all languages.
    pub common: &'a Language,
}

/// What a message says.
struct Draft {
    blocks: Vec<Block>,
    files: Vec<(String, String)>,
    bare: bool,
}

/// A message before it is written.
struct Letter<'a> {
    blocks: Vec<Block>,
    files: Vec<(String, String)>,
    subject: &'a str,
    sent: i64,
}

impl Draft {
    fn text(text: String) -> Draft {
        Draft { blocks: vec![Block::Text(text)], files: Vec::new(), bare: false }
    }
}

/// A conversation.
pub fn thread(stage: &Stage<'_>, random: &mut Random) -> Thread {
    let me = random.below(stage.world.people.len());
    let you = (me + 1 + random.below(stage.world.people.len() - 1)) % stage.world.people.len();
    let mut scene = Scene::new(stage.world, stage.language, &stage.world.people[me], &stage.world.people[you]);
    scene.folded = random.chance(8);
    let topic = *weighted(random, TOPICS);
    let mut drafts = drafts(stage, &mut scene, topic, random);
    scene.close();
    if topic != Topic::Notice && random.chance(35) {
        scene.message = drafts.len();
        drafts.push(Draft::text(one(&mut scene, "ack", random)));
    }
    let subject = match topic {
        Topic::Notice => one_of(stage.common, "subject", &mut scene, random),
        _ => one(&mut scene, "subject", random),
    };
    let subject = if subject.is_empty() { "Re: access".to_owned() } else { subject };
    let mut mails: Vec<Mail> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    let mut sent = 1_640_000_000 + i64::try_from(random.below(140_000_000)).unwrap_or_default();
    for (at, draft) in drafts.into_iter().enumerate() {
        scene.message = at;
        let blocks = if draft.bare { draft.blocks } else { letter::body(&mut scene, draft.blocks, random) };
        let letter = Letter { blocks, files: draft.files, subject: &subject, sent };
        let mail = mail(&scene, letter, &mails, &mut texts, random);
        mails.push(mail);
        sent += 600 + i64::try_from(random.below(200_000)).unwrap_or_default();
    }
    Thread { mails, labels: scene.labels, ignored: scene.ignored, personal: scene.personal }
}

fn one_of(language: &Language, section: &str, scene: &mut Scene<'_>, random: &mut Random) -> String {
    let frames = language.frames(section);
    if frames.is_empty() { String::new() } else { scene.alone(&frames[random.below(frames.len())], "prose", random) }
}

fn drafts(stage: &Stage<'_>, scene: &mut Scene<'_>, topic: Topic, random: &mut Random) -> Vec<Draft> {
    let pick = |section: &str, random: &mut Random| -> Option<Frame> {
        let frames = stage.language.frames(section);
        (!frames.is_empty()).then(|| frames[random.below(frames.len())].clone())
    };
    match topic {
        Topic::Secret => {
            let count = *weighted(random, &[(7, 1), (2, 2)]);
            let mut texts: Vec<String> = (0..count).map(|_| one(scene, "secret", random)).collect();
            if random.chance(25) {
                texts.insert(0, one(scene, "decoy", random));
            }
            vec![Draft::text(texts.join("\n\n"))]
        }
        Topic::Split => {
            let Some(frame) = pick("thread", random) else { return vec![Draft::text(one(scene, "secret", random))] };
            (0..frame.messages.len())
                .map(|at| {
                    scene.message = at;
                    Draft::text(scene.say(&frame, at, "split", random))
                })
                .collect()
        }
        Topic::Disguised => vec![Draft::text(one(scene, "disguised", random))],
        Topic::Person => vec![Draft::text(one(scene, "person", random))],
        Topic::Sheet => vec![sheet_draft(scene, random)],
        Topic::Config => vec![config(stage, scene, random)],
        Topic::Decoy => {
            let count = 1 + random.below(2);
            let texts: Vec<String> = (0..count).map(|_| one(scene, "decoy", random)).collect();
            vec![Draft::text(texts.join("\n\n"))]
        }
        Topic::Notice => {
            let text = one_of(stage.common, "notice", scene, random);
            vec![Draft { bare: true, ..Draft::text(text) }]
        }
        Topic::Chat => {
            let count = 1 + random.below(3);
            (0..count)
                .map(|at| {
                    scene.message = at;
                    Draft::text(one(scene, "fill", random))
                })
                .collect()
        }
    }
}

/// A table in the body or a spreadsheet's text beside it.
fn sheet_draft(scene: &mut Scene<'_>, random: &mut Random) -> Draft {
    let intro = one(scene, "intro", random);
    let attached = random.chance(30).then(|| {
        format!(
            "{}.{}",
            random.pick(&["list", "export", "accounts", "inventory", "uebersicht", "acces"]),
            random.pick(&["csv", "tsv", "txt"])
        )
    });
    let rows = sheet::rows(scene, attached.as_deref().unwrap_or("body"), random);
    match attached {
        Some(name) => {
            let text = sheet::separated(&rows, if name.ends_with("tsv") { '\t' } else { *random.pick(&[',', ';', ';', ',']) });
            Draft { files: vec![(name, text)], ..Draft::text(intro) }
        }
        None => Draft { blocks: vec![Block::Text(intro), Block::Table(rows)], files: Vec::new(), bare: false },
    }
}

/// A configuration or a session: pasted or attached.
fn config(stage: &Stage<'_>, scene: &mut Scene<'_>, random: &mut Random) -> Draft {
    let frames = stage.common.frames("config");
    let frame = &frames[random.below(frames.len())];
    let before = scene.labels.len();
    let name = scene.say(frame, 0, "assigned", random);
    let text = scene.say(frame, 1, "assigned", random);
    scene.close();
    let intro = one(scene, "intro", random);
    if random.chance(60) {
        return Draft::text(format!("{intro}\n\n{text}"));
    }
    scene.labels[before..].iter_mut().for_each(|l| l.place.clone_from(&name));
    Draft { files: vec![(name, text)], ..Draft::text(intro) }
}

fn mail(scene: &Scene<'_>, letter: Letter<'_>, before: &[Mail], texts: &mut Vec<String>, random: &mut Random) -> Mail {
    let Letter { blocks, files: attachments, subject, sent } = letter;
    let at = before.len();
    let (from, to) = if at.is_multiple_of(2) { (scene.me, scene.you) } else { (scene.you, scene.me) };
    let quote = before.last().filter(|_| random.chance(60)).zip(texts.last()).map(|(m, t)| quoted(m, t, random)).unwrap_or_default();
    let plain = letter::plain(&blocks, random);
    let plain = if random.chance(40) { letter::wrap(&plain, 72) } else { plain };
    texts.push(plain.clone());
    let values: Vec<String> = scene.labels.iter().map(|l| l.value.clone()).collect();
    let (text, markup) = match random.below(10) {
        0..=5 => (true, false),
        6..=8 => (true, true),
        _ => (false, true),
    };
    let html = markup.then(|| letter::html(&[&blocks[..], &[Block::Text(quote.clone())]].concat(), &values, random));
    let prefix = if at == 0 { "" } else { *random.pick(&["Re: ", "RE: ", "AW: ", "Re: "]) };
    Mail {
        id: format!("<{}.{}@{}>", hex(random, 12), digits(random, 6), scene.world.domain),
        from: from.clone(),
        to: to.clone(),
        subject: format!("{prefix}{subject}"),
        sent,
        references: before.iter().map(|m| m.id.clone()).collect(),
        plain: text.then(|| format!("{plain}{}{quote}\n", if quote.is_empty() { "" } else { "\n\n" })),
        html,
        attachments,
        charsets: charsets(scene.language.code),
    }
}

/// The message before, as mail programs quote it.
fn quoted(mail: &Mail, text: &str, random: &mut Random) -> String {
    let head = match random.below(3) {
        0 => format!("-----Original Message-----\nFrom: {}\nTo: {}\nSubject: {}", mail.from.mail, mail.to.mail, mail.subject),
        1 => format!("{} <{}> wrote:", mail.from.name(), mail.from.mail),
        _ => format!("________________________________\nFrom: {}\nSubject: {}", mail.from.name(), mail.subject),
    };
    if random.chance(60) { format!("{head}\n> {}", text.replace('\n', "\n> ")) } else { format!("{head}\n\n{text}") }
}

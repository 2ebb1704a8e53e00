//! Fills the gaps of sentences and keeps account of the secrets that this puts into the mail.

mod names;

use super::language::{Frame, Language};
use super::template::Piece;
use super::values::{self, Lexicon};
use super::world::{Person, World};
use super::{disguise, minted, noise};
use crate::random::Random;
use std::collections::HashMap;

/// A secret that stands in the mail.
#[derive(Debug, Clone)]
pub struct Label {
    /// Kind as in the labelled sets.
    pub kind: &'static str,
    /// The value.
    pub value: String,
    /// How hard it is to find, as in the labelled sets.
    pub difficulty: &'static str,
    /// "live", "temporary" or "revoked_in_thread".
    pub status: &'static str,
    /// How the mail writes it, where not as it is.
    pub written: Option<String>,
    /// Pieces and the messages that they stand in.
    pub parts: Vec<(usize, String)>,
    /// Number of the message in its thread.
    pub message: usize,
    /// "body" or the name of an attachment.
    pub place: String,
    /// What it opens and for whom.
    pub system: Option<String>,
    /// Who signs in with it.
    pub account: Option<String>,
    /// Day after which it opens nothing.
    pub expires: Option<String>,
}

/// A thread being written.
pub struct Scene<'a> {
    /// Where it happens.
    pub world: &'a World,
    /// What they speak.
    pub language: &'a Language,
    /// Who writes the first message.
    pub me: &'a Person,
    /// Who reads it.
    pub you: &'a Person,
    /// Number of the message being written.
    pub message: usize,
    /// Whether they leave accents out, as on a keyboard that has none.
    pub folded: bool,
    /// Secrets so far.
    pub labels: Vec<Label>,
    /// Values that may be reported or not.
    pub ignored: Vec<String>,
    /// Personal data: number of the message, person, element, value.
    pub personal: Vec<(usize, String, &'static str, String)>,
    said: HashMap<String, String>,
    systems: HashMap<char, String>,
    accounts: HashMap<char, String>,
    expires: Option<String>,
    open: Vec<(char, Label)>,
    difficulty: &'static str,
}

impl<'a> Scene<'a> {
    /// A thread of two people.
    pub fn new(world: &'a World, language: &'a Language, me: &'a Person, you: &'a Person) -> Scene<'a> {
        Scene {
            world,
            language,
            me,
            you,
            message: 0,
            folded: false,
            labels: Vec::new(),
            ignored: Vec::new(),
            personal: Vec::new(),
            said: HashMap::new(),
            systems: HashMap::new(),
            accounts: HashMap::new(),
            expires: None,
            open: Vec::new(),
            difficulty: "prose",
        }
    }

    /// One message of a sentence. Its values are new unless it is a later message of the same frame.
    pub fn say(&mut self, frame: &Frame, at: usize, difficulty: &'static str, random: &mut Random) -> String {
        if at == 0 {
            self.close();
        }
        self.difficulty = if frame.assigned { "assigned" } else { difficulty };
        let mut text = String::new();
        self.write(&frame.messages[at], &mut text, random);
        text
    }

    /// A sentence that stands alone.
    pub fn alone(&mut self, frame: &Frame, difficulty: &'static str, random: &mut Random) -> String {
        let text = self.say(frame, 0, difficulty, random);
        self.close();
        text
    }

    /// Ends the frame: its secrets get the system and the account that it named.
    pub fn close(&mut self) {
        for (index, mut label) in std::mem::take(&mut self.open) {
            let named = |map: &HashMap<char, String>| map.get(&index).or_else(|| map.get(&'1')).cloned();
            label.system = label.system.or_else(|| named(&self.systems));
            label.account = label.account.or_else(|| self.accounts.get(&index).cloned());
            label.expires = self.expires.clone().filter(|_| label.status == "temporary");
            self.labels.push(label);
        }
        self.said.clear();
        self.systems.clear();
        self.accounts.clear();
        self.expires = None;
    }

    fn write(&mut self, pieces: &[Piece], out: &mut String, random: &mut Random) {
        for piece in pieces {
            match piece {
                Piece::Text(text) if self.folded => out.push_str(&values::plain(text)),
                Piece::Text(text) => out.push_str(text),
                Piece::Choice(branches) => {
                    let branch = random.below(branches.len());
                    self.write(&branches[branch], out, random);
                }
                Piece::Slot(name, argument) => {
                    let value = self.slot(name, argument, random);
                    let (open, close) = self.quotes(name, &value, out, random);
                    out.push_str(&format!("{open}{value}{close}"));
                }
            }
        }
    }

    /// Quotation marks around a password, now and then; more often where it holds blanks.
    fn quotes(&self, name: &str, value: &str, before: &str, random: &mut Random) -> (&'static str, &'static str) {
        const MARKS: &[(&str, &str)] =
            &[("\"", "\""), ("\"", "\""), ("'", "'"), ("“", "”"), ("*", "*"), ("`", "`"), ("<", ">"), ("[", "]")];
        const QUOTED: &[&str] = &["pw", "pw2", "temp", "old", "phrase", "psk"];
        let percent = if value.contains(' ') { 60 } else { 12 };
        let free = self.difficulty == "prose" && QUOTED.contains(&name) && before.ends_with(' ');
        if !(free && random.chance(percent)) {
            return ("", "");
        }
        match self.language.code {
            "de" | "cs" | "sk" | "pl" if random.chance(40) => ("„", "“"),
            "fr" | "ru" | "uk" | "it" | "es" | "el" if random.chance(40) => ("«", "»"),
            "ja" | "zh" if random.chance(60) => ("「", "」"),
            _ => *random.pick(MARKS),
        }
    }

    fn slot(&mut self, name: &str, argument: &str, random: &mut Random) -> String {
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let index = name[bare.len()..].chars().next().unwrap_or('1');
        let key = format!("{bare}{index}");
        if let Some(value) = self.said.get(&key) {
            return value.clone();
        }
        let value = self
            .secret(bare, index, argument, random)
            .or_else(|| self.system(bare, index, argument, random))
            .or_else(|| self.word(bare, index, argument, random))
            .or_else(|| self.personal(bare, index, random))
            .or_else(|| noise::noise(random, self.world, bare))
            .unwrap_or_else(|| panic!("no slot is named {{{name}}}"));
        // Noise differs at each place; what is secret or named stays.
        self.said.insert(key, value.clone());
        value
    }

    /// A password in the language of the thread.
    pub fn password(&self, random: &mut Random, style: &str) -> String {
        let lexicon = self.lexicon(random);
        values::password(random, &lexicon, style)
    }

    /// What stands in a cell: a name of a system, a date, a number.
    pub fn noise(&mut self, name: &str, random: &mut Random) -> String {
        let text = self.slot(name, "", random);
        self.said.clear();
        self.systems.clear();
        self.accounts.clear();
        text
    }

    fn lexicon(&self, random: &mut Random) -> Lexicon<'a> {
        let names = match self.language.list("latin") {
            [] => self.language.list("first"),
            words => words,
        };
        Lexicon { words: self.language.secret_words(random), names, company: &self.world.name }
    }

    /// Adds a secret to the frame being written.
    pub fn label(&mut self, index: char, kind: &'static str, value: &str) -> &mut Label {
        let (difficulty, message) = (self.difficulty, self.message);
        let label = Label {
            kind,
            value: value.to_owned(),
            difficulty,
            status: "live",
            written: None,
            parts: Vec::new(),
            message,
            place: "body".to_owned(),
            system: None,
            account: None,
            expires: None,
        };
        self.open.push((index, label));
        let last = self.open.len() - 1;
        &mut self.open[last].1
    }

    fn secret(&mut self, name: &str, index: char, argument: &str, random: &mut Random) -> Option<String> {
        Some(match name {
            "pw" | "old" | "temp" | "phrase" | "answer" | "mach" => {
                let style = match (name, argument) {
                    ("mach", _) => "mach",
                    ("phrase", "") => *random.pick(&["dw", "sp", "ps", "wy", "ww"]),
                    ("answer", "") => "word",
                    (_, style) => style,
                };
                let value = self.password(random, style);
                let kind = if name == "phrase" { "passphrase" } else { "password" };
                self.label(index, kind, &value).status = status(name);
                value
            }
            // What a device or a service comes with: the account is the password.
            "twin" => {
                let value = self.slot(&format!("user{index}"), "", random);
                self.label(index, "password", &value);
                value
            }
            // What nobody should take: an example of a password.
            "pwx" => self.password(random, argument),
            "pin" | "oldpin" => {
                let value = if argument.is_empty() { values::pin(random) } else { values::digits(random, argument.len()) };
                self.label(index, "pin", &value).status = status(name);
                value
            }
            "psk" | "comm" => {
                let lexicon = self.lexicon(random);
                let value = values::shared_key(random, &lexicon);
                let value = if name == "comm" { value.replace(' ', "-") } else { value };
                self.label(index, if name == "psk" { "shared_key" } else { "community_string" }, &value);
                value
            }
            "code" => {
                let value = code(random);
                self.label(index, "recovery_code", &value);
                value
            }
            "fmt" => self.minted(index, argument, random),
            "obs" => self.disguised(index, argument, random),
            "is" => self.derived(index, argument),
            "wrap" | "pwa" | "pwb" => self.broken(name, index, random),
            "ig" => {
                let value = self.password(random, "mach");
                self.ignored.push(value.clone());
                value
            }
            "igpin" => {
                let value = values::digits(random, 6);
                self.ignored.push(value.clone());
                value
            }
            _ => return None,
        })
    }

    fn minted(&mut self, index: char, form: &str, random: &mut Random) -> String {
        let (host, user) = (self.slot(&format!("host{index}"), "", random), (*random.pick(names::SERVICES)).to_owned());
        let password = match form {
            "giturl" => minted::mint(random, "ghp", &host, &user, "").value,
            _ => self.password(random, "").replace([';', ' ', '"', '\''], "-"),
        };
        let user = if form == "azstor" || form == "sas" {
            format!("{}{}", self.world.name.to_lowercase(), values::digits(random, 2))
        } else {
            user
        };
        let made = minted::mint(random, form, &host, &user, &password);
        let inside = matches!(form, "pgurl" | "mongo" | "ado" | "azstor" | "redis" | "giturl");
        if inside {
            // The password inside may be reported by itself.
            self.ignored.push(password);
            self.ignored.extend(made.value.split("AccountKey=").nth(1).and_then(|k| k.split(';').next()).map(str::to_owned));
        }
        if (inside && form != "redis") || form == "sas" {
            self.accounts.insert(index, user);
        }
        let label = self.label(index, made.kind, &made.value);
        label.difficulty = "format";
        made.value
    }

    fn disguised(&mut self, index: char, way: &str, random: &mut Random) -> String {
        let style = random.pick::<&str>(&["wy", "ww", "leet", "nd", "mach"]);
        let value = self.password(random, style);
        let user = self.slot(&format!("user{index}"), "", random);
        let written = disguise::write(random, way, &user, &value);
        self.said.insert(format!("plain{index}"), value.clone());
        self.ignored.push(written.clone());
        let label = self.label(index, "password", &value);
        label.difficulty = "obscured";
        label.written = Some(written.clone());
        written
    }

    /// A value that the sentence only describes. Letters of the pattern: `w` the word as it is, `W` with a capital, `n` the number,
    /// `y` the year, `s` the sign, `P` the password before, `D` the day without dots; all else stands for itself.
    fn derived(&mut self, index: char, pattern: &str) -> String {
        let said = |name: &str| self.said.get(&format!("{name}1")).cloned().unwrap_or_default();
        let value: String = pattern
            .chars()
            .map(|c| match c {
                'w' => said("w"),
                'W' => values::capital(&said("w")),
                'U' => said("w").to_uppercase(),
                'V' => values::capital(&said("v")),
                'n' => said("num"),
                'y' => said("year"),
                's' => said("sign"),
                'P' => said("pw"),
                'O' => said("old"),
                other => other.to_string(),
            })
            .collect();
        let label = self.label(index, "password", &value);
        label.difficulty = "obscured";
        label.written = Some(String::new());
        String::new()
    }

    /// A value over two lines, or in two pieces.
    fn broken(&mut self, name: &str, index: char, random: &mut Random) -> String {
        let key = format!("whole{index}");
        let whole =
            self.said.get(&key).cloned().unwrap_or_else(|| self.password(random, "ps").replace(' ', "-") + &self.password(random, "ww"));
        self.said.insert(key, whole.clone());
        let middle = whole.char_indices().nth(whole.chars().count() / 2).map_or(0, |(at, _)| at);
        let (first, second) = whole.split_at(middle);
        let message = self.message;
        if name == "pwa" {
            self.said.insert(format!("place{index}"), message.to_string());
            return first.to_owned();
        }
        let earlier = self.said.get(&format!("place{index}")).and_then(|p| p.parse().ok()).unwrap_or(message);
        let label = self.label(index, "password", &whole);
        label.difficulty = "split";
        if name == "pwb" {
            label.parts = vec![(earlier, first.to_owned()), (message, second.to_owned())];
            label.written = Some(second.to_owned());
            return second.to_owned();
        }
        label.written = Some(format!("{first}\n{second}"));
        format!("{first}\n{second}")
    }
}

fn status(name: &str) -> &'static str {
    match name {
        "old" | "oldpin" => "revoked_in_thread",
        "temp" => "temporary",
        _ => "live",
    }
}

fn code(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!("{}-{}", minted::hex(random, 5), minted::hex(random, 5)),
        1 => values::digits(random, 8),
        2 => format!("{}-{}-{}", values::digits(random, 4), values::digits(random, 4), values::digits(random, 4)),
        _ => values::chars(random, b"ABCDEFGHJKMNPQRSTUVWXYZ23456789", 10),
    }
}

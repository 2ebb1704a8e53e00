//! Passwords for what is locked: those that stand in the mail, then those that people use for want of a better one, within a
//! limit of work.

use super::{Budget, Loss};
use crate::{Key, Tools};
use aftermail_model::{Reason, RevealPermit};
use encoding_rs::WINDOWS_1252;
use std::collections::BTreeSet;

/// Passwords under which samples, exports and scans are sent round, tried after those of the mail. The last ones are set by Java, Excel
/// and PowerPoint where nobody chose one.
const WELL_KNOWN: [&str; 15] = [
    "infected",
    "password",
    "Password",
    "Password1",
    "passwort",
    "secret",
    "1234",
    "12345",
    "123456",
    "0000",
    "malware",
    "changeit",
    "changeme",
    "VelvetSweatshop",
    "/01Hannes Ruescher/01",
];
/// Members of one archive for which all passwords are tried, though the first of them did not open: a member may have a
/// password of its own.
const STUBBORN: usize = 3;

/// What is tried on one locked file.
pub(crate) struct Keys<'a> {
    candidates: Vec<(Key, &'a str)>,
    /// Those that opened something here, newest last.
    good: Vec<usize>,
    /// Members that nothing opened.
    shut: usize,
    tried: BTreeSet<usize>,
    /// Whether the limit of work ended the search.
    cut: bool,
    /// Milliseconds that one attempt takes, more or less.
    cost: u64,
}

impl<'a> Keys<'a> {
    /// `cost` is what one attempt takes, in milliseconds.
    pub(crate) fn new(tools: &Tools<'a>, cost: u64) -> Keys<'a> {
        let permit = RevealPermit::recorded();
        let given = tools.passwords.iter().enumerate().map(|(n, p)| (Key::Given(n), p.reveal(&permit).as_str()));
        let known = WELL_KNOWN.into_iter().map(|p| (Key::WellKnown(p), p));
        let candidates = given.chain(known).filter(|(_, p)| !p.is_empty()).collect();
        Keys { candidates, good: Vec::new(), shut: 0, tried: BTreeSet::new(), cut: false, cost }
    }

    /// What an attempt costs from here on, in milliseconds.
    pub(crate) fn costing(&mut self, cost: u64) {
        self.cost = cost;
    }

    /// The first password that opens, and what came of it.
    pub(crate) fn open<T>(&mut self, budget: &mut Budget, mut opens: impl FnMut(&str, &mut Budget) -> Option<T>) -> Option<(T, Key)> {
        let others = if self.shut < STUBBORN { self.candidates.len() } else { 0 };
        let order: Vec<usize> = self.good.iter().rev().copied().chain((0..others).filter(|n| !self.good.contains(n))).collect();
        for n in order {
            if !budget.work(self.cost) {
                self.cut = true;
                break;
            }
            self.tried.insert(n);
            let (key, password) = &self.candidates[n];
            if let Some(opened) = opens(password, budget) {
                let key = *key;
                self.good.retain(|g| *g != n);
                self.good.push(n);
                return Some((opened, key));
            }
        }
        self.shut += 1;
        None
    }

    /// That nothing opened it, and what was tried: counts, never values.
    pub(crate) fn loss(&self, what: &str, bytes: u64) -> Loss {
        let tried = match self.tried.len() {
            0 => "no password could be tried".to_owned(),
            1 => "1 password was tried".to_owned(),
            n => format!("{n} passwords were tried"),
        };
        let limit = if self.cut { ", then the limit of work was reached" } else { "" };
        Loss::new(Reason::Encrypted, format!("{what} is locked: {tried}{limit}."), bytes)
    }
}

/// The bytes that a password may be where a format takes bytes: UTF-8, and the two code pages of Windows.
pub(crate) fn spellings(password: &str) -> Vec<Vec<u8>> {
    let mut all = vec![password.as_bytes().to_vec()];
    if !password.is_ascii() {
        let (bytes, _, lossy) = WINDOWS_1252.encode(password);
        all.extend((!lossy).then(|| bytes.into_owned()));
        all.extend(password.chars().map(dos_byte).collect::<Option<Vec<u8>>>());
    }
    all
}

/// The upper half of code page 437, which DOS gave to zip and RAR.
const CP437: &str =
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn dos_byte(c: char) -> Option<u8> {
    if c.is_ascii() { u8::try_from(c).ok() } else { CP437.chars().position(|d| d == c).and_then(|n| u8::try_from(n + 128).ok()) }
}

/// Text of code page 437.
pub(crate) fn dos_text(bytes: &[u8]) -> String {
    bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { CP437.chars().nth(usize::from(*b) - 128).unwrap_or('?') }).collect()
}

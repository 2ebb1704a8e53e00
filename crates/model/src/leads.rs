//! What a first look at a message says about a second one, together with its thread.

use serde::{Deserialize, Serialize};

/// A set of marks, small enough to stand in a table: what one message holds that only makes sense beside others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leads(u16);

impl Leads {
    /// A secret was found in the message.
    pub const SECRET: Leads = Leads(1);
    /// Names an account or says how one signs in, without a secret.
    pub const ACCOUNT: Leads = Leads(1 << 1);
    /// Tells a piece of a secret: "the first half is …".
    pub const PIECE: Leads = Leads(1 << 2);
    /// Says that a secret comes by another way: "password follows separately".
    pub const PROMISE: Leads = Leads(1 << 3);
    /// Asks for a secret.
    pub const ASKED: Leads = Leads(1 << 4);
    /// Says that a secret was changed, revoked or deleted.
    pub const CHANGED: Leads = Leads(1 << 5);
    /// Names or carries a file that needs a password.
    pub const LOCKED: Leads = Leads(1 << 6);
    /// Is short and holds a word that looks like a secret, with nothing that says so.
    pub const BARE: Leads = Leads(1 << 7);

    /// Is short and tells something behind a colon or in quotes: maybe what opens a lock elsewhere.
    pub const TELLS: Leads = Leads(1 << 8);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Leads) -> Leads {
        Leads(self.0 | other.0)
    }

    /// Whether any of the others is in this set.
    pub fn any(self, others: Leads) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a number, for a table.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The set back from a table.
    pub fn from_bits(bits: u16) -> Leads {
        Leads(bits)
    }

    /// Whether a thread with these leads, one set per message, is worth a second look as a whole: where one message can
    /// complete or revoke what another one tells. Messages without leads need not be read again.
    pub fn worth_joining(thread: &[Leads]) -> bool {
        let all = thread.iter().fold(Leads::default(), |all, l| all.with(*l));
        let opens = Leads::PROMISE.with(Leads::ASKED).with(Leads::LOCKED).with(Leads::ACCOUNT);
        all.any(Leads::PIECE)
            || all.any(Leads::SECRET) && (thread.len() > 1 || all.any(Leads::CHANGED.with(Leads::LOCKED)))
            || all.any(Leads::BARE) && (thread.len() > 1 && all.any(opens) || all.any(Leads::LOCKED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_worth_it_where_its_messages_complete_each_other() {
        let worth = |thread: &[Leads]| Leads::worth_joining(thread);
        assert!(worth(&[Leads::PROMISE, Leads::BARE]));
        assert!(worth(&[Leads::ACCOUNT.with(Leads::PROMISE), Leads::default(), Leads::SECRET]));
        assert!(worth(&[Leads::SECRET, Leads::CHANGED]));
        assert!(worth(&[Leads::PIECE]));
        assert!(!worth(&[Leads::CHANGED, Leads::ACCOUNT]));
        assert!(!worth(&[Leads::SECRET]));
        assert!(!worth(&[Leads::BARE]));
        assert!(!worth(&[Leads::TELLS, Leads::PROMISE]));
    }

    #[test]
    fn a_set_survives_a_table() {
        let set = Leads::PIECE.with(Leads::BARE).with(Leads::TELLS);
        assert_eq!(Leads::from_bits(set.bits()), set);
        assert!(set.any(Leads::PIECE) && !set.any(Leads::SECRET) && !set.is_empty());
    }
}

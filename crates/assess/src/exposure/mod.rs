//! Which of the mail held was taken, as far as anything tells: the provider's lists, what mailboxes recorded of their being read,
//! and rules for what is assumed. The ways stand beside each other: a message may be exposed by several, and each says what it
//! rests on.

mod folders;
mod held;
mod inherit;
mod intruder;
mod likeness;
mod listed;
mod reading;
mod recorded;
mod rule;
mod settle;

pub use held::Held;
pub use inherit::{Inherited, inherit};
pub use intruder::{Intruder, Window};
pub use listed::{Candidate, Extra, Missing, Probable, ProviderList, Reconciled, reconcile};
pub use reading::ReadingFold;
pub use rule::Rule;

#[cfg(test)]
mod tests;

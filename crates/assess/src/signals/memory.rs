//! What detectors remember of accounts, sessions and addresses: never more than a limit, and what was forgotten is told.

use super::Seen;
use std::collections::{BTreeMap, VecDeque};

/// A map that forgets its oldest entries beyond a limit.
pub(crate) struct Memory<V> {
    map: BTreeMap<String, V>,
    order: VecDeque<String>,
    most: usize,
    forgot: u64,
}

impl<V: Default> Memory<V> {
    /// Remembers so many.
    pub(crate) fn of(most: usize) -> Memory<V> {
        Memory { map: BTreeMap::new(), order: VecDeque::new(), most, forgot: 0 }
    }

    /// What is remembered of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.map.get(name)
    }

    /// What is remembered of this name, nothing yet if it is new.
    pub(crate) fn entry(&mut self, name: &str) -> &mut V {
        if !self.map.contains_key(name) {
            if self.map.len() >= self.most
                && let Some(oldest) = self.order.pop_front()
            {
                self.map.remove(&oldest);
                self.forgot += 1;
            }
            self.order.push_back(name.to_owned());
        }
        self.map.entry(name.to_owned()).or_default()
    }

    /// All that is left, by name; says so where something was forgotten.
    pub(crate) fn end(&mut self, what: &str, out: &mut Seen) -> BTreeMap<String, V> {
        if self.forgot > 0 {
            out.cannot_say.push(format!("{what}: {} of the oldest were forgotten, since only {} are remembered", self.forgot, self.most));
        }
        std::mem::take(&mut self.map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_told() {
        let mut memory: Memory<u8> = Memory::of(2);
        for name in ["a", "b", "a", "c"] {
            *memory.entry(name) += 1;
        }
        assert_eq!((memory.get("a"), memory.get("b"), memory.get("c")), (None, Some(&1), Some(&1)));
        let mut out = Seen::default();
        assert_eq!(memory.end("sessions", &mut out).len(), 2);
        assert_eq!(out.cannot_say, ["sessions: 1 of the oldest were forgotten, since only 2 are remembered"]);
    }
}

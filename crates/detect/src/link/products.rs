//! Services, programs and makers of devices that are widely known: where one is named, a secret is likely for it.

use aho_corasick::{AhoCorasick, MatchKind};

const PACK: &str = include_str!("../../../../packs/cues/products.txt");

/// Finds them in names.
pub(super) struct Products(AhoCorasick);

impl Products {
    pub(super) fn built_in() -> Products {
        let names = PACK.lines().filter(|l| !l.starts_with('#')).flat_map(|l| l.split('|'));
        let names = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names);
        Products(names.expect("the names of the pack fit an automaton"))
    }

    /// Whether a name in lower case is a product's, and whether it holds one.
    pub(super) fn told(&self, name: &str) -> [bool; 2] {
        let mut whole = self
            .0
            .find_iter(name)
            .filter(|m| !name[..m.start()].ends_with(char::is_alphanumeric) && !name[m.end()..].starts_with(char::is_alphanumeric));
        whole.next().map_or([false; 2], |m| [m.len() == name.len(), true])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_told_as_whole_words() {
        let products = Products::built_in();
        assert_eq!(products.told("github"), [true, true]);
        assert_eq!(products.told("the terraform cloud account"), [false, true]);
        assert_eq!(products.told("boxes"), [false, false]);
    }
}

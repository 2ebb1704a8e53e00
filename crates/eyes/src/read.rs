//! What a line of text says: a network gives for every few columns how likely each character is, and the path through them
//! becomes text (connectionist temporal classification, Graves et al. 2006).

use crate::cut;
use crate::network::{Network, planes};
use image::RgbImage;

/// A character and how sure it is, from 0 to 1.
pub(crate) type Guess = (char, f32);

/// Reads lines.
pub(crate) struct Reader {
    network: Network,
    /// What each class of the network stands for; class 0 is none.
    classes: Vec<char>,
}

impl Reader {
    /// `None` where the model does not carry its dictionary with it.
    pub(crate) fn new(network: Network) -> Option<Reader> {
        let dictionary = network.metadata("character")?;
        let mut classes = vec!['\0'];
        classes.extend(dictionary.lines().map(|l| l.chars().next().unwrap_or(' ')));
        classes.push(' ');
        Some(Reader { network, classes })
    }

    /// See [`Network::pixels`].
    pub(crate) fn pixels(&self) -> u64 {
        self.network.pixels()
    }

    /// The characters of a line that was cut out.
    pub(crate) fn line(&self, line: &RgbImage) -> Vec<Guess> {
        let columns = line.width().div_ceil(8) as usize * 8;
        let out = self.network.run(planes(line, columns, cut::HEIGHT as usize));
        out.map(|(steps, width)| path(&steps, width, &self.classes)).unwrap_or_default()
    }
}

/// The likeliest class of every step; equal neighbours are one character, class 0 parts them.
fn path(steps: &[f32], width: usize, classes: &[char]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let mut last = 0;
    for step in steps.chunks_exact(width.max(1)) {
        let (class, sure) =
            step.iter().copied().enumerate().fold((0, f32::MIN), |best, (class, p)| if p > best.1 { (class, p) } else { best });
        let character = classes.get(class).copied().unwrap_or('\u{fffd}');
        if class == last {
            // The surest step of a character counts.
            if let Some(guess) = guesses.last_mut().filter(|_| class != 0) {
                guess.1 = guess.1.max(sure);
            }
        } else if class != 0 {
            guesses.push((plain(character), sure.clamp(0.0, 1.0)));
        }
        last = class;
    }
    guesses
}

/// Wide forms of ASCII (U+FF01 to U+FF5E) are how the network was taught punctuation among Chinese, not what stands there.
fn plain(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [char; 4] = ['\0', 'a', 'b', ':'];

    fn steps(text: &[(usize, f32)]) -> Vec<f32> {
        let step = |(class, p): &(usize, f32)| (0..4).map(|c| if c == *class { *p } else { 0.01 }).collect::<Vec<f32>>();
        text.iter().flat_map(step).collect()
    }

    #[test]
    fn equal_neighbours_are_one_and_a_blank_parts_them() {
        let read = path(&steps(&[(0, 0.9), (1, 0.6), (1, 0.8), (0, 0.9), (1, 0.7), (2, 0.5), (3, 0.9)]), 4, &CLASSES);
        assert_eq!(read, [('a', 0.8), ('a', 0.7), ('b', 0.5), (':', 0.9)]);
    }

    #[test]
    fn odd_shapes_give_nothing_and_no_panic() {
        assert!(path(&[], 0, &CLASSES).is_empty());
        assert!(path(&[0.5, 0.1], 4, &CLASSES).is_empty());
        assert_eq!(path(&[0.0, 0.0, 0.0, 0.0, 0.9], 5, &CLASSES), [('\u{fffd}', 0.9)]);
    }
}

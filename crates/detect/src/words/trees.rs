//! The model: trees of questions about the numbers of a candidate, grown one after the other so that each mends what
//! the ones before got wrong (J. Friedman, "Greedy function approximation: a gradient boosting machine", 2001). Their sum
//! is a logit. Several models grown from other beginnings of chance stand behind each other, each with its share of the answer.
//!
//! The text form has one line per tree: its questions in the order of a walk through it, `feature threshold`, and its
//! leaves, `= logit`; a question's answer "at most" comes first. The first line holds the logit to start from.

/// Trees and where to start from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trees {
    /// Logit before any tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Vec<Node>>,
}

/// A question or an answer; the "at most" side of a question is the node after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// Goes on right behind it where the number is at most the threshold, else at the node `over`.
    Ask {
        /// Index of the number.
        feature: u16,
        /// The threshold.
        most: f32,
        /// Index of the node for greater numbers.
        over: u16,
    },
    /// What the tree adds to the logit.
    Add(f32),
}

impl Trees {
    /// From 0 to 1.
    pub fn confidence(&self, row: &[f32]) -> f32 {
        1.0 / (1.0 + (-self.logit(row)).exp())
    }

    fn logit(&self, row: &[f32]) -> f32 {
        self.base + self.trees.iter().map(|t| walk(t, row)).sum::<f32>()
    }

    /// From 0 to 1 for each of several of which at most one is right; together at most 1.
    pub fn confidences<'r>(&self, rows: impl Iterator<Item = &'r [f32]>) -> Vec<f32> {
        let odds: Vec<f32> = rows.map(|row| self.logit(row).min(60.0).exp()).collect();
        let all = 1.0 + odds.iter().sum::<f32>();
        odds.into_iter().map(|odd| odd / all).collect()
    }

    /// Reads the text form. `None` where it is none.
    pub fn parse(text: &str) -> Option<Trees> {
        let mut lines = text.lines().filter(|l| !l.starts_with('#'));
        let base = lines.next()?.trim().parse().ok()?;
        let trees = lines.map(parse_tree).collect::<Option<_>>()?;
        Some(Trees { base, trees })
    }

    /// Writes the text form.
    pub fn write(&self) -> String {
        let mut out = format!("{}\n", self.base);
        for tree in &self.trees {
            let node = |n: &Node| match n {
                Node::Ask { feature, most, .. } => format!("{feature} {most}"),
                Node::Add(logit) => format!("={logit}"),
            };
            out.push_str(&tree.iter().map(node).collect::<Vec<_>>().join(" "));
            out.push('\n');
        }
        out
    }
}

fn walk(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    // A tree is no deeper than it has nodes.
    for _ in 0..tree.len() {
        match tree.get(at) {
            Some(Node::Ask { feature, most, over }) => {
                let number = row.get(usize::from(*feature)).copied().unwrap_or(0.0);
                at = if number <= *most { at + 1 } else { usize::from(*over) };
            }
            Some(Node::Add(logit)) => return *logit,
            None => return 0.0,
        }
    }
    0.0
}

fn parse_tree(line: &str) -> Option<Vec<Node>> {
    let mut words = line.split(' ');
    let mut nodes: Vec<Node> = Vec::new();
    // Questions whose "over" side was not reached yet.
    let mut open: Vec<usize> = Vec::new();
    while let Some(word) = words.next() {
        let Some(number) = word.strip_prefix('=') else {
            open.push(nodes.len());
            nodes.push(Node::Ask { feature: word.parse().ok()?, most: words.next()?.parse().ok()?, over: 0 });
            continue;
        };
        nodes.push(Node::Add(number.parse().ok()?));
        let next = u16::try_from(nodes.len()).ok()?;
        if let Some(Node::Ask { over, .. }) = open.pop().and_then(|at| nodes.get_mut(at)) {
            *over = next;
        }
    }
    let leaves = nodes.iter().filter(|n| matches!(n, Node::Add(_))).count();
    (open.is_empty() && nodes.len() + 1 == 2 * leaves).then_some(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_read_as_they_are_written_and_answer() {
        let text = "-1\n0 2.5 1 0 =-3 =1 =4\n=0.5\n";
        let trees = Trees::parse(text).expect("a model");
        assert_eq!(trees.write(), text);
        for (row, logit) in [([1.0, 0.0], -3.5), ([1.0, 1.0], 0.5), ([3.0, 0.0], 3.5)] {
            let want = 1.0 / (1.0 + f32::exp(-logit));
            assert!((trees.confidence(&row) - want).abs() < 1e-6, "{row:?}");
        }
        assert!(Trees::parse("x").is_none() && Trees::parse("0\n1 2\n").is_none() && Trees::parse("0\n1 2 =3\n").is_none());
    }

    #[test]
    fn of_several_one_is_believed_the_more_the_less_the_others_are() {
        let trees = Trees::parse("0\n0 2.5 =-2 =2\n").expect("a model");
        let (low, high) = ([1.0], [3.0]);
        let alone = trees.confidences([high.as_slice()].into_iter());
        let two = trees.confidences([high.as_slice(), &high, &low].into_iter());
        assert!((alone[0] - trees.confidence(&high)).abs() < 1e-6, "against none it is what it is by itself");
        assert!(two[0] < alone[0] && two[0] == two[1] && two[2] < two[1] && two.iter().sum::<f32>() < 1.0, "{two:?}");
    }
}

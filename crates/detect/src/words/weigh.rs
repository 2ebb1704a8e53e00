//! What speaks for a candidate: how it hangs on its cue and what it looks like, in words for people and as a first estimate
//! for the model.

use super::shape::Shape;
use super::value::Between;

/// Shape that a stated value has at least.
pub(crate) const STATED: f32 = 0.5;

/// Everything that speaks for or against a candidate.
#[derive(Debug, Clone)]
pub(crate) struct Signs {
    /// The cue as the pack writes it.
    pub cue: &'static str,
    /// ISO 639-1 language of the cue.
    pub language: &'static str,
    /// The cue is an ordinary word too.
    pub weak: bool,
    /// How the value hangs on the cue.
    pub relation: Relation,
    /// How much the value looks like a secret.
    pub shape: f32,
    /// That in words.
    pub shape_because: &'static str,
    pub quoted: bool,
    /// Words around that speak of secrets in general: forgotten, expired, policy.
    pub talk: bool,
    /// The value is followed by more words of a sentence.
    pub runs_on: bool,
}

/// How a value hangs on its cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// After a separator or joining word.
    After(Between),
    /// On the next line.
    NextLine,
    /// In the table's column or row of the cue.
    Cell,
    /// The second of a pair "account / secret".
    Pair,
    /// One of a list under the cue.
    List,
    /// In the same sentence, led in by a word such as "so" or "use".
    Led,
    /// In the same sentence.
    Sentence,
    /// Where the grammar of a command, a configuration or a protocol has its secret.
    Statement,
}

impl Signs {
    /// What stands where a command, a configuration or a protocol has its secret: no word announces it, and a plain word is one.
    pub(crate) fn stated(cue: &'static str, looks: Shape) -> Signs {
        Signs {
            cue,
            language: "en",
            weak: false,
            relation: Relation::Statement,
            shape: looks.score.max(STATED),
            shape_because: looks.because,
            quoted: false,
            talk: false,
            runs_on: false,
        }
    }

    /// What the signs come to by weights set by hand; the model takes it as one number among others.
    pub(crate) fn logit(&self) -> f32 {
        let relation = match self.relation {
            Relation::After(Between::Mark) => 1.2,
            Relation::After(Between::FarMark) => 0.6,
            Relation::After(Between::Joiner) => -0.1,
            Relation::After(Between::Blank) => -1.2,
            Relation::NextLine => 0.0,
            Relation::Cell => 1.3,
            Relation::Pair | Relation::Statement => 0.5,
            Relation::List => 1.0,
            Relation::Led => -0.4,
            Relation::Sentence => -1.4,
        };
        let loose = matches!(self.relation, Relation::After(Between::Joiner | Between::Blank) | Relation::NextLine);
        let cue = match (self.weak, loose) {
            (false, _) => 0.6,
            (true, false) => -0.9,
            (true, true) => -1.8,
        };
        let marked = matches!(self.relation, Relation::After(Between::Mark) | Relation::Cell | Relation::Pair | Relation::List);
        let talk = match (self.talk, marked) {
            (false, _) => 0.0,
            (true, true) => -0.3,
            (true, false) => -1.2,
        };
        let runs_on = if self.runs_on && self.shape < 0.6 { -1.4 } else { 0.0 };
        let quoted = if self.quoted { 0.7 } else { 0.0 };
        cue + relation + self.shape + talk + runs_on + quoted
    }

    /// Whether it is as plain as can be: "password: " and something that can hardly be anything but one, or a list of codes under
    /// words that announce it.
    pub(crate) fn is_plain(&self) -> bool {
        let assigned = self.relation == Relation::After(Between::Mark) && self.shape >= 1.4;
        (assigned || self.relation == Relation::List && self.shape >= 0.4) && !self.weak && !self.talk
    }

    /// Whether a word that announces nothing but secrets stands before it with a mark, or above it.
    pub(crate) fn is_assigned(&self) -> bool {
        matches!(self.relation, Relation::After(Between::Mark) | Relation::NextLine | Relation::Cell | Relation::List) && !self.weak
    }

    /// From 0 to 1, where no model is asked.
    pub(crate) fn confidence(&self) -> f32 {
        1.0 / (1.0 + (-self.logit()).exp())
    }

    /// The reasons in words.
    pub(crate) fn because(&self) -> Vec<String> {
        let how = match self.relation {
            Relation::After(Between::Mark) => "assigned after",
            Relation::After(Between::FarMark) => "assigned in the line of",
            Relation::After(Between::Joiner) => "said in words after",
            Relation::After(Between::Blank) => "stands right after",
            Relation::NextLine => "stands in the line after",
            Relation::Cell => "table cell that belongs to",
            Relation::Pair => "second of a pair after",
            Relation::Statement => "stands where this has its secret:",
            Relation::List => "one of a list under",
            Relation::Led | Relation::Sentence => "stands in one sentence with",
        };
        let cue = match self.language {
            super::NO_LANGUAGE => "stands in a line that reads like those with secrets, without a word for one".to_owned(),
            language => format!("{how} the cue \"{}\" ({language})", self.cue),
        };
        let mut because = vec![cue, format!("value: {}", self.shape_because)];
        if self.quoted {
            because.push("in quotes".into());
        }
        if self.talk {
            because.push("but the sentence speaks of secrets in general".into());
        }
        because
    }
}

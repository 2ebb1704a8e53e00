//! Rules and correlations of Sigma that a user brings along. Specification: sigma-specification 2.0.
//!
//! Rules name fields as the exports of each log do, and in many ways; `fields` answers them from an [`Event`], so that no raw record
//! is needed. What a rule asks and an event does not carry is absent, as in any log.

mod fields;
mod read;
mod view;

use super::about::{name, rest_on};
use super::{About, Detector, Event, Seen};
use aftermail_model::{LogSource, Signal, Timestamp};
use fields::Fields;
use rsigma_eval::{CorrelationEngine, EvaluationResult, ResultBody};
use std::collections::{BTreeMap, BTreeSet};
use view::View;

/// What the detector that runs rules is. Each of its signals has the name, title and techniques of its rule.
const ABOUT: About = About {
    id: "sigma",
    title: "A rule that the case brings along matches",
    techniques: &[],
    sources: &LogSource::ALL,
    logic: "The rule decides; all hits of one rule and one actor are one signal.",
    mistaken_for: "What the rule itself says of false alarms.",
};

/// A file of rules.
#[derive(Debug, Clone, Copy)]
pub struct RuleFile<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// Its text: YAML, one document or several.
    pub text: &'a str,
}

/// Pairs of rule and actor that are told apart; more than these are counted only.
const MOST: usize = 10_000;

/// Files that are named whose rules ask for what is not kept.
const TOLD: usize = 20;

/// The detector that runs rules.
pub struct Sigma {
    engine: CorrelationEngine,
    fields: Fields,
    silent: BTreeSet<String>,
    /// By id, else by title: the file of each rule.
    files: BTreeMap<String, String>,
    /// By file, the fields that its rules ask for.
    asks: BTreeMap<String, BTreeSet<String>>,
    /// By rule and actor, or by correlation and group.
    hits: BTreeMap<(String, String), Hits>,
    dropped: u64,
}

/// Hits of one rule by one actor.
struct Hits {
    signal: Signal,
    count: u64,
    level: &'static str,
    what: String,
}

impl Sigma {
    /// Reads files of rules. What cannot be used is told in words with the name of its file, and the rest is used.
    pub fn read(files: &[RuleFile<'_>]) -> (Sigma, Vec<String>) {
        let read = read::read(files);
        let read::Read { engine, fields, silent, files, asks, problems } = read;
        (Sigma { engine, fields, silent, files, asks, hits: BTreeMap::new(), dropped: 0 }, problems)
    }

    /// How many rules and correlations are in use.
    pub fn rules(&self) -> usize {
        self.engine.detection_rule_count() + self.engine.correlation_rule_count()
    }

    /// Files whose rules asked for what no event held, and for what.
    fn missing(&self) -> Vec<String> {
        let of = |(file, asks): (&String, &BTreeSet<String>)| {
            let names: Vec<&str> = asks.iter().filter(|path| self.fields.is_missing(path)).map(String::as_str).collect();
            (!names.is_empty()).then(|| format!("{file} ({})", names.join(", ")))
        };
        self.asks.iter().filter_map(of).collect()
    }

    fn keep(&mut self, result: EvaluationResult, event: &Event) {
        let EvaluationResult { header, body } = result;
        let rule = header.rule_id.clone().unwrap_or_else(|| header.rule_title.clone());
        if matches!(body, ResultBody::Detection(_)) && self.silent.contains(&rule) {
            return;
        }
        let group = match &body {
            ResultBody::Detection(_) => event.actor.clone().unwrap_or_default(),
            ResultBody::Correlation(c) => {
                c.group_key.iter().map(|(field, value)| format!("{field} {value}")).collect::<Vec<_>>().join(", ")
            }
        };
        let key = (rule, group);
        if self.hits.len() >= MOST && !self.hits.contains_key(&key) {
            self.dropped += 1;
            return;
        }
        let correlation = matches!(body, ResultBody::Correlation(_));
        let hits = self.hits.entry(key).or_insert_with_key(|(rule, _)| {
            let mut signal = ABOUT.signal();
            signal.detector = format!("sigma:{rule}");
            signal.title.clone_from(&header.rule_title);
            signal.techniques = techniques(&header.tags);
            signal.actor = event.actor.clone().filter(|_| !correlation);
            let level = header.level.map_or("not given", |level| level.as_str());
            Hits { signal, count: 0, level, what: String::new() }
        });
        hits.add(&body, event);
    }
}

impl Hits {
    fn add(&mut self, body: &ResultBody, event: &Event) {
        self.count += 1;
        rest_on(&mut self.signal, event);
        match body {
            ResultBody::Detection(hit) => {
                name(&mut self.signal.subjects, event.target.as_deref());
                if self.what.is_empty() {
                    // Names of fields only: values can be secrets.
                    let fields: BTreeSet<&str> = hit.matched_fields.iter().map(|f| f.field.as_str()).collect();
                    self.what = format!("by {}", fields.into_iter().collect::<Vec<_>>().join(", "));
                }
            }
            ResultBody::Correlation(hit) => {
                let group: Vec<String> = hit.group_key.iter().map(|(field, value)| format!("{field} {value}")).collect();
                self.what = format!("{} within {} seconds for {}", hit.aggregated_value, hit.timespan_secs, group.join(", "));
                for earlier in hit.event_refs.iter().flatten() {
                    name(&mut self.signal.rests_on, earlier.id.as_deref());
                    self.signal.first = [self.signal.first, Some(Timestamp(earlier.timestamp))].into_iter().flatten().min();
                }
                hit.group_key.iter().for_each(|(_, value)| name(&mut self.signal.subjects, Some(value)));
            }
        }
    }

    fn told(self, file: &str) -> Signal {
        let Hits { mut signal, count, level, what } = self;
        let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
        signal.because = format!("the rule of {file} (level {level}) matches {times}, {what}");
        signal
    }
}

/// ATT&CK techniques among the tags of a rule: `attack.t1098.001`.
fn techniques(tags: &[String]) -> Vec<String> {
    let id = |tag: &String| tag.to_lowercase().strip_prefix("attack.").map(str::to_uppercase);
    tags.iter().filter_map(id).filter(|t| t.len() >= 5 && t.starts_with('T') && t[1..5].bytes().all(|b| b.is_ascii_digit())).collect()
}

impl Detector for Sigma {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        let view = View::of(event, &self.fields);
        let mut hits: Vec<EvaluationResult> = Vec::new();
        for log in read::logs_of(event) {
            for hit in self.engine.engine().evaluate_pruned(&view, log) {
                // A rule that names no service can be for two logs of one event.
                if !hits.iter().any(|h| (&h.header.rule_id, &h.header.rule_title) == (&hit.header.rule_id, &hit.header.rule_title)) {
                    hits.push(hit);
                }
            }
        }
        let results = match event.time {
            Some(time) => self.engine.process_with_detections(&view, hits, time.0),
            None => hits,
        };
        results.into_iter().for_each(|result| self.keep(result, event));
    }

    fn finish(&mut self, out: &mut Seen) {
        for ((rule, _), hits) in std::mem::take(&mut self.hits) {
            let file = self.files.get(&rule).map_or("the case", String::as_str);
            out.signals.push(hits.told(file));
        }
        let missing = self.missing();
        if !missing.is_empty() {
            let more = if missing.len() > TOLD { format!(" and {} more", missing.len() - TOLD) } else { String::new() };
            out.cannot_say.push(format!(
                "rules of {}{more} ask for what no event held that they came to: they may have missed what they look for",
                missing[..missing.len().min(TOLD)].join(", ")
            ));
        }
        if self.dropped > 0 {
            out.cannot_say.push(format!("{} hits of rules are not told, since {MOST} pairs of rule and actor are the limit", self.dropped));
        }
    }
}

#[cfg(test)]
mod tests;

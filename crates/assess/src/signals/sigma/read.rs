//! From texts to an engine: what can be used, and in words what cannot.

use super::super::Event;
use super::RuleFile;
use super::fields::{Fields, is_dash};
use aftermail_model::LogSource;
use rsigma_eval::{CorrelationConfig, CorrelationEngine, CorrelationEventMode, RuleFieldSet, TimestampFallback, compile_rule};
use rsigma_parser::{CorrelationRule, SigmaCollection, SigmaRule, parse_sigma_yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Rules, and what is wrong with the others.
pub(super) struct Read {
    pub(super) engine: CorrelationEngine,
    pub(super) fields: Fields,
    /// Rules that only correlations count, by id, else by title.
    pub(super) silent: BTreeSet<String>,
    pub(super) files: BTreeMap<String, String>,
    /// By file, the fields that its rules ask for.
    pub(super) asks: BTreeMap<String, BTreeSet<String>>,
    pub(super) problems: Vec<String>,
}

/// Bytes of one file; a collection of all public rules has about ten million.
const LARGEST: usize = 32 << 20;

pub(super) fn read(files: &[RuleFile<'_>]) -> Read {
    let mut all = SigmaCollection::new();
    let (mut places, mut asks, mut problems) = (BTreeMap::new(), BTreeMap::<String, BTreeSet<String>>::new(), Vec::new());
    for file in files {
        let mut problem = |words: String| problems.push(format!("{}: {words}", file.name));
        if file.text.len() > LARGEST {
            problem(format!("the file has more than {LARGEST} bytes and is not read"));
            continue;
        }
        // Values of events are compared with dashes alike too.
        let rules = match parse_sigma_yaml(&dashes(file.text)) {
            Ok(rules) => rules,
            Err(e) => {
                problem(format!("cannot be read as rules: {}", in_a_line(&e.to_string())));
                continue;
            }
        };
        rules.errors.iter().for_each(|e| problem(format!("a rule cannot be read: {}", in_a_line(&e.to_string()))));
        if file.text.contains("|expand") {
            problem("its placeholders (|expand) stand for nothing here: what is compared with them never matches".to_owned());
        }
        asks.insert(file.name.to_owned(), RuleFieldSet::collect(&rules, &[], true).names().map(str::to_owned).collect());
        for rule in rules.rules {
            match usable(&rule) {
                Ok(()) => {
                    places.insert(rule.id.clone().unwrap_or_else(|| rule.title.clone()), file.name.to_owned());
                    all.rules.push(rule);
                }
                Err(why) => problem(format!("the rule \"{}\" is not used: {why}", rule.title)),
            }
        }
        for correlation in rules.correlations {
            places.insert(correlation.id.clone().unwrap_or_else(|| correlation.title.clone()), file.name.to_owned());
            all.correlations.push(correlation);
        }
        all.filters.extend(rules.filters);
    }
    let unknown = without_unknown(&mut all);
    for correlation in unknown {
        let place = places.get(correlation.id.as_ref().unwrap_or(&correlation.title)).map_or("", String::as_str);
        problems
            .push(format!("{place}: the correlation \"{}\" is not used: it names a rule that is not there or not used", correlation.title));
    }
    let fields = Fields::of(RuleFieldSet::collect(&all, &[], true).names());
    let silent = silent(&all);
    Read { engine: engine(all, &mut problems), fields, silent, files: places, asks, problems }
}

/// What the parser says, without its drawing of the place.
fn in_a_line(error: &str) -> String {
    let counts = ["count", "sum", "min", "max", "avg", "near"].iter().any(|word| error.contains(&format!("| {word}")));
    if counts && error.contains("Condition parse error") {
        return "it counts in its condition, as Sigma did before version 2: write it as a correlation".to_owned();
    }
    let lines = error.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['|', '^']));
    lines.collect::<Vec<_>>().join(" ")
}

fn dashes(text: &str) -> String {
    text.chars().map(|c| if is_dash(c) { '-' } else { c }).collect()
}

/// Whether a rule is for logs that are read here, and sound.
fn usable(rule: &SigmaRule) -> Result<(), String> {
    let log = &rule.logsource;
    let same = |ours: &Option<String>, theirs: &Option<String>| match (ours, theirs) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => true,
    };
    // Old public rules name the service alone.
    let named = |known: &&rsigma_parser::LogSource| log.product.is_some() || (log.service.is_some() && known.service.is_some());
    let ours = |known: &&rsigma_parser::LogSource| named(known) && same(&known.product, &log.product) && same(&known.service, &log.service);
    if log.category.is_some() || !LOGS.iter().any(|known| ours(&known)) {
        let parts = [&log.product, &log.service, &log.category].into_iter().flatten().map(String::as_str);
        return Err(format!("it is for a log that is not read here ({})", parts.collect::<Vec<_>>().join(", ")));
    }
    compile_rule(rule).map(|_| ()).map_err(|e| e.to_string())
}

/// Takes out correlations that rest on rules which are not there, and those that rest on these.
fn without_unknown(all: &mut SigmaCollection) -> Vec<CorrelationRule> {
    let mut gone = Vec::new();
    loop {
        let names = all.rules.iter().map(|r| (&r.id, &r.name)).chain(all.correlations.iter().map(|c| (&c.id, &c.name)));
        let known: BTreeSet<String> = names.flat_map(|(id, name)| [id, name]).flatten().cloned().collect();
        let before = gone.len();
        gone.extend(all.correlations.extract_if(.., |c| !c.rules.iter().all(|r| known.contains(r))));
        if gone.len() == before {
            return gone;
        }
    }
}

/// Rules that a correlation counts and does not show by themselves.
fn silent(all: &SigmaCollection) -> BTreeSet<String> {
    let counted: BTreeSet<&String> = all.correlations.iter().filter(|c| !c.generate).flat_map(|c| &c.rules).collect();
    let is = |name: &Option<String>| name.as_ref().is_some_and(|n| counted.contains(n));
    let rules = all.rules.iter().filter(|r| is(&r.id) || is(&r.name));
    rules.map(|r| r.id.clone().unwrap_or_else(|| r.title.clone())).collect()
}

/// The engine; where correlations or filters contradict each other it runs without them.
fn engine(mut all: SigmaCollection, problems: &mut Vec<String>) -> CorrelationEngine {
    let config = || CorrelationConfig {
        timestamp_fallback: TimestampFallback::Skip,
        max_group_entries: Some(10_000),
        correlation_event_mode: CorrelationEventMode::Refs,
        max_correlation_events: 100,
        ..CorrelationConfig::default()
    };
    for _ in 0..3 {
        let mut engine = CorrelationEngine::new(config());
        let Err(e) = engine.add_collection(&all) else { return engine };
        // Rules were compiled one by one: only what joins them can be wrong.
        if all.correlations.is_empty() {
            problems.push(format!("filters are not used: {e}"));
            all.filters.clear();
        } else {
            problems.push(format!("correlations are not used: {e}"));
            all.correlations.clear();
        }
    }
    CorrelationEngine::new(config())
}

/// Logs by the names that Sigma has for them: product and service.
const NAMES: [(&str, Option<&str>); 12] = [
    ("azure", Some("auditlogs")),
    ("m365", None),
    ("azure", Some("signinlogs")),
    ("azure", Some("activitylogs")),
    ("azure", Some("microsoftgraphactivitylogs")),
    ("aws", Some("cloudtrail")),
    ("gcp", Some("gcp.audit")),
    ("gcp", Some("google_workspace.admin")),
    ("gcp", Some("google_workspace.login")),
    ("github", Some("audit")),
    ("okta", Some("okta")),
    ("windows", Some("security")),
];

static LOGS: LazyLock<Vec<rsigma_parser::LogSource>> = LazyLock::new(|| {
    let log = |(product, service): (&str, Option<&str>)| rsigma_parser::LogSource {
        product: Some(product.to_owned()),
        service: service.map(str::to_owned),
        ..rsigma_parser::LogSource::default()
    };
    NAMES.into_iter().map(log).collect()
});

/// The logs as which an event counts: records of the directory in the Unified Audit Log are those of Entra too.
pub(super) fn logs_of(event: &Event) -> &'static [rsigma_parser::LogSource] {
    let directory = || event.property("Workload").is_some_and(|w| w.new.as_deref() == Some("AzureActiveDirectory"));
    match event.source {
        LogSource::UnifiedAudit if event.operation.starts_with("UserLog") => &LOGS[1..3],
        LogSource::UnifiedAudit if directory() => &LOGS[0..2],
        LogSource::UnifiedAudit => &LOGS[1..2],
        LogSource::EntraAudit => &LOGS[0..1],
        LogSource::EntraSignIn => &LOGS[2..3],
        LogSource::Azure => &LOGS[3..4],
        LogSource::GraphActivity => &LOGS[4..5],
        LogSource::CloudTrail => &LOGS[5..6],
        LogSource::GoogleCloud => &LOGS[6..7],
        LogSource::GoogleWorkspace => &LOGS[7..9],
        LogSource::GitHub => &LOGS[9..10],
        LogSource::Okta => &LOGS[10..11],
        LogSource::WindowsSecurity => &LOGS[11..12],
        // Sigma has no common names for logs of mail servers.
        _ => &[],
    }
}

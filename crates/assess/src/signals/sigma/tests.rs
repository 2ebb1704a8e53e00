//! Rules of our own invention against invented events.

use super::super::super::signals::Detectors;
use super::super::{Detector, Scene, Seen};
use super::{RuleFile, Sigma};
use aftermail_model::{Event, LogSource, Outcome, Property, Signal, Timestamp};

const APP_KEY: RuleFile<'_> = RuleFile { name: "app_key.yml", text: include_str!("fixtures/app_key.yml") };
const MAIL_OUT: RuleFile<'_> = RuleFile { name: "mail_out.yml", text: include_str!("fixtures/mail_out.yml") };
const CLOUDS: RuleFile<'_> = RuleFile { name: "clouds.yml", text: include_str!("fixtures/clouds.yml") };
const FAILURES: RuleFile<'_> = RuleFile { name: "many_failures.yml", text: include_str!("fixtures/many_failures.yml") };
const UNUSABLE: RuleFile<'_> = RuleFile { name: "unusable.yml", text: include_str!("fixtures/unusable.yml") };
const FORMS: RuleFile<'_> = RuleFile { name: "forms.yml", text: include_str!("fixtures/forms.yml") };
const OLD: RuleFile<'_> = RuleFile { name: "old.yml", text: include_str!("fixtures/old.yml") };

fn event(source: LogSource, operation: &str, properties: &[(&str, &str)]) -> Event {
    let property = |(name, new): &(&str, &str)| Property { name: (*name).to_owned(), old: None, new: Some((*new).to_owned()) };
    Event {
        id: operation.to_owned(),
        time: Some(Timestamp(1_700_000_000)),
        actor: Some("ann@hill.example".to_owned()),
        operation: operation.to_owned(),
        properties: properties.iter().map(property).collect(),
        ..Event::new(source)
    }
}

fn signals(file: RuleFile<'_>, events: &[Event]) -> Vec<Signal> {
    let (mut sigma, problems) = Sigma::read(&[file]);
    assert!(problems.is_empty(), "{problems:?}");
    let mut seen = Seen::default();
    events.iter().for_each(|e| sigma.see(e, &mut seen));
    sigma.finish(&mut seen);
    seen.signals
}

fn ids(file: RuleFile<'_>, event: Event) -> Vec<String> {
    signals(file, &[event]).into_iter().map(|s| s.detector).collect()
}

fn id(n: u32) -> String {
    format!("sigma:5f0c1c52-0000-4000-8000-{n:012}")
}

#[test]
fn dashes_blanks_and_full_stops_are_forgiven_in_both_logs_that_tell_of_the_directory() {
    let name = "Update application \u{2013} Certificates and secrets management ";
    let done = |source, name: &str, workload| Event { outcome: Outcome::Success, ..event(source, name, &[("Workload", workload)]) };
    assert_eq!(ids(APP_KEY, done(LogSource::EntraAudit, name, "")), [id(1)]);
    assert_eq!(ids(APP_KEY, done(LogSource::UnifiedAudit, name, "AzureActiveDirectory")), [id(1)]);
    assert_eq!(ids(APP_KEY, done(LogSource::EntraAudit, "Update application - Certificates and secrets management.", "")), [id(1)]);
    assert!(ids(APP_KEY, done(LogSource::UnifiedAudit, name, "Exchange")).is_empty(), "the log of another service");
    assert!(ids(APP_KEY, done(LogSource::EntraAudit, "Update application", "")).is_empty());
    assert!(ids(APP_KEY, event(LogSource::EntraAudit, name, &[])).is_empty(), "the record does not say that it was done");
}

#[test]
fn bags_are_answered_by_name_by_member_and_as_a_whole() {
    let rule = |to| event(LogSource::UnifiedAudit, "New-InboxRule", &[("Name", "x"), ("ForwardTo", to)]);
    let seen = signals(MAIL_OUT, &[rule("d@drop.example"), rule("e@drop.example"), rule("bob@hill.example")]);
    assert_eq!(seen.len(), 1, "hits of one rule and actor are one signal");
    assert_eq!((seen[0].detector.as_str(), seen[0].techniques.as_slice()), (id(2).as_str(), ["T1114.003".to_owned()].as_slice()));
    assert!(seen[0].because.contains("mail_out.yml") && seen[0].because.contains("2 times") && !seen[0].because.contains("drop"));
    let change = event(LogSource::UnifiedAudit, "Update application.", &[("FederatedIdentityCredentials", "[]")]);
    assert_eq!(ids(MAIL_OUT, change), [id(3)]);
}

#[test]
fn rules_of_other_clouds_match_their_own_events_only() {
    let tags = "{\"items\":[{\"key\":\"cost\"},{\"key\":\"owner\"}]}";
    let root = |kind: &str| Event {
        app: Some("iam.amazonaws.com".into()),
        ..event(LogSource::CloudTrail, "CreateUser", &[("userIdentity.type", "Root"), ("tags", tags), ("eventType", kind)])
    };
    assert_eq!(ids(CLOUDS, root("AwsApiCall")), [id(4)]);
    assert!(ids(CLOUDS, root("AwsServiceEvent")).is_empty());
    let okta = |proxy| Event {
        outcome: Outcome::Success,
        ..event(LogSource::Okta, "system.api_token.create", &[("securityContext.isProxy", proxy), ("requestUri", "/api/v1/tokens")])
    };
    assert_eq!(ids(CLOUDS, okta("true")), [id(5)]);
    assert!(ids(CLOUDS, okta("false")).is_empty());
    assert_eq!(ids(CLOUDS, event(LogSource::GitHub, "repo.access", &[("visibility", "public")])), [id(6)]);
    assert_eq!(ids(CLOUDS, event(LogSource::GoogleCloud, "google.iam.admin.v1.CreateServiceAccount", &[])), [id(7)]);
    let client = Event { app: Some("admin".into()), ..event(LogSource::GoogleWorkspace, "AUTHORIZE_API_CLIENT_ACCESS", &[]) };
    assert_eq!(ids(CLOUDS, client), [id(8)]);
    assert_eq!(ids(CLOUDS, event(LogSource::Azure, "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", &[])), [id(9)]);
    assert!(ids(CLOUDS, event(LogSource::Okta, "repo.access", &[("visibility", "public")])).is_empty());
}

#[test]
fn a_correlation_counts_people_within_its_time() {
    let failed = |user: &str, second: i64| Event {
        id: format!("{user}{second}"),
        actor: Some(user.to_owned()),
        address: Some("192.0.2.7".to_owned()),
        result: Some("50126".to_owned()),
        outcome: Outcome::Failure,
        time: Some(Timestamp(1_700_000_000 + second)),
        ..event(LogSource::EntraSignIn, "Sign-in activity", &[])
    };
    let fast: Vec<Event> = ["a", "b", "c"].iter().zip([0, 60, 120]).map(|(user, second)| failed(user, second)).collect();
    let seen = signals(FAILURES, &fast);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].detector, id(11));
    assert_eq!(seen[0].rests_on, ["c120", "a0", "b60"]);
    assert!(seen[0].subjects.contains(&"192.0.2.7".to_owned()) && seen[0].actor.is_none());
    let slow: Vec<Event> = ["a", "b", "c"].iter().zip([0, 900, 1800]).map(|(user, second)| failed(user, second)).collect();
    assert!(signals(FAILURES, &slow).is_empty());
}

#[test]
fn what_cannot_be_used_is_told_with_the_name_of_its_file_and_the_rest_runs() {
    let (sigma, problems) = Sigma::read(&[UNUSABLE, APP_KEY]);
    assert_eq!(sigma.rules(), 1);
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert!(problems.iter().all(|p| p.starts_with("unusable.yml: ")), "{problems:#?}");
    assert!(problems.iter().any(|p| p.contains("a log that is not read here (windows, process_creation)")));
    assert!(problems.iter().any(|p| p.contains("names a rule that is not there")));
}

#[test]
fn rules_match_in_the_forms_that_public_ones_have() {
    let done = |source, operation, more: &[(&str, &str)]| Event { outcome: Outcome::Success, ..event(source, operation, more) };
    let public = [("responseElements.publiclyAccessible", "true")];
    assert_eq!(ids(FORMS, done(LogSource::CloudTrail, "RestoreDBInstanceFromDBSnapshot", &public)), [id(21)]);
    let collector = Event {
        agent: Some("collector/2".into()),
        ..done(LogSource::UnifiedAudit, "UserLoggedIn", &[("Workload", "AzureActiveDirectory")])
    };
    assert_eq!(ids(FORMS, collector.clone()), [id(22)]);
    assert!(ids(FORMS, Event { outcome: Outcome::Failure, result: Some("50126".into()), ..collector }).is_empty());
    let directory = [("Workload", "AzureActiveDirectory"), ("extendedAuditEventCategory", "Role")];
    assert_eq!(ids(FORMS, done(LogSource::UnifiedAudit, "Add member to role.", &directory)), [id(23)]);
    assert_eq!(ids(FORMS, done(LogSource::EntraAudit, "Add member to role", &[("category", "RoleManagement")])), [id(23)]);
    assert_eq!(ids(FORMS, done(LogSource::EntraSignIn, "Sign-in activity", &[("authenticationProtocol", "deviceCode")])), [id(24)]);
    let logon = |from: &str| Event { address: Some(from.to_owned()), ..event(LogSource::WindowsSecurity, "4625", &[]) };
    assert_eq!(ids(FORMS, logon("203.0.113.9")), [id(25)]);
    assert!(ids(FORMS, logon("10.1.2.3")).is_empty());
    let doubted = Event { app: Some("login".into()), ..event(LogSource::GoogleWorkspace, "suspicious_login", &[]) };
    assert_eq!(ids(FORMS, doubted), [id(26)]);
}

#[test]
fn a_rule_that_asks_for_what_is_not_kept_is_named() {
    let told = |operation: &str| {
        let (mut sigma, mut seen) = (Sigma::read(&[FORMS]).0, Seen::default());
        sigma.see(&event(LogSource::Okta, operation, &[]), &mut seen);
        sigma.finish(&mut seen);
        seen.cannot_say.concat()
    };
    assert!(told("user.session.start").contains("forms.yml (weatherAtHome)"), "{}", told("user.session.start"));
    assert_eq!(told("user.session.end"), "", "no event came so far that it was asked");
}

#[test]
fn what_a_rule_does_that_is_not_done_here_is_told_in_one_line() {
    let (sigma, problems) = Sigma::read(&[OLD]);
    assert_eq!(sigma.rules(), 1, "{problems:#?}");
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(problems.iter().any(|p| p.contains("as Sigma did before version 2: write it as a correlation")), "{problems:#?}");
    assert!(problems.iter().any(|p| p.contains("sideways")), "{problems:#?}");
    assert!(problems.iter().any(|p| p.contains("placeholders (|expand)")), "{problems:#?}");
    assert!(problems.iter().all(|p| p.lines().count() == 1), "{problems:#?}");
}

#[test]
fn detectors_run_rules_beside_their_own() {
    let (sigma, _) = Sigma::read(&[CLOUDS]);
    let mut detectors = Detectors::new(Scene::default()).with_rules(sigma);
    detectors.see(&event(LogSource::GitHub, "repo.access", &[("visibility", "public")]));
    assert!(detectors.finish().signals.iter().any(|s| s.detector == id(6)));
}

proptest::proptest! {
    #[test]
    fn no_text_of_rules_makes_it_fall(text in "[a-z:\\-\\[\\]{}&*|>'\"# \n0-9%!]{0,200}") {
        let _ = Sigma::read(&[RuleFile { name: "x", text: &text }]);
    }
}

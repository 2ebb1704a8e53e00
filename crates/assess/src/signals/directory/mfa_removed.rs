//! A second factor, or the rule that asks for it, is gone.

use super::super::baseline::operation;
use super::{About, CHANGES, Event, read};
use aftermail_model::LogSource;

pub(super) const ABOUT: About = About {
    id: "mfa_removed",
    title: "A second factor, or the rule that asks for it, is gone",
    techniques: &["T1556.006"],
    sources: CHANGES,
    logic: "A factor was deleted, suspended or reset, the demand for one was lifted, or a rule of conditional access was deleted or \
            switched off.",
    mistaken_for: "A new phone; the help desk at work. Look whether the owner registered a new factor next, and from where.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    let done = operation(event);
    let hit = match event.source {
        LogSource::UnifiedAudit | LogSource::EntraAudit => entra(event, &done),
        LogSource::CloudTrail => ["deactivatemfadevice", "deletevirtualmfadevice"].contains(&done.as_str()),
        LogSource::GoogleWorkspace => {
            const GONE: [&str; 6] = [
                "2sv_disable",
                "titanium_unenroll",
                "unenroll_user_from_strong_auth",
                "turn_off_2_step_verification",
                "unenroll_user_from_titanium",
                "remove_security_key",
            ];
            let lifted =
                ["enforce_strong_authentication", "allow_strong_authentication"].contains(&done.as_str()) && read::no(event, "NEW_VALUE");
            GONE.contains(&done.as_str()) || lifted
        }
        LogSource::GitHub => {
            const GONE: [&str; 3] =
                ["org.disable_two_factor_requirement", "business.disable_two_factor_requirement", "two_factor_authentication.disabled"];
            GONE.contains(&done.as_str())
        }
        LogSource::Okta => {
            const GONE: [&str; 4] =
                ["user.mfa.factor.deactivate", "user.mfa.factor.reset_all", "user.mfa.factor.suspend", "system.mfa.factor.deactivate"];
            GONE.contains(&done.as_str())
        }
        _ => false,
    };
    hit.then(|| format!("{} for {}", event.operation.trim(), event.target.as_deref().unwrap_or("everyone whom it covered")))
}

fn entra(event: &Event, done: &str) -> bool {
    match done {
        "disable strong authentication" | "admin deleted security info" | "user deleted security info" => true,
        "delete conditional access policy" => true,
        "update conditional access policy" => {
            let state = |text: &Option<String>| text.as_deref().is_some_and(|t| t.replace(' ', "").contains("\"state\":\"enabled\""));
            event.property("ConditionalAccessPolicy").is_some_and(|p| state(&p.old) && !state(&p.new))
        }
        // Lifting the demand comes with a record of its own; here the methods themselves go.
        "update user" => event.property("StrongAuthenticationMethod").is_some_and(|p| {
            let count = |text: &Option<String>| text.as_deref().map_or(0, |t| t.matches("MethodType").count());
            count(&p.new) < count(&p.old)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of};
    use super::*;

    const ID: &str = "mfa_removed";

    #[test]
    fn the_end_of_a_factor_is_a_hit_and_its_beginning_is_none() {
        assert!(hits(ID, audit("Disable Strong Authentication.", &[])) && !hits(ID, audit("Enable Strong Authentication.", &[])));
        let methods = |n: usize| format!("[{}]", "{\"MethodType\": 6}".repeat(n));
        let update = |old, new| audit("Update user.", &[("StrongAuthenticationMethod", &methods(old), &methods(new))]);
        assert!(hits(ID, update(2, 1)) && !hits(ID, update(1, 2)));
        let policy = |old: &str, new: &str| {
            let json = |state: &str| format!("{{\"id\":\"p\",\"state\":\"{state}\"}}");
            of(LogSource::EntraAudit, "Update conditional access policy", &[("ConditionalAccessPolicy", &json(old), &json(new))])
        };
        assert!(hits(ID, policy("enabled", "disabled")) && !hits(ID, policy("disabled", "enabled")));
        assert!(hits(ID, of(LogSource::Okta, "user.mfa.factor.reset_all", &[])));
        assert!(!hits(ID, of(LogSource::Okta, "user.mfa.factor.activate", &[])));
        assert!(
            hits(ID, of(LogSource::GoogleWorkspace, "2sv_disable", &[])) && !hits(ID, of(LogSource::GoogleWorkspace, "2sv_enroll", &[]))
        );
        assert!(hits(ID, of(LogSource::CloudTrail, "DeactivateMFADevice", &[])));
        assert!(!hits(ID, of(LogSource::CloudTrail, "EnableMFADevice", &[])));
        assert!(hits(ID, of(LogSource::GitHub, "org.disable_two_factor_requirement", &[])));
        assert!(!hits(ID, of(LogSource::GitHub, "org.enable_two_factor_requirement", &[])));
    }
}

//! One way to look at tries to sign in, whichever log tells of them.

use aftermail_model::{ActorKind, Event, LogSource, Outcome};

/// How a try to sign in ended, as far as detectors tell ends apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::signals) enum End {
    /// Signed in.
    Inside,
    /// Wrong password, no such account, or locked for too many tries.
    WrongPassword,
    /// The password was right, and something else stopped it: it had expired, a second factor or a condition was asked for.
    RightPassword,
    /// The second factor was refused or not answered.
    FactorDenied,
    /// It ended in another way.
    Other,
}

/// One try.
pub(in crate::signals) struct SignIn {
    /// The account, in lower case.
    pub(in crate::signals) account: String,
    /// How it ended.
    pub(in crate::signals) end: End,
}

/// The try to sign in that this event tells of.
pub(in crate::signals) fn sign_in(event: &Event) -> Option<SignIn> {
    let end = match event.source {
        LogSource::EntraSignIn if event.actor_kind == ActorKind::User => entra(event),
        LogSource::UnifiedAudit if matches!(event.operation.as_str(), "UserLoggedIn" | "UserLoginFailed") => entra(event),
        LogSource::Okta => okta(event)?,
        LogSource::GoogleWorkspace => google(event)?,
        LogSource::CloudTrail if event.operation == "ConsoleLogin" => by_outcome(event),
        _ => return None,
    };
    Some(SignIn { account: event.actor.as_deref()?.trim().to_lowercase(), end })
}

/// What the event's property of this name says.
pub(in crate::signals) fn told<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    event.property(name)?.new.as_deref()
}

/// Codes of Entra (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes") and their names in the Unified
/// Audit Log.
fn entra(event: &Event) -> End {
    if event.outcome == Outcome::Success {
        return End::Inside;
    }
    match event.result.as_deref().unwrap_or_default() {
        "50126" | "50034" | "50053" | "50056" | "InvalidUserNameOrPassword" | "UserAccountNotFound" | "IdsLocked" => End::WrongPassword,
        "50055" | "50072" | "50074" | "50076" | "50079" | "50140" | "50144" | "50158" | "53000" | "53001" | "53002" | "53003" | "53004" => {
            End::RightPassword
        }
        "InvalidPasswordExpiredPassword" | "UserStrongAuthEnrollmentRequiredInterrupt" | "UserStrongAuthClientAuthNRequiredInterrupt" => {
            End::RightPassword
        }
        "500121" | "AuthenticationFailedSasError" => End::FactorDenied,
        _ => End::Other,
    }
}

/// Event types of Okta's system log.
fn okta(event: &Event) -> Option<End> {
    let end = by_outcome(event);
    match (event.operation.as_str(), event.result.as_deref()) {
        ("user.mfa.okta_verify.deny_push", _) => Some(End::FactorDenied),
        ("user.authentication.auth_via_mfa", _) if end != End::Inside => Some(End::FactorDenied),
        ("user.session.start", Some("INVALID_CREDENTIALS" | "LOCKED_OUT" | "VERIFICATION_ERROR")) => Some(End::WrongPassword),
        ("user.session.start" | "user.authentication.auth_via_mfa", _) if end == End::Inside => Some(End::Inside),
        ("user.session.start", _) => Some(End::Other),
        _ => None,
    }
}

/// Login events of the Reports API.
fn google(event: &Event) -> Option<End> {
    match event.operation.as_str() {
        "login_success" => Some(End::Inside),
        "login_failure" if told(event, "login_failure_type").is_some_and(|t| !t.contains("invalid_password")) => Some(End::Other),
        "login_failure" => Some(End::WrongPassword),
        _ => None,
    }
}

fn by_outcome(event: &Event) -> End {
    match event.outcome {
        Outcome::Success => End::Inside,
        Outcome::Failure => End::WrongPassword,
        Outcome::Unknown => End::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::tried;

    #[test]
    fn ends_are_told_by_code_and_by_name() {
        let end = |code: &str| sign_in(&tried(0, "A@x.example", code, "Outlook", "198.51.100.7")).expect("a try").end;
        assert_eq!(end("0"), End::Inside);
        assert_eq!(end("50126"), End::WrongPassword);
        assert_eq!(end("50074"), End::RightPassword);
        assert_eq!(end("AuthenticationFailedSasError"), End::FactorDenied);
        assert_eq!(end("65001"), End::Other);
        assert_eq!(sign_in(&tried(0, "A@x.example", "0", "", "")).expect("a try").account, "a@x.example");
    }

    #[test]
    fn what_is_no_try_is_none() {
        let mut read = tried(0, "a@x.example", "0", "Outlook", "198.51.100.7");
        (read.source, read.operation) = (LogSource::UnifiedAudit, "MailItemsAccessed".to_owned());
        assert!(sign_in(&read).is_none());
        let mut app = tried(0, "sp", "0", "node", "198.51.100.7");
        app.actor_kind = ActorKind::Application;
        assert!(sign_in(&app).is_none());
    }
}

//! Doors that a password opened, and that a reset does not close.

use super::common::*;
use super::table::*;
use aftermail_model::ProofVerdict::{Proven, SessionsAlive};

const OBJECT: &str = "44444444-4444-4444-8444-444444444444";

#[test]
fn doors_that_stay_open_after_a_reset() {
    let grant = |time: &str, op: &str, old: &str, new: &str| {
        let more = format!(
            r#","ModifiedProperties":[{{"Name":"DelegatedPermissionGrant.Scope","OldValue":"{old}","NewValue":"{new}"}},{{"Name":"ServicePrincipal.ObjectID","OldValue":"","NewValue":"{OBJECT}"}}]"#
        );
        ual(time, op, ANNA, "00000003-0000-0000-c000-000000000000", &more)
    };
    let given = || grant("2026-01-13T08:00:00", "Add delegated permission grant.", "", " openid Mail.Read");
    let right = |time: &str, op: &str| {
        ual(time, op, ANNA, ANNA, &parameters(&[("Identity", ANNA), ("User", "bert"), ("AccessRights", "FullAccess")]))
    };
    let rule = |time: &str, op: &str, name: &str| {
        ual(time, op, ANNA, "anna\\\\Post", &parameters(&[(name, "anna\\\\Post"), ("ForwardTo", "x@other.example")]))
    };
    let forward =
        |time: &str, to: &str| ual(time, "Set-Mailbox", ANNA, ANNA, &parameters(&[("Identity", ANNA), ("ForwardingSmtpAddress", to)]));
    check(vec![
        ("a consent stays", password(), before_reset(vec![given()]), SessionsAlive, "a consent mail.read"),
        (
            "a consent is removed",
            password(),
            before_reset(vec![given(), grant("2026-01-14T08:00:00", "Remove delegated permission grant.", " openid Mail.Read", "")]),
            Proven,
            "",
        ),
        (
            "a consent is widened, and logged as removed",
            password(),
            before_reset(vec![
                given(),
                grant("2026-01-14T08:00:00", "Remove delegated permission grant.", " openid Mail.Read", " openid Mail.Read Mail.ReadWrite"),
            ]),
            SessionsAlive,
            "widened by mail.readwrite",
        ),
        (
            "a consent is removed by half",
            password(),
            before_reset(vec![
                given(),
                grant("2026-01-14T08:00:00", "Remove delegated permission grant.", " Mail.Read Mail.Send", " Mail.Read"),
            ]),
            SessionsAlive,
            "mail.read",
        ),
        (
            "a right stays",
            password(),
            before_reset(vec![right("2026-01-13T08:00:00", "Add-MailboxPermission")]),
            SessionsAlive,
            "a right on the mailbox bert",
        ),
        (
            "a right is taken after the reset",
            password(),
            [
                before_reset(vec![right("2026-01-13T08:00:00", "Add-MailboxPermission")]),
                vec![right("2026-01-21T08:00:00", "Remove-MailboxPermission")],
            ]
            .concat(),
            Proven,
            "",
        ),
        (
            "a rule stays",
            password(),
            before_reset(vec![rule("2026-01-13T08:00:00", "New-InboxRule", "Name")]),
            SessionsAlive,
            "an inbox rule",
        ),
        (
            "a rule is disabled",
            password(),
            before_reset(vec![
                rule("2026-01-13T08:00:00", "New-InboxRule", "Name"),
                rule("2026-01-14T08:00:00", "Disable-InboxRule", "Identity"),
            ]),
            SessionsAlive,
            "disabled, not removed",
        ),
        (
            "a rule is removed",
            password(),
            before_reset(vec![
                rule("2026-01-13T08:00:00", "New-InboxRule", "Name"),
                rule("2026-01-14T08:00:00", "Remove-InboxRule", "Identity"),
            ]),
            Proven,
            "",
        ),
        (
            "mail is forwarded",
            password(),
            before_reset(vec![forward("2026-01-13T08:00:00", "smtp:x@other.example")]),
            SessionsAlive,
            "forwarding of all mail",
        ),
        (
            "mail is no longer forwarded",
            password(),
            before_reset(vec![forward("2026-01-13T08:00:00", "smtp:x@other.example"), forward("2026-01-14T08:00:00", "")]),
            Proven,
            "",
        ),
    ]);
}

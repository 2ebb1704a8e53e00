//! What misleads readers of such logs, one test for each trap.
#![allow(missing_docs)]

mod common;

use aftermail_logs::{Hint, Why, parse_time, read};
use aftermail_model::{Event, Outcome};
use common::{Kept, kept, logs, one};

fn audit(members: &str) -> String {
    format!(r#"{{"Id":"1","CreationTime":"2026-01-02T03:04:05","UserId":"a@x.example",{members}}}"#)
}

fn change<'a>(e: &'a Event, name: &str) -> (Option<&'a str>, Option<&'a str>) {
    let p = e.property(name).unwrap_or_else(|| panic!("{name} is lost"));
    (p.old.as_deref(), p.new.as_deref())
}

#[test]
fn dashes_and_blanks_of_an_operation_stay_as_they_are() {
    let name = "Update application – Certificates and secrets management ";
    assert_eq!(one(&audit(&format!(r#""Operation":"{name}""#))).operation, name);
}

#[test]
fn a_name_that_speaks_of_a_change_is_none_and_one_change_may_be_two() {
    let keys = |old: &str, new: &str| {
        one(&audit(&format!(
            r#""Operation":"Create application – Certificates and secrets management ","ModifiedProperties":[{{"Name":"KeyDescription","OldValue":"{old}","NewValue":"{new}"}}]"#
        )))
    };
    assert_eq!(change(&keys("[]", "[]"), "KeyDescription"), (Some("[]"), Some("[]")));
    assert_eq!(
        change(&keys("[KeyIdentifier=a]", "[KeyIdentifier=b]"), "KeyDescription"),
        (Some("[KeyIdentifier=a]"), Some("[KeyIdentifier=b]"))
    );
}

#[test]
fn a_removal_that_widens_tells_both_scopes() {
    let e = one(&audit(
        r#""Operation":"Remove delegated permission grant.","ModifiedProperties":[{"Name":"DelegatedPermissionGrant.Scope","OldValue":" offline_access","NewValue":" offline_access Mail.Read"}]"#,
    ));
    assert_eq!(change(&e, "DelegatedPermissionGrant.Scope"), (Some(" offline_access"), Some(" offline_access Mail.Read")));
}

#[test]
fn a_failed_sign_in_fails_whatever_its_status_says() {
    let e = one(&audit(
        r#""Operation":"UserLoginFailed","ResultStatus":"Success","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword""#,
    ));
    assert_eq!((e.outcome, e.result.as_deref()), (Outcome::Failure, Some("50126")));
}

#[test]
fn rows_that_repeat_have_equal_ids_in_any_order() {
    let row = |index: u8, json: &str| format!("x,{index},\"{}\"\n", json.replace('"', "\"\""));
    let (a, b) = (audit(r#""Operation":"Send""#), audit(r#""Operation":"Send""#).replace("\"1\"", "\"2\""));
    let ids = |text: String| {
        let mut ids: Vec<String> = kept(text.as_bytes()).events.into_iter().map(|e| e.id).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let page = |rows: &[String]| format!("CreationDate,ResultIndex,AuditData\n{}", rows.concat());
    // Pages of a large set come in no order, and overlap.
    assert_eq!(ids(page(&[row(1, &a), row(2, &b)])), ids(page(&[row(2, &b), row(1, &b), row(2, &a)])));
}

#[test]
fn a_row_without_its_record_is_counted_and_rows_span_lines() {
    let row = audit(r#""Operation":"Send""#).replace('"', "\"\"").replace(',', ",\n");
    let all = kept(format!("CreationDate,AuditData\n1/2/2026,\"{row}\"\n1/2/2026,\"\"\n1/2/2026,\"{row}\"\n").as_bytes());
    assert_eq!((all.events.len(), all.whys()), (2, vec![Why::Empty]));
}

#[test]
fn addresses_have_one_form_and_what_stands_for_none_is_none() {
    for (text, want) in [
        ("198.51.100.7:52378", Some("198.51.100.7")),
        ("[2001:db8::1]:443", Some("2001:db8::1")),
        ("::ffff:198.51.100.7", Some("198.51.100.7")),
        ("", None),
        ("<null>", None),
    ] {
        let e = one(&audit(&format!(r#""Operation":"Send","ClientIP":"{text}""#)));
        assert_eq!(e.address.as_deref(), want, "{text}");
    }
}

#[test]
fn a_change_without_an_address_names_the_sign_in_that_has_it() {
    let e = one(&audit(r#""Operation":"Update user.","RecordType":8,"InterSystemsId":"c1""#));
    let sign_in = one(
        r#"{"value":[{"id":"s","createdDateTime":"2026-01-02T03:04:00Z","userPrincipalName":"a@x.example","correlationId":"c1","ipAddress":"198.51.100.7","status":{"errorCode":0}}]}"#,
    );
    assert_eq!(e.address, None);
    assert_eq!(change(&e, "correlationId"), change(&sign_in, "correlationId"));
    assert_eq!(change(&e, "correlationId").1, Some("c1"));
}

#[test]
fn the_time_of_the_record_counts_and_not_that_of_its_row() {
    let json = audit(r#""Operation":"Send""#).replace('"', "\"\"");
    let e = one(&format!("CreationDate,AuditData\n\"2/1/2026 4:04:05 AM\",\"{json}\"\n"));
    assert_eq!(e.time, parse_time("2026-01-02T03:04:05Z"));
}

#[test]
fn dates_with_the_day_first_are_known_by_the_dates_beside_them() {
    let file = |second: &str| {
        format!("createdDateTime,userPrincipalName,resultType\n2/3/2026 3:04:05 AM,a@x.example,0\n{second} 3:04:05 AM,a@x.example,0\n")
    };
    let first = |second: &str| kept(file(second).as_bytes()).events.remove(0);
    assert_eq!(first("14/3/2026").time, parse_time("2026-03-02T03:04:05Z"));
    assert_eq!(first("3/14/2026").time, parse_time("2026-02-03T03:04:05Z"));
    // Where nothing tells, the event says what was assumed.
    assert!(change(&first("3/4/2026"), "date order").1.is_some_and(|words| words.starts_with("month first, assumed")));
    assert!(first("3/14/2026").property("date order").is_none());
}

#[test]
fn a_type_of_record_is_a_number_or_a_name() {
    for kind in ["50", "\"50\"", "\"ExchangeItemAggregated\""] {
        assert_eq!(one(&audit(&format!(r#""Operation":"Send","RecordType":{kind}"#))).operation, "Send");
    }
}

#[test]
fn of_two_columns_of_one_name_none_is_lost() {
    let e = one(
        "Date (UTC),Request ID,Username,Status,Incoming token type,Application ID ,Autonomous system  number,Incoming token type\n2026-01-02T03:04:05Z,r,a@x.example,Success,none,a1,64500,Primary refresh token\n",
    );
    assert_eq!((change(&e, "incomingTokenType").1, e.app.as_deref()), (Some("none"), Some("a1")));
    assert_eq!(change(&e, "autonomousSystemNumber").1, Some("64500"));
}

#[test]
fn an_account_keeps_its_key_when_its_name_changes() {
    let e = one(&audit(r#""Operation":"Send","UserKey":"10032001","TokenObjectId":"o1""#));
    assert_eq!((change(&e, "UserKey").1, change(&e, "TokenObjectId").1), (Some("10032001"), Some("o1")));
}

#[test]
fn an_old_sign_in_without_a_session_still_tells_when_from_where_and_with_what() {
    let e = one(
        r#"{"createdDateTime":"2026-01-02T03:04:05Z","id":"s","userPrincipalName":"a@x.example","appId":"a1","ipAddress":"198.51.100.7","status":{"errorCode":0}}"#,
    );
    assert_eq!((e.session.as_deref(), e.app.as_deref(), e.address.as_deref()), (None, Some("a1"), Some("198.51.100.7")));
    // The audit log had it before.
    let logged = one(&audit(r#""Operation":"UserLoggedIn","DeviceProperties":[{"Name":"SessionId","Value":"s1"}]"#));
    assert_eq!(logged.session.as_deref(), Some("s1"));
}

#[test]
fn what_powershell_writes_is_read_with_mark_blanks_dates_and_without_separators() {
    let dated = audit(r#""Operation":"Send""#).replace("2026-01-02T03:04:05", "\\/Date(1767323045000)\\/");
    for text in [format!("\u{feff}  {dated}"), format!("{dated}{dated}"), format!("[ {dated} ,\r\n{dated} ]")] {
        let all = kept(text.as_bytes());
        assert!(!all.events.is_empty() && all.rejects.is_empty(), "{text}");
        assert!(all.events.iter().all(|e| e.time == parse_time("2026-01-02T03:04:05Z")), "{text}");
    }
}

#[test]
fn a_label_of_success_makes_no_success() {
    let Some(dir) = logs("det-eng-samples") else { return };
    let all = kept(&std::fs::read(dir.join("dataset/t1110.003_o365spray_default.json")).expect("a file"));
    assert!(!all.events.is_empty() && all.events.iter().all(|e| e.outcome != Outcome::Success));
}

#[test]
fn lines_without_a_year_are_dated_by_the_day_of_handing_over() {
    let mut all = Kept::default();
    let hint = Hint { as_of: parse_time("2026-02-01T00:00:00Z"), ..Hint::default() };
    read(b"Dec 31 08:00:00 mx dovecot: imap-login: Login: user=<a>, rip=198.51.100.7, session=<s>\n", &hint, &mut all);
    assert_eq!(all.events[0].time, parse_time("2025-12-31T08:00:00Z"));
    assert!(change(&all.events[0], "year").1.is_some_and(|words| words.starts_with("2025, ")));
}

//! The Unified Audit Log, as Purview exports it: what was read in mailboxes, who signed in, what became of passwords.

use super::cast::{BEN, BROWSER, CARLO, GITA, INTRUDER, LUCIE, OFFICE, PILOT, Person, RHEA, SHARED, STAFF, TOM, Tenant};
use super::cast::{DAY, at, rfc3339, token, working_days};
use super::dice::Dice;
use super::json;
use super::mail::Mail;
use serde_json::{Value, json};

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Outlook on the web, and Outlook on the desktop.
const OWA: &str = "9199bf20-a13f-4107-85dc-02114787ef48";
const OUTLOOK: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";

/// A working day: who reads which mailbox, and who else signs in.
pub struct Day {
    pub begins: i64,
    pub reader: Person,
    pub mailbox: String,
    pub other: Person,
    pub session: String,
    /// By which the mailbox is read.
    pub token: String,
    pub correlation: String,
    /// Message-IDs and folder.
    messages: Vec<String>,
}

/// The ordinary days.
pub fn days(tenant: &Tenant, mail: &[Mail]) -> Vec<Day> {
    let mut dice = Dice::of(tenant.seed, "days");
    let each = working_days().enumerate().map(|(n, begins)| {
        let (reader, mailbox) = [(TOM, TOM.upn()), (LUCIE, LUCIE.upn()), (CARLO, SHARED.to_owned())][n % 3].clone();
        let fresh = |m: &&Mail| m.mailbox == mailbox && m.folder == "Inbox" && (begins - 3 * DAY..begins + DAY / 3).contains(&m.time);
        let messages = mail.iter().filter(fresh).map(|m| m.id.clone()).collect();
        let other = STAFF[(n * 5 + 3) % STAFF.len()];
        Day { begins, reader, mailbox, other, session: dice.guid(), token: token(&mut dice), correlation: dice.guid(), messages }
    });
    each.collect()
}

/// Writes records of one tenant.
struct Desk<'t> {
    tenant: &'t Tenant,
    dice: Dice,
    rows: Vec<(i64, Value)>,
}

impl Desk<'_> {
    /// A record of `who` from somewhere; `more` is what its operation adds.
    fn record(&mut self, time: i64, operation: &str, kind: u32, who: &Person, address: Option<&str>, more: Value) {
        let time_text = rfc3339(time).trim_end_matches('Z').to_owned();
        let mut record = json!({
            "CreationTime": time_text, "Id": self.dice.guid(), "Operation": operation, "OrganizationId": self.tenant.id,
            "RecordType": kind, "ResultStatus": "Success", "UserId": who.upn(), "UserKey": self.tenant.object(who.user),
            "UserType": 0, "Version": 1,
        });
        if let Some(address) = address {
            record["ClientIP"] = json!(address);
        }
        for (name, value) in more.as_object().into_iter().flatten() {
            record[name] = value.clone();
        }
        self.rows.push((time, record));
    }

    fn signed_in(&mut self, time: i64, who: &Person, address: &str, correlation: &str) {
        let more = json!({
            "Workload": "AzureActiveDirectory", "ActorIpAddress": address, "ApplicationId": OWA, "ErrorNumber": "0",
            "ExtendedProperties": [{"Name": "UserAgent", "Value": BROWSER}, {"Name": "RequestType", "Value": "OAuth2:Authorize"}],
            "InterSystemsId": correlation, "ObjectId": GRAPH,
        });
        self.record(time, "UserLoggedIn", 15, who, Some(address), more);
    }

    /// Reading in a mailbox: bound items of a folder, or a folder that was synchronised.
    fn read(&mut self, time: i64, mailbox: &str, who: &Person, by: &Reader<'_>, what: Items<'_>) {
        let own = mailbox == who.upn();
        let mut more = json!({
            "Workload": "Exchange", "MailboxOwnerUPN": mailbox, "MailboxGuid": self.tenant.object(mailbox),
            "LogonType": if own { 0 } else { 2 }, "InternalLogonType": 0, "ExternalAccess": false, "ResultStatus": "Succeeded",
            "ClientIPAddress": by.address, "ClientInfoString": by.program, "ClientAppId": by.app, "AppId": by.app,
            "AppAccessContext": {
                "AADSessionId": by.session, "APIId": GRAPH, "ClientAppId": by.app, "IssuedAtTime": rfc3339(by.issued).trim_end_matches('Z'),
                "UniqueTokenId": by.token,
            },
        });
        let id = self.dice.letters("ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", 16);
        let access = match what {
            Items::Bound(ids) => {
                let items = ids.iter().map(|id| json!({"InternetMessageId": id, "SizeInBytes": 2_000 + self.dice.below(9_000)}));
                more["Folders"] = json!([{"FolderItems": items.collect::<Vec<_>>(), "Id": id, "Path": "\\Inbox"}]);
                more["OperationCount"] = json!(ids.len());
                "Bind"
            }
            Items::Folder(name) => {
                more["Item"] = json!({"Id": id, "ParentFolder": {"Id": id, "Name": name, "Path": format!("\\{name}")}});
                "Sync"
            }
        };
        more["OperationProperties"] = json!([{"Name": "MailAccessType", "Value": access}]);
        if by.session.is_none() {
            more["UserType"] = json!(5);
            more["UserId"] = json!(self.tenant.helper.principal);
        }
        let kind = if access == "Sync" { 2 } else { 50 };
        self.record(time, "MailItemsAccessed", kind, who, None, more);
    }

    /// A change of an account in the directory.
    fn account(&mut self, time: i64, operation: &str, by: &Person, of: &Person, changed: Value) {
        let more = json!({
            "Workload": "AzureActiveDirectory", "ObjectId": of.upn(), "ModifiedProperties": changed,
            "Target": [{"ID": of.upn(), "Type": 5}], "InterSystemsId": self.dice.guid(), "AzureActiveDirectoryEventType": 1,
        });
        self.record(time, operation, 8, by, None, more);
    }
}

/// By what a mailbox is read.
struct Reader<'r> {
    address: &'r str,
    program: &'r str,
    app: &'r str,
    session: Option<&'r str>,
    token: &'r str,
    issued: i64,
}

/// What is read.
enum Items<'i> {
    Bound(&'i [String]),
    Folder(&'i str),
}

/// The export, with its damaged row, and with rows that stand in it twice.
pub fn export(tenant: &Tenant, days: &[Day]) -> String {
    let mut desk = Desk { tenant, dice: Dice::of(tenant.seed, "audit records"), rows: Vec::new() };
    days.iter().for_each(|day| ordinary(&mut desk, day));
    let mail = super::mail::all(tenant);
    intruder(&mut desk, &mail);
    passwords(&mut desk);
    desk.rows.sort_by_key(|(time, _)| *time);
    csv(&desk.rows)
}

fn ordinary(desk: &mut Desk<'_>, day: &Day) {
    let begins = day.begins + 8 * 3_600;
    desk.signed_in(begins + 300, &day.other, day.other.address, &day.correlation);
    let by = Reader {
        address: day.reader.address,
        program: "Client=OWA;Action=ViaProxy",
        app: OWA,
        session: Some(&day.session),
        token: &day.token,
        issued: begins,
    };
    desk.read(begins + 900, &day.mailbox, &day.reader, &by, Items::Bound(&day.messages));
}

/// The intruder synchronises a folder by the test account, and reads letters by an application.
fn intruder(desk: &mut Desk<'_>, mail: &[Mail]) {
    let (session, tokens, app) = (desk.tenant.session.clone(), desk.tenant.tokens.clone(), desk.tenant.helper.app_id.clone());
    let correlation = desk.dice.guid();
    desk.signed_in(at("2026-09-21 02:14:40"), &PILOT, INTRUDER, &correlation);
    let outlook = Reader {
        address: INTRUDER,
        program: "Client=MSExchangeRPC",
        app: OUTLOOK,
        session: Some(&session),
        token: &tokens[0],
        issued: at("2026-09-22 01:05"),
    };
    let search = json!({
        "Workload": "Exchange", "ClientIPAddress": INTRUDER, "QueryText": "password OR kennwort OR \"client secret\"",
        "QuerySource": "Outlook", "AppAccessContext": {"AADSessionId": session, "ClientAppId": OUTLOOK, "UniqueTokenId": tokens[0]},
    });
    desk.record(at("2026-09-22 01:09:03"), "SearchQueryInitiatedExchange", 52, &PILOT, None, search);
    desk.read(at("2026-09-22 01:11:48"), SHARED, &PILOT, &outlook, Items::Folder("Zugang"));
    let graph =
        Reader { address: INTRUDER, program: "Client=REST;Client=RESTSystem;;", app: &app, session: None, token: &tokens[1], issued: 0 };
    let graph = Reader { program: "Client=REST;;", issued: at("2026-09-22 03:30"), ..graph };
    for (time, subjects) in [
        ("2026-09-22 03:34:10", ["Key for the build machine", "Timetable sync: new client secret", "Printer at the counter"]),
        ("2026-09-22 03:41:55", ["Key for the backup job", "Berth planner is ready", "Storage of the tide pictures"]),
    ] {
        let ids: Vec<String> =
            mail.iter().filter(|m| m.mailbox == TOM.upn() && subjects.contains(&m.subject.as_str())).map(|m| m.id.clone()).collect();
        desk.read(at(time), &TOM.upn(), &PILOT, &graph, Items::Bound(&ids));
    }
}

/// One password is used by the intruder and reset with its sessions; one is changed, and its sessions go on.
fn passwords(desk: &mut Desk<'_>) {
    let correlation = desk.dice.guid();
    desk.signed_in(at("2026-09-24 04:02:18"), &GITA, INTRUDER, &correlation);
    let reset = at("2026-09-29 08:20:11");
    desk.account(reset, "Reset user password.", &RHEA, &GITA, json!([]));
    let stamp = |time: i64| format!("[\r\n  \"{}\"\r\n]", rfc3339(time));
    let valid = json!([{
        "Name": "StsRefreshTokensValidFrom", "OldValue": stamp(at("2026-03-02 09:00")), "NewValue": stamp(reset),
    }]);
    desk.account(reset, "Update StsRefreshTokenValidFrom Timestamp.", &RHEA, &GITA, valid);
    let correlation = desk.dice.guid();
    desk.signed_in(at("2026-09-29 09:01:30"), &GITA, GITA.address, &correlation);
    desk.account(at("2026-09-29 09:02:45"), "Change user password.", &GITA, &GITA, json!([]));
    let refused = json!({
        "Workload": "AzureActiveDirectory", "ActorIpAddress": INTRUDER, "ApplicationId": OWA, "ErrorNumber": "50126",
        "LogonError": "InvalidUserNameOrPassword", "InterSystemsId": desk.dice.guid(),
        "ExtendedProperties": [{"Name": "UserAgent", "Value": BROWSER}],
    });
    // A failed sign-in says "Success" as often as not.
    desk.record(at("2026-10-01 03:12:05"), "UserLoginFailed", 15, &GITA, Some(INTRUDER), refused);
    let correlation = desk.dice.guid();
    desk.signed_in(at("2026-09-30 10:14:00"), &BEN, BEN.address, &correlation);
    desk.account(at("2026-09-30 10:15:22"), "Change user password.", &BEN, &BEN, json!([]));
    let shared = json!({"Workload": "SharePoint", "ObjectId": "https://harrowquay.sharepoint.example/fares.xlsx", "ItemType": "File"});
    desk.record(at("2026-10-12 12:00:00"), "FileAccessed", 6, &RHEA, Some(OFFICE), shared);
}

fn csv(rows: &[(i64, Value)]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 8]| out.write_record(cells).expect("a row");
    write([
        "RecordId",
        "CreationDate",
        "RecordType",
        "Operation",
        "UserId",
        "AuditData",
        "AssociatedAdminUnits",
        "AssociatedAdminUnitsNames",
    ]);
    let mut row = |record: &Value, cut: bool| {
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let data = json(record);
        let data = if cut { &data[..data.len() / 2] } else { &data };
        let created = format!("{}.0000000Z", text("CreationTime"));
        write([&text("Id"), &created, &record["RecordType"].to_string(), &text("Operation"), &text("UserId"), data, "", ""]);
    };
    // Two exports that overlap; the first was cut off within its last row.
    let half = rows.len() * 2 / 3;
    rows[..half].iter().for_each(|(_, record)| row(record, false));
    row(&rows[half].1, true);
    rows[half - 12..].iter().for_each(|(_, record)| row(record, false));
    String::from_utf8(out.into_inner().expect("rows")).expect("text")
}

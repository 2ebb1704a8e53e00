//! Sign-ins of people and applications, as diagnostic settings write them.

use super::cast::{App, BEN, BROWSER, GITA, INTRUDER, INTRUDER_TOO, PILOT, Person, SERVER, STAFF, Tenant};
use super::cast::{DAY, at, rfc3339, token, working_days};
use super::dice::Dice;
use super::mailboxes::Day;
use serde_json::{Value, json};

/// The day of which nobody handed over the sign-ins.
const MISSING: &str = "2026-10-14";
const OUTLOOK_WEB: (&str, &str) = ("9199bf20-a13f-4107-85dc-02114787ef48", "One Outlook Web");
/// An old way to sign in that asks for one factor alone.
const COMMAND_LINE: (&str, &str) = ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI");

/// From where, by which program, to reach what.
type Way<'w> = (&'w str, &'w str, &'w str);
const THEIRS: Way<'static> = (INTRUDER, "python-requests/2.32", "Microsoft Graph");

struct Desk<'t> {
    tenant: &'t Tenant,
    dice: Dice,
    records: Vec<(i64, Value)>,
}

/// One sign-in of a person.
struct SignIn<'s> {
    who: &'s Person,
    address: &'s str,
    app: (&'s str, &'s str),
    program: &'s str,
    session: String,
    token: String,
    code: u32,
    /// The protocol of passwords alone, and one factor.
    old: bool,
}

impl Desk<'_> {
    fn usual<'s>(&mut self, who: &'s Person) -> SignIn<'s> {
        let (session, token) = (self.dice.guid(), token(&mut self.dice));
        SignIn { who, address: who.address, app: OUTLOOK_WEB, program: BROWSER, session, token, code: 0, old: false }
    }

    fn person(&mut self, time: i64, s: &SignIn<'_>) {
        let correlation = self.dice.guid();
        let properties = json!({
            "id": self.dice.guid(), "createdDateTime": rfc3339(time), "userPrincipalName": s.who.upn(), "userDisplayName": s.who.name,
            "userId": self.tenant.object(s.who.user), "appId": s.app.0, "appDisplayName": s.app.1, "ipAddress": s.address,
            "clientAppUsed": if s.old { "Other clients" } else { "Browser" }, "userAgent": s.program, "correlationId": correlation,
            "authenticationProtocol": if s.old { "ropc" } else { "none" }, "sessionId": s.session, "uniqueTokenIdentifier": s.token,
            "authenticationRequirement": if s.old { "singleFactorAuthentication" } else { "multiFactorAuthentication" },
            "isInteractive": true, "resourceDisplayName": "Office 365 Exchange Online", "status": {"errorCode": s.code},
        });
        self.write(time, "SignInLogs", s.code, s.address, properties);
    }

    /// A sign-in of an application by one of its keys.
    fn application(&mut self, time: i64, app: &App, key: usize, (address, program, resource): Way<'_>, token: String) {
        let properties = json!({
            "id": self.dice.guid(), "createdDateTime": rfc3339(time), "appId": app.app_id, "servicePrincipalId": app.principal,
            "servicePrincipalName": app.name, "servicePrincipalCredentialKeyId": app.keys[key], "clientCredentialType": "clientSecret",
            "ipAddress": address, "userAgent": program, "resourceDisplayName": resource, "uniqueTokenIdentifier": token,
            "correlationId": self.dice.guid(), "status": {"errorCode": 0},
        });
        self.write(time, "ServicePrincipalSignInLogs", 0, address, properties);
    }

    fn write(&mut self, time: i64, category: &str, code: u32, address: &str, properties: Value) {
        let record = json!({
            "time": rfc3339(time), "category": category, "operationName": "Sign-in activity", "resultType": code.to_string(),
            "callerIpAddress": address, "tenantId": self.tenant.id, "properties": properties,
        });
        self.records.push((time, record));
    }
}

/// All of them, but those of the missing day.
pub fn records(tenant: &Tenant, days: &[Day]) -> Vec<(i64, Value)> {
    let mut desk = Desk { tenant, dice: Dice::of(tenant.seed, "sign-ins"), records: Vec::new() };
    people(&mut desk, days);
    applications(&mut desk);
    spray(&mut desk);
    intruder(&mut desk);
    let missing = at(MISSING);
    desk.records.retain(|(time, _)| !(missing..missing + DAY).contains(time));
    desk.records
}

fn people(desk: &mut Desk<'_>, days: &[Day]) {
    for day in days {
        let begins = day.begins + 8 * 3_600;
        let reader = SignIn { session: day.session.clone(), token: day.token.clone(), ..desk.usual(&day.reader) };
        desk.person(begins, &reader);
        let other = desk.usual(&day.other);
        desk.person(begins + 300, &other);
    }
    for (time, who) in [("2026-09-29 09:01:30", &GITA), ("2026-09-30 10:14:00", &BEN)] {
        let own = desk.usual(who);
        desk.person(at(time), &own);
    }
}

/// The timetable is fetched every working night, and berths are planned twice a week.
fn applications(desk: &mut Desk<'_>) {
    let tenant = desk.tenant;
    for (n, day) in working_days().enumerate() {
        let time = day + 4 * 3_600 + desk.dice.below(60) as i64;
        // The new secret is in use from the day after it was made; the old one opens all the same.
        let key = usize::from(day > at("2026-10-01"));
        let issued = token(&mut desk.dice);
        desk.application(time, &tenant.timetable, key, (SERVER, "tidewise-sync/4.2", "Timetable API"), issued);
        if n % 3 == 0 {
            let key = usize::from(day >= at("2026-09-30"));
            let issued = token(&mut desk.dice);
            desk.application(time + 1_200, &tenant.berths, key, (SERVER, "tidewise-berths/1.9", "Berth API"), issued);
        }
    }
}

/// One password on every account, from many addresses, slowly, over a night and a day; one account opens.
fn spray(desk: &mut Desk<'_>) {
    let leavers = ["jo.lenz", "m.petit", "scanner", "info"];
    let leavers = leavers.map(|user| Person { name: user, user, address: INTRUDER });
    let tried: Vec<Person> = STAFF.iter().chain(&leavers).copied().collect();
    let begins = at("2026-09-18 21:40:00");
    for (n, who) in tried.iter().enumerate() {
        let address = format!("2001:db8:{:x}:{:x}::{:x}", 0x5a00 + n, desk.dice.below(0xffff), desk.dice.below(0xff) + 1);
        let code = if n < STAFF.len() { 50_126 } else { 50_034 };
        let app = COMMAND_LINE;
        let tried = SignIn { address: &address, app, program: "axios/1.7.9", code, old: true, ..desk.usual(who) };
        let time = begins + n as i64 * 5_100 + desk.dice.below(900) as i64;
        desk.person(time, &tried);
    }
    let inside = SignIn { app: COMMAND_LINE, program: "axios/1.7.9", old: true, ..desk.usual(&PILOT) };
    desk.person(at("2026-09-19 13:07:31"), &inside);
}

fn intruder(desk: &mut Desk<'_>) {
    let tenant = desk.tenant;
    let (session, tokens) = (tenant.session.clone(), tenant.tokens.clone());
    for time in ["2026-09-21 02:14:40", "2026-09-22 01:05:00"] {
        let one = SignIn { session: session.clone(), token: tokens[0].clone(), old: true, ..desk.usual(&PILOT) };
        desk.person(at(time), &SignIn { app: OUTLOOK_WEB, ..one });
    }
    desk.application(at("2026-09-22 03:30:00"), &tenant.helper, 0, THEIRS, tokens[1].clone());
    for time in ["2026-09-24 04:02:18", "2026-09-26 03:40:51"] {
        let one = SignIn { address: INTRUDER, old: true, ..desk.usual(&GITA) };
        desk.person(at(time), &one);
    }
    let refused = SignIn { address: INTRUDER, old: true, code: 50_126, ..desk.usual(&GITA) };
    desk.person(at("2026-10-01 03:12:05"), &refused);
    for time in ["2026-09-23 02:20:37", "2026-10-03 02:51:12"] {
        let issued = token(&mut desk.dice);
        desk.application(at(time), &tenant.timetable, 0, THEIRS, issued);
    }
    let issued = token(&mut desk.dice);
    desk.application(at("2026-10-08 02:31:09"), &tenant.berths, 2, (INTRUDER_TOO, THEIRS.1, THEIRS.2), issued);
}

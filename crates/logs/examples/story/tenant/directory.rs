//! The audit log of Entra, as diagnostic settings write it.

use super::cast::{App, BEN, GITA, INTRUDER, INTRUDER_TOO, OFFICE, PILOT, Person, RHEA, STAFF, TOM, Tenant};
use super::cast::{at, rfc3339, working_days};
use super::dice::Dice;
use serde_json::{Value, json};

/// Its dash is a long one, and a blank stands at its end.
const KEYS: &str = "Update application \u{2013} Certificates and secrets management ";

struct Desk<'t> {
    tenant: &'t Tenant,
    dice: Dice,
    records: Vec<(i64, Value)>,
}

impl Desk<'_> {
    fn write(&mut self, time: i64, activity: &str, by: Value, target: Value) {
        let correlation = self.dice.guid();
        let properties = json!({
            "id": format!("Directory_{}", self.dice.guid()), "activityDateTime": rfc3339(time), "activityDisplayName": activity,
            "initiatedBy": by, "targetResources": [target], "result": "success", "loggedByService": "Core Directory",
            "correlationId": correlation,
        });
        let record = json!({
            "time": rfc3339(time), "category": "AuditLogs", "operationName": activity, "tenantId": self.tenant.id,
            "properties": properties,
        });
        self.records.push((time, record));
    }

    fn by(&self, who: &Person, address: &str) -> Value {
        json!({"user": {"userPrincipalName": who.upn(), "id": self.tenant.object(who.user), "ipAddress": address}})
    }

    fn user(&self, who: &Person, changed: Value) -> Value {
        json!({"type": "User", "userPrincipalName": who.upn(), "id": self.tenant.object(who.user), "modifiedProperties": changed})
    }

    /// The keys of an application, before and after.
    fn keys(&mut self, time: &str, by: Value, app: &App, old: &[usize], new: &[usize]) {
        let list = |keys: &[usize]| {
            let one = |k: &usize| {
                format!("[KeyIdentifier={},KeyType=Password,KeyUsage=Verify,DisplayName={}-{k}]", app.keys[*k], app.name.replace(' ', ""))
            };
            Value::from(keys.iter().map(one).collect::<Vec<_>>()).to_string()
        };
        let changed = json!([{"displayName": "KeyDescription", "oldValue": list(old), "newValue": list(new)}]);
        let target = json!({"type": "Application", "id": app.object, "displayName": app.name, "modifiedProperties": changed});
        self.write(at(time), KEYS, by, target);
    }
}

/// All of them.
pub fn records(tenant: &Tenant) -> Vec<(i64, Value)> {
    let mut desk = Desk { tenant, dice: Dice::of(tenant.seed, "directory"), records: Vec::new() };
    ordinary(&mut desk);
    break_in(&mut desk);
    secrets_of_applications(&mut desk);
    accounts(&mut desk);
    desk.records
}

/// Somebody changes an office, a phone number, a title.
fn ordinary(desk: &mut Desk<'_>) {
    for (n, day) in working_days().enumerate().filter(|(n, _)| n % 2 == 0) {
        let whom = STAFF[n / 2 % STAFF.len()];
        let number = format!("[\"+44 20 7946 0{:03}\"]", desk.dice.below(1_000));
        let changed = json!([{"displayName": "TelephoneNumber", "oldValue": "[]", "newValue": number}]);
        let (by, target) = (desk.by(&RHEA, RHEA.address), desk.user(&whom, changed));
        let time = day + 34_000 + desk.dice.below(9_000) as i64;
        desk.write(time, "Update user", by, target);
    }
}

/// The test account, which nobody had taken its rights from, lets an application read all mail; later both are removed.
fn break_in(desk: &mut Desk<'_>) {
    let App { name, app_id, principal, .. } = &desk.tenant.helper;
    let pilot = || desk.by(&PILOT, INTRUDER);
    let rhea = || desk.by(&RHEA, RHEA.address);
    let sp = |changed: Value| json!({"type": "ServicePrincipal", "id": principal, "displayName": name, "modifiedProperties": changed});
    let told = |name: &str, new: &str| json!({"displayName": name, "oldValue": Value::Null, "newValue": format!("\"{new}\"")});
    let granted = |role: &str| {
        json!([
            told("AppRole.Value", role),
            told("ServicePrincipal.ObjectID", principal),
            told("ServicePrincipal.DisplayName", name),
            told("ServicePrincipal.AppId", app_id),
        ])
    };
    let permissions =
        format!("[] => [[Id: x, ClientId: {principal}, PrincipalId: , ConsentType: AllPrincipals, Scope: Mail.Read User.Read]]; ");
    let consent = json!([told("ConsentContext.IsAdminConsent", "True"), told("ConsentAction.Permissions", &permissions)]);
    let removed = json!([{"displayName": "AccountEnabled", "oldValue": "[true]", "newValue": "[false]"}]);
    let steps = [
        ("2026-09-21 02:22:10", "Add service principal", pilot(), sp(json!([told("AppId", app_id)]))),
        ("2026-09-21 02:23:02", "Consent to application", pilot(), sp(consent)),
        ("2026-09-21 02:24:31", "Add app role assignment to service principal", pilot(), sp(granted("Mail.Read"))),
        ("2026-09-21 02:24:58", "Add app role assignment to service principal", pilot(), sp(granted("Application.ReadWrite.All"))),
        ("2026-10-09 07:45:00", "Disable account", rhea(), desk.user(&PILOT, removed)),
        ("2026-10-09 07:49:20", "Remove service principal", rhea(), sp(json!([]))),
    ];
    for (time, activity, by, target) in steps {
        desk.write(at(time), activity, by, target);
    }
}

/// The timetable keeps its old secret beside the new one. The berth planner loses its own, and gets another by the intruder's application.
fn secrets_of_applications(desk: &mut Desk<'_>) {
    let tenant = desk.tenant;
    let tom = desk.by(&TOM, OFFICE);
    desk.keys("2026-09-29 13:05:40", tom.clone(), &tenant.berths, &[0], &[0, 1]);
    desk.keys("2026-09-29 13:40:12", tom.clone(), &tenant.berths, &[0, 1], &[1]);
    desk.keys("2026-10-01 14:22:08", tom, &tenant.timetable, &[0], &[0, 1]);
    let helper = &tenant.helper;
    let by = json!({"app": {
        "appId": helper.app_id, "displayName": helper.name, "servicePrincipalId": helper.principal, "ipAddress": INTRUDER_TOO,
    }});
    desk.keys("2026-10-08 02:25:55", by, &tenant.berths, &[1], &[1, 2]);
}

fn accounts(desk: &mut Desk<'_>) {
    let (rhea, ben, gita) = (desk.by(&RHEA, RHEA.address), desk.by(&BEN, BEN.address), desk.by(&GITA, GITA.address));
    let reset = at("2026-09-29 08:20:11");
    let valid = json!([{
        "displayName": "StsRefreshTokensValidFrom", "oldValue": "[\"2026-03-02T09:00:00Z\"]", "newValue": format!("[\"{}\"]", rfc3339(reset)),
    }]);
    let steps = [
        (reset, "Reset password (by admin)", rhea.clone(), desk.user(&GITA, json!([]))),
        (reset, "Update StsRefreshTokenValidFrom Timestamp", rhea, desk.user(&GITA, valid)),
        (at("2026-09-29 09:02:45"), "Change password (self-service)", gita, desk.user(&GITA, json!([]))),
        (at("2026-09-30 10:15:22"), "Change password (self-service)", ben, desk.user(&BEN, json!([]))),
    ];
    for (time, activity, by, target) in steps {
        desk.write(time, activity, by, target);
    }
}

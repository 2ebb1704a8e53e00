//! The logs of AWS, GitHub and Azure.

use super::cast::{BUILDER, INTRUDER, RHEA, SERVER, TOM, Tenant, at, rfc3339, working_days};
use super::dice::Dice;
use super::json;
use super::secrets::{hashed_token, storage_hash};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";

/// CloudTrail, as `aws s3 cp` brings its files, merged into one.
pub fn aws(tenant: &Tenant) -> String {
    let mut desk = Trail { dice: Dice::of(tenant.seed, "cloudtrail"), records: Vec::new() };
    let (builder, next, backup) = (&tenant.secrets.builder.id, &tenant.secrets.builder_next.id, &tenant.secrets.backup.id);
    let job = |address| Caller { user: "berth-backup", key: backup, address };
    let rhea = Caller { user: RHEA.user, key: "AKIAQUAYADMINRHEA222", address: RHEA.address };
    for (n, day) in working_days().enumerate() {
        let time = day + 11 * 3_600 + desk.dice.below(3_000) as i64;
        let key = if time < at("2026-10-02 09:30") { builder } else { next };
        let caller = Caller { user: "quay-deploy", key, address: BUILDER };
        desk.write(time, "PutObject", "s3", &caller, json!({"bucketName": "quay-site", "key": "index.html"}));
        if n % 2 == 0 && time < at("2026-10-02") {
            desk.write(day + 3_600, "ListBuckets", "s3", &job(SERVER), Value::Null);
        }
    }
    let user = |name: &str, key: &str| json!({"userName": name, "accessKeyId": key});
    desk.write(at("2026-10-02 09:31:02"), "DeleteAccessKey", "iam", &rhea, user("quay-deploy", builder));
    let inactive = json!({"userName": "berth-backup", "accessKeyId": backup, "status": "Inactive"});
    desk.write(at("2026-10-02 09:40:47"), "UpdateAccessKey", "iam", &rhea, inactive);
    let bucket = json!({"bucketName": "quay-backup", "key": "2026-10-05/accounts.tar"});
    desk.write(at("2026-10-06 02:17:30"), "GetObject", "s3", &job(INTRUDER), bucket);
    desk.records.sort_by_key(|(time, _)| *time);
    let records: Vec<String> = desk.records.iter().map(|(_, record)| json(record)).collect();
    format!("{{\"Records\":[\n{}\n]}}\n", records.join(",\n"))
}

/// Who calls, by which key, from where.
struct Caller<'c> {
    user: &'c str,
    key: &'c str,
    address: &'c str,
}

struct Trail {
    dice: Dice,
    records: Vec<(i64, Value)>,
}

impl Trail {
    fn write(&mut self, time: i64, name: &str, service: &str, caller: &Caller<'_>, request: Value) {
        let Caller { user, key, address } = caller;
        let agent = match *address {
            BUILDER => "aws-cli/2.17.9 Python/3.11",
            SERVER => "Boto3/1.35.2",
            INTRUDER => "rclone/v1.68.1",
            _ => "console.amazonaws.com",
        };
        let record = json!({
            "eventVersion": "1.10", "eventID": self.dice.guid(), "eventTime": rfc3339(time), "eventName": name,
            "eventSource": format!("{service}.amazonaws.com"), "awsRegion": "eu-west-1", "sourceIPAddress": address, "userAgent": agent,
            "userIdentity": {"type": "IAMUser", "userName": user, "accessKeyId": key, "accountId": ACCOUNT,
                "arn": format!("arn:aws:iam::{ACCOUNT}:user/{user}")},
            "requestParameters": request, "readOnly": name != "PutObject" && service != "iam", "recipientAccountId": ACCOUNT,
        });
        self.records.push((time, record));
    }
}

/// The audit log of the organisation: pushes and clones by the machine's token, and the end of the contractor's.
pub fn github(tenant: &Tenant) -> Vec<(i64, Value)> {
    let mut dice = Dice::of(tenant.seed, "github");
    let own = hashed_token(&tenant.secrets.github_next);
    let mut records = Vec::new();
    for day in working_days() {
        let time = day + 10 * 3_600 + dice.below(20_000) as i64;
        let action = dice.pick(&["git.clone", "git.fetch", "git.push"]);
        let record = json!({
            "@timestamp": time * 1_000, "created_at": time * 1_000, "_document_id": dice.letters("abcdefghijklmnopqrstuvwxyz234567", 22),
            "action": action, "actor": "tom-ardley", "actor_ip": TOM.address, "org": "harrow-quay", "repo": "harrow-quay/board",
            "hashed_token": own, "token_id": 41_001_777, "programmatic_access_type": "Personal access token (classic)",
            "user_agent": "git/2.46.0",
        });
        records.push((time, record));
    }
    let time = at("2026-10-05 08:12:44");
    let revoked = json!({
        "@timestamp": time * 1_000, "created_at": time * 1_000, "_document_id": dice.letters("abcdefghijklmnopqrstuvwxyz234567", 22),
        "action": "personal_access_token.destroy", "actor": "tom-ardley", "actor_ip": TOM.address, "org": "harrow-quay",
        "hashed_token": hashed_token(&tenant.secrets.github), "user_agent": "Mozilla/5.0",
    });
    records.push((time, revoked));
    records
}

const RESOURCES: &str =
    "/subscriptions/6f0c2b9e-5d0e-4f43-9d0d-0a3c1f4b7e21/resourceGroups/pier/providers/Microsoft.Storage/storageAccounts/hqtides";

/// Pictures of the tide gauge, read by the museum with a key of the storage account.
pub fn storage(tenant: &Tenant) -> Vec<(i64, Value)> {
    let mut dice = Dice::of(tenant.seed, "storage");
    let hash = format!("key1({})", storage_hash(&tenant.secrets.storage));
    let each = working_days().map(|day| {
        let time = day + 6 * 3_600 + dice.below(40_000) as i64;
        let uri = format!("https://hqtides.blob.core.windows.net:443/gauge/{}.jpg", &rfc3339(day)[..10]);
        let record = json!({
            "time": rfc3339(time), "category": "StorageRead", "operationName": "GetBlob", "operationVersion": "2024-08-04",
            "resourceId": format!("{RESOURCES}/blobServices/default"), "callerIpAddress": format!("{SERVER}:{}", 40_000 + dice.below(9_000)),
            "statusCode": 200, "statusText": "Success", "correlationId": dice.guid(), "uri": uri,
            "identity": {"type": "AccountKey", "tokenHash": hash},
            "properties": {"accountName": "hqtides", "userAgentHeader": "azsdk-python-storage-blob/12.22.0"},
        });
        (time, record)
    });
    each.collect()
}

/// The other key is made anew.
pub fn activity(tenant: &Tenant) -> Vec<(i64, Value)> {
    let mut dice = Dice::of(tenant.seed, "activity");
    let correlation = dice.guid();
    let mut write = |time: &str, result: &str, properties: Value| {
        let time = at(time);
        let record = json!({
            "time": rfc3339(time), "resourceId": RESOURCES.to_uppercase(), "category": "Administrative", "resultType": result,
            "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION", "callerIpAddress": RHEA.address,
            "correlationId": correlation, "eventDataId": dice.guid(),
            "identity": {"claims": {"name": RHEA.name, "upn": RHEA.upn()}}, "properties": properties,
        });
        (time, record)
    };
    vec![
        write("2026-10-05 13:20:04", "Start", json!({"requestbody": "{\"keyName\":\"key2\"}"})),
        write("2026-10-05 13:20:06", "Success", json!({"statusCode": "OK"})),
    ]
}

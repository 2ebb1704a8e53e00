//! Tables of accounts, and of things that are none.

use super::scene::Scene;
use crate::random::Random;

/// Columns of a table of accounts, beside the one with the secrets.
const COLUMNS: &[&str] = &["system", "user", "note", "date", "owner", "address"];

/// A table with a header row; its secrets are labelled in `place`.
pub fn rows(scene: &mut Scene<'_>, place: &str, random: &mut Random) -> Vec<Vec<String>> {
    if random.chance(25) { things(scene, random) } else { accounts(scene, place, random) }
}

fn accounts(scene: &mut Scene<'_>, place: &str, random: &mut Random) -> Vec<Vec<String>> {
    let pins = random.chance(20);
    let secret = if pins { "pin" } else { "password" };
    let mut columns = vec!["system"];
    columns.extend((!pins || random.chance(40)).then_some("user"));
    columns.push(secret);
    columns.extend(COLUMNS[2..].iter().filter(|_| random.chance(25)));
    if random.chance(25) {
        random.shuffle(&mut columns);
    }
    let mut rows = vec![columns.iter().map(|c| scene.language.label(c, random)).collect()];
    for _ in 0..2 + random.below(6) {
        rows.push(account(scene, &columns, place, random));
    }
    rows
}

/// A row: an empty or masked cell now and then instead of the secret.
fn account(scene: &mut Scene<'_>, columns: &[&str], place: &str, random: &mut Random) -> Vec<String> {
    let (system, user) = (system(scene, random), scene.you.login(random));
    let hidden = random.chance(10);
    let mut row = Vec::new();
    for column in columns {
        row.push(match *column {
            "system" => system.clone(),
            "user" => user.clone(),
            "password" | "pin" if hidden => (*random.pick(&["", "-", "***", "SSO", "n/a", "?", "vault"])).to_owned(),
            "password" | "pin" => secret(scene, column, place, &system, columns.contains(&"user").then_some(user.as_str()), random),
            "owner" => scene.noise("other", random),
            "date" => scene.noise("date", random),
            "address" => scene.noise("room", random),
            _ => scene.noise(random.pick::<&str>(&["ticket", "serial", "ip"]), random),
        });
    }
    row
}

fn secret(scene: &mut Scene<'_>, column: &str, place: &str, system: &str, user: Option<&str>, random: &mut Random) -> String {
    let value = match column {
        "pin" => super::values::pin(random),
        _ => scene.password(random, ""),
    };
    let label = scene.label('1', if column == "pin" { "pin" } else { "password" }, &value);
    label.difficulty = "assigned";
    label.place = place.to_owned();
    label.system = Some(system.to_owned());
    label.account = user.map(str::to_owned);
    scene.close();
    value
}

fn system(scene: &mut Scene<'_>, random: &mut Random) -> String {
    let slot = *random.pick(&["host", "url", "product", "ip", "product", "share"]);
    scene.noise(slot, random)
}

/// An inventory, a price list, a rota: nothing in it opens anything.
fn things(scene: &mut Scene<'_>, random: &mut Random) -> Vec<Vec<String>> {
    const KINDS: &[&[&str]] = &[
        &["word", "model", "serial", "room"],
        &["order", "date", "money", "track"],
        &["other", "phone", "date"],
        &["ticket", "product", "date", "num"],
        &["commit", "date", "ticket"],
    ];
    let columns = *random.pick(KINDS);
    let mut rows = vec![columns.iter().map(|c| scene.language.label(c, random)).collect()];
    for _ in 0..2 + random.below(7) {
        rows.push(columns.iter().map(|c| scene.noise(c, random)).collect());
    }
    rows
}

/// Cells parted by a character; those that hold it in quotes.
pub fn separated(rows: &[Vec<String>], by: char) -> String {
    let cell = |c: &String| if c.contains([by, '"', '\n']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c.clone() };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&by.to_string());
    rows.iter().map(|r| line(r) + "\n").collect()
}

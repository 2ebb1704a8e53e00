//! The database of a case. Every column says what it holds.

use crate::CaseError;
use rusqlite::Connection;
use std::path::Path;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS manifest (
    id          TEXT NOT NULL PRIMARY KEY, -- evidence id: 16 hex digits of SHA-256(sha256, path)
    path        TEXT NOT NULL UNIQUE,      -- below the case folder, with slashes
    sha256      TEXT NOT NULL,             -- 64 hex digits over the whole file
    size        INTEGER NOT NULL,          -- bytes
    modified    INTEGER NOT NULL,          -- last change of the file, seconds since 1970
    folder      TEXT,                      -- mail folder that the path tells
    taken_in_at TEXT NOT NULL,             -- RFC 3339, UTC
    operator    TEXT NOT NULL,             -- user@host who took it in
    version     TEXT NOT NULL,             -- of aftermail
    present     INTEGER NOT NULL,          -- 1 if the last run found it where it was
    role        TEXT NOT NULL DEFAULT 'mail' -- mail, log or list: what it is in the case
) STRICT;
CREATE TABLE IF NOT EXISTS journal (
    number  INTEGER NOT NULL PRIMARY KEY,  -- 1, 2, 3 …
    at      TEXT NOT NULL,                 -- RFC 3339, UTC
    who     TEXT NOT NULL,                 -- user@host
    what    TEXT NOT NULL,                 -- what was done
    why     TEXT NOT NULL,                 -- the reason given, or empty
    hash    TEXT NOT NULL                  -- SHA-256 over the hash before and this line: a changed or missing line breaks the chain
) STRICT;
";

/// Opens the database and makes what is missing.
pub(crate) fn open(path: &Path) -> Result<Connection, CaseError> {
    let db = Connection::open(path).map_err(|e| CaseError::Environment(format!("could not open \"{}\": {e}", path.display())))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    db.execute_batch(SCHEMA)?;
    // Cases of before there were logs.
    if !db.prepare("SELECT 1 FROM pragma_table_info('manifest') WHERE name = 'role'")?.exists([])? {
        db.execute("ALTER TABLE manifest ADD COLUMN role TEXT NOT NULL DEFAULT 'mail'", [])?;
    }
    Ok(db)
}

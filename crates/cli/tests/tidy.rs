//! The house keeps its shape: who imports whom, how long a file is, under which licences and with which dependencies it is
//! built, and that the table in `ARCHITECTURE.md` says the truth.
#![allow(missing_docs)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest source file, in lines.
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Source files of the workspace.
fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                walk(&path, out);
            } else if name.ends_with(".rs") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    ["crates", "bench", "fuzz"].iter().for_each(|d| walk(&root().join(d), &mut out));
    out
}

/// What cargo resolves for this machine.
fn packages() -> Vec<Value> {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|l| l.strip_prefix("host: ")).expect("a host").to_owned();
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", &host])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let all: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let used: BTreeSet<&str> = all["resolve"]["nodes"].as_array().expect("nodes").iter().filter_map(|n| n["id"].as_str()).collect();
    all["packages"].as_array().expect("packages").iter().filter(|p| p["id"].as_str().is_some_and(|id| used.contains(id))).cloned().collect()
}

/// Crate to the crates of the house that it imports, from `ARCHITECTURE.md`.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&root().join("ARCHITECTURE.md"));
    let rows = text.lines().skip_while(|l| !l.starts_with("| crate |")).skip(2).take_while(|l| l.starts_with('|'));
    let words = |cell: &str| cell.split(',').map(|w| w.trim().to_owned()).filter(|w| w.chars().all(char::is_alphanumeric)).collect();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].to_owned(), words(cells[1]))
    })
    .collect()
}

#[test]
fn data_goes_one_way() {
    let allowed = table();
    assert_eq!(allowed.len(), 12, "{allowed:?}");
    for package in packages() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(short) = name.strip_prefix("aftermail-") else { continue };
        let own: BTreeSet<String> = package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|d| d["kind"].is_null())
            .filter_map(|d| Some(d["name"].as_str()?.strip_prefix("aftermail-")?.to_owned()))
            .collect();
        let may = allowed.get(short).unwrap_or_else(|| panic!("{short} is not in the table of ARCHITECTURE.md"));
        assert!(own.is_subset(may), "{short} imports {own:?}; the table allows {may:?}");
    }
}

#[test]
fn pure_crates_touch_no_file_clock_or_network() {
    for path in sources() {
        let place = path.to_string_lossy().into_owned();
        const PURE: [&str; 8] = ["model", "mapi", "eyes", "decode", "detect", "logs", "assess", "report"];
        let pure = PURE.iter().any(|c| place.contains(&format!("crates/{c}/src/")));
        if !pure {
            continue;
        }
        for word in [
            "std::fs",
            "std::net::Tcp",
            "std::net::Udp",
            "ToSocketAddrs",
            "std::env",
            "std::process",
            "time::SystemTime",
            "Instant::now",
            "Zoned::now",
            "Timestamp::now",
        ] {
            let code = read(&path);
            let used = code.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(word));
            assert!(!used, "{place} uses {word}");
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for path in sources() {
        let lines = read(&path).lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_in_the_program_speaks_http() {
    const NETWORK: [&str; 14] = [
        "reqwest",
        "hyper",
        "ureq",
        "curl",
        "isahc",
        "attohttpc",
        "minreq",
        "native-tls",
        "openssl",
        "tungstenite",
        "quinn",
        "h2",
        "hickory-resolver",
        "tokio-rustls",
    ];
    for package in packages() {
        let name = package["name"].as_str().unwrap_or_default();
        assert!(!NETWORK.contains(&name), "{name} came in: aftermail opens no connection but that of the probe");
        let needs = |d: &&Value| d["name"] == "rustls" && d["kind"].is_null() && !d["optional"].as_bool().unwrap_or_default();
        let needs_tls = package["dependencies"].as_array().expect("dependencies").iter().find(needs);
        assert!(needs_tls.is_none() || name == "aftermail", "{name} needs rustls, which is there for the probe alone");
    }
}

/// Lines of code, without comments, of what is shipped.
fn code() -> impl Iterator<Item = (String, String)> {
    let shipped = sources().into_iter().filter(|path| path.components().any(|c| c.as_os_str() == "src"));
    shipped.flat_map(|path| {
        let place = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        let lines: Vec<String> = read(&path).lines().filter(|l| !l.trim_start().starts_with("//")).map(str::to_owned).collect();
        lines.into_iter().map(move |line| (place.clone(), line))
    })
}

#[test]
fn only_the_probe_opens_connections() {
    const ROOM: &str = "crates/cli/src/probe/";
    const SOCKETS: [&str; 9] =
        ["rustls", "TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixDatagram", "ToSocketAddrs", "tokio::net", "rustix::net"];
    let mut used = BTreeSet::new();
    for (place, line) in code() {
        let Some(word) = SOCKETS.into_iter().find(|word| line.contains(word)) else { continue };
        assert!(place.starts_with(ROOM), "{place} uses {word}: {line}");
        used.insert(word);
    }
    assert!(used.contains("rustls") && used.contains("TcpStream"), "the probe is somewhere else than it was: {used:?}");

    // One way leads into that room: from the command of its name.
    let calls = |word: &str| -> Vec<String> {
        code().filter(|(_, line)| line.contains(word)).map(|(place, line)| format!("{place}: {}", line.trim())).collect()
    };
    let inside = calls("probe::probe(");
    assert_eq!(inside.len(), 1, "{inside:?}");
    assert!(inside[0].starts_with("crates/cli/src/logs.rs: "), "{inside:?}");
    assert_eq!(calls("logs::probe("), ["crates/cli/src/main.rs: Command::Probe(args) => logs::probe(&args),"]);
}

#[test]
fn licences_are_permissive() {
    const ALLOWED: [&str; 12] = [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Unicode-3.0",
        "Zlib",
        "ISC",
        "CC0-1.0",
        "BSL-1.0",
        "Unlicense",
        "Apache-2.0 WITH LLVM-exception",
        // That of bzip2, which is the BSD licence with other names.
        "bzip2-1.0.6",
    ];
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none").replace('/', " OR ").replace(['(', ')'], "");
        // Each side of AND must offer a choice that is allowed.
        let fine = licence.split(" AND ").all(|side| side.split(" OR ").any(|choice| ALLOWED.contains(&choice.trim())));
        assert!(fine, "{} is under {licence}", package["name"]);
    }
}

//! Stands in for the aftermail binary in the tests of the engine: a worker that crashes, hangs, eats memory or tries to
//! break out when a message asks for it.

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("worker") => std::process::exit(aftermail_engine::worker_main_with(probe)),
        Some("derive") => derive(),
        _ => std::process::exit(1),
    }
}

/// `derive DERIVED FILE…`: a run that the tests kill.
fn derive() {
    let mut paths = std::env::args_os().skip(2).map(std::path::PathBuf::from);
    let derived = paths.next().expect("a folder for the tables");
    let file = |path: std::path::PathBuf| aftermail_engine::EvidenceFile {
        id: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: path.metadata().map_or(0, |m| m.len()),
        path,
        folder: None,
        custodian: None,
    };
    let files: Vec<_> = paths.map(file).collect();
    let options = aftermail_engine::Options {
        key: aftermail_model::CaseKey::new([9; 32]),
        rules: Vec::new(),
        reveal: false,
        personal: false,
        directory: Default::default(),
        ignores: Vec::new(),
        sandbox: true,
        workers: 2,
        worker_memory: 1 << 30,
        item_seconds: 20,
        item_bytes: 64 << 20,
        models: None,
        passwords: Vec::new(),
        worker: None,
    };
    let totals = aftermail_engine::derive(&derived, &files, &options, &Default::default(), &mut |_| {});
    assert!(!totals.expect("derive").interrupted);
}

fn asks(raw: &[u8], what: &str) -> bool {
    let line = format!("X-Probe: {what}");
    raw.windows(line.len()).any(|w| w == line.as_bytes())
}

fn probe(raw: &[u8]) {
    if asks(raw, "abort") {
        std::process::abort();
    }
    if asks(raw, "panic") {
        panic!("as asked");
    }
    if asks(raw, "hang") {
        loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    }
    if asks(raw, "eat") {
        let mut eaten: Vec<Vec<u8>> = Vec::new();
        loop {
            eaten.push(vec![1; 16 << 20]);
        }
    }
    if asks(raw, "escape") {
        escape();
    }
}

/// Panics, which shows as a gap, when anything succeeds that the jail forbids.
fn escape() {
    assert!(std::fs::read("/etc/passwd").is_err(), "read another file");
    assert!(std::fs::read_dir("/").is_err(), "listed a folder");
    assert!(std::fs::write(std::env::temp_dir().join("aftermail-escape"), "x").is_err(), "wrote a file");
    assert!(std::net::TcpListener::bind("127.0.0.1:0").is_err(), "listened");
    assert!(std::net::TcpStream::connect("127.0.0.1:9").is_err_and(|e| e.kind() == std::io::ErrorKind::PermissionDenied), "connected");
    assert!(std::net::UdpSocket::bind("127.0.0.1:0").is_err(), "opened a socket");
    assert!(std::process::Command::new("/bin/true").status().is_err(), "started a program");
    assert!(std::thread::Builder::new().spawn(|| {}).is_err(), "started a thread");
}

//! `aftermail probe`: connects to the mail ports of one of the case's own hosts. What is said there, and what the answers mean,
//! is decided in `aftermail_assess::probe`; here are only the sockets. It is the only place that opens a connection.

mod wire;

use aftermail_assess::probe::{Probed, SERVICES, Service, Step, Talk, Trouble, allowed, closed};
use std::io::{Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};
use wire::Wire;

/// For a whole talk: who drips a byte at a time is left.
const TALK: Duration = Duration::from_secs(20);

/// Asks all mail ports of a host and tells what they answer, the worst first: as lines, or one JSON object a line. Only hosts below
/// `own_domains` are asked; for others, and for names without an address, the error says why. No credentials are ever sent.
pub fn probe(host: &str, own_domains: &[String], json: bool) -> Result<String, String> {
    let host = allowed(host, own_domains)?;
    let address = (host.as_str(), 0).to_socket_addrs().map_err(|e| format!("{host} has no address: {e}"))?.next();
    let address = address.ok_or_else(|| format!("{host} has no address"))?;
    let mut all = ask_all(&host, address, &SERVICES);
    all.sort_by_key(|probed| (probed.answer, probed.service.port));
    Ok(if json { all.iter().map(|probed| as_json(&host, probed)).collect() } else { as_text(&host, address, &all) })
}

fn ask_all(host: &str, address: SocketAddr, services: &[Service]) -> Vec<Probed> {
    std::thread::scope(|scope| {
        let port = |service: &Service| SocketAddr::new(address.ip(), service.port);
        let talks: Vec<_> =
            services.iter().map(|service| scope.spawn(move || ask(host, port(service), *service, Instant::now() + TALK))).collect();
        talks.into_iter().zip(services).map(|(talk, service)| talk.join().unwrap_or_else(|_| closed(*service))).collect()
    })
}

/// The whole talk with one port, which ends at a time.
pub(crate) fn ask(host: &str, address: SocketAddr, service: Service, until: Instant) -> Probed {
    let (mut talk, mut step) = Talk::new(service, host);
    let mut wire = None;
    let mut heard = [0; 4096];
    loop {
        step = match (step, &mut wire) {
            (Step::Connect { tls }, _) => told(&mut talk, Wire::connect(address, until).and_then(|new| new.with(tls, host)), &mut wire),
            (Step::Secure, wire) => {
                let open = wire.take().ok_or(Trouble::Closed);
                told(&mut talk, open.and_then(|open| open.with(true, host)), wire)
            }
            (Step::Send(bytes), Some(wire)) => wire.write_all(&bytes).map_or_else(|_| talk.ended(), |()| Step::Listen),
            (Step::Listen, Some(wire)) => match wire.read(&mut heard) {
                Ok(0) | Err(_) => talk.ended(),
                Ok(count) => talk.hear(&heard[..count]),
            },
            (Step::Leave(bytes), Some(wire)) => {
                // Whoever is gone needs no farewell.
                let _ = wire.write_all(&bytes);
                return talk.judged();
            }
            (_, None) => return talk.judged(),
        };
    }
}

fn told(talk: &mut Talk, new: Result<Wire, Trouble>, wire: &mut Option<Wire>) -> Step {
    match new {
        Ok(new) => {
            *wire = Some(new);
            talk.connected()
        }
        Err(trouble) => talk.failed(trouble),
    }
}

fn as_text(host: &str, address: SocketAddr, all: &[Probed]) -> String {
    let mut out = format!("{host} ({}): no name and no password was sent, and no certificate was checked\n", address.ip());
    for probed in all {
        let service = probed.service;
        out += &format!("{:<11}{:>5} {:<13}{}\n", probed.answer.as_str(), service.port, service.name, probed.words);
    }
    out
}

fn as_json(host: &str, probed: &Probed) -> String {
    let Probed { service, answer, words } = probed;
    let line = serde_json::json!({
        "host": host, "port": service.port, "service": service.name, "answer": answer.as_str(), "words": words,
    });
    format!("{line}\n")
}

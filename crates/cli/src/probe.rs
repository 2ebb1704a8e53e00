//! `aftermail probe`: connects to the mail ports of one of the case's own hosts. What is said there, and what the answers mean,
//! is decided in `aftermail_assess::probe`; here are only the sockets. It is the only place that opens a connection.

use aftermail_assess::probe::{Probed, SERVICES, Service, Step, Talk, allowed, closed};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// For a connection.
const CONNECT: Duration = Duration::from_secs(4);
/// For more of an answer.
const SILENCE: Duration = Duration::from_secs(5);
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
        let talks: Vec<_> = services.iter().map(|service| scope.spawn(move || ask(host, port(service), *service))).collect();
        talks.into_iter().zip(services).map(|(talk, service)| talk.join().unwrap_or_else(|_| closed(*service))).collect()
    })
}

/// The whole talk with one port.
pub(crate) fn ask(host: &str, address: SocketAddr, service: Service) -> Probed {
    let Ok(mut stream) = TcpStream::connect_timeout(&address, CONNECT) else { return closed(service) };
    let (mut talk, mut step) = Talk::new(service, host);
    let until = Instant::now() + TALK;
    loop {
        step = match step {
            Step::Listen => listen(&mut stream, &mut talk, until),
            Step::Send(bytes) => send(&mut stream, &bytes).map_or_else(|_| talk.ended(), |()| Step::Listen),
            Step::Reconnect(bytes) => {
                let again = TcpStream::connect_timeout(&address, CONNECT).and_then(|mut new| send(&mut new, &bytes).map(|()| new));
                let Ok(new) = again else { return talk.judged() };
                stream = new;
                Step::Listen
            }
            Step::Leave(bytes) => {
                // Whoever is gone needs no farewell.
                let _ = send(&mut stream, &bytes);
                return talk.judged();
            }
        };
    }
}

fn send(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.set_write_timeout(Some(SILENCE))?;
    stream.write_all(bytes)
}

fn listen(stream: &mut TcpStream, talk: &mut Talk, until: Instant) -> Step {
    let left = until.saturating_duration_since(Instant::now()).min(SILENCE);
    let mut bytes = [0; 4096];
    let heard = if left.is_zero() { Ok(0) } else { stream.set_read_timeout(Some(left)).and_then(|()| stream.read(&mut bytes)) };
    match heard {
        Ok(0) | Err(_) => talk.ended(),
        Ok(count) => talk.hear(&bytes[..count]),
    }
}

fn as_text(host: &str, address: SocketAddr, all: &[Probed]) -> String {
    let mut out = format!("{host} ({}): no name and no password was sent\n", address.ip());
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

//! The sockets of `aftermail probe`, against servers on this machine. They live in the program, which is large; their file is read here.
#![allow(missing_docs)]

#[path = "../../cli/src/probe/mod.rs"]
mod probe;

use aftermail_assess::probe::{Answer, Probed, Protocol, Service};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a server does with one connection; it gives what it heard.
type Serve = Box<dyn FnOnce(TcpStream) -> String + Send>;

fn server(connections: Vec<Serve>) -> (std::net::SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = move || connections.into_iter().map(|serve| serve(listener.accept().expect("a connection").0)).collect();
    (address, std::thread::spawn(serve))
}

/// Answers each time it is spoken to; the first answer may be unasked. Then listens for a farewell.
fn answer(stream: &mut (impl Read + Write), answers: &[&str], unasked: bool) -> String {
    let mut heard = String::new();
    let mut listen = |stream: &mut dyn Read| {
        let mut buffer = [0; 1024];
        let count = stream.read(&mut buffer).unwrap_or(0);
        heard += &String::from_utf8_lossy(&buffer[..count]);
    };
    for (nth, answer) in answers.iter().enumerate() {
        if nth > 0 || !unasked {
            listen(stream);
        }
        stream.write_all(answer.as_bytes()).and_then(|()| stream.flush()).expect("an answer");
    }
    if unasked {
        listen(stream);
    }
    heard
}

/// TLS with a certificate that nobody signed, for another name.
fn tls(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let made = rcgen::generate_simple_self_signed(["other.example".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(made.key_pair.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    StreamOwned::new(ServerConnection::new(Arc::new(config)).expect("a connection"), stream)
}

fn in_clear(answers: Vec<&'static str>, unasked: bool) -> Serve {
    Box::new(move |mut stream| answer(&mut stream, &answers, unasked))
}

fn over_tls(answers: Vec<&'static str>, unasked: bool) -> Serve {
    Box::new(move |stream| {
        let mut stream = tls(stream);
        let heard = answer(&mut stream, &answers, unasked);
        stream.conn.send_close_notify();
        let _ = stream.flush();
        heard
    })
}

/// In clear, then with TLS.
fn upgraded(before: Vec<&'static str>, after: Vec<&'static str>) -> Serve {
    Box::new(move |mut stream| {
        let (last, first) = before.split_last().expect("an answer");
        let mut heard = answer(&mut stream, first, true);
        stream.write_all(last.as_bytes()).expect("an answer");
        let mut stream = tls(stream);
        heard += &answer(&mut stream, &after, false);
        heard + &answer(&mut stream, &[], true)
    })
}

fn spoken(protocol: Protocol, tls: bool, seconds: u64, connections: Vec<Serve>) -> (Probed, String) {
    let (address, heard) = server(connections);
    let service = Service { port: address.port(), name: "x", protocol, tls };
    let probed = probe::ask("mail.x.example", address, service, Instant::now() + Duration::from_secs(seconds));
    (probed, heard.join().expect("the server"))
}

fn ask(protocol: Protocol, connections: Vec<Vec<&'static str>>) -> (Probed, String) {
    let unasked = !matches!(protocol, Protocol::Page | Protocol::Search);
    spoken(protocol, false, 20, connections.into_iter().map(|answers| in_clear(answers, unasked)).collect())
}

#[test]
fn a_server_is_greeted_asked_and_left() {
    let (probed, heard) = ask(Protocol::Imap, vec![vec!["* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK\r\n"]]);
    assert_eq!((probed.answer, heard.as_str()), (Answer::Open, "a CAPABILITY\r\nc LOGOUT\r\n"));
}

#[test]
fn an_index_is_asked_over_a_second_connection() {
    let root = vec!["HTTP/1.1 200 OK\r\n\r\n{\"cluster_name\":\"c\"}"];
    let (probed, heard) = ask(Protocol::Search, vec![root, vec!["HTTP/1.1 200 OK\r\n\r\nmail\n"]]);
    assert_eq!(probed.words, "an index answers whoever asks: 1 indexes, 1 of them with mail in their names");
    assert_eq!(heard.matches("GET ").count(), 2);
}

#[test]
fn a_port_that_nobody_listens_on_is_closed_and_strange_hosts_are_refused() {
    let address = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let service = Service { port: address.port(), name: "x", protocol: Protocol::Pop3, tls: false };
    assert_eq!(probe::ask("mail.x.example", address, service, Instant::now() + Duration::from_secs(5)).answer, Answer::Closed);
    let refused = probe::probe("mail.y.example", &["x.example".to_owned()], false).expect_err("refused");
    assert!(refused.contains("only your own hosts"), "{refused}");
}

const NOT_CHECKED: &str = "its certificate was not checked";

#[test]
fn mail_behind_tls_is_looked_at_whoever_signed_its_certificate() {
    let cases = [
        (Protocol::Imap, vec!["* OK x\r\n", "* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK\r\n"], "a CAPABILITY\r\n", Answer::Open),
        (Protocol::Pop3, vec!["+OK x\r\n", "+OK\r\nUSER\r\n.\r\n"], "CAPA\r\n", Answer::Asks),
        (Protocol::Smtp, vec!["220 x\r\n", "250-x\r\n250 AUTH PLAIN\r\n"], "EHLO probe.invalid\r\n", Answer::Asks),
    ];
    for (protocol, answers, question, expected) in cases {
        let (probed, heard) = spoken(protocol, true, 20, vec![over_tls(answers, true)]);
        assert_eq!(probed.answer, expected, "{probed:?}");
        assert!(heard.starts_with(question), "{heard}");
        assert!(probed.words.ends_with(NOT_CHECKED), "{probed:?}");
    }
    let root = over_tls(vec!["HTTP/1.1 200 OK\r\n\r\n{\"cluster_name\":\"c\"}"], false);
    let (probed, _) = spoken(Protocol::Search, true, 20, vec![root, over_tls(vec!["HTTP/1.1 200 OK\r\n\r\nmail\n"], false)]);
    assert_eq!(probed.answer, Answer::Open);
    assert_eq!(probed.words, format!("an index answers whoever asks: 1 indexes, 1 of them with mail in their names; {NOT_CHECKED}"));
}

#[test]
fn starttls_is_followed() {
    let imap = upgraded(
        vec!["* OK x\r\n", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK\r\n", "b OK begin\r\n"],
        vec!["* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK\r\n"],
    );
    let (probed, heard) = spoken(Protocol::Imap, false, 20, vec![imap]);
    assert_eq!((probed.answer, heard.as_str()), (Answer::Open, "a CAPABILITY\r\nb STARTTLS\r\na CAPABILITY\r\nc LOGOUT\r\n"));
    assert!(probed.words.ends_with(NOT_CHECKED), "{probed:?}");

    let smtp = upgraded(vec!["220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n"], vec!["250-x\r\n250 AUTH PLAIN\r\n"]);
    let (probed, heard) = spoken(Protocol::Smtp, false, 20, vec![smtp]);
    assert_eq!(heard, "EHLO probe.invalid\r\nSTARTTLS\r\nEHLO probe.invalid\r\nQUIT\r\n");
    assert!(probed.words.contains("with TLS it asks for a password"), "{probed:?}");
}

#[test]
fn a_port_of_clear_pages_that_speaks_tls_is_asked_again() {
    let alert: Serve = Box::new(|mut stream| {
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer);
        stream.write_all(&[0x15, 3, 1, 0, 2, 2, 70]).expect("an alert");
        String::new()
    });
    let page = over_tls(vec!["HTTP/1.1 401 Unauthorized\r\n\r\n"], false);
    assert_eq!(spoken(Protocol::Page, false, 20, vec![alert, page]).0.answer, Answer::Asks);
    // And the other way round: a mail server that speaks in clear where TLS is usual.
    let clear = || in_clear(vec!["* PREAUTH x\r\n", "* CAPABILITY IMAP4rev1\r\na OK\r\n"], true);
    assert_eq!(spoken(Protocol::Imap, true, 20, vec![clear(), clear()]).0.answer, Answer::Open);
}

#[test]
fn a_broken_handshake_is_an_answer_with_its_reason() {
    let says = |bytes: &'static [u8]| -> Serve {
        Box::new(move |mut stream| {
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(bytes);
            String::new()
        })
    };
    let cases: [(&[u8], &str); 3] = [
        (&[0x15, 3, 1, 0, 2, 2, 70], "it broke off (ProtocolVersion); it may speak only TLS older than 1.2"),
        (b"", "it closed the connection"),
        // A hello for TLS 1.0, which is too old.
        (
            b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x2f\x00",
            "it speaks no TLS that is of 1.2 or newer and safe",
        ),
    ];
    for (bytes, why) in cases {
        let (probed, _) = spoken(Protocol::Smtp, true, 20, vec![says(bytes)]);
        assert_eq!(probed.answer, Answer::NotLooked, "{probed:?}");
        assert!(probed.words.contains(why), "{probed:?}");
    }
}

#[test]
fn who_is_silent_or_drips_is_left() {
    let waits = |drip: bool| -> Serve {
        Box::new(move |mut stream| {
            for byte in [0x16, 3, 3, 0x10, 0].into_iter().chain([2; 45]) {
                std::thread::sleep(Duration::from_millis(100));
                if drip && stream.write_all(&[byte]).is_err() {
                    break;
                }
            }
            String::new()
        })
    };
    for drip in [false, true] {
        let began = Instant::now();
        let (address, _server) = server(vec![waits(drip)]);
        let service = Service { port: address.port(), name: "x", protocol: Protocol::Imap, tls: true };
        let probed = probe::ask("mail.x.example", address, service, began + Duration::from_secs(2));
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        assert_eq!(probed.answer, Answer::NotLooked);
        assert!(probed.words.contains("it did not answer in time"), "{probed:?}");
    }
}

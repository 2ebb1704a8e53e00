//! The sockets of `aftermail probe`, against servers on this machine. They live in the program, which is large; their file is read here.
#![allow(missing_docs)]

#[path = "../../cli/src/probe.rs"]
mod probe;

use aftermail_assess::probe::{Answer, Probed, Protocol, Service};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// A server that takes connections one after another and answers each time it is spoken to; the first answer may be unasked.
fn server(connections: Vec<Vec<&'static str>>, unasked: bool) -> (Service, std::net::SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let heard = std::thread::spawn(move || {
        let mut heard = String::new();
        for answers in connections {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut buffer = [0; 1024];
            for (nth, answer) in answers.iter().enumerate() {
                if nth > 0 || !unasked {
                    let count = stream.read(&mut buffer).expect("a question");
                    heard += &String::from_utf8_lossy(&buffer[..count]);
                }
                stream.write_all(answer.as_bytes()).expect("an answer");
            }
            if unasked {
                let count = stream.read(&mut buffer).unwrap_or(0);
                heard += &String::from_utf8_lossy(&buffer[..count]);
            }
        }
        heard
    });
    (Service { port: address.port(), name: "x", protocol: Protocol::Imap, tls: false }, address, heard)
}

fn ask(protocol: Protocol, connections: Vec<Vec<&'static str>>) -> (Probed, String) {
    let unasked = !matches!(protocol, Protocol::Page | Protocol::Search);
    let (service, address, heard) = server(connections, unasked);
    let probed = probe::ask("mail.x.example", address, Service { protocol, ..service });
    (probed, heard.join().expect("the server"))
}

#[test]
fn a_server_is_greeted_asked_and_left() {
    let (probed, heard) = ask(Protocol::Imap, vec![vec!["* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK\r\n"]]);
    assert_eq!((probed.answer, heard.as_str()), (Answer::Open, "a CAPABILITY\r\nb LOGOUT\r\n"));
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
    assert_eq!(probe::ask("mail.x.example", address, service).answer, Answer::Closed);
    let refused = probe::probe("mail.y.example", &["x.example".to_owned()], false).expect_err("refused");
    assert!(refused.contains("only your own hosts"), "{refused}");
}

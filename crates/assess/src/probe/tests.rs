use super::*;

/// Talks with a server that takes each connection and gives these answers, the first before it is asked anything; tells what it was sent.
fn talk(protocol: Protocol, port: u16, tls: bool, answers: &[&str]) -> (Probed, Vec<String>) {
    over(protocol, port, tls, answers, &|_| None)
}

/// The same, where connections (`false`, `true` for those with TLS, each time they are asked for) may fail.
fn over(
    protocol: Protocol,
    port: u16,
    tls: bool,
    answers: &[&str],
    fails: &dyn Fn((usize, bool)) -> Option<Trouble>,
) -> (Probed, Vec<String>) {
    let (mut talk, mut step) = Talk::new(service(port, "x", protocol, tls), "mail.x.example");
    let (mut sent, mut answers, mut nth) = (Vec::new(), answers.iter(), 0);
    loop {
        let secure = matches!(step, Step::Secure | Step::Connect { tls: true });
        match step {
            Step::Leave(bytes) => {
                sent.push(String::from_utf8(bytes).expect("text"));
                return (talk.judged(), sent);
            }
            Step::Connect { .. } | Step::Secure => {
                nth += 1;
                assert!(nth < 5, "connects for ever");
                step = match fails((nth, secure)) {
                    Some(trouble) => talk.failed(trouble),
                    None => talk.connected(),
                };
                continue;
            }
            Step::Send(bytes) => sent.push(String::from_utf8(bytes).expect("text")),
            Step::Listen => {}
        }
        let Some(answer) = answers.next() else {
            step = talk.ended();
            continue;
        };
        step = Step::Listen;
        // Networks cut answers anywhere.
        for byte in answer.as_bytes() {
            step = talk.hear(&[*byte]);
            if step != Step::Listen {
                break;
            }
        }
        if step == Step::Listen {
            step = talk.ended();
        }
    }
}

fn answer(protocol: Protocol, port: u16, answers: &[&str]) -> Answer {
    talk(protocol, port, false, answers).0.answer
}

#[test]
fn imap_is_judged_by_its_greeting_and_by_what_it_can() {
    let imap = |greeting, can| answer(Protocol::Imap, 143, &[greeting, can]);
    assert_eq!(imap("* PREAUTH ready\r\n", "* CAPABILITY IMAP4rev1\r\na OK done\r\n"), Answer::Open);
    assert_eq!(imap("* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK done\r\n"), Answer::Open);
    assert_eq!(imap("* OK ready\r\n", "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n"), Answer::Asks);
    assert_eq!(imap("* OK ready\r\n", "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\na OK done\r\n"), Answer::InClear);
    assert_eq!(answer(Protocol::Imap, 143, &["* BYE no\r\n"]), Answer::Unclear);
    assert_eq!(answer(Protocol::Imap, 143, &["SSH-2.0-x\r\n"]), Answer::Unclear);
    let (probed, sent) = talk(Protocol::Imap, 143, false, &["* OK ready\r\n", "* CAPABILITY IMAP4rev1\r\na OK done\r\n"]);
    assert_eq!(sent, ["a CAPABILITY\r\n", "c LOGOUT\r\n"]);
    assert_eq!(probed.words, "asks for a password, and takes it without encryption; offers no encryption");
}

#[test]
fn pop3_and_smtp_are_judged_by_what_they_can() {
    let pop = |can| answer(Protocol::Pop3, 110, &["+OK ready\r\n", can]);
    assert_eq!(pop("+OK\r\nUSER\r\nSTLS\r\n.\r\n"), Answer::InClear);
    assert_eq!(pop("+OK\r\nSTLS\r\n.\r\n"), Answer::Asks);
    assert_eq!(pop("+OK\r\nSASL ANONYMOUS PLAIN\r\n.\r\n"), Answer::Open);
    assert_eq!(pop("-ERR what\r\n"), Answer::Unclear);

    let smtp = |port, can| answer(Protocol::Smtp, port, &["220-mx\r\n220 ready\r\n", can]);
    assert_eq!(smtp(587, "250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"), Answer::InClear);
    assert_eq!(smtp(587, "250-mx\r\n250-AUTH ANONYMOUS\r\n250 8BITMIME\r\n"), Answer::Open);
    assert_eq!(smtp(587, "250-mx\r\n250 STARTTLS\r\n"), Answer::Asks);
    assert_eq!(smtp(587, "250 mx\r\n"), Answer::Unclear);
    assert_eq!(smtp(25, "250-mx\r\n250 STARTTLS\r\n"), Answer::Unclear);
    assert_eq!(answer(Protocol::Smtp, 25, &["554 no\r\n"]), Answer::Unclear);
}

#[test]
fn pages_are_judged_by_status_and_words() {
    let page = |head: &str, body: &str| answer(Protocol::Page, 80, &[&format!("HTTP/1.1 {head}\r\n\r\n{body}")]);
    assert_eq!(page("401 Unauthorized\r\nWWW-Authenticate: Basic", ""), Answer::Asks);
    assert_eq!(page("200 OK", "<form><input name=p type=\"password\"></form>"), Answer::Asks);
    assert_eq!(page("200 OK", "<html><title>\n Index of /mail</title>"), Answer::Open);
    assert_eq!(page("200 OK", "<TITLE>MailHog</TITLE>"), Answer::Open);
    assert_eq!(page("200 OK", "<title>Welcome</title>"), Answer::Unclear);
    assert_eq!(page("302 Found\r\nLocation: https://mail.x.example/", ""), Answer::NotLooked);
    assert_eq!(answer(Protocol::Page, 80, &["nothing of http"]), Answer::Unclear);
}

#[test]
fn an_index_is_asked_for_its_names_only_when_it_answers() {
    let root = "HTTP/1.1 200 OK\r\n\r\n{\"cluster_name\":\"c\"}";
    let (probed, sent) = talk(Protocol::Search, 9200, false, &[root, "HTTP/1.1 200 OK\r\n\r\nmail-2026\nshop\n.kibana\n"]);
    assert_eq!(probed.answer, Answer::Open);
    assert_eq!(probed.words, "an index answers whoever asks: 2 indexes, 1 of them with mail in their names");
    assert!(sent[1].starts_with("GET /_cat/indices?h=index HTTP/1.1\r\nHost: mail.x.example\r\n"), "{sent:?}");
    let (probed, sent) = talk(Protocol::Search, 9200, false, &["HTTP/1.1 401 Unauthorized\r\n\r\n"]);
    assert_eq!((probed.answer, sent.len()), (Answer::Asks, 2));
}

const IMAP: &str = "* OK ready\r\n";

#[test]
fn with_tls_a_password_is_no_longer_in_clear() {
    let (probed, _) = talk(Protocol::Imap, 993, true, &[IMAP, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na OK\r\n"]);
    assert_eq!((probed.answer, probed.words.as_str()), (Answer::Asks, "asks for a password; its certificate was not checked"));
    let (probed, _) = talk(Protocol::Imap, 993, true, &["* PREAUTH x\r\n", "* CAPABILITY IMAP4rev1\r\na OK\r\n"]);
    assert_eq!(probed.answer, Answer::Open);
    let (probed, _) = talk(Protocol::Search, 9243, true, &["HTTP/1.1 401 Unauthorized\r\n\r\n"]);
    assert_eq!((probed.answer, probed.words.as_str()), (Answer::Asks, "asks for a password; its certificate was not checked"));
    let (probed, _) = talk(Protocol::Pop3, 995, true, &[]);
    assert_eq!(probed.words, "takes the connection and says nothing; its certificate was not checked");
    assert_eq!(talk(Protocol::Imap, 143, false, &[]).0.answer, Answer::Silent);
}

#[test]
fn what_is_offered_after_starttls_counts_too() {
    let can = "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK\r\n";
    let then = "* CAPABILITY IMAP4rev1 AUTH=ANONYMOUS\r\na OK\r\n";
    let (probed, sent) = talk(Protocol::Imap, 143, false, &[IMAP, can, "b OK begin\r\n* OK a line put in by somebody\r\n", then]);
    assert_eq!(sent, ["a CAPABILITY\r\n", "b STARTTLS\r\n", "a CAPABILITY\r\n", "c LOGOUT\r\n"]);
    assert_eq!(probed.answer, Answer::Open);
    assert_eq!(
        probed.words,
        "takes no password before encryption; offers encryption (STARTTLS); with TLS it lets in who gives no name (AUTH=ANONYMOUS); \
         its certificate was not checked"
    );

    // It demands TLS before it says what it can do.
    let must = ["220 mx\r\n", "530 5.7.0 Must issue a STARTTLS command first\r\n", "220 go\r\n", "250-mx\r\n250 AUTH PLAIN\r\n"];
    let (probed, sent) = talk(Protocol::Smtp, 587, false, &must);
    assert_eq!(sent, ["EHLO probe.invalid\r\n", "STARTTLS\r\n", "EHLO probe.invalid\r\n", "QUIT\r\n"]);
    assert_eq!(probed.answer, Answer::Asks);
    assert!(probed.words.contains("with TLS it asks for a password"), "{probed:?}");

    let pop = ["+OK\r\n", "+OK\r\nUSER\r\nSTLS\r\n.\r\n", "+OK go\r\n", "+OK\r\nUSER\r\n.\r\n"];
    let (probed, sent) = talk(Protocol::Pop3, 110, false, &pop);
    assert_eq!((probed.answer, sent[1].as_str()), (Answer::InClear, "STLS\r\n"));
}

#[test]
fn encryption_that_does_not_come_about_is_told() {
    let later = "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK\r\n";
    let (probed, sent) = talk(Protocol::Imap, 143, false, &[IMAP, later, "b NO not now\r\n"]);
    assert_eq!(sent.last().map(String::as_str), Some("c LOGOUT\r\n"));
    assert!(probed.words.ends_with("and refuses it when asked"), "{probed:?}");

    let broken = |(_, secure): (usize, bool)| secure.then(|| Trouble::Tls("it closed the connection".to_owned()));
    let (probed, _) = over(Protocol::Imap, 143, false, &[IMAP, later, "b OK\r\n"], &broken);
    assert_eq!(probed.answer, Answer::NotLooked);
    assert!(probed.words.ends_with("but TLS could not be agreed on: it closed the connection"), "{probed:?}");
    let (probed, _) = over(Protocol::Pop3, 995, true, &[], &broken);
    assert_eq!(
        (probed.answer, probed.words.as_str()),
        (Answer::NotLooked, "TLS could not be agreed on: it closed the connection; look with a mail program or a browser")
    );
    assert_eq!(over(Protocol::Pop3, 995, true, &[], &|_| Some(Trouble::Closed)).0.answer, Answer::Closed);
}

#[test]
fn ports_may_speak_tls_or_clear_against_all_custom() {
    let not_tls = |(_, secure): (usize, bool)| secure.then_some(Trouble::NotTls);
    let (probed, _) = over(Protocol::Imap, 993, true, &["* PREAUTH x\r\n", "a OK\r\n"], &not_tls);
    assert_eq!((probed.answer, probed.words.contains("certificate")), (Answer::Open, false));

    for hint in ["\u{15}\u{3}\u{3}", "HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP sent to an HTTPS port"] {
        let answers = [hint, "HTTP/1.1 200 OK\r\n\r\n{\"cluster_name\":\"c\"}", "HTTP/1.1 200 OK\r\n\r\nmail-2026\n"];
        let (probed, sent) = talk(Protocol::Search, 9200, false, &answers);
        assert_eq!((probed.answer, sent.len()), (Answer::Open, 4), "{probed:?}");
        assert!(probed.words.ends_with("certificate was not checked"), "{probed:?}");
        // Neither way leads anywhere, and none is tried twice.
        assert_eq!(over(Protocol::Page, 8080, false, &[hint, hint, hint], &not_tls).0.answer, Answer::NotLooked);
    }
}

#[test]
fn no_answer_is_too_long() {
    let (mut talk, _) = Talk::new(SERVICES[5], "mail.x.example");
    talk.connected();
    let steps: Vec<Step> = (0..10).map(|_| talk.hear(&[b'x'; 16 << 10])).collect();
    assert!(steps.contains(&Step::Leave(Vec::new())), "{steps:?}");
}

#[test]
fn no_credential_is_ever_sent() {
    for service in SERVICES {
        for greeting in ["* OK x\r\n", "+OK x\r\n", "220 x\r\n", "HTTP/1.1 200 OK\r\n\r\n\"cluster_name\""] {
            let (_, sent) = talk(service.protocol, service.port, service.tls, &[greeting]);
            let sent = sent.concat().to_uppercase();
            assert!(["AUTH", "LOGIN ", "USER ", "PASS", "MAIL FROM", "COOKIE"].iter().all(|word| !sent.contains(word)), "{sent}");
        }
    }
}

#[test]
fn only_hosts_of_the_case_are_asked() {
    let own = ["x.example".to_owned(), " .Y.example. ".to_owned(), String::new(), "example".to_owned()];
    assert_eq!(allowed("MX.x.example.", &own).as_deref(), Ok("mx.x.example"));
    assert_eq!(allowed("y.example", &own).as_deref(), Ok("y.example"));
    for host in ["z.example", "notx.example", "x.example.evil.test", "198.51.100.7", "::1", "", "a b.x.example", "a\r\nb.x.example"] {
        assert!(allowed(host, &own).is_err(), "{host:?}");
    }
    assert!(allowed("mx.x.example", &[]).is_err());
}

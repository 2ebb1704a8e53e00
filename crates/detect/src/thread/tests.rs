use super::*;
use aftermail_model::{Status, Timestamp};

/// A message of a thread: sender, day, body.
fn told(from: &str, day: i64, body: &str, packs: &Packs) -> Told {
    let message = Message {
        from: Some(format!("{from} <{from}@corp.example>")),
        to: vec!["Bo <bo@corp.example>".into()],
        subject: Some("the report server".into()),
        sent: Some(Timestamp(1_700_000_000 + day * 86_400)),
        ..Message::default()
    };
    let text =
        Text { part: 1, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let hits = crate::detect(&text, &message, packs).into_iter().map(|h| (0, h)).collect();
    Told { message, texts: vec![text], hits, locked: Vec::new() }
}

fn joined(messages: &[(&str, &str)]) -> Vec<Told> {
    let packs = Packs::built_in();
    let mut thread: Vec<Told> = messages.iter().enumerate().map(|(i, (from, body))| told(from, i as i64, body, &packs)).collect();
    let seen = |thread: &[Told]| thread.iter().map(|t| t.hits.iter().map(|(_, h)| format!("{h:?}")).collect()).collect::<Vec<Vec<_>>>();
    let leads: Vec<Leads> = thread.iter().map(|told| led(told, &packs)).collect();
    let before = seen(&thread);
    join(&mut thread, &packs);
    assert!(before == seen(&thread) || Leads::worth_joining(&leads), "what is found only together is looked for together: {leads:?}");
    thread
}

/// What the first pass says of a message.
fn led(told: &Told, packs: &Packs) -> Leads {
    let hits: Vec<Hit> = told.hits.iter().map(|(_, hit)| hit.clone()).collect();
    leads(&told.texts[0], &hits, packs)
}

fn values(told: &Told) -> Vec<&str> {
    let permit = RevealPermit::recorded();
    told.hits.iter().map(|(_, h)| h.value.reveal(&permit).as_str()).collect()
}

#[test]
fn a_promised_password_is_found_and_tied_to_its_account() {
    let thread = joined(&[
        ("ada", "The scanner runs on scan1.corp.example. User: svc_scan. The password follows by separate mail."),
        ("ada", "Heron-Marsh-77-Reed\n\nAda"),
        ("bo", "Thanks, works."),
    ]);
    assert_eq!(values(&thread[1]), ["Heron-Marsh-77-Reed"]);
    let hit = &thread[1].hits[0].1;
    assert_eq!((hit.account.as_deref(), hit.system.as_deref()), (Some("svc_scan"), Some("scan1.corp.example")));
    assert!(hit.because[0].contains("follows"), "{:?}", hit.because);
}

#[test]
fn a_question_is_answered_by_somebody_else_only() {
    let asked = "What is the password for the badge printer? I am standing in front of it.";
    assert_eq!(values(&joined(&[("bo", asked), ("ada", "Heron+marsh51")])[1]), ["Heron+marsh51"]);
    let answers = |told: &Told| told.hits.iter().any(|(_, h)| h.because[0].contains("asks for it"));
    assert!(answers(&joined(&[("bo", asked), ("ada", "Heron+marsh51")])[1]));
    assert!(!answers(&joined(&[("bo", asked), ("bo", "Heron+marsh51")])[1]));
    assert!(values(&joined(&[("bo", asked), ("ada", "Ask Cy, extension 4471.")])[1]).is_empty());
}

#[test]
fn two_halves_are_one_secret() {
    let thread = joined(&[
        ("ada", "The password of the report server goes in two mails. First half: Heron_"),
        ("ada", "And the second half: 1825*Marsh\nJoin them, no space between."),
    ]);
    assert_eq!(values(&thread[0]), ["Heron_1825*Marsh"]);
    assert_eq!(values(&thread[1]), ["Heron_1825*Marsh"]);
}

#[test]
fn a_later_mail_revokes_and_a_promise_to_change_does_not() {
    let told = "User svc_report, password: Heron!marsh51";
    let status = |reply: &str| joined(&[("ada", told), ("bo", reply)])[0].hits[0].1.status;
    assert_eq!(status("I have changed the password just now."), Status::RevokedInThread);
    assert_eq!(status("Please make sure that the password is changed tomorrow."), Status::Live);
    assert_eq!(status("Has the password been changed?"), Status::Live);
    assert_eq!(status("I changed the toner of the printer."), Status::Live);
}

#[test]
fn leads_mark_what_needs_its_thread() {
    let packs = Packs::built_in();
    let of = |body: &str| led(&told("ada", 0, body, &packs), &packs);
    assert!(of("The password follows separately.").any(Leads::PROMISE));
    assert!(of("Your user name: svc_scan").any(Leads::ACCOUNT));
    assert!(of("Heron-Marsh-77-Reed").any(Leads::BARE));
    assert!(of("I rotated the key.").any(Leads::CHANGED));
    assert!(of("See you at lunch.").is_empty());
    assert!(of("The first half of the password is \"Heron_\"").any(Leads::PIECE));
    assert!(!of("The first half of the match was better than the password prompt: boring").any(Leads::PIECE), "no piece stands there");
    assert!(!of("Join us:\nhttps://lists.corp.example/ops\nops-request@corp.example\n______________").any(Leads::PIECE));
}

#[test]
fn lines_of_one_secret_are_joined_in_a_thread_that_says_nothing_else() {
    let thread = joined(&[
        ("ada", "Morning. For the mirror of the wiki:\n\nglpat-x7Kp2Lm\n9QwErTy4Zu3Vb\n"),
        ("bo", "Morning. The lift is out of order."),
    ]);
    assert_eq!(values(&thread[0]), ["glpat-x7Kp2Lm9QwErTy4Zu3Vb"]);
}

#[test]
fn two_faces_of_a_body_need_not_be_alike() {
    let packs = Packs::built_in();
    let long = format!("Hi Bo, the report is attached.\n{}\nregards", "Words that follow. ".repeat(30));
    let mut told = told("ada", 0, &long, &packs);
    let short = "See the attached zip, password: Heron!marsh51";
    let text = Text { body: short.into(), ..told.texts[0].clone() };
    told.hits.extend(crate::detect(&text, &told.message, &packs).into_iter().map(|h| (1, h)));
    told.texts.push(text);
    let mut thread = [told];
    join(&mut thread, &packs);
    assert_eq!(values(&thread[0]), ["Heron!marsh51"]);
}

#[test]
fn a_change_of_what_was_told_is_a_secret_of_its_own() {
    let told = "The read only account for the map box: user gis_reader, password: Wattle-Tram-118-kiosk";
    let thread = joined(&[("ada", told), ("ada", "Sorry, it's a 7 not a 1 in the middle (the second one). The rest is right.")]);
    assert_eq!(values(&thread[1]), ["Wattle-Tram-178-kiosk"]);
    assert_eq!(thread[0].hits[0].1.status, Status::Live, "a misread sentence must not make a live secret look dead");
    let thread = joined(&[("ada", told), ("ada", "And the tile server has the same password, only with 119 instead of 118.")]);
    assert_eq!(values(&thread[1]), ["Wattle-Tram-119-kiosk"]);
    let thread = joined(&[("ada", told), ("ada", "Shall we meet at 7 instead of 6? Bring the plan, not the model.")]);
    assert!(values(&thread[1]).is_empty());
}

#[test]
fn pieces_are_numbered_answered_and_follow() {
    let thread = joined(&[
        ("ada", "The alarm of the hall has a code of four digits. The first two digits are 27."),
        ("bo", "Quite right. And the last two?"),
        ("ada", "94. Bring glitter."),
    ]);
    assert_eq!(values(&thread[2]), ["2794"]);
    let thread = joined(&[
        ("ada", "The recovery code comes in two mails, dashes between the parts. This is (a):\n\nXK4R-90PL\n"),
        ("ada", "(b)\n\nM2VT-7HSD\n"),
    ]);
    assert_eq!(values(&thread[1]), ["XK4R-90PL-M2VT-7HSD"]);
}

#[test]
fn a_secret_of_the_thread_names_nothing() {
    let packs = Packs::built_in();
    let bodies = [
        "All, staff wifi (Roastery-Staff) password is crema-badger-heron7.",
        "I've changed it, only the last word: otterson instead of heron. Rest the same.",
    ];
    let mut thread = bodies.map(|body| told("ada", 0, body, &packs));
    for told in &mut thread {
        told.message.subject = Some("staff wifi".into());
        told.hits.iter_mut().for_each(|(_, hit)| hit.system = Some("staff wifi".into()));
    }
    join(&mut thread, &packs);
    assert_eq!(values(&thread[1]), ["crema-badger-otterson7"]);
    let names = thread.iter().flat_map(|t| &t.hits).flat_map(|(_, h)| [h.system.clone(), h.account.clone()]).flatten();
    assert!(names.into_iter().all(|n| !n.contains("crema")), "{:?}", thread[1].hits[0].1.system);
}

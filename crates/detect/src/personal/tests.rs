use super::*;
use aftermail_model::RevealPermit;

fn found(body: &str) -> Vec<(Kind, String, Option<String>)> {
    let message =
        Message { from: Some("Ada Lind <ada@corp.example>".into()), to: vec!["Bo Berg <bo@corp.example>".into()], ..Message::default() };
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let permit = RevealPermit::recorded();
    let all = personal(&text, &message, &Packs::built_in());
    all.into_iter().filter(|p| p.kind != Kind::Name).map(|p| (p.kind, p.value.reveal(&permit).clone(), p.person)).collect()
}

fn one(body: &str) -> Option<(Kind, String)> {
    let mut all = found(body);
    assert!(all.len() < 2, "{all:?}");
    all.pop().map(|(kind, value, _)| (kind, value))
}

#[test]
fn elements_are_tied_to_the_person_named() {
    let all = found("Zoe Ek-Lund, SSN 219-09-9999, born 4 May 1981; Jo van Dam, passport XK4417209, salary 4 200 € brutto.");
    let of = |kind| all.iter().find(|(k, ..)| *k == kind).map(|(_, v, p)| (v.as_str(), p.as_deref().unwrap_or("")));
    assert_eq!(of(Kind::Ssn), Some(("219-09-9999", "Zoe Ek-Lund")));
    assert_eq!(of(Kind::DateOfBirth), Some(("4 May 1981", "Zoe Ek-Lund")));
    assert_eq!(of(Kind::Passport), Some(("XK4417209", "Jo van Dam")));
    assert_eq!(of(Kind::Salary), Some(("4 200 € brutto", "Jo van Dam")));
}

#[test]
fn digits_need_a_word_that_says_what_they_are() {
    assert_eq!(one("Zoe Lund called about order 219-09-9999 again."), None);
    assert_eq!(one("Zoe Lund, parcel 943 476 5919, and invoice 44051401359."), None);
    assert_eq!(one("The account 5375536348 was closed by the bank."), None, "no person");
    assert_eq!(one("Zoe Lund, SSN 666-09-9999"), None, "no such number");
    assert_eq!(one("Test with card 4111 1111 1111 1111, Zoe Lund"), None, "a card that is printed for tests");
}

#[test]
fn an_iban_tells_by_itself() {
    assert_eq!(one("please pay to GB82 WEST 1234 5698 7654 32 today"), Some((Kind::Iban, "GB82 WEST 1234 5698 7654 32".into())));
    assert_eq!(one("part no. GB83 WEST 1234 5698 7654 32"), None);
}

#[test]
fn health_needs_a_person_and_its_context() {
    assert_eq!(one("Zoe Lund is on sick leave (fractured left wrist)."), Some((Kind::Health, "fractured left wrist".into())));
    assert_eq!(one("The diagnosis of the fractured pipe in hall 2 is done."), None);
}

#[test]
fn columns_say_what_their_cells_are() {
    let all = found("Name,DOB,Licence\nZoe Lund,1979-03-08,T64417203\nJo Dam,1991-11-27,D-441-720-938\n");
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(all.iter().all(|(_, _, p)| p.is_some()));
}

#[test]
fn my_number_is_the_senders() {
    assert_eq!(found("For the form: my SSN is 219-09-9999")[0].2.as_deref(), Some("Ada Lind"));
}

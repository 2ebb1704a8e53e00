use super::*;
use aftermail_model::Timestamp;
use std::iter::once;

const ID: &str = "<a1@mail.contoso.example>";
const AT: &str = "2024-04-08T10:00:00Z";

fn only(list: &List) -> &ListedMessage {
    assert_eq!(list.rows.len(), 1, "{list:?}");
    &list.rows[0]
}

fn whole(list: &List) {
    let m = only(list);
    assert_eq!(m.message_id.as_deref(), Some(ID), "{list:?}");
    assert_eq!(m.from.as_deref(), Some("jane.doe@contoso.example"), "{list:?}");
    // Members of an object come in the order of their names.
    let mut to = m.to.clone();
    to.sort();
    assert_eq!(to, ["bob@fabrikam.example", "eve@fabrikam.example"], "{list:?}");
    assert_eq!(m.subject.as_deref(), Some("VPN, again"), "{list:?}");
    let time = m.sent.or(m.received).map(|t| t.to_string());
    assert_eq!(time.as_deref(), Some(AT), "{list:?}");
    assert!(list.rejects.is_empty() && list.unread.is_empty(), "{list:?}");
}

#[test]
fn headings_of_exports_people_have_are_told() {
    let row = format!("\"{ID}\",\"Doe, Jane <Jane.Doe@contoso.example>\",\"bob@fabrikam.example;eve@fabrikam.example\",\"VPN, again\",");
    for (head, time) in [
        ("Message ID,Sender,Recipients,Subject,Date (UTC)", "2024-04-08T10:00:00"),
        ("InternetMessageId,SenderFromAddress,RecipientEmailAddress,Subject,Timestamp", "2024-04-08T10:00:00.0000000Z"),
        ("message_id,sender_address,recipient_status,message_subject,origin_timestamp_utc", "2024-04-08T10:00:00.123Z"),
        ("Internet Message ID,From,To,Subject/Title,Sent", "\"Mon, 8 Apr 2024 12:00:00 +0200\""),
        ("RFC822 Message-ID,From address,To address,Subject,Received", "4/8/2024 10:00:00 AM"),
        ("Nachrichten-ID,Absender,Empfänger,Betreff,Gesendet am", "08.04.2024 10:00"),
        ("ID de message,Expéditeur,Destinataires,Objet,Envoyé le", "2024/04/08 10:00"),
        ("Msg-Id,sender,recipient,SUBJECT,Date", "45390.416666667"),
        ("messageId,Sender Email,To,Email Subject,Date Sent", "1712570400"),
        ("#Fields: message-id,sender-address,recipient-address,message-subject,date-time", "2024-04-08T10:00:00.123Z"),
        ("Rfc822MessageId,From,To,Subject,DateSent", "2024-04-08T10:00:00Z"),
        ("Email internet message id,Sender or Created by,Recipients in To line,Subject or Title,Sent", "4/8/2024 10:00:00 AM"),
        ("MessageId,SenderAddress,RecipientAddress,Subject,Received,StartDate", "2024-04-08 10:00:00,2024-04-01"),
        ("Internet message identifier,Author,To,Subject line,Sent time", "\"April 8, 2024 10:00 AM\""),
    ] {
        whole(&read(format!("{head}\n{row}{time}\n").as_bytes(), None));
    }
}

#[test]
fn delimiters_titles_and_encodings_do_not_matter() {
    let table = [
        vec!["Internet Message ID", "From", "To", "Cc", "Subject", "Sent"],
        vec![ID, "jane.doe@contoso.example", "bob@fabrikam.example", "eve@fabrikam.example", "VPN, again", AT],
    ];
    for delimiter in [";", "\t", "|"] {
        let text = table.iter().map(|row| row.join(delimiter)).collect::<Vec<_>>().join("\r\n");
        whole(&read(text.as_bytes(), None));
        whole(&read(format!("\u{feff}{text}").as_bytes(), None));
        let utf16: Vec<u8> = once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        whole(&read(&utf16, None));
        let titled = read(format!("Messages taken from your tenant\n\n{text}\n").as_bytes(), None);
        assert_eq!(only(&titled).message_id.as_deref(), Some(ID));
        assert_eq!(titled.rejects.iter().filter(|r| r.why == NoMessage::AboveHeadings).count(), 1, "{titled:?}");
    }
    whole(&from_rows(table.iter().map(|row| row.iter().map(|c| (*c).to_owned()).collect()).collect(), None));
}

#[test]
fn json_is_read_flat_nested_wrapped_and_line_by_line() {
    let flat = format!(
        r#"{{"internetMessageId":"{ID}","sender":"jane.doe@contoso.example","recipients":["bob@fabrikam.example","eve@fabrikam.example"],"subject":"VPN, again","sentDateTime":"{AT}"}}"#
    );
    let graph = format!(
        r#"{{"id":"AAMk","internetMessageId":"{ID}","from":{{"emailAddress":{{"name":"Jane","address":"Jane.Doe@contoso.example"}}}},"toRecipients":[{{"emailAddress":{{"name":"Bob","address":"bob@fabrikam.example"}}}}],"ccRecipients":[{{"emailAddress":{{"address":"eve@fabrikam.example"}}}}],"subject":"VPN, again","receivedDateTime":"{AT}"}}"#
    );
    for object in [&flat, &graph] {
        whole(&read(object.as_bytes(), None));
        whole(&read(format!("[{object}]").as_bytes(), None));
        whole(&read(format!("{{\"@odata.context\":\"x\",\"value\":[{object}]}}").as_bytes(), None));
        assert_eq!(read(format!("{object}\n{object}\n{object}").as_bytes(), None).rows.len(), 3);
        let broken = read(format!("{object}\n{{\"internetMessageId\": \n{object}\n").as_bytes(), None);
        assert_eq!((broken.rows.len(), broken.rejects.len()), (2, 1), "{broken:?}");
        assert_eq!(broken.rejects[0], Rejected { row: 2, why: NoMessage::Damaged });
    }
}

#[test]
fn a_person_maps_what_nobody_could_guess() {
    let text = format!("Ref,Wer,Worüber\n{ID},jane.doe@contoso.example,VPN\n");
    let mapping = Mapping::from([(Column::From, "wer".to_owned()), (Column::Subject, "3".to_owned())]);
    let list = read(text.as_bytes(), Some(&mapping));
    let m = only(&list);
    assert_eq!(
        (m.message_id.as_deref(), m.from.as_deref(), m.subject.as_deref()),
        (Some(ID), Some("jane.doe@contoso.example"), Some("VPN"))
    );
    assert!(list.assumed.iter().any(|a| a.contains("message_id")), "{list:?}");
    let wrong = read(text.as_bytes(), Some(&Mapping::from([(Column::Size, "Groß".to_owned())])));
    assert!(wrong.assumed.iter().any(|a| a.contains("Groß")), "{wrong:?}");
}

#[test]
fn a_bare_list_of_ids_is_a_list() {
    let list = read(b"<a@x.example>\n<b@x.example>\n\n<c@x.example>\n", None);
    assert_eq!(list.rows.iter().map(|m| m.row).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn members_without_a_known_name_are_told_by_what_they_hold() {
    let bare = read(b"[\"<a@x.example>\", \"<b@x.example>\"]", None);
    assert_eq!((bare.rows.len(), bare.rejects.len()), (2, 0), "{bare:?}");
    let odd = read(b"[{\"foo\":\"<a@x.example>\",\"bar\":\"x\"}, 7]", None);
    assert_eq!((odd.rows.len(), odd.columns.len()), (1, 2), "{odd:?}");
    assert_eq!(odd.rejects, [Rejected { row: 2, why: NoMessage::Damaged }]);
    let mapped = read(
        b"{\"wer\":\"jane@x.example\",\"was\":\"VPN\"}",
        Some(&Mapping::from([(Column::From, "Wer".to_owned()), (Column::Subject, "was".to_owned())])),
    );
    assert_eq!(only(&mapped).subject.as_deref(), Some("VPN"));
}

#[test]
fn every_row_that_is_no_message_is_counted() {
    let text = "Message-ID,Subject,Sent\n<a@x.example>,x,2024-04-08\n,,\n,only a subject,\nnonsense,x,soon\n<b@x.example>,y,soon\n";
    let list = read(text.as_bytes(), None);
    assert_eq!(list.rows.len(), 2);
    let whys: Vec<_> = list.rejects.iter().map(|r| (r.row, r.why)).collect();
    assert_eq!(whys, [(3, NoMessage::Empty), (4, NoMessage::TooLittle), (5, NoMessage::TooLittle)]);
    assert_eq!(list.unread, BTreeMap::from([(Column::MessageId, 1), (Column::Sent, 2)]));
}

#[test]
fn a_lost_quote_costs_its_row_and_no_other() {
    let mut text = "Message-ID,Subject,From\n".to_owned();
    (0..10).for_each(|n| text.push_str(&format!("<{n}@x.example>,{}subject,a@x.example\n", if n == 4 { "\"" } else { "" })));
    let list = read(text.as_bytes(), None);
    assert_eq!((list.rows.len(), list.rejects.len()), (9, 1), "{list:?}");
    assert_eq!(list.rejects[0].why, NoMessage::Damaged);
}

#[test]
fn one_row_tells_the_order_of_day_and_month_for_all() {
    let sent = |second: &str| read(format!("Message-ID,Sent\n<a@x.example>,3/4/2024\n<b@x.example>,{second}\n").as_bytes(), None);
    let day_first = sent("25/4/2024");
    assert_eq!(day_first.rows[0].sent, Timestamp::parse("2024-04-03"));
    assert!(day_first.assumed.is_empty());
    assert_eq!(sent("4/25/2024").rows[0].sent, Timestamp::parse("2024-03-04"));
    let unknown = sent("5/6/2024");
    assert_eq!(unknown.rows[0].sent, Timestamp::parse("2024-03-04"));
    assert_eq!(unknown.assumed.len(), 1);
}

#[test]
fn sizes_come_in_many_spellings() {
    for (text, want) in [
        ("12345", 12_345),
        ("\"12,345\"", 12_345),
        ("12 KB", 12_288),
        ("\"12 KB (12,345 bytes)\"", 12_345),
        ("12345.0", 12_345),
        ("1.5 MB", 1_572_864),
    ] {
        let list = read(format!("Message-ID,Size\n{ID},{text}\n").as_bytes(), None);
        assert_eq!(only(&list).size, Some(want), "{text}");
    }
}

#[test]
fn an_id_of_the_provider_is_no_message_id() {
    let list = read(b"Message ID,Subject,Sender\n6D4D2C3A-1111-4222-8333-94445555aaaa,x,a@x.example\n", None);
    assert_eq!(only(&list).message_id, None);
    assert_eq!(only(&list).network_id.as_deref(), Some("6d4d2c3a-1111-4222-8333-94445555aaaa"));
}

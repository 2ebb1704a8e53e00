//! Whatever the bytes, every row of a list is a message or a reject.
#![allow(missing_docs)]

use aftermail_logs::list;
use proptest::prelude::*;

const LISTS: [&str; 4] = [
    "Message-ID,Sender,Subject,Sent,Size\n<a@x.example>,a@x.example,\"one, two\",3/4/2024 10:00 AM,12 KB\n<b@x.example>,,,,\n",
    "[{\"internetMessageId\":\"<a@x.example>\",\"toRecipients\":[{\"emailAddress\":{\"address\":\"b@x.example\"}}]}]",
    "{\"messageId\":\"<a@x.example>\"}\n{\"messageId\":\"<b@x.example>\"}\n",
    "<a@x.example>\n<b@x.example>\n",
];

/// Rows are told apart, and each is a message or a reject.
fn check_list(bytes: &[u8]) {
    let read = list::read(bytes, None);
    let mut rows: Vec<u64> = read.rows.iter().map(|m| m.row).chain(read.rejects.iter().map(|r| r.row)).collect();
    rows.sort_unstable();
    let all = rows.len();
    rows.dedup();
    assert_eq!(rows.len(), all, "{read:?}");
    assert!(read.rows.iter().all(|m| m.names_a_message()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_a_list_or_rejects(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check_list(&bytes);
    }

    #[test]
    fn damaged_lists_are_read_to_their_end(seed in 0..LISTS.len(), at in any::<prop::sample::Index>(), put in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = LISTS[seed].as_bytes().to_vec();
        let place = at.index(bytes.len());
        bytes[place] = put;
        check_list(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        check_list(&bytes);
    }

    #[test]
    fn cells_that_are_written_come_back(subject in "[a-zA-Z,;\"' ]{1,30}", row in 0_u32..1_000_000, size in 0_u64..1 << 40) {
        let quoted = subject.replace('"', "\"\"");
        let text = format!("Size;Subject;Internet Message ID\n{size};\"{quoted}\";<{row}@x.example>\n");
        let read = list::read(text.as_bytes(), None);
        prop_assert_eq!(read.rows.len(), 1);
        let message = &read.rows[0];
        let want = format!("<{row}@x.example>");
        prop_assert_eq!(message.message_id.as_deref(), Some(want.as_str()));
        prop_assert_eq!(message.subject.as_deref().unwrap_or_default(), subject.trim());
        prop_assert_eq!(message.size, Some(size));
    }
}

#[test]
fn every_list_is_whole() {
    for seed in LISTS {
        let read = list::read(seed.as_bytes(), None);
        assert!(!read.rows.is_empty() && read.rejects.is_empty(), "{seed}: {read:?}");
    }
}

//! Tells what is in Outlook stores: `cargo run -p aftermail-mapi --example store -- FILE…`

use aftermail_mapi::pst::{Reached, Store};
use aftermail_mapi::{Content, Item};
use std::collections::BTreeMap;

#[derive(Default)]
struct Counts {
    items: usize,
    attachments: usize,
    embedded: usize,
    plain: usize,
    html: usize,
    rtf: usize,
    faults: usize,
}

fn count(item: &Item, into: &mut Counts) {
    into.plain += usize::from(item.props.get(0x1000).is_some());
    into.html += usize::from(item.props.get(0x1013).is_some());
    into.rtf += usize::from(item.props.get(0x1009).is_some());
    into.faults += item.faults.len();
    into.attachments += item.attachments.len();
    for attachment in &item.attachments {
        if let Content::Message(inner) = &attachment.content {
            into.embedded += 1;
            count(inner, into);
        }
    }
}

fn main() {
    let verbose = std::env::args().any(|a| a == "-v");
    for path in std::env::args().skip(1).filter(|a| a != "-v") {
        let store = match std::fs::read(&path).map_err(|e| e.to_string()).and_then(|bytes| Store::open(bytes).map_err(|e| e.to_string())) {
            Ok(store) => store,
            Err(why) => {
                println!("{path}\t{why}");
                continue;
            }
        };
        let mut counts = Counts::default();
        let mut reached: BTreeMap<Reached, usize> = BTreeMap::new();
        // What a person would call a message: in a folder, orphaned or recovered, and with something in it.
        let mut normal = 0;
        for entry in store.entries() {
            let item = store.item(&entry);
            normal += usize::from(entry.id & 0x1F == 4 && entry.reached != Reached::Missing && !item.props.is_empty());
            *reached.entry(entry.reached).or_default() += 1;
            counts.items += 1;
            count(&item, &mut counts);
            if verbose {
                println!("  {:?} {:#x} {:?} {:?} {:?}", entry.reached, entry.id, entry.folder, item.props.text(0x37, None), item.faults);
            }
        }
        let Counts { items, attachments, embedded, plain, html, rtf, faults } = counts;
        println!(
            "{path}\tnormal {normal} items {items} {reached:?} folders {} attachments {attachments} embedded {embedded} plain {plain} html {html} rtf {rtf} faults {faults} {:?}",
            store.about().folders,
            store.about()
        );
    }
}

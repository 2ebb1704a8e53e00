//! Prints what is seen in pictures: `look FOLDER-OF-MODELS PICTURE…`.
use aftermail_eyes::{Eyes, FIND, Models, READ};

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or_default();
    let file = move |name: &str| std::fs::read(format!("{folder}/{name}")).ok();
    let eyes = Eyes::new(move || Some(Models { find: file(FIND.name)?, read: file(READ.name)? }));
    for path in args {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let started = std::time::Instant::now();
        let seen = eyes.look(&bytes);
        println!("== {path} {} ms {:?}", started.elapsed().as_millis(), seen.faults);
        seen.codes.iter().for_each(|c| println!("[{}] {}", c.sort, c.payload));
        for line in seen.lines {
            let least = line.certainty.iter().min().copied().unwrap_or(100);
            println!("{least:3} {}", line.text);
        }
    }
}

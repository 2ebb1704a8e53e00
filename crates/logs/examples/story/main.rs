//! Writes the made-up tenant of `examples/harrow-quay`: `cargo run -p aftermail-logs --example story -- FOLDER`. The same seed gives
//! the same files, and a test holds the committed ones against them.
#![allow(missing_docs)]

mod tenant;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("a folder to write into");
    let files = tenant::files(tenant::SEED);
    for (name, text) in &files {
        let path = Path::new(&folder).join(name);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder"))?;
        std::fs::write(path, text)?;
    }
    println!("{} files, {} bytes", files.len(), files.values().map(String::len).sum::<usize>());
    Ok(())
}

//! `seeds DIRECTORY`: writes every target's seeds to a directory of its name, and prints the names.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "fuzz/corpus".into()));
    for (name, _) in ferrovirt_fuzzing::TARGETS {
        let directory = root.join(name);
        std::fs::create_dir_all(&directory)?;
        for (i, seed) in ferrovirt_fuzzing::seeds::of(name).iter().enumerate() {
            std::fs::write(directory.join(format!("seed-{i:04}")), seed)?;
        }
        println!("{name}");
    }
    Ok(())
}

//! Writes the reference pages of all documents into a directory: `cargo xtask codegen` runs it.

use std::path::Path;
use vir_model::documents::DOCUMENTS;
use vir_schema::page;

fn main() -> std::io::Result<()> {
    let Some(directory) = std::env::args_os().nth(1) else {
        return Err(std::io::Error::other("which directory?"));
    };
    let directory = Path::new(&directory);
    for document in DOCUMENTS {
        let page = page::page(document).map_err(std::io::Error::other)?;
        std::fs::write(directory.join(format!("{}.md", document.name)), page)?;
    }
    std::fs::write(directory.join("README.md"), page::index(DOCUMENTS))
}

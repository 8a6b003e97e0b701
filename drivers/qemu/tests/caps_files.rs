//! The capability documents of real QEMUs: each is read and written again.

use std::path::Path;
use vir_driver_qemu::caps::document::CapsDocument;

#[test]
fn documents_of_real_binaries_come_out_as_they_went_in() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/qemucapabilities");
    let Ok(entries) = std::fs::read_dir(directory) else { skip::skip!("needs ../shared") };
    let mut seen = 0;
    for entry in entries.flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "xml")) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let caps =
            CapsDocument::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        assert!(caps.to_xml() == text, "{} comes out otherwise", entry.path().display());
        seen += 1;
    }
    assert!(seen > 20, "{seen} documents");
}

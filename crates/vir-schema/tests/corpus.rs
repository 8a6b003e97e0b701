//! The peer's own documents, where they are: what our model reads is as its tables say.
//!
//! They are looked for in the directory that `FERROVIRT_CORPUS` names, else beside the repository.

use std::path::{Path, PathBuf};
use vir_model::documents::rooted;

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let directory = std::env::var_os("FERROVIRT_CORPUS").map_or_else(beside, PathBuf::from);
    directory.is_dir().then_some(directory)
}

fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

#[test]
fn what_the_model_reads_is_as_its_tables_say() {
    let Some(corpus) = corpus() else {
        skip::skip!("needs the public test data of the peer");
    };
    let mut paths = vec![];
    documents(&corpus, &mut paths);
    let (mut checked, mut wrong) = (0, vec![]);
    for path in paths {
        // names say which documents no schema has
        if path.to_string_lossy().contains("-invalid.") {
            continue;
        }
        let Ok(xml) = std::fs::read_to_string(&path) else { continue };
        let Ok(root) = vir_xml::parse(&xml, None) else { continue };
        let Some(document) = rooted(&root.name) else { continue };
        if (document.round)(&xml).is_err() {
            continue;
        }
        checked += 1;
        let faults = vir_schema::faults(&root, &xml, document);
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "only {checked} documents");
}

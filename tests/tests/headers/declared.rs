//! What `api/*.api` declares, as far as C sees it.

use std::fs;
use std::path::Path;

/// A function with its C prototype.
pub struct Function {
    /// Its name.
    pub name: String,
    /// `int virDomainCreate(virDomainPtr domain);`
    pub prototype: String,
}

/// All functions that have a C prototype.
pub fn functions(directory: &Path) -> Vec<Function> {
    let mut found = vec![];
    let mut files: Vec<_> =
        fs::read_dir(directory).expect("api").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "api"));
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).expect("a file of declarations");
        let mut name = None;
        for line in text.lines() {
            if let Some(head) = line.strip_prefix("fn ") {
                name = head.split('(').next();
            }
            let clause = line.strip_prefix("    c ").map(str::trim);
            if let (Some(name), Some((ret, parameters))) =
                (name, clause.and_then(|clause| clause.split_once('(')))
            {
                found.push(Function {
                    name: name.to_owned(),
                    prototype: format!("{ret}{name}({parameters};"),
                });
            }
        }
    }
    found
}

/// The constants: name, and value as C writes it.
pub fn constants(path: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).expect("the constants");
    let rows = text.lines().filter_map(|line| line.strip_prefix("    "));
    let constants: Vec<_> = rows.filter_map(|row| row.split_once(' ')).collect();
    assert!(constants.len() > 1000, "only {} constants", constants.len());
    constants.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

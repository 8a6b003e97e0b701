//! What the README says that works is shown by tests that are there.

use std::fs;
use std::path::Path;

#[test]
fn every_row_of_the_table_names_tests_that_exist() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(tests.join("../README.md")).unwrap();
    let table = readme.split("## What works today").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut rows = 0;
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let names = row.trim_end_matches('|').rsplit('|').next().unwrap();
        for name in names.split(',').map(|name| name.trim().trim_matches('`')) {
            let (program, module) = name.split_once("::").unwrap_or_else(|| panic!("{name} is no test"));
            let file = tests.join("tests").join(program).join(format!("{module}.rs"));
            let source = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{row}: no {}", file.display()));
            assert!(source.contains("#[test]"), "{} has no tests", file.display());
            rows += 1;
        }
    }
    assert!(rows > 10, "the table was not found");
}

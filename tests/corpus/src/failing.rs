//! The cases that fail today. The list may only shrink: a listed case that passes is an error, so that the list stays
//! true.

use std::collections::BTreeSet;

/// `AREA CASE` a line; a line that begins with `#` is a comment.
const LIST: &str = include_str!("../failing.txt");

/// The listed cases, as [`crate::Case`] prints.
pub fn listed() -> BTreeSet<&'static str> {
    LIST.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What is wrong with the list, given what failed and what passed.
pub fn complaints(listed: &BTreeSet<&str>, failed: &[String], passed: &[String]) -> Vec<String> {
    let new = failed.iter().filter(|case| !listed.contains(case.as_str()));
    let better = passed.iter().filter(|case| listed.contains(case.as_str()));
    new.map(|case| format!("{case}: fails"))
        .chain(better.map(|case| format!("{case}: passes, and must be taken off the list")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_failures_and_cases_that_pass_are_complained_about() {
        let listed = BTreeSet::from(["a x", "a y"]);
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(complaints(&listed, &words(&["a x", "a y"]), &words(&["a z"])), words(&[]));
        let wrong = complaints(&listed, &words(&["a x", "b n"]), &words(&["a y"]));
        assert_eq!(wrong, words(&["b n: fails", "a y: passes, and must be taken off the list"]));
    }
}

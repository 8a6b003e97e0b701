//! How many tests passed, failed and were skipped, from what test runners print.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Add;

/// Outcomes of tests.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Count {
    /// Counts tests that returned early, since they cannot run here, as skipped instead of passed.
    pub(super) fn with_skipped(self, early: usize) -> Count {
        Count { passed: self.passed.saturating_sub(early), skipped: self.skipped + early, ..self }
    }
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        Count {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The outcomes in nextest's line `Summary [ 1.2s] 9 tests run: 8 passed (1 slow), 1 failed, 0 skipped`.
pub(super) fn nextest(line: &str) -> Option<Count> {
    let (_, outcomes) = line.trim_start().strip_prefix("Summary [")?.split_once("run: ")?;
    Some(sum(outcomes.split(',')))
}

/// The outcomes in libtest's line `test result: ok. 9 passed; 0 failed; 0 ignored; …`.
pub(super) fn libtest(line: &str) -> Option<Count> {
    let (_, outcomes) = line.strip_prefix("test result: ")?.split_once(". ")?;
    Some(sum(outcomes.split(';')))
}

fn sum<'a>(outcomes: impl Iterator<Item = &'a str>) -> Count {
    let mut count = Count::default();
    for outcome in outcomes {
        let Some((number, what)) = outcome.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<usize>() else { continue };
        if what.starts_with("passed") {
            count.passed += number;
        } else if what.starts_with("skipped") || what.starts_with("ignored") {
            count.skipped += number;
        } else if ["failed", "timed out", "exec failed"].iter().any(|bad| what.starts_with(bad)) {
            count.failed += number;
        }
    }
    count
}

/// The tests that said that they cannot run here, each once, with the reason.
pub(super) fn skipped(note: &str) -> BTreeMap<&str, &str> {
    note.lines().filter_map(|line| line.split_once('\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::{Count, libtest, nextest, skipped};

    #[test]
    fn closing_lines_are_understood() {
        let count = |passed, failed, skipped| Some(Count { passed, failed, skipped });
        assert_eq!(nextest("     Summary [   0.011s] 9 tests run: 9 passed, 2 skipped"), count(9, 0, 2));
        let line =
            "     Summary [ 1.2s] 12/20 tests run: 8 passed (1 slow), 2 failed, 2 timed out, 0 skipped";
        assert_eq!(nextest(line), count(8, 4, 0));
        assert_eq!(nextest("        PASS [   0.011s] summary"), None);
        let line =
            "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0s";
        assert_eq!(libtest(line), count(3, 1, 2));
        assert_eq!(libtest("test x ... ok"), None);
    }

    #[test]
    fn a_test_that_returned_early_did_not_pass() {
        let note = "a::b\tneeds x\na::b\tneeds x\na::c\tneeds y\n";
        let skipped = skipped(note);
        assert_eq!(skipped.len(), 2);
        let count = Count { passed: 5, failed: 1, skipped: 0 }.with_skipped(skipped.len());
        assert_eq!(count.to_string(), "3 passed, 1 failed, 2 skipped");
    }
}

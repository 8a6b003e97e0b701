//! What two runs gave, beside each other.

use super::Lines;
use crate::outcome::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Functions whose result is of the moment.
const OF_THE_MOMENT: [&str; 3] = ["virAdmClientGetTimestamp", "virAdmConnectGetURI", "virConnectGetURI"];

/// Reads a run's output. Addresses are no result.
pub(crate) fn lines(text: &str) -> Lines {
    let rows = text.lines().filter_map(|line| {
        let mut parts = line.splitn(3, '\t');
        let key = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some((key, without_times(&without_addresses(parts.next()?))))
    });
    rows.collect()
}

/// When an object was made is no result.
fn without_times(text: &str) -> String {
    let Some((before, rest)) = text.split_once("<creationTime>") else { return text.to_owned() };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}<creationTime>{after}")
}

fn without_addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        // short ones are values
        let end = at + 2 + digits;
        out.push_str(if digits >= 8 { &rest[..at] } else { &rest[..end] });
        if digits >= 8 {
            out.push_str("0x…");
        }
        rest = &rest[end..];
    }
    out + rest
}

/// One call that gave two things.
struct Difference {
    route: &'static str,
    function: String,
    variant: String,
    ours: String,
    theirs: String,
}

/// All runs.
#[derive(Default)]
pub(crate) struct Report {
    called: BTreeMap<String, usize>,
    differences: Vec<Difference>,
    crashes: Vec<String>,
}

impl Report {
    /// Adds the runs of one route.
    pub(crate) fn add(&mut self, route: &'static str, ours: Lines, theirs: Option<Lines>) {
        for ((function, variant), given) in ours {
            *self.called.entry(function.clone()).or_default() += 1;
            if given.starts_with("CRASH") || given.starts_with("TIMEOUT") {
                self.crashes.push(format!("{route} {function} {variant}: {given}"));
            }
            let Some(theirs) = &theirs else { continue };
            let other = theirs.get(&(function.clone(), variant.clone())).map_or("", String::as_str);
            if OF_THE_MOMENT.contains(&function.as_str()) && route == "daemon" {
                continue;
            }
            // where the C library dies there is nothing to be the same as
            if other != given && !other.starts_with("CRASH") {
                let (ours, theirs) = (given, other.to_owned());
                self.differences.push(Difference { route, function, variant, ours, theirs });
            }
        }
    }

    /// Every function with what became of it.
    pub(crate) fn text(&self, names: &[String]) -> String {
        let mut text = String::new();
        for name in names {
            let differing: Vec<_> = self.differences.iter().filter(|d| d.function == *name).collect();
            let verdict = match (self.called.contains_key(name), differing.is_empty()) {
                (false, _) => "not called",
                (true, true) => "same",
                (true, false) => "different",
            };
            let _ = writeln!(text, "{name}: {verdict}");
            for d in differing {
                let _ = writeln!(text, "    {} {}", d.route, d.variant);
                let _ = writeln!(text, "        ours:   {}\n        theirs: {}", d.ours, d.theirs);
            }
        }
        for crash in &self.crashes {
            let _ = writeln!(text, "CRASHED OR HUNG: {crash}");
        }
        text
    }

    /// In numbers.
    pub(crate) fn summary(&self, names: &[String]) -> String {
        let different: std::collections::BTreeSet<&str> =
            self.differences.iter().map(|d| d.function.as_str()).collect();
        let missing = names.iter().filter(|name| !self.called.contains_key(*name)).count();
        let calls: usize = self.called.values().sum();
        format!(
            "{} functions, {calls} calls: {} the same, {} different (in {} calls), {missing} not called; {} crashes or hangs of ours",
            names.len(),
            names.len() - different.len() - missing,
            different.len(),
            self.differences.len(),
            self.crashes.len()
        )
    }

    /// Fails for a difference that the list has not, and for an entry of the list that differs no more.
    pub(crate) fn hold_against(&self, list: &Path) -> Outcome {
        let rules = rules(list)?;
        let mut wrong = vec![];
        for d in &self.differences {
            if !rules.iter().any(|rule| rule.fits(d)) {
                wrong.push(format!("{} {} {} differs and is not explained", d.route, d.function, d.variant));
            }
        }
        for rule in &rules {
            if !self.differences.iter().any(|d| rule.fits(d)) {
                wrong.push(format!(
                    "{} {} {} is the same now: take it off the list",
                    rule.route, rule.function, rule.variant
                ));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }

    /// Takes off the list what differs no more.
    pub(crate) fn shrink(&self, list: &Path) -> Outcome {
        let text = std::fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
        let kept = text
            .lines()
            .filter(|row| Rule::read(row).is_none_or(|rule| self.differences.iter().any(|d| rule.fits(d))));
        let kept: String = kept.map(|row| format!("{row}\n")).collect();
        std::fs::write(list, kept).map_err(|error| format!("{}: {error}", list.display()))
    }
}

/// An explained difference: `route function variant reason`, where `*` stands for all and ends a prefix.
struct Rule {
    route: String,
    function: String,
    variant: String,
}

impl Rule {
    fn read(row: &str) -> Option<Self> {
        let mut words = row.split(' ').filter(|_| !row.starts_with('#'));
        let mut next = || words.next().map(str::to_owned);
        Some(Self { route: next()?, function: next()?, variant: next()? })
    }

    fn fits(&self, d: &Difference) -> bool {
        let fits = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => pattern == text,
        };
        fits(&self.route, d.route) && fits(&self.function, &d.function) && fits(&self.variant, &d.variant)
    }
}

fn rules(list: &Path) -> Result<Vec<Rule>, String> {
    let text = std::fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
    Ok(text.lines().filter_map(Rule::read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_no_result() {
        assert_eq!(without_addresses("at 0x55d2c0ffee12 with 0x4"), "at 0x… with 0x4");
        let found = lines("virX\tgood\t0\t0\t0\t0\t\n");
        assert_eq!(found[&("virX".to_owned(), "good".to_owned())], "0\t0\t0\t0\t");
    }
}

//! Which sources are heard from which level on.

use super::Priority;
use crate::{Result, bail};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// One filter: sources whose name matches are heard from `priority` on.
pub(super) struct Filter {
    priority: Priority,
    /// With a `*` at either end.
    pattern: String,
}

pub(super) struct Filters {
    pub(super) default: Priority,
    list: Vec<Filter>,
    /// What the filters say about the sources seen so far. There are as many as there are modules.
    known: Mutex<HashMap<String, Option<Priority>>>,
}

impl Default for Filters {
    fn default() -> Self {
        Self { default: Priority::Warning, list: Vec::new(), known: Mutex::default() }
    }
}

impl Filters {
    pub(super) fn set(&mut self, list: Vec<Filter>) {
        self.list = list;
        self.known = Mutex::default();
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The level from which on anything can be heard at all.
    pub(super) fn lowest(&self) -> Priority {
        self.list.iter().map(|f| f.priority).fold(self.default, Priority::min)
    }

    /// The level from which on this source is heard.
    pub(super) fn threshold(&self, target: &str) -> Priority {
        if self.list.is_empty() {
            return self.default;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let filter = match known.get(target) {
            Some(known) => *known,
            None => {
                let name = source_name(target);
                let filter = self.list.iter().find(|f| matches(f.pattern.as_bytes(), name.as_bytes()));
                let priority = filter.map(|f| f.priority);
                known.insert(target.to_owned(), priority);
                priority
            }
        };
        filter.unwrap_or(self.default)
    }
}

impl fmt::Display for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.iter().try_for_each(|filter| write!(f, "{}:{} ", filter.priority as u32, filter.pattern))
    }
}

/// The name by which filters know the code that logs: its path with dots, and the crates of this
/// project under the names that the peer's users have in their configuration.
pub(super) fn source_name(target: &str) -> Cow<'_, str> {
    let (krate, rest) = target.split_once("::").unwrap_or((target, ""));
    let krate = match krate.strip_prefix("vir_") {
        Some("base") => "util",
        Some("model" | "xml") => "conf",
        Some(name) => name,
        None if rest.is_empty() => return krate.into(),
        None => krate,
    };
    match rest {
        "" => krate.into(),
        rest => format!("{krate}.{}", rest.replace("::", ".")).into(),
    }
}

pub(super) fn parse(text: &str) -> Result<Vec<Filter>> {
    text.split(' ').filter(|word| !word.is_empty()).map(parse_one).collect()
}

fn parse_one(text: &str) -> Result<Filter> {
    let mut parts = text.split(':');
    let (Some(level), Some(part)) = (parts.next(), parts.next()) else {
        bail!(None, InvalidArg, "Malformed format for filter '{text}'");
    };
    let Some(priority) = level.parse().ok().and_then(Priority::from_number) else {
        bail!(None, InvalidArg, "Invalid priority '{level}' for filter '{text}'");
    };
    // a leading + once asked for stack traces
    match part.strip_prefix('+').unwrap_or(part) {
        "" => bail!(None, InvalidArg, "Invalid match string '{part}'"),
        part => Ok(Filter { priority, pattern: format!("*{part}*") }),
    }
}

/// Whether `name` is what `pattern` describes; `*` stands for anything, `?` for any one character.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // the usual walk with one point to go back to, which takes at most the product of the lengths
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match back {
                Some((after, from)) => {
                    back = Some((after, from + 1));
                    (p, n) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_match_decides() {
        let mut filters = Filters::default();
        filters.set(parse("1:util 2:qemu.*monitor  4:qemu").unwrap());
        for (target, priority) in [
            ("vir_base::command", Priority::Debug),
            ("vir_qemu::job::monitor", Priority::Info),
            ("vir_qemu::job", Priority::Error),
            ("vir_rpc", Priority::Warning),
        ] {
            // twice: decided, then remembered
            assert_eq!(filters.threshold(target), priority, "{target}");
            assert_eq!(filters.threshold(target), priority, "{target}");
        }
        assert_eq!(filters.lowest(), Priority::Debug);
        filters.default = Priority::Error;
        assert_eq!(filters.threshold("vir_rpc"), Priority::Error);
    }

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*a*", "bab", true),
            ("*a*", "bcb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*ab*ab*", "xabyabz", true),
            ("*ab*ab*", "xabyz", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn errors_name_the_filter() {
        let text = |t: &str| parse(t).err().unwrap().message().to_owned();
        assert_eq!(text("1:a b"), "invalid argument: Malformed format for filter 'b'");
        assert_eq!(text("5:a"), "invalid argument: Invalid priority '5' for filter '5:a'");
        assert_eq!(text("1:+"), "invalid argument: Invalid match string '+'");
    }
}

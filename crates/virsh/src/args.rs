//! The arguments of one command, as its body reads them. Reading reports what is wrong in the peer's words.

use crate::failure::{Failure, Outcome, fail};
use crate::grammar::{Command, Kind};
use crate::number;

/// A parsed command: which one, and a value for each option that was given.
#[derive(Debug)]
pub struct Args {
    /// The command, aliases resolved.
    pub command: &'static Command,
    pub(crate) given: Vec<Given>,
    /// The option that was filled last; completion asks for it.
    pub(crate) last: Option<usize>,
    /// `--help` was among the options.
    pub(crate) wants_help: bool,
}

/// What was given for one option, in the order of the declaration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) present: bool,
    /// The text; the last one for options that take many.
    pub(crate) text: Option<String>,
    pub(crate) words: Vec<String>,
}

impl Args {
    pub(crate) fn new(command: &'static Command) -> Self {
        let given = vec![Given::default(); command.options.len()];
        Self { command, given, last: None, wants_help: false }
    }

    fn find(&self, name: &str) -> Option<(&'static crate::grammar::Opt, &Given)> {
        let at = self.command.options.iter().position(|opt| opt.name == name);
        debug_assert!(at.is_some(), "{} has no option {name}", self.command.name);
        let at = at?;
        let given = &self.given[at];
        given.present.then_some((&self.command.options[at], given))
    }

    fn data(&self, name: &str) -> Option<&str> {
        self.find(name).map(|(_, given)| given.text.as_deref().unwrap_or(""))
    }

    /// True if the option was given, whatever its kind.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The text of an option; an empty one is an error unless the option allows it.
    pub fn text(&self, name: &str) -> Outcome<Option<&str>> {
        match self.find(name) {
            Some((opt, given)) => match given.text.as_deref().unwrap_or("") {
                "" if !opt.allow_empty => {
                    fail!("Failed to get option '{name}': Option argument is empty")
                }
                text => Ok(Some(text)),
            },
            None => Ok(None),
        }
    }

    /// The text of an option that the grammar requires.
    pub fn required(&self, name: &str) -> Outcome<&str> {
        match self.text(name)? {
            Some(text) => Ok(text),
            None => fail!("Failed to get option '{name}': Mandatory option not present"),
        }
    }

    /// The text of an option, an empty one counting as none unless the option allows it.
    pub fn text_quiet(&self, name: &str) -> Option<&str> {
        self.text(name).unwrap_or(None)
    }

    fn number<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Outcome<Option<T>> {
        let Some(text) = self.data(name) else { return Ok(None) };
        match read(text) {
            Some(value) => Ok(Some(value)),
            None => fail!("Numeric value '{text}' for <{name}> option is malformed or out of range"),
        }
    }

    /// A signed number.
    pub fn int(&self, name: &str) -> Outcome<Option<i32>> {
        self.number(name, number::signed)
    }

    /// A number without a sign.
    pub fn uint(&self, name: &str) -> Outcome<Option<u32>> {
        self.number(name, number::unsigned)
    }

    /// A number; negative ones count back from the top.
    pub fn uint_wrapping(&self, name: &str) -> Outcome<Option<u32>> {
        self.number(name, number::wrapping_u32)
    }

    /// A signed 64-bit number.
    pub fn long(&self, name: &str) -> Outcome<Option<i64>> {
        self.number(name, number::signed)
    }

    /// A 64-bit number without a sign.
    pub fn ulong(&self, name: &str) -> Outcome<Option<u64>> {
        self.number(name, number::unsigned)
    }

    /// A 64-bit number; negative ones count back from the top.
    pub fn ulong_wrapping(&self, name: &str) -> Outcome<Option<u64>> {
        self.number(name, number::wrapping_u64)
    }

    /// A number with a unit, in bytes; `scale` is the size of the unit when none is written.
    pub fn scaled(&self, name: &str, scale: u64, limit: u64) -> Outcome<Option<u64>> {
        let Some(text) = self.data(name) else { return Ok(None) };
        match number::scaled(text, scale, limit) {
            Ok(value) => Ok(Some(value)),
            Err(cause) => Err(cause.map_or_else(Failure::silent, Failure::from).context(format!(
                "Scaled numeric value '{text}' for <{name}> option is malformed or out of range"
            ))),
        }
    }

    /// The option "timeout": seconds on the command line, milliseconds here.
    pub fn timeout_ms(&self) -> Outcome<Option<i32>> {
        match self.uint("timeout")? {
            None => Ok(None),
            Some(seconds) if seconds != 0 && seconds <= i32::MAX as u32 / 1000 => {
                Ok(Some(seconds as i32 * 1000))
            }
            Some(seconds) => {
                fail!("Numeric value '{seconds}' for <timeout> option is malformed or out of range")
            }
        }
    }

    /// All texts of an option that takes many.
    pub fn words(&self, name: &str) -> &[String] {
        self.find(name).map_or(&[], |(_, given)| &given.words)
    }

    /// All texts of an option that takes many, with spaces between.
    pub fn joined(&self, name: &str) -> Option<String> {
        self.find(name).map(|(_, given)| given.words.join(" "))
    }

    /// Refuses two options together.
    pub fn exclusive(&self, one: &str, other: &str) -> Outcome {
        exclusive(one, self.has(one), other, self.has(other))
    }

    /// Refuses `option` without `needed`.
    pub fn requires(&self, option: &str, needed: &str) -> Outcome {
        match self.has(option) && !self.has(needed) {
            true => fail!("Option --{needed} is required by option --{option}"),
            false => Ok(()),
        }
    }

    /// Wants exactly one of two options.
    pub fn either(&self, one: &str, other: &str) -> Outcome {
        self.exclusive(one, other)?;
        match self.has(one) || self.has(other) {
            true => Ok(()),
            false => fail!("Either --{one} or --{other} must be provided"),
        }
    }

    /// `--current`, `--live` and `--config` as API flags (0, 1 and 2), and whether live or config was asked for.
    pub fn affect(&self) -> Outcome<Affect> {
        self.exclusive("current", "live")?;
        self.exclusive("current", "config")?;
        let (live, config) = (self.has("live"), self.has("config"));
        Ok(Affect { live, config, current: self.has("current") })
    }

    /// True if the option's kind is a plain flag (used by help and tests).
    pub(crate) fn is_flag(&self, at: usize) -> bool {
        self.command.options[at].kind == Kind::Flag
    }
}

/// Which state of a domain a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affect {
    /// `--live`
    pub live: bool,
    /// `--config`
    pub config: bool,
    /// `--current`
    pub current: bool,
}

impl Affect {
    /// As `virDomainModificationImpact`.
    pub fn flags(self) -> u32 {
        u32::from(self.live) | u32::from(self.config) << 1
    }

    /// True if nothing was said: old behaviour applies.
    pub fn unsaid(self) -> bool {
        !(self.live || self.config || self.current)
    }
}

/// Refuses two conditions together; the names are those of the options behind them.
pub fn exclusive(one: &str, has_one: bool, other: &str, has_other: bool) -> Outcome {
    match has_one && has_other {
        true => fail!("Options --{one} and --{other} are mutually exclusive"),
        false => Ok(()),
    }
}

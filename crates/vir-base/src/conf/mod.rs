//! Configuration files: `key = value` lines, as in `libvirtd.conf` and `qemu.conf`.
//!
//! Reading, typed look-ups and writing back with order and comments kept. It knows no key: what
//! keys mean is the business of whoever asks for them.

mod parse;
mod write;

use crate::{Result, bail, file};
use std::path::Path;

/// Files larger than this are refused (10 MiB).
pub const MAX_FILE_SIZE: u64 = 10 * 1024 * 1024;

/// What the names and values of a file look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The daemons' own files, and old Xen domain files.
    #[default]
    Plain,
    /// VMware `.vmx`: richer names, any case on look-up; only strings as values.
    Vmx,
    /// LXC container files: dots in names; a value is the rest of the line.
    Lxc,
}

/// A value in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number written with a minus sign.
    Int(i64),
    /// A number written without one.
    Uint(u64),
    /// A string.
    String(String),
    /// A list, possibly of lists.
    List(Vec<Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// One line: an assignment, a comment, or an assignment with a comment behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    assignment: Option<(String, Value)>,
    comment: Option<String>,
}

/// The content of a configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conf {
    name: String,
    format: Format,
    entries: Vec<Entry>,
}

impl Conf {
    /// An empty one. `name` stands in error messages where the file's name would.
    pub fn new(name: impl Into<String>, format: Format) -> Self {
        Self { name: name.into(), format, entries: Vec::new() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A system error naming the file, or `ConfSyntax` with file and line.
    pub fn read(path: impl AsRef<Path>, format: Format) -> Result<Self> {
        let path = path.as_ref();
        let data = file::read_all(path, MAX_FILE_SIZE)?;
        Self::parse(&path.to_string_lossy(), &data, format)
    }

    /// Reads a file of the plain format; a file that does not exist is an empty one.
    pub fn read_if_exists(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match path.exists() {
            true => Self::read(path, Format::Plain),
            false => Ok(Self::new(path.to_string_lossy(), Format::Plain)),
        }
    }

    /// Reads from memory; `name` is what errors call it. Bytes that are not UTF-8 are replaced.
    pub fn parse(name: &str, data: &[u8], format: Format) -> Result<Self> {
        parse::parse(name, data, format)
    }

    /// The value of the first entry of that name.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let matches = |name: &str| match self.format {
            Format::Vmx => name.eq_ignore_ascii_case(key),
            _ => name == key,
        };
        self.iter().find(|(name, _)| matches(name)).map(|(_, value)| value)
    }

    /// All assignments, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().filter_map(|e| e.assignment.as_ref()).map(|(name, value)| (name.as_str(), value))
    }

    /// Replaces the value of the first entry of that name (its comment stays), or appends one.
    pub fn set(&mut self, key: &str, value: Value) {
        let entries = self.entries.iter_mut().filter_map(|e| e.assignment.as_mut());
        match entries.into_iter().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => {
                self.entries.push(Entry { assignment: Some((key.to_owned(), value)), comment: None });
            }
        }
    }

    /// Removes the first entry of that name, with its comment.
    pub fn remove(&mut self, key: &str) {
        if let Some(at) = self.entries.iter().position(|e| e.assignment.as_ref().is_some_and(|a| a.0 == key))
        {
            self.entries.remove(at);
        }
    }

    /// A string.
    pub fn string(&self, key: &str) -> Result<Option<&str>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => bail!(Conf, InternalError, "{}: expected a string for '{key}' parameter", self.name),
        }
    }

    /// A list of strings; a lone string counts as a list of one if `or_string` says so.
    pub fn strings(&self, key: &str, or_string: bool) -> Result<Option<Vec<String>>> {
        let list = match self.get(key) {
            None => return Ok(None),
            Some(Value::List(list)) => list,
            Some(Value::String(text)) if or_string => return Ok(Some(vec![text.clone()])),
            Some(_) => {
                let wanted = if or_string { "string or string list" } else { "string list" };
                bail!(Conf, InternalError, "{}: expected a {wanted} for '{key}' parameter", self.name)
            }
        };
        let mut strings = Vec::with_capacity(list.len());
        for item in list {
            match item {
                Value::String(text) => strings.push(text.clone()),
                _ => bail!(Conf, ConfSyntax, "{}: expected a string list for '{key}' parameter", self.name),
            }
        }
        Ok(Some(strings))
    }

    /// A truth value, written as 0 or 1.
    pub fn bool(&self, key: &str) -> Result<Option<bool>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Uint(0)) => Ok(Some(false)),
            Some(Value::Uint(1)) => Ok(Some(true)),
            Some(Value::Uint(_)) => {
                bail!(Conf, InternalError, "{}: value for '{key}' parameter must be 0 or 1", self.name)
            }
            Some(_) => bail!(Conf, InternalError, "{}: expected a bool for '{key}' parameter", self.name),
        }
    }

    /// A signed number of 32 bits.
    pub fn i32(&self, key: &str) -> Result<Option<i32>> {
        self.signed(key, i32::MIN, i32::MAX)
    }

    /// A signed number of 64 bits.
    pub fn i64(&self, key: &str) -> Result<Option<i64>> {
        self.signed(key, i64::MIN, i64::MAX)
    }

    /// An unsigned number of 32 bits.
    pub fn u32(&self, key: &str) -> Result<Option<u32>> {
        let Some(value) = self.u64(key)? else { return Ok(None) };
        match u32::try_from(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => bail!(
                Conf,
                InternalError,
                "{}: value for '{key}' parameter must be in range 0:{}",
                self.name,
                u32::MAX
            ),
        }
    }

    /// An unsigned number of 64 bits.
    pub fn u64(&self, key: &str) -> Result<Option<u64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Uint(value)) => Ok(Some(*value)),
            Some(_) => bail!(
                Conf,
                InternalError,
                "{}: expected an unsigned integer for '{key}' parameter",
                self.name
            ),
        }
    }

    fn signed<T: TryFrom<i128> + std::fmt::Display>(&self, key: &str, min: T, max: T) -> Result<Option<T>> {
        let value = match self.get(key) {
            None => return Ok(None),
            Some(Value::Int(value)) => i128::from(*value),
            Some(Value::Uint(value)) => i128::from(*value),
            Some(_) => {
                bail!(Conf, InternalError, "{}: expected a signed integer for '{key}' parameter", self.name)
            }
        };
        match T::try_from(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => bail!(
                Conf,
                InternalError,
                "{}: value for '{key}' parameter must be in range {min}:{max}",
                self.name
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf(text: &str) -> Conf {
        Conf::parse("x.conf", text.as_bytes(), Format::Plain).unwrap()
    }

    #[test]
    fn values_come_in_the_type_asked_for() {
        let conf = conf("s = 'a'\nl = [ \"b\", \"c\" ]\nt = 1\nf = 0\nneg = -7\nbig = 5000000000\n");
        assert_eq!(conf.string("s").unwrap(), Some("a"));
        assert_eq!(conf.string("absent").unwrap(), None);
        assert_eq!(conf.strings("l", false).unwrap(), Some(vec!["b".to_owned(), "c".to_owned()]));
        assert_eq!(conf.strings("s", true).unwrap(), Some(vec!["a".to_owned()]));
        assert_eq!(conf.bool("t").unwrap(), Some(true));
        assert_eq!(conf.bool("f").unwrap(), Some(false));
        assert_eq!(conf.i32("neg").unwrap(), Some(-7));
        assert_eq!(conf.u64("big").unwrap(), Some(5_000_000_000));
    }

    #[test]
    fn a_wrong_type_says_what_was_expected() {
        let conf = conf("s = 'a'\nl = [ 1 ]\nn = -1\ntwo = 2\nbig = 5000000000\n");
        let text = |r: Result<()>| r.unwrap_err().message().to_owned();
        assert_eq!(
            text(conf.bool("s").map(drop)),
            "internal error: x.conf: expected a bool for 's' parameter"
        );
        assert_eq!(
            text(conf.bool("two").map(drop)),
            "internal error: x.conf: value for 'two' parameter must be 0 or 1"
        );
        assert_eq!(
            text(conf.u32("n").map(drop)),
            "internal error: x.conf: expected an unsigned integer for 'n' parameter"
        );
        assert_eq!(
            text(conf.u32("big").map(drop)),
            "internal error: x.conf: value for 'big' parameter must be in range 0:4294967295"
        );
        assert_eq!(
            text(conf.i32("big").map(drop)),
            "internal error: x.conf: value for 'big' parameter must be in range -2147483648:2147483647"
        );
        assert_eq!(
            text(conf.strings("l", false).map(drop)),
            "configuration file syntax error: x.conf: expected a string list for 'l' parameter"
        );
        assert_eq!(
            text(conf.strings("n", true).map(drop)),
            "internal error: x.conf: expected a string or string list for 'n' parameter"
        );
    }

    #[test]
    fn set_keeps_place_and_comment() {
        let mut conf = conf("# head\na = 1 # why\nb = 2\n");
        conf.set("a", Value::Uint(3));
        conf.set("c", "x".into());
        assert_eq!(conf.to_string(), "# head\na = 3 # why\nb = 2\nc = \"x\"\n");
        conf.remove("b");
        assert_eq!(conf.to_string(), "# head\na = 3 # why\nc = \"x\"\n");
    }
}

//! Members of the document by name and type; what is missing or wrong is noted in the peer's words.
//!
//! Nothing here gives up: a document that is half good is read as far as it goes, and whoever reads
//! it decides from the faults what that is worth.

use super::tree::{Object, Value};
use vir_base::{Error, err};

/// What is wrong with a document.
#[derive(Debug, Default)]
pub struct Faults(Vec<Error>);

/// More faults than anybody reads are counted, not kept.
const KEPT: usize = 1000;

impl Faults {
    /// Notes one.
    pub fn add(&mut self, fault: Error) {
        if self.0.len() < KEPT {
            self.0.push(fault);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Error> {
        self.0.iter()
    }

    /// The first, as the result of a check.
    ///
    /// # Errors
    /// There is one.
    pub fn into_result(self) -> vir_base::Result<()> {
        match self.0.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}

/// The members of one object.
pub struct Fields<'a, 'f> {
    object: &'a Object<'a>,
    /// Where what is wrong is noted.
    pub faults: &'f mut Faults,
    /// What the peer calls a member that is missing, and the whole it is missing from.
    words: (&'static str, &'static str),
}

impl<'a, 'f> Fields<'a, 'f> {
    /// Of a server, a socket, private data: "Missing X data in JSON document".
    pub fn new(object: &'a Object<'a>, faults: &'f mut Faults) -> Self {
        Self { object, faults, words: ("data", "JSON document") }
    }

    /// Of a service or a client: "Missing X field in JSON state document".
    pub fn of_state(object: &'a Object<'a>, faults: &'f mut Faults) -> Self {
        Self { object, faults, words: ("field", "JSON state document") }
    }

    /// Whether there is such a member.
    pub fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some()
    }

    fn missing<T>(&mut self, name: &str) -> Option<T> {
        let (what, whole) = self.words;
        // the peer says that of a member of the wrong type, too
        self.faults.add(err!(Rpc, InternalError, "Missing {name} {what} in {whole}"));
        None
    }

    fn take<T>(&mut self, name: &str, read: impl FnOnce(&'a Value<'a>) -> Option<T>) -> Option<T> {
        match self.object.get(name).and_then(read) {
            Some(value) => Some(value),
            None => self.missing(name),
        }
    }

    /// A number from 0 to 2³²-1.
    pub fn u32(&mut self, name: &str) -> Option<u32> {
        self.take(name, |value| u32::try_from(value.as_u64()?).ok())
    }

    /// A number from 0 to 2⁶⁴-1.
    pub fn u64(&mut self, name: &str) -> Option<u64> {
        self.take(name, Value::as_u64)
    }

    /// A number from -2³¹ to 2³¹-1.
    pub fn i32(&mut self, name: &str) -> Option<i32> {
        self.take(name, |value| i32::try_from(value.as_i64()?).ok())
    }

    /// A number from -2⁶³ to 2⁶³-1.
    pub fn i64(&mut self, name: &str) -> Option<i64> {
        self.take(name, Value::as_i64)
    }

    /// A truth value.
    pub fn bool(&mut self, name: &str) -> Option<bool> {
        self.take(name, Value::as_bool)
    }

    /// Text.
    pub fn string(&mut self, name: &str) -> Option<&'a str> {
        self.take(name, Value::as_str)
    }

    /// An object.
    pub fn object(&mut self, name: &str) -> Option<&'a Object<'a>> {
        self.take(name, Value::as_object)
    }

    /// Anything.
    pub fn value(&mut self, name: &str) -> Option<&'a Value<'a>> {
        self.take(name, Some)
    }

    /// An array; of one that is something else the peer has words of its own.
    pub fn array(&mut self, name: &str) -> Option<&'a [Value<'a>]> {
        match self.object.get(name) {
            Some(Value::Array(values)) => Some(values),
            Some(_) => {
                self.faults.add(err!(Rpc, InternalError, "Malformed {name} array"));
                None
            }
            None => self.missing(name),
        }
    }
}

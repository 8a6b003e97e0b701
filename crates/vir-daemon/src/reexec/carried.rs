//! A client's messages under way, as they stand in the document: what was received and not
//! processed, what is queued and not sent, and the descriptors that belong to either.
//!
//! Bytes are written in hexadecimal: half of a message is no text.

use super::fields::{Faults, Fields};
use super::tree::{Object, Value};
use vir_base::err;

/// What must not be lost between two programs, and must not come twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Received, not processed.
    pub received: Vec<u8>,
    /// How far into `received` keepalive messages have been answered ahead of their turn.
    pub scanned: usize,
    /// Descriptors that came and no message has claimed yet.
    pub received_fds: Vec<i32>,
    /// Queued, not sent: bytes, and descriptors that go out behind them.
    pub unsent: Vec<(Vec<u8>, Vec<i32>)>,
    /// Whether it is being asked for signs of life.
    pub asks: bool,
    /// It is to be closed as soon as all that waits for it is sent.
    pub ends: bool,
}

impl Carried {
    /// Nothing was under way.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// As it is written.
    pub(super) fn to_value(&self) -> Object<'static> {
        let part = |(bytes, fds): &(Vec<u8>, Vec<i32>)| {
            Object::of([("bytes", hex(bytes).into()), ("fds", fds.iter().copied().collect())])
        };
        Object::of([
            ("received", hex(&self.received).into()),
            ("scanned", (self.scanned as u64).into()),
            ("receivedFds", self.received_fds.iter().copied().collect()),
            ("unsent", self.unsent.iter().map(part).collect()),
            ("asks", self.asks.into()),
            ("ends", self.ends.into()),
        ])
    }

    /// The reverse of [`Carried::to_value`].
    pub(super) fn read(object: &Object<'_>, faults: &mut Faults) -> Option<Self> {
        let mut fields = Fields::new(object, faults);
        let received = bytes(fields.string("received")?, fields.faults)?;
        let scanned = usize::try_from(fields.u64("scanned")?).unwrap_or(usize::MAX);
        let received_fds = numbers(fields.array("receivedFds")?, fields.faults)?;
        let mut unsent = Vec::new();
        for part in fields.array("unsent")? {
            let Value::Object(part) = part else { return malformed("unsent", fields.faults) };
            let mut part = Fields::new(part, fields.faults);
            let text = part.string("bytes")?;
            unsent.push((bytes(text, part.faults)?, numbers(part.array("fds")?, part.faults)?));
        }
        Some(Self {
            received,
            scanned,
            received_fds,
            unsent,
            asks: fields.bool("asks")?,
            ends: fields.bool("ends")?,
        })
    }
}

fn malformed<T>(what: &str, faults: &mut Faults) -> Option<T> {
    faults.add(err!(Rpc, InternalError, "Malformed {what} data in JSON document"));
    None
}

fn numbers(values: &[Value<'_>], faults: &mut Faults) -> Option<Vec<i32>> {
    let number = |value: &Value<'_>| value.as_i64().and_then(|number| i32::try_from(number).ok());
    match values.iter().map(number).collect() {
        Some(numbers) => Some(numbers),
        None => malformed("descriptor", faults),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn bytes(text: &str, faults: &mut Faults) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
        _ => None,
    };
    match text.as_bytes().chunks(2).map(pair).collect() {
        Some(bytes) => Some(bytes),
        None => malformed("message", faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back() {
        let carried = Carried {
            received: vec![0, 1, 0xfe, 0xff],
            scanned: 3,
            received_fds: vec![7],
            unsent: vec![(vec![9; 3], vec![]), (vec![], vec![8, 9])],
            asks: true,
            ends: true,
        };
        let mut faults = Faults::default();
        assert_eq!(Carried::read(&carried.to_value(), &mut faults), Some(carried));
        assert!(faults.is_empty());
    }

    #[test]
    fn what_is_no_message_is_told() {
        for bad in ["0", "0g", "é"] {
            let mut faults = Faults::default();
            let mut object = Carried::default().to_value();
            object.insert("received", bad);
            assert_eq!(Carried::read(&object, &mut faults), None);
            assert_eq!(faults.len(), 1);
        }
    }
}

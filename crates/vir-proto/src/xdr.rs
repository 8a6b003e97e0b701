//! XDR (RFC 4506): big endian, everything in units of four bytes.
//!
//! Decoding is bounded: lengths are checked against the declared maximum and against the bytes that
//! are left, so that no input makes us allocate more than it brought.

use std::fmt;
use vir_base::Uuid;

/// Longest string of most programs, in bytes.
pub const STRING_MAX: u32 = 4_194_304;

/// Why bytes are not what they should be, or a value does not fit on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XdrError {
    /// The bytes end too early.
    Short,
    /// A length is over its limit.
    TooLong {
        /// What was found.
        length: u32,
        /// What is allowed.
        max: u32,
    },
    /// A flag that is neither 0 nor 1, a discriminant that selects nothing, a small integer out of range.
    BadValue(i32),
    /// Text that is not UTF-8 or has a NUL in it.
    BadText,
    /// Bytes are left after the value.
    Trailing(usize),
}

impl fmt::Display for XdrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("the message ends too early"),
            Self::TooLong { length, max } => write!(f, "length {length} is over the limit {max}"),
            Self::BadValue(value) => write!(f, "value {value} is out of range"),
            Self::BadText => f.write_str("text is not UTF-8"),
            Self::Trailing(count) => write!(f, "{count} bytes are left over"),
        }
    }
}

impl std::error::Error for XdrError {}

/// What can travel.
pub trait Xdr: Sized {
    /// Appends the value.
    fn encode(&self, e: &mut Encoder);
    /// Takes a value off.
    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError>;
}

/// Collects encoded values. The first value over its limit is remembered and reported by
/// [`Encoder::finish`], so that the many `encode` functions need not fail.
#[derive(Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    error: Option<XdrError>,
}

impl Encoder {
    /// Goes on after `bytes`, which may be a frame's header.
    pub fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, error: None }
    }

    /// All bytes, or what did not fit.
    pub fn finish(self) -> Result<Vec<u8>, XdrError> {
        match self.error {
            None => Ok(self.bytes),
            Some(error) => Err(error),
        }
    }

    /// All bytes, even if a value did not fit, and what did not fit.
    pub fn into_parts(self) -> (Vec<u8>, Result<(), XdrError>) {
        (self.bytes, self.error.map_or(Ok(()), Err))
    }

    /// Appends bytes that are already encoded.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn length(&mut self, length: usize, max: u32) -> bool {
        match u32::try_from(length) {
            Ok(length) if length <= max => {
                length.encode(self);
                true
            }
            _ => {
                let length = u32::try_from(length).unwrap_or(u32::MAX);
                self.error.get_or_insert(XdrError::TooLong { length, max });
                false
            }
        }
    }

    fn pad(&mut self, length: usize) {
        self.bytes.extend_from_slice(&[0; 3][..padding(length)]);
    }

    /// `opaque name<max>`.
    pub fn opaque(&mut self, bytes: &[u8], max: u32) {
        if self.length(bytes.len(), max) {
            self.raw(bytes);
            self.pad(bytes.len());
        }
    }

    /// `string name<max>`.
    pub fn string(&mut self, text: &str, max: u32) {
        self.opaque(text.as_bytes(), max);
    }

    /// `type name<max>`.
    pub fn list<T: Xdr>(&mut self, items: &[T], max: u32) {
        if self.length(items.len(), max) {
            for item in items {
                item.encode(self);
            }
        }
    }

    /// `char name<max>`: each in four bytes.
    pub fn chars(&mut self, chars: &[u8], max: u32) {
        if self.length(chars.len(), max) {
            for c in chars {
                (*c as i8 as i32).encode(self);
            }
        }
    }

    /// `char name[len]`: text, filled up with NULs; cut off where it is longer.
    pub fn char_array(&mut self, text: &str, len: usize) {
        let mut bytes = text.bytes().take(len - 1);
        for _ in 0..len {
            (bytes.next().unwrap_or(0) as i8 as i32).encode(self);
        }
    }
}

/// Takes values off a slice.
pub struct Decoder<'a> {
    bytes: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Takes a whole value; nothing may be left.
    pub fn whole<T: Xdr>(bytes: &'a [u8]) -> Result<T, XdrError> {
        let mut d = Self::new(bytes);
        let value = T::decode(&mut d)?;
        match d.bytes.len() {
            0 => Ok(value),
            left => Err(XdrError::Trailing(left)),
        }
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], XdrError> {
        match self.bytes.split_at_checked(length) {
            Some((taken, rest)) => {
                self.bytes = rest;
                Ok(taken)
            }
            None => Err(XdrError::Short),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], XdrError> {
        match self.bytes.split_first_chunk::<N>() {
            Some((taken, rest)) => {
                self.bytes = rest;
                Ok(*taken)
            }
            None => Err(XdrError::Short),
        }
    }

    fn length(&mut self, max: u32) -> Result<usize, XdrError> {
        let length = u32::decode(self)?;
        match length <= max {
            true => Ok(length as usize),
            false => Err(XdrError::TooLong { length, max }),
        }
    }

    /// `opaque name<max>`.
    pub fn opaque(&mut self, max: u32) -> Result<Vec<u8>, XdrError> {
        self.opaque_slice(max).map(<[u8]>::to_vec)
    }

    fn opaque_slice(&mut self, max: u32) -> Result<&'a [u8], XdrError> {
        let length = self.length(max)?;
        let bytes = self.take(length)?;
        self.take(padding(length))?;
        Ok(bytes)
    }

    /// `string name<max>`.
    pub fn string(&mut self, max: u32) -> Result<String, XdrError> {
        let bytes = self.opaque_slice(max)?;
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.contains(&0) => Ok(text.to_owned()),
            _ => Err(XdrError::BadText),
        }
    }

    /// `type name<max>`.
    pub fn list<T: Xdr>(&mut self, max: u32) -> Result<Vec<T>, XdrError> {
        let length = self.length(max)?;
        // every element takes four bytes or more: a false length fails before it allocates much
        let mut items = Vec::with_capacity(length.min(self.bytes.len() / 4));
        for _ in 0..length {
            items.push(T::decode(self)?);
        }
        Ok(items)
    }

    /// `char name<max>`.
    pub fn chars(&mut self, max: u32) -> Result<Vec<u8>, XdrError> {
        let length = self.length(max)?;
        let mut chars = Vec::with_capacity(length.min(self.bytes.len() / 4));
        for _ in 0..length {
            chars.push(i8::decode(self)? as u8);
        }
        Ok(chars)
    }

    /// `char name[len]`: text up to the first NUL.
    pub fn char_array(&mut self, len: usize) -> Result<String, XdrError> {
        let mut chars = Vec::with_capacity(len);
        for _ in 0..len {
            chars.push(i8::decode(self)? as u8);
        }
        let end = chars.iter().position(|c| *c == 0).unwrap_or(len);
        chars.truncate(end);
        String::from_utf8(chars).map_err(|_| XdrError::BadText)
    }
}

fn padding(length: usize) -> usize {
    length.wrapping_neg() & 3
}

macro_rules! words {
    ($($ty:ty),*) => {
        $(impl Xdr for $ty {
            fn encode(&self, e: &mut Encoder) {
                e.raw(&self.to_be_bytes());
            }

            fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
                d.array().map(<$ty>::from_be_bytes)
            }
        })*
    };
}
words!(i32, u32, i64, u64, f64);

macro_rules! small {
    ($($ty:ty),*) => {
        $(impl Xdr for $ty {
            fn encode(&self, e: &mut Encoder) {
                i32::from(*self).encode(e);
            }

            /// As the peer: the low bits of the four bytes count.
            fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
                let word = i32::decode(d)?;
                <$ty>::try_from(word).map_err(|_| XdrError::BadValue(word))
            }
        })*
    };
}
small!(i8, u8, u16, i16);

impl Xdr for bool {
    fn encode(&self, e: &mut Encoder) {
        u32::from(*self).encode(e);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        match i32::decode(d)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(XdrError::BadValue(other)),
        }
    }
}

impl Xdr for () {
    fn encode(&self, _: &mut Encoder) {}

    fn decode(_: &mut Decoder<'_>) -> Result<Self, XdrError> {
        Ok(())
    }
}

impl Xdr for String {
    fn encode(&self, e: &mut Encoder) {
        e.string(self, STRING_MAX);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        d.string(STRING_MAX)
    }
}

impl Xdr for Uuid {
    fn encode(&self, e: &mut Encoder) {
        e.raw(&self.0);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        d.array().map(Uuid)
    }
}

impl<T: Xdr> Xdr for Option<T> {
    fn encode(&self, e: &mut Encoder) {
        self.is_some().encode(e);
        if let Some(value) = self {
            value.encode(e);
        }
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        match bool::decode(d)? {
            true => T::decode(d).map(Some),
            false => Ok(None),
        }
    }
}

impl<T: Xdr + Copy + Default, const N: usize> Xdr for [T; N] {
    fn encode(&self, e: &mut Encoder) {
        for item in self {
            item.encode(e);
        }
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        let mut items = [T::default(); N];
        for item in &mut items {
            *item = T::decode(d)?;
        }
        Ok(items)
    }
}

/// The bytes of a value, or why it does not fit.
pub fn to_bytes<T: Xdr>(value: &T) -> Result<Vec<u8>, XdrError> {
    let mut e = Encoder::default();
    value.encode(&mut e);
    e.finish()
}

/// Decodes a `T` and encodes it again.
pub fn again<T: Xdr>(bytes: &[u8]) -> Result<Vec<u8>, XdrError> {
    to_bytes(&Decoder::whole::<T>(bytes)?)
}

//! UUIDs as libvirt reads and prints them.

use std::fmt;
use std::str::FromStr;

/// 16 bytes, in the order in which they are printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// As it is written, without memory of its own: 36 bytes of ASCII.
    pub fn text(&self) -> [u8; 36] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (index, byte) in self.0.iter().enumerate() {
            at += usize::from(matches!(index, 4 | 6 | 8 | 10));
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        text
    }

    /// A random version 4 UUID from the kernel.
    pub fn random() -> Self {
        let mut bytes = [0u8; 16];
        let mut done = 0;
        while done < bytes.len() {
            // getrandom() without flags fails only when interrupted, for so few bytes not even then
            match rustix::rand::getrandom(&mut bytes[done..], rustix::rand::GetRandomFlags::empty()) {
                Ok(n) => done += n,
                Err(_) => continue,
            }
        }
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }

    /// True for a UUID that says something: not all bytes are the same.
    pub fn is_valid(&self) -> bool {
        self.0.iter().any(|b| *b != self.0[0])
    }
}

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseUuidError;

impl FromStr for Uuid {
    type Err = ParseUuidError;

    /// Reads 32 hexadecimal digits. As in the peer, white space and `-` may stand before, and `-`
    /// between, any pair of digits, and white space after the last.
    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        let mut rest = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).bytes();
        let mut bytes = [0u8; 16];
        for byte in &mut bytes {
            let high = loop {
                match rest.next() {
                    Some(b'-' | b' ' | b'\t') => continue,
                    Some(digit) => break hex(digit)?,
                    None => return Err(ParseUuidError),
                }
            };
            let low = hex(rest.next().ok_or(ParseUuidError)?)?;
            *byte = high << 4 | low;
        }
        match rest.all(|b| b.is_ascii_whitespace()) {
            true => Ok(Self(bytes)),
            false => Err(ParseUuidError),
        }
    }
}

fn hex(digit: u8) -> Result<u8, ParseUuidError> {
    (digit as char).to_digit(16).map(|d| d as u8).ok_or(ParseUuidError)
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_peer_reads() {
        let canonical = "c7a5fdbd-cdaf-9455-926a-d65c16db1809";
        for text in
            [canonical, "c7a5fdbdcdaf9455926ad65c16db1809", " c7a5fdbd-cdaf-9455-926a-d65c16db1809 \n"]
        {
            assert_eq!(text.parse::<Uuid>().unwrap().to_string(), canonical);
        }
        for text in
            ["", "c7a5fdbd", "g7a5fdbd-cdaf-9455-926a-d65c16db1809", "c7a5fdbdcdaf9455926ad65c16db1809x"]
        {
            assert!(text.parse::<Uuid>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn random_ones_are_version_4() {
        let uuid = Uuid::random();
        assert_eq!(uuid.0[6] >> 4, 4);
        assert!(uuid.is_valid());
        assert_ne!(uuid, Uuid::random());
    }
}

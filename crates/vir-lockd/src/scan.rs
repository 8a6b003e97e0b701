//! JSON text read from left to right, where it must be what this program's own writers make of it.
//!
//! For what there are thousands of while somebody waits: nothing is built that is not asked for. Text is
//! borrowed where it stands as it is. What does not fit is `None`, and the reader is then anywhere.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A place in a text.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    /// At its beginning.
    pub fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Goes on behind these very bytes.
    pub fn expect(&mut self, bytes: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(bytes.as_bytes())?;
        Some(())
    }

    /// Goes on behind these bytes if they are next; says whether they were.
    pub fn skip(&mut self, bytes: &str) -> bool {
        self.expect(bytes).is_some()
    }

    /// A whole number, as it is usually written: no sign but `-`, no leading zeros.
    pub fn number<T: TryFrom<i128>>(&mut self) -> Option<T> {
        let negative = self.skip("-");
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        // 20 digits are more than 64 bits have
        if digits == 0 || digits > 20 || digits > 1 && number[0] == b'0' || negative && number == b"0" {
            return None;
        }
        self.rest = rest;
        // the usual multiplication is much faster than that of 128 bits, and 19 digits fit
        let (high, low) = number.split_at(digits.saturating_sub(19));
        let value =
            |digits: &[u8]| digits.iter().fold(0, |sum: u64, digit| sum * 10 + u64::from(digit - b'0'));
        let number = i128::from(value(high)) * 10_i128.pow(19) + i128::from(value(low));
        T::try_from(if negative { -number } else { number }).ok()
    }

    /// A number, or `null`.
    pub fn number_or_null<T: TryFrom<i128>>(&mut self) -> Option<Option<T>> {
        if self.skip("null") { Some(None) } else { self.number().map(Some) }
    }

    /// Text in quotes.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        self.expect("\"")?;
        let mut owned = String::new();
        loop {
            let end = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31))?;
            let part = std::str::from_utf8(&self.rest[..end]).ok()?;
            self.rest = &self.rest[end..];
            if self.skip("\"") {
                return Some(if owned.is_empty() { part.into() } else { (owned + part).into() });
            }
            owned.push_str(part);
            self.expect("\\")?;
            owned.push(self.escaped()?);
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Option<char> {
        let (letter, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(*letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (digits, rest) = self.rest.split_at_checked(4)?;
                self.rest = rest;
                // halves of characters are not written
                char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?)?
            }
            _ => return None,
        })
    }
}

/// Writes text in quotes.
pub fn put_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31 | 127)) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            // writing to a string does not fail
            control => {
                let _ = write!(out, "\\u{control:04x}");
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes a whole number.
pub fn put_number(out: &mut String, number: impl Into<i128>) {
    let number: i128 = number.into();
    let mut digits = [0; 40];
    let (mut at, mut left) = (digits.len(), number.unsigned_abs());
    let mut put = |digit: u8| {
        at -= 1;
        digits[at] = b'0' + digit;
    };
    // the usual division is much faster than that of 128 bits
    while left > u128::from(u64::MAX) {
        put((left % 10) as u8);
        left /= 10;
    }
    let mut left = left as u64;
    loop {
        put((left % 10) as u8);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(text: &str) -> Option<String> {
        let mut scan = Scan::new(text.as_bytes());
        let read = scan.text()?.into_owned();
        scan.is_at_end().then_some(read)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in ".{0,20}", number in any::<i64>(), size in any::<u64>()) {
            let mut out = String::new();
            put_text(&mut out, &text);
            put_number(&mut out, number);
            out.push(' ');
            put_number(&mut out, size);
            prop_assert!(!out.contains('\n') && !out.contains('\0'));
            let mut scan = Scan::new(out.as_bytes());
            prop_assert_eq!(scan.text().unwrap(), text);
            prop_assert_eq!(scan.number::<i64>(), Some(number));
            scan.expect(" ").unwrap();
            prop_assert_eq!(scan.number::<u64>(), Some(size));
            prop_assert!(scan.is_at_end());
        }

        #[test]
        fn it_reads_text_as_others_do(text in "\"[ -~é]{0,12}\"") {
            let theirs = serde_json::from_str::<String>(&text).ok();
            prop_assert_eq!(text_of(&text), theirs);
        }
    }

    #[test]
    fn what_is_no_number_or_text_is_none() {
        for bad in ["", "-", "x", "00", "01", "-0", "99999999999999999999999"] {
            assert_eq!(Scan::new(bad.as_bytes()).number::<i64>(), None, "{bad}");
        }
        assert_eq!(Scan::new(b"18446744073709551615").number::<u64>(), Some(u64::MAX));
        assert_eq!(Scan::new(b"18446744073709551616").number::<u64>(), None);
        assert_eq!(Scan::new(b"-9223372036854775808").number::<i64>(), Some(i64::MIN));
        assert_eq!(Scan::new(b"null").number_or_null::<u32>(), Some(None));
        for bad in ["\"", "x\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\n\"", "\"\\"] {
            assert_eq!(text_of(bad), None, "{bad}");
        }
        assert_eq!(text_of(r#""\u00e4\n\/""#).as_deref(), Some("ä\n/"));
    }
}

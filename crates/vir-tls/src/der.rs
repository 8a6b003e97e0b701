//! Reading DER: tags, lengths and contents, nothing else.
//!
//! Bytes come from the other end of a connection: every length is checked, nothing is allocated.

/// What was read is no DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Goes over the values of one content.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value: its tag and its content.
    pub(crate) fn any(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let (tag, content, _) = self.whole()?;
        Ok((tag, content))
    }

    /// The next value: its tag, its content, and all of its bytes.
    pub(crate) fn whole(&mut self) -> Result<(u8, &'a [u8], &'a [u8]), Malformed> {
        let [tag, first, rest @ ..] = self.0 else { return Err(Malformed) };
        if tag & 0x1f == 0x1f {
            return Err(Malformed); // certificates have no tags of several bytes
        }
        let (len, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f)).ok_or(Malformed)?;
                (digits.iter().fold(0, |len, digit| len << 8 | usize::from(*digit)), rest)
            }
            _ => return Err(Malformed),
        };
        let (content, after) = rest.split_at_checked(len).ok_or(Malformed)?;
        let all = &self.0[..self.0.len() - after.len()];
        self.0 = after;
        Ok((*tag, content, all))
    }

    /// The next value, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        match self.any()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Malformed),
        }
    }

    /// The next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, Malformed> {
        if self.0.first() == Some(&tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// A sequence.
    pub(crate) fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.expect(SEQUENCE).map(Reader)
    }
}

/// An object identifier in dotted form.
pub(crate) fn dotted(oid: &[u8]) -> String {
    let (mut text, mut value, mut first) = (String::new(), 0u64, true);
    for byte in oid {
        value = value << 7 & !0x7f | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (value / 40).min(2);
            text = format!("{root}.{}", value - root * 40);
            first = false;
        } else {
            text += &format!(".{value}");
        }
        value = 0;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_their_ends() {
        let mut reader = Reader::new(&[0x30, 3, 2, 1, 5, 4, 0x81, 1, 9]);
        let mut inner = reader.sequence().unwrap();
        assert_eq!((inner.expect(INTEGER), inner.is_empty()), (Ok(&[5][..]), true));
        assert_eq!(reader.optional(BOOLEAN), Ok(None));
        assert_eq!(reader.any(), Ok((OCTET_STRING, &[9][..])));
        for cut in
            [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x84, 0, 0, 0, 0], &[0x30, 0x82, 1], &[0x3f, 1, 0]]
        {
            assert_eq!(Reader::new(cut).any(), Err(Malformed), "{cut:?}");
        }
    }

    #[test]
    fn object_identifiers() {
        assert_eq!(dotted(&[0x55, 4, 3]), "2.5.4.3");
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]), "1.2.840.113549.1.9.1");
        assert_eq!(dotted(&[0x88, 0x37, 1]), "2.999.1");
    }
}

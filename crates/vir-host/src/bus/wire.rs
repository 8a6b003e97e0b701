//! D-Bus messages as bytes: what is put into a call, and what is read from an answer.
//!
//! As much of the language as calls of this house need. No I/O.

/// A message that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Longest array, and longest message, in bytes.
const MAX: usize = 1 << 26;

/// Values one behind the other, each where its kind may start.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// The bytes until now.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Goes to the next place whose number `to` divides.
    pub fn align(&mut self, to: usize) {
        let length = self.bytes.len().next_multiple_of(to);
        self.bytes.resize(length, 0);
    }

    /// One byte (`y`).
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// 32 bits (`u`, or `i` as they are).
    pub fn u32(&mut self, value: u32) {
        self.align(4);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// 64 bits (`t`).
    pub fn u64(&mut self, value: u64) {
        self.align(8);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Yes or no (`b`).
    pub fn bool(&mut self, value: bool) {
        self.u32(value.into());
    }

    /// A text (`s`), or an object's path (`o`).
    pub fn text(&mut self, value: &str) {
        self.u32(value.len() as u32);
        self.bytes.extend_from_slice(value.as_bytes());
        self.byte(0);
    }

    /// The kinds of values (`g`).
    pub fn signature(&mut self, value: &str) {
        self.byte(value.len() as u8);
        self.bytes.extend_from_slice(value.as_bytes());
        self.byte(0);
    }

    /// A list (`a`) of what `fill` appends, whose elements start where `align` divides.
    pub fn array(&mut self, align: usize, fill: impl FnOnce(&mut Self)) {
        self.u32(0);
        let at = self.bytes.len() - 4;
        self.align(align);
        let start = self.bytes.len();
        fill(self);
        let length = (self.bytes.len() - start) as u32;
        self.bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
}

/// Reads values one behind the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, which start where everything may start; `big` if the highest byte of numbers is first.
    pub fn new(bytes: &'a [u8], big: bool) -> Self {
        Self { bytes, at: 0, big }
    }

    /// Goes to the next place whose number `to` divides.
    pub fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let end = self.at.checked_add(length).ok_or(Broken)?;
        let taken = self.bytes.get(self.at..end).ok_or(Broken)?;
        self.at = end;
        Ok(taken)
    }

    /// One byte (`y`).
    pub fn byte(&mut self) -> Result<u8, Broken> {
        Ok(self.take(1)?[0])
    }

    /// 32 bits (`u`).
    pub fn u32(&mut self) -> Result<u32, Broken> {
        self.align(4);
        let bytes = self.take(4)?.try_into().map_err(|_| Broken)?;
        Ok(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// Yes or no (`b`).
    pub fn bool(&mut self) -> Result<bool, Broken> {
        Ok(self.u32()? != 0)
    }

    fn ended_text(&mut self, length: usize) -> Result<&'a str, Broken> {
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| Broken)?;
        if self.byte()? != 0 { Err(Broken) } else { Ok(text) }
    }

    /// A text (`s`), or an object's path (`o`).
    pub fn text(&mut self) -> Result<&'a str, Broken> {
        let length = self.u32()? as usize;
        self.ended_text(length)
    }

    /// The kinds of values (`g`).
    pub fn signature(&mut self) -> Result<&'a str, Broken> {
        let length = self.byte()?.into();
        self.ended_text(length)
    }

    /// Has `each` read one element after the other of a list (`a`) whose first element starts where `align`
    /// divides; where the others start is for `each` to see to.
    pub fn array(
        &mut self,
        align: usize,
        mut each: impl FnMut(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        let length = self.u32()? as usize;
        self.align(align);
        let end = self.at.checked_add(length).filter(|_| length <= MAX).ok_or(Broken)?;
        while self.at < end {
            let before = self.at;
            each(self)?;
            if self.at == before {
                return Err(Broken);
            }
        }
        if self.at == end { Ok(()) } else { Err(Broken) }
    }
}

/// What a message is.
pub const CALL: u8 = 1;
/// The answer to a call.
pub const ANSWER: u8 = 2;
/// The refusal of a call.
pub const REFUSAL: u8 = 3;

/// What a call is for.
#[derive(Clone, Copy, Debug)]
pub struct Method<'a> {
    /// Whose: a name on the bus.
    pub service: &'a str,
    /// Of which object.
    pub path: &'a str,
    /// Of which of its interfaces.
    pub interface: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// A call's bytes; `body` has the values that `signature` names.
pub fn call(serial: u32, method: &Method<'_>, signature: &str, body: &Writer) -> Vec<u8> {
    let mut out = Writer::default();
    for byte in [b'l', CALL, 0, 1] {
        out.byte(byte);
    }
    out.u32(body.bytes().len() as u32);
    out.u32(serial);
    out.array(8, |fields| {
        let texts = [
            (1, "o", method.path),
            (2, "s", method.interface),
            (3, "s", method.name),
            (6, "s", method.service),
        ];
        for (code, kind, value) in texts {
            fields.align(8);
            fields.byte(code);
            fields.signature(kind);
            fields.text(value);
        }
        if !signature.is_empty() {
            fields.align(8);
            fields.byte(8);
            fields.signature("g");
            fields.signature(signature);
        }
    });
    out.align(8);
    out.bytes.extend_from_slice(body.bytes());
    out.bytes
}

/// A message that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// [`ANSWER`], [`REFUSAL`] or something else.
    pub kind: u8,
    /// The serial of the call that it answers.
    pub answers: Option<u32>,
    /// The name of the error in a refusal.
    pub error: Option<String>,
    /// The kinds of its values.
    pub signature: String,
    /// Numbers have the highest byte first.
    pub big: bool,
    /// Its values.
    pub body: Vec<u8>,
}

/// Bytes that a message has before its fields.
pub const FIXED: usize = 16;

/// The length of the whole message of which these are the first bytes.
pub fn length(fixed: &[u8; FIXED]) -> Result<usize, Broken> {
    let mut reader = Reader::new(fixed, fixed[0] == b'B');
    reader.take(4)?;
    let body = reader.u32()? as usize;
    reader.u32()?;
    let fields = reader.u32()? as usize;
    if body > MAX || fields > MAX {
        return Err(Broken);
    }
    Ok((FIXED + fields).next_multiple_of(8) + body)
}

/// Reads a whole message.
pub fn parse(bytes: &[u8]) -> Result<Message, Broken> {
    let big = bytes.first() == Some(&b'B');
    let mut reader = Reader::new(bytes, big);
    reader.byte()?;
    let kind = reader.byte()?;
    reader.take(2)?;
    let body = reader.u32()? as usize;
    reader.u32()?;
    let (mut answers, mut error, mut signature) = (None, None, String::new());
    reader.array(8, |field| {
        field.align(8);
        let code = field.byte()?;
        match (code, field.signature()?) {
            (5, "u") => answers = Some(field.u32()?),
            (4, "s") => error = Some(field.text()?.to_owned()),
            (8, "g") => signature = field.signature()?.to_owned(),
            (_, "s" | "o") => drop(field.text()?),
            (_, "g") => drop(field.signature()?),
            (_, "u") => drop(field.u32()?),
            _ => return Err(Broken),
        }
        Ok(())
    })?;
    reader.align(8);
    let body = reader.take(body)?.to_vec();
    Ok(Message { kind, answers, error, signature, big, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: Method<'_> = Method { service: "org.x", path: "/org/x", interface: "org.x.I", name: "Do" };

    #[test]
    fn a_call_is_as_long_as_it_says_and_can_be_read() {
        let mut body = Writer::default();
        body.text("words");
        body.u64(7);
        let bytes = call(3, &METHOD, "st", &body);
        let fixed = bytes[..FIXED].try_into().unwrap();
        assert_eq!(length(&fixed), Ok(bytes.len()));
        let message = parse(&bytes).unwrap();
        assert_eq!((message.kind, message.signature.as_str(), message.answers), (CALL, "st", None));
        assert_eq!(message.body, body.bytes());
        assert_eq!(Reader::new(&message.body, message.big).text(), Ok("words"));
    }

    #[test]
    fn bytes_of_a_known_call() {
        // as the standard lays them out, by hand
        let bytes = call(1, &METHOD, "", &Writer::default());
        assert_eq!(bytes[..8], [b'l', 1, 0, 1, 0, 0, 0, 0]);
        assert_eq!(bytes[8..16], [1, 0, 0, 0, 62, 0, 0, 0]);
        assert_eq!(bytes[16..31], *b"\x01\x01o\0\x06\0\0\0/org/x\0");
        assert_eq!(bytes.len() % 8, 0);
    }

    #[test]
    fn no_bytes_are_a_reason_to_panic() {
        let mut body = Writer::default();
        body.array(8, |array| array.text("x"));
        let bytes = call(1, &METHOD, "as", &body);
        for at in 0..bytes.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                let _ = parse(&changed);
                let _ = parse(&changed[..at]);
            }
        }
        let mut reader = Reader::new(&[255, 255, 255, 255], false);
        assert_eq!(reader.array(1, |_| Ok(())), Err(Broken));
    }
}

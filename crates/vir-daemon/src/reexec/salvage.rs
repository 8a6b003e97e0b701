//! What can be had from a document that is cut off or spoilt: all that stands before the damage.

use super::tree::{Object, Value};

/// How often a repair is tried: each starts where the last one still found damage.
const TRIES: usize = 8;

/// Reads a document; one that is damaged as far as it goes, with the reason.
pub fn parse(text: &[u8]) -> (Object<'_>, Option<String>) {
    let mut error = match serde_json::from_slice(text) {
        Ok(Value::Object(whole)) => return (whole, None),
        Ok(_) => return (Object::default(), Some("it is no JSON object".into())),
        Err(error) => error,
    };
    let reason = Some(error.to_string());
    let mut end = text.len();
    for _ in 0..TRIES {
        end = offset(text, error.line(), error.column()).min(end);
        let (cut, closers) = last_cut(&text[..end]);
        let mut repaired = text[..cut].to_vec();
        repaired.extend(closers);
        match serde_json::from_slice(&repaired) {
            Ok(Value::Object(whole)) => return (whole.into_owned(), reason),
            Ok(_) => break,
            Err(again) => error = again,
        }
        end = cut.saturating_sub(1);
    }
    (Object::default(), reason)
}

/// Where a line and column are; both count from 1.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column).min(text.len())
}

/// The last place where the text can be cut so that all values before it are whole, and what closes
/// those that are open there.
fn last_cut(text: &[u8]) -> (usize, Vec<u8>) {
    let mut cut = 0;
    each_mark(text, |at, byte, _| cut = if byte == b',' { at } else { at + 1 });
    let mut closers = Vec::new();
    each_mark(&text[..cut], |_, _, open| {
        closers.clear();
        closers.extend(open.iter().rev());
    });
    (cut, closers)
}

/// Tells of each bracket and comma outside strings, with what has to be closed behind it.
fn each_mark(text: &[u8], mut tell: impl FnMut(usize, u8, &[u8])) {
    let mut open = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for (at, &byte) in text.iter().enumerate() {
        if quoted {
            (quoted, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
        if matches!(byte, b'{' | b'[' | b'}' | b']' | b',') {
            tell(at, byte, &open);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(whole: &Object<'_>) -> String {
        serde_json::to_string(whole).unwrap()
    }

    #[test]
    fn what_stands_before_the_damage_is_kept() {
        let text = br#"{"a": {"b": [1, {"fd": 7, "name": "x\"],"}, {"fd": 8"#;
        let (whole, reason) = parse(text);
        assert_eq!(text_of(&whole), r#"{"a":{"b":[1,{"fd":7,"name":"x\"],"},{}]}}"#);
        assert!(reason.is_some());
        let (whole, reason) = parse(br#"{"a": 1, "b": [2, %, 3], "c": 4}"#);
        assert_eq!(text_of(&whole), r#"{"a":1,"b":[2]}"#);
        assert!(reason.unwrap().contains("line 1"));
        let (whole, reason) = parse(br#"{"a": 1} {"b": 2}"#);
        assert_eq!(text_of(&whole), r#"{"a":1}"#);
        assert!(reason.is_some());
    }

    #[test]
    fn any_cut_and_any_wrong_byte_are_survived() {
        let text = br#"{"a": [1, {"b": "\u00e4\\", "c": [true, null]}], "d": {"e": -1.5e3}, "f": ""}"#;
        let whole = parse(text).0;
        assert_eq!(whole.iter().count(), 3);
        for end in 0..text.len() {
            let (part, reason) = parse(&text[..end]);
            assert!(reason.is_some());
            assert!(part.iter().count() <= whole.iter().count());
            let mut wrong = text.to_vec();
            for byte in [0, b'}', b'"', 0xff, b','] {
                wrong[end] = byte;
                let _ = parse(&wrong);
            }
        }
    }

    #[test]
    fn what_is_no_object_is_nothing() {
        for text in [&b""[..], b"[]", b"7", b"\0\0", b"[[[["] {
            let (whole, reason) = parse(text);
            assert!(whole == Object::default() && reason.is_some());
        }
    }
}

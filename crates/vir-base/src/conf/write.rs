//! The writer: one entry a line, lists in one line, quotes chosen so that the value reads back.

use super::{Conf, Value};
use std::fmt::{Display, Formatter, Result};

impl Display for Conf {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for entry in &self.entries {
            if let Some((name, value)) = &entry.assignment {
                write!(f, "{name} = {value}")?;
                if entry.comment.is_some() {
                    f.write_str(" ")?;
                }
            }
            if let Some(comment) = &entry.comment {
                write!(f, "#{comment}")?;
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Int(n) => write!(f, "{n}"),
            Self::Uint(n) => write!(f, "{n}"),
            Self::String(text) if !text.contains(['"', '\n']) => write!(f, "\"{text}\""),
            Self::String(text) if !text.contains(['\'', '\n']) => write!(f, "'{text}'"),
            Self::String(text) => write!(f, "\"\"\"{text}\"\"\""),
            Self::List(items) => {
                f.write_str("[ ")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str(" ]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Conf, Format};

    fn rewritten(text: &str) -> String {
        Conf::parse("f", text.as_bytes(), Format::Plain).unwrap().to_string()
    }

    #[test]
    fn what_is_read_is_written_in_one_form() {
        for (input, expected) in [
            ("a=1# c", "a = 1 # c\n"),
            ("#x\n\n\n a = 'b' ; c = -2", "#x\na = \"b\"\nc = -2\n"),
            ("v = [ 'b', ]", "v = [ \"b\" ]\n"),
            ("v = [1,\n [2 , 3] ,4]", "v = [ 1, [ 2, 3 ], 4 ]\n"),
            ("v = []", "v = [  ]\n"),
            ("v = 'say \"x\"'", "v = 'say \"x\"'\n"),
            ("v = \"\"\"two\nlines\"\"\"", "v = \"\"\"two\nlines\"\"\"\n"),
        ] {
            assert_eq!(rewritten(input), expected);
            assert_eq!(rewritten(expected), expected);
        }
    }

    /// The published vectors, where they are at hand beside the working copy.
    #[test]
    fn published_vectors() {
        let area = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/virconf");
        let Ok(files) = std::fs::read_dir(&area) else {
            skip::skip!("no ../shared/corpus beside this working copy");
        };
        let mut seen = 0;
        for path in files.map(|f| f.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "conf")) {
            let expected = std::fs::read_to_string(path.with_extension("out")).unwrap();
            assert_eq!(rewritten(&std::fs::read_to_string(&path).unwrap()), expected, "{}", path.display());
            seen += 1;
        }
        assert!(seen > 0);
    }
}

//! Tables of text: columns as wide as their widest cell, with what a terminal would show counted.

use unicode_width::UnicodeWidthChar;

/// A table with a heading row.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles.
    pub fn new<S: Into<String>>(titles: impl IntoIterator<Item = S>) -> Self {
        Self { rows: vec![titles.into_iter().map(Into::into).collect()] }
    }

    /// Appends a row; it has as many cells as there are titles.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        debug_assert_eq!(cells.len(), self.rows[0].len());
        self.rows.push(cells);
    }

    /// The table as text, with its titles and the line under them or without. `utf8` says whether the
    /// user's locale knows more than ASCII.
    pub fn render(&self, titles: bool, utf8: bool) -> String {
        let first = usize::from(!titles);
        let cells: Vec<Vec<(String, usize)>> = self.rows[first..]
            .iter()
            .map(|row| row.iter().map(|cell| printable(cell, utf8)).collect())
            .collect();
        let columns = self.rows[0].len();
        let widest = |column: usize| cells.iter().map(|row| row[column].1).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(widest).collect();

        let mut out = String::new();
        for (line, row) in cells.iter().enumerate() {
            for (column, (text, width)) in row.iter().enumerate() {
                out.push(' ');
                out.push_str(text);
                if column + 1 < columns {
                    out.extend(std::iter::repeat_n(' ', widths[column] - width + 2));
                }
            }
            out.push('\n');
            if titles && line == 0 {
                out.extend(std::iter::repeat_n('-', widths.iter().map(|width| width + 3).sum()));
                out.push('\n');
            }
        }
        out
    }
}

/// The text with everything that would upset a terminal written as `\xNN`, and its width there.
fn printable(cell: &str, utf8: bool) -> (String, usize) {
    let mut out = String::with_capacity(cell.len());
    let mut width = 0;
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_control() || (c == '\\' && chars.peek() == Some(&'x')) {
            escape(&mut out, &mut width, c as u8);
        } else if c.is_ascii() {
            out.push(c);
            width += 1;
        } else if utf8 && !c.is_control() {
            out.push(c);
            width += c.width().unwrap_or(0);
        } else {
            // the peer prints a negative char here and keeps the first two digits of it
            for _ in 0..c.len_utf8() {
                escape(&mut out, &mut width, 0xff);
            }
        }
    }
    (out, width)
}

fn escape(out: &mut String, width: &mut usize, byte: u8) {
    out.push_str(&format!("\\x{byte:02x}"));
    *width += 4;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_needed() {
        let mut table = Table::new(["Id", "Name", "State"]);
        table.row(["1", "test", "running"]);
        table.row(["-", "a longer one", "shut off"]);
        assert_eq!(
            table.render(true, true),
            " Id   Name           State\n\
             -------------------------------\n \
             1    test           running\n \
             -    a longer one   shut off\n"
        );
        assert_eq!(table.render(false, true), " 1   test           running\n -   a longer one   shut off\n");
    }

    #[test]
    fn width_is_what_a_terminal_shows() {
        let mut table = Table::new(["a", "b"]);
        table.row(["\u{4f60}", "x"]);
        table.row(["e\u{301}", "\ty\\x"]);
        assert_eq!(table.render(false, true), " \u{4f60}   x\n e\u{301}    \\x09y\\x5cx\n");
        assert_eq!(printable("\u{e9}", false), ("\\xff\\xff".to_owned(), 8));
    }
}

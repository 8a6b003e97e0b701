//! The difference of two texts, line by line, as a person wants to see it.

use std::fmt::Write as _;

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Texts of more lines than this are compared from where they first differ only.
const MAX_LINES: usize = 3000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Gone,
    New,
}

/// What `actual` has (`+`) and lacks (`-`) beside `expected`; in colour if wanted.
pub fn show(expected: &str, actual: &str, colour: bool) -> String {
    let lines = compare(&expected.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>());
    let near = |at: usize| {
        let range = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
        lines[range].iter().any(|(kind, _)| *kind != Kind::Same)
    };
    let mut text = String::new();
    let mut skipped = false;
    for (at, (kind, line)) in lines.iter().enumerate() {
        if !near(at) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            text.push_str("  …\n");
        }
        let (sign, start) = match kind {
            Kind::Same => (' ', ""),
            Kind::Gone => ('-', "\x1b[31m"),
            Kind::New => ('+', "\x1b[32m"),
        };
        let _ = match colour && !start.is_empty() {
            true => writeln!(text, "{start}{sign}{line}\x1b[0m"),
            false => writeln!(text, "{sign}{line}"),
        };
    }
    text
}

/// The longest common subsequence's way from one to the other.
fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Kind, &'a str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let mut lines: Vec<_> = old[..head].iter().map(|line| (Kind::Same, *line)).collect();
    if a.len() > MAX_LINES || b.len() > MAX_LINES {
        lines.extend(a.iter().map(|line| (Kind::Gone, *line)));
        lines.extend(b.iter().map(|line| (Kind::New, *line)));
    } else {
        let width = b.len() + 1;
        let mut length = vec![0u32; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                length[i * width + j] = match a[i] == b[j] {
                    true => length[(i + 1) * width + j + 1] + 1,
                    false => length[(i + 1) * width + j].max(length[i * width + j + 1]),
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() || j < b.len() {
            if i < a.len() && j < b.len() && a[i] == b[j] {
                lines.push((Kind::Same, a[i]));
                (i, j) = (i + 1, j + 1);
            } else if j == b.len() || i < a.len() && length[(i + 1) * width + j] >= length[i * width + j + 1]
            {
                lines.push((Kind::Gone, a[i]));
                i += 1;
            } else {
                lines.push((Kind::New, b[j]));
                j += 1;
            }
        }
    }
    lines.extend(old_rest[old_rest.len() - tail..].iter().map(|line| (Kind::Same, *line)));
    lines
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn changes_are_shown_with_their_surroundings() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let new = "1\n2\n3\n4\n5\n6\nseven\n8\n9\n";
        assert_eq!(show(old, new, false), "  …\n 4\n 5\n 6\n-7\n+seven\n 8\n+9\n");
        assert_eq!(show("a\n", "b\n", true), "\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n");
        assert_eq!(show("a\n", "a\n", false), "  …\n".repeat(0));
    }
}

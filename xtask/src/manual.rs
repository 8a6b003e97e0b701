//! Manual pages from `docs/man`, whose Markdown has few forms: headings, paragraphs, terms, lists, code.

/// The page `NAME.SECTION` for `man`.
pub(crate) fn page(name: &str, text: &str) -> String {
    let (title, section) = name.rsplit_once('.').unwrap_or((name, "8"));
    let mut out = format!(".TH {} {section} \"\" Ferrovirt\n", title.to_uppercase());
    let mut code = false;
    // a term is followed by ": " at the start of the next line
    let mut lines = text.lines().skip_while(|line| line.starts_with("# ")).peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            code = !code;
            out.push_str(if code { ".PP\n.nf\n" } else { ".fi\n" });
        } else if code {
            out.push_str(&protected(&line.replace('\\', "\\\\")));
        } else if let Some(heading) = line.strip_prefix("### ") {
            out.push_str(&format!(".SS {heading}\n"));
        } else if let Some(heading) = line.strip_prefix("## ") {
            out.push_str(&format!(".SH {heading}\n"));
        } else if let Some(item) = line.strip_prefix("- ") {
            out.push_str(&format!(".IP \\(bu 2\n{}", protected(&inline(item))));
        } else if let Some(description) = line.strip_prefix(":   ") {
            out.push_str(&protected(&inline(description)));
        } else if lines.peek().is_some_and(|next| next.starts_with(":   ")) {
            out.push_str(&format!(".TP\n{}", protected(&inline(line))));
        } else if line.is_empty() {
            if lines.peek().is_some_and(|next| !next.starts_with(['#', '-', '`']) && !next.is_empty()) {
                out.push_str(".PP\n");
            }
        } else {
            out.push_str(&protected(&inline(line.trim_start())));
        }
    }
    // a term starts its own paragraph
    out.replace(".PP\n.TP\n", ".TP\n")
}

/// A line that is no request, although it may begin like one.
fn protected(line: &str) -> String {
    let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
    format!("{guard}{line}\n")
}

/// Bold, italic and code.
fn inline(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('-', "\\-");
    let text = toggled(&text, "**", "\\fB");
    let text = toggled(&text, "`", "\\fB");
    toggled(&text, "*", "\\fI")
}

fn toggled(text: &str, mark: &str, start: &str) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    // a mark without its other half is itself
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(if at % 2 == 1 { start } else { "\\fR" });
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn few_forms() {
        let text =
            "# a(8)\n\n## NAME\n\na - does *x*\n\n## OPTIONS\n\n**-h**, **--help**\n:   Shows.\n\n- one\n";
        let said = page("a.8", text);
        assert_eq!(
            said,
            ".TH A 8 \"\" Ferrovirt\n.SH NAME\n.PP\na \\- does \\fIx\\fR\n.SH OPTIONS\n.TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nShows.\n.IP \\(bu 2\none\n"
        );
    }
}

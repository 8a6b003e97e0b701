//! From a header's text to its entries.

use super::{Doc, Entry, Item, Member, Variable};

/// Reads one header.
pub(crate) fn header(file: &str, text: &str, entries: &mut Vec<Entry>) -> Result<(), String> {
    let mut lines = text.lines().peekable();
    let mut doc = Doc::default();
    while let Some(line) = lines.next() {
        if line.starts_with("/*") {
            let mut comment = line.to_owned();
            while !comment.ends_with("*/") {
                let next = lines.next().ok_or("a comment without an end")?;
                comment = format!("{comment}\n{next}");
            }
            if comment.starts_with("/**") {
                doc = described(&comment);
            }
        } else if let Some(definition) = line.strip_prefix("#define ") {
            let mut definition = definition.to_owned();
            while let Some(open) = definition.strip_suffix('\\') {
                definition = format!("{}{}", open, lines.next().unwrap_or_default().trim());
            }
            entries.extend(defined(file, &definition, std::mem::take(&mut doc)));
        } else if line.starts_with('#') || line.starts_with("extern \"C\"") || line == "}" || line.is_empty()
        {
        } else {
            let mut declaration = line.to_owned();
            while !complete(&declaration) {
                let next = lines.next().ok_or_else(|| format!("'{declaration}' has no end"))?;
                declaration = format!("{declaration}\n{next}");
            }
            let entry = declared(file, &declaration, std::mem::take(&mut doc), entries)
                .ok_or_else(|| format!("'{declaration}' is not understood"))?;
            entries.extend(entry);
        }
    }
    Ok(())
}

fn complete(declaration: &str) -> bool {
    let count = |c| declaration.matches(c).count();
    declaration.ends_with(';') && count('{') == count('}')
}

/// A description; its first line has the name.
fn described(comment: &str) -> Doc {
    let mut doc = Doc::default();
    let inner = comment.trim_start_matches("/**").trim_end_matches("*/");
    let mut part = Part::Text;
    for line in inner.lines() {
        let line = line.trim().trim_start_matches('*').trim();
        let (line, since) = line.split_once("Since: ").unwrap_or((line, ""));
        if !since.is_empty() {
            since.clone_into(&mut doc.since);
        }
        let line = match line.split_once(':') {
            Some(("Returns", rest)) => {
                part = Part::Returns;
                rest.trim()
            }
            Some(("Errors", _)) => {
                part = Part::Errors;
                ""
            }
            Some((name, rest)) if name.starts_with('@') && !name.contains(' ') => {
                part = Part::Parameter(name[1..].to_owned());
                rest.trim()
            }
            Some((name, rest)) if name.starts_with("vir") || name.starts_with("LIBVIR") => rest.trim(),
            _ => line.trim(),
        };
        let place = match &part {
            Part::Text => &mut doc.text,
            Part::Returns => &mut doc.returns,
            Part::Parameter(name) => doc.params.entry(name.clone()).or_default(),
            Part::Errors => continue,
        };
        if !place.is_empty() && !line.is_empty() {
            place.push(if matches!(part, Part::Text) { '\n' } else { ' ' });
        }
        place.push_str(line);
    }
    doc
}

enum Part {
    Text,
    Parameter(String),
    Returns,
    Errors,
}

/// A comment at the end of a line: the rest, and since when.
fn since(text: &str) -> (&str, &str) {
    match text.split_once("/* Since: ") {
        Some((text, since)) => (text.trim(), since.trim_end_matches("*/").trim()),
        None => (text.split("/*").next().unwrap_or_default().trim(), ""),
    }
}

fn defined(file: &str, text: &str, mut doc: Doc) -> Option<Entry> {
    let (text, since) = since(text);
    if !since.is_empty() {
        since.clone_into(&mut doc.since);
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (name, rest) = text.split_at(end);
    let (params, value) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((params, value)) => (params.split(',').map(|p| p.trim().to_owned()).collect(), value),
        None => (vec![], rest),
    };
    if name.starts_with("FERROVIRT") || value.trim().is_empty() {
        return None;
    }
    let item = Item::Macro { params, value: value.trim().to_owned() };
    Some(Entry { name: name.to_owned(), file: file.to_owned(), doc, item })
}

/// What a declaration declares; none, for the second half of what has been declared.
fn declared(file: &str, text: &str, mut doc: Doc, known: &mut [Entry]) -> Option<Option<Entry>> {
    let entry = |name: &str, doc: Doc, item: Item| {
        Some(Some(Entry { name: name.to_owned(), file: file.to_owned(), doc, item }))
    };
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let flat = flat.strip_suffix(';')?.trim();
    if let Some(rest) = text.strip_prefix("typedef enum {") {
        let (body, name) = rest.rsplit_once('}')?;
        let members = members(body, known)?;
        if doc.since.is_empty() {
            doc.since = members.iter().map(|m| m.since.clone()).find(|s| !s.is_empty()).unwrap_or_default();
        }
        return entry(name.trim_end_matches(';').trim(), doc, Item::Enum(members));
    }
    if let Some(rest) = flat.strip_prefix("typedef struct _") {
        let (tag, name) = rest.split_once(' ')?;
        let same = known.iter().find_map(|entry| match &entry.item {
            Item::Struct { tag: other, fields } if other == tag => Some(fields.clone()),
            _ => None,
        });
        return entry(name, doc, Item::Struct { tag: tag.to_owned(), fields: same.unwrap_or_default() });
    }
    if let Some(rest) = flat.strip_prefix("struct _") {
        let (name, body) = rest.split_once('{')?;
        let (name, found) = (name.trim(), fields(body.trim().strip_suffix('}')?)?);
        for entry in known.iter_mut() {
            if let Item::Struct { tag, fields } = &mut entry.item
                && tag == name
            {
                fields.clone_from(&found);
                if doc.text.len() > entry.doc.text.len() {
                    entry.doc.text.clone_from(&doc.text);
                }
            }
        }
        return Some(None);
    }
    if let Some(rest) = flat.strip_prefix("typedef ") {
        if let Some((ret, rest)) = rest.split_once("(*") {
            let (name, params) = rest.split_once(")(")?;
            let item = Item::Callback { ret: ret.trim().to_owned(), params: params_of(params)? };
            return entry(name, doc, item);
        }
        let of = variable(rest)?;
        return entry(&of.name, doc, Item::Typedef(of.ty));
    }
    if let Some(rest) = flat.strip_prefix("VIR_EXPORT_VAR ") {
        let of = variable(rest)?;
        return entry(&of.name, doc, Item::Variable(of.ty));
    }
    let (head, params) = flat.split_once('(')?;
    let of = variable(head)?;
    let params = params.rsplit_once(')')?.0;
    entry(&of.name, doc, Item::Function { ret: of.ty, params: params_of(&format!("{params})"))? })
}

/// `int a, char *b)`
fn params_of(text: &str) -> Option<Vec<Variable>> {
    let text = text.trim().strip_suffix(')')?.trim();
    if text == "void" {
        return Some(vec![]);
    }
    text.split(',').map(variable).collect()
}

/// `const char *name`, `char name[80]`
fn variable(text: &str) -> Option<Variable> {
    let text = text.trim();
    let (text, array) = match text.find('[') {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, ""),
    };
    let start = text.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')? + 1;
    let array = if array.is_empty() { String::new() } else { format!(" {array}") };
    Some(Variable { ty: format!("{}{array}", text[..start].trim()), name: text[start..].to_owned() })
}

/// A structure's fields; a union is one.
fn fields(text: &str) -> Option<Vec<Variable>> {
    let mut found = vec![];
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("union {") {
            let (members, after) = inner.split_once('}')?;
            let (name, after) = after.split_once(';')?;
            found.push(Variable { ty: format!("union {{{members}}}"), name: name.trim().to_owned() });
            rest = after.trim();
            continue;
        }
        let (field, after) = rest.split_once(';')?;
        found.push(variable(field)?);
        rest = after.trim();
    }
    Some(found)
}

fn members(text: &str, known: &[Entry]) -> Option<Vec<Member>> {
    let mut found: Vec<Member> = vec![];
    for line in text.lines().map(|line| line.trim().trim_start_matches(", ")) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (text, since) = since(line);
        let (name, value) = text.trim_end_matches(',').split_once(" = ")?;
        let value = number(value.trim(), &found, known)?;
        found.push(Member { name: name.to_owned(), value, since: since.to_owned() });
    }
    Some(found)
}

/// A number, a shift of one, or another member.
fn number(text: &str, found: &[Member], known: &[Entry]) -> Option<i64> {
    let text = text.trim_start_matches('(').trim_end_matches(')').trim_end_matches(',');
    if let Some((one, by)) = text.split_once(" << ") {
        return Some(one.trim_end_matches('U').parse::<i64>().ok()? << by.parse::<u32>().ok()?);
    }
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let members = known.iter().filter_map(|entry| match &entry.item {
        Item::Enum(members) => Some(members),
        _ => None,
    });
    found.iter().chain(members.flatten()).find(|member| member.name == text).map(|member| member.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{headers, paths};

    #[test]
    fn every_header_is_understood() {
        let entries = headers::all(&paths::workspace()).unwrap();
        let functions = |sister: Option<&str>| {
            let of = |e: &&headers::Entry| {
                matches!(e.item, Item::Function { .. }) && headers::sister(&e.file) == sister
            };
            entries.iter().filter(of).count()
        };
        let counts = [None, Some("qemu"), Some("lxc"), Some("admin")].map(functions);
        assert_eq!(counts, [524, 6, 4, 33]);
        let value = |name: &str| {
            entries.iter().find_map(|e| match &e.item {
                Item::Enum(members) => members.iter().find(|m| m.name == name).map(|m| m.value),
                _ => None,
            })
        };
        assert_eq!(value("VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK"), Some(-2));
        assert_eq!(value("VIR_DOMAIN_BLOCK_REBASE_COPY"), Some(8));
        for entry in entries.iter().filter(|e| matches!(e.item, Item::Function { .. })) {
            assert!(!entry.doc.text.is_empty() && !entry.doc.since.is_empty(), "{entry:?}");
        }
    }

    #[test]
    fn a_function() {
        let text = "/**\n * virF:\n * Does.\n *\n * @a: one\n *     more\n *\n * Returns: 0.\n * Since: 1.2.3\n */\nint virF(const char *a,\n         char **b);\n";
        let mut entries = vec![];
        header("x", text, &mut entries).unwrap();
        let [entry] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!((entry.doc.text.as_str(), entry.doc.since.as_str()), ("Does.", "1.2.3"));
        assert_eq!(entry.doc.params["a"], "one more");
        let Item::Function { ret, params } = &entry.item else { panic!() };
        assert_eq!((ret.as_str(), params[1].ty.as_str()), ("int", "char **"));
    }
}

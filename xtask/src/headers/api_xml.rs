//! `libvirt-api.xml` and its kin: what the headers declare, for those who generate bindings.

use super::{Entry, Item, Variable, sister};
use std::fmt::Write as _;

/// The documents, by their names: of the common library (none) and of its sisters.
pub(crate) fn documents(entries: &[Entry]) -> Vec<(String, String)> {
    let libraries = std::iter::once(None).chain(super::SISTERS.into_iter().map(Some));
    libraries
        .map(|library| {
            let own: Vec<&Entry> = entries.iter().filter(|entry| sister(&entry.file) == library).collect();
            let name = library.map_or_else(|| "libvirt".to_owned(), |sister| format!("libvirt-{sister}"));
            (format!("{name}-api.xml"), document(&name, &own))
        })
        .collect()
}

fn document(name: &str, entries: &[&Entry]) -> String {
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<api name='{name}'>\n  <files>\n");
    let mut files: Vec<&str> = entries.iter().map(|entry| entry.file.as_str()).collect();
    files.dedup();
    for file in files {
        let _ = writeln!(text, "    <file name='{file}'>");
        for entry in entries.iter().filter(|entry| entry.file == file) {
            let kind = match &entry.item {
                Item::Macro { .. } => "macro",
                Item::Enum(members) => {
                    for member in members {
                        let _ = writeln!(text, "     <exports symbol='{}' type='enum'/>", member.name);
                    }
                    "typedef"
                }
                Item::Typedef(_) => "typedef",
                Item::Struct { .. } => "struct",
                Item::Variable(_) => "variable",
                Item::Function { .. } | Item::Callback { .. } => "function",
            };
            let _ = writeln!(text, "     <exports symbol='{}' type='{kind}'/>", entry.name);
        }
        text.push_str("    </file>\n");
    }
    text.push_str("  </files>\n  <symbols>\n");
    let mut sorted = entries.to_vec();
    sorted.sort_by_key(|entry| (rank(&entry.item), entry.name.clone()));
    sorted.iter().for_each(|entry| symbol(&mut text, entry));
    text.push_str("  </symbols>\n</api>\n");
    text
}

/// The order of kinds.
fn rank(item: &Item) -> u8 {
    match item {
        Item::Macro { .. } => 0,
        Item::Enum(_) => 1,
        Item::Typedef(_) | Item::Struct { .. } => 2,
        Item::Variable(_) => 3,
        Item::Function { .. } => 4,
        Item::Callback { .. } => 5,
    }
}

fn symbol(text: &mut String, entry: &Entry) {
    let since = match entry.doc.since.as_str() {
        "" => String::new(),
        since => format!(" version='{since}'"),
    };
    let head = format!("name='{}' file='{}'", entry.name, entry.file);
    let info = format!("      <info><![CDATA[{}]]></info>\n", entry.doc.text);
    let _ = match &entry.item {
        Item::Macro { params, value } => {
            let params =
                if params.is_empty() { String::new() } else { format!(" params='{}'", params.join(",")) };
            let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                Some(string) => format!("string='{}'", escape(string)),
                None => format!("raw='{}'", escape(value)),
            };
            writeln!(text, "    <macro {head}{params} {value}{since}>\n{info}    </macro>")
        }
        Item::Enum(members) => {
            for member in members {
                let _ = writeln!(text, "    <enum {}/>", enumerated(entry, member));
            }
            writeln!(text, "    <typedef {head} type='enum'{since}>\n{info}    </typedef>")
        }
        Item::Typedef(of) => {
            writeln!(text, "    <typedef {head} type='{}'{since}>\n{info}    </typedef>", escape(of))
        }
        Item::Struct { tag, fields } if fields.is_empty() => {
            writeln!(text, "    <struct {head} type='struct _{tag}'{since}/>")
        }
        Item::Struct { tag, fields } => {
            let _ = writeln!(text, "    <struct {head} type='struct _{tag}'{since}>");
            fields.iter().for_each(|field| structure_field(text, field));
            writeln!(text, "    </struct>")
        }
        Item::Variable(ty) => {
            writeln!(text, "    <variable {head} type='{ty}'{since}>\n{info}    </variable>")
        }
        Item::Function { ret, params } => {
            callable(text, "function", &format!("{head} module='{}'{since}", entry.file), entry, ret, params);
            Ok(())
        }
        Item::Callback { ret, params } => {
            callable(text, "functype", &format!("{head} module='{}'{since}", entry.file), entry, ret, params);
            Ok(())
        }
    };
}

fn enumerated(entry: &Entry, member: &super::Member) -> String {
    let mut text = format!("name='{}' file='{}' value='{}'", member.name, entry.file, member.value);
    if member.value >= 0 {
        let _ = write!(text, " value_hex='0x{:x}'", member.value);
        if member.value.count_ones() == 1 {
            let _ = write!(text, " value_bitshift='{}'", member.value.trailing_zeros());
        }
    }
    let _ = write!(text, " type='{}'", entry.name);
    if !member.since.is_empty() {
        let _ = write!(text, " version='{}'", member.since);
    }
    text
}

fn structure_field(text: &mut String, field: &Variable) {
    if let Some(members) = field.ty.strip_prefix("union {").and_then(|rest| rest.strip_suffix('}')) {
        let _ = writeln!(text, "      <field name='{}' type='union' info=''>\n        <union>", field.name);
        for member in members.split(';').map(str::trim).filter(|member| !member.is_empty()) {
            let (ty, name) = member.rsplit_once([' ', '*']).unwrap_or(("", member));
            let star = if member.contains('*') { " *" } else { "" };
            let _ = writeln!(text, "          <field name='{name}' type='{}{star}' info=''/>", ty.trim());
        }
        text.push_str("        </union>\n      </field>\n");
        return;
    }
    let ty = match field.ty.split_once(" [") {
        Some((element, size)) => format!("{element} {}[{size}", field.name),
        None => field.ty.clone(),
    };
    let _ = writeln!(text, "      <field name='{}' type='{ty}' info=''/>", field.name);
}

fn callable(text: &mut String, tag: &str, head: &str, entry: &Entry, ret: &str, params: &[Variable]) {
    let _ = writeln!(text, "    <{tag} {head}>\n      <info><![CDATA[{}]]></info>", entry.doc.text);
    let _ = match ret {
        "void" => writeln!(text, "      <return type='void'/>"),
        ret => writeln!(text, "      <return type='{ret}' info='{}'/>", escape(&entry.doc.returns)),
    };
    for param in params {
        let info = entry.doc.params.get(&param.name).map_or("", String::as_str);
        let ty = param.ty.replace(" []", " *");
        let _ = writeln!(text, "      <arg name='{}' type='{ty}' info='{}'/>", param.name, escape(info));
    }
    let _ = writeln!(text, "    </{tag}>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

#[cfg(test)]
mod tests {
    use crate::{headers, paths};

    #[test]
    fn bindings_find_what_they_look_for() {
        let documents = super::documents(&headers::all(&paths::workspace()).unwrap());
        let names: Vec<&str> = documents.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["libvirt-api.xml", "libvirt-qemu-api.xml", "libvirt-lxc-api.xml", "libvirt-admin-api.xml"]
        );
        let text = &documents[0].1;
        for expected in [
            "<arg name='flags' type='unsigned int' info='",
            "<enum name='VIR_DOMAIN_RUNNING' file='libvirt-domain' value='1' value_hex='0x1' value_bitshift='0' type='virDomainState'",
            "<function name='virDomainCreateXML' file='libvirt-domain' module='libvirt-domain' version='0.5.0'>",
            "<field name='b' type='char' info=''/>",
            "<functype name='virConnectCloseFunc' ",
            "<variable name='virConnectAuthPtrDefault' ",
        ] {
            assert!(text.contains(expected), "{expected}");
        }
        assert_eq!(text.matches("<function ").count(), 524);
        assert!(!text.contains("virAdm") && documents[3].1.contains("virAdmConnectOpen"));
    }
}

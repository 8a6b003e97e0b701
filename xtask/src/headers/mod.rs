//! What the C headers declare, with what they say about it.
//!
//! They are our own and of one hand, so that reading them takes no C parser: declarations begin at the
//! start of a line, what is described stands below its comment.

pub(crate) mod api_xml;
mod read;

use std::collections::BTreeMap;
use std::path::Path;

/// The libraries with the headers that only they have.
pub(crate) const SISTERS: [&str; 3] = ["qemu", "lxc", "admin"];

/// A type and a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    /// As C writes it: `const char *`, `char [80]`.
    pub ty: String,
    pub name: String,
}

/// A member of an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub name: String,
    pub value: i64,
    pub since: String,
}

/// What a name is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Function {
        ret: String,
        params: Vec<Variable>,
    },
    Callback {
        ret: String,
        params: Vec<Variable>,
    },
    Enum(Vec<Member>),
    Typedef(String),
    /// A structure, of which programs know the fields or nothing.
    Struct {
        tag: String,
        fields: Vec<Variable>,
    },
    Macro {
        params: Vec<String>,
        value: String,
    },
    Variable(String),
}

/// What a comment says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Doc {
    pub text: String,
    pub params: BTreeMap<String, String>,
    pub returns: String,
    pub since: String,
}

/// A name that a header declares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub name: String,
    /// The header, without `.h`.
    pub file: String,
    pub doc: Doc,
    pub item: Item,
}

/// All entries of all headers, in their order.
pub(crate) fn all(root: &Path) -> Result<Vec<Entry>, String> {
    let directory = root.join("include/libvirt");
    let mut paths: Vec<_> = std::fs::read_dir(&directory)
        .map_err(|e| format!("{}: {e}", directory.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "h"))
        .collect();
    // what a name stands for comes first: libvirt-domain before libvirt-domain-snapshot
    paths.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    let mut entries = vec![];
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let file = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        read::header(file, &text, &mut entries).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(entries)
}

/// The library that a header belongs to: none for the one of all.
pub(crate) fn sister(file: &str) -> Option<&'static str> {
    SISTERS.into_iter().find(|sister| file.strip_prefix("libvirt-") == Some(sister))
}

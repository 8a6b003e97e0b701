//! Which functions of the API nobody serves, and which no command of virsh calls.
//!
//! Both are listed, in `api/unserved.list` and `api/no-command.list`: a function that is neither served
//! nor listed fails the check, and so does one that is listed although it is served. Looked for is the
//! method's name in the drivers' and the shell's sources, which is enough to notice what was forgotten.

use crate::codegen::methods;
use crate::outcome::{Context, Outcome};
use crate::paths;
use std::collections::BTreeSet;
use std::path::Path;

struct List {
    file: &'static str,
    about: &'static str,
    /// Directories to look in, and the texts that stand before a method's name there.
    sources: &'static [&'static str],
    before: &'static [&'static str],
}

const LISTS: [List; 2] = [
    List {
        file: "api/unserved.list",
        about: "Functions that no driver serves: they answer that they are not supported.",
        sources: &["drivers"],
        // the test driver has a table of its methods, one a line
        before: &["fn ", "\n    "],
    },
    List {
        file: "api/no-command.list",
        about: "Functions that no command of virsh calls.",
        sources: &["crates/virsh/src"],
        before: &["."],
    },
];

/// `cargo xtask coverage [--write]`.
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    let root = paths::workspace();
    let write = arguments.iter().any(|a| a == "--write");
    let mut wrong = vec![];
    for list in &LISTS {
        let missing = missing(&root, list)?;
        let path = root.join(list.file);
        if write {
            let text =
                format!("# {}\n{}", list.about, missing.iter().map(|n| format!("{n}\n")).collect::<String>());
            std::fs::write(&path, text).context(list.file)?;
            continue;
        }
        let text = std::fs::read_to_string(&path).context(list.file)?;
        let listed: BTreeSet<String> =
            text.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect();
        wrong.extend(
            missing.difference(&listed).map(|name| format!("{name} is missing and not in {}", list.file)),
        );
        wrong.extend(
            listed.difference(&missing).map(|name| format!("{name} is there: take it out of {}", list.file)),
        );
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The C names of the methods that the sources do not have.
fn missing(root: &Path, list: &List) -> Outcome<BTreeSet<String>> {
    let mut text = String::new();
    for source in list.sources {
        collect(&root.join(source), &mut text)?;
    }
    let has = |method: &str| list.before.iter().any(|before| text.contains(&format!("{before}{method}(")));
    let methods = methods(root)?;
    Ok(methods.into_iter().filter(|(_, method)| !has(method)).map(|(name, _)| name).collect())
}

fn collect(directory: &Path, text: &mut String) -> Outcome {
    let entries = std::fs::read_dir(directory).context(directory.display())?;
    for entry in entries {
        let path = entry.context(directory.display())?.path();
        if path.is_dir() {
            collect(&path, text)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            text.push_str(&std::fs::read_to_string(&path).context(path.display())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_function_is_served_and_called_or_listed() {
        if let Err(wrong) = super::chore(&[]) {
            panic!("{wrong}\n(`cargo xtask coverage --write` writes the lists)");
        }
    }
}

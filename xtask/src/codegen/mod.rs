//! `cargo xtask codegen [--check]`: from `api/*.api` to the dull code of every layer.
//!
//! The output is checked in and formatted; `--check` says whether it is fresh and writes nothing.

mod api;
mod c;
mod client;
mod decl;
mod library;
mod pages;
mod proto;
mod reference;
mod rust;
mod server;
mod sisters;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The files to write, by path below the workspace's root.
#[derive(Default)]
pub struct Output {
    code: BTreeMap<String, String>,
    text: BTreeMap<String, String>,
}

impl Output {
    fn file(&mut self, path: &str, text: String) {
        self.code.insert(path.to_owned(), text);
    }

    fn text(&mut self, path: &str, text: String) {
        self.text.insert(path.to_owned(), text);
    }
}

/// Runs the chore; `root` is the workspace's root.
pub fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let check = args.iter().any(|a| a == "--check");
    let api = decl::read(&root.join("api"))?;
    let mut out = Output::default();
    api::emit(&api, &mut out);
    proto::emit(&api, &mut out);
    server::emit(&api, &mut out);
    client::emit(&api, &mut out);
    reference::emit(&api, &mut out);
    library::emit(root, &api, &mut out)?;
    sisters::emit(root, &mut out)?;
    pages::emit(root, &mut out)?;
    let mut stale = vec![];
    let code = out.code.iter().map(|(path, text)| (path, format(text).map_err(|e| format!("{path}: {e}"))));
    let text = out.text.iter().map(|(path, text)| (path, Ok(text.clone())));
    for (path, text) in code.chain(text) {
        let text = text?;
        let file = root.join(path);
        if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        stale.push(path.clone());
        if !check {
            let dir = file.parent().unwrap_or(root);
            std::fs::create_dir_all(dir)
                .and_then(|()| std::fs::write(&file, text))
                .map_err(|e| format!("{path}: {e}"))?;
        }
    }
    match check && !stale.is_empty() {
        true => Err(format!("not fresh, run `cargo xtask codegen`: {}", stale.join(", "))),
        false => Ok(()),
    }
}

/// Every method of a driver trait that has a public function: its C name, and the method's.
pub fn methods(root: &Path) -> Result<Vec<(String, String)>, String> {
    let api = decl::read(&root.join("api"))?;
    let all = api.files.iter().flat_map(|f| f.calls.iter().map(move |c| (f, c)));
    let public = all.filter(|(f, c)| c.c.is_some() && api::is_method(f, c));
    Ok(public.map(|(_, c)| (c.name.clone(), c.snake())).collect())
}

fn format(text: &str) -> Result<String, String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=110,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("rustfmt: {e}"))?;
    let mut input = child.stdin.take().ok_or("rustfmt has no input")?;
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    writer.join().map_err(|_| "writer")?.map_err(|e| e.to_string())?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|e| e.to_string()),
        false => Err("rustfmt refused the generated text".into()),
    }
}

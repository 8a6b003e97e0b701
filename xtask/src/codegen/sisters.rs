//! crates/libvirt-sisters: the functions of `libvirt-qemu.so.0`, `-lxc` and `-admin`, each of which calls
//! its other half in `libvirt.so.0`; their version scripts, and the private node of that library.

use super::Output;
use super::library::{Symbol, script, symbols};
use super::rust::HEAD;
use crate::headers::{self, Entry, Item, SISTERS};
use std::fmt::Write as _;
use std::path::Path;

const CRATE: &str = "crates/libvirt-sisters";

/// Writes the forwarders and the scripts.
pub fn emit(root: &Path, out: &mut Output) -> Result<(), String> {
    let all = headers::all(root)?;
    for sister in SISTERS {
        let symbols = list(root, sister)?;
        let entries: Vec<&Entry> = all.iter().filter(|e| headers::sister(&e.file) == Some(sister)).collect();
        let source = format!("api/c-symbols-{sister}.list");
        out.text(&format!("{CRATE}/libvirt-{sister}.map"), script(&source, &symbols));
        let mut other = String::new();
        let mut own = String::new();
        for (_, name, _) in &symbols {
            let (declared, forwarder) = forwarder(&entries, name)?;
            other.push_str(&declared);
            own.push_str(&forwarder);
        }
        let text = format!(
            "{HEAD}//! `libvirt-{sister}.so.0`.\n\n#[allow(clippy::wildcard_imports)]\nuse super::*;\n\nunsafe extern \"C\" {{\n{other}}}\n\n{own}"
        );
        out.file(&format!("{CRATE}/src/{sister}.rs"), text);
    }
    Ok(())
}

/// The last node of `libvirt.so.0`: what its sisters call.
pub fn private_node(root: &Path) -> Result<String, String> {
    let mut text = String::from("LIBVIRT_PRIVATE_11.3.0 {\nglobal:\n");
    for sister in SISTERS {
        for (_, name, _) in list(root, sister)? {
            let _ = writeln!(text, "    ferrovirt_{name};");
        }
    }
    text.push_str("};\n");
    Ok(text)
}

fn list(root: &Path, sister: &str) -> Result<Vec<Symbol>, String> {
    symbols(&root.join(format!("api/c-symbols-{sister}.list")))
}

/// The declaration of a function's other half, and the function.
fn forwarder(entries: &[&Entry], name: &str) -> Result<(String, String), String> {
    let item = entries.iter().find(|entry| entry.name == name).map(|entry| &entry.item);
    let Some(Item::Function { ret, params }) = item else {
        return Err(format!("{name} is declared in no header"));
    };
    let list: Vec<String> =
        params.iter().enumerate().map(|(at, p)| format!("a{at}: {}", rust(&p.ty))).collect();
    let list = list.join(", ");
    let args: Vec<String> = (0..params.len()).map(|at| format!("a{at}")).collect();
    let (ret, args) = (rust(ret), args.join(", "));
    Ok((
        format!("    fn ferrovirt_{name}({list}) -> {ret};\n"),
        format!(
            "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}({list}) -> {ret} {{\n    // SAFETY: the same contract.\n    unsafe {{ ferrovirt_{name}({args}) }}\n}}\n\n"
        ),
    ))
}

/// How a value is passed on: what is no number is a pointer.
fn rust(ty: &str) -> &'static str {
    match ty {
        "int" => "c_int",
        "unsigned int" => "c_uint",
        "long long" => "c_longlong",
        "unsigned long long" => "c_ulonglong",
        _ => "*mut c_void",
    }
}

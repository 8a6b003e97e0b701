//! crates/libvirt: the C functions whose shape follows from the types, and the list of those that no
//! code serves yet.
//!
//! A wrapper checks and converts what it gets, calls the method and converts what it gives. What has
//! a shape of its own is written by hand in that crate.

use super::Output;
use super::api::is_method;
use super::decl::{Api, Call, Field, File, Type, Write as Writes, snake};
use super::rust::{HEAD, is_reference};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const CRATE: &str = "crates/libvirt/src";

/// Writes the wrappers, what is unserved, and the version script.
pub fn emit(root: &Path, api: &Api, out: &mut Output) -> Result<(), String> {
    let by_hand = by_hand(&root.join(CRATE))?;
    let mut served = by_hand.clone();
    let mut modules = String::new();
    for file in api.files.iter().filter(|f| f.driver.is_some()) {
        let mut body = String::new();
        for call in file.calls.iter().filter(|c| c.program == "remote" && !by_hand.contains(&c.name)) {
            if let Some(text) = wrapper(file, call) {
                body.push_str(&text);
                served.insert(call.name.clone());
            }
        }
        if !body.is_empty() {
            let head = "#[allow(clippy::wildcard_imports, unused_imports)]\nuse super::prelude::*;\n#[allow(unused_imports)]\nuse crate::typed;\n\n";
            let title = file.title.trim_end_matches('.');
            out.file(
                &format!("{CRATE}/generated/{}.rs", file.name),
                format!("{HEAD}//! {title}.\n\n{head}{body}"),
            );
            let _ = writeln!(modules, "mod {};", file.name);
        }
    }
    let symbols = symbols(&root.join("api/c-symbols.list"))?;
    let mut unserved = format!(
        "{HEAD}//! Functions that nothing here serves yet: each says so.\n\nuse super::prelude::*;\nuse std::ffi::c_void;\n\n"
    );
    let mut list =
        String::from("# Functions of the C library that answer \"not supported\" whatever the driver.\n");
    for (_, name, gives) in symbols.iter().filter(|(_, name, _)| !name.is_empty() && !served.contains(name)) {
        let ret = match gives.as_str() {
            "pointer" => " -> *mut c_void",
            "void" => "",
            "unsigned_int" => " -> c_uint",
            "unsigned_long" | "unsigned_long_long" => " -> c_ulong",
            _ => " -> c_int",
        };
        let _ = writeln!(
            unserved,
            "#[unsafe(no_mangle)]\npub extern \"C\" fn {name}(){ret} {{\n    entry(|| Err(Error::no_support(ErrorDomain::None, \"{name}\")))\n}}\n"
        );
        let _ = writeln!(list, "{name}");
    }
    out.text("api/c-unserved.list", list);
    modules.push_str("mod prelude;\n");
    if unserved.contains("fn vir") {
        out.file(&format!("{CRATE}/generated/unserved.rs"), unserved);
        modules.push_str("mod unserved;\n");
    }
    out.file(
        &format!("{CRATE}/generated/mod.rs"),
        format!("{HEAD}//! Functions whose shape follows from their declaration.\n\n{modules}"),
    );
    out.file(
        &format!("{CRATE}/generated/prelude.rs"),
        format!("{HEAD}//! What the wrappers name.\n\n{PRELUDE}"),
    );
    let nodes = script("api/c-symbols.list", &symbols) + &super::sisters::private_node(root)?;
    out.text("crates/libvirt/libvirt.map", nodes);
    Ok(())
}

/// Functions that give parameters which are texts only to those who ask for them.
const TAKE_TEXTS: [&str; 9] = [
    "virDomainGetMemoryParameters",
    "virDomainGetNumaParameters",
    "virDomainGetBlkioParameters",
    "virDomainGetSchedulerParametersFlags",
    "virDomainBlockStatsFlags",
    "virDomainGetInterfaceParameters",
    "virDomainGetBlockIoTune",
    "virNodeGetMemoryParameters",
    "virNodeGetSEVInfo",
];

const PRELUDE: &str = "pub use crate::boundary::entry;
pub use crate::convert::{At, IntoC as _};
pub use crate::handle::*;
pub use crate::typed::Parameter;
pub use std::ffi::{c_char, c_int, c_longlong, c_uint, c_ulong, c_ulonglong};
pub use vir_api::constants;
pub use vir_base::error::{Error, ErrorDomain};
";

/// The C functions that the crate's own files have, also those that their macros make.
fn by_hand(dir: &Path) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "generated" && name != "tests") {
            names.extend(by_hand(&path)?);
        }
        if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
            for line in code {
                // names in quotes are said in messages
                let outside = line.split('"').step_by(2);
                let words =
                    outside.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
                names.extend(words.filter(|w| w.starts_with("vir")).map(str::to_owned));
            }
        }
    }
    Ok(names)
}

/// Version node, name (or none) and what it gives.
pub type Symbol = (String, String, String);

/// A list of symbols, as `api/c-symbols.list` is one.
pub fn symbols(path: &Path) -> Result<Vec<Symbol>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let mut next = || words.next().unwrap_or_default();
            (next(), next(), next())
        })
        .collect())
}

/// The linker's version script.
pub fn script(source: &str, symbols: &[Symbol]) -> String {
    let mut nodes: Vec<&str> = symbols.iter().map(|(node, ..)| node.as_str()).collect();
    nodes.dedup();
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (node, name, _) in symbols.iter().filter(|(_, name, _)| !name.is_empty()) {
        members.entry(node).or_default().push(name);
    }
    let mut text = format!("# Generated by `cargo xtask codegen` from {source}.\n");
    let mut parent = String::new();
    for node in nodes {
        let _ = writeln!(text, "{node} {{");
        if let Some(names) = members.get(node) {
            let _ = writeln!(text, "global:");
            names.iter().for_each(|name| {
                let _ = writeln!(text, "    {name};");
            });
        }
        if parent.is_empty() {
            let _ = writeln!(text, "local:\n    *;");
        }
        let _ = writeln!(text, "}}{parent};");
        parent = format!(" {node}");
    }
    text
}

/// What is gathered while the parameters are walked through.
#[derive(Default)]
struct Wrapper {
    /// Lines that convert parameters.
    body: String,
    /// The method's arguments.
    args: Vec<String>,
    /// Where results go: the parameter's name, its C type, the name of its length.
    places: Vec<(String, String, String)>,
    handle: bool,
    stream: bool,
}

/// The wrapper's text; none if it has a shape of its own.
fn wrapper(file: &File, call: &Call) -> Option<String> {
    let (ret, params) = call.c.as_ref()?;
    if !is_method(file, call) || call.stream.is_some() || call.fds_out || call.fds_in {
        return None;
    }
    let mut fields: Vec<&Field> = call.driver_args().collect();
    fields.reverse();
    let mut w = Wrapper::default();
    let mut rest = params.iter().map(|(t, n)| (t.as_str(), safe(n))).peekable();
    let mut names: Vec<String> = vec![];
    while let Some((ty, name)) = rest.next() {
        let next = rest.peek().map_or("", |(t, _)| *t);
        names.push(format!("{name}: {}", rust(ty)?));
        let mut length = |names: &mut Vec<String>| -> Option<String> {
            let (ty, name) = rest.next()?;
            names.push(format!("{name}: {}", rust(ty)?));
            Some(name)
        };
        let had_handle = w.handle;
        parameter(file, &mut w, &mut fields, ty, &name, next, || length(&mut names))?;
        if w.handle && !had_handle && call.write == Writes::Always {
            w.body.push_str("        conn.writable(at)?;\n");
        }
        if name == "flags" && TAKE_TEXTS.contains(&call.name.as_str()) {
            w.body.push_str("        let flags = flags | conn.takes_texts();\n");
        }
    }
    if !fields.is_empty() || w.stream {
        return None;
    }
    for (check, pairs) in [("exclusive", &call.excludes), ("requires", &call.requires)] {
        for [one, other] in pairs {
            let _ = writeln!(
                w.body,
                "        at.{check}(flags, [(\"{one}\", constants::{one}), (\"{other}\", constants::{other})])?;"
            );
        }
    }
    let result = result(call, ret, &w)?;
    let gives = rust(ret)?;
    let driver = snake(file.driver.as_deref()?.trim_end_matches("Driver"));
    let driver = match driver.as_str() {
        "hypervisor" => "conn.parts.hypervisor".to_owned(),
        other => {
            format!("conn.parts.{other}.as_ref().ok_or_else(|| Error::no_support(at.domain, at.function))?")
        }
    };
    let comma = if w.args.is_empty() { "" } else { ", " };
    // a method that gives nothing is called for what it does
    let bind = if call.driver_rets().is_empty() { "" } else { "let ret = " };
    let mut text = format!(
        "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {}({}) -> {gives} {{\n",
        call.name,
        names.join(", ")
    );
    let _ = writeln!(
        text,
        "    let at = At {{ domain: ErrorDomain::{}, function: \"{}\" }};",
        file.errors, call.name
    );
    let _ = writeln!(
        text,
        "    // SAFETY: the program's pointers, as the function's contract has them.\n    entry(|| unsafe {{\n{}",
        w.body
    );
    let _ = writeln!(
        text,
        "        {bind}{driver}.{}(&conn.caller(at.function){comma}{})?;",
        call.snake(),
        w.args.join(", ")
    );
    if matches!(
        call.name.as_str(),
        "virDomainCreate" | "virDomainDestroy" | "virDomainDestroyFlags" | "virDomainCreateWithFlags"
    ) {
        let name = &params[0].1;
        let _ = writeln!(text, "        crate::objects::refresh_id({name});");
    }
    let _ = writeln!(text, "        {result}\n    }})\n}}\n");
    Some(text)
}

/// One parameter: the lines that convert it, the argument it becomes, or the place it is.
fn parameter(
    file: &File,
    w: &mut Wrapper,
    fields: &mut Vec<&Field>,
    ty: &str,
    name: &str,
    next: &str,
    mut length: impl FnMut() -> Option<String>,
) -> Option<()> {
    let body = &mut w.body;
    match ty {
        "virConnectPtr" => {
            let _ = writeln!(
                body,
                "        let conn = connect({name}, ErrorDomain::{}, at.function)?;",
                file.errors
            );
            w.handle = true;
        }
        "virStreamPtr" => w.stream = true,
        "virTypedParameterPtr" if next == "int *" => {
            let count = length()?;
            if fields.last().is_some_and(|f| f.name == "nparams") {
                fields.pop();
                w.args.push(format!("*at.place({count}, \"nparams\")?"));
            }
            w.places.push((name.into(), ty.into(), count));
        }
        "virTypedParameterPtr" if next == "int" || next == "unsigned int" => {
            let field = fields.pop()?;
            let Type::List(..) = &field.ty else { return None };
            let count = length()?;
            let _ = writeln!(body, "        let {name} = typed::read(at, {name}, {count}.into())?;");
            w.args.push(format!("&{name}"));
        }
        "virTypedParameterPtr *" if next == "int *" => {
            let count = length()?;
            w.places.push((name.into(), ty.into(), count));
        }
        handle if object(handle).is_some() => {
            let part = match &fields.pop()?.ty {
                Type::Named(kind) if is_reference(kind) => "reference()",
                // devices are known by their names alone
                Type::Str(_) if handle == "virNodeDevicePtr" => "reference().name",
                _ => return None,
            };
            let _ = writeln!(body, "        let {name} = object({name}, at.function)?;");
            if !w.handle {
                let _ = writeln!(body, "        let conn = {name}.connection();");
                w.handle = true;
            }
            let by = if part.ends_with("name") { "&" } else { "" };
            w.args.push(format!("{by}{name}.{part}"));
        }
        "const char *" => {
            let how = match fields.pop()?.ty {
                Type::Str(_) => "text",
                Type::Option(_) => "text_or_null",
                _ => return None,
            };
            let _ = writeln!(body, "        let {name} = at.{how}({name}, \"{name}\")?;");
            w.args.push(name.into());
        }
        "const unsigned char *" if fields.last().is_some_and(|f| f.ty == Type::Uuid) => {
            fields.pop();
            let _ = writeln!(body, "        let {name} = at.uuid({name}, \"{name}\")?;");
            w.args.push(format!("&{name}"));
        }
        "unsigned char *" | "const unsigned char *" if matches!(fields.last()?.ty, Type::Bytes(_)) => {
            fields.pop();
            let read = if ty.starts_with("const") { "" } else { ".cast_const()" };
            let count = length()?;
            let _ =
                writeln!(body, "        let {name} = at.list({name}{read}, {count} as i64, \"{name}\")?;");
            w.args.push(name.into());
        }
        "const char **" if matches!(fields.last()?.ty, Type::List(..)) => {
            fields.pop();
            let count = length()?;
            let _ = writeln!(body, "        let {name} = at.texts({name}, {count}.into(), \"{name}\")?;");
            w.args.push(format!("&{name}"));
        }
        "int" | "unsigned int" | "long long" | "unsigned long long" | "unsigned long" | "long" => {
            fields.pop()?;
            w.args.push(name.into());
        }
        "char **const" | "char **" | "int *" if next == "int" => {
            let max = length()?;
            fields.pop()?;
            w.args.push(max.clone());
            w.places.push((name.into(), ty.into(), max));
        }
        "int *"
        | "unsigned int *"
        | "long long *"
        | "unsigned long long *"
        | "unsigned long *"
        | "long *"
        | "char ***" => {
            w.places.push((name.into(), ty.into(), String::new()));
        }
        list if list.ends_with("Ptr **") => w.places.push((name.into(), ty.into(), String::new())),
        _ => return None,
    }
    Some(())
}

/// The wrapper's last expression.
fn result(call: &Call, ret: &str, w: &Wrapper) -> Option<String> {
    let rets = call.driver_rets();
    match (&rets[..], &w.places[..], ret) {
        ([], [], "int") => Some("Ok(0)".into()),
        ([Field { ty: Type::Named(kind), .. }], [], "int") if is_reference(kind) => {
            Some("drop(ret);\n        Ok(0)".into())
        }
        ([one], [], "int") if one.ty == Type::I32 => Some("Ok(ret)".into()),
        ([one], [], "unsigned long" | "unsigned long long") if one.ty == Type::U64 => Some("Ok(ret)".into()),
        ([one], [], "char *") if matches!(one.ty, Type::Str(_) | Type::Option(_)) => {
            Some("Ok(ret.into_c())".into())
        }
        ([Field { ty: Type::Named(kind), .. }], [], _) if is_reference(kind) && object(ret).is_some() => {
            Some("Ok(Object::make(conn, ret))".into())
        }
        (rets, [(place, ty, count)], "int") => Some(match (ty.as_str(), rets) {
            ("virTypedParameterPtr", _) => format!("typed::fill(at, &ret, {place}, {count})"),
            ("virTypedParameterPtr *", [_]) => format!("typed::give(at, &ret, {place}, {count})"),
            ("char **const" | "char **", _) => format!("at.fill_names(&ret, {place}, {count})"),
            ("int *", _) if !count.is_empty() => format!("at.fill(&ret, {place}, {count})"),
            ("char ***", _) => format!("at.text_list(&ret, {place})"),
            (list, _) if list.ends_with("Ptr **") && call.is_listing() => {
                format!("at.objects(conn, ret, {place})")
            }
            (scalar, [one]) if number(scalar) == Some(&one.ty) => {
                format!("*at.place({place}, \"{place}\")? = ret;\n        Ok(0)")
            }
            _ => return None,
        }),
        (rets, places, "int") if rets.len() == places.len() && !call.counts_params() => {
            let mut text = String::new();
            for (field, (place, ty, _)) in rets.iter().zip(places) {
                if number(ty) != Some(&field.ty) {
                    return None;
                }
                // some of them may be left out
                let _ = write!(
                    text,
                    "if let Some(place) = {place}.as_mut() {{ *place = ret.{}; }}\n        ",
                    field.name
                );
            }
            Some(text + "Ok(0)")
        }
        _ => None,
    }
}

/// What a pointer to a number points to.
fn number(ty: &str) -> Option<&'static Type> {
    Some(match ty {
        "int *" => &Type::I32,
        "unsigned int *" => &Type::U32,
        "long long *" => &Type::I64,
        "unsigned long long *" | "unsigned long *" => &Type::U64,
        _ => return None,
    })
}

/// `Domain` for `virDomainPtr`.
fn object(ty: &str) -> Option<&str> {
    let name = ty.strip_prefix("vir")?.strip_suffix("Ptr")?;
    let known = [
        "Domain",
        "Network",
        "NetworkPort",
        "NWFilter",
        "NWFilterBinding",
        "Interface",
        "StoragePool",
        "StorageVol",
        "NodeDevice",
        "Secret",
        "DomainSnapshot",
        "DomainCheckpoint",
    ];
    known.contains(&name).then_some(name)
}

/// A parameter's name that is no word of Rust's.
fn safe(name: &str) -> String {
    match name {
        "type" => "kind".into(),
        "ref" | "fn" | "in" => format!("{name}_"),
        name => name.into(),
    }
}

fn rust(ty: &str) -> Option<String> {
    Some(match ty {
        "int" => "c_int".into(),
        "unsigned int" => "c_uint".into(),
        "long long" => "c_longlong".into(),
        "unsigned long long" => "c_ulonglong".into(),
        "unsigned long" => "c_ulong".into(),
        "long" => "c_long".into(),
        "size_t" => "usize".into(),
        "const char *" => "*const c_char".into(),
        "char *" => "*mut c_char".into(),
        "const unsigned char *" => "*const u8".into(),
        "unsigned char *" => "*mut u8".into(),
        "int *" => "*mut c_int".into(),
        "unsigned int *" => "*mut c_uint".into(),
        "long long *" => "*mut c_longlong".into(),
        "unsigned long long *" => "*mut c_ulonglong".into(),
        "unsigned long *" => "*mut c_ulong".into(),
        "char **const" | "char **" => "*mut *mut c_char".into(),
        "const char **" => "*const *const c_char".into(),
        "char ***" => "*mut *mut *mut c_char".into(),
        "virConnectPtr" => "*mut Connect".into(),
        "virStreamPtr" => "*mut c_void".into(),
        "virTypedParameterPtr" => "*mut Parameter".into(),
        "virTypedParameterPtr *" => "*mut *mut Parameter".into(),
        list if list.ends_with("Ptr **") => {
            format!("*mut *mut *mut {}", object(list.trim_end_matches(" **"))?)
        }
        other => format!("*mut {}", object(other)?),
    })
}

//! The C program that calls every function: written from the headers and `tests/conformance/arguments.list`.

use crate::headers::{Entry, Item, Variable};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How a function is called.
#[derive(Clone, Copy, PartialEq)]
enum Variant {
    /// With what it wants.
    Good,
    /// The same on a connection for reading only.
    Reading,
    /// With NULL and 0.
    Null,
    /// With a handle of another kind.
    Class,
    /// With a flag that nothing has.
    Flags,
}

impl Variant {
    fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Reading => "reading",
            Self::Null => "null",
            Self::Class => "class",
            Self::Flags => "flags",
        }
    }
}

/// Kinds of handles, and what gives one.
const HANDLES: [(&str, &str); 17] = [
    ("virConnectPtr", "a_connection()"),
    ("virDomainPtr", "a_domain()"),
    ("virDomainSnapshotPtr", "a_snapshot()"),
    ("virDomainCheckpointPtr", "a_checkpoint()"),
    ("virNetworkPtr", "a_network()"),
    ("virNetworkPortPtr", "a_port()"),
    ("virStoragePoolPtr", "a_pool()"),
    ("virStorageVolPtr", "a_volume()"),
    ("virInterfacePtr", "an_interface()"),
    ("virNodeDevicePtr", "a_device()"),
    ("virSecretPtr", "a_secret()"),
    ("virNWFilterPtr", "a_filter()"),
    ("virNWFilterBindingPtr", "a_binding()"),
    ("virStreamPtr", "a_stream()"),
    ("virAdmConnectPtr", "an_administration()"),
    ("virAdmServerPtr", "a_server()"),
    ("virAdmClientPtr", "a_client()"),
];

/// Functions that end what the others need.
const LAST: &str = "virAdmConnectDaemonShutdown";

/// The functions that the headers declare.
pub(crate) fn functions(entries: &[Entry]) -> Vec<&Entry> {
    let mut found: Vec<&Entry> = entries.iter().filter(|e| matches!(e.item, Item::Function { .. })).collect();
    found.sort_by_key(|entry| (entry.name == LAST, entry.name.clone()));
    found
}

/// The program's text.
///
/// # Errors
/// A row of the list is for no parameter.
pub(crate) fn program(entries: &[Entry], list: &str) -> Result<String, String> {
    let arguments = arguments(list)?;
    let mut used: Vec<&(String, String)> = vec![];
    let callbacks: Vec<&str> = entries
        .iter()
        .filter(|entry| matches!(entry.item, Item::Callback { .. }))
        .map(|entry| entry.name.as_str())
        .collect();
    let mut text = String::from(
        "/* Generated from the headers by `cargo xtask abi-report`. */\n#include \"harness.h\"\n#include <stddef.h>\n\n",
    );
    let mut table = String::new();
    for entry in functions(entries) {
        let Item::Function { ret, params } = &entry.item else { continue };
        let mut variants = vec![Variant::Good];
        let handle = params.iter().any(|p| HANDLES.iter().any(|(ty, _)| *ty == p.ty));
        if handle {
            variants.extend([Variant::Reading, Variant::Class]);
        }
        if params.iter().any(|p| p.name == "flags") {
            variants.push(Variant::Flags);
        }
        if !params.is_empty() {
            variants.push(Variant::Null);
        }
        for variant in variants {
            let name = format!("{}_{}", entry.name, variant.name());
            let _ = writeln!(text, "static void {name}(const char *function, const char *variant)\n{{");
            body(&mut text, &entry.name, ret, params, variant, &arguments, &callbacks);
            text.push_str("}\n\n");
            let _ = writeln!(table, "    {{\"{}\", \"{}\", {name}}},", entry.name, variant.name());
        }
        used.extend(params.iter().filter_map(|p| {
            let key = (entry.name.clone(), p.name.clone());
            arguments.get_key_value(&key).map(|(key, _)| key)
        }));
    }
    if let Some(((function, param), _)) =
        arguments.iter().find(|(key, _)| key.0 != "*" && !used.contains(key))
    {
        return Err(format!("arguments.list: {function} has no parameter {param}"));
    }
    let _ = writeln!(text, "const struct call calls[] = {{\n{table}    {{NULL, NULL, NULL}}\n}};");
    Ok(text)
}

type Arguments = BTreeMap<(String, String), String>;

fn arguments(list: &str) -> Result<Arguments, String> {
    let mut found = BTreeMap::new();
    for row in list.lines().filter(|row| !row.starts_with('#') && !row.is_empty()) {
        let mut words = row.splitn(3, ' ');
        let (Some(function), Some(param), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err(format!("arguments.list: '{row}' is no function, parameter and expression"));
        };
        found.insert((function.to_owned(), param.to_owned()), value.to_owned());
    }
    Ok(found)
}

fn body(
    text: &mut String,
    function: &str,
    ret: &str,
    params: &[Variable],
    variant: Variant,
    arguments: &Arguments,
    callbacks: &[&str],
) {
    let mut puts = String::new();
    let mut names = vec![];
    let mut class = variant == Variant::Class;
    let mut reset = false;
    for (at, param) in params.iter().enumerate() {
        let own = arguments.get(&(function.to_owned(), param.name.clone()));
        let value = if variant == Variant::Null {
            if number(&param.ty) { "0".to_owned() } else { "NULL".to_owned() }
        } else if variant == Variant::Flags && param.name == "flags" {
            "0x80000000u".to_owned()
        } else if class && HANDLES.iter().any(|(ty, _)| *ty == param.ty) {
            class = false;
            format!("({}) something_else(\"{}\")", param.ty, param.ty)
        } else if let Some(own) = own {
            own.clone()
        } else if let Some((_, give)) = HANDLES.iter().find(|(ty, _)| *ty == param.ty) {
            (*give).to_owned()
        } else {
            let next = params.get(at + 1).map_or("", |next| next.ty.as_str());
            let (value, put) = plain(param, next, at, arguments, callbacks);
            puts.push_str(&put);
            value
        };
        if let Some(ty) = param.ty.strip_suffix(']') {
            let element = ty.split(" [").next().unwrap_or(ty);
            let _ = writeln!(text, "    {element} *a{at} = ({element} *) {value};");
        } else {
            let _ = writeln!(text, "    {} a{at} = ({}) {value};", param.ty, param.ty);
        }
        names.push(format!("a{at}"));
        reset = true;
    }
    if reset {
        // what preparing said is not this call's
        text.push_str("    virResetLastError();\n");
    }
    let call = format!("{function}({})", names.join(", "));
    let (before, after) = match ret {
        "void" => (String::new(), "gave_number(function, variant, 0)".to_owned()),
        "char *" | "const char *" => {
            (format!("{ret}given = "), "gave_text(function, variant, given)".to_owned())
        }
        ty if number(ty) => {
            (format!("{ret} given = "), "gave_number(function, variant, (long long) given)".to_owned())
        }
        _ => (format!("{ret} given = "), "gave_pointer(function, variant, given)".to_owned()),
    };
    let _ = writeln!(text, "    {before}{call};\n{puts}    {after};");
}

/// The value of a parameter whose type says it, and what is shown of it afterwards.
fn plain(
    param: &Variable,
    next: &str,
    at: usize,
    arguments: &Arguments,
    callbacks: &[&str],
) -> (String, String) {
    let ty = param.ty.as_str();
    let room = format!("room({at})");
    let show = |value: String| format!("    put_number(\"{}\", (long long) {value});\n", param.name);
    let common = || arguments.get(&("*".to_owned(), param.name.clone())).cloned();
    match ty {
        "int *"
        | "unsigned int *"
        | "long *"
        | "unsigned long *"
        | "long long *"
        | "unsigned long long *" => {
            let kind = ty.trim_end_matches(" *");
            // lengths say how much room there is
            let start = if param.name.starts_with('n') {
                format!("(*({ty}) {room} = 16, ({ty}) {room})")
            } else {
                room.clone()
            };
            (start, show(format!("*({kind} *) {room}")))
        }
        "char **" => (room.clone(), format!("    put_text(\"{}\", *(char **) {room});\n", param.name)),
        "const char *" | "const unsigned char *" => {
            (common().unwrap_or_else(|| "\"x\"".to_owned()), String::new())
        }
        "void *" if param.name == "opaque" || param.name == "cbdata" || param.name == "userData" => {
            ("NULL".to_owned(), String::new())
        }
        _ if callbacks.contains(&ty) => {
            let value = if ty == "virFreeCallback" { "NULL" } else { "nothing" };
            (value.to_owned(), String::new())
        }
        _ if number(ty) => (common().unwrap_or_else(|| "1".to_owned()), String::new()),
        // what a call reads
        "virTypedParameterPtr" if matches!(next, "int" | "unsigned int") => {
            ("a_parameter(\"x\", VIR_TYPED_PARAM_INT)".to_owned(), String::new())
        }
        "virConnectAuthPtr" => ("virConnectAuthPtrDefault".to_owned(), String::new()),
        _ => (room, String::new()),
    }
}

fn number(ty: &str) -> bool {
    matches!(
        ty,
        "int"
            | "unsigned int"
            | "long"
            | "unsigned long"
            | "long long"
            | "unsigned long long"
            | "size_t"
            | "double"
            | "unsigned char"
            | "virTypedParameterType"
    )
}

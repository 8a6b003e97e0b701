//! vir-proto: the structures that only the wire knows, the coding of all, and the procedure tables.

use super::decl::{Api, Call, Field, File, Type, camel};
use super::rust::{HEAD, structure};
use super::{Output, api as api_stage};
use std::fmt::Write as _;

/// One file per object, the coding of vir-api's structures, the tables, the probe.
pub fn emit(api: &Api, out: &mut Output) {
    let dir = "crates/vir-proto/src/generated";
    let mut modules = String::new();
    for file in &api.files {
        let bare = |call: &Call| call.args.is_empty() && call.rets.is_empty();
        if file.types.is_empty() && file.calls.iter().chain(&file.events).all(bare) {
            continue;
        }
        out.file(&format!("{dir}/{}.rs", file.name), object(file));
        let _ = writeln!(modules, "mod {0};\npub use {0}::*;", file.name);
    }
    out.file(&format!("{dir}/procedures.rs"), procedures(api));
    out.file(&format!("{dir}/probe.rs"), probe(api));
    out.file(&format!("{dir}/sample.rs"), sample(api));
    let head = format!(
        "{HEAD}//! Structures of all programs. `probe` is for tests: any procedure by its number.\n\n"
    );
    out.file(&format!("{dir}/mod.rs"), format!("{head}{modules}\npub mod probe;\npub mod procedures;\n#[cfg(feature = \"sample\")]\npub mod sample;\n"));
}

fn object(file: &File) -> String {
    let mut text = format!("{HEAD}//! {}\n\n", file.title);
    text.push_str("#![allow(missing_docs)] // fields are named as in the protocol's description\n\n");
    text.push_str("use crate::xdr::{Decoder, Encoder, Xdr, XdrError};\n#[allow(unused_imports)]\nuse vir_api::types::*;\n");
    text.push_str("#[allow(unused_imports)]\nuse vir_base::{TypedParam, Uuid, refs::*};\n\n");
    for ty in &file.types {
        let name = camel(&ty.name);
        if !api_stage::owns_type(file) {
            structure(&mut text, &format!("`{}` of the protocol.", ty.name), &name, &ty.fields);
        }
        coding(&mut text, &name, &ty.fields);
    }
    for call in file.calls.iter().chain(&file.events) {
        let what = if call.rets.is_empty() && call.args.is_empty() { continue } else { &call.name };
        if !call.args.is_empty() {
            let name = args_name(file, call);
            structure(&mut text, &format!("What `{what}` carries."), &name, &call.args);
            coding(&mut text, &name, &call.args);
        }
        if !call.rets.is_empty() {
            let name = format!("{}Ret", call.camel());
            if !api_stage::owns_result(file, call) {
                structure(&mut text, &format!("What `{what}` answers."), &name, &call.rets);
            }
            coding(&mut text, &name, &call.rets);
        }
    }
    text
}

/// `DomainCreateXmlArgs`, or `DomainEventLifecycleMsg` for events.
pub fn args_name(file: &File, call: &Call) -> String {
    let is_event = file.events.iter().any(|e| std::ptr::eq(e, call));
    let suffix = if is_event { "Event" } else { "Args" };
    format!("{}{suffix}", call.camel())
}

fn coding(text: &mut String, name: &str, fields: &[Field]) {
    let _ = writeln!(text, "impl Xdr for {name} {{\n    fn encode(&self, e: &mut Encoder) {{");
    for field in fields {
        let _ = writeln!(text, "        {};", encode(&field.ty, &field.name));
    }
    let _ = writeln!(
        text,
        "    }}\n\n    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {{\n        Ok(Self {{"
    );
    for field in fields {
        let _ = writeln!(text, "            {}: {}?,", field.name, decode(&field.ty));
    }
    text.push_str("        })\n    }\n}\n\n");
}

fn encode(ty: &Type, name: &str) -> String {
    match ty {
        Type::Bytes(max) => format!("e.opaque(&self.{name}, {max})"),
        Type::Chars(max) => format!("e.chars(&self.{name}, {max})"),
        Type::CharArray(len) => format!("e.char_array(&self.{name}, {len})"),
        Type::Str(Some(max)) => format!("e.string(&self.{name}, {max})"),
        Type::List(_, max) => format!("e.list(&self.{name}, {max})"),
        _ => format!("self.{name}.encode(e)"),
    }
}

fn decode(ty: &Type) -> String {
    match ty {
        Type::Bytes(max) => format!("d.opaque({max})"),
        Type::Chars(max) => format!("d.chars({max})"),
        Type::CharArray(len) => format!("d.char_array({len})"),
        Type::Str(Some(max)) => format!("d.string({max})"),
        Type::List(_, max) => format!("d.list({max})"),
        _ => "Xdr::decode(d)".into(),
    }
}

fn procedures(api: &Api) -> String {
    let mut text = format!("{HEAD}//! Numbers of programs and procedures.\n\n");
    for (name, program) in &api.programs {
        let _ = writeln!(text, "/// The program `{name}`.\npub mod {name} {{");
        let _ = writeln!(text, "    /// Its number.\n    pub const PROGRAM: u32 = {:#010x};", program.number);
        let _ = writeln!(text, "    /// Its version.\n    pub const VERSION: u32 = {};", program.version);
        for (_, call) in calls_of(api, name) {
            let _ = writeln!(text, "    /// `{}`.", call.name);
            let _ = writeln!(text, "    pub const {}: i32 = {};", call.snake().to_uppercase(), call.number);
        }
        text.push_str("}\n\n");
    }
    text
}

/// Calls and events of a program by number.
pub fn calls_of<'a>(api: &'a Api, program: &str) -> Vec<(&'a File, &'a Call)> {
    let mut calls: Vec<_> = api
        .files
        .iter()
        .flat_map(|f| f.calls.iter().chain(&f.events).map(move |c| (f, c)))
        .filter(|(_, c)| c.program == program)
        .collect();
    calls.sort_by_key(|(_, c)| c.number);
    calls
}

fn probe(api: &Api) -> String {
    let mut text = format!(
        "{HEAD}//! Decodes and encodes again what any procedure carries: for property tests and fuzzing.\n\n"
    );
    text.push_str("use super::*;\nuse crate::xdr::{XdrError, again};\nuse vir_api::types::*;\n\n");
    for (function, doc, want_args) in [
        ("args", "The arguments of a procedure; `None` if there is no such procedure.", true),
        ("rets", "The results of a procedure; `None` if there is no such procedure.", false),
    ] {
        let _ = writeln!(text, "/// {doc}");
        let _ = writeln!(
            text,
            "pub fn {function}(program: u32, procedure: i32, bytes: &[u8]) -> Option<Result<Vec<u8>, XdrError>> {{\n    Some(match (program, procedure) {{"
        );
        for (name, program) in &api.programs {
            for (file, call) in calls_of(api, name) {
                let ty = match want_args {
                    true if call.args.is_empty() => "()".to_owned(),
                    true => args_name(file, call),
                    false if call.rets.is_empty() => "()".to_owned(),
                    false => format!("{}Ret", call.camel()),
                };
                let _ = writeln!(
                    text,
                    "        ({:#010x}, {}) => again::<{ty}>(bytes),",
                    program.number, call.number
                );
            }
        }
        text.push_str("        _ => return None,\n    })\n}\n\n");
    }
    text.push_str("/// Every procedure: program, number, name.\npub const ALL: &[(u32, i32, &str)] = &[\n");
    for (name, program) in &api.programs {
        for (_, call) in calls_of(api, name) {
            let _ = writeln!(text, "    ({:#010x}, {}, \"{}\"),", program.number, call.number, call.name);
        }
    }
    text.push_str("];\n");
    text
}

/// Random values of every structure, and the encoded arguments and results of any procedure.
fn sample(api: &Api) -> String {
    let mut text = format!(
        "{HEAD}//! Random values of everything that travels: for tests and the seeds of fuzzing.\n\n"
    );
    text.push_str("use super::*;\nuse crate::sample::{Sample, Sampler};\nuse crate::xdr::to_bytes;\nuse vir_api::types::*;\n\n");
    for file in &api.files {
        for ty in &file.types {
            sampling(&mut text, &camel(&ty.name), &ty.fields);
        }
        for call in file.calls.iter().chain(&file.events) {
            if !call.args.is_empty() {
                sampling(&mut text, &args_name(file, call), &call.args);
            }
            if !call.rets.is_empty() {
                sampling(&mut text, &format!("{}Ret", call.camel()), &call.rets);
            }
        }
    }
    for (function, doc, want_args) in [
        ("args", "Encoded arguments of a procedure; `None` if there is no such procedure.", true),
        ("rets", "Encoded results of a procedure; `None` if there is no such procedure.", false),
    ] {
        let _ = writeln!(
            text,
            "/// {doc}\npub fn {function}(program: u32, procedure: i32, s: &mut Sampler) -> Option<Vec<u8>> {{\n    match (program, procedure) {{"
        );
        for (name, program) in &api.programs {
            for (file, call) in calls_of(api, name) {
                let ty = match want_args {
                    true if call.args.is_empty() => "()".to_owned(),
                    true => args_name(file, call),
                    false if call.rets.is_empty() => "()".to_owned(),
                    false => format!("{}Ret", call.camel()),
                };
                let _ = writeln!(
                    text,
                    "        ({:#010x}, {}) => to_bytes(&{ty}::sample(s)).ok(),",
                    program.number, call.number
                );
            }
        }
        text.push_str("        _ => None,\n    }\n}\n\n");
    }
    text.replace("&()::sample", "&<()>::sample")
}

fn sampling(text: &mut String, name: &str, fields: &[Field]) {
    let _ = writeln!(
        text,
        "impl Sample for {name} {{\n    fn sample(s: &mut Sampler) -> Self {{\n        Self {{"
    );
    for field in fields {
        let value = match &field.ty {
            Type::Bytes(max) | Type::Chars(max) => format!("s.bytes({max})"),
            Type::CharArray(len) => format!("s.text({len} - 1)"),
            Type::Str(Some(max)) => format!("s.text({max})"),
            Type::List(_, max) => format!("s.list({max})"),
            _ => "Sample::sample(s)".into(),
        };
        let _ = writeln!(text, "            {}: {value},", field.name);
    }
    text.push_str("        }\n    }\n}\n\n");
}

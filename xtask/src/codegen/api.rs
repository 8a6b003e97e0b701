//! vir-api: driver traits, the structures their methods give, constants.

use super::Output;
use super::decl::{Api, Call, File, Type, Write, camel};
use super::rust::{HEAD, borrowed, owned, result, structure};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Structures of this object are vir-api's; those of other objects exist only on the wire.
pub fn owns_type(file: &File) -> bool {
    file.driver.is_some() && file.name != "event"
}

/// The result structure of this call is one that a driver's method gives.
pub fn owns_result(file: &File, call: &Call) -> bool {
    owns_type(file) && call.rets.len() > 1 && !call.is_listing() && !call.counts_params()
        || call.name == "virDomainGetSecurityLabel"
}

/// Calls that are methods of a driver trait.
pub fn is_method(file: &File, call: &Call) -> bool {
    file.driver.is_some() && !call.server_by_hand
}

pub fn emit(api: &Api, out: &mut Output) {
    let dir = "crates/vir-api/src/generated";
    out.file(&format!("{dir}/types.rs"), types(api));
    out.file(&format!("{dir}/constants.rs"), constants(api));
    out.file(&format!("{dir}/op.rs"), ops(api));
    let drivers: BTreeSet<_> = api.files.iter().filter_map(|f| f.driver.clone()).collect();
    out.file(&format!("{dir}/read_only.rs"), read_only(api, &drivers));
    let mut modules = String::new();
    for driver in &drivers {
        let module = super::decl::snake(driver.trim_end_matches("Driver"));
        out.file(&format!("{dir}/{module}.rs"), driver_trait(api, driver));
        let _ = writeln!(modules, "mod {module};\npub use {module}::*;");
    }
    out.file(
        &format!("{dir}/mod.rs"),
        format!("{HEAD}//! Traits, structures and constants from the declarations.\n\n{modules}\npub mod constants;\nmod op;\nmod read_only;\npub mod types;\npub use op::Op;\npub use read_only::ReadOnly;\n"),
    );
}

fn types(api: &Api) -> String {
    let mut text = format!("{HEAD}//! Structures that drivers give and take.\n\n");
    text.push_str("#![allow(missing_docs)] // fields are named as in the API\n\nuse vir_base::{TypedParam, refs::*};\n\n");
    for file in &api.files {
        for ty in file.types.iter().filter(|_| owns_type(file)) {
            structure(&mut text, &format!("`{}` of the API.", ty.name), &camel(&ty.name), &ty.fields);
        }
        for call in file.calls.iter().filter(|c| owns_result(file, c)) {
            let name = format!("{}Ret", call.camel());
            structure(&mut text, &format!("What `{}` gives.", call.name), &name, &call.rets);
        }
    }
    text
}

fn constants(api: &Api) -> String {
    let mut text = format!(
        "{HEAD}//! Constants under their names in the C headers; flags are `u32`, numbers `i32`.\n\n"
    );
    text.push_str("#![allow(missing_docs, clippy::unnecessary_cast)] // documented in the C headers; aliases of other kinds\n\n");
    for group in &api.constants {
        if !group.names {
            let _ = writeln!(text, "// {}", group.name);
        }
        let ty = if group.names {
            "&str"
        } else if group.flags {
            "u32"
        } else {
            "i32"
        };
        for (name, value) in &group.values {
            let literal = group.names || value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            let cast = if literal { String::new() } else { format!(" as {ty}") };
            let _ = writeln!(text, "pub const {name}: {ty} = {value}{cast};");
        }
        text.push('\n');
    }
    text
}

fn ops(api: &Api) -> String {
    let mut text = format!("{HEAD}//! One value for each method of the driver traits.\n\n");
    text.push_str("/// Names a method of a driver trait, so that a driver can say something about it.\n");
    text.push_str("#[allow(missing_docs)]\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n#[repr(u16)]\npub enum Op {\n");
    for (_, call) in
        api.files.iter().flat_map(|f| f.calls.iter().map(move |c| (f, c))).filter(|(f, c)| is_method(f, c))
    {
        let _ = writeln!(text, "    {},", call.camel());
    }
    text.push_str("}\n");
    text
}

fn driver_trait(api: &Api, driver: &str) -> String {
    let mut text = format!("{HEAD}//! The trait `{driver}`.\n\n");
    text.push_str("#[allow(unused_imports)]\nuse super::types::*;\n#[allow(unused_imports)]\nuse crate::{Caller, stream::StreamBody};\n");
    text.push_str("#[allow(unused_imports)]\nuse std::os::fd::OwnedFd;\n#[allow(unused_imports)]\nuse vir_base::{Error, ErrorDomain, Result, TypedParam, Uuid, refs::*};\n\n");
    let _ = writeln!(text, "/// What such a driver does. A method that a driver does not have says so.");
    let _ = writeln!(
        text,
        "#[allow(unused_variables, clippy::too_many_arguments)]\npub trait {driver}: Send + Sync {{"
    );
    for file in api.files.iter().filter(|f| f.driver.as_deref() == Some(driver)) {
        for call in file.calls.iter().filter(|c| is_method(file, c)) {
            method(&mut text, file, call);
        }
    }
    text.push_str("}\n");
    text
}

fn method(text: &mut String, file: &File, call: &Call) {
    let _ = writeln!(text, "    /// `{}`.", call.name);
    if let Write::Always = call.write {
        let _ = writeln!(text, "    /// Not for read-only connections.");
    }
    let _ = writeln!(text, "    {} {{", signature(call));
    let _ = writeln!(
        text,
        "        Err(Error::no_support(ErrorDomain::{}, \"{}\"))\n    }}\n",
        file.errors, call.name
    );
}

/// A driver for reading only: calls that change something are refused before they reach it.
fn read_only(api: &Api, drivers: &BTreeSet<String>) -> String {
    let mut text = format!("{HEAD}//! Drivers for reading only.\n\n");
    text.push_str("use super::types::*;\nuse crate::constants::*;\nuse crate::*;\nuse crate::stream::StreamBody;\nuse std::os::fd::OwnedFd;\nuse std::sync::Arc;\n");
    text.push_str("use vir_base::{Error, ErrorCode, ErrorDomain, Result, TypedParam, Uuid, refs::*};\n\n");
    text.push_str("/// A driver for reading only, in the process of its user: what changes something is refused.\npub struct ReadOnly<D: ?Sized>(pub Arc<D>);\n\n");
    text.push_str("fn refused<T>(domain: ErrorDomain, words: &str) -> Result<T> {\n    Err(Error::new(domain, ErrorCode::OperationDenied, words))\n}\n\n");
    for driver in drivers {
        let _ = writeln!(
            text,
            "#[allow(unused_variables, clippy::too_many_arguments)]\nimpl {driver} for ReadOnly<dyn {driver}> {{"
        );
        for file in api.files.iter().filter(|f| f.driver.as_deref() == Some(driver)) {
            for call in file.calls.iter().filter(|c| is_method(file, c)) {
                read_only_method(&mut text, api, file, call);
            }
        }
        text.push_str("}\n\n");
    }
    text
}

fn read_only_method(text: &mut String, api: &Api, file: &File, call: &Call) {
    let _ = writeln!(text, "    {} {{", signature(call));
    let refusal = |words: Option<&String>| {
        let words = words.cloned().unwrap_or_else(|| format!("read only access prevents {}", call.name));
        format!("refused(ErrorDomain::{}, \"{words}\")", file.errors)
    };
    match &call.write {
        Write::Always => {
            let _ = writeln!(text, "        {}\n    }}\n", refusal(None));
            return;
        }
        Write::If { field, constant, words } => {
            let condition = match field == "flags" || super::server::is_flag(&api.constants, constant) {
                true => format!("{field} & {constant} != 0"),
                false => format!("{field} == {constant} as u32"),
            };
            let _ = writeln!(
                text,
                "        if {condition} {{\n            return {};\n        }}",
                refusal(words.as_ref())
            );
        }
        Write::Never => {}
    }
    let mut args = String::from("caller");
    for field in call.driver_args() {
        let _ = write!(args, ", {}", field.name);
    }
    if call.fds_in {
        args.push_str(", files");
    }
    let _ = writeln!(text, "        self.0.{}({args})\n    }}\n", call.snake());
}

/// `fn domain_create_xml(&self, caller: &Caller, …) -> Result<DomainRef>`.
pub fn signature(call: &Call) -> String {
    let mut args = String::from("&self, caller: &Caller");
    for field in call.driver_args() {
        let ty = match &field.ty {
            Type::Array(..) => format!("&{}", owned(&field.ty)),
            ty => borrowed(ty),
        };
        let _ = write!(args, ", {}: {ty}", field.name);
    }
    if call.fds_in {
        args.push_str(", files: Vec<OwnedFd>");
    }
    format!("fn {}({args}) -> Result<{}>", call.snake(), result(call))
}

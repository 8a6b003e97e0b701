//! vir-remote: the driver traits over the wire.

use super::Output;
use super::api::{is_method, signature};
use super::decl::{Api, Call, File, snake};
use super::proto::args_name;
use super::rust::{HEAD, own, owned};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub fn emit(api: &Api, out: &mut Output) {
    let dir = "crates/vir-remote/src/generated";
    let drivers: BTreeSet<_> = api.files.iter().filter_map(|f| f.driver.clone()).collect();
    let mut modules = String::new();
    for driver in &drivers {
        let module = snake(driver.trim_end_matches("Driver"));
        out.file(&format!("{dir}/{module}.rs"), implementation(api, driver));
        let _ = writeln!(modules, "mod {module};");
    }
    out.file(&format!("{dir}/mod.rs"), format!("{HEAD}//! The driver traits over the wire.\n\n{modules}"));
}

fn implementation(api: &Api, driver: &str) -> String {
    let mut text = format!("{HEAD}//! `{driver}` over the wire.\n\n");
    text.push_str("use crate::RemoteDriver;\nuse std::os::fd::OwnedFd;\nuse vir_api::stream::StreamBody;\nuse vir_api::types::*;\nuse vir_api::*;\n");
    text.push_str("use vir_base::{Result, TypedParam, Uuid, refs::*};\nuse vir_proto::procedures;\nuse vir_proto::wire::*;\n\n");
    text = text
        .replace("use std::os::fd", "#[allow(unused_imports)]\nuse std::os::fd")
        .replace("use vir_api::stream", "#[allow(unused_imports)]\nuse vir_api::stream")
        .replace("use vir_api::types", "#[allow(unused_imports)]\nuse vir_api::types")
        .replace("use vir_base", "#[allow(unused_imports)]\nuse vir_base")
        .replace("use vir_proto::wire", "#[allow(unused_imports)]\nuse vir_proto::wire");
    let _ = writeln!(text, "#[allow(clippy::too_many_arguments)]\nimpl {driver} for RemoteDriver {{");
    for file in api.files.iter().filter(|f| f.driver.as_deref() == Some(driver)) {
        for call in file.calls.iter().filter(|c| is_method(file, c)) {
            method(&mut text, file, call);
        }
    }
    text.push_str("}\n");
    text
}

fn method(text: &mut String, file: &File, call: &Call) {
    let head = signature(call).replace("caller: &Caller", "_caller: &Caller");
    let _ = writeln!(text, "    {head} {{");
    let number = format!("procedures::{}::{}", call.program, call.snake().to_uppercase());
    let args = match call.args.is_empty() {
        true => "()".to_owned(),
        false => {
            let mut args = format!("{} {{ ", args_name(file, call));
            for field in &call.args {
                let value = match field.name.as_str() {
                    "need_results" if call.is_listing() => "1".to_owned(),
                    "nparams" if call.counts_params() => "count".to_owned(),
                    name => own(&field.ty, name),
                };
                let _ = match value == field.name {
                    true => write!(args, "{value}, "),
                    false => write!(args, "{}: {value}, ", field.name),
                };
            }
            args + "}"
        }
    };
    let program = format!("procedures::{}::PROGRAM", call.program);
    let files = if call.fds_in { "files" } else { "Vec::new()" };
    let ret = if call.rets.is_empty() { "()".to_owned() } else { format!("{}Ret", call.camel()) };
    let value = match &call.driver_rets()[..] {
        [] => "ret",
        _ if call.name == "virDomainGetSecurityLabel" => "ret",
        [one] => &format!("ret.{}", one.name),
        _ => "ret",
    };
    if call.counts_params() {
        // the first call asks how many there are
        let first = args.replace("nparams: count", "nparams: 0");
        let (asked, told) = (ty_of(&call.args), ty_of(&call.rets));
        let cast = if asked == told { String::new() } else { format!(" as {asked}") };
        let _ = writeln!(text, "        let ret: {ret} = self.call({program}, {number}, &{first})?;");
        if call.args.iter().any(|f| f.name == "ncpus") {
            // no parameters come with the number of the host's processors
            let count =
                "        if ncpus == 0 {\n            return Ok(crate::one_each(ret.nparams));\n        }";
            let _ = writeln!(text, "{count}");
        }
        let _ = writeln!(text, "        let count = ret.nparams{cast};");
        let _ = writeln!(
            text,
            "        let ret: {ret} = self.call({program}, {number}, &{args})?;\n        Ok({value})"
        );
    } else if call.stream.is_some() {
        let _ = writeln!(
            text,
            "        let (ret, body): ({ret}, _) = self.call_with_stream({program}, {number}, &{args})?;"
        );
        let _ = match call.rets.is_empty() {
            true => writeln!(text, "        let () = ret;\n        Ok(body)"),
            false => writeln!(text, "        Ok(({value}, body))"),
        };
    } else if call.fds_in || call.fds_out {
        let _ = writeln!(
            text,
            "        let (ret, _received): ({ret}, _) = self.call_with_files({program}, {number}, &{args}, {files})?;"
        );
        let _ = match (call.rets.is_empty(), call.fds_out) {
            (true, true) => writeln!(text, "        let () = ret;\n        Ok(_received)"),
            (false, true) => writeln!(text, "        Ok(({value}, _received))"),
            _ => writeln!(text, "        Ok({value})"),
        };
    } else if call.rets.is_empty() {
        let _ = writeln!(text, "        self.call({program}, {number}, &{args})");
    } else {
        let _ = writeln!(
            text,
            "        let ret: {ret} = self.call({program}, {number}, &{args})?;\n        Ok({value})"
        );
    }
    text.push_str("    }\n\n");
}

/// The type of `nparams`.
fn ty_of(fields: &[super::decl::Field]) -> String {
    fields.iter().find(|f| f.name == "nparams").map(|f| owned(&f.ty)).unwrap_or_default()
}

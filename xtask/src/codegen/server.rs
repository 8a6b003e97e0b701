//! vir-daemon: one entry for each procedure that the main daemon serves by a driver's method.

use super::Output;
use super::api::is_method;
use super::decl::{Api, Call, Constants, File, Stream, Type, Write, snake};
use super::proto::{args_name, calls_of};
use super::rust::{HEAD, lend};
use std::fmt::Write as _;

/// Programs whose procedures are methods of drivers.
const PROGRAMS: [&str; 3] = ["remote", "qemu", "lxc"];

pub fn emit(api: &Api, out: &mut Output) {
    let dir = "crates/vir-daemon/src/generated";
    let mut modules = String::new();
    for file in &api.files {
        let calls: Vec<_> = file.calls.iter().filter(|c| is_method(file, c)).collect();
        if calls.is_empty() {
            continue;
        }
        let _ = writeln!(modules, "mod {};", file.name);
        out.file(&format!("{dir}/{}.rs", file.name), handlers(api, file, &calls));
    }
    let mut tables = String::new();
    for program in PROGRAMS {
        let calls = calls_of(api, program);
        let size = calls.iter().map(|(_, c)| c.number).max().unwrap_or(0) + 1;
        let _ = writeln!(tables, "/// Entries of the program `{program}`, by procedure number.");
        let _ = writeln!(tables, "pub static {}: [Option<Entry>; {size}] = [", program.to_uppercase());
        for number in 0..size {
            match calls
                .iter()
                .find(|(f, c)| c.number == number && f.calls.iter().any(|x| std::ptr::eq(x, *c)))
            {
                Some((file, call)) => entry(&mut tables, file, call),
                None => tables.push_str("    None,\n"),
            }
        }
        tables.push_str("];\n\n");
    }
    let head = format!(
        "{HEAD}//! The tables of procedures.\n\nuse crate::dispatch::{{Entry, Run, by_hand}};\nuse vir_api::Op;\n\n"
    );
    out.file(&format!("{dir}/mod.rs"), format!("{head}{modules}\n{tables}"));
}

fn entry(text: &mut String, file: &File, call: &Call) {
    let run = match is_method(file, call) {
        true => format!("Run::Method(Op::{}, {}::{})", call.camel(), file.name, call.snake()),
        false => format!("Run::ByHand(by_hand::{})", call.snake()),
    };
    let _ = writeln!(text, "    Some(Entry::new(\"{}\", {}, {run})),", call.name, call.high);
}

/// One entry, for people to read.
pub fn handler_text(file: &File, call: &Call) -> String {
    let mut text = String::new();
    handler(&mut text, &Api::default(), file, call);
    super::format(&text).unwrap_or(text).replace("pub(super) ", "")
}

fn handlers(api: &Api, file: &File, calls: &[&Call]) -> String {
    let mut text = format!("{HEAD}//! {}\n\n", file.title);
    text.push_str("use crate::dispatch::{Request, Rule, When, object};\n#[allow(unused_imports)]\nuse vir_rpc::server::StreamDirection;\n#[allow(unused_imports)]\nuse vir_api::constants::*;\n");
    text.push_str("#[allow(unused_imports)]\nuse vir_api::types::*;\nuse vir_base::{ErrorDomain, Result};\nuse vir_proto::wire::*;\n\n");
    for call in calls {
        handler(&mut text, api, file, call);
    }
    text
}

fn handler(text: &mut String, api: &Api, file: &File, call: &Call) {
    let _ = writeln!(text, "pub(super) fn {}(q: &mut Request<'_>) -> Result<()> {{", call.snake());
    if !call.args.is_empty() {
        let _ = writeln!(text, "    let a: {} = q.args()?;", args_name(file, call));
    } else {
        let _ = writeln!(text, "    q.no_args()?;");
    }
    let domain = &file.errors;
    match &call.write {
        Write::Never => {}
        Write::Always => {
            let _ = writeln!(text, "    q.writable(ErrorDomain::{domain}, \"{}\")?;", call.name);
        }
        Write::If { field, constant, words } => {
            let cast = match (field.as_str(), is_flag(&api.constants, constant)) {
                ("flags", _) => format!("a.flags & {constant} != 0"),
                (field, true) => format!("a.{field} & {constant} != 0"),
                (field, false) => format!("a.{field} == {constant} as u32"),
            };
            let _ = match words {
                Some(words) => writeln!(
                    text,
                    "    if {cast} {{\n        q.writable_words(ErrorDomain::{domain}, \"{words}\")?;\n    }}"
                ),
                None => writeln!(
                    text,
                    "    if {cast} {{\n        q.writable(ErrorDomain::{domain}, \"{}\")?;\n    }}",
                    call.name
                ),
            };
        }
    }
    if !call.acl.is_empty() {
        let subject = match call.args.first() {
            Some(first) if subject_of(&first.ty).is_some() => {
                format!("object::{}(&a.{})", subject_of(&first.ty).unwrap_or_default(), first.name)
            }
            _ => "object::none()".into(),
        };
        let _ = writeln!(text, "    q.allow({subject}, {}, &[", flags_of(call));
        for rule in &call.acl {
            let _ = writeln!(text, "        {},", acl_rule(rule));
        }
        text.push_str("    ])?;\n");
    }
    let driver = snake(file.driver.as_deref().unwrap_or_default().trim_end_matches("Driver"));
    let mut args = String::from("q.caller()");
    for field in call.driver_args() {
        let _ = write!(args, ", {}", lend(&field.ty, &format!("a.{}", field.name)));
    }
    if call.fds_in {
        let _ = writeln!(text, "    let files = q.take_files();");
        args.push_str(", files");
    }
    let invoke = format!("q.{driver}(ErrorDomain::{domain}, \"{}\")?.{}({args})?", call.name, call.snake());
    let _ = writeln!(text, "    {}", answer(call, &invoke));
    text.push_str("}\n\n");
}

/// The statements that call the method and answer.
fn answer(call: &Call, invoke: &str) -> String {
    let ret = format!("{}Ret", call.camel());
    let (mut pattern, mut text) = (vec![], String::new());
    match &call.driver_rets()[..] {
        [] => {}
        // the one call whose parameters repeat for each processor
        [one] if call.counts_params() && call.args.iter().any(|arg| arg.name == "ncpus") => {
            pattern.push("list");
            let _ = write!(
                text,
                "let ({name}, nparams) = crate::dispatch::cpu_stats(list, a.nparams, a.ncpus);\nq.answer(&{ret} {{ {name}, nparams }})",
                name = one.name
            );
        }
        [one] if call.is_listing() || call.counts_params() => {
            pattern.push("mut list");
            let (shown, count) = match call.is_listing() {
                true => ("if a.need_results == 0 { 0 } else { list.len() }", call.rets[1].name.as_str()),
                false => ("usize::try_from(a.nparams).unwrap_or(0)", "nparams"),
            };
            let _ = write!(
                text,
                "let {count} = list.len() as _;\nlist.truncate({shown});\nq.answer(&{ret} {{ {}: list, {count} }})",
                one.name
            );
        }
        [one] if !is_whole(call) => {
            pattern.push("ret");
            let field = if one.name == "ret" { "ret".to_owned() } else { format!("{}: ret", one.name) };
            let _ = write!(text, "q.answer(&{ret} {{ {field} }})");
        }
        _ => {
            pattern.push("ret");
            text.push_str("q.answer(&ret)");
        }
    }
    if call.fds_out {
        pattern.push("files");
        text = format!("q.send_files(files);\n{text}");
    }
    if call.stream.is_some() {
        pattern.push("body");
        let way = if call.stream == Some(Stream::In) { "FromClient" } else { stream_way(call) };
        text = format!("q.open_stream(body, StreamDirection::{way})?;\n{text}");
    }
    if text.is_empty() || text.ends_with('\n') {
        text.push_str("Ok(())");
    }
    match &pattern[..] {
        [] if text == "Ok(())" => invoke.trim_end_matches('?').to_owned(),
        [] => format!("{invoke};\n{text}"),
        [one] => format!("let {one} = {invoke};\n{text}"),
        many => format!("let ({}) = {invoke};\n{text}", many.join(", ")),
    }
}

/// Consoles and channels go both ways.
fn stream_way(call: &Call) -> &'static str {
    match call.name.as_str() {
        "virDomainOpenConsole" | "virDomainOpenChannel" => "Both",
        _ => "ToClient",
    }
}

/// The driver gives the whole result structure although it has one field: a structure that also
/// occurs inside others.
fn is_whole(call: &Call) -> bool {
    call.name == "virDomainGetSecurityLabel"
}

fn subject_of(ty: &Type) -> Option<&str> {
    match ty {
        Type::Named(name) if super::rust::is_reference(name) => Some(name),
        _ => None,
    }
}

fn flags_of(call: &Call) -> &'static str {
    match call.args.iter().find(|f| f.name == "flags").map(|f| &f.ty) {
        Some(Type::U32) => "a.flags",
        _ => "0",
    }
}

/// `domain:save:!A|B` to a rule.
fn acl_rule(rule: &str) -> String {
    let mut parts = rule.splitn(3, ':');
    let (object, permission) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let when = match parts.next() {
        None => "When::Always".to_owned(),
        Some(rest) if rest.starts_with(':') => {
            let (field, value) = rest[1..].split_once(':').unwrap_or_default();
            format!("When::Is(a.{field} == {value} as u32)")
        }
        Some(rest) => match rest.strip_prefix('!') {
            Some(flags) => format!("When::Without({})", flags.replace('|', " | ")),
            None => format!("When::With({})", rest.replace('|', " | ")),
        },
    };
    format!("Rule {{ object: \"{object}\", permission: \"{permission}\", when: {when} }}")
}

pub fn is_flag(constants: &[Constants], name: &str) -> bool {
    constants.iter().any(|group| group.flags && group.values.iter().any(|(n, _)| n == name))
}

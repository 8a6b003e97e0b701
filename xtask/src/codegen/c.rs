//! The C library: the wrapper around each driver method, where its shape follows from the types.
//!
//! A wrapper checks and converts what it gets, calls the method and converts what it gives. Callbacks,
//! out-parameters of other kinds and functions without a driver's method are written by hand.

use super::api::is_method;
use super::decl::{Call, Field, File, Stream, Type, Write, snake};
use super::rust::is_reference;
use std::fmt::Write as _;

/// The wrapper's text, or why it is written by hand.
pub fn wrapper(file: &File, call: &Call) -> Result<String, String> {
    let Some((ret, params)) = &call.c else { return Err("there is no public function".into()) };
    if !is_method(file, call) {
        return Err("it is no driver's method".into());
    }
    let mut text = String::new();
    let mut args: Vec<String> = vec![];
    let mut fields: Vec<&Field> = call.driver_args().collect();
    fields.reverse();
    let mut rest = params.iter().peekable();
    let mut out = None;
    let mut body = String::new();
    let mut files = false;
    let mut stream = false;
    while let Some((ty, name)) = rest.next() {
        match (ty.as_str(), rest.peek().map(|(t, n)| (t.as_str(), n.as_str()))) {
            ("virConnectPtr", _) => {
                let _ = writeln!(body, "        let {name} = arg::connect({name})?;");
            }
            ("virTypedParameterPtr", Some(("int *", count))) => {
                rest.next();
                fields.retain(|f| f.name != "nparams");
                if args.iter().all(|a| a != "capacity") && call.args.iter().any(|f| f.name == "nparams") {
                    let _ = writeln!(body, "        let capacity = arg::capacity({count})?;");
                    args.push("capacity".into());
                }
                out = Some(format!("out::params(ret, {name}, {count})"));
            }
            ("virTypedParameterPtr", Some(("int", count) | ("unsigned int", count))) => {
                rest.next();
                fields.pop();
                let _ = writeln!(body, "        let {name} = arg::params({name}, {count})?;");
                args.push(format!("&{name}"));
            }
            ("unsigned int", Some(("int *", "files"))) if call.fds_in => {
                let (_, list) = rest.next().ok_or("no list of descriptors")?;
                let _ = writeln!(body, "        let {list} = arg::files({list}, {name})?;");
                files = true;
            }
            ("virStreamPtr", _) if call.stream.is_some() => {
                let _ = writeln!(body, "        let {name} = arg::stream({name})?;");
                stream = true;
            }
            (handle, _) if handle.starts_with("vir") && handle.ends_with("Ptr") => {
                let field = fields.pop().ok_or_else(|| format!("'{name}' is in no wire argument"))?;
                let Type::Named(kind) = &field.ty else {
                    return Err(format!("'{name}' has another shape on the wire"));
                };
                let _ = writeln!(body, "        let {name} = arg::{kind}({name})?;");
                if args.is_empty() && params.first().is_some_and(|(t, _)| t != "virConnectPtr") {
                    let _ = writeln!(body, "        let conn = {name}.connection();");
                }
                args.push(format!("{name}.reference()"));
            }
            ("const char *", _) => {
                let field = fields.pop().ok_or_else(|| format!("'{name}' is in no wire argument"))?;
                let how = match &field.ty {
                    Type::Str(_) => "text",
                    Type::Option(_) => "text_or_null",
                    _ => return Err(format!("'{name}' has another shape on the wire")),
                };
                let _ = writeln!(body, "        let {name} = arg::{how}({name}, \"{name}\")?;");
                args.push(name.clone());
            }
            ("int" | "unsigned int" | "long long" | "unsigned long long" | "unsigned long" | "long", _) => {
                fields.pop().ok_or_else(|| format!("'{name}' is in no wire argument"))?;
                args.push(if ty.contains("long") { format!("{name}.into()") } else { name.clone() });
            }
            _ => return Err(format!("'{ty} {name}' needs a shape of its own")),
        }
    }
    if !fields.is_empty() {
        return Err(format!("'{}' comes from no parameter", fields[0].name));
    }
    if files {
        args.push("files".into());
    }
    let result = returned(call, ret, out, stream)?;
    let list: Vec<String> = params.iter().map(|(ty, name)| format!("{name}: {}", rust(ty))).collect();
    let _ = writeln!(
        text,
        "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {}({}) -> {} {{",
        call.name,
        list.join(", "),
        rust(ret)
    );
    let _ = writeln!(text, "    entry(|| {{\n{}", body.trim_end());
    if call.write == Write::Always {
        let _ = writeln!(text, "        conn.writable(\"{}\")?;", call.name);
    }
    let driver = snake(file.driver.as_deref().unwrap_or_default().trim_end_matches("Driver"));
    let comma = if args.is_empty() { "" } else { ", " };
    let _ = writeln!(
        text,
        "        let ret = conn.{driver}()?.{}(conn.caller(\"{}\"){comma}{})?;",
        call.snake(),
        call.name,
        args.join(", ")
    );
    let _ = writeln!(text, "        {result}\n    }})\n}}");
    Ok(text)
}

/// The wrapper's last expression.
fn returned(call: &Call, ret: &str, out: Option<String>, stream: bool) -> Result<String, String> {
    if stream {
        let way = if call.stream == Some(Stream::In) { "sink" } else { "source" };
        return match &call.driver_rets()[..] {
            [] => Ok(format!("st.attach_{way}(ret)")),
            _ => Ok(format!(
                "let (ret, body) = ret;\n        st.attach_{way}(body)?;\n        Ok(out::text(ret))"
            )),
        };
    }
    if let Some(out) = out {
        return Ok(out);
    }
    match (&call.driver_rets()[..], ret) {
        ([], "int") => Ok("Ok(ret).map(|()| 0)".into()),
        ([one], "int") if one.ty == Type::I32 => Ok("Ok(ret)".into()),
        ([one], "char *") if matches!(one.ty, Type::Str(_) | Type::Option(_)) => {
            Ok("Ok(out::text(ret))".into())
        }
        ([Field { ty: Type::Named(kind), .. }], handle) if is_reference(kind) && handle.ends_with("Ptr") => {
            Ok(format!("Ok(out::{kind}(conn, ret))"))
        }
        _ => Err(format!("what it returns ('{ret}') needs a shape of its own")),
    }
}

fn rust(ty: &str) -> String {
    match ty {
        "int" => "c_int".into(),
        "unsigned int" => "c_uint".into(),
        "long long" => "c_longlong".into(),
        "unsigned long long" => "c_ulonglong".into(),
        "unsigned long" => "c_ulong".into(),
        "long" => "c_long".into(),
        "const char *" => "*const c_char".into(),
        "char *" => "*mut c_char".into(),
        "int *" => "*mut c_int".into(),
        other => other.to_owned(),
    }
}

//! `virt-xml-validate`: arguments, messages and exit codes as libvirt's script has them, and two options of our own.

use crate::validate::{SCHEMAS, faults};
use crate::{json, rng};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::ExitCode;
use vir_model::documents::{Document, named};
use vir_xml::Element;
use vir_xml::table::unknown;

/// What is wrong with the arguments, or text that is no XML.
const UNUSABLE: u8 = 1;
/// There is no such file.
const NO_FILE: u8 = 2;
/// The document is not as its schema says, or nobody knows which schema that is.
const INVALID: u8 = 3;
/// There is no such schema.
const NO_SCHEMA: u8 = 4;
/// The schema is a part of others and validates nothing by itself.
const NOT_WHOLE: u8 = 5;

/// Files among the schemas that hold parts of others.
const PARTS: [&str; 8] = [
    "basictypes",
    "cputypes",
    "domaincommon",
    "domainoverrides",
    "networkcommon",
    "nwfilter_params",
    "privatedata",
    "storagecommon",
];

/// What a root's name holds, and the schema that follows; the first that fits counts.
const ROOTS: [(&str, &str); 19] = [
    ("cpu", "cpu"),
    ("domainsnapshot", "domainsnapshot"),
    ("domaincheckpoint", "domaincheckpoint"),
    ("domainbackup", "domainbackup"),
    ("domainCap", "domaincaps"),
    ("domain", "domain"),
    ("networkport", "networkport"),
    ("network", "network"),
    ("storagepoolCap", "storagepoolcaps"),
    ("pool", "storagepool"),
    ("volume", "storagevol"),
    ("capabilities", "capability"),
    ("device", "nodedev"),
    ("filterbinding", "nwfilterbinding"),
    ("filter", "nwfilter"),
    ("secret", "secret"),
    ("interface", "interface"),
    ("domstatus", "domainstatus"),
    ("qemu-migration", "qemumigration"),
];

/// What a run says, and how it ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit code.
    pub code: u8,
}

impl Outcome {
    fn said(out: String) -> Self {
        Self { out, ..Self::default() }
    }

    fn failed(code: u8, err: impl Into<String>) -> Self {
        Self { err: err.into() + "\n", code, out: String::new() }
    }
}

/// The program.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<String> = arguments.map(|text| text.to_string_lossy().into_owned()).collect();
    let outcome = run(&arguments);
    // nobody is left to be told that nobody listens
    let _ = std::io::stdout().write_all(outcome.out.as_bytes());
    let _ = std::io::stderr().write_all(outcome.err.as_bytes());
    ExitCode::from(outcome.code)
}

/// A run with these arguments, the program's name first.
pub fn run(arguments: &[String]) -> Outcome {
    let program = arguments.first().map_or("virt-xml-validate", String::as_str);
    let mut rest = arguments.get(1..).unwrap_or_default();
    let mut strict = false;
    match rest.first().map(String::as_str) {
        Some("-h" | "--h" | "--he" | "--hel" | "--help") => return Outcome::said(help(program)),
        Some("-V" | "--v" | "--ve" | "--ver" | "--vers" | "--versi" | "--versio" | "--version") => {
            return Outcome::said(format!("{program} (libvirt) {}\n", env!("CARGO_PKG_VERSION")));
        }
        Some("--emit-schema") => return emit(program, &rest[1..]),
        Some("--strict") => {
            strict = true;
            rest = &rest[1..];
        }
        Some("--") => rest = &rest[1..],
        Some(option) if option.len() > 1 && option.starts_with('-') => {
            return Outcome::failed(UNUSABLE, format!("{program}: unrecognized option '{option}'"));
        }
        _ => {}
    }
    let file = rest.first().map_or("", String::as_str);
    let text = match read(program, file) {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let tree = vir_xml::parse(&text, None);
    let name = match rest.get(1).filter(|name| !name.is_empty()) {
        Some(name) => name.as_str(),
        None => match tree.as_ref().ok().and_then(|root| schema_of(&root.name)) {
            Some(name) => name,
            None => {
                return Outcome::failed(
                    INVALID,
                    format!("{program}: cannot determine schema type for {file}"),
                );
            }
        },
    };
    let schema = format!("{SCHEMAS}/{name}.rng");
    let document = match named(if name == "inactiveDomain" { "domain" } else { name }) {
        Some(document) => document,
        None if PARTS.contains(&name) => {
            return Outcome::failed(NOT_WHOLE, format!("Relax-NG schema {schema} failed to compile"));
        }
        None => return Outcome::failed(NO_SCHEMA, format!("{program}: schema {schema} does not exist")),
    };
    match tree {
        Ok(root) => validate(file, &text, &root, document, strict),
        Err(error) => Outcome::failed(UNUSABLE, no_xml(file, error.message())),
    }
}

fn help(program: &str) -> String {
    format!(
        "Usage:\n  {program} XML-FILE [SCHEMA-NAME]\n  {program} OPTION\n\n\
         Options:\n  -h | --help        Display program help\n  -V | --version     Display program version\n  \
         --strict XML-FILE [SCHEMA-NAME]\n                     Say where each unknown name is, and what it may mean\n  \
         --emit-schema rng|json [SCHEMA-NAME]\n                     Print the schema of one kind of document, or of all\n"
    )
}

fn read(program: &str, file: &str) -> Result<String, Outcome> {
    let mut bytes = vec![];
    let result = match file {
        "" => return Err(Outcome::failed(UNUSABLE, format!("syntax: {program} XMLFILE [TYPE]"))),
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        _ if !Path::new(file).is_file() => {
            return Err(Outcome::failed(NO_FILE, format!("{program}: document {file} does not exist")));
        }
        _ => std::fs::read(file).map(|content| bytes = content),
    };
    if let Err(error) = result {
        return Err(Outcome::failed(UNUSABLE, format!("{program}: {file}: {error}")));
    }
    String::from_utf8(bytes).map_err(|_| {
        Outcome::failed(
            UNUSABLE,
            format!("{file}:1: parser error : Input is not proper UTF-8, indicate encoding !"),
        )
    })
}

/// The schema that a root's name asks for.
fn schema_of(root: &str) -> Option<&'static str> {
    ROOTS.iter().find(|(part, _)| root.contains(part)).map(|(_, name)| *name)
}

fn validate(file: &str, text: &str, root: &Element, document: &Document, strict: bool) -> Outcome {
    let mut err = String::new();
    if let (true, Some(table)) = (strict, (document.table)()) {
        for unknown in unknown(root, table) {
            let _ = writeln!(err, "warning: {file}: {unknown}");
        }
    }
    let faults = faults(root, text, document);
    for fault in &faults {
        let (line, element) = (fault.position.line, &fault.element);
        let _ = writeln!(err, "{file}:{line}: element {element}: Relax-NG validity error : {fault}");
        if let (true, Some(hint)) = (strict, &fault.hint) {
            let _ = writeln!(err, "note: {file}: {}: {hint}", fault.position);
        }
    }
    let (verdict, code) = if faults.is_empty() { ("validates", 0) } else { ("fails to validate", INVALID) };
    let _ = writeln!(err, "{file} {verdict}");
    Outcome { err, code, out: String::new() }
}

/// The reader's words as a validator that reads files says them.
fn no_xml(file: &str, message: &str) -> String {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let (line, what) =
        first.strip_prefix("at line ").and_then(|rest| rest.split_once(": ")).unwrap_or(("1", first));
    let mut said = format!("{file}:{line}: parser error : {what}");
    for (i, line) in lines.enumerate() {
        said.push('\n');
        match i {
            // an empty text has no lines to show
            0 if line == "(null)" => {}
            1 => said.push_str(&line.replace('-', " ")),
            _ => said.push_str(line),
        }
    }
    said
}

fn emit(program: &str, arguments: &[String]) -> Outcome {
    let one;
    let documents = match arguments.get(1) {
        None => vir_model::documents::DOCUMENTS,
        Some(name) => match named(name) {
            Some(document) => {
                one = [*document];
                &one[..]
            }
            None => {
                let schema = format!("{SCHEMAS}/{name}.rng");
                return Outcome::failed(NO_SCHEMA, format!("{program}: schema {schema} does not exist"));
            }
        },
    };
    match arguments.first().map(String::as_str) {
        Some("rng") => Outcome::said(rng::schema(documents)),
        Some("json") => Outcome::said(json::schema(documents)),
        _ => Outcome::failed(UNUSABLE, format!("syntax: {program} --emit-schema rng|json [SCHEMA-NAME]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_with(arguments: &[&str]) -> Outcome {
        let mut all = vec!["virt-xml-validate".to_owned()];
        all.extend(arguments.iter().map(|text| (*text).to_owned()));
        run(&all)
    }

    fn file(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    }

    #[test]
    fn arguments_end_as_the_scripts_do() {
        let ok = file("<secret><usage type='ceph'><name>a</name></usage></secret>");
        let ok = ok.path().to_str().unwrap();
        for (arguments, code, err) in [
            (&[][..], 1, "syntax: virt-xml-validate XMLFILE [TYPE]\n".to_owned()),
            (&["--bad"], 1, "virt-xml-validate: unrecognized option '--bad'\n".to_owned()),
            (&["/nowhere"], 2, "virt-xml-validate: document /nowhere does not exist\n".to_owned()),
            (&["/"], 2, "virt-xml-validate: document / does not exist\n".to_owned()),
            (&[ok], 0, format!("{ok} validates\n")),
            (&["--", ok, "secret"], 0, format!("{ok} validates\n")),
            (
                &[ok, "secrets"],
                4,
                "virt-xml-validate: schema /usr/share/libvirt/schemas/secrets.rng does not exist\n"
                    .to_owned(),
            ),
            (
                &[ok, "basictypes"],
                5,
                "Relax-NG schema /usr/share/libvirt/schemas/basictypes.rng failed to compile\n".to_owned(),
            ),
            (
                &[ok, "network"],
                3,
                format!(
                    "{ok}:1: element secret: Relax-NG validity error : Expecting element network, got secret\n\
                     {ok} fails to validate\n"
                ),
            ),
        ] {
            assert_eq!(run_with(arguments), Outcome { code, err, out: String::new() }, "{arguments:?}");
        }
        assert!(
            run_with(&["--help"]).out.starts_with("Usage:\n  virt-xml-validate XML-FILE [SCHEMA-NAME]\n")
        );
        assert_eq!(run_with(&["--vers"]).out, "virt-xml-validate (libvirt) 11.3.0\n");
    }

    #[test]
    fn text_that_is_no_xml_is_shown_where_it_breaks() {
        let bad = file("<secret>\n<a></b></secret>");
        let bad = bad.path().to_str().unwrap();
        let unknown = run_with(&[bad]);
        assert_eq!(
            (unknown.code, unknown.err),
            (3, format!("virt-xml-validate: cannot determine schema type for {bad}\n"))
        );
        let broken = run_with(&[bad, "secret"]);
        assert_eq!(broken.code, 1);
        assert!(
            broken.err.starts_with(&format!(
                "{bad}:2: parser error : Opening and ending tag mismatch: a line 2 and b\n<a></b></secret>\n"
            )),
            "{}",
            broken.err
        );
        assert!(broken.err.trim_end_matches('\n').ends_with(" ^"), "{}", broken.err);
    }

    #[test]
    fn strict_says_where_and_what_was_meant() {
        let wrong = file("<secret privat='yes'>\n <usage type='cehp'/>\n</secret>");
        let wrong = wrong.path().to_str().unwrap();
        let outcome = run_with(&["--strict", wrong]);
        assert_eq!(outcome.code, 3);
        for line in [
            format!(
                "warning: {wrong}: line 1, column 1: /secret/@privat is not known and is ignored: did you mean 'private'?\n"
            ),
            format!("note: {wrong}: line 2, column 2: did you mean 'ceph'?\n"),
            format!(
                "{wrong}:2: element usage: Relax-NG validity error : Invalid attribute type for element usage\n"
            ),
        ] {
            assert!(outcome.err.contains(&line), "{line} is not in {}", outcome.err);
        }
    }

    #[test]
    fn a_roots_name_says_the_schema() {
        for (root, schema) in [
            ("domainsnapshot", Some("domainsnapshot")),
            ("domainCapabilities", Some("domaincaps")),
            ("domain", Some("domain")),
            ("capabilities", Some("capability")),
            ("filter", Some("nwfilter")),
            ("html", None),
        ] {
            assert_eq!(schema_of(root), schema, "{root}");
        }
    }

    #[test]
    fn every_kind_of_document_is_found_by_its_root() {
        for document in vir_model::documents::DOCUMENTS {
            assert_eq!(schema_of(document.root), Some(document.name));
        }
    }
}

//! The C headers: they compile alone, in every C and in C++; they say what `api/*.api` says, and what libvirt's
//! own headers say where those are installed; every function is described.

mod declared;

use declared::{Function, constants, functions};
use ferrovirt_tests::paths::program;
use skip::skip;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The headers that programs include; the others come with them.
const ENTRIES: [&str; 5] = ["libvirt", "virterror", "libvirt-qemu", "libvirt-lxc", "libvirt-admin"];

/// Bytes of each structure that programs lay out, on machines with pointers of 64 bits.
const SIZES: [(&str, usize); 30] = [
    ("virBlkioParameter", 96),
    ("virConnectAuth", 32),
    ("virConnectCredential", 48),
    ("virDomainBlockInfo", 24),
    ("virDomainBlockJobInfo", 32),
    ("virDomainBlockStatsStruct", 40),
    ("virDomainControlInfo", 16),
    ("virDomainDiskError", 16),
    ("virDomainEventGraphicsAddress", 24),
    ("virDomainEventGraphicsSubject", 16),
    ("virDomainEventGraphicsSubjectIdentity", 16),
    ("virDomainFSInfo", 40),
    ("virDomainIOThreadInfo", 24),
    ("virDomainIPAddress", 24),
    ("virDomainInfo", 40),
    ("virDomainInterface", 32),
    ("virDomainInterfaceStatsStruct", 64),
    ("virDomainJobInfo", 96),
    ("virDomainMemoryStatStruct", 16),
    ("virDomainStatsRecord", 24),
    ("virError", 80),
    ("virNetworkDHCPLease", 72),
    ("virNodeCPUStats", 88),
    ("virNodeInfo", 64),
    ("virSecurityLabel", 4104),
    ("virSecurityModel", 514),
    ("virStoragePoolInfo", 32),
    ("virStorageVolInfo", 24),
    ("virTypedParameter", 96),
    ("virVcpuInfo", 24),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn header(name: &str) -> String {
    let path = root().join(format!("include/libvirt/{name}"));
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All headers by their names.
fn headers() -> Vec<(String, String)> {
    let found = fs::read_dir(root().join("include/libvirt")).expect("include/libvirt");
    let mut names: Vec<String> =
        found.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names.into_iter().map(|name| (header(&name), name)).map(|(text, name)| (name, text)).collect()
}

/// What includes all headers, sentinels too.
fn all() -> String {
    let includes = ENTRIES.map(|entry| format!("#include <libvirt/{entry}.h>\n")).concat();
    format!("#define VIR_ENUM_SENTINELS\n{includes}#include <stddef.h>\n#include <stdio.h>\n")
}

/// Runs a compiler over `text`, with our headers or with what the host has.
fn compile(compiler: &str, ours: bool, arguments: &[&str], text: &str) -> Output {
    let directory = tempfile::tempdir().expect("a directory");
    let source = directory.path().join("source");
    fs::write(&source, text).expect("the source is written");
    let mut command = Command::new(compiler);
    if ours {
        command.arg("-I").arg(root().join("include"));
    }
    command.args(arguments).arg(&source).output().expect("the compiler runs")
}

fn assert_compiles(compiler: &str, ours: bool, arguments: &[&str], text: &str) {
    let output = compile(compiler, ours, arguments, text);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

const C11: [&str; 6] = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-xc"];

#[test]
fn headers_stand_alone() {
    if program("cc").is_none() || program("c++").is_none() {
        skip!("needs C and C++ compilers");
    }
    let languages = [("cc", "c90"), ("cc", "c11"), ("c++", "c++17")];
    for (compiler, standard) in languages {
        let language = if compiler == "cc" { "-xc" } else { "-xc++" };
        let standard = format!("-std={standard}");
        let arguments = [language, &standard, "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
        for entry in ENTRIES {
            let text = format!("#include <libvirt/{entry}.h>\n");
            assert_compiles(compiler, true, &arguments, &text);
            assert_compiles(compiler, true, &arguments, &format!("#define VIR_ENUM_SENTINELS\n{text}"));
        }
    }
}

/// Other headers than those that programs include say which one to include.
#[test]
fn parts_are_not_included_directly() {
    if program("cc").is_none() {
        skip!("needs a C compiler");
    }
    let output = compile("cc", true, &C11, "#include <libvirt/libvirt-domain.h>\n");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("Include libvirt/libvirt.h"));
}

/// What the programs' side of the API says: constants, names, prototypes, sizes.
fn assertions() -> String {
    let mut text = String::new();
    for (name, value) in constants(&root().join("api/constants.api")) {
        let same = match value.starts_with('"') {
            true => format!("__builtin_strcmp({name}, {value}) == 0"),
            false => format!("(long long) {name} == (long long) {value}"),
        };
        let _ = writeln!(text, "_Static_assert({same}, \"{name}\");");
    }
    if cfg!(target_pointer_width = "64") {
        for (name, size) in SIZES {
            let _ = writeln!(text, "_Static_assert(sizeof({name}) == {size}, \"{name}\");");
        }
    }
    text
}

#[test]
fn headers_say_what_the_declarations_say() {
    if program("cc").is_none() {
        skip!("needs a C compiler");
    }
    let declared = functions(&root().join("api"));
    assert!(declared.len() > 350, "only {} functions", declared.len());
    let text: String = headers().into_iter().map(|(_, text)| text).collect();
    for Function { name, .. } in &declared {
        assert!(text.contains(&format!("{name}(")), "{name} is in no header");
    }
    let prototypes: String = declared.iter().map(|function| format!("{}\n", function.prototype)).collect();
    assert_compiles("cc", true, &C11, &format!("{}{prototypes}{}", all(), assertions()));
    // the test would see a difference
    let wrong = format!("{}long virDomainCreate(virDomainPtr domain);\n", all());
    assert!(!compile("cc", true, &C11, &wrong).status.success());
}

/// The prototypes in a header, each with the comment before it.
fn described(text: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let (mut comment, mut lines) = (String::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        if line.starts_with("/**") {
            comment = line.to_owned();
            while let Some(more) = lines.next_if(|_| !comment.ends_with("*/")) {
                comment = format!("{comment}\n{more}");
            }
        } else if line.contains('(')
            && line.starts_with(|c: char| c.is_ascii_lowercase())
            && !line.starts_with("typedef")
        {
            let mut prototype = line.to_owned();
            while let Some(more) = lines.next_if(|_| !prototype.ends_with(';')) {
                prototype = format!("{prototype} {}", more.trim());
            }
            found.push((prototype, std::mem::take(&mut comment)));
        }
    }
    found
}

#[test]
fn every_function_is_described() {
    let mut count = 0;
    for (name, text) in headers() {
        for (prototype, comment) in described(&text) {
            count += 1;
            assert!(comment.contains("\n * Since: "), "{name}: {prototype}: {comment}");
            let returns = !prototype.starts_with("void ");
            assert_eq!(comment.contains("\n * Returns: "), returns, "{name}: {prototype}: {comment}");
            let (head, parameters) = prototype.split_once('(').expect("a prototype");
            let function = head.rsplit([' ', '*']).next().unwrap_or_default();
            assert!(comment.contains(&format!(" * {function}:\n")), "{name}: {prototype}: {comment}");
            for parameter in parameters.trim_end_matches(");").split(", ").filter(|one| *one != "void") {
                let parameter = parameter.rsplit([' ', '*']).next().unwrap_or_default();
                assert!(
                    comment.contains(&format!("\n * @{parameter}: ")),
                    "{name}: {prototype}: @{parameter}"
                );
            }
        }
    }
    assert_eq!(count, 567);
}

/// A program that prints where each field of each structure lies.
fn layouts() -> String {
    let mut prints = String::new();
    for (_, text) in headers() {
        for body in text.split("\nstruct ").skip(1) {
            let (tag, body) = body.split_once(" {").expect("a structure");
            let body = body.split("\n};").next().unwrap_or_default();
            let _ = writeln!(prints, "printf(\"{tag} %zu\\n\", sizeof(struct {tag}));");
            for line in body.lines().filter(|line| line.ends_with(';') && !line.starts_with("        ")) {
                let field = line.trim_end_matches(';').rsplit([' ', '*']).next().unwrap_or_default();
                let field = field.split('[').next().unwrap_or_default();
                let _ =
                    writeln!(prints, "printf(\"{tag}.{field} %zu\\n\", offsetof(struct {tag}, {field}));");
            }
        }
    }
    format!("{}int main(void) {{\n{prints}return 0;\n}}\n", all())
}

fn layout(ours: bool) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let binary = directory.path().join("layout");
    let path = binary.to_str().expect("a path");
    assert_compiles("cc", ours, &["-xc", "-o", path], &layouts());
    let output = Command::new(&binary).output().expect("the program runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn headers_say_what_libvirts_own_say() {
    if program("cc").is_none() {
        skip!("needs a C compiler");
    }
    let probe =
        "#include <libvirt/libvirt-admin.h>\n_Static_assert(LIBVIR_VERSION_NUMBER == 11003000, \"\");\n";
    if !compile("cc", false, &C11, probe).status.success() {
        skip!("needs libvirt's own headers, of version 11.3.0");
    }
    let prototypes: String = headers()
        .iter()
        .flat_map(|(_, text)| described(text))
        .map(|(prototype, _)| format!("{prototype}\n"))
        .collect();
    assert_compiles("cc", false, &C11, &format!("{}{prototypes}{}", all(), assertions()));
    let ours = layout(true);
    assert!(ours.lines().count() > 100, "{ours}");
    assert_eq!(ours, layout(false));
}

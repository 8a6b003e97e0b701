//! `virt-xml-validate` beside libvirt's own, and the schemas that it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ferrovirt_tests::{paths, skip, stage};

fn validate(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

/// What a run says, without the program's own path.
fn said(program: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = validate(program, arguments);
    let plain =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(program.to_str().unwrap(), "virt-xml-validate");
    (output.status.code(), plain(&output.stdout), plain(&output.stderr))
}

#[test]
fn verdicts_messages_and_exit_codes_are_those_of_libvirts() {
    let theirs = match (paths::program("virt-xml-validate"), paths::program("xmllint")) {
        (Some(program), Some(_)) => program,
        _ => skip!("needs libvirt's virt-xml-validate and xmllint"),
    };
    let ours = stage::built().join("virt-xml-validate");
    let directory = tempfile::tempdir().unwrap();
    let guest = "<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os></domain>";
    let usage = "<secret ephemeral='no' private='yes'><usage type='ceph'><name>a</name></usage></secret>";
    let of = |name: &str, content: &str| {
        let path: PathBuf = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let guest_file = of("guest.xml", guest);
    let usage_file = of("usage.xml", usage);
    let other = of("other.xml", "<html/>");
    let nothing = of("nothing.xml", "");
    let unknown = of("unknown.xml", &guest.replace("</domain>", "\n<nmae/></domain>"));
    let attribute = of("attribute.xml", &guest.replace("type='qemu'", "type='qemu' kind='x'"));
    let value = of("value.xml", &usage.replace("'no'", "'noo'"));
    for arguments in [
        &[][..],
        &["--bad"],
        &["--vers"],
        &["/nowhere"],
        &["/"],
        &[&guest_file],
        &["--", &guest_file],
        &[&guest_file, "domain"],
        &[&guest_file, "secret"],
        &[&guest_file, "nonsense"],
        &[&usage_file],
        &[&other],
        &[&nothing],
        &[&nothing, "domain"],
        &[&unknown],
        &[&attribute],
        &[&value],
    ] {
        assert_eq!(said(&ours, arguments), said(&theirs, arguments), "{arguments:?}");
    }
}

#[test]
fn the_grammar_that_is_printed_holds_for_documents() {
    let Some(xmllint) = paths::program("xmllint") else {
        skip!("needs xmllint");
    };
    let directory = tempfile::tempdir().unwrap();
    let grammar = directory.path().join("all.rng");
    fs::write(
        &grammar,
        validate(&stage::built().join("virt-xml-validate"), &["--emit-schema", "rng"]).stdout,
    )
    .unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/vir-model/tests/documents");
    let mut documents = vec![];
    for kind in fs::read_dir(model).unwrap() {
        let kind = kind.unwrap();
        // what only daemons write, and what is a part of documents
        if kind.file_name() == "running" || kind.file_name() == "sources" {
            continue;
        }
        for file in fs::read_dir(kind.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "xml") {
                documents.push(path);
            }
        }
    }
    assert!(documents.len() > 10);
    let check = |files: &[PathBuf]| {
        Command::new(&xmllint).args(["--noout", "--relaxng"]).arg(&grammar).args(files).output().unwrap()
    };
    let output = check(&documents);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wrong = directory.path().join("wrong.xml");
    fs::write(&wrong, "<secret><usge type='none'/></secret>").unwrap();
    assert_eq!(check(&[wrong]).status.code(), Some(3));
}

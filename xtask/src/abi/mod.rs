//! `cargo xtask abi-report`: every public function called in many ways, on our library and on the C one.
//!
//! One program, compiled against our headers, runs on both: on the test driver in its own process, and
//! through our daemon. What differs is held against a list of explained differences, which may only
//! shrink.

mod compare;
mod generate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Outcome;
use crate::{headers, library, paths, process, programs};
use ferrovirt_tests::daemon::{Daemon, Kind, Mode};

/// Where the C library lies.
const PEER: &str = "/usr/lib/x86_64-linux-gnu/libvirt.so.0.11003.0";

/// What a run gave: function and variant to the rest of the line.
pub(crate) type Lines = BTreeMap<(String, String), String>;

/// `cargo xtask abi-report [--write]`
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    programs::debug()?;
    let directory = paths::target().join("abi");
    std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let program = compile(&directory)?;
    let own = paths::target().join("debug/lib");
    let with_peer = Path::new(PEER).exists();
    if !with_peer {
        println!("abi-report: no C library of 11.3.0 is installed, so that ours is run alone");
    }
    let mut report = compare::Report::default();
    for route in ["process", "daemon"] {
        let ours = run(&program, route, Some(&own))?;
        let theirs = if with_peer { Some(run(&program, route, None)?) } else { None };
        report.add(route, ours, theirs);
    }
    let root = paths::workspace();
    let names: Vec<String> =
        generate::functions(&headers::all(&root)?).iter().map(|entry| entry.name.clone()).collect();
    let text = report.text(&names);
    let place = directory.join("report.txt");
    std::fs::write(&place, &text).map_err(|error| format!("{}: {error}", place.display()))?;
    println!("{}", report.summary(&names));
    println!("all of it is in {}", place.display());
    if !with_peer {
        return Ok(());
    }
    let list = root.join("tests/conformance/explained.list");
    if arguments.iter().any(|argument| argument == "--write") {
        return report.shrink(&list);
    }
    report.hold_against(&list)
}

/// Compiles the program against our headers and libraries.
fn compile(directory: &Path) -> Result<PathBuf, String> {
    let root = paths::workspace();
    let sources = root.join("tests/conformance");
    let list = sources.join("arguments.list");
    let list = std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let text = generate::program(&headers::all(&root)?, &list)?;
    let calls = directory.join("calls.c");
    std::fs::write(&calls, text).map_err(|error| format!("{}: {error}", calls.display()))?;
    let program = directory.join("conformance");
    let cc = paths::program("cc").ok_or("needs a C compiler (cc)")?;
    let mut compile = Command::new(cc);
    compile.args(["-std=gnu11", "-w", "-O0"]).arg("-I").arg(root.join("include")).arg("-I").arg(&sources);
    compile.arg(sources.join("harness.c")).arg(&calls).arg("-o").arg(&program);
    compile.arg("-L").arg(paths::target().join("debug/lib"));
    compile.args(library::NAMES.map(|name| format!("-l{}", name.trim_start_matches("lib"))));
    process::run(&mut compile)?;
    Ok(program)
}

/// Runs the program with the library in `directory`, or with the system's.
fn run(program: &Path, route: &str, directory: Option<&Path>) -> Result<Lines, String> {
    let daemon = match route {
        "daemon" => Some(Daemon::start(&Kind::Ours(paths::target().join("debug")), Mode::System)?),
        _ => None,
    };
    let mut command = Command::new(program);
    match &daemon {
        Some(daemon) => {
            let admin = daemon.socket().with_file_name("libvirt-admin-sock");
            command.arg(daemon.uri_of("test", "default"));
            command.arg(format!("libvirtd:///system?socket={}", admin.display()));
        }
        None => {
            command.args(["test:///default", ""]);
        }
    }
    if let Some(directory) = directory {
        command.env("LD_LIBRARY_PATH", directory);
    } else {
        command.env_remove("LD_LIBRARY_PATH");
    }
    command.env_remove("LIBVIRT_DEFAULT_URI").env("LC_ALL", "C").stdin(std::process::Stdio::null());
    let said = command.output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&said.stdout);
    let place =
        program.with_file_name(format!("{route}-{}.txt", if directory.is_some() { "ours" } else { "c" }));
    std::fs::write(&place, text.as_bytes()).map_err(|error| format!("{}: {error}", place.display()))?;
    Ok(compare::lines(&text))
}

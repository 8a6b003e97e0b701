//! The project's chores: `cargo xtask help` lists them. One module each; this file is their table.

mod abi;
mod arrows;
mod bench_api;
mod codegen;
mod coverage;
mod fuzz;
mod guest;
mod headers;
mod install;
mod library;
mod manual;
mod outcome;
mod paths;
mod process;
mod programs;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

use outcome::Outcome;

/// One chore: `cargo xtask NAME ARGUMENTS`.
struct Chore {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

const CHORES: &[Chore] = &[
    Chore {
        name: "codegen",
        arguments: "[--check]",
        about: "write the generated code, or say whether it is fresh",
        run: |arguments| codegen::run(&paths::workspace(), arguments),
    },
    Chore {
        name: "arrows",
        arguments: "",
        about: "say which crate knows one that it must not",
        run: |_| arrows::check(),
    },
    Chore {
        name: "coverage",
        arguments: "[--write]",
        about: "say which functions are served or called by no one and not listed as such",
        run: coverage::chore,
    },
    Chore {
        name: "setup",
        arguments: "[run|test|interop|bench|fuzz]...",
        about: "install what a chore needs, from the distribution's packages, saying what",
        run: setup::chore,
    },
    Chore {
        name: "guest",
        arguments: "",
        about: "make the small Linux guest, and say how it can be run on this host",
        run: guest::chore,
    },
    Chore {
        name: "run",
        arguments: "[--peer]",
        about: "show a Linux guest under a private daemon (--peer: the C one, to compare)",
        run: run::chore,
    },
    Chore {
        name: "build",
        arguments: "[--debug]",
        about: "build every program and library in target/release, under the names that libvirt's have",
        run: programs::chore,
    },
    Chore {
        name: "test",
        arguments: "[ARGUMENTS OF CARGO NEXTEST OR TEST]",
        about: "run all tests; those that cannot run here are listed by name",
        run: test::chore,
    },
    Chore {
        name: "fuzz-smoke",
        arguments: "[SECONDS] [TARGET]...",
        about: "fuzz every target for a while (60 seconds each)",
        run: fuzz::chore,
    },
    Chore {
        name: "interop",
        arguments: "",
        about: "run the tests with libvirt's own virsh, Python binding and virt-install",
        run: test::interop,
    },
    Chore {
        name: "abi-report",
        arguments: "[--write]",
        about: "call every public function, also on the C library where it is installed, and compare",
        run: abi::chore,
    },
    Chore {
        name: "install",
        arguments: "[--debug]",
        about: "put everything where distributions have it: DESTDIR, PREFIX, LIBDIR, SYSCONFDIR, LOCALSTATEDIR, UNITDIR",
        run: install::chore,
    },
    Chore {
        name: "corpus",
        arguments: "[--root DIR] [--area NAME] [--case NAME] [--json FILE]",
        about: "run cases of input and expected output",
        run: programs::corpus,
    },
    Chore {
        name: "bench-rpc",
        arguments: "[ROUNDS [SECONDS]]",
        about: "measure the daemon beside an echo server and, where it is installed, the C daemon",
        run: programs::bench_rpc,
    },
    Chore {
        name: "bench-api",
        arguments: "[ROUNDS]",
        about: "measure the C library and, where it is installed, libvirt's own",
        run: bench_api::chore,
    },
    Chore {
        name: "bench-xml",
        arguments: "[ROUNDS [SECONDS]]",
        about: "measure how fast domain documents are read and written, beside the C library",
        run: programs::bench_xml,
    },
    Chore {
        name: "asan",
        arguments: "[TEST]...",
        about: "run the C library's tests under AddressSanitizer",
        run: test::asan,
    },
    Chore {
        name: "models",
        arguments: "[TEST]...",
        about: "run every order of threads through the models of what they share",
        run: test::models,
    },
    Chore {
        name: "bench-lockd",
        arguments: "[ROUNDS [SECONDS]]",
        about: "measure the lock daemon and, where it is installed, the C one",
        run: programs::bench_lockd,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        help();
        return ExitCode::FAILURE;
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        help();
        return ExitCode::SUCCESS;
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        eprintln!("xtask: no chore is called {name}; cargo xtask help lists them");
        return ExitCode::FAILURE;
    };
    match (chore.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("cargo xtask CHORE:\n");
    for chore in CHORES {
        println!("  {} {}\n      {}", chore.name, chore.arguments, chore.about);
    }
}

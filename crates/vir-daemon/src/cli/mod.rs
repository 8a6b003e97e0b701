//! The command line of the daemons.

mod getopt;
mod usage;

pub use usage::usage;

use crate::spec::DaemonSpec;
use getopt::{Getopt, Opt, Word};
use std::path::PathBuf;
use vir_base::error::errno_text;

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How the program was called: its messages begin with it.
    pub program: String,
    /// `-v`: informational messages too.
    pub verbose: bool,
    /// `-d`: go to the background.
    pub background: bool,
    /// `-l`: take clients from the network.
    pub listen: bool,
    /// `-t`: end after so many idle seconds; 0 is never.
    pub timeout: u32,
    /// `-f`: the configuration file.
    pub config: Option<PathBuf>,
    /// `-p`: the pid file.
    pub pid_file: Option<PathBuf>,
    /// `--root`: a directory that stands for `/`: a private instance.
    pub root: Option<PathBuf>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Be a daemon.
    Run(Options),
    /// Print this and leave.
    Version(String),
    /// Say how the program is used, after `complaint` about how it was; leave with failure if there
    /// is one.
    Usage {
        /// How the program was called.
        program: String,
        /// What is wrong.
        complaint: Option<String>,
    },
    /// Print this to the standard error and leave with failure.
    Refuse(String),
    /// Log this as an error and leave with failure.
    Fail(String),
}

const OPTIONS: &[Opt] = &[
    Opt { long: "verbose", short: Some('v'), value: false },
    Opt { long: "daemon", short: Some('d'), value: false },
    Opt { long: "listen", short: Some('l'), value: false },
    Opt { long: "config", short: Some('f'), value: true },
    Opt { long: "timeout", short: Some('t'), value: true },
    Opt { long: "pid-file", short: Some('p'), value: true },
    Opt { long: "version", short: Some('V'), value: false },
    Opt { long: "help", short: Some('h'), value: false },
    Opt { long: "root", short: None, value: true },
];

/// Reads the command line; `argv` includes the program's name.
pub fn parse(spec: &DaemonSpec, argv: Vec<String>) -> Command {
    let mut argv = argv.into_iter();
    let program = argv.next().unwrap_or_else(|| spec.name.to_owned());
    let known = OPTIONS.iter().filter(|o| spec.network || o.long != "listen").collect();
    let mut options = Options { program: program.clone(), ..Options::default() };
    let mut surplus = false;
    for word in Getopt::new(known, argv.collect()) {
        let (name, value) = match word {
            Ok(Word::Option(name, value)) => (name, value),
            Ok(Word::Other) => {
                surplus = true;
                continue;
            }
            Err(complaint) => {
                let complaint = Some(format!("{program}: {complaint}"));
                return Command::Usage { program, complaint };
            }
        };
        match name {
            "verbose" => options.verbose = true,
            "daemon" => options.background = true,
            "listen" => options.listen = true,
            "config" => options.config = value.map(PathBuf::from),
            "pid-file" => options.pid_file = value.map(PathBuf::from),
            "root" => options.root = value.map(PathBuf::from),
            "version" => return Command::Version(version(&program)),
            "help" => return Command::Usage { program, complaint: None },
            _ => match value.as_deref().and_then(seconds) {
                Some(seconds) => options.timeout = seconds,
                None => return Command::Fail("Invalid value for timeout".to_owned()),
            },
        }
    }
    // the small daemons take no offence
    if surplus && !spec.one_thread {
        return Command::Refuse(format!("{program}: unexpected, non-option, command line arguments"));
    }
    Command::Run(options)
}

fn version(program: &str) -> String {
    format!("{program} (libvirt) {}", env!("CARGO_PKG_VERSION"))
}

/// What the parent of a daemon in the background says when that did not start.
pub fn parent_complaint(program: &str, stage: Option<crate::exit::Stage>) -> String {
    match stage {
        // the pipe ended, which is no error of the read
        None => {
            format!("{program}: error: unable to determine if daemon is running: {}", errno_text(0))
        }
        Some(stage) => format!(
            "{program}: error: {}. Check /var/log/messages or run without --daemon for more info.",
            stage.text()
        ),
    }
}

/// As `strtol` reads a whole number, so that 1000 times it fits an `int`.
fn seconds(text: &str) -> Option<u32> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let digits = text.strip_prefix('+').unwrap_or(text);
    // what follows the number is passed over, as the peer does it: "120s" is in people's service files
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value: u32 = digits[..end].parse().ok()?;
    (value <= i32::MAX as u32 / 1000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LIBVIRTD;

    fn command(words: &[&str]) -> Command {
        let argv = std::iter::once("libvirtd").chain(words.iter().copied()).map(str::to_owned).collect();
        parse(&LIBVIRTD, argv)
    }

    fn options(words: &[&str]) -> Options {
        match command(words) {
            Command::Run(options) => options,
            other => panic!("{words:?}: {other:?}"),
        }
    }

    fn complaint(words: &[&str]) -> String {
        match command(words) {
            Command::Usage { complaint: Some(text), .. } => text,
            other => panic!("{words:?}: {other:?}"),
        }
    }

    #[test]
    fn options_in_every_form() {
        let all = options(&["-vd", "--listen", "-f/c", "-t", "30", "--pid-file=/p", "--root", "/r"]);
        assert!(all.verbose && all.background && all.listen);
        assert_eq!(all.config, Some("/c".into()));
        assert_eq!(all.timeout, 30);
        assert_eq!(all.pid_file, Some("/p".into()));
        assert_eq!(all.root, Some("/r".into()));
        assert_eq!(options(&["--t=3", "--verb"]).timeout, 3);
        assert_eq!(options(&["-t", " 7"]).timeout, 7);
        assert_eq!(options(&["-t", "+120s"]).timeout, 120);
    }

    #[test]
    fn complaints_are_those_of_the_c_library() {
        assert_eq!(complaint(&["--foo"]), "libvirtd: unrecognized option '--foo'");
        assert_eq!(complaint(&["-vx"]), "libvirtd: invalid option -- 'x'");
        assert_eq!(complaint(&["-t"]), "libvirtd: option requires an argument -- 't'");
        assert_eq!(complaint(&["--timeout"]), "libvirtd: option '--timeout' requires an argument");
        assert_eq!(complaint(&["--verbose=3"]), "libvirtd: option '--verbose' doesn't allow an argument");
        assert_eq!(
            complaint(&["--ver"]),
            "libvirtd: option '--ver' is ambiguous; possibilities: '--verbose' '--version'"
        );
    }

    #[test]
    fn what_is_no_option_is_refused_unless_one_leaves_before() {
        let refused = "libvirtd: unexpected, non-option, command line arguments".to_owned();
        assert_eq!(command(&["x", "-v"]), Command::Refuse(refused.clone()));
        assert_eq!(command(&["--", "-V"]), Command::Refuse(refused));
        assert_eq!(command(&["x", "-V"]), Command::Version("libvirtd (libvirt) 11.3.0".into()));
        for bad in ["x", "-1", "+-3", "2147484", "99999999999999", ""] {
            assert_eq!(command(&["-t", bad]), Command::Fail("Invalid value for timeout".into()));
        }
    }
}

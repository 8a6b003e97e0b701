//! Command lines of the two small daemons, ours or the C ones, and what comes of them.

mod cases;

pub use cases::{CASES, Expected};

use crate::daemon::Kind;
use crate::lockd::{PATIENCE, until};
use crate::paths;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Which of a daemon's sockets it is given by whoever starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// None.
    Nothing,
    /// The one for everybody.
    Main,
    /// That, and the administration's.
    Both,
    /// Something that is no socket, as the one for everybody.
    NoSocket,
}

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The command line; `@` stands for the daemon's directory.
    pub arguments: &'static [&'static str],
    /// The configuration file's content.
    pub conf: &'static str,
    /// What is in the environment; `#` stands for the daemon's name.
    pub environment: &'static [(&'static str, &'static str)],
    /// Sockets that it is given.
    pub given: Given,
    /// A directory that stands where a file should be.
    pub in_the_way: &'static str,
}

/// The usual.
pub const PLAIN: Case =
    Case { arguments: &[], conf: "", environment: &[], given: Given::Nothing, in_the_way: "" };

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it served before it ended.
    pub served: bool,
    /// Its exit status.
    pub status: Option<i32>,
    /// What it said: the errors of its log, and all that is no log. Its directory is `@`, its name `#`.
    pub said: String,
}

/// One of the two.
#[derive(Clone, Debug)]
pub struct Small {
    /// `virtlockd` or `virtlogd`.
    pub name: &'static str,
    /// Whose.
    pub kind: Kind,
}

impl Small {
    /// Why it cannot be tried here.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        if self.kind != Kind::Peer {
            return None;
        }
        if !rustix::process::geteuid().is_root() {
            return Some("root".into());
        }
        paths::program(self.name).is_none().then(|| format!("the C {}", self.name))
    }

    fn program(&self) -> PathBuf {
        match &self.kind {
            Kind::Ours(directory) => directory.join(self.name),
            Kind::Peer => paths::program(self.name).unwrap_or_default(),
        }
    }

    /// Tries it. A daemon that serves is asked to end.
    ///
    /// # Panics
    /// If it can neither serve nor end, or cannot be tried.
    #[must_use]
    pub fn attempt(&self, case: &Case) -> Outcome {
        let root = self.prepare(case);
        let given = self.given(root.path(), case.given);
        let mut child = self.spawn(root.path(), case, given);
        let socket = root.path().join(format!("run/libvirt/{}-sock", self.name));
        let mut served = false;
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().expect("its status") {
                break status;
            }
            // a socket that it is given takes connections before it is there: its pid file tells
            let pid_file = root.path().join(format!("run/{}.pid", self.name));
            let ready = pid_file.exists() || case.arguments.contains(&"-p");
            if !served && ready && UnixStream::connect(&socket).is_ok() {
                served = true;
                // one that has a time ends by itself
                if !case.arguments.contains(&"-t") {
                    end(&child);
                }
            }
            assert!(Instant::now() < deadline, "{case:?}: neither serves nor ends");
            thread::sleep(Duration::from_millis(2));
        };
        let said = fs::read_to_string(root.path().join("log")).unwrap_or_default();
        let said = self.without_noise(&said, root.path());
        // connections to a socket that it is given say little
        Outcome { served: served && status.success(), status: status.code(), said }
    }

    fn prepare(&self, case: &Case) -> TempDir {
        // short, since the path of a socket must fit into 107 bytes
        let root = tempfile::Builder::new().prefix("small-").tempdir().expect("a directory");
        let at = |path: &str| root.path().join(path);
        for directory in ["etc/libvirt", "run/libvirt", "var/log/libvirt"] {
            fs::create_dir_all(at(directory)).expect("a directory");
        }
        if !case.conf.is_empty() {
            fs::write(at(&format!("etc/libvirt/{}.conf", self.name)), case.conf).expect("a file");
        }
        if !case.in_the_way.is_empty() {
            fs::create_dir_all(at(&case.in_the_way.replace('#', self.name)).join("x")).expect("a directory");
        }
        root
    }

    /// What it is given, as standard input and output of the shell that passes it on.
    fn given(&self, root: &Path, given: Given) -> Option<[Stdio; 2]> {
        let listen = |suffix: &str| -> Stdio {
            let path = root.join(format!("run/libvirt/{}-{suffix}", self.name));
            let listener: std::os::fd::OwnedFd = UnixListener::bind(path).expect("a socket").into();
            listener.into()
        };
        match given {
            Given::Nothing => None,
            Given::Main => Some([listen("sock"), Stdio::null()]),
            Given::Both => Some([listen("sock"), listen("admin-sock")]),
            Given::NoSocket => Some([Stdio::null(), Stdio::null()]),
        }
    }

    fn spawn(&self, root: &Path, case: &Case, given: Option<[Stdio; 2]>) -> Child {
        // what one has as 0 and 1 the other gets as 3 and 4
        const PASS: &str = "exec 3<&0 4<&1 </dev/null >&2; export LISTEN_PID=$$; exec \"$@\"";
        // the C daemon knows only fixed directories: it sees ours there
        const MOUNT: &str = "set -e\nmount --bind \"$1/run\" /run\nmount --bind \"$1/etc/libvirt\" /etc/libvirt\n\
            mount --bind \"$1/var/log/libvirt\" /var/log/libvirt\nshift; exec \"$@\"";
        let mut words: Vec<String> = Vec::new();
        if self.kind == Kind::Peer {
            let mount = ["unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNT, "sh"];
            words.extend(mount.map(str::to_owned));
            words.push(root.display().to_string());
        }
        if given.is_some() {
            words.extend(["sh", "-c", PASS, "sh"].map(str::to_owned));
        }
        words.push(self.program().display().to_string());
        if self.kind != Kind::Peer {
            words.extend(["--root".to_owned(), root.display().to_string()]);
        }
        words.extend(case.arguments.iter().map(|word| word.replace('@', &root.display().to_string())));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(root).env("LC_ALL", "C");
        for name in ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
            command.env_remove(name);
        }
        command.envs(case.environment.iter().map(|(name, value)| (name, value.replace('#', self.name))));
        let log = || File::options().create(true).append(true).open(root.join("log")).expect("a file");
        let [input, output] = given.unwrap_or_else(|| [Stdio::null(), log().into()]);
        command.stdin(input).stdout(output).stderr(log());
        command.spawn().expect("a process")
    }

    fn without_noise(&self, said: &str, root: &Path) -> String {
        let mut text = said.replace(&self.program().display().to_string(), "#");
        // ours has its directory before each path, the C one sees it in the place of each
        text =
            text.replace(&root.display().to_string(), "@").replace("@/run", "/run").replace("@/etc", "/etc");
        let text = text.replace(self.name, "#");
        let lines = text.lines().filter_map(|line| match line.split_once(" : ") {
            // of the log only errors, without time, process and place
            Some((head, rest)) if head.ends_with(": error") => Some(rest.split_once(" : ")?.1.to_owned()),
            Some((head, _)) if head.ends_with(": info") || head.ends_with(": warning") => None,
            _ => Some(line.to_owned()),
        });
        // the C daemons take every client that leaves for an error
        let noise = |line: &String| line.contains("End of file while reading data");
        lines.filter(|line| !noise(line)).collect::<Vec<_>>().join("\n")
    }
}

/// Ends one that serves, as soon as it heeds signals: the C daemons do so later than they listen.
fn end(child: &Child) {
    let term = 1_u64 << (Signal::TERM.as_raw() - 1);
    until("signals are heeded", || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        // by a handler, or by a descriptor
        let masks = status.lines().filter_map(|line| {
            let mask = line.strip_prefix("SigCgt:").or_else(|| line.strip_prefix("SigBlk:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        });
        let heeds = masks.fold(0, |all, mask| all | mask) & term != 0;
        // or it has ended by itself
        (heeds || status.contains("State:\tZ")).then_some(())
    });
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
}

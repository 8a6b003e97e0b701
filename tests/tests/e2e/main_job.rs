//! The main job as a person sees it: one command, a real guest, nothing left behind.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ferrovirt_tests::guest::Guest;
use ferrovirt_tests::stage::built;
use ferrovirt_tests::{paths, skip};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// The account that owns nothing.
const NOBODY: u32 = 65534;

/// Lines that a person waits for.
const STEPS: &[&str] = &[
    "guests run with",
    "a private daemon starts",
    "guest is up",
    "running",
    "paused",
    "shut off",
    "nothing is left behind",
];

/// A place with programs and a guest in it, as after everything was built and installed. It belongs to `account`.
struct Place(TempDir);

impl Place {
    fn new(account: u32) -> Place {
        let directory = tempfile::Builder::new().prefix("job-").tempdir().unwrap();
        let of = |name: &str| directory.path().join(name);
        for made in ["programs", "guest", "tmp"] {
            fs::create_dir(of(made)).unwrap();
        }
        for program in ["libvirtd", "virsh", "xtask"] {
            fs::copy(built().join(program), of("programs").join(program)).unwrap();
        }
        Guest::find().unwrap().copied_to(&of("guest")).unwrap();
        // With the note on how it was made it need not be made anew.
        fs::copy(paths::target().join("guest/recipe"), of("guest/recipe")).unwrap();
        let kept = paths::target().join("guest/accelerator");
        if kept.is_file() {
            fs::copy(kept, of("guest/accelerator")).unwrap();
        }
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        for path in [directory.path().to_owned(), of("guest"), of("tmp")] {
            chown(path, Some(account), Some(account)).unwrap();
        }
        Place(directory)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn job(&self, account: u32) -> Command {
        let mut job = Command::new(self.path().join("programs/xtask"));
        job.arg("run").arg("--programs").arg(self.path().join("programs"));
        job.env("CARGO_TARGET_DIR", self.path())
            .env("HOME", self.path())
            .env("TMPDIR", self.path().join("tmp"));
        job.current_dir(self.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if account != geteuid().as_raw() {
            job.uid(account).gid(account);
        }
        job
    }

    /// Directories of daemons that are still there, and processes that still run from them.
    fn left(&self) -> Vec<String> {
        let mut left: Vec<String> = names(&self.path().join("tmp"));
        let mark = self.path().as_os_str().as_encoded_bytes();
        for name in names(Path::new("/proc")).into_iter().filter(|name| name.parse::<u32>().is_ok()) {
            let said = fs::read(Path::new("/proc").join(&name).join("cmdline")).unwrap_or_default();
            if said.windows(mark.len()).any(|window| window == mark) {
                left.push(format!("process {name}: {}", String::from_utf8_lossy(&said).replace('\0', " ")));
            }
        }
        left
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// What this host lacks for the job, if anything.
fn missing() -> Option<&'static str> {
    if !geteuid().is_root() {
        return Some("needs root, which tries both modes");
    }
    if paths::program("qemu-system-x86_64").is_none() || paths::program("qemu-img").is_none() {
        return Some("needs QEMU");
    }
    if Guest::find().is_none() {
        return Some("needs the small Linux guest, which cargo xtask setup makes");
    }
    let programs: [PathBuf; 3] = ["libvirtd", "virsh", "xtask"].map(|name| built().join(name));
    programs
        .iter()
        .any(|program| !program.is_file())
        .then_some("needs the programs, which cargo xtask test builds")
}

fn done_by(account: u32) {
    let place = Place::new(account);
    let output = place.job(account).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let mut rest = &said[..];
    for step in STEPS {
        let at = rest.find(step).unwrap_or_else(|| panic!("\"{step}\" is not seen in its place in:\n{said}"));
        rest = &rest[at + step.len()..];
    }
    assert_eq!(place.left(), Vec::<String>::new());
}

#[test]
fn as_root_it_is_done_on_the_system_daemon() {
    if let Some(what) = missing() {
        skip!("{what}");
    }
    done_by(0);
}

#[test]
fn without_privileges_it_is_done_in_session_mode() {
    if let Some(what) = missing() {
        skip!("{what}");
    }
    done_by(NOBODY);
}

/// Waits until the job says `wanted`; gives what it said.
fn wait_for(child: &mut Child, wanted: &str) -> String {
    let mut said = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    while !said.contains(wanted) {
        let mut line = String::new();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it ended before it said \"{wanted}\":\n{said}");
        said += &line;
    }
    // What it still says must go somewhere.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    said
}

#[test]
fn interrupted_it_leaves_nothing_behind() {
    if let Some(what) = missing() {
        skip!("{what}");
    }
    for signal in [Signal::INT, Signal::TERM] {
        let place = Place::new(0);
        let mut job = place.job(0).stderr(Stdio::null()).spawn().unwrap();
        wait_for(&mut job, "guest is up");
        kill_process(Pid::from_child(&job), signal).unwrap();
        assert!(!job.wait().unwrap().success());
        assert_eq!(place.left(), Vec::<String>::new());
    }
}

//! What most tests start with: a private daemon and a virsh that talks to it.
//!
//! `FERROVIRT_TESTED=peer` puts the C daemon and its virsh in the place of ours: a test that fails
//! there is wrong about libvirt.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::client::Virsh;
use crate::console::Terminal;
use crate::daemon::{Daemon, Kind, Mode};
use crate::guest::{Guest, UP};
use crate::paths;

/// How long a guest may take until it is up, on a host that is busy with other tests.
const BOOT: Duration = Duration::from_secs(90);

/// Whose virsh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Ours.
    Ours,
    /// libvirt's own, from the distribution's package.
    Peer,
}

/// Why there is no stage.
#[derive(Debug)]
pub enum NoStage {
    /// This host lacks something: the test is skipped.
    Missing(String),
    /// Something went wrong: the test fails.
    Failed(String),
}

/// A daemon and its client.
#[derive(Debug)]
pub struct Stage {
    /// The daemon.
    pub daemon: Daemon,
    /// The client.
    pub virsh: Virsh,
}

/// A [`Stage`] of this mode, client and driver; where the host lacks something the test is skipped.
#[macro_export]
macro_rules! stage {
    ($mode:ident, $client:ident, $driver:literal) => {
        match $crate::stage::Stage::new($crate::daemon::Mode::$mode, $crate::stage::Client::$client, $driver)
        {
            Ok(stage) => stage,
            Err($crate::stage::NoStage::Missing(what)) => $crate::skip!("needs {what}"),
            Err($crate::stage::NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

impl Stage {
    /// Starts a daemon, and prepares a virsh that talks to `driver` through it.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn new(mode: Mode, client: Client, driver: &str) -> Result<Stage, NoStage> {
        Stage::set_up(mode, client, driver, &tested(), &|kind| Daemon::start(kind, mode))
    }

    /// The same in QEMU's name with a daemon of this kind, whose place one of the other kind can take.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn exchangeable(kind: &Kind) -> Result<Stage, NoStage> {
        if paths::program("libvirtd").is_none() {
            return Err(NoStage::Missing("libvirt's own daemon".into()));
        }
        Stage::set_up(Mode::System, Client::Peer, "qemu", kind, &Daemon::exchangeable)
    }

    fn set_up(
        mode: Mode,
        client: Client,
        driver: &str,
        kind: &Kind,
        start: &dyn Fn(&Kind) -> Result<Daemon, String>,
    ) -> Result<Stage, NoStage> {
        let missing = |what: &str| Err(NoStage::Missing(what.into()));
        let root = rustix::process::geteuid().is_root();
        if !root && (mode == Mode::System || *kind == Kind::Peer) {
            return missing("root");
        }
        if driver == "qemu" && paths::program("qemu-system-x86_64").is_none() {
            return missing("qemu-system-x86_64");
        }
        if driver == "qemu" && Guest::find().is_none() {
            return missing("the small Linux guest, which cargo xtask setup makes");
        }
        let program = match client {
            Client::Ours if *kind != Kind::Peer => built().join("virsh"),
            _ => PathBuf::from("/usr/bin/virsh"),
        };
        if !program.is_file() {
            return match client {
                Client::Ours => Err(NoStage::Failed(format!("{} is not built", program.display()))),
                Client::Peer => missing("libvirt's own virsh"),
            };
        }
        let daemon = start(kind).map_err(NoStage::Failed)?;
        let virsh = Virsh::new(&program, &daemon.uri(driver));
        Ok(Stage { daemon, virsh })
    }

    /// Runs virsh, which must succeed, and gives its output without the blank line at its end.
    ///
    /// # Panics
    /// If it fails.
    pub fn ok(&self, arguments: &[&str]) -> String {
        match self.virsh.run(arguments) {
            Ok(output) => output.trim_end().to_owned(),
            Err(error) => panic!("{error}\nThe daemon says:\n{}", self.daemon.log()),
        }
    }

    /// Runs virsh, which must fail, and gives what it says on standard error.
    ///
    /// # Panics
    /// If it succeeds.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let said = self.virsh.try_run(arguments).unwrap_or_else(|error| panic!("{error}"));
        assert!(!said.status.success(), "virsh {arguments:?} succeeded: {}", said.stdout);
        said.stderr.trim_end().to_owned()
    }

    /// Writes `content` to a file in the daemon's directory and gives its path.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.daemon.directory().join(name);
        fs::write(&path, content).unwrap_or_else(|error| panic!("writing {}: {error}", path.display()));
        path.display().to_string()
    }

    /// The small Linux guest's XML, with files that this daemon can read.
    ///
    /// # Panics
    /// If the guest cannot be copied into the daemon's directory.
    pub fn linux(&self, name: &str) -> String {
        let guest = Guest::find().expect("a stage of the qemu driver has a guest");
        let guest =
            guest.copied_to(self.daemon.directory()).unwrap_or_else(|error| panic!("copying: {error}"));
        guest.domain_xml(name, "qemu")
    }

    /// Defines the small Linux guest.
    pub fn define_linux(&self, name: &str) {
        let file = self.file(&format!("{name}.xml"), &self.linux(name));
        self.ok(&["define", &file]);
    }
}

/// The daemon that is tested: ours, unless the environment says otherwise.
#[must_use]
pub fn tested() -> Kind {
    match env::var("FERROVIRT_TESTED").as_deref() {
        Ok("peer") => Kind::Peer,
        _ => Kind::Ours(built()),
    }
}

/// Where the programs are that were built with the running test.
#[must_use]
pub fn built() -> PathBuf {
    // A test is target/PROFILE/deps/NAME.
    let test = env::current_exe().unwrap_or_default();
    test.parent().and_then(Path::parent).map_or_else(|| paths::target().join("debug"), Path::to_path_buf)
}

/// Starts the small Linux guest, already defined as `name`, and waits on its console until it is up.
///
/// # Panics
/// If it does not come up.
#[must_use]
pub fn boot(stage: &Stage, name: &str) -> Terminal {
    let mut command = stage.virsh.command(&["start", "--console", name]);
    let mut console =
        Terminal::start(&mut command).unwrap_or_else(|error| panic!("starting a console: {error}"));
    let up = console.read_until(UP, BOOT, &stage.virsh.interrupted, |_| {});
    up.unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", stage.daemon.log()));
    console
}

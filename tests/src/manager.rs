//! A service manager of its own: systemd as the first process of a small root, in namespaces of its own,
//! with our daemons installed there by `cargo xtask install` and none of the host's units.
//!
//! The host's programs are seen there and cannot be written to; nothing of the host's is started, and
//! everything ends with the value.

use crate::lockd::{Holder, until};
use crate::paths;
use crate::stage::NoStage;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Where our daemons are, seen from inside.
const PREFIX: &str = "/opt/there";

/// The oldest systemd that keeps a stopped service's descriptors (`FileDescriptorStorePreserve=`).
const OLDEST: u32 = 254;

/// Makes a root of the directory it is given, and becomes its first process. Its mounts end with it.
const SCRIPT: &str = r#"
set -e
mount --make-rprivate /
# systemd wants its root to be a mount
mount --bind "$1" "$1"
cd "$1"
mkdir -p usr run tmp dev proc sys disks etc
mount --bind /usr usr
mount -o remount,bind,ro usr
for name in bin sbin lib lib32 lib64; do
    if [ -L "/$name" ]; then cp -P "/$name" .; elif [ -d "/$name" ]; then
        mkdir "$name"; mount --bind "/$name" "$name"; mount -o remount,bind,ro "$name"
    fi
done
for name in run tmp dev; do mount -t tmpfs tmpfs "$name"; done
for name in null zero full random urandom; do : > "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
echo 'root:x:0:0::/:/bin/sh' > etc/passwd
echo 'root:x:0:' > etc/group
echo 0123456789abcdef0123456789abcdef > etc/machine-id
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH="$2" \
    chroot . "$3" --system --unit=idle.target --log-target=console --show-status=no
"#;

/// systemd, with our units known and none started.
#[derive(Debug)]
pub struct Manager {
    root: TempDir,
    process: Child,
    /// The number of systemd, seen from outside.
    first: i32,
}

/// A manager; where the host lacks something the test is skipped.
#[macro_export]
macro_rules! manager {
    () => {
        match $crate::manager::Manager::start() {
            Ok(manager) => manager,
            Err($crate::stage::NoStage::Missing(what)) => $crate::skip!("needs {what}"),
            Err($crate::stage::NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

impl Manager {
    /// Installs our daemons into a new root, and starts systemd there.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn start() -> Result<Self, NoStage> {
        let missing = |what: &str| NoStage::Missing(what.to_owned());
        let failed = |error: std::io::Error| NoStage::Failed(format!("a root for systemd: {error}"));
        let systemd = Path::new("/usr/lib/systemd/systemd");
        if !rustix::process::geteuid().is_root() {
            return Err(missing("to be root"));
        }
        if version(systemd).is_none_or(|version| version < OLDEST) {
            return Err(missing("systemd 254 or newer"));
        }
        if !fs::read_to_string("/proc/filesystems").is_ok_and(|known| known.contains("\tcgroup2\n")) {
            return Err(missing("control groups, version 2"));
        }
        let xtask = paths::target().join("debug/xtask");
        if !xtask.exists() || !paths::target().join("debug/lib/libvirt-admin.so.0").exists() {
            return Err(missing("what `cargo xtask test` links, to install it"));
        }
        let root = tempfile::tempdir().map_err(failed)?;
        let mut install = Command::new(xtask);
        install.args(["install", "--debug"]).env("DESTDIR", root.path()).env("PREFIX", PREFIX);
        let installed = install.output().map_err(failed)?;
        if !installed.status.success() {
            return Err(NoStage::Failed(String::from_utf8_lossy(&installed.stderr).into_owned()));
        }
        let inside = root.path().join(PREFIX.trim_start_matches('/'));
        fs::copy(crate::stage::built().join("lease-holder"), inside.join("bin/lease-holder"))
            .map_err(failed)?;
        let units = inside.join("lib/systemd/system");
        prepare(&units).map_err(failed)?;
        let log = fs::File::create(root.path().join("log")).map_err(failed)?;
        let mut unshare = Command::new("unshare");
        unshare.args([
            "-m",
            "-p",
            "-n",
            "-i",
            "-u",
            "-C",
            "--fork",
            "--kill-child",
            "sh",
            "-c",
            SCRIPT,
            "sh",
        ]);
        unshare.arg(root.path()).arg(format!("{PREFIX}/lib/systemd/system")).arg(systemd);
        unshare.stdin(Stdio::null()).stdout(log.try_clone().map_err(failed)?).stderr(log);
        let process = unshare.spawn().map_err(failed)?;
        let mut manager = Self { root, process, first: 0 };
        manager.first = until("systemd is started", || manager.find_first());
        until(&format!("systemd answers: {}", manager.log()), || {
            manager.enter(&["systemctl", "is-active", "idle.target"]).status().ok()?.success().then_some(())
        });
        Ok(manager)
    }

    /// The process that unshare has made, once it is what it is to be.
    fn find_first(&mut self) -> Option<i32> {
        let ended = self.process.try_wait().ok().flatten();
        assert!(ended.is_none(), "no systemd: {}", self.log());
        let unshare = self.process.id();
        let children = fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).ok()?;
        let first = children.split_whitespace().next()?.parse().ok()?;
        let name = fs::read_to_string(format!("/proc/{first}/comm")).ok()?;
        (name.trim() == "systemd").then_some(first)
    }

    /// What systemd has said.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.path().join("log")).unwrap_or_default()
    }

    /// A command that runs inside.
    #[must_use]
    pub fn enter(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("-t").arg(self.first.to_string()).args(["-m", "-p", "-n", "-i", "-u", "-C", "-r", "-w"]);
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs systemctl with these words; what it prints.
    ///
    /// # Panics
    /// If it fails.
    pub fn systemctl(&self, words: &[&str]) -> String {
        let mut command = self.enter(&[&["systemctl"], words].concat());
        let said = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
        let said = said.unwrap_or_else(|error| panic!("systemctl: {error}"));
        let errors = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "systemctl {words:?}: {errors}\n{}", self.log());
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    }

    /// A property of a unit.
    pub fn property(&self, unit: &str, name: &str) -> String {
        self.systemctl(&["show", "--value", "--property", name, unit])
    }

    /// One who holds leases inside, connected to this socket there.
    #[must_use]
    pub fn holder(&self, socket: &str) -> Holder {
        Holder::start_by(self.enter(&[&format!("{PREFIX}/bin/lease-holder"), socket]))
    }

    /// An empty disk: its path inside, and outside.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn disk(&self, name: &str) -> (String, PathBuf) {
        let inside = format!("/disks/{name}");
        let outside = self.root.path().join(inside.trim_start_matches('/'));
        fs::write(&outside, "").unwrap_or_else(|error| panic!("making {}: {error}", outside.display()));
        (inside, outside)
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // the first process ends with this one, and all others with that
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The host's sysinit.target and its like are not there, so nothing may wait for them.
fn prepare(units: &Path) -> std::io::Result<()> {
    let alone = "[Unit]\nDefaultDependencies=no\n";
    for unit in fs::read_dir(units)?.collect::<Result<Vec<_>, _>>()? {
        let directory = units.join(format!("{}.d", unit.file_name().display()));
        fs::create_dir(&directory)?;
        fs::write(directory.join("alone.conf"), alone)?;
    }
    fs::write(units.join("idle.target"), alone)
}

fn version(systemd: &Path) -> Option<u32> {
    let said = Command::new(systemd).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    text.split([' ', '.', '-']).nth(1)?.parse().ok()
}

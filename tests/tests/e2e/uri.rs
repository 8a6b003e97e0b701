//! Which connection is meant: aliases, defaults and modes of the user's `libvirt.conf`, the environment,
//! and whose daemon a user without a URI gets. For both shells.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use ferrovirt_tests::paths;
use ferrovirt_tests::stage::built;

/// A user's home, where others than the tests' user can go, and a copy of our shell in it.
struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new(conf: &str) -> Home {
        let dir = tempfile::tempdir().unwrap();
        let home = Home { dir };
        fs::create_dir_all(home.path("config/libvirt")).unwrap();
        fs::create_dir_all(home.path("run")).unwrap();
        fs::write(home.path("config/libvirt/libvirt.conf"), conf).unwrap();
        fs::copy(built().join("virsh"), home.path("virsh")).unwrap();
        for place in ["", "run", "config", "config/libvirt", "virsh"] {
            fs::set_permissions(home.path(place), fs::Permissions::from_mode(0o777)).unwrap();
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What a shell says, whatever comes of it; `variables` are for this one only.
    fn said(&self, program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("LC_ALL", "C").env("HOME", self.dir.path());
        command.env("XDG_CONFIG_HOME", self.path("config")).env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("XDG_CACHE_HOME", self.path("cache")).current_dir("/");
        command.envs(variables.iter().copied());
        if rustix::process::geteuid().is_root() {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&both).trim().replace(&self.dir.path().display().to_string(), "HOME")
    }

    /// Our shell and, where it is installed, libvirt's.
    fn shells(&self) -> Vec<PathBuf> {
        [Some(self.path("virsh")), paths::program("virsh")].into_iter().flatten().collect()
    }
}

#[test]
fn aliases_and_defaults_are_the_users() {
    let home = Home::new(
        "uri_default = \"test:///default\"\nuri_aliases = [ \"mine=test:///default?a=b\", \"far=qemu+tcp://[::1]:1/system\" ]\n",
    );
    for shell in home.shells() {
        assert_eq!(home.said(&shell, &["uri"], &[]), "test:///default", "{}", shell.display());
        assert_eq!(home.said(&shell, &["-c", "mine", "uri"], &[]), "test:///default?a=b");
        let by_environment = home.said(&shell, &["uri"], &[("LIBVIRT_DEFAULT_URI", "mine")]);
        assert_eq!(by_environment, "test:///default?a=b");
        let of_the_shell = [("VIRSH_DEFAULT_CONNECT_URI", "far"), ("LIBVIRT_DEFAULT_URI", "mine")];
        let said = home.said(&shell, &["uri"], &of_the_shell);
        assert!(said.contains("unable to connect to server at '::1:1'"), "{said}");
    }
}

#[test]
fn the_daemon_that_is_looked_for() {
    let home = Home::new("remote_mode = \"direct\"\n");
    // nothing that could be started, and nothing is to be
    let quiet = [("LIBVIRT_AUTOSTART", "0"), ("VIRTD_PATH", "/nonexistent")];
    let own = "Failed to connect socket to 'HOME/run/libvirt/";
    for shell in home.shells() {
        let said = |arguments: &[&str]| home.said(&shell, arguments, &quiet);
        for (arguments, words) in [
            (&["uri"][..], "cannot identify any listening daemon socket path to attempt to connect to."),
            (&["-c", "qemu:///session", "uri"], &format!("{own}virtqemud-sock'")),
            (&["-c", "qemu:///session?mode=legacy", "uri"], &format!("{own}libvirt-sock'")),
            (&["-c", "test+unix:///default?mode=auto", "uri"], &format!("{own}libvirt-sock'")),
            (&["-r", "-c", "qemu:///session?mode=auto", "uri"], &format!("{own}libvirt-sock'")),
            (&["-c", "qemu:///system?mode=both", "uri"], "Unknown remote mode 'both'"),
            (&["-c", "qemu+ssh://h/system", "uri"], "Cannot use direct socket mode for ssh transport"),
            (&["-c", "qemu+unix://h/system", "uri"], "unix socket and remote server 'h' is not supported."),
            (&["-c", "qemu+ssh://h/session?no_tty=x", "uri"], "parse value of URI component no_tty"),
        ] {
            let said = said(arguments);
            assert!(said.contains(words), "{} {arguments:?}: {said}", shell.display());
        }
    }
}

#[test]
fn a_socket_that_is_there_is_taken_before_the_one_for_everything() {
    let home = Home::new("");
    let dir = home.path("run/libvirt");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    for name in ["libvirt-sock", "virtqemud-sock"] {
        // nobody listens there any more
        drop(std::os::unix::net::UnixListener::bind(dir.join(name)).unwrap());
        fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o777)).unwrap();
    }
    for shell in home.shells() {
        for (uri, socket) in [("qemu:///session", "virtqemud"), ("lxc:///session", "libvirt")] {
            let said = home.said(&shell, &["-c", uri, "uri"], &[("LIBVIRT_AUTOSTART", "0")]);
            let words =
                format!("Failed to connect socket to 'HOME/run/libvirt/{socket}-sock': Connection refused");
            assert!(said.contains(&words), "{} {uri}: {said}", shell.display());
        }
    }
}

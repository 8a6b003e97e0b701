//! What others have built on libvirt's library, on ours: bindings' own suites, GLib's loop, virt-manager.
//!
//! `make interop` gets the suites' sources where it can and names them in the variables that stand here.

use super::c_clients::{PYTHON, library};
use ferrovirt_tests::{paths, skip};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Seconds that a suite may take, its last bit of building included.
const PATIENCE: &str = "900";

/// Ends a process when dropped; its own children end with it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // gone already: then there is nothing to end
        let id = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}

/// A program with an end to its patience, on our library.
fn patient(library: &std::path::Path) -> Command {
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).env("LD_LIBRARY_PATH", library).env_remove("LIBVIRT_DEFAULT_URI");
    command
}

fn succeeds(command: &mut Command) {
    let said = command.stdin(Stdio::null()).output().unwrap();
    let [out, err] = [&said.stdout, &said.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(said.status.success(), "{out}\n{err}");
}

fn source(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

#[test]
fn glibs_main_loop_hears_of_events() {
    let library = match library() {
        Ok(directory) => directory,
        Err(missing) => skip!("needs {missing}"),
    };
    let has = "import gi; gi.require_version('LibvirtGLib', '1.0'); from gi.repository import LibvirtGLib";
    if !Command::new(PYTHON).args(["-c", has]).output().is_ok_and(|said| said.status.success()) {
        skip!("needs libvirt-glib's introspection data (gir1.2-libvirt-glib-1.0) and PyGObject");
    }
    let script = format!(
        r#"
import threading, libvirt
{has}
from gi.repository import GLib
LibvirtGLib.event_register()
seen = []
connection = libvirt.open('test:///default')
def life(connection, domain, event, detail, opaque):
    seen.append((connection.lookupByName(domain.name()).name(), event))
    if len(seen) == 2: loop.quit()
callback = connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, life, None)
loop = GLib.MainLoop()
domain = connection.lookupByName('test')
def do(): domain.suspend(); domain.resume()
threading.Thread(target=do).start()
loop.run()
connection.domainEventDeregisterAny(callback)
assert seen == [('test', 3), ('test', 4)], seen
"#
    );
    succeeds(patient(&library).args([PYTHON, "-c", &script]));
}

#[test]
fn perls_binding_passes_its_tests() {
    let library = match library() {
        Ok(directory) => directory,
        Err(missing) => skip!("needs {missing}"),
    };
    let Some(source) = source("SYS_VIRT_SOURCE") else {
        skip!("needs Sys::Virt's source, of the version that is installed, named by SYS_VIRT_SOURCE")
    };
    if paths::program("prove").is_none() {
        skip!("needs Perl's prove");
    }
    // -b: what was built in it, if it was
    succeeds(patient(&library).args(["prove", "-b", "t/"]).current_dir(source));
}

#[test]
fn rusts_binding_passes_its_tests() {
    let library = match library() {
        Ok(directory) => directory,
        Err(missing) => skip!("needs {missing}"),
    };
    let Some(source) = source("VIRT_CRATE_SOURCE") else {
        skip!("needs the source of the crate virt, which make interop gets, named by VIRT_CRATE_SOURCE")
    };
    succeeds(patient(&library).args(["cargo", "test", "--offline"]).current_dir(source));
}

#[test]
fn virt_manager_shows_a_guests_details() {
    let library = match library() {
        Ok(directory) => directory,
        Err(missing) => skip!("needs {missing}"),
    };
    for name in ["Xvfb", "dbus-run-session", "virt-manager"] {
        if paths::program(name).is_none() {
            skip!("needs {name}");
        }
    }
    let home = tempfile::tempdir().unwrap();
    let mut screen = Command::new("Xvfb");
    screen.args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
    let mut screen = Ended(screen.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut display = String::new();
    BufReader::new(screen.0.stdout.take().unwrap()).read_line(&mut display).unwrap();
    let log = home.path().join("log");
    let written = std::fs::File::create(&log).unwrap();
    let mut manager = patient(&library);
    manager.args(["dbus-run-session", "--", "virt-manager", "--no-fork", "--debug"]);
    manager.args(["--connect", "test:///default", "--show-domain-editor", "test"]);
    manager.env("DISPLAY", format!(":{}", display.trim())).env("GSETTINGS_BACKEND", "memory");
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
        manager.env(variable, home.path());
    }
    manager
        .env("NO_AT_BRIDGE", "1")
        .stdin(Stdio::null())
        .stdout(written.try_clone().unwrap())
        .stderr(written);
    let mut manager = Ended(manager.spawn().unwrap());
    let said = || String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    let shown =
        |said: &str| said.contains("Showing VM details") && said.contains("window counter incremented");
    while !shown(&said()) {
        assert!(manager.0.try_wait().unwrap().is_none(), "virt-manager has ended:\n{}", said());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let said = said();
    assert!(!said.contains("Traceback"), "{said}");
    assert!(said.contains("conn=test:///default changed to state=Active"), "{said}");
}

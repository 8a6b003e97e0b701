//! Programs that were made for libvirt's library, on ours: its Python binding with every kind of event
//! loop, through our daemon and in their own process; the binding's own tests; virt-install.

use std::path::{Path, PathBuf};
use std::process::Command;

use ferrovirt_tests::stage::Stage;
use ferrovirt_tests::{client, paths, skip, stage};

/// Debian's Python, which is the one that the binding is for.
pub(super) const PYTHON: &str = "/usr/bin/python3";

/// Where the library is that every run of the tests links first.
pub(super) fn library() -> Result<PathBuf, &'static str> {
    let directory = paths::target().join("debug/lib");
    if !directory.join("libvirt.so.0").exists() {
        return Err("libvirt.so.0, which `cargo xtask test` links");
    }
    if !Path::new("/usr/lib/python3/dist-packages/libvirt.py").exists() {
        return Err("libvirt's Python binding");
    }
    Ok(directory)
}

macro_rules! library {
    () => {
        match library() {
            Ok(directory) => directory,
            Err(missing) => skip!("needs {missing}"),
        }
    };
}

/// Runs a script on our library; what it prints.
fn python(library: &Path, script: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(PYTHON);
    command.args(["-c", script]).args(arguments).env("LD_LIBRARY_PATH", library);
    command.env_remove("LIBVIRT_DEFAULT_URI");
    let said = client::run(&mut command, &std::sync::Arc::default()).unwrap();
    said.succeeded().unwrap_or_else(|error| panic!("{error}"))
}

fn through(stage: &Stage, library: &Path, script: &str) -> String {
    let mut command = Command::new(PYTHON);
    command.args(["-c", script, &stage.virsh.uri]).env("LD_LIBRARY_PATH", library);
    let said = client::run(&mut command, &stage.virsh.interrupted).unwrap();
    said.succeeded().unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", stage.daemon.log()))
}

/// Life of a domain and of a network, heard of by one loop, with callbacks that call back.
const EVENTS: &str = r#"
seen = []
class Freed:
    def __del__(self): seen.append('freed')
def life(connection, domain, event, detail, opaque):
    seen.append((connection.lookupByName(domain.name()).name(), event))
connection = libvirt.open(sys.argv[1])
connection.registerCloseCallback(lambda connection, reason, opaque: seen.append(reason), None)
callback = connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, life, Freed())
connection.domainEventRegister(lambda connection, domain, event, detail, opaque: seen.append(event), None)
network = connection.networkLookupByName('default')
connection.networkEventRegisterAny(
    network, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE,
    lambda connection, network, event, detail, opaque: seen.append((network.name(), event)), None)
domain = connection.lookupByName('test')
def do():
    domain.suspend(); domain.resume(); network.destroy(); network.create()
def enough(): return len(seen) >= 6
def end():
    connection.domainEventDeregisterAny(callback)
    connection.unregisterCloseCallback()
    print(seen)
"#;

const NATIVE: &str = r#"
import sys, libvirt
libvirt.virEventRegisterDefaultImpl()
EVENTS
do()
while not enough(): libvirt.virEventRunDefaultImpl()
end()
"#;

/// A loop that the program brings: `poll`, in Python, on a thread of its own.
const OWN: &str = r#"
import os, select, sys, threading, time, libvirt
lock, handles, timers, count = threading.RLock(), {}, {}, [0]
pipe = os.pipe()
def wake(): os.write(pipe[1], b'x')
def number():
    count[0] += 1
    return count[0]
def add_handle(fd, events, cb, opaque):
    with lock: n = number(); handles[n] = [fd, events, cb, opaque]
    wake(); return n
def update_handle(n, events):
    with lock: handles[n][1] = events
    wake()
def remove_handle(n):
    with lock: gone = handles.pop(n)
    wake(); return gone[3]
def add_timer(ms, cb, opaque):
    with lock: n = number(); timers[n] = [ms, cb, opaque, time.time() + ms / 1000]
    wake(); return n
def update_timer(n, ms):
    with lock: timers[n][0] = ms; timers[n][3] = time.time() + ms / 1000
    wake()
def remove_timer(n):
    with lock: gone = timers.pop(n)
    wake(); return gone[2]
BITS = [(1, select.POLLIN), (2, select.POLLOUT), (4, select.POLLERR), (8, select.POLLHUP)]
def turn():
    while True:
        poller = select.poll(); poller.register(pipe[0], select.POLLIN)
        with lock:
            watched = {h[0]: (n, h) for n, h in handles.items() if h[1]}
            due = [t[3] for t in timers.values() if t[0] >= 0]
        for fd, (n, h) in watched.items():
            poller.register(fd, sum(p for v, p in BITS if h[1] & v))
        ready = poller.poll(max(0, (min(due) - time.time()) * 1000) if due else None)
        for fd, got in ready:
            if fd == pipe[0]: os.read(fd, 100)
            elif watched[fd][0] in handles:
                n, h = watched[fd]
                h[2](n, fd, sum(v for v, p in BITS if got & p), h[3])
        for n, t in list(timers.items()):
            if n in timers and t[0] >= 0 and t[3] <= time.time():
                t[3] = time.time() + t[0] / 1000
                t[1](n, t[2])
libvirt.virEventRegisterImpl(add_handle, update_handle, remove_handle, add_timer, update_timer, remove_timer)
EVENTS
threading.Thread(target=turn, daemon=True).start()
do()
while not enough(): time.sleep(0.005)
end()
os._exit(0)
"#;

const ASYNCIO: &str = r#"
import asyncio, sys, libvirt, libvirtaio
async def main():
    libvirtaio.virEventRegisterAsyncIOImpl()
    exec(compile(TEXT, 'events', 'exec'), globals())
    await asyncio.get_running_loop().run_in_executor(None, do)
    while not enough(): await asyncio.sleep(0.005)
    end()
asyncio.run(main())
sys.stdout.flush()
"#;

const HEARD: &str = "[3, 4, ('default', 2), ('default', 3), ('test', 3), ('test', 4)]";

/// What was heard, in the order of names: how far the two objects' events overtake each other is a
/// matter of chance.
fn heard(printed: &str) -> Vec<String> {
    let inner = printed.trim().trim_start_matches('[').trim_end_matches(']').replace(", 'freed'", "");
    let mut words: Vec<String> =
        inner.replace("(", "").replace(")", "").split(", ").map(str::to_owned).collect();
    words.sort_unstable();
    words
}

fn with_every_loop(run: impl Fn(&str) -> String) {
    let asyncio = ASYNCIO.replace("TEXT", &format!("'''{EVENTS}'''"));
    for (name, script) in [
        ("the library's own", NATIVE.replace("EVENTS", EVENTS)),
        ("the program's", OWN.replace("EVENTS", EVENTS)),
        ("asyncio", asyncio),
    ] {
        let printed = run(&script);
        assert_eq!(heard(&printed), heard(HEARD), "with {name} loop: {printed}");
    }
}

#[test]
fn every_event_loop_hears_of_objects_in_the_same_process() {
    let library = library!();
    with_every_loop(|script| python(&library, script, &["test:///default"]));
}

#[test]
fn every_event_loop_hears_of_a_daemons_objects() {
    let library = library!();
    let stage = stage!(System, Peer, "test");
    with_every_loop(|script| through(&stage, &library, script));
}

#[test]
fn a_daemons_end_is_told_once_and_ends_what_waits() {
    let library = library!();
    let stage = stage!(System, Peer, "test");
    let script = r#"
import os, sys, threading, libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open(sys.argv[1])
seen = []
connection.registerCloseCallback(lambda connection, reason, opaque: seen.append(reason), None)
assert connection.setKeepAlive(1, 2) == 0
print('ready', flush=True)
while not seen: libvirt.virEventRunDefaultImpl()
assert connection.isAlive() == 0
try:
    connection.getHostname()
except libvirt.libvirtError as error:
    assert error.get_error_code() == libvirt.VIR_ERR_INTERNAL_ERROR, error
print(seen)
"#;
    let mut command = Command::new(PYTHON);
    command.args(["-c", script, &stage.virsh.uri]).env("LD_LIBRARY_PATH", &library);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert_eq!(line, "ready\n");
    drop(stage);
    line.clear();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    // end of file
    assert_eq!(line, "[1]\n");
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_bindings_own_tests_pass() {
    let library = library!();
    let Some(source) = std::env::var_os("LIBVIRT_PYTHON_SOURCE").map(PathBuf::from) else {
        skip!("needs libvirt-python's source, named by LIBVIRT_PYTHON_SOURCE")
    };
    let tests = source.join("tests");
    for file in std::fs::read_dir(&tests).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".py").filter(|name| name.starts_with("test_")) else {
            continue;
        };
        // that one is about the binding's C code
        if module == "test_api_coverage" {
            continue;
        }
        let mut command = Command::new(PYTHON);
        command.args(["-m", "unittest", module]).current_dir(&tests);
        command.env("LD_LIBRARY_PATH", &library).env("PYTHONPATH", &tests);
        let said = client::run(&mut command, &std::sync::Arc::default()).unwrap();
        assert!(said.status.success(), "{module}: {}", said.stderr);
    }
}

#[test]
fn virt_install_makes_a_guest() {
    let library = library!();
    let Some(program) = paths::program("virt-install") else { skip!("needs virt-install") };
    let stage = stage!(System, Peer, "qemu");
    let guest = ferrovirt_tests::guest::Guest::find().unwrap();
    let guest = guest.copied_to(stage.daemon.directory()).unwrap();
    let mut command = Command::new(program);
    command.args(["--connect", &stage.virsh.uri, "--name", "installed", "--virt-type", "qemu"]);
    command.args(["--import", "--disk", "none", "--network", "none", "--osinfo", "generic"]);
    command.args(["--memory", "256", "--graphics", "none", "--noautoconsole", "--boot"]);
    command.arg(format!("kernel={},initrd={}", guest.kernel.display(), guest.initramfs.display()));
    command.env("HOME", stage.daemon.directory()).env("LD_LIBRARY_PATH", library);
    let said = client::run(&mut command, &stage.virsh.interrupted).unwrap();
    let printed = said.succeeded().unwrap_or_else(|error| panic!("{error}\n{}", stage.daemon.log()));
    assert!(printed.contains("Domain creation completed"), "{printed}");
    assert_eq!(stage.ok(&["list", "--name"]), "installed");
}

//! Documents that are cut off, spoilt or wrong: the C daemon ends, or crashes, and its leases with it.

use ferrovirt_tests::lockd::{LockClient, lock_on, ours, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use vir_base::sys::{LockKind, LockOwner, lock_first_byte};

/// What a C daemon writes that has two leases and one client: a guest of process `@OWNER@`.
fn whole() -> Value {
    let server = |socket: &str, clients: Value| {
        json!({
            "min_workers": 0, "max_workers": 0, "priority_workers": 0, "max_clients": 20,
            "max_anonymous_clients": 20, "keepaliveInterval": 4_294_967_295u32, "keepaliveCount": 0,
            "next_client_id": 2,
            "services": [{
                "auth": 0, "readonly": false, "nrequests_client_max": 1,
                "socks": [{ "fd": socket, "errfd": -1, "pid": 0, "isClient": false, "unlinkUNIX": true }],
            }],
            "clients": clients,
        })
    };
    let client = json!([{
        "id": 1, "auth": 0, "auth_pending": false, "readonly": false, "nrequests_max": 1,
        "conn_time": 1_795_370_536,
        "sock": { "fd": "@CLIENT@", "errfd": -1, "pid": 0, "isClient": true, "unlinkUNIX": false },
        "privateData": {
            "restricted": true, "ownerPid": "@OWNER@", "ownerId": 1, "ownerName": "vm",
            "ownerUUID": "00010203-0405-0607-0809-0a0b0c0d0e0f",
        },
    }]);
    let lease = |name: &str, fd: &str, flags: u32| {
        json!({
            "name": format!("@DISKS@/{name}"), "path": format!("@DISKS@/{name}"), "fd": fd,
            "lockHeld": true, "flags": flags, "owners": ["@OWNER@"],
        })
    };
    json!({
        "daemon": { "servers": {
            "admin": server("@ADMIN@", json!([])),
            "virtlockd": server("@SOCKET@", client),
        } },
        "defaultLockspace": { "resources": [lease("one", "@ONE@", 0), lease("two", "@TWO@", 1)] },
        "lockspaces": [],
        "magic": "@PID@",
    })
}

/// The text of a document, with places for numbers that only the process knows.
fn text(document: &Value) -> String {
    let text = serde_json::to_string_pretty(document).unwrap();
    let numbers = ["SOCKET", "ADMIN", "ONE", "TWO", "CLIENT", "OWNER"];
    numbers.iter().fold(text, |text, name| text.replace(&format!("\"@{name}@\""), &format!("@{name}@")))
}

/// A process that was a C daemon, and is ours.
struct Heir {
    child: Child,
    root: TempDir,
    client: UnixStream,
    /// Who holds the leases.
    owner: Child,
}

impl Heir {
    fn of(document: &str) -> Self {
        Self::with(document, |_| {})
    }

    /// `prepare` is called with the directory of the disks, before the C daemon locks them.
    fn with(document: &str, prepare: impl FnOnce(&Path)) -> Self {
        let root = tempfile::Builder::new().prefix("lockd-").tempdir().unwrap();
        for directory in ["etc/libvirt", "run/libvirt", "disks"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for disk in ["one", "two"] {
            fs::write(root.path().join("disks").join(disk), "").unwrap();
        }
        prepare(&root.path().join("disks"));
        let ferrovirt_tests::daemon::Kind::Ours(built) = ours() else { panic!("not ours") };
        let log = File::create(root.path().join("log")).unwrap();
        let mut child = Command::new(built.join("former-daemon"))
            .arg(root.path())
            .arg(built.join("virtlockd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let client = UnixStream::connect(root.path().join("run/libvirt/virtlockd-sock")).unwrap();
        let disks = root.path().join("disks").display().to_string();
        let owner = Command::new("sleep").arg("1000").spawn().unwrap();
        let document = document.replace("@DISKS@", &disks).replace("@OWNER@", &owner.id().to_string());
        child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
        Self { child, root, client, owner }
    }

    fn disk(&self, name: &str) -> String {
        self.root.path().join("disks").join(name).display().to_string()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.root.path().join("log")).unwrap_or_default()
    }

    fn file(&self) -> PathBuf {
        self.root.path().join("run/virtlockd-restart-exec.json")
    }

    fn aside(&self) -> PathBuf {
        self.root.path().join(format!("run/virtlockd-restart-exec.json.bad-{}", self.child.id()))
    }

    /// Waits until it serves.
    fn connect(&self) -> LockClient {
        let socket = self.root.path().join("run/libvirt/virtlockd-sock");
        let client = LockClient::connect(&socket).unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        client
            .register(5, std::process::id(), "other")
            .unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        client
    }

    /// Both disks are still leased, by the kernel's word and by the daemon's.
    fn keeps_both(&self, what: &str) {
        let client = self.connect();
        assert_eq!(lock_on(&self.disk("one")), Some(LockKind::Write), "{what}\n{}", self.log());
        assert_eq!(lock_on(&self.disk("two")), Some(LockKind::Read), "{what}\n{}", self.log());
        for disk in ["one", "two"] {
            let busy = client.acquire("", &self.disk(disk), 0).unwrap_err();
            assert!(busy.starts_with("87 51"), "{what}: {busy}");
        }
    }
}

impl Drop for Heir {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        until("it ends", || self.child.try_wait().unwrap());
        // its keeper holds the leases for as long as their owner lives
        let _ = self.owner.kill();
        let _ = self.owner.wait();
        // and those of nobody until it is told otherwise
        let theirs = |pid: i32| {
            let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
            let mut leads_to = files.filter_map(|file| fs::read_link(file.path()).ok());
            leads_to.any(|path| path.starts_with(self.root.path().join("disks")))
        };
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let me = std::process::id() as i32;
        for pid in numbers.filter(|pid| *pid != me && theirs(*pid)).filter_map(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

#[test]
fn a_whole_document_of_the_peer() {
    let heir = Heir::of(&text(&whole()));
    heir.keeps_both("whole");
    until("the document is done with", || (!heir.file().exists()).then_some(()));
    assert!(!heir.aside().exists());
    // the client is what it was
    let mut client = LockClient::from_fd(heir.client.try_clone().unwrap().into()).unwrap();
    let forbidden = "29 7 operation forbidden: lock manager connection has been restricted";
    assert_eq!(client.acquire("", &heir.disk("one"), 0), Err(forbidden.into()));
    client = heir.connect();
    client.register(5, heir.owner.id(), "other").unwrap();
    assert_eq!(client.release("", &heir.disk("one")), Ok(()), "by its owner's number");
    assert_eq!(lock_on(&heir.disk("one")), None);
}

/// An exclusive lease that others share, by a lock that they got in the one moment, or under the C daemon.
#[test]
fn what_should_be_exclusive_becomes_so() {
    let mut document = whole();
    *document.pointer_mut("/defaultLockspace/resources/1/flags").unwrap() = json!(0);
    let mut sharing = None;
    let heir = Heir::with(&text(&document), |disks| {
        let file = File::options().read(true).write(true).open(disks.join("two")).unwrap();
        assert!(lock_first_byte(&file, LockOwner::Description, LockKind::Read).unwrap());
        sharing = Some(file);
    });
    heir.keeps_both("shared by another program");
    drop(sharing);
    until("the lease is exclusive", || (lock_on(&heir.disk("two")) == Some(LockKind::Write)).then_some(()));
}

/// Wherever it ends, and whatever byte is wrong.
#[test]
fn damage() {
    let whole = text(&whole());
    let mut damaged: Vec<(String, String)> = (0..10)
        .map(|tenths| (format!("cut off after {tenths} tenths"), whole[..whole.len() * tenths / 10].into()))
        .collect();
    for tenths in [2, 5, 8] {
        let mut spoilt = whole.clone();
        spoilt.insert(whole.len() * tenths / 10, '%');
        damaged.push((format!("spoilt after {tenths} tenths"), spoilt));
    }
    damaged.push(("rubbish".into(), "\0\u{1}\u{2}".repeat(100)));
    for (what, document) in damaged {
        let heir = Heir::of(&document);
        heir.keeps_both(&what);
        until("the document is kept", || heir.aside().exists().then_some(()));
        assert!(!heir.file().exists(), "{what}");
        assert!(heir.log().contains("not restored: "), "{what}");
    }
}

/// Members that are missing, and descriptors that are something else.
#[test]
fn what_is_wrong_in_one_place_spoils_nothing_else() {
    let removed = [
        "/daemon",
        "/daemon/servers/virtlockd",
        "/daemon/servers/virtlockd/services",
        "/daemon/servers/virtlockd/clients/0/privateData",
        "/daemon/servers/virtlockd/clients/0/privateData/ownerUUID",
        "/daemon/servers/virtlockd/clients/0/sock/fd",
        "/defaultLockspace",
        "/defaultLockspace/resources/0/fd",
        "/defaultLockspace/resources/1/owners",
        "/lockspaces",
        "/magic",
    ];
    for pointer in removed {
        let mut document = whole();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        let heir = Heir::of(&text(&document));
        heir.keeps_both(pointer);
        until("the document is kept", || heir.aside().exists().then_some(()));
    }
    let replaced = [
        ("/defaultLockspace/resources/0/fd", json!(999)),
        ("/defaultLockspace/resources/0/fd", json!("@SOCKET@")),
        ("/defaultLockspace/resources/0/fd", json!("@TWO@")),
        ("/daemon/servers/virtlockd/clients/0/sock/fd", json!("@ONE@")),
        ("/daemon/servers/virtlockd/services/0/socks/0/fd", json!("@CLIENT@")),
        ("/magic", json!("1")),
    ];
    for (pointer, wrong) in replaced {
        let mut document = whole();
        let what = format!("{pointer}: {wrong}");
        *document.pointer_mut(pointer).unwrap() = wrong;
        let heir = Heir::of(&text(&document));
        heir.keeps_both(&what);
        until("the document is kept", || heir.aside().exists().then_some(()));
    }
}

/// A document that a dead process left is no reason for anything.
#[test]
fn a_stale_document_is_ignored() {
    let mut daemon = ferrovirt_tests::lockd::Lockd::start(ours(), &[]).unwrap();
    daemon.kill();
    let file = daemon.root().join("run/virtlockd-restart-exec.json");
    for document in
        [text(&whole()).replace('@', "9").replace("\"magic\": \"9PID9\"", "\"magic\": \"1\""), "{".into()]
    {
        fs::write(&file, document).unwrap();
        daemon.start_again().unwrap();
        assert_eq!(daemon.connect().register(1, 1, "vm"), Ok(()));
        assert!(!file.exists());
        daemon.kill();
    }
}

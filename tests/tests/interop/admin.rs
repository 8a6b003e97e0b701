//! libvirt's own `virt-admin` at the lock and the log daemon: it says of ours what it says of the C ones.

use ferrovirt_tests::client::{Said, Virsh};
use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::{Lockd, ours, until};
use ferrovirt_tests::logd::Logd;
use ferrovirt_tests::stage::NoStage;
use ferrovirt_tests::{paths, skip};
use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitStatus;

/// What is asked; `@` stands for the daemon's name.
const ASKED: &[&str] = &[
    "uri",
    "version",
    "server-threadpool-info @",
    "server-threadpool-info admin",
    "server-threadpool-info nobody",
    "client-list @",
    "client-list nobody",
    "server-clients-info @",
    "server-clients-info admin",
    "server-clients-info nobody",
    "server-update-tls @",
    "server-update-tls nobody",
    "client-info @ 99",
    "client-info nobody 1",
    "client-info @ x",
    "server-threadpool-set @",
    "server-threadpool-set @ --max-workers 3 --min-workers 1",
    "server-threadpool-set @ --max-workers 0",
    "server-threadpool-set @ --min-workers 1",
    "server-threadpool-set nobody --max-workers 3",
    "server-threadpool-info @",
    "server-clients-set @ --max-clients 50 --max-unauth-clients 10",
    "server-clients-info @",
    "server-clients-set @ --max-unauth-clients 100",
    "server-clients-set @ --max-clients 5 --max-unauth-clients 10",
    "server-clients-set @ --max-clients 1 --max-unauth-clients 1",
    "server-clients-set @",
    "server-clients-set nobody --max-clients 20",
    "server-clients-info @",
    "client-disconnect @ 77",
    "client-disconnect nobody 1",
    "daemon-log-filters",
    "daemon-log-filters 1:util",
    "daemon-log-filters",
    "daemon-log-filters 9:util",
    "daemon-log-filters util",
    "daemon-log-outputs",
    "daemon-log-outputs 3:stderr",
    "daemon-log-outputs",
    "daemon-log-outputs 9:stderr",
    "daemon-log-outputs 1:nowhere",
    "daemon-log-outputs 1:file:/nonexistent/file",
    "daemon-log-outputs",
    "daemon-timeout",
    "daemon-timeout --timeout 0",
    "daemon-timeout --timeout 1000",
    "daemon-timeout --timeout x",
];

/// A daemon and its administrator.
struct Administered {
    name: &'static str,
    admin: Virsh,
    clients: [UnixStream; 2],
}

impl Administered {
    /// The daemon with this socket, and two that are connected to it.
    fn new(name: &'static str, socket: &Path) -> Self {
        let admin_socket = socket.with_file_name(format!("{name}-admin-sock"));
        let uri = format!("{name}:///system?socket={}", admin_socket.display());
        let program = paths::program("virt-admin").unwrap_or_default();
        let clients = [(); 2].map(|()| UnixStream::connect(socket).unwrap());
        let administered = Self { name, admin: Virsh::new(&program, &uri), clients };
        until("both are accepted", || {
            let info = administered.ask(&format!("server-clients-info {name}")).stdout;
            info.lines().any(|line| line.starts_with("nclients ") && line.ends_with(": 2")).then_some(())
        });
        administered
    }

    fn ask(&self, command: &str) -> Said {
        let command = command.replace('@', self.name);
        let words: Vec<&str> = command.split(' ').collect();
        self.admin.try_run(&words).unwrap()
    }

    /// What it says, less what differs from daemon to daemon by its nature.
    fn answer(&self, command: &str) -> (ExitStatus, String) {
        let said = self.ask(command);
        let text = format!("{}{}", said.stdout, said.stderr).replace(&self.admin.uri, "URI");
        let lines: Vec<String> = text.lines().map(without_time).collect();
        (said.status, lines.join("\n"))
    }

    /// The servers' names, sorted: the C daemons list them in no order.
    fn servers(&self) -> Vec<String> {
        let list = self.ask("server-list").stdout;
        let last = |line: &str| line.split_whitespace().next_back().map(str::to_owned);
        let mut names: Vec<String> = list.lines().skip(2).filter_map(last).collect();
        names.sort();
        names
    }

    /// The numbers of the clients.
    fn numbers(&self) -> Vec<String> {
        let list = self.ask("client-list @").stdout;
        let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
        list.lines().skip(2).filter_map(first).collect()
    }

    /// Ends one client's connection, and nobody else's.
    fn disconnects_one(&mut self) {
        let numbers = self.numbers();
        let said = self.ask(&format!("client-disconnect @ {}", numbers[0]));
        assert!(said.stdout.contains(&format!("Client '{}' disconnected", numbers[0])), "{said:?}");
        assert_eq!(self.clients[0].read(&mut [0]).unwrap(), 0, "its connection ends");
        until("one is left", || (self.numbers() == numbers[1..]).then_some(()));
        self.clients[1].set_nonblocking(true).unwrap();
        assert!(self.clients[1].read(&mut [0]).is_err(), "the other one's does not");
    }

    /// Ends the daemon: ours answers first, the C one's client is told nothing.
    fn shuts_down(&self, peer: bool) {
        let said = self.ask("daemon-shutdown");
        assert_eq!(said.status.success(), !peer, "{said:?}");
    }
}

/// A client's time of connection is always another.
fn without_time(line: &str) -> String {
    match line.find(" 20") {
        Some(at) if line.ends_with("+0000") => line[..at].to_owned(),
        _ => line.to_owned(),
    }
}

fn same(ours: &mut Administered, peer: &mut Administered) {
    for command in ASKED {
        assert_eq!(ours.answer(command), peer.answer(command), "{} {command}", ours.name);
    }
    for daemon in [&mut *ours, &mut *peer] {
        assert_eq!(daemon.servers(), ["admin", daemon.name]);
        daemon.disconnects_one();
    }
    // the C daemons do not look whom they talk to there
    let info = ours.ask(&format!("client-info @ {}", ours.numbers()[0]));
    let me = format!("unix_process_id: {}\n", std::process::id());
    assert!(info.status.success() && info.stdout.contains(&me), "{info:?}");
    let info = peer.ask(&format!("client-info @ {}", peer.numbers()[0]));
    assert!(info.stderr.contains("No identity information available for client"), "{info:?}");
    ours.shuts_down(false);
    peer.shuts_down(true);
}

/// Skips the test if something is missing.
macro_rules! started {
    ($daemon:expr) => {
        match $daemon {
            Ok(daemon) => daemon,
            Err(NoStage::Missing(what)) => skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

#[test]
fn the_lock_daemon() {
    if paths::program("virt-admin").is_none() {
        skip!("needs libvirt's own virt-admin");
    }
    let mut theirs = started!(Lockd::exchangeable(Kind::Peer));
    let mut daemon = started!(Lockd::exchangeable(ours()));
    let mut one = Administered::new("virtlockd", &daemon.socket());
    let mut other = Administered::new("virtlockd", &theirs.socket());
    same(&mut one, &mut other);
    for daemon in [&mut daemon, &mut theirs] {
        assert!(daemon.wait().success());
    }
}

#[test]
fn the_log_daemon() {
    if paths::program("virt-admin").is_none() {
        skip!("needs libvirt's own virt-admin");
    }
    let mut theirs = started!(Logd::replaceable(&Kind::Peer, "", &[]));
    let mut daemon = started!(Logd::replaceable(&ours(), "", &[]));
    let mut one = Administered::new("virtlogd", &daemon.socket());
    let mut other = Administered::new("virtlogd", &theirs.socket());
    same(&mut one, &mut other);
    for daemon in [&mut daemon, &mut theirs] {
        assert!(daemon.wait().success());
    }
}

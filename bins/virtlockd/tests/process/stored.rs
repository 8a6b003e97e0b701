//! systemd's descriptor store, played by the test: leases are put into it, taken out, and come back.

use crate::needs_host;
use crate::scene::{PATIENCE, Scene, Watcher, is_held};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use vir_base::process::Process;

/// The service manager's end.
struct Manager(UnixDatagram);

impl Manager {
    fn new(scene: &mut Scene) -> Self {
        let path = scene.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        scene.set("NOTIFY_SOCKET", path.to_str().unwrap());
        Self(socket)
    }

    /// The next message and the descriptor with it.
    fn hear(&self) -> (String, Option<OwnedFd>) {
        let mut text = [0; 200];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::CMSG_CLOEXEC;
        let got = recvmsg(&self.0, &mut [IoSliceMut::new(&mut text)], &mut control, flags).unwrap();
        let fd = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        });
        (String::from_utf8_lossy(&text[..got.bytes]).into_owned(), fd)
    }
}

#[test]
fn what_is_stored_comes_back_when_everybody_was_killed() {
    needs_host!(ours);
    let mut scene = Scene::empty();
    let manager = Manager::new(&mut scene);
    scene.start();
    assert_eq!(manager.hear().0, "READY=1");
    let disk = scene.disk("disk");
    let guest = scene.guest(&[(&disk, 0)]);
    let (said, stored) = manager.hear();
    assert_eq!(said, "FDSTORE=1\nFDNAME=lease-1\nFDPOLL=0");
    let stored = stored.unwrap();
    let watcher = Watcher::over(&disk);

    // the keeper goes too: the store is what is left
    Process::open(scene.pid()).unwrap().signal(rustix::process::Signal::STOP).unwrap();
    let keeper = Process::open(scene.keeper().unwrap()).unwrap();
    keeper.signal(rustix::process::Signal::KILL).unwrap();
    assert!(keeper.wait_end(Some(PATIENCE)).unwrap());
    scene.kill();

    let mut started = Command::new("sh");
    started.args(["-c", "exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"", "sh"]);
    started.arg("env").arg("LISTEN_FDNAMES=lease-1").arg(env!("CARGO_BIN_EXE_virtlockd"));
    scene.start_fed(started, stored.try_clone().unwrap().into());
    // it is told of the lease again, since the one it had has been given away
    assert_eq!(manager.hear().0, "FDSTORE=1\nFDNAME=lease-1\nFDPOLL=0");
    assert_eq!(manager.hear().0, "READY=1");
    assert!(watcher.always_held());
    assert_eq!(scene.status()["leases"][0]["owners"][0]["pid"].as_i64(), Some(guest.pid().into()));

    guest.end();
    assert_eq!(manager.hear().0, "FDSTOREREMOVE=1\nFDNAME=lease-1");
    // released by word, though this test has a duplicate still
    crate::scene::eventually("it is free", || !is_held(&disk));
    drop(stored);
}

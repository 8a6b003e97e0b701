//! Processes that end, and processes that do not want to.

use super::*;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use vir_base::process::ticks_now;

/// Says "ready" when it does what it should.
fn shell(script: &str) -> Child {
    use std::io::Read;
    let script = format!("{script}; echo r; while :; do sleep 0.05; done");
    let mut child = Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 1]).unwrap();
    child
}

fn named(pid: i32) -> Peer<'static> {
    Peer { pid, since: Some(ticks_now()), socket: None }
}

/// Those who have ended, when some have.
fn wait_for_dead(owners: &mut Owners) -> Vec<i32> {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        let fd = owners.poll_fd().unwrap();
        poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&Timespec { tv_sec: 1, tv_nsec: 0 })).unwrap();
        let dead = owners.dead();
        if !dead.is_empty() {
            return dead;
        }
        assert!(Instant::now() < patience, "nobody ends");
    }
}

#[test]
fn the_end_of_a_process_is_told_once() {
    let mut owners = Owners::new().unwrap();
    let mut child = shell("true");
    let pid = child.id() as i32;
    let ours = std::process::id() as i32;
    let start = owners.look_at(pid, named(ours));
    assert_eq!(start, start_time(pid).ok());
    assert_eq!((owners.life(pid), owners.life(ours)), (Life::Alive, Life::Unwatched));
    assert!(owners.dead().is_empty());
    child.kill().unwrap();
    assert_eq!(wait_for_dead(&mut owners), [pid]);
    assert!(owners.dead().is_empty() && !owners.knows(pid));
    child.wait().unwrap();
    assert_eq!(owners.life(pid), Life::Dead);
    assert!(owners.must_end(pid, named(pid)), "it has");
    assert_eq!(owners.look_at(pid, named(ours)), None, "nobody to watch");
}

#[test]
fn who_has_left_is_asked_to_end_and_then_made_to() {
    let mut owners = Owners::new().unwrap();
    let (mut meek, mut stubborn) = (shell("true"), shell("trap '' TERM"));
    let [first, second] = [&meek, &stubborn].map(|child| child.id() as i32);
    for pid in [first, second] {
        owners.look_at(pid, named(pid));
        assert!(!owners.must_end(pid, named(pid)));
        assert!(!owners.must_end(pid, named(pid)));
    }
    assert_eq!(wait_for_dead(&mut owners), [first]);
    assert_eq!(owners.life(second), Life::Ending);
    assert_eq!(wait_for_dead(&mut owners), [second]);
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(meek.wait().unwrap().signal(), Some(15));
    assert_eq!(stubborn.wait().unwrap().signal(), Some(9));
}

#[test]
fn in_doubt_nobody_is_signalled() {
    let mut owners = Owners::new().unwrap();
    let mut child = shell("true");
    let pid = child.id() as i32;
    // nobody knows when the connection was made: the number may have been another's then
    owners.look_at(pid, named(std::process::id() as i32));
    assert!(!owners.must_end(pid, Peer { pid, since: None, socket: None }));
    assert_eq!(owners.life(pid), Life::InDoubt);
    assert!(owners.dead().is_empty() && child.try_wait().unwrap().is_none());

    // the connection is older than the process that has the number now
    let mut later = Owners::new().unwrap();
    let start = start_time(pid).unwrap();
    later.look_at(pid, Peer { pid, since: Some(start - 1), socket: None });
    assert!(!later.knows(pid));
    assert!(!later.must_end(pid, Peer { pid, since: Some(start - 1), socket: None }));
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    assert_eq!(wait_for_dead(&mut owners), [pid], "its end is seen all the same");
    child.wait().unwrap();
}

#[test]
fn the_kernel_says_whose_a_connection_is() {
    let dir = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(dir.path().join("s")).unwrap();
    let _client = UnixStream::connect(dir.path().join("s")).unwrap();
    let (socket, _) = listener.accept().unwrap();
    let ours = std::process::id() as i32;
    let peer = Peer { pid: ours, since: Some(ticks_now()), socket: Some(socket.as_fd()) };
    let mut owners = Owners::new().unwrap();
    assert!(owners.adopt(ours, None));
    assert!(matches!(owners.by_pid[&ours].hold, Hold::Named(_)));
    owners.confirm(ours, peer);
    assert!(matches!(owners.by_pid[&ours].hold, Hold::Certain(_)));
    assert_eq!(owners.look_at(ours, peer), start_time(ours).ok());
}

#[test]
fn an_adopted_process_is_known_by_its_start() {
    let mut owners = Owners::new().unwrap();
    let mut child = shell("true");
    let pid = child.id() as i32;
    let start = start_time(pid).unwrap();
    assert!(!owners.adopt(pid, Some(start + 1)), "another one has the number");
    assert!(owners.adopt(pid, Some(start)));
    assert!(matches!(owners.by_pid[&pid].hold, Hold::Certain(_)));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(wait_for_dead(&mut owners), [pid]);
    assert!(!owners.adopt(pid, Some(start)));
    assert!(owners.adopt(pid, None), "nobody can say");
}

#[test]
fn one_that_was_not_collected_is_not_adopted() {
    let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let pid = child.id() as i32;
    let start = start_time(pid).ok();
    let mut owners = Owners::new().unwrap();
    assert!(start.is_some() && owners.adopt(pid, start));
    owners.forget(pid);
    child.kill().unwrap();
    assert!(Process::open(pid).unwrap().wait_end(Some(Duration::from_secs(30))).unwrap());
    assert!(!owners.adopt(pid, start), "nobody would tell of its end any more");
    child.wait().unwrap();
    assert!(!owners.adopt(pid, start));
}

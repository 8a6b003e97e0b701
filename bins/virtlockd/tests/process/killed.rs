//! SIGKILL of the daemon, of its keeper, of both; what the next start makes of it.

use crate::needs_host;
use crate::scene::{AUTOCREATE, PATIENCE, SHARED, Scene, Watcher, eventually, is_held, is_peer};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;
use vir_base::process::Process;

fn kill(pid: i32) {
    let process = Process::open(pid).unwrap();
    process.signal(rustix::process::Signal::KILL).unwrap();
    assert!(process.wait_end(Some(PATIENCE)).unwrap());
}

#[test]
fn leases_outlive_the_daemon_and_come_back_with_their_owners() {
    needs_host!();
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    assert!(is_held(&disk));
    let watcher = Watcher::over(&disk);
    scene.kill();
    if is_peer() {
        assert!(!watcher.always_held(), "the C daemon loses it");
        assert!(guest.lives(), "and the guest goes on without");
        scene.start();
        scene.client(1).acquire(&disk, 0).unwrap();
        return;
    }
    // several times: what was taken back is kept like what was acquired
    for _ in 0..3 {
        scene.start();
        let client = scene.client(1);
        let error = client.acquire(&disk, 0).unwrap_err();
        assert!(error.message().contains("is locked"), "{error}");
        let status = scene.status();
        let lease = &status["leases"][0];
        assert_eq!(
            (lease["path"].as_str(), status["source"].as_str()),
            (Some(disk.as_str()), Some("daemon"))
        );
        let owner = &lease["owners"][0];
        assert_eq!(owner["pid"].as_i64(), Some(guest.pid().into()));
        assert_eq!(owner["name"].as_str(), Some(format!("guest-{}", guest.pid()).as_str()));
        assert_eq!(owner["state"].as_str(), Some("alive"));
        scene.kill();
        let status = scene.status();
        assert_eq!(status["source"].as_str(), Some("journal"));
        assert_eq!(status["leases"][0]["owners"][0]["state"].as_str(), Some("alive"));
    }
    scene.start();
    assert!(watcher.always_held(), "at no moment would another program have got it");
    assert!(guest.lives());
    // its connection is gone, but its end is seen
    guest.end();
    eventually("the lease is released", || !is_held(&disk));
    scene.client(1).acquire(&disk, 0).unwrap();
}

#[test]
fn a_lease_taken_for_another_process_outlives_the_daemon_too() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut holder = Command::new("sleep").arg("600").spawn().unwrap();
    scene.client(holder.id() as i32).acquire(&disk, SHARED).unwrap();
    scene.client(holder.id() as i32).acquire(&disk, SHARED).unwrap();
    scene.kill();
    scene.start();
    // acquired twice, so to be released twice
    let client = scene.client(holder.id() as i32);
    client.release(&disk).unwrap();
    assert!(is_held(&disk));
    client.release(&disk).unwrap();
    assert!(!is_held(&disk));
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[test]
fn clients_and_the_pid_file_are_let_go_at_once() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let _guest = scene.guest(&[(&disk, 0)]);
    let mut client = UnixStream::connect(scene.socket()).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    // so that it is accepted for certain
    drop(scene.client(1));
    scene.kill();
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0, "the connection ends though the keeper lives");
    let keeper = scene.keeper().unwrap();
    eventually("the keeper has its leases and what it needs", || {
        let open = fs::read_dir(format!("/proc/{keeper}/fd")).unwrap().count();
        open < 14
    });
    let status = fs::read_to_string(format!("/proc/{keeper}/status")).unwrap();
    assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    scene.start();
    let status = fs::read_to_string(format!("/proc/{}/status", scene.pid())).unwrap();
    assert!(status.contains("Seccomp:\t0") && status.contains("NoNewPrivs:\t0"), "{status}");
}

#[test]
fn what_ends_meanwhile_is_released_by_the_keeper() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let (one, two, both) = (scene.disk("one"), scene.disk("two"), scene.disk("both"));
    let made = scene.path("made").to_str().unwrap().to_owned();
    let made_shared = scene.path("made-shared").to_str().unwrap().to_owned();
    let shared = AUTOCREATE | SHARED;
    let first = scene.guest(&[(&one, 0), (&both, SHARED), (&made, AUTOCREATE), (&made_shared, shared)]);
    let second = scene.guest(&[(&two, 0), (&both, SHARED), (&made_shared, shared)]);
    scene.kill();
    first.end();
    eventually("what the first held is free", || !is_held(&one) && !fs::exists(&made).unwrap());
    assert!(is_held(&two) && is_held(&both) && fs::exists(&made_shared).unwrap());
    // one after the other, the last ones perhaps a moment later
    eventually("what both held is the second's", || {
        let status = scene.status();
        let leases = status["leases"].as_array().unwrap();
        leases.len() == 3 && leases.iter().all(|lease| lease["owners"].as_array().unwrap().len() == 1)
    });
    let keeper = Process::open(scene.keeper().unwrap()).unwrap();
    second.end();
    assert!(keeper.wait_end(Some(PATIENCE)).unwrap(), "it ends with the last lease");
    assert!(!is_held(&two) && !is_held(&both) && !fs::exists(&made_shared).unwrap());
    assert!(!fs::exists(scene.path("run/libvirt/virtlockd-keeper-sock")).unwrap());
    scene.start();
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 0);
}

#[test]
fn a_keeper_that_dies_is_replaced() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let _guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    for _ in 0..2 {
        let keeper = scene.keeper().unwrap();
        kill(keeper);
        eventually("another keeper", || scene.keeper().is_some_and(|now| now != keeper));
    }
    eventually("it is ready", || {
        let keeper = scene.keeper().unwrap();
        fs::read_to_string(format!("/proc/{keeper}/status"))
            .is_ok_and(|status| status.contains("Seccomp:\t2"))
    });
    // new leases are in the new keeper's hands as well
    let later = scene.disk("later");
    let _other = scene.guest(&[(&later, 0)]);
    scene.kill();
    assert!(watcher.always_held());
    assert!(is_held(&later));
}

#[test]
fn without_daemon_and_keeper_the_journal_has_leases_locked_again() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let (free, taken) = (scene.disk("free"), scene.disk("taken"));
    let guest = scene.guest(&[(&free, 0), (&taken, 0)]);
    let dead = scene.disk("dead");
    scene.guest(&[(&dead, 0)]).end();
    eventually("the dead guest's lease is released", || !is_held(&dead));
    let keeper = scene.keeper().unwrap();
    // the daemon must not get a chance to make another one
    Process::open(scene.pid()).unwrap().signal(rustix::process::Signal::STOP).unwrap();
    kill(keeper);
    scene.kill();
    assert!(!is_held(&free) && !is_held(&taken));
    let stranger = fs::File::options().read(true).write(true).open(&taken).unwrap();
    let (owner, kind) = (vir_base::sys::LockOwner::Description, vir_base::sys::LockKind::Write);
    assert!(vir_base::sys::lock_first_byte(&stranger, owner, kind).unwrap());
    scene.start();
    assert!(is_held(&free));
    let status = scene.status();
    assert_eq!(status["leases"].as_array().unwrap().len(), 1, "{status}");
    let log = scene.log();
    assert!(log.contains(&format!("the lease on {free} was free; it is held again")), "{log}");
    let lost = format!("the lease on {taken} of process {} is lost: somebody else has it now", guest.pid());
    assert!(log.contains(&lost), "{log}");
}

#[test]
fn a_damaged_journal_costs_names_and_no_lease() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disks: Vec<String> = (0..4).map(|number| scene.disk(&format!("disk{number}"))).collect();
    let leases: Vec<(&str, u32)> = disks.iter().map(|disk| (disk.as_str(), 0)).collect();
    let _guest = scene.guest(&leases);
    let watchers: Vec<Watcher> = disks.iter().map(|disk| Watcher::over(disk)).collect();
    Process::open(scene.pid()).unwrap().signal(rustix::process::Signal::STOP).unwrap();
    // a bad line in the middle, and a torn one at the end
    let text = fs::read_to_string(scene.journal()).unwrap();
    // behind the last line there is room for more
    let damaged = text.trim_end_matches('\0').replacen("disk1", "disk?", 1);
    let torn = &damaged[..damaged.len() - 9];
    fs::File::options()
        .write(true)
        .truncate(true)
        .open(scene.journal())
        .unwrap()
        .write_all(torn.as_bytes())
        .unwrap();
    scene.kill();
    scene.start();
    assert!(watchers.into_iter().all(Watcher::always_held));
    let log = scene.log();
    assert!(log.contains("the journal is damaged in line 3 (at byte "), "{log}");
    assert!(log.contains("the journal is damaged in line 5 (at byte "), "{log}");
    let status = scene.status();
    let leases = status["leases"].as_array().unwrap();
    let mut paths: Vec<&str> = leases.iter().map(|lease| lease["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, disks);
    // whose the two are nobody knows, and nobody can release them but on purpose
    let unknown = leases.iter().filter(|lease| lease["owners"][0]["pid"] == 0).count();
    assert_eq!(unknown, 2);
    scene.terminate();
    assert!(disks.iter().all(|disk| is_held(disk)));
    let output = scene.ask(&["--release-all"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "4 leases released\n");
    assert!(!disks.iter().any(|disk| is_held(disk)));
}

#[test]
fn with_no_descriptors_left_leases_are_refused_and_kept() {
    needs_host!(ours);
    let mut scene = Scene::empty();
    let mut limited = Command::new("prlimit");
    limited.arg("--nofile=120:120").arg(env!("CARGO_BIN_EXE_virtlockd"));
    scene.start_by(limited);
    let mut holder = Command::new("sleep").arg("600").spawn().unwrap();
    let client = scene.client(holder.id() as i32);
    let mut held = vec![];
    let error = loop {
        let disk = scene.disk(&format!("disk{}", held.len()));
        match client.acquire(&disk, 0) {
            Ok(()) => held.push(disk),
            Err(error) => break error,
        }
        assert!(held.len() < 120);
    };
    assert!(error.message().contains("Too many open files"), "{error}");
    assert!(held.len() > 20, "{}", held.len());
    // connections take what is left
    let _more: Vec<UnixStream> = (0..25).map_while(|_| UnixStream::connect(scene.socket()).ok()).collect();
    let watchers: Vec<Watcher> = held.iter().take(2).map(|disk| Watcher::over(disk)).collect();
    scene.kill();
    scene.start();
    assert!(watchers.into_iter().all(Watcher::always_held));
    assert!(held.iter().all(|disk| is_held(disk)));
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), held.len());
    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually("all are released", || !held.iter().any(|disk| is_held(disk)));
}

#[test]
fn a_thousand_leases_are_taken_back_in_batches() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let mut holder = Command::new("sleep").arg("600").spawn().unwrap();
    let client = scene.client(holder.id() as i32);
    let disks: Vec<String> = (0..700).map(|number| scene.disk(&format!("disk{number}"))).collect();
    disks.iter().for_each(|disk| client.acquire(disk, 0).unwrap());
    let watchers = [Watcher::over(&disks[0]), Watcher::over(&disks[699])];
    scene.kill();
    scene.start();
    assert!(watchers.into_iter().all(Watcher::always_held));
    assert!(disks.iter().all(|disk| is_held(disk)));
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 700);
    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually("all are released", || !disks.iter().any(|disk| is_held(disk)));
}

/// The journal cannot be written when another program takes over: what is held stays, and nothing is given
/// that a crash would lose.
#[test]
fn without_a_journal_no_lease_is_given() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let [held, wanted] = ["held", "wanted"].map(|name| scene.disk(name));
    let mut guest = scene.guest(&[(&held, 0)]);
    let watcher = Watcher::over(&held);
    fs::remove_file(scene.journal()).unwrap();
    fs::create_dir(scene.journal()).unwrap();
    scene.signal(rustix::process::Signal::USR1);
    eventually("another program finds no journal", || {
        scene.log().contains("the journal is not as it was left")
    });
    let client = scene.client(1);
    let refused = client.acquire(&wanted, 0).unwrap_err();
    assert!(refused.message().contains("could not keep the lease"), "{refused}");
    assert!(!is_held(&wanted));
    assert!(client.acquire(&held, 0).unwrap_err().message().contains("is locked"));
    // as soon as it can be written it is, with all that is held
    fs::remove_dir(scene.journal()).unwrap();
    client.acquire(&wanted, 0).unwrap();
    drop(client);
    scene.kill();
    assert!(is_held(&held) && is_held(&wanted));
    scene.start();
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 2);
    assert!(watcher.always_held() && guest.lives());
    guest.end();
}

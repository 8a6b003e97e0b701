//! Keepers that are stopped or killed at the worst moments: the daemon goes on without, and no lease is lost.

use crate::needs_host;
use crate::scene::{PATIENCE, Scene, Watcher, eventually, is_held};
use rustix::process::Signal;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;
use vir_base::process::Process;

/// A keeper that can be relied upon.
fn works(pid: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.contains("Seccomp:\t2") && !status.contains("State:\tT") && !status.contains("State:\tZ")
}

/// How many descriptors it has: as many as its daemon, as long as it shares the table.
fn open(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

fn stop(keeper: i32) {
    Process::open(keeper).unwrap().signal(Signal::STOP).unwrap();
    eventually("it is stopped", || {
        fs::read_to_string(format!("/proc/{keeper}/status")).is_ok_and(|status| status.contains("State:\tT"))
    });
}

/// SIGUSR1 with a keeper that does not hear: it is ended, and another one steps aside.
#[test]
fn a_stopped_keeper_keeps_no_program_from_being_replaced() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    let stopped = scene.keeper().unwrap();
    stop(stopped);
    scene.signal(Signal::USR1);
    eventually("it is said", || scene.log().contains("the keeper does not step aside: it does not answer"));
    eventually("another keeper works", || scene.keepers().iter().any(|pid| *pid != stopped && works(*pid)));
    eventually("the stopped one is gone", || !scene.keepers().contains(&stopped));
    let client = scene.client(1);
    assert!(client.acquire(&disk, 0).unwrap_err().message().contains("is locked"));
    let later = scene.disk("later");
    client.acquire(&later, 0).unwrap();
    drop(client);
    scene.kill();
    assert!(watcher.always_held() && is_held(&later) && guest.lives());
    scene.start();
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 2);
}

/// SIGTERM, likewise.
#[test]
fn a_stopped_keeper_costs_no_lease_at_the_end() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    stop(scene.keeper().unwrap());
    scene.terminate();
    assert!(is_held(&disk) && guest.lives());
    scene.start();
    assert!(watcher.always_held());
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 1);
}

/// One that has stepped aside, and is stopped before the next program can let it go.
#[test]
fn a_keeper_that_is_stopped_between_two_programs_is_waited_for_in_vain_and_not_for_long() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    // by these it is seen that it has a table of its own
    let _clients: Vec<_> = (0..30).map(|_| scene.client(1)).collect();
    let said = |scene: &Scene| scene.log().contains("the keeper of the daemon before does not end: ");
    let mut stopped = vec![];
    // the moment is short, and may be missed
    for _ in 0..20 {
        let keeper = scene.keepers().into_iter().find(|pid| works(*pid)).unwrap();
        scene.signal(Signal::USR1);
        eventually("it steps aside", || open(keeper) < 30);
        let process = Process::open(keeper);
        if process.is_ok_and(|process| process.signal(Signal::STOP).is_ok()) {
            stopped.push(keeper);
        }
        eventually("another one works", || {
            scene.keepers().iter().any(|pid| !stopped.contains(pid) && *pid != keeper && works(*pid))
        });
        assert!(scene.client(1).acquire(&disk, 0).unwrap_err().message().contains("is locked"));
        if said(&scene) {
            break;
        }
    }
    scene.kill();
    assert!(watcher.always_held() && guest.lives());
    scene.start();
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 1);
    for keeper in stopped {
        let Ok(process) = Process::open(keeper) else { continue };
        // it finds that others have the leases, and ends
        let _ = process.signal(Signal::CONT);
        assert!(process.wait_end(Some(crate::scene::PATIENCE)).unwrap());
    }
    assert!(is_held(&disk));
}

/// A keeper that is stopped has all that the daemon had, its pid file too: a daemon without the leases would not
/// know who must not get them.
#[test]
fn without_what_a_stopped_keeper_has_no_daemon_starts() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    let keeper = scene.keeper().unwrap();
    stop(keeper);
    scene.kill();
    let started = scene.ask(&[]);
    assert_eq!(started.status.code(), Some(1), "{started:?}");
    assert!(String::from_utf8_lossy(&started.stderr).contains("Failed to acquire pid file"));
    Process::open(keeper).unwrap().signal(Signal::CONT).unwrap();
    scene.start();
    assert!(watcher.always_held() && guest.lives());
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 1);
}

/// Nothing is left of the keepers of earlier programs, not even a number.
#[test]
fn keepers_of_earlier_programs_are_collected() {
    needs_host!(ours);
    let scene = Scene::new();
    let mut before = scene.keeper().unwrap();
    for _ in 0..3 {
        scene.signal(Signal::USR1);
        eventually(
            "another one has taken its place",
            || matches!(scene.keepers()[..], [keeper] if keeper != before && works(keeper)),
        );
        before = scene.keeper().unwrap();
    }
}

/// Whenever it happens: keepers are killed all the time while one program follows another.
#[test]
fn keepers_die_while_the_program_is_replaced() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let mut guest = scene.guest(&[(&disk, 0)]);
    let watcher = Watcher::over(&disk);
    let (over, killed) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let scene = &scene;
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for keeper in scene.keepers() {
                    let process = Process::open(keeper);
                    let dies = process.is_ok_and(|process| process.signal(Signal::KILL).is_ok());
                    killed.fetch_add(dies.into(), Ordering::Relaxed);
                }
            }
        });
        let begun = Instant::now();
        // as long as it takes until one has died, however busy the host is
        let none_yet = || killed.load(Ordering::Relaxed) == 0 && begun.elapsed() < PATIENCE;
        for _ in (0..).take_while(|round| *round < 20 || none_yet()) {
            scene.signal(Signal::USR1);
            let client = scene.client(1);
            assert!(client.acquire(&disk, 0).unwrap_err().message().contains("is locked"));
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(killed.into_inner() > 0);
    // this program's, not one that is about to end because another one, that is dead by now, had all
    let _clients: Vec<_> = (0..30).map(|_| scene.client(1)).collect();
    eventually("a keeper works", || {
        let shares = |keeper: &i32| open(*keeper) == open(scene.pid());
        let one_works = scene.keepers().iter().any(|keeper| works(*keeper) && shares(keeper));
        // one that has not taken its place yet ends with the daemon
        one_works && !scene.journal().with_file_name("virtlockd-keeper-sock.new").exists()
    });
    scene.kill();
    assert!(watcher.always_held());
    assert!(guest.lives());
    scene.start();
    assert_eq!(scene.status()["leases"].as_array().unwrap().len(), 1);
}

//! SIGTERM of the daemon while leases are held.

use crate::needs_host;
use crate::scene::{AUTOCREATE, PATIENCE, Scene, Watcher, eventually, is_held, is_peer};
use std::fs;
use vir_base::process::Process;

#[test]
fn guests_are_not_signalled_and_their_leases_are_kept() {
    needs_host!();
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let made = scene.path("made").to_str().unwrap().to_owned();
    let mut guest = scene.guest(&[(&disk, 0), (&made, AUTOCREATE)]);
    let watcher = Watcher::over(&disk);
    scene.terminate();
    if is_peer() {
        assert!(guest.ends_within(PATIENCE), "the C daemon kills its guests");
        return;
    }
    assert!(guest.lives());
    assert!(is_held(&disk) && is_held(&made));
    // it comes back with the next start, and goes again with the next end
    scene.start();
    let client = scene.client(1);
    assert!(client.acquire(&disk, 0).unwrap_err().message().contains("is locked"));
    drop(client);
    scene.terminate();
    assert!(watcher.always_held());
    assert!(guest.lives());
    let keeper = Process::open(scene.keeper().unwrap()).unwrap();
    guest.end();
    assert!(keeper.wait_end(Some(PATIENCE)).unwrap());
    assert!(!is_held(&disk) && !fs::exists(&made).unwrap());
    assert!(fs::exists(&disk).unwrap(), "not ours to remove");
}

#[test]
fn without_leases_nothing_stays() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let keeper = Process::open(scene.keeper().unwrap()).unwrap();
    scene.terminate();
    assert!(keeper.wait_end(Some(PATIENCE)).unwrap());
    assert!(!fs::exists(scene.path("run/libvirt/virtlockd-keeper-sock")).unwrap());
    assert!(!fs::exists(scene.path("run/virtlockd.pid")).unwrap());
}

#[test]
fn all_leases_are_released_on_purpose() {
    needs_host!(ours);
    let mut scene = Scene::new();
    let disk = scene.disk("disk");
    let made = scene.path("made").to_str().unwrap().to_owned();
    let mut guest = scene.guest(&[(&disk, 0), (&made, AUTOCREATE)]);
    // a daemon that runs is not meddled with
    let refused = scene.ask(&["--release-all"]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains(&format!("the lock daemon runs (process {})", scene.pid())), "{said}");
    scene.terminate();
    let output = scene.ask(&["--release-all"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2 leases released\n");
    assert!(!is_held(&disk) && !fs::exists(&made).unwrap());
    assert!(guest.lives());
    eventually("the keeper has ended", || scene.keeper().is_none());
    let output = scene.ask(&["--release-all"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 leases released\n");
    scene.start();
    scene.client(1).acquire(&disk, 0).unwrap();
}

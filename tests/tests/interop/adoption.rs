//! The C daemon and ours in each other's place while guests run: each finds the other's, and goes on with them.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::stage::{NoStage, Stage, built};

macro_rules! exchangeable {
    ($kind:expr) => {
        match Stage::exchangeable($kind) {
            Ok(stage) => stage,
            Err(NoStage::Missing(what)) => ferrovirt_tests::skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

/// The other daemon takes over; it must know the guest as this one did.
fn hand_over(stage: &mut Stage, to: &Kind) {
    let before = stage.ok(&["dumpxml", "guest"]);
    let state = stage.ok(&["domstate", "--reason", "guest"]);
    stage.daemon.replace_by(to).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), state);
    assert_eq!(stage.ok(&["dumpxml", "guest"]), before);
    assert_eq!(stage.ok(&["list", "--name"]), "guest");
}

/// A file of nothing but zeroes, for a disk.
fn image(stage: &Stage, name: &str) -> String {
    let path = stage.daemon.directory().join(name);
    let file = std::fs::File::create(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    file.set_len(1 << 20).unwrap_or_else(|error| panic!("{name}: {error}"));
    path.display().to_string()
}

/// The small Linux guest with a disk and a drive, running.
fn start(stage: &Stage) {
    let disk = image(stage, "disk.img");
    let disks = format!(
        "<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{disk}'/>\
         <target dev='vda' bus='virtio'/></disk>\
         <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"
    );
    let xml = stage.linux("guest").replacen("<devices>", &disks, 1);
    stage.ok(&["define", &stage.file("guest.xml", &xml)]);
    stage.ok(&["start", "guest"]);
}

/// A guest that one daemon started, another one pauses, a third one saves.
fn adopted_by_one_and_the_other(first: &Kind, second: &Kind) {
    let mut stage = exchangeable!(first);
    start(&stage);
    hand_over(&mut stage, second);
    assert!(stage.ok(&["domblkstat", "guest", "vda"]).contains("vda rd_req"));
    let more = image(&stage, "more.img");
    stage.ok(&["attach-disk", "guest", &more, "vdb", "--targetbus", "virtio"]);
    let medium = image(&stage, "medium.img");
    stage.ok(&["change-media", "guest", "sda", &medium, "--insert"]);
    stage.ok(&["suspend", "guest"]);
    hand_over(&mut stage, first);
    for (disk, there) in [("vda", "disk.img"), ("vdb", "more.img"), ("sda", "medium.img")] {
        let list = stage.ok(&["domblklist", "guest"]);
        let line = list.lines().find(|line| line.trim_start().starts_with(disk));
        assert!(line.is_some_and(|line| line.ends_with(there)), "{disk} in {list}");
    }
    stage.ok(&["change-media", "guest", "sda", "--eject"]);
    stage.ok(&["resume", "guest"]);
    hand_over(&mut stage, second);
    let image = stage.daemon.directory().join("saved").display().to_string();
    stage.ok(&["save", "guest", &image]);
    stage.daemon.replace_by(first).unwrap_or_else(|error| panic!("{error}"));
    stage.ok(&["restore", &image]);
    hand_over(&mut stage, second);
    stage.ok(&["destroy", "guest"]);
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "shut off (destroyed)");
    let left = stage.daemon.directory().join("run/libvirt/qemu/guest.xml");
    assert!(!left.exists(), "its state is still there");
}

#[test]
fn ours_leaves_guests_that_the_c_daemon_finds() {
    adopted_by_one_and_the_other(&Kind::Ours(built()), &Kind::Peer);
}

#[test]
fn the_c_daemon_leaves_guests_that_ours_finds() {
    adopted_by_one_and_the_other(&Kind::Peer, &Kind::Ours(built()));
}

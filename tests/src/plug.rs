//! Devices that guests are given and let go of, as people do it with a virsh; run with ours and with the C one.

use std::fs;

use crate::boot;
use crate::stage::Stage;

/// A guest that boots no further than its firmware, whose USB gives devices back without its doing.
fn firmware_guest(stage: &Stage) {
    let xml = "<domain type='qemu'><name>g</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>\
         <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>\
         <controller type='usb' model='qemu-xhci'/>\
         <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>\
         <interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/></interface>\
         </devices></domain>";
    stage.ok(&["define", &stage.file("g.xml", xml)]);
    stage.ok(&["start", "g"]);
}

fn image(stage: &Stage, name: &str) -> String {
    let path = stage.daemon.directory().join(name);
    fs::write(&path, vec![0; 1 << 20]).expect("a disk can be made");
    path.display().to_string()
}

/// Every command that changes devices, on a guest that runs, on its stored definition, and on both.
///
/// # Panics
/// When something is not as it must be.
pub fn commands_that_change_devices(stage: &Stage) {
    firmware_guest(stage);
    let disk = image(stage, "disk.img");
    let raw = ["--targetbus", "usb", "--driver", "qemu", "--subdriver", "raw"];
    let with = |words: &[&'static str]| -> Vec<String> {
        let own = ["attach-disk", "g", &disk, "sda"].into_iter().chain(raw).chain(words.iter().copied());
        own.map(str::to_owned).collect()
    };
    let shows = |flags: &[&str], what: &str| {
        let words: Vec<&str> = ["dumpxml", "g"].into_iter().chain(flags.iter().copied()).collect();
        stage.ok(&words).contains(what)
    };
    let ok = |words: Vec<String>| stage.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());

    // of the running guest alone
    assert_eq!(ok(with(&["--live"])), "Disk attached successfully");
    assert!(stage.ok(&["domblklist", "g"]).contains(&format!("sda      {disk}")));
    assert!(shows(&[], "<alias name='usb-disk0'/>") && !shows(&["--inactive"], "dev='sda'"));
    let block = stage.ok(&["qemu-monitor-command", "g", "{\"execute\":\"query-block\"}"]);
    assert!(block.contains(&disk), "{block}");
    assert_eq!(stage.ok(&["detach-disk", "g", "sda"]), "Disk detached successfully");
    assert!(!shows(&[], "dev='sda'"));
    let block = stage.ok(&["qemu-monitor-command", "g", "{\"execute\":\"query-block\"}"]);
    assert!(!block.contains(&disk), "{block}");
    let said = stage.fails(&["detach-disk", "g", "sda"]);
    assert_eq!(said, "error: No disk found whose source path or target is sda");

    // of both
    ok(with(&["--persistent"]));
    assert!(shows(&[], "dev='sda'") && shows(&["--inactive"], "dev='sda'"));
    let said = stage.virsh.try_run(&with(&["--config"])).expect("it ends");
    assert!(said.stderr.contains("target sda already exists"), "{}", said.stderr);
    stage.ok(&["detach-disk", "g", "sda", "--persistent"]);
    assert!(!shows(&[], "dev='sda'") && !shows(&["--inactive"], "dev='sda'"));

    // media
    let (first, second) = (image(stage, "first.iso"), image(stage, "second.iso"));
    assert_eq!(stage.ok(&["change-media", "g", "hdc", &first]), "Successfully updated media.");
    assert!(shows(&[], &first) && !shows(&["--inactive"], &first));
    stage.ok(&["change-media", "g", "hdc", &second, "--live", "--config"]);
    assert!(shows(&[], &second) && shows(&["--inactive"], &second));
    let said = stage.fails(&["change-media", "g", "hdc", &first, "--insert"]);
    assert_eq!(said, "error: The disk device 'hdc' already has media");
    assert_eq!(stage.ok(&["change-media", "g", "hdc", "--eject", "--force"]), "Successfully ejected media.");
    assert!(!shows(&[], &second));

    // links
    let mac = "52:54:00:00:00:01";
    assert_eq!(stage.ok(&["domif-setlink", "g", mac, "down"]), "Device updated successfully");
    assert!(shows(&[], "<link state='down'/>") && !shows(&["--inactive"], "<link"));
    stage.ok(&["domif-setlink", "g", mac, "up"]);
    assert_eq!(stage.ok(&["domif-getlink", "g", mac]), format!("{mac} up"));

    // devices by their documents, and by their names
    let tablet = stage.file("tablet.xml", "<input type='tablet' bus='usb'><alias name='ua-pad'/></input>");
    assert_eq!(stage.ok(&["attach-device", "g", &tablet]), "Device attached successfully");
    assert!(shows(&[], "ua-pad"));
    let said = stage.ok(&["detach-device-alias", "g", "ua-pad"]);
    assert_eq!(said, "Device detach request sent successfully");
    let gone = |xml: &str| !xml.contains("ua-pad");
    stage.virsh.wait_for(&["dumpxml", "g"], gone).expect("the guest lets go of it");
    let said = stage.fails(&["detach-device", "g", &tablet]);
    assert!(said.contains("device not found: matching input device not found"), "{said}");
    stage.ok(&["destroy", "g"]);

    // of a guest that does not run
    let net = ["attach-interface", "g", "network", "default", "--mac", "52:54:00:00:00:02"];
    assert_eq!(stage.ok(&[&net[..], &["--config"]].concat()), "Interface attached successfully");
    assert!(shows(&[], "52:54:00:00:00:02"));
    let said = stage.fails(&["attach-disk", "g", &disk, "sda", "--live"]);
    assert!(said.contains("domain is not running"), "{said}");
    let detach = ["detach-interface", "g", "network", "--config"];
    assert_eq!(stage.ok(&detach), "Interface detached successfully");
    assert!(!shows(&[], "52:54:00:00:00:02"));
    stage.ok(&["undefine", "g"]);
}

/// A guest that runs a system sees a disk come, and lets go of it.
///
/// # Panics
/// When something is not as it must be.
pub fn a_guest_sees_its_disk(stage: &Stage) {
    stage.define_linux("guest");
    let mut console = boot(stage, "guest");
    let disk = image(stage, "disk.img");
    let interrupted = &stage.virsh.interrupted;
    let patience = std::time::Duration::from_secs(60);
    stage.ok(&["attach-disk", "guest", &disk, "vdb", "--driver", "qemu", "--subdriver", "raw"]);
    let look = "cat /sys/bus/pci/devices/*/device | grep -c 0x1042 | sed s/^/disks:/\r";
    console.type_until(look, "disks:1", patience, interrupted).expect("the guest sees it");
    stage.ok(&["detach-disk", "guest", "vdb"]);
    let gone = |xml: &str| !xml.contains("dev='vdb'");
    stage.virsh.wait_for(&["dumpxml", "guest"], gone).expect("the guest lets go of it");
    console.type_until(look, "disks:0", patience, interrupted).expect("the guest sees that it is gone");
    console.leave().expect("the console can be left");
    stage.ok(&["destroy", "guest"]);
}

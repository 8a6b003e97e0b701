//! What is counted and measured about a running guest, and its memory.

use ferrovirt_tests::{boot, stage};

#[test]
fn domstats_of_each_group() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "guest"]);
    let stats = stage.ok(&[
        "domstats",
        "--state",
        "--cpu-total",
        "--balloon",
        "--vcpu",
        "--block",
        "--interface",
        "guest",
    ]);
    for field in [
        "Domain: 'guest'\n  state.state=1\n  state.reason=1\n",
        "\n  cpu.time=",
        "\n  balloon.current=262144\n  balloon.maximum=262144\n",
        "\n  vcpu.current=1\n  vcpu.maximum=1\n  vcpu.0.state=1\n",
        "\n  net.count=1",
        "\n  block.count=0",
    ] {
        assert!(stats.contains(field), "no {field:?} in {stats}");
    }
    stage.ok(&["destroy", "guest"]);
    assert_eq!(
        stage.ok(&["domstats", "--state", "guest"]),
        "Domain: 'guest'\n  state.state=5\n  state.reason=2"
    );
}

#[test]
fn dominfo_and_vcpuinfo() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "--paused", "guest"]);
    let info = stage.ok(&["dominfo", "guest"]);
    for line in [
        "Id:             1\n",
        "Name:           guest\n",
        "OS Type:        hvm\n",
        "State:          paused\n",
        "CPU(s):         1\n",
        "Max memory:     262144 KiB\n",
        "Used memory:    262144 KiB\n",
        "Persistent:     yes\n",
        "Autostart:      disable\n",
        "Managed save:   no\n",
    ] {
        assert!(info.contains(line), "no {line:?} in {info}");
    }
    let info = stage.ok(&["vcpuinfo", "guest"]);
    assert!(info.starts_with("VCPU:           0\nCPU:            "), "{info}");
    assert!(info.contains("\nCPU Affinity:   y"), "{info}");
}

#[test]
fn disks_are_listed_and_measured() {
    let stage = stage!(System, Peer, "qemu");
    let image = stage.file("disk.raw", "");
    std::fs::File::options().write(true).open(&image).unwrap().set_len(8 << 20).unwrap();
    let disk = format!(
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/>\
         <target dev='vda' bus='virtio'/></disk><memballoon"
    );
    let file = stage.file("guest.xml", &stage.linux("guest").replacen("<memballoon", &disk, 1));
    stage.ok(&["create", "--paused", &file]);
    let list = stage.ok(&["domblklist", "guest"]);
    assert!(list.contains(&format!(" vda      {image}")), "{list}");
    let details = stage.ok(&["domblklist", "--details", "guest"]);
    assert!(details.contains(&format!(" file   disk     vda      {image}")), "{details}");
    let info = stage.ok(&["domblkinfo", "guest", "vda"]);
    assert!(info.starts_with("Capacity:       8388608\nAllocation:     0\n"), "{info}");
    let stat = stage.ok(&["domblkstat", "guest", "vda"]);
    assert!(stat.starts_with("vda rd_req ") && stat.contains("\nvda wr_bytes 0"), "{stat}");
    let stats = stage.ok(&["domstats", "--block", "guest"]);
    let path = format!("block.0.path={image}");
    for field in ["block.count=1", "block.0.name=vda", &path, "block.0.capacity=8388608"] {
        assert!(stats.contains(field), "no {field:?} in {stats}");
    }
}

#[test]
fn interfaces_are_listed() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let list = stage.ok(&["domiflist", "guest"]);
    assert!(list.contains(" -           user   -        virtio   52:54:00:00:00:01"), "{list}");
    // An interface in user mode is no interface of the host, so it cannot be counted.
    stage.ok(&["start", "--paused", "guest"]);
    let error = stage.fails(&["domifstat", "guest", "52:54:00:00:00:01"]);
    assert!(error.contains("Failed to get interface stats guest 52:54:00:00:00:01"), "{error}");
}

#[test]
fn the_balloon_gives_and_takes_memory() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    boot(&stage, "guest").leave().unwrap();
    let memory = stage.ok(&["dommemstat", "guest"]);
    assert!(memory.starts_with("actual 262144\n") && memory.contains("\nrss "), "{memory}");
    stage.ok(&["setmem", "guest", "192M", "--live"]);
    let small = |text: &str| text.contains("Used memory:    196608 KiB");
    stage.virsh.wait_for(&["dominfo", "guest"], small).unwrap();
    assert!(stage.ok(&["dommemstat", "guest"]).starts_with("actual 196608\n"));
    let error = stage.fails(&["setmem", "guest", "1G", "--live"]);
    assert!(error.contains("cannot set memory higher than max memory"), "{error}");
}

#[test]
fn times_of_processors_and_groups_beside_them() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "guest"]);
    let said = stage.ok(&["cpu-stats", "guest", "--total"]);
    for name in ["Total:", "cpu_time", "user_time", "system_time", "seconds"] {
        assert!(said.contains(name), "{said}");
    }
    let said = stage.ok(&["domstats", "guest"]);
    for name in ["cpu.cache.monitor.count=0", "cpu.haltpoll.success.time=", "dirtyrate.calc_status=0"] {
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn a_guest_that_starts_once() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let once = || {
        stage.ok(&["dominfo", "guest"]).lines().find(|l| l.starts_with("Autostart Once:")).map(str::to_owned)
    };
    assert_eq!(once().as_deref(), Some("Autostart Once: disable"));
    assert_eq!(
        stage.ok(&["autostart", "--once", "guest"]),
        "Domain 'guest' marked as autostarted on next boot"
    );
    assert_eq!(once().as_deref(), Some("Autostart Once: enable"));
    let link = stage.daemon.directory().join("etc/libvirt/qemu/autostart/guest.xml.once");
    assert!(link.is_symlink());
    stage.ok(&["undefine", "guest"]);
    assert!(!link.is_symlink());
}

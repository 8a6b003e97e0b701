//! Our virsh with the daemon: one guest's whole life.

use std::time::Duration;

use ferrovirt_tests::{boot, stage};

#[test]
fn a_guest_is_defined_booted_used_and_shut_down() {
    let stage = stage!(System, Ours, "qemu");
    stage.define_linux("guest");
    assert_eq!(
        stage.ok(&["list", "--all"]),
        " Id   Name    State\n------------------------\n -    guest   shut off"
    );
    let mut console = boot(&stage, "guest");
    console.type_text("echo $((6 * 7)) is the answer\r").unwrap();
    let patience = Duration::from_secs(20);
    console.read_until("42 is the answer", patience, &stage.virsh.interrupted, |_| {}).unwrap();
    console.leave().unwrap();
    assert_eq!(stage.ok(&["list"]), " Id   Name    State\n-----------------------\n 1    guest   running");
    assert!(stage.ok(&["dominfo", "guest"]).contains("Max memory:     262144 KiB\n"));
    assert!(stage.ok(&["domstats", "guest"]).starts_with("Domain: 'guest'\n  state.state=1\n"));
    assert!(stage.ok(&["dumpxml", "guest"]).starts_with("<domain type='qemu' id='1'>\n"));
    stage.ok(&["suspend", "guest"]);
    stage.ok(&["resume", "guest"]);
    stage.ok(&["shutdown", "guest"]);
    let wait = ["domstate", "--reason", "guest"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    assert_eq!(end.trim(), "shut off (shutdown)");
    stage.ok(&["undefine", "guest"]);
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "");
}

#[test]
fn a_guest_lives_without_privileges() {
    let stage = stage!(Session, Ours, "qemu");
    stage.define_linux("guest");
    boot(&stage, "guest").leave().unwrap();
    stage.ok(&["shutdown", "guest"]);
    let wait = ["domstate", "--reason", "guest"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    assert_eq!(end.trim(), "shut off (shutdown)");
}

#[test]
fn ours_and_libvirts_own_say_the_same() {
    let ours = stage!(System, Ours, "test");
    let peer = std::path::Path::new("/usr/bin/virsh");
    if !peer.is_file() {
        ferrovirt_tests::skip!("needs libvirt's own virsh");
    }
    let theirs = ferrovirt_tests::client::Virsh::new(peer, &ours.virsh.uri);
    for command in [
        "list --all",
        "list --title",
        "dominfo test",
        "domstate --reason test",
        "dumpxml test",
        "domstats test",
        "nodeinfo",
        "capabilities",
        "vcpuinfo test",
        "uri",
        "hostname",
        "version --daemon",
        "dominfo nobody",
    ] {
        let (ours, theirs) = (ours.virsh.try_run(&[command]).unwrap(), theirs.try_run(&[command]).unwrap());
        assert_eq!(
            theirs.status.success(),
            command != "dominfo nobody",
            "virsh {command}: {}",
            theirs.stderr
        );
        assert_eq!(ours.stderr, theirs.stderr, "virsh {command}");
        assert_eq!(ours.status.code(), theirs.status.code(), "virsh {command}");
        // The processor time of the test driver's domain is the time of day.
        let steady = |text: &str| {
            let lines = text.lines().filter(|line| !line.to_lowercase().contains("time"));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        assert_eq!(steady(&ours.stdout), steady(&theirs.stdout), "virsh {command}");
    }
}

#[test]
fn times_of_processors() {
    let stage = stage!(System, Ours, "test");
    let said = stage.ok(&["cpu-stats", "test", "--start", "0", "--count", "2"]);
    let names: Vec<&str> = said.lines().filter(|line| line.starts_with("CPU")).collect();
    assert_eq!(names, ["CPU0:", "CPU1:"], "{said}");
    assert!(said.contains("\tcpu_time     ") && said.contains("\tvcpu_time    "), "{said}");
    let said = stage.ok(&["cpu-stats", "test", "--total"]);
    assert!(said.starts_with("Total:\n\tcpu_time     "), "{said}");
    let said = stage.fails(&["cpu-stats", "test", "--start", "99"]);
    assert!(said.contains("Start CPU 99 is out of range (min: 0, max: "), "{said}");
}

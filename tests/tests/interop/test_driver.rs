//! The test driver: `test:///default` and `test:///FILE`.

use ferrovirt_tests::stage;

#[test]
fn the_default_host_has_one_running_domain() {
    let stage = stage!(System, Peer, "test");
    assert_eq!(stage.ok(&["list"]), " Id   Name   State\n----------------------\n 1    test   running");
    assert_eq!(stage.ok(&["domuuid", "test"]), "6695eb01-f6a4-8304-79aa-97f2502e193f");
    assert_eq!(stage.ok(&["domstate", "--reason", "test"]), "running (unknown)");
    let info = stage.ok(&["nodeinfo"]);
    assert!(info.contains("CPU model:           i686\nCPU(s):              16\n"), "{info}");
    assert!(stage.ok(&["capabilities"]).starts_with("<capabilities>\n"));
}

#[test]
fn a_domain_lives_without_a_hypervisor() {
    let stage = stage!(System, Peer, "test");
    let xml = "<domain type='test'><name>x</name><memory>8192</memory><os><type>hvm</type></os></domain>";
    let file = stage.file("x.xml", xml);
    // The default host is forgotten when its last connection is closed, so one virsh does all.
    let state = "domstate --reason x";
    let said = stage.ok(&[&format!(
        "define {file}; start x; domid x; {state}; suspend x; {state}; resume x; {state}; shutdown x; {state}"
    )]);
    let said: Vec<_> = said.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        said[1..],
        [
            "Domain 'x' started",
            "2",
            "running (booted)",
            "Domain 'x' suspended",
            "paused (user)",
            "Domain 'x' resumed",
            "running (unpaused)",
            "Domain 'x' is being shutdown",
            "shut off (shutdown)",
        ]
    );
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "test");
}

#[test]
fn a_host_is_read_from_a_file() {
    let stage = stage!(System, Peer, "test");
    let file = stage.file(
        "host.xml",
        "<node>\n<domain type='test'><name>fc4</name>\
         <uuid>ef861801-45b9-11cb-88e3-afbfe5370493</uuid><memory>261072</memory><vcpu>1</vcpu>\
         <os><type>hvm</type></os></domain>\n<cpu><mhz>6000</mhz><model>i986</model><active>50</active>\
         <nodes>4</nodes><sockets>4</sockets><cores>4</cores><threads>2</threads></cpu>\
         <memory>8192000</memory></node>",
    );
    let uri = stage.daemon.uri_of("test", file.trim_start_matches('/'));
    let virsh = ferrovirt_tests::client::Virsh { uri, ..stage.virsh.clone() };
    assert_eq!(virsh.run(&["list", "--all", "--name"]).unwrap().trim(), "fc4");
    let info = virsh.run(&["nodeinfo"]).unwrap();
    assert!(info.contains("CPU model:           i986\n"), "{info}");
    assert!(info.contains("NUMA cell(s):        4\n"), "{info}");
}

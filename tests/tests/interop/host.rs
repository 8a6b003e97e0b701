//! What a client asks about the connection and the host.

use ferrovirt_tests::stage;

#[test]
fn uri_version_and_hostname() {
    let stage = stage!(System, Peer, "qemu");
    // A client with a URI that names a socket says what it was given.
    assert_eq!(stage.ok(&["uri"]), stage.virsh.uri);
    let version = stage.ok(&["version", "--daemon"]);
    assert!(version.contains("Using API: QEMU 11.3.0"), "{version}");
    assert!(version.contains("Running hypervisor: QEMU "), "{version}");
    assert!(version.contains("Running against daemon: 11.3.0"), "{version}");
    assert!(!stage.ok(&["hostname"]).is_empty());
}

#[test]
fn nodeinfo_says_what_the_host_is() {
    let stage = stage!(System, Peer, "qemu");
    let info = stage.ok(&["nodeinfo"]);
    let value = |key: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("{info}"));
        line.trim().to_owned()
    };
    assert_eq!(value("CPU model:"), "x86_64");
    assert_eq!(value("CPU(s):"), std::thread::available_parallelism().unwrap().to_string());
    assert!(value("Memory size:").ends_with(" KiB"));
}

#[test]
fn processors_and_memory_of_the_host() {
    let stage = stage!(System, Peer, "qemu");
    let map = stage.ok(&["nodecpumap"]);
    assert!(map.starts_with("CPUs present:   ") && map.contains("\nCPUs online:    "), "{map}");
    let total = stage.ok(&["nodecpustats"]);
    for counter in ["user:", "system:", "idle:", "iowait:"] {
        assert!(total.contains(counter), "{total}");
    }
    assert!(stage.ok(&["nodecpustats", "0"]).contains("idle:"));
    let memory = stage.ok(&["nodememstats"]);
    for counter in ["total  :", "free   :", "buffers:", "cached :"] {
        assert!(memory.contains(counter), "{memory}");
    }
}

#[test]
fn capabilities_name_the_host_and_what_guests_it_can_run() {
    let stage = stage!(System, Peer, "qemu");
    let xml = stage.ok(&["capabilities"]);
    assert!(xml.starts_with("<capabilities>\n"), "{xml}");
    for part in ["<uuid>", "<arch>x86_64</arch>", "<guest>", "<arch name='x86_64'>", "<domain type='qemu'/>"]
    {
        assert!(xml.contains(part), "no {part} in {xml}");
    }
}

#[test]
fn domcapabilities_say_what_qemu_offers() {
    let stage = stage!(System, Peer, "qemu");
    let xml = stage.ok(&["domcapabilities", "--virttype", "qemu", "--machine", "q35"]);
    assert!(xml.starts_with("<domainCapabilities>\n"), "{xml}");
    for part in ["<domain>qemu</domain>", "<arch>x86_64</arch>", "<cpu>", "<devices>"] {
        assert!(xml.contains(part), "no {part} in {xml}");
    }
}

#[test]
fn a_read_only_connection_reads_and_does_not_write() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    assert_eq!(stage.ok(&["--readonly", "list", "--all", "--name"]), "guest");
    let error = stage.fails(&["--readonly", "undefine", "guest"]);
    assert!(error.contains("operation forbidden: read only access prevents virDomainUndefine"), "{error}");
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "guest");
}

#[test]
fn what_is_not_there_is_said_as_libvirt_says_it() {
    let stage = stage!(System, Peer, "qemu");
    assert_eq!(stage.fails(&["dominfo", "nobody"]), "error: failed to get domain 'nobody'");
    assert_eq!(
        stage.fails(&["domuuid", "6695eb01-f6a4-8304-79aa-97f2502e193f"]),
        "error: failed to get domain '6695eb01-f6a4-8304-79aa-97f2502e193f'"
    );
}

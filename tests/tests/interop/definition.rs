//! Domains as documents: defined, shown, changed, renamed, undefined.

use ferrovirt_tests::stage;

#[test]
fn a_definition_is_kept_and_shown() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let uuid = stage.ok(&["domuuid", "guest"]);
    assert_eq!(uuid.len(), 36, "{uuid}");
    assert_eq!(stage.ok(&["domname", &uuid]), "guest");
    assert_eq!(stage.ok(&["domid", "guest"]), "-");
    let xml = stage.ok(&["dumpxml", "guest"]);
    for part in [
        "<domain type='qemu'>\n  <name>guest</name>\n",
        &format!("<uuid>{uuid}</uuid>"),
        "<memory unit='KiB'>262144</memory>",
        "<vcpu placement='static'>1</vcpu>",
        "<cmdline>console=ttyS0 panic=-1</cmdline>",
        "<interface type='user'>\n      <mac address='52:54:00:00:00:01'/>",
        "<serial type='pty'>\n      <target type='isa-serial' port='0'>",
        "<memballoon model='virtio'>",
    ] {
        assert!(xml.contains(part), "no {part} in {xml}");
    }
    assert_eq!(stage.ok(&["dumpxml", "--inactive", "guest"]), xml);
    // What was shown can be defined again, and is then shown unchanged.
    let file = stage.file("again.xml", &xml);
    stage.ok(&["define", &file]);
    assert_eq!(stage.ok(&["dumpxml", "guest"]), xml);
    let gone = stage.ok(&["undefine", "guest"]);
    assert_eq!(gone, "Domain 'guest' has been undefined");
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "");
}

#[test]
fn definitions_and_autostart_survive_a_restart_of_the_daemon() {
    let mut stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let xml = stage.ok(&["dumpxml", "guest"]);
    assert_eq!(stage.ok(&["autostart", "guest"]), "Domain 'guest' marked as autostarted");
    assert!(stage.ok(&["dominfo", "guest"]).contains("Autostart:      enable"));
    stage.ok(&["autostart", "--disable", "guest"]);
    assert!(stage.ok(&["dominfo", "guest"]).contains("Autostart:      disable"));
    stage.daemon.stop().unwrap();
    stage.daemon.start_again().unwrap();
    assert_eq!(stage.ok(&["dumpxml", "guest"]), xml);
}

#[test]
fn description_and_title() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    assert_eq!(stage.ok(&["desc", "--title", "guest"]), "A small Linux guest");
    stage.ok(&["desc", "--config", "guest", "--new-desc", "what it is for"]);
    assert_eq!(stage.ok(&["desc", "guest"]), "what it is for");
    assert!(stage.ok(&["dumpxml", "guest"]).contains("<description>what it is for</description>"));
}

#[test]
fn metadata_of_other_programs_is_kept() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let namespace = "http://example.test/owner";
    let set = ["metadata", "guest", namespace, "--config", "--key", "o", "--set", "<who name='me'/>"];
    assert_eq!(stage.ok(&set), "Metadata modified");
    assert_eq!(stage.ok(&["metadata", "guest", namespace]), "<who name=\"me\"/>");
    let xml = stage.ok(&["dumpxml", "guest"]);
    assert!(xml.contains("<o:who xmlns:o=\"http://example.test/owner\" name=\"me\"/>"), "{xml}");
    assert_eq!(stage.ok(&["metadata", "guest", namespace, "--config", "--remove"]), "Metadata removed");
    assert!(!stage.ok(&["dumpxml", "guest"]).contains("example.test"));
}

#[test]
fn a_domain_can_be_renamed() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("before");
    let uuid = stage.ok(&["domuuid", "before"]);
    assert_eq!(stage.ok(&["domrename", "before", "after"]), "Domain successfully renamed");
    assert_eq!(stage.ok(&["domuuid", "after"]), uuid);
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "after");
}

#[test]
fn what_cannot_be_defined_is_refused_and_changes_nothing() {
    let stage = stage!(System, Peer, "qemu");
    let broken = stage.file("broken.xml", "<domain type='qemu'><name>x</name></domain");
    assert_eq!(
        stage.fails(&["define", &broken]),
        format!(
            "error: Failed to define domain from {broken}\nerror: at line 1: expected '>'\n\
             <domain type='qemu'><name>x</name></domain\n\
             ------------------------------------------^"
        )
    );
    let nameless = stage.file("nameless.xml", "<domain type='qemu'><memory>1</memory></domain>");
    let error = stage.fails(&["define", &nameless]);
    assert!(
        error.starts_with(&format!("error: Failed to define domain from {nameless}\nerror: ")),
        "{error}"
    );
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "");
}

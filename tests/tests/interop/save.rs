//! A guest's state saved to a file, and taken up again.

use ferrovirt_tests::stage;

#[test]
fn save_and_restore() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "guest"]);
    let image = stage.daemon.directory().join("saved").display().to_string();
    assert_eq!(stage.ok(&["save", "guest", &image]), format!("\nDomain 'guest' saved to {image}"));
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "shut off (saved)");
    assert!(std::fs::read(&image).unwrap().starts_with(b"LibvirtQemudSave"));
    let xml = stage.ok(&["save-image-dumpxml", &image]);
    assert!(xml.contains("<name>guest</name>"), "{xml}");
    assert_eq!(stage.ok(&["restore", "--paused", &image]), format!("Domain restored from {image}"));
    assert_eq!(stage.ok(&["domstate", "guest"]), "paused");
    stage.ok(&["resume", "guest"]);
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "running (unpaused)");
}

#[test]
fn managed_save_is_taken_up_by_start() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "guest"]);
    let said = stage.ok(&["managedsave", "guest"]);
    assert!(said.contains("Domain 'guest' state saved by libvirt"), "{said}");
    assert_eq!(stage.ok(&["list", "--all", "--with-managed-save", "--name"]), "guest");
    assert!(stage.ok(&["dominfo", "guest"]).contains("Managed save:   yes"));
    assert_eq!(stage.ok(&["start", "guest"]), "Domain 'guest' started");
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "running (restored)");
    assert_eq!(stage.ok(&["list", "--all", "--with-managed-save", "--name"]), "");
    stage.ok(&["managedsave", "guest"]);
    let said = stage.ok(&["managedsave-remove", "guest"]);
    assert_eq!(said, "Removed managedsave image for domain 'guest'");
    stage.ok(&["start", "guest"]);
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "running (booted)");
}

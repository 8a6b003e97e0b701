//! `virsh list`, in all its forms.

use ferrovirt_tests::stage;

#[test]
fn each_filter_lists_what_it_names() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("idle");
    stage.define_linux("kept");
    stage.ok(&["autostart", "kept"]);
    stage.ok(&["start", "--paused", "kept"]);
    let passing = stage.file("passing.xml", &stage.linux("passing"));
    stage.ok(&["create", "--paused", &passing]);

    let names = |filter: &[&str]| {
        let listed = stage.ok(&[&["list", "--name"], filter].concat());
        let mut names: Vec<_> = listed.lines().map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(names(&[]), ["kept", "passing"]);
    assert_eq!(names(&["--all"]), ["idle", "kept", "passing"]);
    assert_eq!(names(&["--inactive"]), ["idle"]);
    assert_eq!(names(&["--all", "--persistent"]), ["idle", "kept"]);
    assert_eq!(names(&["--all", "--transient"]), ["passing"]);
    assert_eq!(names(&["--all", "--autostart"]), ["kept"]);
    assert_eq!(names(&["--all", "--no-autostart"]), ["idle", "passing"]);
    assert_eq!(names(&["--state-paused"]), ["kept", "passing"]);
    assert_eq!(names(&["--state-running"]), [""; 0]);
    assert_eq!(names(&["--all", "--state-shutoff"]), ["idle"]);
    assert_eq!(names(&["--all", "--with-managed-save"]), [""; 0]);
    assert_eq!(names(&["--all", "--without-snapshot"]), ["idle", "kept", "passing"]);

    let table = stage.ok(&["list", "--all", "--title"]);
    assert!(table.starts_with(" Id   Name      State      Title"), "{table}");
    assert!(table.contains(" -    idle      shut off   A small Linux guest"), "{table}");
    assert!(table.contains(" 1    kept      paused     A small Linux guest"), "{table}");
    assert_eq!(stage.ok(&["list", "--id"]), "1\n2");
    assert_eq!(stage.ok(&["list", "--inactive", "--uuid"]), stage.ok(&["domuuid", "idle"]));
}

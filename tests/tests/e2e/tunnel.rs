//! Connections through other programs: whatever the user names, and `ssh`, with and without the helper on
//! the other host, for both shells.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ferrovirt_tests::client::Virsh;
use ferrovirt_tests::stage::{Stage, built};
use ferrovirt_tests::{paths, stage};

/// An executable in the daemon's directory.
fn script(stage: &Stage, name: &str, text: &str) -> String {
    let path = stage.daemon.socket().with_file_name(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// Both shells, with this URI.
fn shells(uri: &str) -> Vec<Virsh> {
    let own = Some(built().join("virsh"));
    own.into_iter().chain(paths::program("virsh")).map(|program| Virsh::new(&program, uri)).collect()
}

fn helper(stage: &Stage) -> String {
    let helper = built().join("virt-ssh-helper");
    format!("exec {} 'test:///default?socket={}'", helper.display(), stage.daemon.socket().display())
}

#[test]
fn by_a_command() {
    let stage = stage!(System, Ours, "test");
    let command = script(&stage, "way", &helper(&stage));
    for virsh in shells(&format!("test+ext:///default?command={command}")) {
        assert_eq!(virsh.run(&["list", "--name"]).unwrap().trim(), "test");
        // much in either direction
        let xml = virsh.run(&["dumpxml", "test"]).unwrap();
        assert!(xml.contains("<name>test</name>"), "{xml}");
    }
}

#[test]
fn by_ssh_with_and_without_a_helper_there() {
    let stage = stage!(System, Ours, "test");
    // the other host is this one, and has what is asked for under a name of its own
    let asked = "[ \"$1\" != -q ] || exit 1";
    let netcat = script(&stage, "my-nc", &format!("{asked}\n{}", helper(&stage)));
    let far = stage.daemon.socket().with_file_name("far");
    fs::create_dir_all(&far).unwrap();
    let there = far.join("virt-ssh-helper");
    fs::copy(&netcat, &there).unwrap();
    let ssh = format!(
        "while [ \"$1\" != -- ]; do shift; done; [ \"$2\" = over.there ] || exit 9; PATH={}:$PATH exec sh -c \"$3\"",
        far.display()
    );
    let ssh = script(&stage, "my-ssh", &ssh);
    for rest in [format!("&proxy=netcat&netcat={netcat}"), "&proxy=native".into(), String::new()] {
        for virsh in shells(&format!("test+ssh://me@over.there/default?command={ssh}&no_tty=1{rest}")) {
            assert_eq!(virsh.run(&["list", "--name"]).unwrap().trim(), "test", "{rest}");
        }
    }
}

#[test]
fn what_the_way_says_at_its_end_is_shown() {
    let stage = stage!(System, Ours, "test");
    // the C client does not live through writing to what has gone
    let end =
        "dd bs=4 count=1 of=/dev/null 2>&-; echo 'ssh: Could not resolve hostname nowhere' >&2; exit 255";
    let ssh = script(&stage, "my-ssh", end);
    for virsh in shells(&format!("test+ssh://nowhere/default?command={ssh}")) {
        let error = virsh.run(&["list"]).unwrap_err();
        // which of the two depends on whether the question had left by then
        let said = |what: &str| error.contains(&format!("{what}: ssh: Could not resolve hostname nowhere: "));
        assert!(said("End of file while reading data") || said("Cannot recv data"), "{error}");
    }
    for virsh in shells("test+ext:///default") {
        let error = virsh.run(&["list"]).unwrap_err();
        assert!(error.contains("remote_open: for 'ext' transport, command is required"), "{error}");
    }
}

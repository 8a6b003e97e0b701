//! Commands on `test:///default`, which both programs serve by themselves.

use super::{compare_in, peer};
use skip::skip;
use std::path::Path;

/// A domain with one of each device that commands list.
const GUEST: &str = "<domain type='test'><name>vm2</name>\
    <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\
    <title>T &amp; t</title><description>D</description>\
    <memory>100000</memory><vcpu current='2'>4</vcpu><os><type>hvm</type></os><devices>\
    <disk type='file' device='disk'><source file='/x/y.img'/><target dev='vda'/></disk>\
    <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/>\
    <model type='virtio'/><target dev='vnet0'/></interface>\
    <graphics type='vnc' port='5901' listen='127.0.0.1'/></devices></domain>";

fn compare(peer: &Path, lines: &[&str]) {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("vm.xml"), GUEST).expect("a file is written");
    let cases: Vec<[&str; 3]> = lines.iter().map(|line| ["-c", "test:///default", *line]).collect();
    let cases: Vec<&[&str]> = cases.iter().map(<[&str; 3]>::as_slice).collect();
    compare_in(peer, &cases, home.path());
}

#[test]
fn lists() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            "list",
            "list --all",
            "list --inactive",
            "list --uuid --name --id",
            "list --title --uuid",
            "list --table --name",
            "list --with-snapshot; list --state-running; list --no-autostart; list --transient",
            "define vm.xml; list --all; list --all --title; list --inactive --name; list --all --id",
            "net-list --all; net-list --name; net-list --uuid --name; net-list --title; net-info default",
            "net-name dd8fe884-6c02-601e-7551-cca97df1c5df; net-uuid default; net-dumpxml nope",
            "iface-list --all; iface-list --inactive; iface-list --all --inactive",
            "pool-info default-pool; pool-info default-pool --bytes; pool-uuid default-pool; pool-info nope",
            "pool-destroy default-pool; pool-list --all --details; pool-start default-pool; pool-start default-pool",
            "pool-list --details; pool-list --uuid --name; pool-list --type x; pool-list --details --uuid",
        ],
    );
}

#[test]
fn the_life_of_a_domain() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            "suspend test; domstate test --reason; suspend test; resume test; domstate test --reason",
            "reboot test; shutdown test; domstate test --reason; start test; destroy test; destroy test",
            "destroy test; start test --paused; domstate test --reason; start test",
            "undefine test; list --all; destroy test; list --all; undefine test",
            "define vm.xml; undefine vm2; undefine vm2; create vm.xml; list; destroy vm2; create nope",
            "autostart test; autostart test --disable; autostart nope",
            "domid 1; domname 1; domname test; domuuid 1; domid test",
            "domrename test x; destroy test; domrename test x; list --all; domrename nope y",
            "define vm.xml; desc vm2; desc vm2 --title; desc vm2 new words; desc vm2",
            "define vm.xml; metadata vm2 urn:x --key k --set '<a/>'; metadata vm2 urn:x; metadata vm2 urn:x --set x",
            "setvcpus test 1; setvcpus test 0; setvcpus test 2 --maximum; setvcpus test x; vcpucount test",
            "setmem test 1G; dumpxml test --xpath //currentMemory; setmem test 5x; setmem test x; setmem test 1 --live --current",
        ],
    );
}

#[test]
fn what_is_known_of_a_domain() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            "dumpxml test; dumpxml test --inactive; dumpxml nope",
            "dumpxml test --xpath //os; dumpxml test --xpath //os --wrap; dumpxml test --xpath '/domain/@type'",
            "dumpxml test --xpath 'count(//os)'; dumpxml test --xpath '/domain['; dumpxml test --xpath 'f()'",
            "define vm.xml; domblklist vm2; domblklist vm2 --details; domiflist vm2; domif-getlink vm2 vnet0",
            "define vm.xml; domif-getlink vm2 52:54:00:11:22:33; domif-getlink vm2 nope; vncdisplay vm2",
            "define vm.xml; start vm2; vncdisplay vm2; domdisplay vm2; domdisplay vm2 --type spice",
            "define vm.xml; vcpucount vm2; vcpuinfo vm2; start vm2; vcpucount vm2 --maximum --config",
            "domcontrol test; domjobinfo test; domjobinfo test --keep-completed; domstats --state test",
            "domblkerror test; domifaddr test --source nope; console test; ttyconsole test",
        ],
    );
}

#[test]
fn the_host_and_the_connection() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            "uri; version; version --daemon; hostname; nodeinfo; maxvcpus; sysinfo",
            "nodecpumap; nodecpumap --pretty; freecell; freecell --all; freecell 0 --all; freepages 0",
            "connect; uri; connect test:///default --readonly; uri; list",
            "connect test:///default --readonly; destroy test; define vm.xml; dumpxml test --security-info; domid 1",
            "event --list; event; event nope; event --all --timeout 1; event test lifecycle --timeout 0",
            "send-key test KEY_A; send-key test nope; send-key test --codeset nope 1",
            "qemu-monitor-command test query-status; qemu-monitor-command test --hmp --pretty x",
        ],
    );
}

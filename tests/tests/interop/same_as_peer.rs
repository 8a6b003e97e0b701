//! The test driver through our daemon, beside the one in libvirt's own virsh: both must say the same.
//!
//! Saving, restoring and dumping are not here: without a daemon, the peer's virsh hangs on them now
//! and then. Nor is what both list in no particular order.

use ferrovirt_tests::client::Virsh;
use ferrovirt_tests::stage;
use ferrovirt_tests::stage::Stage;

const DOMAIN: &str = "<domain type='test'><name>a</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid>\
<title>the title</title><description>long &amp; \"text\"\ntwo lines</description>\
<metadata><x:y xmlns:x=\"http://x\"><x:z a='1'/></x:y></metadata><memory unit='MiB'>512</memory>\
<vcpu current='1' cpuset='0-3,^1'>4</vcpu><os><type>hvm</type></os><on_poweroff>restart</on_poweroff>\
<devices><console type='pty'/></devices></domain>";

/// Runs the commands in one virsh, on our daemon and without one, and compares all that is said.
fn both_say_the_same(stage: &Stage, commands: &str) {
    let alone = Virsh::new(&stage.virsh.program, "test:///default");
    let said = |virsh: &Virsh| {
        let said = virsh.try_run(&[commands]).unwrap_or_else(|error| panic!("{error}"));
        (said.stdout, said.stderr)
    };
    let (theirs, ours) = (said(&alone), said(&stage.virsh));
    for (theirs, ours) in [(&theirs.0, &ours.0), (&theirs.1, &ours.1)] {
        for (theirs, ours) in theirs.lines().zip(ours.lines()) {
            assert_eq!(ours, theirs, "in: {commands}");
        }
        assert_eq!(ours, theirs, "in: {commands}");
    }
}

#[test]
fn about_the_host() {
    let stage = stage!(System, Peer, "test");
    both_say_the_same(
        &stage,
        "hostname; nodeinfo; nodecpumap; nodecpustats; nodememstats; freecell --all; freecell; freecell 0; \
         freecell 2; freepages --all; capabilities; sysinfo; maxvcpus; domcapabilities; domcapabilities --arch \
         x86_64 --machine q --emulatorbin /e; domcapabilities --arch foo; domcapabilities --virttype foo; \
         nodesuspend mem 60; node-memory-tune; secret-list; nwfilter-list; cpu-models x86_64; cpu-models ppc64le; \
         cpu-models aarch64; cpu-models mips; cpu-models nope",
    );
}

#[test]
fn about_lives() {
    let stage = stage!(System, Peer, "test");
    let file = stage.file("a.xml", DOMAIN);
    both_say_the_same(
        &stage,
        &format!(
            "list --all; define {file}; list --all; start a; list; domstate a --reason; suspend a; domstate a \
             --reason; suspend a; resume a; resume a; domstate a --reason; reboot a; reset a; domstate a --reason; \
             shutdown a; domstate a --reason; destroy a; destroy a; domstate a --reason; start a; domid a; domname \
             3; domuuid a; undefine a; list --all --transient; destroy a; list --all; list --all \
             --managed-save; managedsave-remove test; autostart test; list --autostart; \
             domrename test x; start nope; domid nope; domname 77; undefine test --snapshots-metadata; list --all"
        ),
    );
}

#[test]
fn about_documents() {
    let stage = stage!(System, Peer, "test");
    let file = stage.file("a.xml", DOMAIN);
    both_say_the_same(
        &stage,
        &format!(
            "define {file}; dumpxml a; dumpxml test; dumpxml test --inactive; dumpxml test --update-cpu; metadata a \
             http://x; metadata a --uri http://u --key k --set '<p><q/></p>'; dumpxml a; metadata a http://u; \
             metadata a http://x --remove; dumpxml a; desc a; desc a --title; desc a new; desc a --title newt; \
             dumpxml a; desc test --live hi; desc test --config ho; desc test --live; desc test --config; desc \
             test; desc a --live x; domrename a b; domrename test b; domrename b test; domrename b b; dumpxml b; \
             set-lifecycle-action test poweroff restart; set-lifecycle-action test reboot coredump-restart; \
             dumpxml test; memtune test --hard-limit 1G --swap-hard-limit 2G; memtune test --hard-limit 3G; memtune \
             test; numatune test --mode interleave --nodeset 0-1; numatune test --mode strict; numatune test; \
             blkiotune test --weight 300; blkiotune test; vcpupin test 0 0-2; emulatorpin test 1,3; emulatorpin \
             test; iothreadadd test 5; iothreadadd test 5; iothreadpin test 5 0-3; iothreadinfo test; iothreaddel \
             test 9; perf test --enable cmt; dumpxml test; schedinfo test; define /etc/hostname; define /nope"
        ),
    );
}

#[test]
fn about_validation() {
    let stage = stage!(System, Peer, "test");
    let good = stage.file("good.xml", DOMAIN);
    let unknown = stage.file("unknown.xml", &DOMAIN.replace("</domain>", "<nmae/></domain>"));
    let attribute = stage.file("attribute.xml", &DOMAIN.replace("type='test'", "type='test' kind='a'"));
    let network = stage.file("net.xml", "<network><name>a</name><brigde name='b'/></network>");
    both_say_the_same(
        &stage,
        &format!(
            "define {good} --validate; define {unknown} --validate; define {attribute} --validate; define {network} \
             --validate; define {unknown}; create {unknown} --validate; net-define {network} --validate; \
             net-create {network} --validate; net-define {good} --validate; net-define {network}; dumpxml a"
        ),
    );
}

#[test]
fn about_guests() {
    let stage = stage!(System, Peer, "test");
    let file = stage.file("a.xml", DOMAIN);
    both_say_the_same(
        &stage,
        &format!(
            "domstats; domstats --state; domstats --enforce --vcpu; define {file}; domstats a; domstats test; domblklist test; \
             domiflist test; domblkinfo test vda; domblkinfo test vdb; domblkstat test vdx; domifstat test x; \
             dommemstat test; dommemstat a; vcpucount test; vcpucount a; vcpupin a; setvcpus a 2 --config; setvcpus \
             a 9 --config; setvcpus a 8 --config --maximum; setvcpus test 1; setvcpus test 3; vcpucount a; setmem \
             test 1G; setmem test 9G; setmaxmem test 4G; setmaxmem test 4G --config; setmem a 100M --config; dumpxml \
             test; dumpxml a; domcontrol test; domtime test; domtime test --time 40001; domcontrol test; domjobinfo \
             test; domfsinfo test; domfsfreeze test; domfsthaw test --mountpoint /; domfsthaw test --mountpoint /x; \
             domhostname test; domhostname a; domifaddr test; domblkerror test; send-key test KEY_A; send-key test \
             65000; send-process-signal test 2 term; inject-nmi test; cpu-stats test; cpu-stats a; snapshot-list \
             test; snapshot-current test; checkpoint-list test; guestvcpus test; domdisplay test; ttyconsole test"
        ),
    );
}

#[test]
fn about_other_objects() {
    let stage = stage!(System, Peer, "test");
    both_say_the_same(
        &stage,
        "net-list --all; net-info default; net-dumpxml default; net-destroy default; net-list --all; net-start \
         default; net-start default; net-autostart default; net-undefine default; net-destroy default; net-undefine \
         default; net-list --all; net-info default; domifaddr test; pool-list --all --details; pool-info \
         default-pool; pool-dumpxml default-pool; pool-destroy default-pool; pool-destroy default-pool; pool-list \
         --all; pool-start default-pool; pool-refresh default-pool; vol-list default-pool; vol-path x --pool \
         default-pool; pool-destroy default-pool; pool-undefine default-pool; pool-uuid default-pool; \
         find-storage-pool-sources-as logical; find-storage-pool-sources-as dir; iface-list --all; iface-dumpxml \
         eth1; iface-destroy eth1; iface-destroy eth1; iface-list --inactive; iface-begin; iface-undefine eth1; \
         iface-rollback; iface-list --all; iface-commit; nodedev-list; nodedev-list --tree; nodedev-list --cap \
         vports; nodedev-dumpxml computer; nodedev-dumpxml scsi_host11; nodedev-info scsi_host11; nodedev-dumpxml x",
    );
}

#[test]
fn a_client_that_is_killed_while_it_listens_leaves_nothing() {
    let stage = stage!(System, Peer, "test");
    let file = stage.file("a.xml", DOMAIN);
    let mut listener = stage.virsh.command(&["event --all --loop"]);
    listener.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    let mut listener = listener.spawn().unwrap();
    let has_a = |said: &str| said.lines().any(|line| line == "a");
    // while somebody listens, the default host is not forgotten
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        stage.ok(&["define", &file]);
        if has_a(&stage.ok(&["list", "--all", "--name"])) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "the listener does not connect");
    }
    listener.kill().unwrap();
    listener.wait().unwrap();
    let forgotten = stage.virsh.wait_for(&["list", "--all", "--name"], |said| said.trim() == "test");
    forgotten.unwrap();
}

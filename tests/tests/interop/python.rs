//! libvirt's Python binding.

use std::path::Path;
use std::process::Command;

use ferrovirt_tests::stage::Stage;
use ferrovirt_tests::{client, skip, stage};

/// Debian's Python, which is the one that the binding is for.
const PYTHON: &str = "/usr/bin/python3";

fn has_binding() -> bool {
    Path::new("/usr/lib/python3/dist-packages/libvirt.py").exists()
}

/// Runs a script with the URI and `more` as its arguments, and gives what it prints.
fn python(stage: &Stage, script: &str, more: &[&str]) -> String {
    let mut command = Command::new(PYTHON);
    command.args(["-c", script, &stage.virsh.uri]).args(more);
    let said = client::run(&mut command, &stage.virsh.interrupted).unwrap();
    said.succeeded().unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", stage.daemon.log()))
}

#[test]
fn objects_and_errors_on_the_test_driver() {
    if !has_binding() {
        skip!("needs libvirt's Python binding");
    }
    let stage = stage!(System, Peer, "test");
    let script = r#"
import sys, libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open(sys.argv[1])
assert connection.getType() == 'TEST', connection.getType()
assert connection.getLibVersion() == 11003000, connection.getLibVersion()
assert connection.isAlive() == 1
domain = connection.lookupByName('test')
assert domain.UUIDString() == '6695eb01-f6a4-8304-79aa-97f2502e193f'
assert domain.state() == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_UNKNOWN]
assert domain.info()[1] == 8388608, domain.info()
assert [d.name() for d in connection.listAllDomains()] == ['test']
assert connection.getAllDomainStats()[0][1]['state.state'] == 1
try:
    connection.lookupByName('nobody')
except libvirt.libvirtError as error:
    assert error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN, error
    assert error.get_error_domain() == libvirt.VIR_FROM_TEST, error.get_error_domain()
    print(error)
read_only = libvirt.openReadOnly(sys.argv[1])
try:
    read_only.lookupByName('test').destroy()
except libvirt.libvirtError as error:
    assert error.get_error_code() == libvirt.VIR_ERR_OPERATION_DENIED, error
    print(error)
"#;
    let printed = python(&stage, script, &[]);
    assert_eq!(
        printed,
        "Domain not found\noperation forbidden: read only access prevents virDomainDestroy\n"
    );
}

#[test]
fn a_guest_its_statistics_and_its_events() {
    if !has_binding() {
        skip!("needs libvirt's Python binding");
    }
    let stage = stage!(System, Peer, "qemu");
    let script = r#"
import sys, threading, time, libvirt
libvirt.virEventRegisterDefaultImpl()
def turn():
    while True:
        libvirt.virEventRunDefaultImpl()
threading.Thread(target=turn, daemon=True).start()
connection = libvirt.open(sys.argv[1])
seen = []
connection.domainEventRegisterAny(
    None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
    lambda connection, domain, event, detail, opaque: seen.append((domain.name(), event, detail)), None)
domain = connection.defineXML(open(sys.argv[2]).read())
domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
assert domain.state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER], domain.state()
((_, stats),) = connection.domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_STATE | libvirt.VIR_DOMAIN_STATS_VCPU)
assert stats['vcpu.current'] == 1 and stats['state.state'] == 3, stats
assert domain.ID() == 1 and domain.isActive() and domain.isPersistent()
domain.destroy()
domain.undefine()
deadline = time.time() + 10
while not any(event[1] == libvirt.VIR_DOMAIN_EVENT_UNDEFINED for event in seen) and time.time() < deadline:
    time.sleep(0.02)
# Whether QEMU says that it shuts down before it has ended is a matter of time.
print([event for _, event, _ in seen if event != libvirt.VIR_DOMAIN_EVENT_SHUTDOWN])
"#;
    let file = stage.file("guest.xml", &stage.linux("guest"));
    let printed = python(&stage, script, &[&file]);
    // Defined, started, suspended, stopped, undefined.
    assert_eq!(printed, "[0, 2, 3, 5, 1]\n");
}

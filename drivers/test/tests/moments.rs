//! Snapshots and checkpoints: what is told of them, and where a domain is when it goes back to one.

mod common;

use common::{Log, caller, default, domain, hypervisor, open, refused};
use vir_api::constants as c;
use vir_api::{Connection, HypervisorDriver};
use vir_base::refs::{DomainCheckpointRef, DomainRef, DomainSnapshotRef};
use vir_base::{ErrorCode, ErrorDomain, Result};
use vir_driver_test::TestFactory;

const REDEFINE: u32 = c::VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE;

fn take(driver: &dyn HypervisorDriver, dom: &DomainRef, name: &str) -> DomainSnapshotRef {
    let xml = format!("<domainsnapshot><name>{name}</name></domainsnapshot>");
    driver.domain_snapshot_create_xml(&caller(), dom, &xml, 0).unwrap()
}

fn names(result: Result<Vec<DomainSnapshotRef>>) -> String {
    result.unwrap().iter().map(|snap| snap.name.as_str()).collect()
}

/// A connection whose domain has the snapshots a - b - c, c being current.
fn three() -> (Connection, DomainRef, [DomainSnapshotRef; 3]) {
    let connection = default();
    let dom = domain(&connection, "test");
    let snapshots = ["a", "b", "c"].map(|name| take(hypervisor(&connection), &dom, name));
    (connection, dom, snapshots)
}

#[test]
fn documents() {
    let connection = default();
    let (driver, dom) = (hypervisor(&connection), domain(&connection, "test"));
    take(driver, &dom, "a");
    let b = take(driver, &dom, "b");
    let xml = driver.domain_snapshot_get_xml_desc(&caller(), &b, 0).unwrap();
    let (head, rest) = xml.split_once("<creationTime>").unwrap();
    assert_eq!(
        head,
        "<domainsnapshot>\n  <name>b</name>\n  <state>running</state>\n  <parent>\n    <name>a</name>\n  \
         </parent>\n  "
    );
    let (time, rest) = rest.split_once("</creationTime>").unwrap();
    assert!(time.parse::<u64>().unwrap() > 1_700_000_000);
    assert!(
        rest.starts_with(
            "\n  <memory snapshot='internal'/>\n  <disks>\n    <disk name='vda' snapshot='internal'/>\n  \
             </disks>\n  <domain type='test'>\n    <name>test</name>\n"
        ),
        "{rest}"
    );
    assert!(rest.contains("      <interface type='network'>\n"), "{rest}");
    // what is printed can be taken in again
    let again = driver.domain_snapshot_create_xml(&caller(), &dom, &xml, REDEFINE).unwrap();
    assert_eq!(driver.domain_snapshot_get_xml_desc(&caller(), &again, 0).unwrap(), xml);
    // one without a name is called by its time
    let unnamed = driver.domain_snapshot_create_xml(&caller(), &dom, "<domainsnapshot/>", 0).unwrap();
    assert!(unnamed.name.parse::<u64>().is_ok(), "{}", unnamed.name);
}

#[test]
fn trees() {
    let (connection, dom, [a, b, c]) = three();
    let driver = hypervisor(&connection);
    let all = |flags| names(driver.domain_list_all_snapshots(&caller(), &dom, flags));
    assert_eq!(all(0), "abc");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_ROOTS), "a");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_LEAVES), "c");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA), "");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE), "abc");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE), "");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL), "");
    assert_eq!(all(c::VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL | c::VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL), "abc");
    assert_eq!(driver.domain_snapshot_num(&caller(), &dom, 0).unwrap(), 3);
    assert_eq!(driver.domain_snapshot_list_names(&caller(), &dom, 2, 0).unwrap(), ["a", "b"]);
    let after_a = |flags| names(driver.domain_snapshot_list_all_children(&caller(), &a, flags));
    assert_eq!(after_a(0), "b");
    assert_eq!(after_a(c::VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS), "bc");
    assert_eq!(driver.domain_snapshot_num_children(&caller(), &c, 0).unwrap(), 0);
    assert_eq!(driver.domain_snapshot_get_parent(&caller(), &c, 0).unwrap(), b);
    assert_eq!(driver.domain_snapshot_current(&caller(), &dom, 0).unwrap(), c);
    assert_eq!(driver.domain_snapshot_is_current(&caller(), &b, 0).unwrap(), 0);
    assert_eq!(driver.domain_snapshot_has_metadata(&caller(), &b, 0).unwrap(), 1);

    driver.domain_snapshot_delete(&caller(), &b, 0).unwrap();
    assert_eq!(driver.domain_snapshot_get_parent(&caller(), &c, 0).unwrap(), a);
    driver.domain_snapshot_delete(&caller(), &a, c::VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY).unwrap();
    assert_eq!(driver.domain_snapshot_current(&caller(), &dom, 0).unwrap(), a);
    driver.domain_snapshot_delete(&caller(), &a, c::VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN).unwrap();
    assert_eq!(driver.domain_has_current_snapshot(&caller(), &dom, 0).unwrap(), 0);
    assert_eq!(all(0), "");
}

#[test]
fn back_and_forth() {
    let connection = default();
    let (driver, dom) = (hypervisor(&connection), domain(&connection, "test"));
    let state = || driver.domain_get_state(&caller(), &dom, 0).unwrap();
    let running = take(driver, &dom, "running");
    driver.domain_suspend(&caller(), &dom).unwrap();
    let paused = take(driver, &dom, "paused");
    driver.domain_destroy(&caller(), &dom).unwrap();
    let off = take(driver, &dom, "off");
    driver.domain_set_metadata(&caller(), &dom, 1, Some("later"), None, None, 0).unwrap();

    let log = Log::new(&connection);
    let revert = |snap, flags| driver.domain_revert_to_snapshot(&caller(), snap, flags).unwrap();
    revert(&running, 0);
    assert_eq!(log.take(), ["test 2 3"]);
    let now = state();
    assert_eq!((now.state, now.reason), (c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_FROM_SNAPSHOT));
    assert!(!driver.domain_get_xml_desc(&caller(), &dom, 0).unwrap().contains("later"));
    assert_eq!(driver.domain_snapshot_current(&caller(), &dom, 0).unwrap(), running);

    revert(&paused, 0);
    assert_eq!(log.take(), ["test 5 6", "test 2 3", "test 3 5"]);
    let now = state();
    assert_eq!((now.state, now.reason), (c::VIR_DOMAIN_PAUSED, c::VIR_DOMAIN_PAUSED_FROM_SNAPSHOT));
    revert(&off, 0);
    assert_eq!((log.take(), state().state), (vec!["test 5 6".to_owned()], c::VIR_DOMAIN_SHUTOFF));
    revert(&off, 0);
    assert!(log.take().is_empty());
    revert(&off, c::VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED);
    assert_eq!(log.take(), ["test 2 3", "test 3 5"]);
    assert_eq!(state().state, c::VIR_DOMAIN_PAUSED);
    revert(&paused, c::VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING);
    assert_eq!((log.take().len(), state().state), (2, c::VIR_DOMAIN_RUNNING));
}

/// What is kept outside lies beside the disk, under the snapshot's name.
#[test]
fn files() {
    let directory = tempfile::tempdir().unwrap();
    let disk = directory.path().join("disk.qcow2");
    let connection = default();
    let driver = hypervisor(&connection);
    let xml = format!(
        "<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os><devices>\
         <disk type='file'><source file='{}'/><target dev='vda'/></disk></devices></domain>",
        disk.display()
    );
    let dom = driver.domain_create_xml(&caller(), &xml, 0).unwrap();
    let xml = "<domainsnapshot><name>s</name><memory snapshot='external' file='/m'/></domainsnapshot>";
    let error = refused(driver.domain_snapshot_create_xml(&caller(), &dom, xml, 0));
    assert_eq!(
        error.message(),
        "unsupported configuration: source for disk 'vda' is not a regular file; refusing to generate external \
         snapshot name"
    );
    std::fs::write(&disk, "").unwrap();
    let snapshot = driver.domain_snapshot_create_xml(&caller(), &dom, xml, 0).unwrap();
    let document = driver.domain_snapshot_get_xml_desc(&caller(), &snapshot, 0).unwrap();
    let expected = format!(
        "    <disk name='vda' snapshot='external' type='file'>\n      <source file='{}/disk.s'/>\n    </disk>\n",
        directory.path().display()
    );
    assert!(document.contains(&expected), "{document}");
}

#[test]
fn halting() {
    let connection = default();
    let (driver, dom) = (hypervisor(&connection), domain(&connection, "test"));
    let log = Log::new(&connection);
    let halt = c::VIR_DOMAIN_SNAPSHOT_CREATE_HALT;
    driver.domain_snapshot_create_xml(&caller(), &dom, "<domainsnapshot/>", halt).unwrap();
    assert_eq!(log.take(), ["test 5 6"]);
    assert_eq!(driver.domain_get_state(&caller(), &dom, 0).unwrap().state, c::VIR_DOMAIN_SHUTOFF);
    let all = |flags| driver.connect_list_all_domains(&caller(), flags).unwrap().len();
    assert_eq!(all(c::VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT), 1);
    assert_eq!(all(c::VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT), 0);
    let kept = refused(driver.domain_undefine_flags(&caller(), &dom, 0));
    assert_eq!(
        kept.message(),
        "Requested operation is not valid: cannot delete inactive domain with 1 snapshots"
    );
    driver.domain_undefine_flags(&caller(), &dom, c::VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA).unwrap();
    assert_eq!(all(0), 0);
}

#[test]
fn what_is_refused() {
    let (connection, dom, [a, b, _]) = three();
    let driver = hypervisor(&connection);
    let xml = driver.domain_snapshot_get_xml_desc(&caller(), &b, 0).unwrap();
    let parent = "<parent>\n    <name>a</name>\n  </parent>";
    let of_a = driver.domain_snapshot_get_xml_desc(&caller(), &a, 0).unwrap();
    let memory = "<memory snapshot='internal'/>";
    let again = |xml: &str| refused(driver.domain_snapshot_create_xml(&caller(), &dom, xml, REDEFINE));
    for (xml, code, from, message) in [
        (
            xml.replace(parent, "<parent><name>b</name></parent>"),
            ErrorCode::InvalidArg,
            ErrorDomain::Domain,
            "invalid argument: cannot set moment b as its own parent",
        ),
        (
            xml.replace(parent, "<parent><name>q</name></parent>"),
            ErrorCode::InvalidArg,
            ErrorDomain::Domain,
            "invalid argument: parent q for moment b not found",
        ),
        (
            of_a.replace("<creationTime>", "<parent><name>b</name></parent><creationTime>"),
            ErrorCode::InvalidArg,
            ErrorDomain::Domain,
            "invalid argument: parent b would create cycle to a",
        ),
        (
            of_a.replace("running", "shutoff").replace(memory, ""),
            ErrorCode::InvalidArg,
            ErrorDomain::DomainSnapshot,
            "invalid argument: cannot change between online and offline snapshot state in snapshot a",
        ),
        (
            of_a.replace("6695eb01-f6a4", "6695eb01-f6a5"),
            ErrorCode::InvalidArg,
            ErrorDomain::DomainSnapshot,
            "invalid argument: definition for snapshot a must use uuid 6695eb01-f6a4-8304-79aa-97f2502e193f",
        ),
        (
            of_a.replace("8388608", "8388600"),
            ErrorCode::ConfigUnsupported,
            ErrorDomain::Domain,
            "unsupported configuration: Target domain max memory 8388600 does not match source 8388608",
        ),
    ] {
        let error = again(&xml);
        assert_eq!((error.code(), error.domain(), error.message()), (code, from, message));
    }
    let create = |xml, flags| refused(driver.domain_snapshot_create_xml(&caller(), &dom, xml, flags));
    let twice = create("<domainsnapshot><name>a</name></domainsnapshot>", 0);
    assert_eq!(twice.message(), "operation failed: domain moment a already exists");
    let alone = create("<domainsnapshot/>", c::VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT);
    assert_eq!(
        alone.message(),
        "Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE' is required by flag 'VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT'"
    );
    let manual = "<domainsnapshot><disks><disk name='vda' snapshot='manual'/></disks></domainsnapshot>";
    assert_eq!(create(manual, 0).code(), ErrorCode::OperationUnsupported);
    let both = c::VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED | c::VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING;
    let error = refused(driver.domain_revert_to_snapshot(&caller(), &a, both));
    assert_eq!(
        error.message(),
        "Flags 'VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING' and 'VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED' are mutually exclusive"
    );
    let error = refused(driver.domain_snapshot_get_parent(&caller(), &a, 0));
    assert_eq!(error.message(), "Domain snapshot not found: snapshot 'a' does not have a parent");
    let error = refused(driver.domain_checkpoint_create_xml(&caller(), &dom, "<domaincheckpoint/>", 0));
    assert_eq!(error.message(), "Operation not supported: cannot create checkpoint while snapshot exists");
}

#[test]
fn checkpoints() {
    let connection = default();
    let (driver, dom) = (hypervisor(&connection), domain(&connection, "test"));
    let make = |name: &str| {
        let xml = format!("<domaincheckpoint><name>{name}</name></domaincheckpoint>");
        driver.domain_checkpoint_create_xml(&caller(), &dom, &xml, 0).unwrap()
    };
    let [a, b, d] = ["a", "b", "d"].map(make);
    let names = |found: Result<Vec<DomainCheckpointRef>>| -> String {
        found.unwrap().iter().map(|one| one.name.as_str()).collect()
    };
    assert_eq!(names(driver.domain_list_all_checkpoints(&caller(), &dom, 0)), "abd");
    let leaves = c::VIR_DOMAIN_CHECKPOINT_LIST_LEAVES;
    assert_eq!(names(driver.domain_list_all_checkpoints(&caller(), &dom, leaves)), "d");
    assert_eq!(names(driver.domain_checkpoint_list_all_children(&caller(), &a, 0)), "b");
    assert_eq!(driver.domain_checkpoint_get_parent(&caller(), &b, 0).unwrap(), a);

    let without = c::VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN;
    let size = c::VIR_DOMAIN_CHECKPOINT_XML_SIZE;
    let xml = driver.domain_checkpoint_get_xml_desc(&caller(), &a, without | size).unwrap();
    let disk = "<disk name='vda' checkpoint='bitmap' bitmap='a'/>";
    assert!(xml.contains(disk) && !xml.contains("<domain "), "{xml}");
    let xml = driver.domain_checkpoint_get_xml_desc(&caller(), &b, 0).unwrap();
    assert!(xml.contains("<disk name='vda' checkpoint='bitmap' bitmap='b'/>"), "{xml}");

    driver.domain_checkpoint_delete(&caller(), &b, 0).unwrap();
    assert_eq!(driver.domain_checkpoint_get_parent(&caller(), &d, 0).unwrap(), a);
    let again = c::VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE;
    driver.domain_checkpoint_create_xml(&caller(), &dom, &xml, again).unwrap();
    let only = c::VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY;
    driver.domain_checkpoint_delete(&caller(), &a, only).unwrap();
    assert_eq!(names(driver.domain_list_all_checkpoints(&caller(), &dom, 0)), "a");
    let error = refused(driver.domain_snapshot_create_xml(&caller(), &dom, "<domainsnapshot/>", 0));
    assert_eq!(error.message(), "Operation not supported: cannot create snapshot while checkpoint exists");
    driver.domain_checkpoint_delete(&caller(), &a, 0).unwrap();
    driver.domain_destroy(&caller(), &dom).unwrap();
    let error = refused(driver.domain_checkpoint_create_xml(&caller(), &dom, "<domaincheckpoint/>", 0));
    assert_eq!(error.message(), "Operation not supported: cannot create checkpoint for inactive domain");
}

#[test]
fn in_a_description_of_a_machine() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = |name: &str, parent: &str, active: u8| {
        format!(
            "<name>{name}</name>{parent}<state>shutoff</state><creationTime>7</creationTime><active>{active}</active>"
        )
    };
    let machine = |inside: &str| {
        let path = directory.path().join("node.xml");
        let text = format!(
            "<node><domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>a</name>\
             <memory>1024</memory><os><type>hvm</type></os><test:runstate>5</test:runstate>{inside}</domain></node>"
        );
        std::fs::write(&path, text).unwrap();
        open(&TestFactory::default(), &format!("test://{}", path.display()))
    };
    let one = format!("<test:domainsnapshot>{}</test:domainsnapshot>", snapshot("one", "", 0));
    let after = snapshot("two", "<parent><name>one</name></parent>", 1);
    std::fs::write(directory.path().join("two.xml"), format!("<domainsnapshot>{after}</domainsnapshot>"))
        .unwrap();
    let two = "<test:domainsnapshot file='two.xml'/>";

    let connection = machine(&format!("{two}{one}")).unwrap();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "a");
    assert_eq!(names(driver.domain_list_all_snapshots(&caller(), &dom, 0)), "onetwo");
    let current = driver.domain_snapshot_current(&caller(), &dom, 0).unwrap();
    assert_eq!(current.name, "two");
    // nobody said what the domain was like
    let error = refused(driver.domain_revert_to_snapshot(&caller(), &current, 0));
    assert_eq!(error.code(), ErrorCode::SnapshotRevertRisky);

    let error = refused(machine(two));
    assert_eq!(error.message(), "internal error: Snapshots have inconsistent relations for domain a");
    let again = one.replace("<active>0", "<active>1");
    let error = refused(machine(&format!("{two}{again}")));
    assert_eq!(error.message(), "internal error: more than one snapshot claims to be active");
}

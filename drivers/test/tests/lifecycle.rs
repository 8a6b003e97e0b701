//! Domains come, start, stop and go, and events tell.

mod common;

use common::{Log, caller, default, domain, hypervisor, open, refused};
use vir_api::constants as c;
use vir_api::types::DomainGetStateRet;
use vir_base::{ErrorCode, ErrorDomain};
use vir_driver_test::TestFactory;

const SMALL: &str = "<domain type='test'><name>a</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid>\
    <memory>1048576</memory><vcpu>3</vcpu><os><type>hvm</type></os></domain>";

#[test]
fn a_life_with_a_configuration() {
    let connection = default();
    let driver = hypervisor(&connection);
    let log = Log::new(&connection);
    let state = |dom| {
        let DomainGetStateRet { state, reason } = driver.domain_get_state(&caller(), dom, 0).unwrap();
        (state, reason)
    };

    let dom = driver.domain_define_xml(&caller(), SMALL).unwrap();
    assert_eq!((dom.name.as_str(), dom.id), ("a", -1));
    driver.domain_define_xml(&caller(), SMALL).unwrap();
    assert_eq!(log.take(), ["a 0 0", "a 0 1"]);

    let running = driver.domain_create_with_flags(&caller(), &dom, 0).unwrap();
    assert_eq!(running.id, 2);
    assert_eq!(state(&dom), (c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_BOOTED));
    driver.domain_suspend(&caller(), &dom).unwrap();
    assert_eq!(state(&dom), (c::VIR_DOMAIN_PAUSED, c::VIR_DOMAIN_PAUSED_USER));
    driver.domain_resume(&caller(), &dom).unwrap();
    driver.domain_reset(&caller(), &dom, 0).unwrap();
    driver.domain_reboot(&caller(), &dom, 0).unwrap();
    assert_eq!(state(&dom), (c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_BOOTED));
    driver.domain_shutdown(&caller(), &dom).unwrap();
    assert_eq!(state(&dom), (c::VIR_DOMAIN_SHUTOFF, c::VIR_DOMAIN_SHUTOFF_SHUTDOWN));
    driver.domain_create(&caller(), &dom).unwrap();
    driver.domain_destroy(&caller(), &dom).unwrap();
    assert_eq!(state(&dom), (c::VIR_DOMAIN_SHUTOFF, c::VIR_DOMAIN_SHUTOFF_DESTROYED));
    assert_eq!(log.take(), ["a 2 0", "a 3 0", "a 4 0", "a 5 0", "a 2 0", "a 5 1"]);

    driver.domain_rename(&caller(), &dom, Some("b"), 0).unwrap();
    let dom = domain(&connection, "b");
    driver.domain_undefine(&caller(), &dom).unwrap();
    assert_eq!(log.take(), ["a 1 1", "b 0 2", "b 1 0"]);
    let gone = refused(driver.domain_get_info(&caller(), &dom));
    assert_eq!(
        gone.message(),
        "Domain not found: no domain with matching uuid '6695eb01-f6a4-8304-79aa-97f2502e1931' (b)"
    );
}

#[test]
fn a_life_without_one() {
    let connection = default();
    let driver = hypervisor(&connection);
    let log = Log::new(&connection);
    let dom = driver.domain_create_xml(&caller(), SMALL, 0).unwrap();
    assert_eq!(driver.domain_is_persistent(&caller(), &dom).unwrap(), 0);
    let again = refused(driver.domain_create_xml(&caller(), SMALL, 0));
    assert_eq!(again.message(), "Requested operation is not valid: domain 'a' is already active");
    let managed = refused(driver.domain_managed_save(&caller(), &dom, 0));
    assert_eq!(
        managed.message(),
        "Requested operation is not valid: cannot do managed save for transient domain"
    );
    driver.domain_destroy(&caller(), &dom).unwrap();
    assert_eq!(log.take(), ["a 2 0", "a 5 1"]);
    let gone = refused(driver.domain_lookup_by_name(&caller(), "a"));
    assert_eq!((gone.code(), gone.domain()), (ErrorCode::NoDomain, ErrorDomain::Test));
    assert_eq!(gone.message(), "Domain not found");
}

#[test]
fn undefined_while_it_runs() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    driver.domain_undefine(&caller(), &dom).unwrap();
    assert_eq!(driver.domain_is_persistent(&caller(), &dom).unwrap(), 0);
    assert_eq!(driver.domain_is_active(&caller(), &dom).unwrap(), 1);
    let no_config = driver.domain_set_memory_flags(&caller(), &dom, 1024, c::VIR_DOMAIN_AFFECT_CONFIG);
    assert_eq!(
        refused(no_config).message(),
        "Requested operation is not valid: transient domains do not have any persistent config"
    );
    driver.domain_shutdown(&caller(), &dom).unwrap();
    assert_eq!(driver.connect_list_all_domains(&caller(), 0).unwrap(), []);
}

#[test]
fn the_wrong_moment_is_named() {
    let connection = default();
    let driver = hypervisor(&connection);
    let test = domain(&connection, "test");
    let off = driver.domain_define_xml(&caller(), SMALL).unwrap();
    let c = caller();
    for (result, message) in [
        (driver.domain_resume(&c, &test), "internal error: domain 'test' not paused"),
        (driver.domain_create(&c, &test), "internal error: Domain 'test' is already running"),
        (driver.domain_suspend(&c, &off), "internal error: domain 'a' not running"),
        (driver.domain_shutdown(&c, &off), "internal error: domain 'a' not running"),
        (driver.domain_destroy(&c, &off), "Requested operation is not valid: domain is not running"),
        (driver.domain_reboot(&c, &off, 0), "Requested operation is not valid: domain is not running"),
        (driver.domain_reset(&c, &off, 0), "Requested operation is not valid: domain is not running"),
        (
            driver.domain_rename(&c, &test, Some("x"), 0).map(drop),
            "Requested operation is not valid: cannot rename active domain",
        ),
        (
            driver.domain_rename(&c, &off, Some("test"), 0).map(drop),
            "Requested operation is not valid: domain with name 'test' already exists",
        ),
        (driver.domain_rename(&c, &off, Some("a/b"), 0).map(drop), "XML error: name a/b cannot contain '/'"),
        (
            driver.domain_destroy_flags(&c, &test, 4),
            "unsupported flags (0x4) in function testDomainDestroyFlags",
        ),
        (
            driver.domain_define_xml(&c, &SMALL.replace("1931", "1932")).map(drop),
            "operation failed: domain 'a' already exists with uuid 6695eb01-f6a4-8304-79aa-97f2502e1931",
        ),
        (
            driver.domain_define_xml(&c, &SMALL.replace("<name>a", "<name>b")).map(drop),
            "operation failed: domain 'a' is already defined with uuid 6695eb01-f6a4-8304-79aa-97f2502e1931",
        ),
    ] {
        assert_eq!(refused(result).message(), message);
    }
}

#[test]
fn lists_are_filtered() {
    let connection = default();
    let driver = hypervisor(&connection);
    let off = driver.domain_define_xml(&caller(), SMALL).unwrap();
    driver.domain_set_autostart(&caller(), &off, 1).unwrap();
    let names = |flags| {
        let list = driver.connect_list_all_domains(&caller(), flags).unwrap();
        list.into_iter().map(|dom| dom.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_ACTIVE), "test");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_INACTIVE), "a");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_ACTIVE | c::VIR_CONNECT_LIST_DOMAINS_INACTIVE), "a test");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_TRANSIENT), "");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_AUTOSTART), "a");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_SHUTOFF), "a");
    assert_eq!(names(c::VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT), "");
    assert_eq!(driver.connect_list_domains(&caller(), 10).unwrap(), [1]);
    assert_eq!(driver.connect_list_defined_domains(&caller(), 10).unwrap(), ["a"]);
    assert_eq!(driver.connect_list_defined_domains(&caller(), 0).unwrap(), [""; 0]);
    assert_eq!(driver.connect_num_of_domains(&caller()).unwrap(), 1);
}

#[test]
fn managed_save_is_a_mark() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    driver.domain_managed_save(&caller(), &dom, 0).unwrap();
    assert_eq!(driver.domain_has_managed_save_image(&caller(), &dom, 0).unwrap(), 1);
    let kept = refused(driver.domain_undefine(&caller(), &dom));
    assert_eq!(
        kept.message(),
        "Requested operation is not valid: Refusing to undefine while domain managed save image exists"
    );
    driver.domain_create(&caller(), &dom).unwrap();
    assert_eq!(driver.domain_has_managed_save_image(&caller(), &dom, 0).unwrap(), 0);
}

#[test]
fn the_default_connection_is_shared_while_one_is_open() {
    let factory = TestFactory::default();
    let one = open(&factory, "test:///default").unwrap();
    let two = open(&factory, "test:///default").unwrap();
    hypervisor(&one).domain_define_xml(&caller(), SMALL).unwrap();
    drop(one);
    domain(&two, "a");
    drop(two);
    let three = open(&factory, "test:///default").unwrap();
    refused(hypervisor(&three).domain_lookup_by_name(&caller(), "a"));
}

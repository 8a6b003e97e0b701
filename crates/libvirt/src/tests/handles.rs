//! Pointers that are none, or are something else.

use super::c::*;
use std::ptr::null_mut;

#[test]
fn null_and_other_kinds_are_refused_in_words() {
    let conn = open();
    let dom = domain(conn, "test");
    // SAFETY: handles of ours, of which the library looks at their first word only.
    unsafe {
        assert!(virDomainLookupByName(null_mut(), c"test".as_ptr()).is_null());
        assert_eq!((virGetLastErrorCode(), virGetLastErrorDomain()), (6, 20));
        assert_eq!(last(), "invalid connection pointer in virDomainLookupByName");
        assert!(virDomainLookupByName(dom, c"test".as_ptr()).is_null());
        assert_eq!(virGetLastErrorCode(), 6);
        assert!(virDomainGetXMLDesc(conn, 0).is_null());
        assert_eq!((virGetLastErrorCode(), virGetLastErrorDomain()), (7, 6));
        assert_eq!(last(), "invalid domain pointer in virDomainGetXMLDesc");
        assert!(virDomainLookupByName(conn, std::ptr::null()).is_null());
        assert_eq!(last(), "name in virDomainLookupByName must not be NULL");
        assert_eq!(virStreamFree(dom), -1);
        assert_eq!(last(), "invalid stream pointer in virStreamFree");
        // what succeeds leaves no error behind
        assert_eq!(virDomainFree(dom), 0);
        assert_eq!(virGetLastErrorCode(), 0);
        assert_eq!(virConnectClose(conn), 0);
    }
}

#[test]
fn an_object_keeps_its_connection() {
    let conn = open();
    let dom = domain(conn, "test");
    // SAFETY: references of ours.
    unsafe {
        assert_eq!(virConnectClose(conn), 1);
        let xml = virDomainGetXMLDesc(dom, 0);
        assert!(!xml.is_null());
        libc::free(xml.cast());
        assert_eq!(virDomainFree(dom), 0);
    }
}

#[test]
fn reading_is_all_that_a_connection_for_reading_does() {
    start_loop();
    // SAFETY: a text, and handles of ours.
    unsafe {
        let conn = virConnectOpenReadOnly(machine().as_ptr());
        let dom = domain(conn, "test");
        assert_eq!(virDomainDestroy(dom), -1);
        assert_eq!(last(), "operation forbidden: read only access prevents virDomainDestroy");
        // that comes before the document is looked at
        assert!(virDomainDefineXML(conn, std::ptr::null()).is_null());
        assert_eq!(last(), "operation forbidden: read only access prevents virDomainDefineXML");
        virDomainFree(dom);
        assert_eq!(virConnectClose(conn), 0);
    }
}

//! What programs get and free: under AddressSanitizer, nothing is lost and nothing freed twice.

use super::c::*;
use std::ptr::null_mut;

/// Every pointer of a list that ends with NULL, and the list.
unsafe fn each(list: *mut Pointer, count: i32, mut free: impl FnMut(Pointer)) {
    // SAFETY: the caller's list.
    unsafe {
        for at in 0..count as usize {
            assert!(!(*list.add(at)).is_null());
            free(*list.add(at));
        }
        libc::free(list.cast());
    }
}

#[test]
fn structures_are_whole_and_freed_by_their_own_functions() {
    let conn = open();
    let dom = domain(conn, "test");
    // SAFETY: handles of ours, and places for lists, which are freed as they must be.
    unsafe {
        let mut list = null_mut();
        let count = virConnectGetAllDomainStats(conn, 0, &raw mut list, 0);
        assert!(count >= 1);
        assert!((*list.add(count as usize)).is_null());
        virDomainStatsRecordListFree(list);

        let count = virDomainGetFSInfo(dom, &raw mut list, 0);
        assert!(count > 0, "{}", last());
        each(list, count, |info| virDomainFSInfoFree(info));

        let count = virDomainGetIOThreadInfo(dom, &raw mut list, 0);
        assert!(count > 0, "{}", last());
        each(list, count, |info| virDomainIOThreadInfoFree(info));

        let count = virDomainInterfaceAddresses(dom, &raw mut list, 0, 0);
        assert!(count > 0, "{}", last());
        each(list, count, |interface| virDomainInterfaceFree(interface));

        let count = virConnectListAllNodeDevices(conn, &raw mut list, 0);
        assert!(count > 0, "{}", last());
        each(list, count, |dev| {
            // the device keeps the text
            assert_eq!(virNodeDeviceGetParent(dev), virNodeDeviceGetParent(dev));
            virNodeDeviceFree(dev);
        });

        let count = virConnectListAllDomains(conn, &raw mut list, 0);
        each(list, count, |dom| assert_eq!(virDomainFree(dom), 0));
        virDomainStatsRecordListFree(null_mut());
        virDomainFSInfoFree(null_mut());
        virDomainFree(dom);
        assert_eq!(virConnectClose(conn), 0);
    }
}

//! A picture, read in several ways.

use super::c::*;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;
use std::sync::{Arc, Mutex};

/// Opens a stream that gives the screen's picture.
fn picture(dom: Pointer, flags: u32) -> Pointer {
    // SAFETY: handles of ours.
    unsafe {
        let stream = virStreamNew(virDomainGetConnect(dom), flags);
        let kind = virDomainScreenshot(dom, stream, 0, 0);
        assert!(!kind.is_null(), "{}", last());
        libc::free(kind.cast());
        stream
    }
}

unsafe extern "C" fn take(_: Pointer, data: *const c_char, length: usize, to: Pointer) -> c_int {
    // SAFETY: so many bytes, and the test's own list.
    unsafe {
        // less than there is: the rest comes again
        let length = length.min(100);
        (*to.cast::<Vec<u8>>()).extend(std::slice::from_raw_parts(data.cast::<u8>(), length));
        length as c_int
    }
}

/// What the callback has read, and whether the stream has ended.
#[derive(Default)]
struct Reading {
    bytes: Vec<u8>,
    log: Vec<&'static str>,
}

unsafe extern "C" fn ready(stream: Pointer, _: c_int, data: Pointer) {
    // SAFETY: the stream lives through the call, the argument until it is freed.
    unsafe {
        let reading = &*data.cast::<Arc<Mutex<Reading>>>();
        let mut buffer = [0; 300];
        match virStreamRecv(stream, buffer.as_mut_ptr(), buffer.len()) {
            -2 => {}
            0 => {
                assert_eq!(virStreamEventRemoveCallback(stream), 0);
                assert_eq!(virStreamFinish(stream), 0);
                reading.lock().unwrap().log.push("finished");
            }
            length => {
                let bytes = buffer[..length as usize].iter().map(|b| b.cast_unsigned());
                reading.lock().unwrap().bytes.extend(bytes);
            }
        }
    }
}

unsafe extern "C" fn freed(data: Pointer) {
    // SAFETY: the argument, once.
    unsafe { Box::from_raw(data.cast::<Arc<Mutex<Reading>>>()) }.lock().unwrap().log.push("freed");
}

#[test]
fn a_sink_and_an_event_callback_read_the_same() {
    let conn = open();
    let dom = domain(conn, "test");
    let mut whole: Vec<u8> = vec![];
    let stream = picture(dom, 0);
    // SAFETY: handles of ours, callbacks with their arguments.
    unsafe {
        assert_eq!(virStreamRecvAll(stream, Some(take), (&raw mut whole).cast()), 0, "{}", last());
        assert_eq!(virStreamFinish(stream), 0);
        assert_eq!(virStreamFree(stream), 0);
        assert!(whole.starts_with(b"\x89PNG"));

        let stream = picture(dom, 1);
        let reading: Arc<Mutex<Reading>> = Arc::default();
        let data = Box::into_raw(Box::new(reading.clone()));
        assert_eq!(virStreamEventAddCallback(stream, 1, Some(ready), data.cast(), Some(freed)), 0);
        until("the picture is read", || reading.lock().unwrap().log.len() == 2);
        assert_eq!(reading.lock().unwrap().log, ["finished", "freed"]);
        assert_eq!(reading.lock().unwrap().bytes, whole);
        assert_eq!(virStreamFree(stream), 0);
        virDomainFree(dom);
        until("the loop has given the stream back", || {
            virConnectRef(conn);
            virConnectClose(conn) == 1
        });
        virConnectClose(conn);
    }
}

#[test]
fn a_stream_that_leads_nowhere_serves_nothing() {
    let conn = open();
    // SAFETY: handles of ours.
    unsafe {
        let stream = virStreamNew(conn, 0);
        let mut buffer = [0; 4];
        assert_eq!(virStreamRecv(stream, buffer.as_mut_ptr(), 4), -1);
        assert_eq!(virGetLastErrorCode(), 3);
        assert_eq!(virStreamFinish(stream), -1);
        assert_eq!(virStreamAbort(stream), 0);
        assert_eq!(virStreamRecvAll(stream, None, null_mut()), -1);
        assert_eq!(last(), "handler in virStreamRecvAll must not be NULL");
        assert_eq!(virStreamFree(stream), 0);
        virConnectClose(conn);
    }
}

//! What `libvirt-qemu.so.0`, `libvirt-lxc.so.0` and `libvirt-admin.so.0` have.
//!
//! The code is here, beside the handles and the thread's last error that it shares with all else, under
//! names of our own and in a private version node; those libraries only pass calls on
//! (`crates/libvirt-sisters`). A function `virX` of theirs is `ferrovirt_virX` here.

mod admin;
mod lxc;
mod qemu;

use crate::convert::room;
use std::ffi::{c_int, c_uint};
use std::os::fd::{IntoRawFd as _, OwnedFd};

/// A list of descriptors for C, which closes them and frees the list.
fn give_files(files: Vec<OwnedFd>) -> *mut c_int {
    let list: *mut c_int = room(files.len());
    for (at, file) in files.into_iter().enumerate() {
        // SAFETY: the room is for as many.
        unsafe { list.add(at).write(file.into_raw_fd()) };
    }
    list
}

/// Puts descriptors where C wants them; without such a place they are closed.
///
/// # Safety
/// NULL, or room for a list and for its length.
unsafe fn put_files(files: Vec<OwnedFd>, list: *mut *mut c_int, count: *mut c_uint) {
    // SAFETY: the caller's contract.
    unsafe {
        if let (Some(list), Some(count)) = (list.as_mut(), count.as_mut()) {
            *count = c_uint::try_from(files.len()).unwrap_or(c_uint::MAX);
            *list = if files.is_empty() { std::ptr::null_mut() } else { give_files(files) };
        }
    }
}

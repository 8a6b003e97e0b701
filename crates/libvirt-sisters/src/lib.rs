//! The small libraries beside `libvirt.so.0`: each function passes its call on.
//!
//! Connections, domains and the thread's last error belong to `libvirt.so.0`, and a process must have
//! them once. So the code is there, in a private version node, and these libraries hold nothing but the
//! public names with their versions. All of it is generated from the headers.
#![allow(unsafe_code, non_snake_case)] // the C boundary, under C's names
#![allow(clippy::missing_safety_doc, missing_docs)] // documented in include/libvirt

mod admin;
mod lxc;
mod qemu;

use std::ffi::{c_int, c_longlong, c_uint, c_ulonglong, c_void};

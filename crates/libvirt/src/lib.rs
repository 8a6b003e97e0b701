//! The C library: libvirt's C ABI over the driver traits.
//!
//! Here C's pointers become references and come back as handles, errors become the thread's last
//! error, and a panic an internal error. What a function does is its driver's. Most functions are
//! generated from `api/*.api`; what has a shape of its own is written by hand. `api/c-unserved.list`
//! names what neither has.
#![allow(unsafe_code, non_snake_case, non_camel_case_types)] // the C boundary, under C's names
#![allow(clippy::missing_safety_doc)] // the contract is that of the C headers
#![allow(missing_docs)] // documented in include/libvirt

mod auth;
mod boundary;
mod check;
mod closing;
mod connect;
mod convert;
mod domain_info;
mod error;
mod event_loop;
mod events;
mod files;
mod generated;
mod handle;
mod migration;
mod node;
mod objects;
mod records;
mod scalars;
mod sisters;
mod streams;
mod typed;
mod watch;

#[cfg(test)]
mod tests;

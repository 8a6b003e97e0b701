//! What `libvirt-admin.so.0` has: connections to a daemon's administration interface.

mod calls;
mod closing;
mod handles;
mod open;

//! libvirt's own clients, unchanged, with our daemon: its virsh, its Python binding, virt-install.
//!
//! With `FERROVIRT_TESTED=peer` the same tests run with the C daemon.

mod admin;
mod c_clients;

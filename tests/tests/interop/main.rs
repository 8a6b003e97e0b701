//! libvirt's own clients, unchanged, with our daemon: its virsh, its Python binding, virt-install.
//!
//! With `FERROVIRT_TESTED=peer` the same tests run with the C daemon.

mod admin;
mod admin_library;
mod adoption;
mod auth;
mod bindings;
mod c_clients;
mod c_library;
mod command_line;
mod console;
mod definition;
mod differential;
mod events;
mod host;
mod install;
mod leases;
mod life;
mod list;
mod lockd_swap;
mod migration;
mod monitor;
mod plug;
mod python;
mod refusals;
mod same_as_peer;
mod save;
mod schema;
mod session;
mod statistics;
mod test_driver;
mod tls;
mod validate;
mod virt_install;

//! Our programs as real processes: the daemon and what becomes of guests when it dies, its
//! sockets and signals, and our virsh.

mod crash;
mod firmware;
mod leases;
mod main_job;
mod plug;
mod process;
mod tunnel;
mod uri;
mod virsh;

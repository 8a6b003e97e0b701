//! What distinguishes one daemon from another: names, sockets, options, defaults.
//!
//! Constants only. The shell does the same for all of them.

use crate::reexec::Format;
use vir_base::Result;
use vir_base::conf::Conf;

/// A daemon.
#[derive(Debug)]
pub struct DaemonSpec {
    /// Its name: of its server, its configuration, its pid file, its log, its units.
    pub name: &'static str,
    /// What its sockets' names begin with.
    pub socket_prefix: &'static str,
    /// Other daemons whose sockets it serves too.
    pub stands_for: &'static [StandsFor],
    /// The line above the default paths in its help.
    pub title: &'static str,
    /// Whether clients can come over the network.
    pub network: bool,
    /// Whether there is a socket for readers only.
    pub read_only: bool,
    /// One thread serves everything: there are no workers, no keepalive and few settings, clients make
    /// one call at a time, and no scripts of the administrator are run.
    pub one_thread: bool,
    /// How its state document looks, if its program can be replaced while it runs.
    pub state: Option<&'static dyn Format>,
    /// Whether the configuration's keys that are this daemon's own can be understood; what it serves
    /// reads them from [`Instance::settings`](crate::Instance::settings).
    pub check_settings: fn(&Conf) -> Result<()>,
}

/// For daemons without keys of their own.
fn no_settings(_conf: &Conf) -> Result<()> {
    Ok(())
}

/// A daemon whose sockets are served by another one.
#[derive(Debug)]
pub struct StandsFor {
    /// Its name.
    pub name: &'static str,
    /// Whether it has sockets of its own for all clients (`virtproxyd` has not).
    pub public: bool,
}

const fn modular(name: &'static str) -> StandsFor {
    StandsFor { name, public: true }
}

/// All drivers in one process, under the names of the modular daemons too, so that a client finds it
/// whichever it looks for.
pub const LIBVIRTD: DaemonSpec = DaemonSpec {
    name: "libvirtd",
    socket_prefix: "libvirt",
    stands_for: &[
        modular("virtqemud"),
        modular("virtnetworkd"),
        modular("virtstoraged"),
        modular("virtnodedevd"),
        modular("virtinterfaced"),
        modular("virtsecretd"),
        modular("virtnwfilterd"),
        StandsFor { name: "virtproxyd", public: false },
    ],
    title: "libvirt management daemon:",
    network: true,
    read_only: true,
    one_thread: false,
    state: None,
    check_settings: no_settings,
};

/// Leases on disks.
pub const VIRTLOCKD: DaemonSpec = DaemonSpec {
    name: "virtlockd",
    socket_prefix: "virtlockd",
    stands_for: &[],
    title: "libvirt lock management daemon:",
    network: false,
    read_only: false,
    one_thread: true,
    state: None,
    check_settings: no_settings,
};

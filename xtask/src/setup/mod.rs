//! `cargo xtask setup`: installs what the other chores need, from the distribution's packages.
//!
//! Only what is missing, and said before it is done. Without root nothing is installed: what is
//! missing is then said, as an error. What the host already has is never replaced.

pub(crate) mod apt;
mod sources;

use std::path::Path;

use crate::outcome::Outcome;
use crate::{guest, paths};

/// Something that a chore needs of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Need {
    /// Debian's package.
    package: &'static str,
    /// A program or, with slashes, a file that is there when the package is.
    proof: &'static str,
    /// What it is for, for people.
    purpose: &'static str,
}

const QEMU: Need = Need { package: "qemu-system-x86", proof: "qemu-system-x86_64", purpose: "runs guests" };
const QEMU_UTILS: Need = Need { package: "qemu-utils", proof: "qemu-img", purpose: "makes disk images" };
const OVMF: Need = Need { package: "ovmf", proof: "/usr/share/OVMF", purpose: "firmware of UEFI for guests" };
const PEER_VIRSH: Need =
    Need { package: "libvirt-clients", proof: "/usr/bin/virsh", purpose: "libvirt's own virsh" };
const PEER_PYTHON: Need = Need {
    package: "python3-libvirt",
    proof: "/usr/lib/python3/dist-packages/libvirt.py",
    purpose: "libvirt's Python binding",
};
const VIRT_INSTALL: Need =
    Need { package: "virtinst", proof: "virt-install", purpose: "makes guests through libvirt's library" };
const PEER_DAEMON: Need = Need {
    package: "libvirt-daemon",
    proof: "/usr/sbin/libvirtd",
    purpose: "the C daemon, to measure beside ours",
};
const PEER_QEMU: Need = Need {
    package: "libvirt-daemon-driver-qemu",
    proof: "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so",
    purpose: "the C daemon's QEMU driver",
};
const PEER_LOCKD: Need =
    Need { package: "libvirt-daemon-lock", proof: "/usr/sbin/virtlockd", purpose: "the C virtlockd" };
const PEER_LOGD: Need =
    Need { package: "libvirt-daemon-log", proof: "/usr/sbin/virtlogd", purpose: "the C virtlogd" };
const PEER_LOCKD_PLUGIN: Need = Need {
    package: "libvirt-daemon-plugin-lockd",
    proof: "/usr/lib/x86_64-linux-gnu/libvirt/lock-driver/lockd.so",
    purpose: "by which the C daemon asks virtlockd for leases",
};
const SASL: Need =
    Need { package: "sasl2-bin", proof: "/usr/sbin/saslpasswd2", purpose: "users for the C daemon's SASL" };
const SASL_MODULES: Need = Need {
    package: "libsasl2-modules",
    proof: "/usr/lib/x86_64-linux-gnu/sasl2/libscram.so.2",
    purpose: "mechanisms for the C daemon's SASL",
};
const POLKIT: Need = Need {
    package: "polkitd",
    proof: "/usr/lib/polkit-1/polkitd",
    purpose: "the host's policy, which daemons ask about clients",
};
const DBUS: Need =
    Need { package: "dbus", proof: "dbus-send", purpose: "the bus that polkitd is asked over" };
const CXX: Need = Need { package: "g++", proof: "c++", purpose: "compiles libFuzzer" };

/// What a chore needs; `guest` when the small Linux guest is among it.
struct Set {
    name: &'static str,
    needs: &'static [Need],
    guest: bool,
}

const SETS: &[Set] = &[
    Set { name: "run", needs: &[QEMU], guest: true },
    Set { name: "test", needs: &[QEMU, QEMU_UTILS, OVMF], guest: true },
    Set {
        name: "interop",
        needs: &[
            QEMU,
            QEMU_UTILS,
            PEER_VIRSH,
            PEER_PYTHON,
            VIRT_INSTALL,
            PEER_DAEMON,
            PEER_QEMU,
            PEER_LOCKD,
            PEER_LOGD,
            PEER_LOCKD_PLUGIN,
            SASL,
            SASL_MODULES,
            POLKIT,
            DBUS,
        ],
        guest: true,
    },
    Set { name: "bench", needs: &[PEER_DAEMON, PEER_QEMU, PEER_LOCKD], guest: false },
    Set { name: "fuzz", needs: &[CXX], guest: false },
];

/// `cargo xtask setup SET...`; without a set: what running needs.
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    if arguments.is_empty() {
        return ensure("run");
    }
    arguments.iter().try_for_each(|name| ensure(name))
}

/// Installs what is missing of a set.
pub(crate) fn ensure(name: &str) -> Outcome {
    let set = SETS.iter().find(|set| set.name == name).ok_or_else(|| {
        let names: Vec<_> = SETS.iter().map(|set| set.name).collect();
        format!("no set is called {name}; there are {}", names.join(", "))
    })?;
    let missing: Vec<Need> = set.needs.iter().copied().filter(|need| !is_there(need)).collect();
    if !missing.is_empty() {
        install(name, &missing)?;
    }
    if set.guest {
        guest::ensure()?;
    }
    Ok(())
}

fn is_there(need: &Need) -> bool {
    if need.proof.contains('/') {
        Path::new(need.proof).exists()
    } else {
        paths::program(need.proof).is_some()
    }
}

fn install(set: &str, missing: &[Need]) -> Outcome {
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let listed: String =
        missing.iter().map(|need| format!("\n  {}: {}", need.package, need.purpose)).collect();
    if paths::program("apt-get").is_none() {
        return Err(format!("this host has no apt-get; {set} needs what Debian packages as:{listed}"));
    }
    if !paths::is_root() {
        return Err(format!(
            "missing:{listed}\nas root, this installs it: apt-get install {}",
            packages.join(" ")
        ));
    }
    println!("setup {set} installs:{listed}");
    let (qemu, others): (Vec<&str>, Vec<&str>) =
        packages.iter().partition(|package| package.starts_with("qemu-"));
    let (peer, others): (Vec<&str>, Vec<&str>) =
        others.iter().partition(|package| package.starts_with("libvirt-"));
    apt::install(&qemu, suite_of_qemu()?.as_deref())?;
    apt::install(&peer, suite_of_peer(&peer)?.as_deref())?;
    apt::install(&others, None)?;
    match missing.iter().find(|need| !is_there(need)) {
        Some(need) => Err(format!("{} is installed, yet there is no {}", need.package, need.proof)),
        None => Ok(()),
    }
}

/// QEMU's packages must all be of one suite: where some are from backports, the rest must be, too.
fn suite_of_qemu() -> Outcome<Option<String>> {
    let relatives = ["qemu-utils", "qemu-system-common", "qemu-system-data", "qemu-block-extra"];
    for relative in relatives {
        if let Some(version) = apt::policy(relative)?.installed
            && version.contains("~bpo")
        {
            println!("{relative} {version} is from backports, so QEMU must be, too");
            return sources::backports().map(Some);
        }
    }
    Ok(None)
}

/// The libvirt that this project stands in for: from the own suite if that has this version.
fn suite_of_peer(packages: &[&str]) -> Outcome<Option<String>> {
    let Some(first) = packages.first() else { return Ok(None) };
    match apt::policy(first)?.candidate {
        Some(version) if version.starts_with("11.3.") => Ok(None),
        candidate => {
            println!(
                "{first} here is {}, and 11.3.0 is in backports",
                candidate.as_deref().unwrap_or("not there")
            );
            sources::backports().map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Need, is_there};

    #[test]
    fn a_proof_is_a_program_or_a_file() {
        let need = |proof| Need { package: "p", proof, purpose: "" };
        assert!(is_there(&need("sh")));
        assert!(is_there(&need("/bin/sh")));
        assert!(!is_there(&need("no-such-program-anywhere")));
        assert!(!is_there(&need("/no/such/file")));
    }
}

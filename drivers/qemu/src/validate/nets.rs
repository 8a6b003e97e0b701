//! Network interfaces: what QEMU and its back ends can be told.

use super::{Check, memory, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::interface::{BackendType, Interface, InterfaceType, NetDriver};
use vir_model::domain::device::netparts::{IpAddress, TeamingType};
use vir_model::domain::device::source::SourceReconnect;
use vir_xml::YesNo;

/// Checks one.
pub fn check(it: &Check<'_>, net: &Interface) -> Result<()> {
    use InterfaceType::{Hostdev, Network, User, Vdpa, Vhostuser};
    let (kind, passt) = (net.kind(), is_passt(net));
    refuse([(
        !net.routes.is_empty(),
        "Invalid attempt to set network interface guest-side IP route, not supported by QEMU",
    )])?;
    if kind == User || kind == Vhostuser && passt {
        backend(it, net)?;
        addresses(&net.ips)?;
    } else if !net.ips.is_empty() {
        bail!(
            Qemu,
            ConfigUnsupported,
            "Invalid attempt to set network interface guest-side IP address info, not supported by QEMU"
        );
    }
    if kind == Vdpa {
        it.needs(Flag::NetdevVhostVdpa, "vDPA devices are not supported with this QEMU binary")?;
    }
    if kind == Vhostuser {
        shared_with_another(it, net, passt)?;
    }
    if net.is_virtio() {
        queues(it, net.driver.as_ref())?;
    } else if matches!(kind, Vdpa | Vhostuser) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "invalid model for interface of type '{kind}': '{}' - must be 'virtio'",
            net.model().unwrap_or("unknown")
        );
    }
    let sized = net.mtu.as_ref().and_then(|mtu| mtu.size).is_some_and(|size| size > 0);
    if sized && !takes_mtu(kind, passt) {
        bail!(Qemu, ConfigUnsupported, "setting MTU on interface type {kind} is not supported yet");
    }
    match net.teaming.as_ref().and_then(|teaming| teaming.kind) {
        Some(TeamingType::Persistent) if !net.is_virtio() => bail!(
            Qemu,
            ConfigUnsupported,
            "virtio-net teaming persistent interface must be <model type='virtio'/>, not '{}'",
            net.model().unwrap_or("unknown")
        ),
        Some(TeamingType::Transient) if !matches!(kind, Hostdev | Network) => bail!(
            Qemu,
            ConfigUnsupported,
            "virtio-net teaming transient interface must be type='hostdev', not '{kind}'"
        ),
        _ => {}
    }
    let gathered = net.coalesce.as_ref().and_then(|coalesce| coalesce.rx.as_ref());
    let gathered = gathered.and_then(|rx| rx.frames.as_ref()).and_then(|frames| frames.max);
    if gathered.is_some() && !matches!(kind, Network | InterfaceType::Bridge) {
        bail!(Qemu, ConfigUnsupported, "coalesce settings on interface type {kind} are not supported");
    }
    Ok(())
}

fn is_passt(net: &Interface) -> bool {
    net.backend.as_ref().is_some_and(|backend| backend.kind == Some(BackendType::Passt))
}

/// What takes frames out of QEMU without a device of the host.
fn backend(it: &Check<'_>, net: &Interface) -> Result<()> {
    let (flag, name) = match is_passt(net) {
        true => (Flag::NetdevStream, BackendType::Passt.as_str()),
        false => (Flag::NetdevUser, "default"),
    };
    it.needs(flag, format!("the '{name}' network backend is not supported with this QEMU binary"))
}

/// Addresses that the guest is told: one of a family.
fn addresses(ips: &[IpAddress]) -> Result<()> {
    for (i, ip) in ips.iter().enumerate() {
        refuse([(ip.peer.is_some(), "Invalid attempt to set peer IP for guest")])?;
        let v6 = ip.address.is_ipv6();
        let again = ips[..i].iter().any(|other| other.address.is_ipv6() == v6);
        let prefix = ip.prefix.unwrap_or(0);
        if v6 {
            refuse([
                (again, "Only one IPv6 address per interface is allowed".to_owned()),
                (
                    prefix != 0 && prefix != 64,
                    format!("unsupported IPv6 address prefix='{prefix}' - must be 64"),
                ),
            ])?;
        } else {
            refuse([(again, "Only one IPv4 address per interface is allowed")])?;
            if prefix > 0 && !(4..=27).contains(&prefix) {
                bail!(Qemu, XmlError, "invalid prefix, must be in range of 4-27");
            }
        }
    }
    Ok(())
}

/// An interface that another process serves from the guest's memory.
fn shared_with_another(it: &Check<'_>, net: &Interface, passt: bool) -> Result<()> {
    let source = net.source.as_ref();
    if !passt && source.is_none_or(|source| source.path.is_none()) {
        return Err(vir_xml::missing("path", "source"));
    }
    let waits = source.is_some_and(|source| source.mode.as_deref() == Some("server"));
    let reconnects = |reconnect: &SourceReconnect| reconnect.enabled == Some(YesNo::Yes);
    refuse([(
        waits && source.and_then(|source| source.reconnect.as_ref()).is_some_and(reconnects),
        "'reconnect' attribute is not supported when source mode='server' for <interface type='vhostuser'>",
    )])?;
    memory::shared(it, "interface")
}

fn queues(it: &Check<'_>, driver: Option<&NetDriver>) -> Result<()> {
    let Some(driver) = driver else { return Ok(()) };
    let uneven = |size: Option<u32>| size.is_some_and(|size| size > 0 && !size.is_power_of_two());
    let no_rss = !it.has(Flag::VirtioNetRss);
    refuse([
        (uneven(driver.rx_queue_size), "rx_queue_size has to be a power of two"),
        (uneven(driver.tx_queue_size), "tx_queue_size has to be a power of two"),
        (driver.rss.is_some() && no_rss, "virtio rss is not supported with this QEMU binary"),
        (
            driver.rss_hash_report.is_some() && no_rss,
            "virtio rss hash report is not supported with this QEMU binary",
        ),
    ])
}

fn takes_mtu(kind: InterfaceType, passt: bool) -> bool {
    use InterfaceType::{Bridge, Ethernet, Network, User, Vhostuser};
    match kind {
        Network | Bridge | Ethernet | Vhostuser => true,
        User => passt,
        _ => false,
    }
}

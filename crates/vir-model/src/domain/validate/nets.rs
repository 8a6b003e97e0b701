//! Network interfaces: what their kinds and backends exclude.

use super::no_virtio;
use crate::domain::device::interface::{BackendType, Interface, InterfaceType};
use crate::domain::device::netparts::{Rate, TeamingType};
use vir_base::{Result, bail};
use vir_xml::YesNo;

/// Checks one.
///
/// # Errors
/// The first contradiction.
pub fn check(net: &Interface) -> Result<()> {
    let (kind, mac) = (net.kind(), net.mac());
    let host = net.source.as_ref().is_some_and(|s| !s.ips.is_empty() || !s.routes.is_empty());
    if host && kind != InterfaceType::Ethernet {
        bail!(
            Domain,
            ConfigUnsupported,
            "Invalid attempt to set network interface host-side IP route and/or address info on interface of \
             type '{kind}'. This is only supported on interfaces of type 'ethernet'"
        );
    }
    let unmanaged = net.target.as_ref().is_some_and(|target| target.managed == Some(YesNo::No));
    if unmanaged && kind != InterfaceType::Ethernet {
        bail!(
            Domain,
            ConfigUnsupported,
            "unmanaged target dev is not supported on interfaces of type '{kind}'"
        );
    }
    if let Some(teaming) = &net.teaming
        && let Some(role) = teaming.kind
    {
        match (role, &teaming.persistent) {
            (TeamingType::Transient, None) => bail!(
                Domain,
                ConfigUnsupported,
                "teaming persistent attribute must be set if teaming type is 'transient'"
            ),
            (TeamingType::Persistent, Some(_)) => bail!(
                Domain,
                ConfigUnsupported,
                "teaming persistent attribute not allowed if teaming type is '{role}'"
            ),
            _ => {}
        }
    }
    if net.port.as_ref().is_some_and(|port| port.isolated == Some(YesNo::Yes)) {
        if !matches!(kind, InterfaceType::Network | InterfaceType::Bridge) {
            bail!(
                Domain,
                ConfigUnsupported,
                "interface {mac} - <port isolated='yes'/> is not supported for network interfaces with \
                 type='{kind}'"
            );
        }
        if let Some(port) = net.virtualport.as_ref().and_then(|port| port.kind) {
            bail!(
                Domain,
                ConfigUnsupported,
                "interface {mac} - <port isolated='yes'/> is not supported for network interfaces with \
                 virtualport type='{port}'"
            );
        }
    }
    if !net.is_virtio() {
        no_virtio(net.driver.as_ref().map(|driver| &driver.virtio))?;
    }
    backend(net, kind)?;
    for rate in net.bandwidth.iter().flat_map(|b| [&b.inbound, &b.outbound]).flatten() {
        bounded(rate)?;
    }
    Ok(())
}

fn backend(net: &Interface, kind: InterfaceType) -> Result<()> {
    let own = matches!(kind, InterfaceType::User | InterfaceType::Vhostuser);
    let passt = net.backend.as_ref().is_some_and(|b| b.kind == Some(BackendType::Passt));
    if !own && passt {
        bail!(
            Domain,
            ConfigUnsupported,
            "The 'passt' backend can only be used with interface type='user' or type='vhostuser'"
        );
    }
    if net.port_forwards.is_empty() {
        return Ok(());
    }
    if !own || !passt {
        bail!(
            Domain,
            ConfigUnsupported,
            "The <portForward> element can only be used with the 'passt' backend of interface type='user' or \
             type='vhostuser'"
        );
    }
    for range in net.port_forwards.iter().flat_map(|forward| &forward.ranges) {
        if range.start.is_none() && (range.end.is_some() || range.to.is_some() || range.exclude.is_some()) {
            bail!(
                Domain,
                ConfigUnsupported,
                "The 'range' of a 'portForward' requires 'start' attribute if 'end', 'to', or 'exclude' is \
                 specified"
            );
        }
    }
    Ok(())
}

/// A rate that the kernel can count.
fn bounded(rate: &Rate) -> Result<()> {
    const SPEED: u64 = 1 << 54;
    const SIZE: u64 = (u32::MAX >> 10) as u64;
    for (value, limit, name) in [
        (rate.average, SPEED, "average"),
        (rate.peak, SPEED, "peak"),
        (rate.burst, SIZE, "burst"),
        (rate.floor, SPEED, "floor"),
    ] {
        if let Some(value) = value
            && value > limit
        {
            bail!(None, Overflow, "value '{value}' is too big for '{name}' parameter, maximum is '{limit}'");
        }
    }
    Ok(())
}

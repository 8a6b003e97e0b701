//! `<actual>`: what a network made of an interface while the domain runs. The daemon keeps it apart from what was asked
//! for; everybody else is shown it in that place.

use super::hostdev::HostdevPart;
use super::interface::{Interface, InterfaceSource, InterfaceType};
use super::netparts::{Bandwidth, PortOptions, VirtualPort, Vlan};
use super::private::TrafficClass;
use vir_base::{Result, bail};
use vir_xml::{Element, YesNo, element, missing};

element! {
    /// What a network made of an interface. Since 0.9.4. Drivers: qemu, xen, lxc.
    pub struct Actual "actual" => settle {
        /// What it is connected to.
        attr kind "type": Option<InterfaceType>,
        /// Whether the host's driver is detached at start, of type `hostdev`.
        attr managed "managed": Option<YesNo>,
        /// Whether the host trusts the guest's filters of reception.
        attr trust_guest_rx_filters "trustGuestRxFilters": Option<YesNo>,
        part hostdev "": HostdevPart,
        /// The far side on the host.
        child source "source": Option<InterfaceSource>,
        /// The class of its traffic on the bridge.
        child class "class": Option<TrafficClass>,
        /// VLANs that it is in.
        child vlan "vlan": Option<Vlan>,
        /// How a switch knows it.
        maybe virtualport "virtualport": Option<VirtualPort>,
        /// Limits of its traffic.
        child bandwidth "bandwidth": Option<Bandwidth>,
        /// Whether it sees others on the bridge.
        maybe port "port": Option<PortOptions>,
    }
}

impl Actual {
    fn settle(&mut self, _: &Element) -> Result<()> {
        use InterfaceType::{Bridge, Direct, Hostdev, Network};
        match self.kind {
            Some(Bridge | Direct | Hostdev | Network) => {}
            Some(kind) => {
                bail!(Domain, InternalError, "unsupported type '{kind}' in interface's <actual> element")
            }
            None => return Err(missing("type", "actual")),
        }
        match self.kind {
            Some(Hostdev) => self.source = None,
            _ => _ = self.source.get_or_insert_default(),
        }
        self.managed.take_if(|managed| *managed == YesNo::No);
        self.bandwidth.take_if(|bandwidth| *bandwidth == Bandwidth::default());
        Ok(())
    }
}

impl Interface {
    /// As a running domain shows it: what its network made of it stands in the place of what was asked for.
    pub fn shown(&self) -> Self {
        let mut it = self.clone();
        let Some(actual) = it.actual.take() else { return it };
        let Actual { kind, managed, hostdev, source, vlan, virtualport, bandwidth, port, .. } = *actual;
        it.kind = kind.or(it.kind);
        (it.managed, it.hostdev) = (managed, hostdev);
        it.source = match it.hostdev.0 {
            Some(_) => None,
            None => {
                let asked = it.source.unwrap_or_default();
                let InterfaceSource { network, portgroup, portid, .. } = asked;
                Some(InterfaceSource { network, portgroup, portid, ..source.unwrap_or_default() })
            }
        };
        it.vlan = vlan.or(it.vlan);
        it.virtualport = virtualport.or(it.virtualport);
        it.bandwidth = bandwidth.or(it.bandwidth);
        it.port = port.or(it.port);
        it
    }
}

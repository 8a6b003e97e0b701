//! Devices of the host: a list and look-ups, and adapters of a SAN that programs make and take away.

use crate::driver::{Driver, State};
use crate::list::limit;
use crate::network::group;
use vir_api::constants as c;
use vir_api::event::{Event, NodeDeviceEvent};
use vir_api::{Caller, NodeDeviceDriver};
use vir_base::error::check_flags;
use vir_base::refs::NodeDeviceRef;
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_model::nodedev::scsi::FcHost;
use vir_model::nodedev::{Capability, Kind, NodeDevice, Origin, Parent};
use vir_xml::{Format, Value};

/// A device.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// What it is.
    pub def: NodeDevice,
    /// It is there, and stays: all but the adapters that programs make.
    lasting: bool,
}

impl Device {
    /// A device that is there from the start.
    pub fn new(mut def: NodeDevice) -> Self {
        def.activate();
        Self { def, lasting: true }
    }

    /// Name.
    pub fn name(&self) -> &str {
        self.def.name()
    }

    fn reference(&self) -> NodeDeviceRef {
        NodeDeviceRef { name: self.name().to_owned() }
    }

    fn has(&self, capability: &str) -> bool {
        Kind::parse(capability).is_some_and(|kind| self.def.has(kind))
    }

    fn has_any_of(&self, flags: u32) -> bool {
        CAPABILITIES.iter().any(|(name, flag)| flags & flag != 0 && self.has(name))
    }

    /// The Fibre Channel adapter, if others can be made of it.
    fn adapter(&self) -> Option<&FcHost> {
        let hosts = self.def.capabilities.iter().filter_map(|capability| match capability {
            Capability::ScsiHost(host) => Some(host),
            _ => None,
        });
        let mut able = hosts.filter(|host| host.vport_ops.0.is_some());
        able.find_map(|host| host.fc_host.0.as_ref())
    }
}

/// Capabilities with their flags in `virConnectListAllNodeDeviceFlags`.
const CAPABILITIES: &[(&str, u32)] = &[
    ("system", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM),
    ("pci", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV),
    ("usb_device", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV),
    ("usb", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_INTERFACE),
    ("net", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET),
    ("scsi_host", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST),
    ("scsi_target", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_TARGET),
    ("scsi", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI),
    ("storage", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE),
    ("fc_host", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_FC_HOST),
    ("vports", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS),
    ("scsi_generic", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_GENERIC),
    ("drm", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM),
    ("mdev_types", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES),
    ("mdev", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV),
    ("ccw", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCW_DEV),
    ("css", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_CSS_DEV),
    ("vdpa", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA),
    ("ap_card", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_CARD),
    ("ap_queue", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_QUEUE),
    ("ap_matrix", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_MATRIX),
    ("vpd", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPD),
    ("ccwgroup", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_DEV),
    ("ccwgroup_member", c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_MEMBER),
];

/// The adapter that programs make; there is one at most.
const MADE: &str = "scsi_host12";

/// The adapter that a made one looks like.
const PATTERN: &str = "scsi_host11";

fn find<'a>(devices: &'a [Device], name: &str) -> Result<&'a Device> {
    devices
        .iter()
        .find(|device| device.name() == name)
        .ok_or_else(|| err!(Test, NoNodeDevice, "no node device with matching name '{name}'"))
}

fn lifecycle(state: &mut State, name: &str, event: i32) {
    let device = NodeDeviceRef { name: name.to_owned() };
    state.tell(Event::NodeDevice(device, NodeDeviceEvent::Lifecycle { event, detail: 0 }));
}

/// World wide names that nobody brought: the test driver's own prefix, then at random.
fn made_up() -> Result<String> {
    let random = Uuid::random().0;
    let tail = random[..5].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    Ok(format!("5100000{:09x}", tail & 0xf_ffff_ffff))
}

/// Makes an adapter of these names.
pub(crate) fn create_vport(state: &mut State, wwnn: &str, wwpn: &str) -> Result<NodeDeviceRef> {
    // without the pattern the peer fails too, and does not say why
    let mut def = find(&state.devices, PATTERN)?.def.clone();
    def.name = Some(MADE.to_owned());
    for capability in &mut def.capabilities {
        if let Capability::ScsiHost(host) = capability
            && let Some(adapter) = &mut host.fc_host.0
        {
            (adapter.wwnn, adapter.wwpn) = (Some(wwnn.to_owned()), Some(wwpn.to_owned()));
        }
    }
    match state.devices.iter_mut().find(|device| device.name() == MADE) {
        Some(device) => device.def = def,
        None => {
            state.devices.push(Device { def, lasting: false });
            state.devices.sort_by(|a, b| a.name().cmp(b.name()));
        }
    }
    lifecycle(state, MADE, c::VIR_NODE_DEVICE_EVENT_CREATED);
    Ok(NodeDeviceRef { name: MADE.to_owned() })
}

/// Takes away the adapter that was made.
pub(crate) fn destroy_vport(state: &mut State) -> Result<()> {
    find(&state.devices, MADE)?;
    state.devices.retain(|device| device.name() != MADE);
    lifecycle(state, MADE, c::VIR_NODE_DEVICE_EVENT_DELETED);
    Ok(())
}

/// Looks whether an adapter can be made where the document wants it.
fn check_parent(devices: &[Device], def: &NodeDevice) -> Result<()> {
    let parent = def.parent.clone().unwrap_or_default();
    let missing = || err!(Nodedev, InternalError, "Could not find parent device for '{}'", def.name());
    if let Some(name) = &parent.name {
        let device = devices.iter().find(|device| device.name() == name).ok_or_else(missing)?;
        return match device.def.has(Kind::Vports) {
            true => Ok(()),
            false => {
                bail!(Nodedev, InternalError, "Parent device {name} is not capable of vport operations")
            }
        };
    }
    let mut adapters = devices.iter().filter_map(Device::adapter);
    let found = match &parent {
        Parent { wwnn: wwnn @ Some(_), wwpn: wwpn @ Some(_), .. } => {
            adapters.any(|adapter| adapter.wwnn == *wwnn && adapter.wwpn == *wwpn)
        }
        Parent { fabric_wwn: fabric @ Some(_), .. } => adapters.any(|adapter| adapter.fabric_wwn == *fabric),
        _ if devices.iter().any(|device| device.def.has(Kind::Vports)) => true,
        _ => bail!(Nodedev, InternalError, "Could not find any vport capable device"),
    };
    if found { Ok(()) } else { Err(missing()) }
}

impl Driver {
    fn device<T>(&self, name: &str, look: impl FnOnce(&Device) -> Result<T>) -> Result<T> {
        self.with(|state| look(find(&state.devices, name)?))
    }

    fn device_names(&self, capability: Option<&str>, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let devices = state
                .devices
                .iter()
                .filter(|device| capability.is_none_or(|capability| device.has(capability)));
            Ok(devices.map(|device| device.name().to_owned()).take(limit(max)).collect())
        })
    }
}

fn count(list: &[String]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX)
}

impl NodeDeviceDriver for Driver {
    fn node_num_of_devices(&self, _: &Caller, cap: Option<&str>, flags: u32) -> Result<i32> {
        check_flags(ErrorDomain::Test, flags, 0, "testNodeNumOfDevices")?;
        Ok(count(&self.device_names(cap, i32::MAX)?))
    }

    fn node_list_devices(&self, _: &Caller, cap: Option<&str>, max: i32, flags: u32) -> Result<Vec<String>> {
        check_flags(ErrorDomain::Test, flags, 0, "testNodeListDevices")?;
        self.device_names(cap, max)
    }

    fn connect_list_all_node_devices(&self, _: &Caller, flags: u32) -> Result<Vec<NodeDeviceRef>> {
        let (there, gone) =
            (c::VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE, c::VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE);
        let (stays, goes) =
            (c::VIR_CONNECT_LIST_NODE_DEVICES_PERSISTENT, c::VIR_CONNECT_LIST_NODE_DEVICES_TRANSIENT);
        let kinds = CAPABILITIES.iter().fold(0, |all, (_, flag)| all | flag);
        let supported = kinds | there | gone | stays | goes;
        check_flags(ErrorDomain::Test, flags, supported, "testConnectListAllNodeDevices")?;
        self.with(|state| {
            let passes = |device: &&Device| {
                (flags & kinds == 0 || device.has_any_of(flags))
                    && group(flags, there, gone, device.lasting)
                    && group(flags, stays, goes, device.lasting)
            };
            let devices = state.devices.iter().filter(passes);
            Ok(devices.map(Device::reference).collect())
        })
    }

    fn node_device_lookup_by_name(&self, _: &Caller, name: &str) -> Result<NodeDeviceRef> {
        self.device(name, |device| Ok(device.reference()))
    }

    fn node_device_get_xml_desc(&self, _: &Caller, name: &str, flags: u32) -> Result<String> {
        let known = c::VIR_NODE_DEVICE_XML_INACTIVE;
        check_flags(ErrorDomain::Test, flags, known, "testNodeDeviceGetXMLDesc")?;
        self.device(name, |device| {
            let inactive = flags & known != 0;
            if inactive && !device.lasting {
                bail!(Test, OperationInvalid, "node device '{name}' is not persistent");
            }
            let format = Format { inactive: inactive || !device.lasting, ..Format::default() };
            Ok(device.def.to_document(format))
        })
    }

    fn node_device_get_parent(&self, _: &Caller, name: &str) -> Result<Option<String>> {
        self.device(name, |device| match device.def.parent_name() {
            Some(parent) => Ok(Some(parent.to_owned())),
            None => Err(err!(Test, InternalError, "no parent for this device")),
        })
    }

    fn node_device_num_of_caps(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |device| Ok(i32::try_from(device.def.capabilities.len()).unwrap_or(i32::MAX)))
    }

    fn node_device_list_caps(&self, _: &Caller, name: &str, max: i32) -> Result<Vec<String>> {
        self.device(name, |device| {
            let kinds = device.def.capabilities.iter().map(|capability| capability.kind().to_string());
            Ok(kinds.take(limit(max)).collect())
        })
    }

    fn node_device_create_xml(&self, _: &Caller, xml: &str, flags: u32) -> Result<NodeDeviceRef> {
        let known = c::VIR_NODE_DEVICE_CREATE_XML_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testNodeDeviceCreateXML")?;
        if flags & known != 0 {
            vir_schema::require("nodedev", ErrorDomain::Nodedev, xml)?;
        }
        let new = NodeDevice::parse(xml, Origin::New(&mut made_up))?;
        let (wwnn, wwpn) = new.world_wide_names()?;
        self.with(|state| {
            check_parent(&state.devices, &new)?;
            create_vport(state, wwnn, wwpn)
        })
    }

    fn node_device_destroy(&self, _: &Caller, name: &str) -> Result<()> {
        self.with(|state| {
            let device = &find(&state.devices, name)?.def;
            let has_parent = device.parent_name().is_some_and(|name| find(&state.devices, name).is_ok());
            // the peer says that it is done, of what is no adapter, too
            if device.world_wide_names().is_err() || !has_parent {
                return Ok(());
            }
            state.devices.retain(|device| device.name() != name);
            lifecycle(state, name, c::VIR_NODE_DEVICE_EVENT_DELETED);
            Ok(())
        })
    }

    fn node_device_is_active(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |device| Ok(device.lasting.into()))
    }

    fn node_device_is_persistent(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |device| Ok(device.lasting.into()))
    }
}

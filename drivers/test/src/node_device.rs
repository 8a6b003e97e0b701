//! Devices of the host: a list and look-ups.

use crate::driver::Driver;
use crate::list::limit;
use crate::network::group;
use vir_api::constants as c;
use vir_api::{Caller, NodeDeviceDriver};
use vir_base::error::check_flags;
use vir_base::refs::NodeDeviceRef;
use vir_base::{Error, ErrorDomain, Result, bail, err};

/// A device. All are persistent and there.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// Name.
    pub name: String,
    /// The device that it belongs to.
    pub parent: Option<String>,
    /// Its capability, "scsi_host".
    pub capability: String,
    /// What the capability includes, "fc_host", "vports".
    pub also: Vec<String>,
    /// Its document, where it is known whole.
    pub xml: Option<&'static str>,
}

impl Device {
    fn has(&self, capability: &str) -> bool {
        self.capability == capability || self.also.iter().any(|also| also == capability)
    }

    fn has_any_of(&self, flags: u32) -> bool {
        CAPABILITIES.iter().any(|(name, flag)| flags & flag != 0 && self.has(name))
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

impl Driver {
    fn device<T>(&self, name: &str, look: impl FnOnce(&Device) -> Result<T>) -> Result<T> {
        self.with(|state| match state.devices.iter().find(|device| device.name == name) {
            Some(device) => look(device),
            None => bail!(Test, NoNodeDevice, "no node device with matching name '{name}'"),
        })
    }

    fn device_names(&self, capability: Option<&str>, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let devices = state
                .devices
                .iter()
                .filter(|device| capability.is_none_or(|capability| device.has(capability)));
            Ok(devices.map(|device| device.name.clone()).take(limit(max)).collect())
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
                    && group(flags, there, gone, true)
                    && group(flags, stays, goes, true)
            };
            let devices = state.devices.iter().filter(passes);
            Ok(devices.map(|device| NodeDeviceRef { name: device.name.clone() }).collect())
        })
    }

    fn node_device_lookup_by_name(&self, _: &Caller, name: &str) -> Result<NodeDeviceRef> {
        self.device(name, |device| Ok(NodeDeviceRef { name: device.name.clone() }))
    }

    fn node_device_get_xml_desc(&self, _: &Caller, name: &str, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testNodeDeviceGetXMLDesc")?;
        let xml = self.device(name, |device| Ok(device.xml))?;
        xml.map(str::to_owned)
            .ok_or_else(|| Error::no_support(ErrorDomain::Nodedev, "virNodeDeviceGetXMLDesc"))
    }

    fn node_device_get_parent(&self, _: &Caller, name: &str) -> Result<Option<String>> {
        self.device(name, |device| match &device.parent {
            Some(parent) => Ok(Some(parent.clone())),
            None => Err(err!(Test, InternalError, "no parent for this device")),
        })
    }

    fn node_device_num_of_caps(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |_| Ok(1))
    }

    fn node_device_list_caps(&self, _: &Caller, name: &str, max: i32) -> Result<Vec<String>> {
        self.device(name, |device| Ok([device.capability.clone()].into_iter().take(limit(max)).collect()))
    }

    fn node_device_is_active(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |_| Ok(1))
    }

    fn node_device_is_persistent(&self, _: &Caller, name: &str) -> Result<i32> {
        self.device(name, |_| Ok(1))
    }
}

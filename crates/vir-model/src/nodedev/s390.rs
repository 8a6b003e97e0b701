//! What s390 alone has: channel-attached devices, subchannels, groups, adjunct processors.

use super::mdev::MdevTypes;
use super::words::{HexId, Nested, Sub, all_typed};
use crate::words::{Checked, said};
use vir_base::{Result, bail};
use vir_xml::{Element, Hex, element, xml_enum};

xml_enum! {
    /// Whether a device is in use.
    pub enum State { Offline = "offline", Online = "online", }
    /// What a group is.
    pub enum GroupType {
        QethGeneric = "qeth_generic", QethLayer2 = "qeth_layer2", QethLayer3 = "qeth_layer3",
    }
}

#[allow(clippy::derivable_impls)] // the macro derives, and generic is its first value by chance only
impl Default for GroupType {
    fn default() -> Self {
        Self::QethGeneric
    }
}

element! {
    /// A channel-attached device. Since 3.4.0.
    pub struct Ccw "capability" {
        /// Whether it is in use.
        leaf state "state": Option<Checked<State>>,
        /// Its channel subsystem.
        leaf cssid "cssid": Option<Checked<Hex<1>>>,
        /// Its subchannel set.
        leaf ssid "ssid": Option<Checked<Hex<1>>>,
        /// Its number.
        leaf devno "devno": Option<Checked<HexId>>,
        /// The group that it is in.
        part group "capability": Nested<GroupMember>,
    }
    /// The membership in a group. Since 11.1.0.
    pub struct GroupMember "capability" {
        /// The group's device.
        leaf device "group_device": Option<String>,
    }
    /// A subchannel. Since 6.9.0.
    pub struct Css "capability" => settle {
        /// Its channel subsystem.
        leaf cssid "cssid": Option<Checked<Hex<1>>>,
        /// Its subchannel set.
        leaf ssid "ssid": Option<Checked<Hex<1>>>,
        /// Its number.
        leaf devno "devno": Option<Checked<HexId>>,
        /// The device behind it.
        child channel "channel_dev_addr": Option<DeviceNumber>,
        /// Mediated devices that can be made of it.
        part mdev_types "capability": Nested<MdevTypes>,
    }
    /// The number of a device.
    pub struct DeviceNumber "channel_dev_addr" {
        /// Its channel subsystem.
        leaf cssid "cssid": Option<Checked<Hex<1>>>,
        /// Its subchannel set.
        leaf ssid "ssid": Option<Checked<Hex<1>>>,
        /// Its number there.
        leaf devno "devno": Option<Checked<HexId>>,
    }
    /// Devices that work as one. Since 11.1.0.
    pub struct CcwGroup "capability" {
        /// Whether it is in use.
        leaf state "state": Option<Checked<State>>,
        /// Its channel subsystem.
        leaf cssid "cssid": Option<Checked<Hex<1>>>,
        /// Its subchannel set.
        leaf ssid "ssid": Option<Checked<Hex<1>>>,
        /// Its number.
        leaf devno "devno": Option<Checked<HexId>>,
        /// The devices.
        child members "members": Option<Members>,
        /// What it is.
        block qeth "capability": Option<Qeth>,
    }
    /// The devices of a group.
    pub struct Members "members" {
        /// The devices.
        list devices "ccw_device": Vec<Member>,
    }
    /// A device of a group.
    pub struct Member "ccw_device" {
        /// The device's place in the group.
        attr place "ref": Option<String>,
        /// Its name.
        text device "": String,
    }
    /// A network card that is a group.
    pub struct Qeth "capability" => settle {
        /// At which layer it works.
        attr kind "type": GroupType,
        /// What it is.
        leaf card "card_type": Option<String>,
        /// The path to it.
        leaf chpid "chpid": Option<String>,
    }
    /// An adjunct processor. Since 7.0.0.
    pub struct ApCard "capability" {
        /// Its number.
        leaf adapter "ap-adapter": Option<Checked<Hex<2>>>,
    }
    /// A queue of an adjunct processor. Since 7.0.0.
    pub struct ApQueue "capability" {
        /// The processor's number.
        leaf adapter "ap-adapter": Option<Checked<Hex<2>>>,
        /// The queue's domain, at most 255.
        leaf domain "ap-domain": Option<Checked<Hex<4>>>,
    }
    /// The parent of all mediated queues. Since 7.0.0.
    pub struct ApMatrix "capability" => settle {
        /// Mediated devices that can be made of it.
        part mdev_types "capability": Nested<MdevTypes>,
    }
}

impl Sub for GroupMember {
    const TYPE: &'static str = "ccwgroup_member";
}

/// Refuses a value of a channel's device that is missing or bad.
fn named<T>(value: &Option<Checked<T>>, name: &str, device: &str) -> Result<()> {
    match value {
        None => bail!(Nodedev, ConfigUnsupported, "missing {name} value for '{device}'"),
        Some(Checked::Bad(text)) if text.is_empty() => named::<T>(&None, name, device),
        Some(Checked::Bad(text)) => {
            bail!(Nodedev, ConfigUnsupported, "invalid {name} value '{text}' for '{device}'")
        }
        Some(Checked::Good(_)) => Ok(()),
    }
}

fn check_state(state: &mut Option<Checked<State>>, device: &str) -> Result<()> {
    state.take_if(|state| *state == Checked::Bad(String::new()));
    match state {
        Some(Checked::Bad(text)) => {
            bail!(Nodedev, ConfigUnsupported, "unknown state '{text}' for '{device}'")
        }
        _ => Ok(()),
    }
}

impl DeviceNumber {
    fn check(&self, device: &str) -> Result<()> {
        named(&self.cssid, "cssid", device)?;
        named(&self.ssid, "ssid", device)?;
        named(&self.devno, "devno", device)
    }
}

impl Ccw {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        check_state(&mut self.state, device)?;
        named(&self.cssid, "cssid", device)?;
        named(&self.ssid, "ssid", device)?;
        named(&self.devno, "devno", device)?;
        if let Some(group) = &mut self.group.0 {
            said(&mut group.device);
            if group.device.is_none() {
                bail!(Nodedev, ConfigUnsupported, "missing group_device value for '{device}'");
            }
        }
        Ok(())
    }
}

impl Css {
    fn settle(&mut self, element: &Element) -> Result<()> {
        all_typed(element)
    }

    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        named(&self.cssid, "cssid", device)?;
        named(&self.ssid, "ssid", device)?;
        named(&self.devno, "devno", device)?;
        self.channel.as_ref().map_or(Ok(()), |channel| channel.check(device))
    }
}

impl CcwGroup {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        check_state(&mut self.state, device)?;
        named(&self.cssid, "cssid", device)?;
        named(&self.ssid, "ssid", device)?;
        named(&self.devno, "devno", device)?;
        self.members.take_if(|members| members.devices.is_empty());
        let devices = self.members.iter().flat_map(|members| &members.devices);
        if devices.into_iter().any(|member| member.place.is_none()) {
            bail!(Nodedev, XmlError, "Missing ref property on ccw_device in members for '{device}'");
        }
        self.qeth.get_or_insert_default();
        Ok(())
    }
}

impl Qeth {
    fn settle(&mut self, _: &Element) -> Result<()> {
        said(&mut self.card);
        said(&mut self.chpid);
        Ok(())
    }
}

impl ApCard {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        named(&self.adapter, "ap-adapter", device)
    }
}

impl ApQueue {
    pub(super) fn check(&mut self, device: &str, element: &Element) -> Result<()> {
        named(&self.adapter, "ap-adapter", device)?;
        named(&self.domain, "ap-domain", device)?;
        if self.domain.as_ref().and_then(Checked::good).is_some_and(|domain| domain.0 > 255) {
            let text = element.child("ap-domain").map(Element::text).unwrap_or_default();
            bail!(Nodedev, ConfigUnsupported, "ap-domain value '{text}' is out of range for '{device}'");
        }
        Ok(())
    }
}

impl ApMatrix {
    fn settle(&mut self, element: &Element) -> Result<()> {
        all_typed(element)
    }
}

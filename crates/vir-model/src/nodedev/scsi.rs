//! SCSI: host adapters, targets, devices and their nodes for commands.

use super::Origin;
use super::words::{Nested, Number, Sub, may, need, strangers};
use crate::words::{Checked, said};
use vir_base::{Result, bail, err};
use vir_xml::{Element, element};

element! {
    /// A SCSI host adapter.
    pub struct ScsiHost "capability" {
        /// Its number.
        leaf host "host": Option<Checked<Number<true>>>,
        /// A number that stays when its number changes. Since 1.2.7.
        leaf unique_id "unique_id": Option<Checked<i32>>,
        /// For Fibre Channel: its names.
        part fc_host "capability": Nested<FcHost>,
        /// If virtual adapters can be made of it: how many.
        part vport_ops "capability": Nested<VportOps>,
    }
    /// The names of a Fibre Channel adapter.
    pub struct FcHost "capability" => settle {
        /// World wide node name. Since 0.6.5.
        leaf wwnn "wwnn": Option<String>,
        /// World wide port name. Since 0.6.5.
        leaf wwpn "wwpn": Option<String>,
        /// World wide name of the fabric. Since 0.9.8.
        leaf fabric_wwn "fabric_wwn": Option<String>,
    }
    /// Virtual adapters; documents that are read do not say their numbers.
    pub struct VportOps "capability" => settle {
        /// How many there can be. Since 1.0.4.
        leaf max "max_vports": i32,
        /// How many there are. Since 1.0.4.
        leaf used "vports": i32,
    }
    /// A SCSI target. Since 0.7.0.
    pub struct ScsiTarget "capability" {
        /// Its name.
        leaf target "target": Option<String>,
        /// For Fibre Channel: its port.
        part remote "capability": Nested<RemotePort>,
    }
    /// A remote port. Since 3.4.0.
    pub struct RemotePort "capability" {
        /// Its name.
        leaf rport "rport": Option<String>,
        /// World wide port name.
        leaf wwpn "wwpn": Option<String>,
    }
    /// A SCSI device.
    pub struct Scsi "capability" {
        /// The number of its adapter.
        leaf host "host": Option<Checked<Number<true>>>,
        /// Its bus.
        leaf bus "bus": Option<Checked<Number<true>>>,
        /// Its target.
        leaf target "target": Option<Checked<Number<true>>>,
        /// Its logical unit.
        leaf lun "lun": Option<Checked<Number<true>>>,
        /// What it is.
        leaf kind "type": Option<String>,
    }
    /// A node for commands. Since 1.1.1.
    pub struct ScsiGeneric "capability" {
        /// Its path.
        leaf path "char": Option<String>,
    }
}

impl Sub for FcHost {
    const TYPE: &'static str = "fc_host";
}

impl Sub for VportOps {
    const TYPE: &'static str = "vport_ops";
}

impl Sub for RemotePort {
    const TYPE: &'static str = "fc_remote_port";
}

impl ScsiHost {
    pub(super) fn check(&mut self, device: &str, element: &Element, origin: &mut Origin<'_>) -> Result<()> {
        if let Origin::New(_) = origin {
            (self.host, self.unique_id) = (Some(Number(0).into()), Some(0.into()));
        } else {
            need(&self.host, "SCSI host ID", device)?;
            may(&mut self.unique_id, "unique_id", device)?;
            // says that there is none
            self.unique_id.take_if(|id| *id == Checked::Good(-1));
        }
        strangers(element, &["fc_host", "vport_ops"], "SCSI host capability type", "SCSI host", device)?;
        let Some(adapter) = &mut self.fc_host.0 else { return Ok(()) };
        for (name, what) in [(&mut adapter.wwnn, "WWNN"), (&mut adapter.wwpn, "WWPN")] {
            if name.is_some() {
                continue;
            }
            let made = match origin {
                Origin::New(make) => make().ok(),
                Origin::Existing => None,
            };
            *name = Some(made.ok_or_else(|| {
                err!(Nodedev, InternalError, "no {what} supplied for '{device}', and auto-generation failed")
            })?);
        }
        Ok(())
    }
}

impl FcHost {
    fn settle(&mut self, _: &Element) -> Result<()> {
        [&mut self.wwnn, &mut self.wwpn, &mut self.fabric_wwn].into_iter().for_each(said);
        Ok(())
    }
}

impl VportOps {
    fn settle(&mut self, _: &Element) -> Result<()> {
        *self = Self::default();
        Ok(())
    }
}

impl ScsiTarget {
    pub(super) fn check(&mut self, device: &str, element: &Element) -> Result<()> {
        said(&mut self.target);
        if self.target.is_none() {
            bail!(Nodedev, InternalError, "no target name supplied for '{device}'");
        }
        let missing = "type for SCSI target capability";
        strangers(element, &[RemotePort::TYPE], missing, "SCSI target", device)?;
        if let Some(port) = &mut self.remote.0 {
            said(&mut port.rport);
            said(&mut port.wwpn);
            for (name, what) in [(&port.rport, "rport name"), (&port.wwpn, "wwpn identifier")] {
                if name.is_none() {
                    bail!(Nodedev, InternalError, "missing {what} for '{device}'");
                }
            }
        }
        Ok(())
    }
}

impl Scsi {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        need(&self.host, "SCSI host ID", device)?;
        need(&self.bus, "SCSI bus ID", device)?;
        need(&self.target, "SCSI target ID", device)?;
        need(&self.lun, "SCSI LUN ID", device)?;
        said(&mut self.kind);
        Ok(())
    }
}

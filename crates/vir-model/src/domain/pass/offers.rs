//! What only some hypervisors offer, and what becomes of a definition that asks another for it.

use crate::domain::device::source::DiskSource;
use crate::domain::{Domain, USER_ALIAS};
use vir_base::{Result, bail};

/// What a hypervisor offers of what only some do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Memory that is plugged.
    pub memory_hotplug: bool,
    /// A place on the host for processors that are not there yet.
    pub offline_vcpupin: bool,
    /// Single processors.
    pub individual_vcpus: bool,
    /// Interfaces of models that are not known here.
    pub any_net_model: bool,
    /// Disks that a client opened.
    pub disk_descriptors: bool,
    /// Firmware that is chosen by its kind.
    pub chosen_firmware: bool,
    /// Names of devices that users give.
    pub user_aliases: bool,
}

impl Offers {
    /// Takes away what a hypervisor passes over, and refuses what it does not offer.
    ///
    /// # Errors
    /// The definition asks for what is not offered.
    pub fn check(&self, domain: &mut Domain) -> Result<()> {
        let devices = &domain.devices;
        if !self.memory_hotplug && !devices.memories.is_empty() {
            bail!(Domain, ConfigUnsupported, "memory devices are not supported by this driver");
        }
        let mut models = devices.interfaces.iter().filter_map(|interface| interface.model.as_ref());
        if let Some(model) = models.find(|model| !self.any_net_model && !model.is_known()) {
            let model = model.kind.as_deref().unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "driver does not support net model '{model}'");
        }
        let opened = |source: &DiskSource| source.fdgroup.is_some();
        if let Some(disk) = devices.disks.iter().find(|disk| disk.source.as_ref().is_some_and(opened))
            && !self.disk_descriptors
        {
            bail!(Domain, ConfigUnsupported, "driver does not support FD passing for disk '{}'", disk.dst());
        }
        if !self.memory_hotplug && domain.max_memory.as_ref().is_some_and(|max| max.kib > 0) {
            bail!(
                Domain,
                ConfigUnsupported,
                "memory hotplug tunables <maxMemory> are not supported by this hypervisor driver"
            );
        }
        if !self.individual_vcpus && domain.vcpus.is_some() {
            bail!(Domain, ConfigUnsupported, "individual CPU state configuration is not supported");
        }
        if !self.chosen_firmware && domain.os.firmware.is_some() {
            bail!(Domain, XmlDetail, "firmware auto selection not implemented for this driver");
        }
        let there = domain.vcpus();
        if let (Some(tune), false) = (&mut domain.cputune, self.offline_vcpupin) {
            tune.vcpupins.retain(|pin| pin.vcpu < there);
        }
        Ok(())
    }

    /// Forgets names of devices that users gave, unless users may give them: for definitions that do not run.
    pub fn forget_aliases(&self, domain: &mut Domain) {
        if !self.user_aliases {
            let own = |alias: &mut String| alias.starts_with(USER_ALIAS);
            domain.devices.for_each_info_mut(&mut |info| _ = info.alias.take_if(own));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ParseOptions;

    fn domain(inside: &str, devices: &str) -> Domain {
        let xml = format!(
            "<domain type='test'><name>n</name><memory>9000000</memory><vcpu current='1'>2</vcpu>\
             <os><type>hvm</type></os>{inside}<devices>{devices}</devices></domain>"
        );
        Domain::parse(&xml, ParseOptions::default()).unwrap()
    }

    #[test]
    fn what_is_not_offered_is_refused_by_name() {
        let memory = "<memory model='dimm'><target><size>1</size><node>0</node></target></memory>";
        for (inside, devices, says) in [
            (
                "<maxMemory slots='4'>9000000</maxMemory>",
                "",
                "memory hotplug tunables <maxMemory> are not supported by this hypervisor driver",
            ),
            ("", memory, "memory devices are not supported by this driver"),
            (
                "",
                "<interface type='user'><model type='strange'/></interface>",
                "driver does not support net model 'strange'",
            ),
            (
                "<vcpus><vcpu id='0' enabled='yes'/></vcpus>",
                "",
                "individual CPU state configuration is not supported",
            ),
        ] {
            let error = Offers::default().check(&mut domain(inside, devices)).unwrap_err();
            assert!(error.message().ends_with(says), "{error}");
            let all = Offers {
                memory_hotplug: true,
                individual_vcpus: true,
                any_net_model: true,
                ..Offers::default()
            };
            all.check(&mut domain(inside, devices)).unwrap();
        }
    }

    #[test]
    fn pins_of_absent_processors_and_names_by_users_are_passed_over() {
        let pins = "<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='0'/></cputune>";
        let mut it = domain(pins, "<interface type='user'><alias name='ua-nic'/></interface>");
        Offers::default().check(&mut it).unwrap();
        assert_eq!(it.cputune.as_ref().unwrap().vcpupins.len(), 1);
        Offers::default().forget_aliases(&mut it);
        assert_eq!(it.devices.interfaces[0].info.alias, None);
    }
}

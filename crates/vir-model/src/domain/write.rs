//! Printing a domain's document.

use super::device::storage::SourceLabel;
use super::iothreads::IothreadIds;
use super::{Domain, GenId, VirtType, device, limits};
use vir_xml::{Content, Format, Writer};

impl Domain {
    /// The document.
    pub fn to_xml(&self, format: Format) -> String {
        let mut w = Writer::new(format);
        self.write_into(&mut w);
        w.finish()
    }

    /// Writes the element, which may stand inside another document.
    pub fn write_into(&self, w: &mut Writer) {
        self.write_as("domain", w);
    }

    /// Writes the element under another name.
    pub fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.start(name);
        self.write_inside(w);
        w.end();
    }

    /// Writes attributes and children of an element that is already started and will be ended.
    pub fn write_inside(&self, w: &mut Writer) {
        let asked = w.format();
        // labels of sources that say nothing of a domain that does not run
        let passing = |disk: &device::disk::Disk| {
            disk.source.as_ref().is_some_and(|source| !source.seclabels.iter().all(SourceLabel::is_lasting))
        };
        if asked.inactive && self.devices.disks.iter().any(passing) {
            let mut lasting = self.clone();
            let sources = lasting.devices.disks.iter_mut().filter_map(|disk| disk.source.as_mut());
            sources.for_each(|source| source.seclabels.retain(SourceLabel::is_lasting));
            return lasting.write_inside(w);
        }
        // what networks made of interfaces stands apart only where the daemon keeps it
        let made = |interface: &device::interface::Interface| interface.actual.is_some();
        let shown = !(asked.inactive || asked.status || asked.migratable || self.id.is_none());
        if shown && self.devices.interfaces.iter().any(made) {
            let mut shown = self.clone();
            shown.devices.interfaces.iter_mut().for_each(|interface| *interface = interface.shown());
            return shown.write_inside(w);
        }
        // what has no id does not run
        w.set_format(Format { inactive: asked.inactive || self.id.is_none(), ..asked });
        w.attr_opt("type", self.kind.map(VirtType::as_str));
        if let (Some(id), false) = (self.id, asked.inactive) {
            w.attr("id", &id.to_string());
        }
        if let Some(foreign) = &self.foreign {
            w.attr(&format!("xmlns:{}", foreign.prefix), &foreign.uri);
        }
        self.write_identity(w);
        self.write_resources(w);
        self.write_machine(w);
        self.write_devices(w);
        for label in self.seclabels.iter().filter(|label| label.is_shown(asked.migratable)) {
            part(w, "seclabel", Some(label));
        }
        maybe(w, "keywrap", self.keywrap.as_ref());
        part(w, "launchSecurity", self.launch_security.as_ref());
        if let Some(foreign) = &self.foreign {
            foreign.elements.iter().for_each(|element| w.foreign(element));
        }
        w.set_format(asked);
    }

    fn write_identity(&self, w: &mut Writer) {
        w.leaf("name", &self.name);
        w.leaf("uuid", &self.uuid.to_string());
        if let Some(GenId(Some(genid))) = self.genid {
            w.leaf("genid", &genid.to_string());
        }
        for (name, text) in [("title", &self.title), ("description", &self.description)] {
            if let Some(text) = text {
                w.leaf(name, text);
            }
        }
        if let Some(metadata) = self.metadata.as_ref().filter(|m| m.children().next().is_some()) {
            w.tree(metadata);
        }
    }

    fn write_resources(&self, w: &mut Writer) {
        part(w, "maxMemory", self.max_memory.as_ref());
        part(w, "memory", Some(&self.memory));
        part(w, "currentMemory", self.current_memory.as_ref());
        maybe(w, "blkiotune", self.blkiotune.as_ref());
        maybe(w, "memtune", self.memtune.as_ref());
        maybe(w, "memoryBacking", self.memory_backing.as_ref());
        part(w, "vcpu", Some(&self.vcpu));
        maybe(w, "vcpus", self.vcpus.as_ref());
        if !self.iothreads.is_empty() {
            w.leaf("iothreads", &self.iothreads.len().to_string());
            if self.iothreads.iter().any(|thread| !thread.made_up.is_yes() || !thread.is_plain()) {
                let ids = IothreadIds { iothreads: self.iothreads.clone() };
                maybe(w, "iothreadids", Some(&ids));
            }
        }
        maybe(w, "defaultiothread", self.default_iothread.as_ref());
        maybe(w, "throttlegroups", self.throttlegroups.as_ref());
        maybe(w, "cputune", self.cputune.as_ref());
        maybe(w, "numatune", self.numatune.as_ref());
        maybe(w, "resource", self.resource.as_ref());
        for sysinfo in &self.sysinfo {
            part(w, "sysinfo", Some(sysinfo));
        }
    }

    fn write_machine(&self, w: &mut Writer) {
        if let Some(bootloader) = &self.bootloader {
            w.leaf("bootloader", bootloader);
            if let Some(args) = &self.bootloader_args {
                w.leaf("bootloader_args", args);
            }
        }
        w.element("os", |w| self.os.write_for(w, self.bootloader.is_some(), self.virt_type()));
        if let Some(map) = &self.idmap {
            limits::write_idmap(map, w);
        }
        maybe(w, "features", self.features.as_ref());
        maybe(w, "cpu", self.cpu.as_ref());
        part(w, "clock", self.clock.as_ref());
        for (name, action) in
            [("on_poweroff", self.on_poweroff), ("on_reboot", self.on_reboot), ("on_crash", self.on_crash)]
        {
            if let Some(action) = action {
                w.leaf(name, action.as_str());
            }
        }
        if let Some(action) = self.on_lockfailure {
            w.leaf("on_lockfailure", action.as_str());
        }
        maybe(w, "pm", self.pm.as_ref());
        maybe(w, "perf", self.perf.as_ref());
    }

    fn write_devices(&self, w: &mut Writer) {
        use device::display::{Input, InputBus, InputType};
        w.start("devices");
        // older programs know the keyboard without being told
        let known = |input: &Input| {
            input.kind == Some(InputType::Keyboard)
                && matches!(input.bus, Some(InputBus::Ps2 | InputBus::Xen))
        };
        if w.format().migratable && self.devices.inputs.iter().any(known) {
            let mut copy = self.devices.clone();
            copy.inputs.retain(|input| !known(input));
            copy.write(w);
        } else {
            self.devices.write(w);
        }
        w.end_full();
    }
}

/// Writes one part, if it is there.
fn part<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.start(name);
        content.write(w);
        w.end();
    }
}

/// Writes one part, if it is there and says anything.
fn maybe<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.maybe(name, |w| content.write(w));
    }
}

//! What a QEMU binary can do, as the document that libvirt keeps in its cache (`<qemuCaps>`).
//!
//! The names of flags, and what each says of the binary, are the peer's; documents of older and newer releases
//! are read too, since a flag is kept by its name.

use std::collections::BTreeSet;
use vir_base::{Result, err};
use vir_xml::{Content, Element, Tree, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What executes a guest's instructions.
    pub enum Accel { Kvm = "kvm", Hvf = "hvf", Tcg = "tcg", }
    /// The type of a processor's property.
    pub enum PropertyType { Boolean = "boolean", String = "string", Number = "number", }
}

element! {
    /// The processor that the host can give to guests, as QEMU expands it.
    pub struct HostCpu "hostCPU" {
        /// The accelerator that it is for.
        attr accel "type": Option<Accel>,
        /// QEMU's model that it starts from.
        attr model "model": String,
        /// Whether QEMU told which properties can be migrated.
        attr migratability "migratability": YesNoDefault,
        /// Features and other properties, with their values.
        list properties "property": Vec<Property>,
        /// Features that should not be used any more.
        child deprecated "deprecatedFeatures": Option<DeprecatedFeatures>,
    }

    /// A property of a processor.
    pub struct Property "property" {
        /// Its name in QEMU.
        attr name "name": String,
        /// The type of its value.
        attr kind "type": Option<PropertyType>,
        /// Its value.
        attr value "value": String,
        /// Whether a guest that has it can be migrated.
        attr migratable "migratable": Option<YesNo>,
    }

    /// Features that should not be used any more.
    pub struct DeprecatedFeatures "deprecatedFeatures" {
        /// Their names.
        list features "property": Vec<Named>,
    }

    /// Something with a name and nothing else.
    pub struct Named "property" {
        /// The name.
        attr name "name": String,
    }

    /// A processor model.
    pub struct Cpu "cpu" {
        /// The accelerator that it is for.
        attr accel "type": Option<Accel>,
        /// QEMU's name.
        attr name "name": String,
        /// QEMU's type.
        attr typename "typename": Option<String>,
        /// Whether it runs on this host; missing if QEMU did not say.
        attr usable "usable": Option<YesNo>,
        /// It should not be used any more.
        attr deprecated "deprecated": Option<YesNo>,
        /// Features that the host lacks for it.
        list blockers "blocker": Vec<Named>,
    }

    /// A machine type.
    pub struct Machine "machine" {
        /// The accelerator that it is for.
        attr accel "type": Option<Accel>,
        /// QEMU's name.
        attr name "name": String,
        /// A shorter name.
        attr alias "alias": Option<String>,
        /// Processors can be added to a running guest.
        attr hotplug_cpus "hotplugCpus": Option<YesNo>,
        /// The greatest number of processors.
        attr max_cpus "maxCpus": Option<u32>,
        /// It is what a guest gets that names none.
        attr default "default": Option<YesNo>,
        /// QEMU's type of the processor that a guest gets that names none.
        attr default_cpu "defaultCPU": Option<String>,
        /// Memory can be given to NUMA cells by size alone.
        attr numa_mem_supported "numaMemSupported": Option<YesNo>,
        /// The identity of its memory back end.
        attr default_ram_id "defaultRAMid": Option<String>,
        /// It should not be used any more.
        attr deprecated "deprecated": Option<YesNo>,
        /// Whether it has ACPI; missing if QEMU did not say.
        attr acpi "acpi": Option<YesNo>,
    }

    /// A version of ARM's interrupt controller.
    pub struct Gic "gic" {
        /// 2 or 3.
        attr version "version": u32,
        /// In the kernel.
        attr kernel "kernel": YesNoDefault,
        /// In QEMU.
        attr emulated "emulated": YesNoDefault,
    }

    /// AMD's secure encrypted virtualization.
    pub struct Sev "sev" {
        /// The bit of a page table entry that encrypts.
        leaf cbitpos "cbitpos": Option<u32>,
        /// Physical address bits that are lost.
        leaf reduced_phys_bits "reducedPhysBits": Option<u32>,
        /// The platform's Diffie-Hellman key, in base 64.
        leaf pdh "pdh": Option<String>,
        /// Its certificates, in base 64.
        leaf cert_chain "certChain": Option<String>,
        /// The identity of the first processor, in base 64.
        leaf cpu0_id "cpu0Id": Option<String>,
    }

    /// Intel's software guard extensions.
    pub struct Sgx "sgx" {
        /// Always `yes`.
        attr supported "supported": Option<YesNo>,
        /// Launch control.
        leaf flc "flc": Option<YesNo>,
        /// The first version.
        leaf sgx1 "sgx1": Option<YesNo>,
        /// The second version.
        leaf sgx2 "sgx2": Option<YesNo>,
        /// All memory for it.
        child section_size "section_size": Option<SectionSize>,
        /// That memory by NUMA node.
        child sections "sections": Option<Sections>,
    }

    /// A size.
    pub struct SectionSize "section_size" {
        /// Always `KiB`.
        attr unit "unit": Option<String>,
        /// The number.
        text size "": Option<u64>,
    }

    /// SGX memory by NUMA node.
    pub struct Sections "sections" {
        /// One of each node.
        list sections "section": Vec<Section>,
    }

    /// SGX memory of a NUMA node.
    pub struct Section "section" {
        /// The node.
        attr node "node": u32,
        /// The size.
        attr size "size": u64,
        /// Always `KiB`.
        attr unit "unit": Option<String>,
    }

    /// What QEMU can show a Windows guest.
    pub struct HyperV "hypervCapabilities" {
        /// Whether any of it.
        attr supported "supported": YesNoDefault,
        /// The enlightenments.
        list caps "cap": Vec<Named>,
    }
}

/// `yes` or `no`, `no` at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YesNoDefault(pub bool);

impl vir_xml::Value for YesNoDefault {
    fn parse(text: &str) -> Option<Self> {
        YesNo::parse(text).map(|value| Self(value.is_yes()))
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(YesNo::from(self.0).as_str())
    }

    fn names() -> &'static [&'static str] {
        <YesNo as vir_xml::Value>::names()
    }
}

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CapsDocument {
    /// The binary's path.
    pub emulator: String,
    /// When the binary changed, in seconds since 1970.
    pub binary_changed: u64,
    /// When QEMU's modules changed, if it has any.
    pub modules_changed: Option<u64>,
    /// When libvirt itself changed.
    pub self_changed: u64,
    /// libvirt's version, major * 1000000 + minor * 1000 + micro.
    pub self_version: u64,
    /// What it can do, by the peer's names, in the order of the document.
    flags: Vec<String>,
    known: BTreeSet<String>,
    /// QEMU's version, major * 1000000 + minor * 1000 + micro.
    pub version: u32,
    /// The host processor's microcode.
    pub microcode: u32,
    /// The host processor.
    pub host_signature: Option<String>,
    /// The package that QEMU came in.
    pub package: Option<String>,
    /// The host's kernel.
    pub kernel: Option<String>,
    /// The host's processor as raw data, kept as it came.
    pub cpu_data: Option<Tree>,
    /// The architecture of its guests.
    pub arch: String,
    /// The host's processor for each accelerator that tells.
    pub host_cpus: Vec<HostCpu>,
    /// Processor models.
    pub cpus: Vec<Cpu>,
    /// Machine types.
    pub machines: Vec<Machine>,
    /// ARM's interrupt controllers.
    pub gics: Vec<Gic>,
    /// AMD's memory encryption.
    pub sev: Option<Sev>,
    /// Intel's enclaves.
    pub sgx: Option<Sgx>,
    /// Enlightenments.
    pub hyperv: Option<HyperV>,
    /// Guests can be hosts.
    pub nesting: bool,
    /// Guests can be hidden from the host.
    pub secure_guest: bool,
}

impl CapsDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// It is no such document.
    pub fn parse(text: &str) -> Result<Self> {
        let tree = vir_xml::parse(text, None)?;
        if tree.name != "qemuCaps" {
            return Err(err!(
                Qemu,
                XmlError,
                "unexpected root element <{}>, expecting <qemuCaps>",
                tree.name
            ));
        }
        Self::read(&tree)
    }

    /// The document.
    pub fn to_xml(&self) -> String {
        let mut w = Writer::new(vir_xml::Format::default());
        w.start("qemuCaps");
        self.write(&mut w);
        w.end();
        w.finish()
    }

    /// Whether the binary can do what `flag` names.
    pub fn has(&self, flag: &str) -> bool {
        self.known.contains(flag)
    }

    /// What it can do, by the peer's names, in the order of the document.
    pub fn flags(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().map(String::as_str)
    }

    /// Adds a flag at the end.
    pub fn set(&mut self, flag: &str) {
        if self.known.insert(flag.to_owned()) {
            self.flags.push(flag.to_owned());
        }
    }

    /// Takes a flag away.
    pub fn clear(&mut self, flag: &str) {
        if self.known.remove(flag) {
            self.flags.retain(|other| other != flag);
        }
    }

    fn write_accel(&self, accel: Accel, w: &mut Writer) {
        let mine = |other: Option<Accel>| other == Some(accel);
        fn each<T: Content>(name: &'static str, all: &[T], wanted: impl Fn(&T) -> bool, w: &mut Writer) {
            for one in all.iter().filter(|one| wanted(one)) {
                w.start(name);
                one.write(w);
                w.end();
            }
        }
        each("hostCPU", &self.host_cpus, |cpu| mine(cpu.accel), w);
        each("cpu", &self.cpus, |cpu| mine(cpu.accel), w);
        each("machine", &self.machines, |machine| mine(machine.accel), w);
    }
}

fn number<T: vir_xml::Value>(child: &Element) -> Result<T> {
    vir_xml::value_of(&child.text(), &child.name, child)
}

fn one<T: Content>(name: &'static str, value: Option<&T>, w: &mut Writer) {
    if let Some(value) = value {
        w.start(name);
        value.write(w);
        w.end();
    }
}

impl Content for CapsDocument {
    fn read(element: &Element) -> Result<Self> {
        let mut it = Self::default();
        for child in element.children() {
            match &*child.name {
                "emulator" => it.emulator = child.text().into_owned(),
                "qemuctime" => it.binary_changed = number(child)?,
                "qemumoddirmtime" => it.modules_changed = Some(number(child)?),
                "selfctime" => it.self_changed = number(child)?,
                "selfvers" => it.self_version = number(child)?,
                "flag" => it.set(child.attr("name").unwrap_or_default()),
                "version" => it.version = number(child)?,
                "microcodeVersion" => it.microcode = number(child)?,
                "hostCPUSignature" => it.host_signature = Some(child.text().into_owned()),
                "package" => it.package = Some(child.text().into_owned()),
                "kernelVersion" => it.kernel = Some(child.text().into_owned()),
                "cpudata" => it.cpu_data = Some(child.to_tree()),
                "arch" => it.arch = child.text().into_owned(),
                "hostCPU" => it.host_cpus.push(Content::read(child)?),
                "cpu" => it.cpus.push(Content::read(child)?),
                "machine" => it.machines.push(Content::read(child)?),
                "gic" => it.gics.push(Content::read(child)?),
                "sev" => it.sev = Some(Content::read(child)?),
                "sgx" => it.sgx = Some(Content::read(child)?),
                "hypervCapabilities" => it.hyperv = Some(Content::read(child)?),
                "kvmSupportsNesting" => it.nesting = true,
                "kvmSupportsSecureGuest" => it.secure_guest = true,
                _ => return Err(vir_xml::unsupported_element(element, child, &[])),
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.leaf("emulator", &self.emulator);
        w.leaf("qemuctime", &self.binary_changed.to_string());
        if let Some(time) = self.modules_changed {
            w.leaf("qemumoddirmtime", &time.to_string());
        }
        w.leaf("selfctime", &self.self_changed.to_string());
        w.leaf("selfvers", &self.self_version.to_string());
        for flag in &self.flags {
            w.start("flag");
            w.attr("name", flag);
            w.end();
        }
        w.leaf("version", &self.version.to_string());
        w.leaf("microcodeVersion", &self.microcode.to_string());
        let optional = [
            ("hostCPUSignature", &self.host_signature),
            ("package", &self.package),
            ("kernelVersion", &self.kernel),
        ];
        for (name, text) in optional {
            if let Some(text) = text {
                w.leaf(name, text);
            }
        }
        if let Some(data) = &self.cpu_data {
            w.tree(data);
        }
        w.leaf("arch", &self.arch);
        for accel in [Accel::Kvm, Accel::Hvf, Accel::Tcg] {
            self.write_accel(accel, w);
        }
        for gic in &self.gics {
            one("gic", Some(gic), w);
        }
        one("sev", self.sev.as_ref(), w);
        one("sgx", self.sgx.as_ref(), w);
        one("hypervCapabilities", self.hyperv.as_ref(), w);
        for (name, there) in
            [("kvmSupportsNesting", self.nesting), ("kvmSupportsSecureGuest", self.secure_guest)]
        {
            if there {
                w.empty(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "<qemuCaps>
  <emulator>/usr/bin/qemu-system-aarch64</emulator>
  <qemuctime>1700000000</qemuctime>
  <qemumoddirmtime>1700000001</qemumoddirmtime>
  <selfctime>0</selfctime>
  <selfvers>11003000</selfvers>
  <flag name='kvm'/>
  <flag name='some.newer-thing'/>
  <version>8002000</version>
  <microcodeVersion>0</microcodeVersion>
  <package>(Debian)</package>
  <arch>aarch64</arch>
  <hostCPU type='kvm' model='max' migratability='no'>
    <property name='sve' type='boolean' value='true'/>
    <property name='level' type='number' value='7' migratable='yes'/>
    <deprecatedFeatures>
      <property name='te'/>
    </deprecatedFeatures>
  </hostCPU>
  <cpu type='kvm' name='max' typename='max-arm-cpu' usable='yes'/>
  <machine type='kvm' name='virt-8.2' alias='virt' hotplugCpus='yes' maxCpus='512' defaultRAMid='mach-virt.ram' acpi='yes'/>
  <cpu type='tcg' name='a' typename='b' usable='no' deprecated='yes'>
    <blocker name='x'/>
  </cpu>
  <machine type='tcg' name='none' maxCpus='1'/>
  <gic version='3' kernel='yes' emulated='no'/>
  <sev>
    <cbitpos>51</cbitpos>
    <reducedPhysBits>1</reducedPhysBits>
    <pdh>AQ==</pdh>
    <certChain>Ag==</certChain>
    <cpu0Id>Aw==</cpu0Id>
  </sev>
  <sgx supported='yes'>
    <flc>no</flc>
    <sgx1>yes</sgx1>
    <sgx2>no</sgx2>
    <section_size unit='KiB'>524288</section_size>
    <sections>
      <section node='0' size='262144' unit='KiB'/>
    </sections>
  </sgx>
  <hypervCapabilities supported='yes'>
    <cap name='relaxed'/>
  </hypervCapabilities>
  <kvmSupportsNesting/>
  <kvmSupportsSecureGuest/>
</qemuCaps>
";

    #[test]
    fn what_was_read_is_written_again() {
        let mut read = CapsDocument::parse(SMALL).unwrap();
        assert_eq!(read.to_xml(), SMALL);
        assert!(read.has("some.newer-thing") && !read.has("tcg"));
        read.clear("some.newer-thing");
        read.set("tcg");
        assert!(read.to_xml().contains("<flag name='kvm'/>\n  <flag name='tcg'/>\n  <version>"));
    }

    #[test]
    fn what_is_no_such_document_is_refused() {
        assert!(CapsDocument::parse("<domain/>").is_err());
        assert!(CapsDocument::parse("<qemuCaps><version>ten</version></qemuCaps>").is_err());
        assert!(CapsDocument::parse("<qemuCaps><machine type='kvm'/></qemuCaps>").is_err());
    }
}

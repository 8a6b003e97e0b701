//! `<os>`: what is booted.

use super::device::disk::DiskType;
use super::device::small::required;
use super::device::source::{DiskSource, ImageFormat};
use vir_base::{Result, err};
use vir_xml::suggest::nearest;
use vir_xml::{Content, Element, OnOff, Value, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What kind of guest.
    pub enum OsType { Hvm = "hvm", Xen = "xen", Linux = "linux", Exe = "exe", Uml = "uml", Xenpvh = "xenpvh", }
    /// What to boot from.
    pub enum BootDevice { Fd = "fd", Cdrom = "cdrom", Hd = "hd", Network = "network", }
    /// How firmware is stored.
    pub enum LoaderType { Rom = "rom", Pflash = "pflash", }
    /// Where SMBIOS tables come from.
    pub enum SmbiosMode { Emulate = "emulate", Host = "host", Sysinfo = "sysinfo", }
    /// Firmware chosen by its kind.
    pub enum Firmware { Bios = "bios", Efi = "efi", }
    /// What firmware that is chosen must have.
    pub enum FirmwareFeatureName { EnrolledKeys = "enrolled-keys", SecureBoot = "secure-boot", }
    /// A table of ACPI.
    pub enum AcpiTableType { Raw = "raw", Rawset = "rawset", Slic = "slic", Msdm = "msdm", }
}

element! {
    /// What is booted.
    pub struct Os "os" => settle {
        /// Kind of firmware that is chosen for the guest. Since 5.2.0. Drivers: qemu, xen, vmware, esx.
        attr firmware "firmware": Option<Firmware>,
        /// The kind of guest.
        child kind "type": Option<OsTypeElement>,
        /// What firmware that is chosen must have. Since 5.2.0. Drivers: qemu, xen, vmware, esx.
        maybe firmware_features "firmware": Option<FirmwareFeatures>,
        /// First program of a container. Since 0.4.6. Drivers: lxc, openvz.
        leaf init "init": Option<String>,
        /// What it is given. Since 0.9.11. Drivers: lxc.
        leaves initargs "initarg": Vec<String>,
        /// Its environment. Since 2.0.0. Drivers: lxc.
        list initenvs "initenv": Vec<InitEnv>,
        /// Its directory. Since 2.1.0. Drivers: lxc.
        leaf initdir "initdir": Option<String>,
        /// Its user. Since 2.1.0. Drivers: lxc.
        leaf inituser "inituser": Option<String>,
        /// Its group. Since 2.1.0. Drivers: lxc.
        leaf initgroup "initgroup": Option<String>,
        /// Firmware. Since 0.1.0. Drivers: qemu, xen, bhyve.
        maybe loader "loader": Option<Loader>,
        /// The guest's firmware variables. Since 1.2.8. Drivers: qemu, xen, bhyve.
        maybe nvram "nvram": Option<Nvram>,
        /// Kernel that is booted directly. Drivers: qemu, xen, ch.
        leaf kernel "kernel": Option<String>,
        /// Its initial file system. Drivers: qemu, xen, ch.
        leaf initrd "initrd": Option<String>,
        /// What it is told. Drivers: qemu, xen, ch.
        leaf cmdline "cmdline": Option<String>,
        /// Program that checks it for firmware. Since 11.2.0. Drivers: qemu.
        leaf shim "shim": Option<String>,
        /// Tree of devices. Since 1.0.4. Drivers: qemu.
        leaf dtb "dtb": Option<String>,
        /// Root device. Since 0.0.5. Drivers: xen.
        leaf root "root": Option<String>,
        /// Tables that are added to ACPI's. Since 1.3.5. Drivers: qemu, xen.
        maybe acpi "acpi": Option<AcpiTables>,
        /// What to boot from, in order. Since 0.1.3. Drivers: qemu, xen, bhyve, vz, vbox.
        list boot "boot": Vec<Boot>,
        /// Whether the firmware asks. Since 0.8.3. Drivers: qemu.
        child bootmenu "bootmenu": Option<BootMenu>,
        /// What the BIOS does. Since 0.9.4. Drivers: qemu.
        maybe bios "bios": Option<Bios>,
        /// Where SMBIOS tables come from. Since 0.8.7. Drivers: qemu, vmware, esx.
        maybe smbios "smbios": Option<Smbios>,
    }

    /// The kind of guest, its architecture and machine.
    pub struct OsTypeElement "type" {
        /// Architecture; the host's if nothing is said. Since 0.3.0.
        attr arch "arch": Option<String>,
        /// Machine; the hypervisor's default if nothing is said. Since 0.3.0.
        attr machine "machine": Option<String>,
        /// Kind: `hvm`, `xen`, `exe`, …
        text value "type": Option<OsType>,
    }

    /// What firmware that is chosen must have. Since 7.2.0. Drivers: qemu, xen.
    pub struct FirmwareFeatures "firmware" => settle {
        /// Each at most once.
        list features "feature": Vec<FirmwareFeature>,
    }
    /// Whether it must have this.
    pub struct FirmwareFeature "feature" => settle {
        /// Whether.
        attr enabled "enabled": Option<YesNo>,
        /// What.
        attr name "name": Option<FirmwareFeatureName>,
    }
    /// A variable of the first program's environment.
    pub struct InitEnv "initenv" => settle {
        /// Its name.
        attr name "name": Option<String>,
        /// Its value.
        text value "": Option<String>,
    }

    /// A firmware image.
    pub struct Loader "loader" => settle {
        /// Whether the guest cannot write it. Since 1.2.8. Drivers: qemu, bhyve.
        attr readonly "readonly": Option<YesNo>,
        /// Whether only firmware in SMM may change variables. Since 2.1.0. Drivers: qemu.
        attr secure "secure": Option<YesNo>,
        /// How it is stored: `rom` or `pflash`. Since 1.2.8. Drivers: qemu, bhyve.
        attr kind "type": Option<LoaderType>,
        /// Whether it has no variables. Since 8.6.0. Drivers: qemu.
        attr stateless "stateless": Option<YesNo>,
        /// Its format: `raw` or `qcow2`. Since 9.2.0. Drivers: qemu.
        attr format "format": Option<ImageFormat>,
        /// Its path.
        text path "loader": Option<String>,
    }

    /// A kind of device to boot from.
    pub struct Boot "boot" => settle {
        /// `hd`, `cdrom`, `network`, `fd`.
        attr dev "dev": Option<BootDevice>,
    }

    /// Whether the firmware asks what to boot.
    pub struct BootMenu "bootmenu" {
        /// Whether.
        attr enable "enable": Option<YesNo>,
        /// Milliseconds that it waits. Since 1.2.8.
        attr timeout "timeout": Option<u32>,
    }

    /// What the BIOS does.
    pub struct Bios "bios" => settle {
        /// Whether it speaks on the first serial port. Since 0.9.4.
        attr useserial "useserial": Option<YesNo>,
        /// Milliseconds after which it starts again when nothing boots; -1 for never. Since 0.10.2.
        attr reboot_timeout "rebootTimeout": Option<i32>,
    }

    /// Where SMBIOS tables come from.
    pub struct Smbios "smbios" {
        /// `emulate`, `host` or `sysinfo`.
        attr mode "mode": Option<SmbiosMode>,
    }
    /// Tables that are added to ACPI's.
    pub struct AcpiTables "acpi" => settle {
        /// The tables.
        list tables "table": Vec<AcpiTable>,
    }
    /// A table.
    pub struct AcpiTable "table" => settle {
        /// What it is.
        attr kind "type": Option<AcpiTableType>,
        /// Path of the file that holds it.
        text path "": Option<String>,
    }
}

/// The guest's firmware variables: a path, or a source as a disk has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nvram {
    /// What they are filled from at first.
    pub template: Option<String>,
    /// Its format.
    pub template_format: Option<ImageFormat>,
    /// Their path.
    pub path: Option<String>,
    /// Kind of storage, where it is no mere path.
    pub kind: Option<DiskType>,
    /// Where they lie then.
    pub source: Option<Box<DiskSource>>,
    /// Their format.
    pub format: Option<ImageFormat>,
}

impl Nvram {
    /// Whether it is said where they lie.
    pub fn is_somewhere(&self) -> bool {
        match (&self.kind, &self.source) {
            (None, _) => self.path.is_some(),
            (Some(_), source) => source.as_ref().is_some_and(|source| source.is_somewhere()),
        }
    }
}

/// Only images that firmware can be stored in.
fn image_format(element: &Element, name: &str, what: &str) -> Result<Option<ImageFormat>> {
    let format: Option<ImageFormat> = match element.attr(name) {
        Some("none") => None,
        _ => vir_xml::attr(element, name)?,
    };
    match format {
        Some(format) if !matches!(format, ImageFormat::Raw | ImageFormat::Qcow2) => {
            Err(err!(Domain, XmlError, "Unsupported {what} format '{format}'"))
        }
        format => Ok(format),
    }
}

impl Content for Nvram {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Nvram::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let template_format = image_format(element, "templateFormat", "nvram template")?;
        let format = image_format(element, "format", "nvram")?;
        let template = element.attr("template").map(str::to_owned);
        let mut it = Self { template, template_format, format, ..Self::default() };
        match vir_xml::attr::<DiskType>(element, "type")? {
            None => {
                it.path = Some(element.text().trim().to_owned()).filter(|path| !path.is_empty());
            }
            Some(kind) => {
                it.kind = Some(kind);
                if let Some(source) = element.child("source") {
                    let mut source: DiskSource = Content::read(source)?;
                    source.settle_as(kind)?;
                    (source.startup_policy, source.index) = (None, None);
                    it.source = Some(Box::new(source));
                }
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("template", self.template.as_deref());
        w.attr_opt("templateFormat", self.template_format.map(ImageFormat::as_str));
        w.attr_opt("type", self.kind.map(DiskType::as_str));
        w.attr_opt("format", self.format.map(ImageFormat::as_str));
        match (&self.source, &self.path) {
            (Some(source), _) => w.maybe("source", |w| source.write(w)),
            (None, Some(path)) => w.content(path),
            (None, None) => {}
        }
    }
}

impl Loader {
    fn settle(&mut self, element: &Element) -> Result<()> {
        self.format = image_format(element, "format", "loader")?;
        Ok(())
    }
}

impl Boot {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.dev.is_some(), "dev", element)
    }
}

impl Bios {
    fn settle(&mut self, _: &Element) -> Result<()> {
        Ok(())
    }
}

impl InitEnv {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match (&self.name, &self.value) {
            (None, _) => Err(err!(Domain, XmlError, "No name supplied for <initenv> element")),
            (Some(name), None) => {
                Err(err!(Domain, XmlError, "No value supplied for <initenv name='{name}'> element"))
            }
            _ => Ok(()),
        }
    }
}

impl FirmwareFeature {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.name.is_some(), "name", element)?;
        required(self.enabled.is_some(), "enabled", element)
    }
}

impl FirmwareFeatures {
    fn settle(&mut self, _: &Element) -> Result<()> {
        // the last of two counts
        self.features.reverse();
        self.features.sort_by_key(|feature| feature.name);
        self.features.dedup_by_key(|feature| feature.name);
        Ok(())
    }
}

impl AcpiTable {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.kind.is_some(), "type", element)
    }
}

impl AcpiTables {
    fn settle(&mut self, _: &Element) -> Result<()> {
        for (i, table) in self.tables.iter().enumerate() {
            if let Some(kind) = table.kind
                && kind != AcpiTableType::Raw
                && self.tables[..i].iter().any(|other| other.kind == Some(kind))
            {
                return Err(err!(Domain, XmlError, "ACPI table type '{kind}' may only appear once"));
            }
        }
        Ok(())
    }
}

impl Os {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.os_type() == Some(OsType::Exe) && self.initargs.iter().any(String::is_empty) {
            return Err(err!(Domain, XmlError, "No data supplied for <initarg> element")
                .with_hint(element.position.to_string()));
        }
        self.keep_used();
        Ok(())
    }

    /// Keeps what is said of every kind of guest: what goes by Linux is Xen's, and elsewhere nothing is booted so.
    pub(super) fn keep_common(&mut self) {
        let (kind, smbios) = (self.kind.take(), self.smbios.take());
        *self = Self { kind, smbios, ..Self::default() };
    }

    /// Keeps what this kind of guest makes use of.
    pub(super) fn keep_used(&mut self) {
        let it = std::mem::take(self);
        let kernel = |it: &Self| Self {
            kernel: it.kernel.clone(),
            initrd: it.initrd.clone(),
            cmdline: it.cmdline.clone(),
            shim: it.shim.clone(),
            dtb: it.dtb.clone(),
            root: it.root.clone(),
            ..Self::default()
        };
        let common = Self { kind: it.kind.clone(), smbios: it.smbios.clone(), ..Self::default() };
        *self = match it.os_type() {
            None | Some(OsType::Hvm) => Self {
                init: None,
                initargs: vec![],
                initenvs: vec![],
                initdir: None,
                inituser: None,
                initgroup: None,
                ..it
            },
            Some(OsType::Xen | OsType::Xenpvh | OsType::Uml | OsType::Linux) => Self {
                kind: common.kind,
                smbios: common.smbios,
                loader: it.loader.clone(),
                nvram: it.nvram.clone(),
                ..kernel(&it)
            },
            Some(OsType::Exe) => Self {
                init: it.init,
                initargs: it.initargs,
                initenvs: it.initenvs,
                initdir: it.initdir,
                inituser: it.inituser,
                initgroup: it.initgroup,
                cmdline: it.cmdline,
                ..common
            },
        };
    }
}

impl Os {
    /// Writes what stands in the element; where a program finds what to boot, nothing is said of it.
    pub(super) fn write_for(&self, w: &mut Writer, bootloader: bool, virt: super::VirtType) {
        let mut copy = self.clone();
        if w.format().migratable {
            (copy.firmware, copy.firmware_features) = (None, None);
        }
        if bootloader {
            copy.boot.clear();
            (copy.bootmenu, copy.bios) = (None, None);
        }
        // Xen's own kind of guest goes by an older name
        if virt == super::VirtType::Xen
            && let Some(kind) = &mut copy.kind
            && kind.value == Some(OsType::Xen)
        {
            kind.value = Some(OsType::Linux);
        }
        copy.write(w);
    }

    /// The architecture; empty before defaults are set.
    pub fn arch(&self) -> &str {
        self.kind.as_ref().and_then(|kind| kind.arch.as_deref()).unwrap_or_default()
    }

    /// The machine; empty before defaults are set.
    pub fn machine(&self) -> &str {
        self.kind.as_ref().and_then(|kind| kind.machine.as_deref()).unwrap_or_default()
    }

    /// The kind of guest.
    pub fn os_type(&self) -> Option<OsType> {
        self.kind.as_ref().and_then(|kind| kind.value)
    }
}

/// Architectures that documents may name.
#[rustfmt::skip]
pub const ARCHITECTURES: &[&str] = &[
    "alpha", "armv6l", "armv7l", "armv7b", "aarch64", "cris", "i686", "ia64", "lm32", "loongarch64", "m68k",
    "microblaze", "microblazeel", "mips", "mipsel", "mips64", "mips64el", "openrisc", "parisc", "parisc64",
    "ppc", "ppcle", "ppc64", "ppc64le", "ppcemb", "riscv32", "riscv64", "s390", "s390x", "sh4", "sh4eb",
    "sparc", "sparc64", "unicore32", "x86_64", "xtensa", "xtensaeb",
];

/// Whether `<type>` names a kind of guest and an architecture that there are.
///
/// # Errors
/// What it names that there is not.
pub(super) fn check_type(os: &Element) -> Result<()> {
    let Some(element) = os.child("type") else { return Ok(()) };
    let hint = |text: &str, known: &[&str]| match nearest(text, known) {
        Some(name) => format!("{}: did you mean '{name}'?", element.position),
        None => element.position.to_string(),
    };
    let kind = element.text();
    if !kind.is_empty() && OsType::parse(&kind).is_none() {
        return Err(err!(Domain, ConfigUnsupported, "unknown OS type '{kind}'")
            .with_hint(hint(&kind, OsType::names())));
    }
    match element.attr("arch") {
        Some(arch) if !ARCHITECTURES.contains(&arch) => {
            Err(err!(Domain, ConfigUnsupported, "Unknown architecture {arch}")
                .with_hint(hint(arch, ARCHITECTURES)))
        }
        _ => Ok(()),
    }
}

/// Whether a choice of on or off is on.
pub fn is_on(value: Option<OnOff>) -> bool {
    value == Some(OnOff::On)
}

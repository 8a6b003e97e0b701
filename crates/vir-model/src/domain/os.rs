//! `<os>`: what is booted.

use vir_xml::{OnOff, YesNo, element, xml_enum};

xml_enum! {
    /// What kind of guest.
    pub enum OsType { Hvm = "hvm", Xen = "xen", Linux = "linux", Exe = "exe", Uml = "uml", Xenpvh = "xenpvh", }
    /// What to boot from.
    pub enum BootDevice { Fd = "fd", Hd = "hd", Cdrom = "cdrom", Network = "network", }
    /// How firmware is stored.
    pub enum LoaderType { Rom = "rom", Pflash = "pflash", }
    /// Where SMBIOS tables come from.
    pub enum SmbiosMode { Emulate = "emulate", Host = "host", Sysinfo = "sysinfo", }
    /// Firmware chosen by its kind.
    pub enum Firmware { Bios = "bios", Efi = "efi", }
}

element! {
    /// What is booted.
    pub struct Os "os" {
        attr firmware "firmware": Option<Firmware>,
        child kind "type": Option<OsTypeElement>,
        child loader "loader": Option<Loader>,
        child nvram "nvram": Option<Nvram>,
        leaf kernel "kernel": Option<String>,
        leaf initrd "initrd": Option<String>,
        leaf cmdline "cmdline": Option<String>,
        leaf dtb "dtb": Option<String>,
        list boot "boot": Vec<Boot>,
        child bootmenu "bootmenu": Option<BootMenu>,
        child bios "bios": Option<Bios>,
        child smbios "smbios": Option<Smbios>,
    }

    /// The kind of guest, its architecture and machine.
    pub struct OsTypeElement "type" {
        attr arch "arch": Option<String>,
        attr machine "machine": Option<String>,
        text value "type": Option<OsType>,
    }

    /// A firmware image.
    pub struct Loader "loader" {
        attr readonly "readonly": Option<YesNo>,
        attr secure "secure": Option<YesNo>,
        attr kind "type": Option<LoaderType>,
        text path "loader": Option<String>,
    }

    /// The guest's firmware variables.
    pub struct Nvram "nvram" {
        attr template "template": Option<String>,
        text path "nvram": Option<String>,
    }

    /// A kind of device to boot from.
    pub struct Boot "boot" { attr dev "dev": Option<BootDevice>, }

    /// Whether the firmware asks what to boot; the timeout in milliseconds.
    pub struct BootMenu "bootmenu" {
        attr enable "enable": Option<YesNo>,
        attr timeout "timeout": Option<u32>,
    }

    /// What the BIOS does.
    pub struct Bios "bios" {
        attr useserial "useserial": Option<YesNo>,
        attr reboot_timeout "rebootTimeout": Option<i32>,
    }

    /// Where SMBIOS tables come from.
    pub struct Smbios "smbios" { attr mode "mode": Option<SmbiosMode>, }
}

impl Os {
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

/// Whether a choice of on or off is on.
pub fn is_on(value: Option<OnOff>) -> bool {
    value == Some(OnOff::On)
}

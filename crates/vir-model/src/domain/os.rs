//! `<os>`: what is booted.

use vir_base::{Result, err};
use vir_xml::suggest::nearest;
use vir_xml::{Element, OnOff, Value, YesNo, element, xml_enum};

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

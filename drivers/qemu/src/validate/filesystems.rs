//! Directories of the host: what each way to reach them can be told.

use super::{Check, memory, refuse};
use crate::caps::Flag;
use vir_base::Result;
use vir_model::domain::device::filesystem::{Filesystem, FsAccessMode, FsDriverType, FsType};
use vir_model::domain::device::info::Address;

/// Checks one.
pub fn check(it: &Check<'_>, filesystem: &Filesystem) -> Result<()> {
    let driver = filesystem.driver.as_ref().and_then(|driver| driver.kind);
    let modes = filesystem.fmode.is_some() || filesystem.dmode.is_some();
    let access = filesystem.accessmode.unwrap_or(FsAccessMode::Passthrough);
    let binary = filesystem.binary.as_ref();
    let sandbox = binary.and_then(|binary| binary.sandbox.as_ref()).and_then(|sandbox| sandbox.mode);
    refuse([
        (filesystem.kind.is_some_and(|kind| kind != FsType::Mount), "only supports mount filesystem type"),
        (
            filesystem.space_hard_limit.is_some() || filesystem.space_soft_limit.is_some(),
            "filesystem usage limits are not supported with QEMU",
        ),
        (
            filesystem.multidevs.is_some() && !it.has(Flag::FsdevMultidevs),
            "multidevs is not supported with this QEMU binary",
        ),
        (modes && access != FsAccessMode::Mapped, "fmode and dmode must be used with accessmode=mapped"),
        (
            sandbox.is_some() && driver != Some(FsDriverType::Virtiofs),
            "sandbox can only be used with driver=virtiofs",
        ),
    ])?;
    let passed_through = access == FsAccessMode::Passthrough;
    match driver {
        None | Some(FsDriverType::Path) => Ok(()),
        Some(FsDriverType::Handle) => refuse([(!passed_through, "only supports passthrough accessmode")]),
        Some(FsDriverType::Loop | FsDriverType::Nbd | FsDriverType::Ploop) => {
            refuse([(true, "Filesystem driver type not supported")])
        }
        Some(FsDriverType::Virtiofs) => virtiofs(it, filesystem, passed_through),
        Some(FsDriverType::Mtp) => refuse([
            (!it.has(Flag::DeviceUsbMtp), "mtp is not supported with this QEMU binary"),
            (!passed_through, "mtp only supports passthrough accessmode"),
        ]),
    }
}

/// A directory that another process serves from the guest's memory.
fn virtiofs(it: &Check<'_>, filesystem: &Filesystem, passed_through: bool) -> Result<()> {
    let driver = filesystem.driver.clone().unwrap_or_default();
    let ours = filesystem.source.as_ref().is_none_or(|source| source.socket.is_none());
    refuse([
        (ours && !passed_through, "virtiofs only supports passthrough accessmode"),
        (ours && driver.wrpolicy.is_some(), "virtiofs does not support wrpolicy"),
        (filesystem.model.is_some(), "virtiofs does not support model"),
        (driver.format.is_some(), "virtiofs does not support format"),
        (!it.has(Flag::DeviceVhostUserFs), "virtiofs is not supported with this QEMU binary"),
        (filesystem.multidevs.is_some(), "virtiofs does not support multidevs"),
        (
            filesystem.fmode.is_some() || filesystem.dmode.is_some(),
            "virtiofs does not support fmode and dmode",
        ),
    ])?;
    memory::shared(it, "virtiofs")?;
    let bootable = filesystem.info.boot.is_some();
    let pci = matches!(filesystem.info.address, None | Some(Address::Pci(_)));
    refuse([
        (
            bootable && !it.has(Flag::VhostUserFsBootindex),
            "setting virtiofs boot order is not supported with this QEMU binary",
        ),
        (bootable && !pci, "setting virtiofs boot order is supported only with PCI bus"),
    ])
}

//! Devices that have no file of their own, each in a few lines.

use super::{kind_of, no_usb, no_virtio};
use crate::domain::Domain;
use crate::domain::device::Device;
use crate::domain::device::audio::{Audio, AudioRef};
use crate::domain::device::chardev::{CharType, SocketMode};
use crate::domain::device::display::{Input, InputBus, InputType, Video, VideoBackend, VideoType};
use crate::domain::device::filesystem::{Filesystem, FsDriverType};
use crate::domain::device::graphics::{Graphics, GraphicsType, ListenType};
use crate::domain::device::info::Address;
use crate::domain::device::memdev::Shmem;
use crate::domain::device::secure::{TpmBackend, TpmBackendType, TpmVersion};
use crate::domain::device::small::{Iommu, IommuDriver, IommuModel, Pstore, Vsock};
use crate::domain::features::is_off;
use crate::domain::os::OsType;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail};
use vir_xml::YesNo;

/// Checks one that has no file of its own.
///
/// # Errors
/// The first contradiction.
pub(super) fn check(domain: &Domain, device: Device<'_>) -> Result<()> {
    match device {
        Device::Sound(sound) => heard(domain, sound.audio.as_ref()),
        Device::Video(video) => self::video(domain, video),
        Device::Input(input) => self::input(domain, input),
        Device::Filesystem(filesystem) => self::filesystem(domain, filesystem),
        Device::Smartcard(card) => match &card.info.address {
            None | Some(Address::Ccid { .. }) => Ok(()),
            Some(_) => bail!(Domain, ConfigUnsupported, "Controllers must use the 'ccid' address type"),
        },
        Device::Shmem(shmem) => self::shmem(shmem),
        Device::Tpm(tpm) => tpm.backend.as_ref().map_or(Ok(()), self::tpm),
        Device::Iommu(iommu) => self::iommu(iommu),
        Device::Vsock(vsock) => self::vsock(vsock),
        Device::Pstore(pstore) => self::pstore(pstore),
        Device::Graphics(graphics) => self::graphics(domain, graphics),
        Device::Audio(audio) => self::audio(domain, audio),
        _ => Ok(()),
    }
}

/// Only devices of the host may sit nowhere.
pub(super) fn place(device: Device<'_>) -> Result<()> {
    let address = device.info().and_then(|info| info.address.as_ref());
    match (device, address) {
        (Device::Hostdev(_), _) => Ok(()),
        (_, Some(address @ Address::Unassigned)) => bail!(
            Domain,
            ConfigUnsupported,
            "address of type '{}' is supported only for hostdevs",
            kind_of(address)
        ),
        _ => Ok(()),
    }
}

/// A viewer's device has somewhere to go.
pub(super) fn usb_is_there(domain: &Domain) -> Result<()> {
    if no_usb(domain) {
        bail!(Domain, ConfigUnsupported, "cannot add redirected USB device: USB is disabled for this domain");
    }
    Ok(())
}

/// One graphics card is the first that a guest uses.
pub(super) fn primary(domain: &Domain) -> Result<()> {
    let primary =
        |video: &&Video| video.model.as_ref().is_some_and(|model| model.primary == Some(YesNo::Yes));
    if domain.devices.videos.iter().filter(primary).count() > 1 {
        bail!(Domain, ConfigUnsupported, "Only one primary video device is supported");
    }
    Ok(())
}

fn shmem(shmem: &Shmem) -> Result<()> {
    match shmem.name.as_deref().unwrap_or_default() {
        name if name.contains('/') => {
            bail!(Domain, ConfigUnsupported, "shmem name cannot include '/' character")
        }
        name @ ("." | "..") => bail!(Domain, ConfigUnsupported, "shmem name cannot be equal to '{name}'"),
        _ => Ok(()),
    }
}

fn iommu(iommu: &Iommu) -> Result<()> {
    let Some(model) = iommu.model else { return Ok(()) };
    let plain = iommu.driver.as_ref().is_none_or(|driver| *driver == IommuDriver::default());
    if model != IommuModel::Intel && !plain {
        bail!(Domain, XmlError, "iommu model '{model}' doesn't support additional attributes");
    }
    if model != IommuModel::Virtio && iommu.info.address.is_some() {
        bail!(Domain, XmlError, "iommu model '{model}' can't have address");
    }
    Ok(())
}

fn vsock(vsock: &Vsock) -> Result<()> {
    let cid = vsock.cid.as_ref().and_then(|cid| cid.address);
    if cid.is_some_and(|cid| cid <= 2) {
        bail!(Domain, ConfigUnsupported, "guest CIDs must be >= 3");
    }
    match vsock.model {
        None => no_virtio(vsock.driver.as_ref()),
        Some(_) => Ok(()),
    }
}

fn pstore(pstore: &Pstore) -> Result<()> {
    if pstore.path.is_none() {
        bail!(Domain, XmlError, "missing path for ACPI ERST pstore device");
    }
    let size = pstore.size.map_or(0, |size| size.0);
    if size < 4 || !size.is_power_of_two() {
        bail!(Domain, XmlError, "invalid size of ACPI ERST pstore device");
    }
    Ok(())
}

fn audio(domain: &Domain, audio: &Audio) -> Result<()> {
    if domain.devices.audios.iter().filter(|other| other.id == audio.id).count() > 1 {
        bail!(Domain, XmlError, "audio ID {} is used multiple times", audio.id);
    }
    Ok(())
}

/// A device that is heard somewhere names an `<audio>` that there is.
fn heard(domain: &Domain, audio: Option<&AudioRef>) -> Result<()> {
    match audio.and_then(|audio| audio.id) {
        Some(id) if !domain.devices.audios.iter().any(|audio| audio.id == id) => {
            bail!(Domain, XmlError, "no audio device with ID {id}")
        }
        _ => Ok(()),
    }
}

fn video(domain: &Domain, video: &Video) -> Result<()> {
    let Some(model) = &video.model else { return Ok(()) };
    let Some(kind) = model.kind else { return Ok(()) };
    let videos = &domain.devices.videos;
    if videos.len() > 1 && videos.iter().any(|video| video.kind() == Some(VideoType::None)) {
        bail!(
            Domain,
            ConfigUnsupported,
            "a 'none' video type must be the only video device defined for the domain"
        );
    }
    let backend = video.driver.as_ref().and_then(|driver| driver.name);
    if backend == Some(VideoBackend::Vhostuser) {
        if kind != VideoType::Virtio {
            bail!(Domain, ConfigUnsupported, "'vhostuser' driver is only supported with 'virtio' device");
        }
    } else if model.acceleration.as_ref().is_some_and(|accel| accel.rendernode.is_some()) {
        bail!(Domain, ConfigUnsupported, "unsupported rendernode accel attribute without 'vhostuser'");
    }
    if model.resolution.as_ref().is_some_and(|size| size.x == 0 || size.y == 0) {
        bail!(Domain, ConfigUnsupported, "video resolution values must be greater than 0");
    }
    if kind != VideoType::Qxl {
        let only_qxl = [(model.ram, "ram"), (model.vram64, "vram64"), (model.vgamem, "vgamem")];
        if let Some((_, name)) = only_qxl.iter().find(|(value, _)| value.is_some()) {
            bail!(Domain, ConfigUnsupported, "{name} attribute only supported for video type qxl");
        }
    }
    if kind == VideoType::Ramfb && video.info.address.is_some() {
        bail!(Domain, ConfigUnsupported, "address not supported for video type ramfb");
    }
    if kind != VideoType::Virtio {
        no_virtio(video.driver.as_ref().map(|driver| &driver.virtio))?;
        if model.blob.is_some() {
            bail!(Domain, ConfigUnsupported, "video type '{kind}' does not support blob resources");
        }
    }
    Ok(())
}

fn input(domain: &Domain, input: &Input) -> Result<()> {
    let (Some(kind), bus) = (input.kind, input.bus) else { return Ok(()) };
    let pointing = matches!(kind, InputType::Mouse | InputType::Keyboard);
    match (domain.os.os_type(), bus) {
        (Some(OsType::Hvm), Some(InputBus::Ps2)) if !pointing => {
            bail!(Domain, InternalError, "ps2 bus does not support {kind} input device")
        }
        (Some(OsType::Hvm), Some(bus @ InputBus::Xen)) => {
            bail!(Domain, InternalError, "unsupported input bus {bus}")
        }
        (Some(OsType::Xen | OsType::Xenpvh), Some(bus)) if bus != InputBus::Xen => {
            bail!(Domain, InternalError, "unsupported input bus {bus}")
        }
        (Some(OsType::Xen | OsType::Xenpvh), _) if !pointing => {
            bail!(Domain, InternalError, "xen bus does not support {kind} input device")
        }
        _ => {}
    }
    match kind {
        InputType::Passthrough if bus != Some(InputBus::Virtio) => {
            bail!(Domain, ConfigUnsupported, "only bus 'virtio' is supported for 'passthrough' input devices")
        }
        InputType::Evdev if bus.is_some() => {
            bail!(Domain, ConfigUnsupported, "input evdev doesn't support bus element")
        }
        _ => {}
    }
    if let Some(model) = input.model
        && bus != Some(InputBus::Virtio)
    {
        bail!(Domain, ConfigUnsupported, "only bus 'virtio' is supported for input model '{model}'");
    }
    if bus == Some(InputBus::Ps2) && domain.features.as_ref().is_some_and(|features| is_off(&features.ps2)) {
        bail!(Domain, ConfigUnsupported, "ps2 bus inputs require the ps2 feature not to be disabled");
    }
    Ok(())
}

fn filesystem(domain: &Domain, filesystem: &Filesystem) -> Result<()> {
    let source = filesystem.source.clone().unwrap_or_default();
    if filesystem.target.is_none() {
        let paths = [source.dir, source.dev, source.file, source.name, source.socket];
        return match paths.into_iter().find_map(|path| path) {
            Some(path) => bail!(Domain, NoTarget, "{path}"),
            None => Err(Error::bare(ErrorDomain::Domain, ErrorCode::NoTarget)),
        };
    }
    let virtiofs = |filesystem: &Filesystem| {
        filesystem.driver.as_ref().is_some_and(|driver| driver.kind == Some(FsDriverType::Virtiofs))
    };
    if filesystem.info.boot.is_some() && !virtiofs(filesystem) {
        bail!(Domain, ConfigUnsupported, "boot order is only supported for virtiofs");
    }
    let same = domain.devices.filesystems.iter().filter(|other| other.dst() == filesystem.dst());
    let (count, served) = (same.clone().count(), same.filter(|other| virtiofs(other)).count());
    if served > 0 && count > 1 {
        bail!(Domain, ConfigUnsupported, "filesystem target '{}' specified twice", filesystem.dst());
    }
    Ok(())
}

fn tpm(backend: &TpmBackend) -> Result<()> {
    match backend.kind {
        Some(TpmBackendType::Emulator) => {
            let newer = backend.version == Some(TpmVersion::V2_0);
            if backend.banks.is_some() && !newer {
                bail!(Domain, XmlError, "<active_pcr_banks/> requires TPM version '2.0'");
            }
            if backend.profile.as_ref().is_some_and(|profile| profile.source.is_some()) && !newer {
                bail!(Domain, XmlError, "<profile/> requires TPM version '2.0'");
            }
        }
        Some(TpmBackendType::External) => {
            let Some(source) = &backend.external else { return Ok(()) };
            if source.kind() != CharType::Unix {
                bail!(Domain, XmlError, "only source type 'unix' is supported for external TPM device");
            }
            if source.sources.first().is_some_and(|end| end.mode == Some(SocketMode::Bind)) {
                bail!(Domain, XmlError, "only 'connect' mode is supported for external TPM device");
            }
            if source.path().is_none() {
                bail!(Domain, XmlError, "missing socket path for external TPM device");
            }
        }
        _ => {}
    }
    Ok(())
}

fn graphics(domain: &Domain, graphics: &Graphics) -> Result<()> {
    let kind = graphics.kind();
    for listen in graphics.listens.iter().filter(|_| graphics.listens_somewhere()) {
        match listen.kind {
            Some(ListenType::Network) if listen.network.is_none() => {
                bail!(Domain, XmlError, "'network' attribute is required for listen type 'network'")
            }
            Some(listen @ (ListenType::Socket | ListenType::None))
                if !matches!(kind, GraphicsType::Vnc | GraphicsType::Spice) =>
            {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "listen type '{listen}' is not available for graphics type '{kind}'"
                )
            }
            _ => {}
        }
    }
    if kind == GraphicsType::Dbus && graphics.p2p && graphics.address.is_some() {
        bail!(Domain, XmlError, "D-Bus p2p with an address is not supported");
    }
    heard(domain, graphics.audio.as_ref())
}

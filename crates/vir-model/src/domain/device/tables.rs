//! What the elements of devices that are read by hand may hold, as tables; see [`crate::domain::tables`].

use super::address::AddressType;
use super::audio::AudioRef;
use super::chardev::{
    ChannelState, ChannelTargetType, CharLog, CharSourceElement, CharType, ProtocolElement,
};
use super::disk::{DiskType, MirrorJob, MirrorReady, Sgio};
use super::graphics::{self, Connected, GraphicsType, SharePolicy, SpiceMode};
use super::hostdev::{HostdevMode, PciDriver, UsbGuestReset, UsbId};
use super::info::{AcpiIndex, BootOrder, Rom, UsbMaster};
use super::interface::Teaming;
use super::memdev::HexAddress;
use super::netparts::NativeMode;
use super::private::{OrigStates, StoragePrivate};
use super::secure::{SmartcardMode, TpmBackendType, TpmProfile, TpmVersion};
use super::small::RngBackendModel;
use super::source::{DiskSource, SourceHost, StartupPolicy, StoreFormat};
use super::storage::{Auth, Initiator, SourceLabel};
use std::net::IpAddr;
use vir_base::Uuid;
use vir_xml::{Hex, OnOff, YesNo, describe};

describe! {
    /// What every device has.
    pub struct DeviceInfo "" {
        /// Its turn at boot, of those that can be booted.
        child "boot": Option<BootOrder>,
        /// Its name in the hypervisor. Since 0.7.6. Drivers: qemu, xen, lxc.
        child "alias": Alias,
        /// A USB companion's place on its master.
        child "master": Option<UsbMaster>,
        /// Code that it brings along, of those that may.
        maybe "rom": Option<Rom>,
        /// Its index in ACPI's tables.
        child "acpi": Option<AcpiIndex>,
        /// Where it sits in the guest. Since 0.7.6. Drivers: qemu, xen, lxc, bhyve, ch, vz, vmware, esx, hyperv, vbox,
        /// vbox.
        child "address": Address,
    }
    /// A device's name in the hypervisor.
    pub struct Alias "alias" {
        /// The name; those of the user's own begin with `ua-`.
        attr "name": Option<String>,
    }
    /// Where a device sits in the guest. Which attributes count depends on the kind of address.
    pub struct Address "address" {
        /// The kind.
        attr "type": Option<AddressType>,
        /// PCI domain, of `pci`.
        attr "domain": Option<Hex<4>>,
        /// Number of the controller, of `drive`, `virtio-serial` and `ccid`.
        attr "controller": Option<u32>,
        /// Number of the bus, of `pci`, `drive`, `virtio-serial` and `usb`. Since 0.7.6.
        attr "bus": Option<Hex<2>>,
        /// Target on the bus, of `drive`. Since 0.9.11.
        attr "target": Option<u32>,
        /// Unit of the target, of `drive`.
        attr "unit": Option<u32>,
        /// Slot, of `pci`, `ccid` and `dimm`.
        attr "slot": Option<Hex<2>>,
        /// Function of the slot, of `pci`.
        attr "function": Option<Hex<1>>,
        /// Whether the slot has more functions, of `pci`. Since 0.9.7. Drivers: qemu.
        attr "multifunction": Option<OnOff>,
        /// Port, of `virtio-serial`, and of `usb` with those of hubs before it: `1.2.3`. Drivers: qemu.
        attr "port": Option<String>,
        /// Channel subsystem, of `ccw`. Since 1.0.4. Drivers: qemu.
        attr "cssid": Option<Hex<1>>,
        /// Subchannel set, of `ccw`. Since 1.0.4. Drivers: qemu.
        attr "ssid": Option<Hex<1>>,
        /// Device number, of `ccw`. Since 1.0.4. Drivers: qemu.
        attr "devno": Option<Hex<4>>,
        /// Register, of `spapr-vio`. Since 0.9.9. Drivers: qemu.
        attr "reg": Option<HexAddress>,
        /// First port of input and output, of `isa`. Since 1.2.1. Drivers: qemu.
        attr "iobase": Option<Hex<1>>,
        /// Interrupt, of `isa`. Since 1.2.1. Drivers: qemu.
        attr "irq": Option<Hex<1>>,
        /// Address in memory, of `dimm`. Since 1.2.14. Drivers: qemu.
        attr "base": Option<HexAddress>,
        /// What s390 knows a PCI device by. Since 4.10.0. Drivers: qemu.
        maybe "zpci": Zpci,
    }
    /// What s390 knows a PCI device by.
    pub struct Zpci "zpci" {
        /// The user's number of it.
        attr "uid": Option<Hex<4>>,
        /// The function's number.
        attr "fid": Option<Hex<8>>,
    }
    /// A place on a PCI bus of the host.
    pub struct PciAddress "address" {
        /// The kind of address: `pci`.
        attr "type": Option<String>,
        /// Domain; 0 if nothing is said.
        attr "domain": Option<Hex<4>>,
        /// Bus.
        attr "bus": Option<Hex<2>>,
        /// Slot.
        attr "slot": Option<Hex<2>>,
        /// Function of the slot.
        attr "function": Option<Hex<1>>,
    }
    /// What virtio devices have in common.
    pub struct VirtioOptions "" {
        /// Whether an IOMMU stands between it and the guest's memory. Since 3.5.0. Drivers: qemu, ch.
        attr "iommu": Option<OnOff>,
        /// Whether it keeps a cache of address translations. Since 3.5.0. Drivers: qemu, ch.
        attr "ats": Option<OnOff>,
        /// Whether its queues are packed. Since 6.3.0. Drivers: qemu.
        attr "packed": Option<OnOff>,
        /// Whether each queue is told of on a page of its own. Since 7.9.0. Drivers: qemu.
        attr "page_per_vq": Option<OnOff>,
    }
    /// A display that people look at from elsewhere.
    pub struct Graphics "graphics" {
        /// How it is shown.
        attr "type": Option<GraphicsType>,
        /// TCP port; -1 for one that is chosen at start. Since 0.1.6.
        attr "port": Option<i32>,
        /// TCP port for encrypted traffic, of SPICE. Since 0.8.6. Drivers: qemu, xen.
        attr "tlsPort": Option<i32>,
        /// Whether ports are chosen at start. Since 0.4.6.
        attr "autoport": Option<YesNo>,
        /// TCP port for web sockets, of VNC; -1 for one that is chosen. Since 1.0.6. Drivers: qemu.
        attr "websocket": Option<i32>,
        /// Whether that port was chosen at start, of VNC. Drivers: qemu.
        status "websocketGenerated": Option<YesNo>,
        /// Address that it listens on; the first `<listen>` says the same. Since 0.9.4. Drivers: qemu, xen, bhyve, vz.
        attr "listen": Option<String>,
        /// Socket that it listens on, of VNC; the first `<listen>` says the same. Since 0.8.8. Drivers: qemu.
        attr "socket": Option<String>,
        /// A later viewer puts an earlier one out, of RDP. Since 0.6.4. Drivers: qemu, vbox.
        attr "replaceUser": Option<YesNo>,
        /// Several viewers look at once, of RDP. Since 0.6.4. Drivers: qemu, vbox.
        attr "multiUser": Option<YesNo>,
        /// The host's display, of SDL and `desktop`. Drivers: qemu, xen, vbox.
        attr "display": Option<String>,
        /// File that lets us use it, of SDL. Since 0.4.6. Drivers: qemu, xen.
        attr "xauth": Option<String>,
        /// Whether it fills the screen, of SDL and `desktop`. Since 0.6.0. Drivers: qemu, vbox.
        attr "fullscreen": Option<YesNo>,
        /// Whether viewers connect without a bus, of D-Bus. Since 8.4.0. Drivers: qemu.
        attr "p2p": Option<YesNo>,
        /// Address of the bus, of D-Bus. Since 8.4.0. Drivers: qemu.
        attr "address": Option<String>,
        /// Layout of the keyboard: `en-us`, `de`, …. Since 0.2.1. Drivers: qemu, xen, vz, vmware, esx.
        attr "keymap": Option<String>,
        /// Who may share it, of VNC. Since 1.0.6. Drivers: qemu.
        attr "sharePolicy": Option<SharePolicy>,
        /// Whether viewers may switch the guest off, of VNC. Since 7.1.0. Drivers: qemu.
        attr "powerControl": Option<YesNo>,
        /// Whether traffic is encrypted where nothing else is said, of SPICE. Since 0.9.12. Drivers: qemu.
        attr "defaultMode": Option<SpiceMode>,
        /// Who may look, of RDP. Since 11.1.0. Drivers: qemu.
        attr "username": Option<String>,
        /// The password; shown on request only. Since 0.1.10. Drivers: qemu, xen, bhyve, vz, vmware, esx.
        secret "passwd": Option<String>,
        /// Until when that is good, in UTC: `2010-11-28T14:29:01`. Since 0.8.6. Drivers: qemu.
        attr "passwdValidTo": Option<String>,
        /// What becomes of viewers when the password changes. Since 0.9.3. Drivers: qemu.
        attr "connected": Option<Connected>,
        /// Where it listens. Since 0.9.4. Drivers: qemu, xen, bhyve, vz.
        list "listen": Option<graphics::Listen>,
        /// How one kind of traffic goes, of SPICE. Since 0.8.6. Drivers: qemu.
        list "channel": Option<graphics::SpiceChannel>,
        /// How pictures are made smaller, of SPICE.
        child "image": Option<graphics::SpiceImage>,
        /// When JPEG is used on slow lines, of SPICE.
        child "jpeg": Option<graphics::SpiceWan>,
        /// When zlib is used on slow lines, of SPICE.
        child "zlib": Option<graphics::SpiceWan>,
        /// Whether sound is made smaller, of SPICE.
        child "playback": Option<graphics::SpicePlayback>,
        /// How moving pictures are found, of SPICE.
        child "streaming": Option<graphics::SpiceStreaming>,
        /// Who draws the pointer, of SPICE.
        child "mouse": Option<graphics::SpiceMouse>,
        /// Whether text can be taken over, of SPICE.
        child "clipboard": Option<graphics::SpiceClipboard>,
        /// Whether files can be sent, of SPICE.
        child "filetransfer": Option<graphics::SpiceFiles>,
        /// Whether the host's graphics card draws.
        maybe "gl": Option<graphics::Gl>,
        /// Where sound goes. Since 7.2.0. Drivers: qemu.
        child "audio": Option<AudioRef>,
    }
    /// The image below; without a type, the end of the chain of images.
    pub struct BackingStore "backingStore" {
        /// Kind of storage.
        attr "type": Option<DiskType>,
        /// Its number in the chain, of a running domain. Since 1.2.5.
        live "index": Option<u32>,
        /// Its format.
        child "format": Option<StoreFormat>,
        /// Where it lies.
        maybe "source": Option<DiskSource>,
        /// The image below it.
        child "backingStore": BackingStore,
    }
    /// What stands in a running domain's disk.
    pub struct MirrorPart "" {
        /// Where it is being copied to.
        child "mirror": Mirror,
    }
    /// Where a running domain's disk is being copied to. Since 0.9.12. Drivers: qemu.
    pub struct Mirror "mirror" {
        /// Kind of storage. Since 1.2.6.
        attr "type": Option<DiskType>,
        /// What copies. Since 1.2.7.
        attr "job": Option<MirrorJob>,
        /// How far it is.
        attr "ready": Option<MirrorReady>,
        /// Path, as older programs know it.
        attr "file": Option<String>,
        /// Format, as older programs know it. Since 1.2.6.
        attr "format": Option<String>,
        /// Format. Since 1.2.6.
        child "format": Option<StoreFormat>,
        /// Where it lies. Since 1.2.6.
        maybe "source": Option<DiskSource>,
        /// The image below. Since 5.10.0.
        child "backingStore": BackingStore,
    }
    /// Where a character device leads.
    pub struct CharSource "" {
        /// The kind; `pty` if nothing is said.
        attr "type": Option<CharType>,
        /// The terminal of a running guest's first console. Since 0.4.3.
        live "tty": Option<String>,
        /// An end; UDP has two.
        list "source": Option<CharSourceElement>,
        /// What is spoken on TCP. Since 0.4.3.
        child "protocol": Option<ProtocolElement>,
        /// A copy of all output.
        child "log": Option<CharLog>,
    }
    /// A channel as the guest sees it.
    pub struct ChannelTarget "target" {
        /// What kind of channel.
        attr "type": Option<ChannelTargetType>,
        /// Address that the guest connects to, of `guestfwd`. Since 0.7.3. Drivers: qemu.
        attr "address": Option<String>,
        /// Port that it connects to, of `guestfwd`. Since 0.7.3. Drivers: qemu.
        attr "port": Option<u32>,
        /// Its name in the guest, of `virtio` and `xen`. Since 0.7.7.
        attr "name": Option<String>,
        /// Whether a program in the guest has it open. Since 1.2.11. Drivers: qemu.
        live "state": Option<ChannelState>,
    }
    /// A place for a USB device of a viewer.
    pub struct Redirdev "redirdev" {
        /// Its bus; `usb` if nothing is said.
        attr "bus": Option<super::redirect::RedirdevBus>,
        parts "": CharSource,
        parts "": DeviceInfo,
    }
    /// Which USB devices a viewer may bring.
    pub struct RedirFilter "redirfilter" {
        /// A rule; the first that fits counts.
        list "usbdev": UsbRule,
    }
    /// A rule for USB devices; what is not said, or -1, fits all.
    pub struct UsbRule "usbdev" {
        /// Class of device.
        attr "class": Option<String>,
        /// Vendor's number.
        attr "vendor": Option<String>,
        /// Product's number.
        attr "product": Option<String>,
        /// Version: `1.10`.
        attr "version": Option<String>,
        /// Whether such a device may be brought.
        attr "allow": Option<YesNo>,
    }
    /// Where random numbers come from. Drivers: qemu, bhyve.
    pub struct RngBackend "backend" {
        /// What gives them.
        attr "model": Option<RngBackendModel>,
        parts "": CharSource,
        /// Path of the file, of `random`.
        text "": Option<String>,
    }
    /// A device of the host that the guest gets whole.
    pub struct Hostdev "hostdev" {
        /// How it is given; `subsystem` if nothing is said.
        attr "mode": Option<HostdevMode>,
        /// What is given: `usb`, `pci`, `scsi`, `scsi_host`, `mdev`; of `capabilities` `storage`, `misc`, `net`.
        attr "type": String,
        /// Whether the host's driver is detached at start and attached again at the end. Since 0.6.1. Drivers: qemu,
        /// xen.
        attr "managed": Option<YesNo>,
        /// Who filters SCSI commands. Since 1.0.6. Drivers: qemu.
        attr "sgio": Option<Sgio>,
        /// Whether the domain may do raw input and output. Since 1.2.9. Drivers: qemu.
        attr "rawio": Option<YesNo>,
        /// What the guest sees, of `mdev` and `scsi_host`. Since 3.2.0. Drivers: qemu.
        attr "model": Option<String>,
        /// Whether a mediated or graphics device's picture is shown. Since 4.6.0. Drivers: qemu.
        attr "display": Option<OnOff>,
        /// Whether it has a picture before the guest's driver runs. Since 5.10.0. Drivers: qemu.
        attr "ramfb": Option<OnOff>,
        /// The host's driver that gives it. Since 1.0.5. Drivers: qemu, xen, ch.
        maybe "driver": Option<PciDriver>,
        /// What is given.
        child "source": HostdevSource,
        /// An address in a container, of `net`. Since 2.1.0. Drivers: lxc.
        list "ip": IpAddress,
        /// A route in a container, of `net`. Since 2.1.0. Drivers: lxc.
        list "route": IpRoute,
        /// The pair of interfaces that it is one of. Since 7.1.0. Drivers: qemu.
        maybe "teaming": Option<Teaming>,
        /// The guest cannot write, of `scsi`. Since 1.0.6. Drivers: qemu.
        flag "readonly": bool,
        /// Other domains use it as well, of `scsi`. Since 1.0.6. Drivers: qemu.
        flag "shareable": bool,
        parts "": DeviceInfo,
    }
    /// Which of the host's devices is given.
    pub struct HostdevSource "source" {
        /// What happens if it is missing at start, of `usb`. Since 1.0.0. Drivers: qemu.
        attr "startupPolicy": Option<StartupPolicy>,
        /// Its place was found out, not asked for; state of a running domain. Since 1.0.0. Drivers: qemu.
        live "autoAddress": Option<YesNo>,
        /// It was missing at start. Drivers: qemu, xen, lxc.
        live "missing": Option<YesNo>,
        /// Whether the guest can reset it, of `usb`. Since 8.6.0. Drivers: qemu.
        attr "guestReset": Option<UsbGuestReset>,
        /// Whether writes to its configuration are filtered, of `pci`. Since 6.8.0. Drivers: xen.
        attr "writeFiltering": Option<YesNo>,
        /// `iscsi` or `adapter` of `scsi`, `vhost` of `scsi_host`. Since 2.5.0. Drivers: qemu.
        attr "protocol": Option<String>,
        /// The unit's name, of `iscsi`. Since 1.2.8. Drivers: qemu.
        attr "name": Option<String>,
        /// `naa.` and 16 hexadecimal digits, of `vhost`. Since 2.5.0. Drivers: qemu.
        attr "wwpn": Option<String>,
        /// Who made it, of `usb`. Since 0.4.4.
        child "vendor": Option<UsbId>,
        /// What it is, of `usb`. Since 0.4.4.
        child "product": Option<UsbId>,
        /// The host's SCSI adapter. Since 1.0.6. Drivers: qemu.
        child "adapter": Adapter,
        /// Where it is. Since 0.4.4.
        child "address": HostAddress,
        /// The server, of `iscsi`. Since 1.2.8. Drivers: qemu.
        child "host": Option<SourceHost>,
        /// What is undone when the host gets it back, of `pci`. Drivers: qemu.
        private "origstates": Option<OrigStates>,
        /// What the daemon notes of it, of `scsi`. Drivers: qemu.
        private "privateData": Option<StoragePrivate>,
        /// How we prove who we are, of `iscsi`. Since 1.2.8. Drivers: qemu.
        child "auth": Option<Auth>,
        /// Who we are, of `iscsi`. Since 4.7.0. Drivers: qemu.
        maybe "initiator": Option<Initiator>,
        /// Path of a block device, of `storage`. Since 1.0.1. Drivers: lxc.
        leaf "block": Option<String>,
        /// Path of a character device, of `misc`. Since 1.0.1. Drivers: lxc.
        leaf "char": Option<String>,
        /// Name of an interface, of `net`. Since 1.0.1. Drivers: lxc.
        leaf "interface": Option<String>,
    }
    /// A SCSI adapter of the host.
    pub struct Adapter "adapter" {
        /// Its name: `scsi_host0`.
        attr "name": Option<String>,
    }
    /// Where a device of the host is.
    pub struct HostAddress "address" {
        parts "": PciAddress,
        /// Number on the bus, of `usb`.
        attr "device": Option<Hex<1>>,
        /// Target on the bus, of `scsi`. Since 1.0.6. Drivers: qemu.
        attr "target": Option<u32>,
        /// Unit of the target, of `scsi`. Since 1.0.6. Drivers: qemu.
        attr "unit": Option<u32>,
        /// UUID, of `mdev`. Since 3.2.0. Drivers: qemu.
        attr "uuid": Option<Uuid>,
    }
    /// What an interface of type `hostdev` has. Since 0.9.11. Drivers: qemu.
    pub struct HostdevPart "" {
        /// The device of the host.
        child "source": HostdevSource,
    }
    /// Cookies for a server.
    pub struct SourceCookies "cookies" {
        /// One of them; shown on request only.
        list "cookie": Cookie,
    }
    /// A cookie.
    pub struct Cookie "cookie" {
        /// Its name.
        attr "name": String,
        /// Its value.
        text "": String,
    }
    /// Persistent reservations: who makes them.
    pub struct Reservations "reservations" {
        /// Whether the daemon starts the helper.
        attr "managed": Option<YesNo>,
        /// The helper's socket.
        maybe "source": ReservationsSource,
    }
    /// Socket of the helper for persistent reservations.
    pub struct ReservationsSource "source" {
        /// Kind of connection: `unix`.
        attr "type": Option<String>,
        /// Path of the socket.
        attr "path": Option<String>,
        /// Which end we are: `client`.
        attr "mode": Option<String>,
        /// Labels of security drivers. Drivers: qemu.
        list "seclabel": Option<SourceLabel>,
    }
    /// What is behind a TPM.
    pub struct TpmBackend "backend" {
        /// Which kind.
        attr "type": Option<TpmBackendType>,
        /// Version of the standard, of `emulator`; `2.0` if nothing is said. Since 4.5.0.
        attr "version": Option<TpmVersion>,
        /// Whether the state outlives the definition; `no` if nothing is said. Since 7.0.0.
        attr "persistent_state": Option<YesNo>,
        /// Level of the emulator's log; 0 for none. Since 10.6.0.
        attr "debug": Option<u32>,
        /// Device of the host, of `passthrough`. Since 1.0.5.
        child "device": TpmDevice,
        /// What encrypts the state, of `emulator`. Since 5.6.0.
        child "encryption": TpmEncryption,
        /// Hashes that it computes; its default if nothing is said. Since 7.10.0.
        maybe "active_pcr_banks": PcrBanks,
        /// Where the state lies, or the socket of an external one. Since 9.0.0.
        child "source": TpmBackendSource,
        /// What the emulator offers. Since 10.10.0.
        maybe "profile": Option<TpmProfile>,
    }
    /// A TPM of the host.
    pub struct TpmDevice "device" {
        /// Its path; `/dev/tpm0` if nothing is said.
        attr "path": Option<String>,
    }
    /// What encrypts an emulator's state.
    pub struct TpmEncryption "encryption" {
        /// UUID of the secret.
        attr "secret": Option<Uuid>,
    }
    /// Hashes that a TPM computes.
    pub struct PcrBanks "active_pcr_banks" {
        /// SHA-1.
        flag "sha1": bool,
        /// SHA-256.
        flag "sha256": bool,
        /// SHA-384.
        flag "sha384": bool,
        /// SHA-512.
        flag "sha512": bool,
    }
    /// Where an emulator's state lies, or the socket of an external one.
    pub struct TpmBackendSource "source" {
        /// `file` or `dir` of an emulator, `unix` of an external one. Since 9.0.0.
        attr "type": Option<String>,
        /// Path of the state or the socket.
        attr "path": Option<String>,
        /// `connect`, of an external one.
        attr "mode": Option<String>,
    }
    /// A smart card.
    pub struct Smartcard "smartcard" {
        /// Where it is.
        attr "mode": Option<SmartcardMode>,
        parts "": CharSource,
        /// Name of a certificate; three of them, of `host-certificates`.
        leaves "certificate": Vec<String>,
        /// Directory that they lie in.
        leaf "database": Option<String>,
        parts "": DeviceInfo,
    }
    /// How much of its memory a running guest has.
    pub struct CurrentSize "" {
        /// The amount. Since 7.9.0. Drivers: qemu.
        child "current": crate::domain::tables::Kib,
    }
    /// Limits of a disk's input and output.
    pub struct IoTune "iotune" {
        /// Bytes a second.
        amount "total_bytes_sec": Option<u64>,
        /// Bytes read a second.
        amount "read_bytes_sec": Option<u64>,
        /// Bytes written a second.
        amount "write_bytes_sec": Option<u64>,
        /// Requests a second.
        amount "total_iops_sec": Option<u64>,
        /// Reads a second.
        amount "read_iops_sec": Option<u64>,
        /// Writes a second.
        amount "write_iops_sec": Option<u64>,
        /// Bytes a second for a moment. Since 1.2.11.
        amount "total_bytes_sec_max": Option<u64>,
        /// Bytes read a second for a moment. Since 1.2.11.
        amount "read_bytes_sec_max": Option<u64>,
        /// Bytes written a second for a moment. Since 1.2.11.
        amount "write_bytes_sec_max": Option<u64>,
        /// Requests a second for a moment. Since 1.2.11.
        amount "total_iops_sec_max": Option<u64>,
        /// Reads a second for a moment. Since 1.2.11.
        amount "read_iops_sec_max": Option<u64>,
        /// Writes a second for a moment. Since 1.2.11.
        amount "write_iops_sec_max": Option<u64>,
        /// Bytes of a request that count as one. Since 1.2.11.
        amount "size_iops_sec": Option<u64>,
        /// Name of the group that shares the limits. Since 3.0.0.
        leaf "group_name": Option<String>,
        /// Seconds that a moment lasts, for bytes. Since 2.4.0.
        amount "total_bytes_sec_max_length": Option<u64>,
        /// Seconds that it lasts for bytes read. Since 2.4.0.
        amount "read_bytes_sec_max_length": Option<u64>,
        /// Seconds that it lasts for bytes written. Since 2.4.0.
        amount "write_bytes_sec_max_length": Option<u64>,
        /// Seconds that it lasts for requests. Since 2.4.0.
        amount "total_iops_sec_max_length": Option<u64>,
        /// Seconds that it lasts for reads. Since 2.4.0.
        amount "read_iops_sec_max_length": Option<u64>,
        /// Seconds that it lasts for writes. Since 2.4.0.
        amount "write_iops_sec_max_length": Option<u64>,
    }
    /// VLANs that an interface is in. Since 0.10.0.
    pub struct Vlan "vlan" {
        /// Whether frames bear their tags; `yes` where there are several.
        attr "trunk": Option<YesNo>,
        /// A VLAN.
        list "tag": VlanTag,
    }
    /// A VLAN.
    pub struct VlanTag "tag" {
        /// Its number, up to 4095.
        attr "id": u32,
        /// How the frames of the one without tags leave. Since 1.1.0.
        attr "nativeMode": Option<NativeMode>,
    }
    /// An address of a guest or host.
    pub struct IpAddress "ip" {
        /// The address.
        attr "address": Option<IpAddr>,
        /// `ipv4` or `ipv6`.
        attr "family": Option<String>,
        /// Length of the network's part.
        attr "prefix": Option<u32>,
        /// The other end of a line between two. Since 2.1.0. Drivers: lxc.
        attr "peer": Option<IpAddr>,
    }
    /// A route.
    pub struct IpRoute "route" {
        /// `ipv4` or `ipv6`.
        attr "family": Option<String>,
        /// The network.
        attr "address": Option<IpAddr>,
        /// Its mask.
        attr "netmask": Option<IpAddr>,
        /// The length of its mask.
        attr "prefix": Option<u32>,
        /// Where its packets are sent.
        attr "gateway": Option<IpAddr>,
        /// Which of two comes first: the smaller.
        attr "metric": Option<u32>,
    }
    /// What a guest's owner allows.
    pub struct PolicyPart "" {
        /// Bits of the technique's own, in hexadecimal.
        leaf "policy": Option<String>,
    }
}

//! `<memory>` among the devices, and shared memory: what is plugged into a guest beside its own memory.

use super::info::DeviceInfo;
use crate::domain::memory::{Kib, MemoryAccess};
use vir_base::{Bitmap, Result, Uuid, bail, err};
use vir_xml::{Content, Element, OnOff, Value, Writer, YesNo, element, missing, xml_enum};

xml_enum! {
    /// What is plugged.
    pub enum MemoryModel {
        Dimm = "dimm", Nvdimm = "nvdimm", VirtioPmem = "virtio-pmem", VirtioMem = "virtio-mem", SgxEpc = "sgx-epc",
    }
    /// A shared memory device.
    pub enum ShmemModel { Ivshmem = "ivshmem", IvshmemPlain = "ivshmem-plain", IvshmemDoorbell = "ivshmem-doorbell", }
    /// Whether a domain with shared memory can move.
    pub enum ShmemRole { Master = "master", Peer = "peer", }
}

element! {
    /// Memory that is plugged.
    pub struct MemoryDevice "memory" => settle {
        /// What it is.
        attr model "model": Option<MemoryModel>,
        /// Whether other processes see it: `shared` or `private`. Since 3.2.0.
        attr access "access": Option<MemoryAccess>,
        /// Whether its content is dropped when the guest stops. Since 4.4.0.
        attr discard "discard": Option<YesNo>,
        /// Number that tells NVDIMMs apart. Since 6.2.0.
        leaf uuid "uuid": Option<DeviceUuid>,
        /// Where it comes from.
        maybe source "source": Option<MemorySource>,
        /// How the guest sees it.
        child target "target": Option<MemoryTarget>,
        part info "": DeviceInfo,
    }
    /// Where plugged memory comes from.
    pub struct MemorySource "source" {
        /// File or device that holds it. Since 3.2.0.
        leaf path "path": Option<String>,
        /// Host's NUMA nodes that it is taken from.
        leaf nodemask "nodemask": Option<Bitmap>,
        /// Size of its pages.
        child pagesize "pagesize": Option<Kib>,
        /// Multiple at which it begins. Since 5.0.0.
        child alignsize "alignsize": Option<Kib>,
        /// Whether the host makes writes durable. Since 5.0.0.
        flag pmem "pmem": bool,
    }
    /// How the guest sees plugged memory.
    pub struct MemoryTarget "target" {
        /// Whether slots are used only as far as needed. Since 10.1.0.
        attr dynamic_memslots "dynamicMemslots": Option<YesNo>,
        /// Its size.
        child size "size": Option<Kib>,
        /// Guest's NUMA node.
        leaf node "node": Option<u32>,
        /// Part of an NVDIMM that holds its label. Since 3.2.0.
        maybe label "label": Option<MemoryLabel>,
        /// The guest cannot write. Since 5.0.0.
        flag readonly "readonly": bool,
        /// What is given and taken at once. Since 7.9.0.
        child block "block": Option<Kib>,
        /// How much the guest is to have. Since 7.9.0.
        child requested "requested": Option<Kib>,
        /// How much it has, while it runs.
        part current "": CurrentSize,
        /// Where it begins. Since 9.4.0.
        maybe address "address": Option<MemoryBase>,
    }
    /// A part of an NVDIMM.
    pub struct MemoryLabel "label" {
        /// Its size, at least 128 KiB.
        child size "size": Option<Kib>,
    }
    /// Where memory begins.
    pub struct MemoryBase "address" {
        /// The guest's physical address.
        attr base "base": Option<HexAddress>,
    }

    /// Memory that several guests share.
    pub struct Shmem "shmem" => settle {
        /// Name that they find it by.
        attr name "name": Option<String>,
        /// Whether the domain can move: `master` or `peer`. Since 6.6.0.
        attr role "role": Option<ShmemRole>,
        /// Which device.
        child model "model": Option<ShmemModelElement>,
        /// Size, a power of two.
        child size "size": Option<ShmemSize>,
        /// Server that passes interrupts.
        child server "server": Option<ShmemServer>,
        /// Interrupts.
        child msi "msi": Option<ShmemMsi>,
        part info "": DeviceInfo,
    }
    /// Which shared memory device.
    pub struct ShmemModelElement "model" => settle {
        /// `ivshmem` (default), `ivshmem-plain`, `ivshmem-doorbell`.
        attr kind "type": Option<ShmemModel>,
    }
    /// A server that passes interrupts.
    pub struct ShmemServer "server" {
        /// Its socket.
        attr path "path": Option<String>,
    }
    /// Interrupts of shared memory.
    pub struct ShmemMsi "msi" {
        /// How many.
        count vectors "vectors": Option<super::controller::Auto>,
        /// Whether they are taken by a thread of their own.
        attr ioeventfd "ioeventfd": Option<OnOff>,
    }
}

/// An NVDIMM's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceUuid(pub Uuid);

impl Value for DeviceUuid {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(self.0.to_string())
    }

    fn invalid(_: &str, _: &str, _: &str) -> vir_base::Error {
        err!(Domain, InternalError, "malformed uuid element")
    }
}

/// A physical address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HexAddress(pub u64);

impl Value for HexAddress {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.trim_start();
        let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
        u64::from_str_radix(digits, 16).ok().map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(format!("0x{:x}", self.0))
    }

    fn invalid(attr: &str, element: &str, text: &str) -> vir_base::Error {
        u64::invalid(attr, element, text)
    }
}

/// How much of its memory a guest has, while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurrentSize(pub Option<Kib>);

impl vir_xml::Part for CurrentSize {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::CurrentSize::table()
    }

    fn take_attr(&mut self, _: &Element, _: &vir_xml::Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        if child.name != "current" {
            return Ok(false);
        }
        self.0 = Some(Kib::read(child)?);
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(size) = self.0
            && !w.format().inactive
        {
            w.element("current", |w| size.write(w));
        }
    }
}

/// A size printed in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShmemSize(pub u64);

impl Content for ShmemSize {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Bytes::table()
    }

    fn read(element: &Element) -> Result<Self> {
        crate::domain::memory::read_bytes(element, 1).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("unit", "M");
        w.content(&(self.0 >> 20).to_string());
    }
}

impl MemoryDevice {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let Some(model) = self.model else { return Err(missing("model", "memory")) };
        if model != MemoryModel::Nvdimm {
            self.uuid = None;
        }
        if let Some(source) = &mut self.source {
            let it = std::mem::take(source);
            let nodes = it.nodemask.clone();
            if nodes.as_ref().is_some_and(Bitmap::is_empty) {
                let text = element.child("source").and_then(|s| s.child("nodemask")).map(Element::text);
                bail!(Domain, ConfigUnsupported, "Invalid value of 'nodemask': {}", text.unwrap_or_default());
            }
            *source = match model {
                MemoryModel::Dimm | MemoryModel::VirtioMem => MemorySource {
                    nodemask: it.nodemask,
                    pagesize: it.pagesize.filter(|p| p.0 > 0),
                    ..Default::default()
                },
                MemoryModel::Nvdimm => MemorySource {
                    path: it.path,
                    alignsize: it.alignsize.filter(|size| size.0 > 0),
                    pmem: it.pmem,
                    ..Default::default()
                },
                MemoryModel::VirtioPmem => MemorySource { path: it.path, ..Default::default() },
                MemoryModel::SgxEpc => MemorySource { nodemask: it.nodemask, ..Default::default() },
            };
        }
        let Some(target) = &mut self.target else {
            bail!(Domain, XmlError, "missing <target> element for <memory> device")
        };
        let Some(size) = target.size else {
            bail!(Domain, XmlError, "missing element or attribute './size'")
        };
        let it = std::mem::take(target);
        let plain = MemoryTarget { size: Some(size), node: it.node, ..Default::default() };
        *target = match model {
            MemoryModel::Nvdimm => {
                let label = it.label.filter(|label| label.size.is_some_and(|size| size.0 > 0));
                let label_size = label.as_ref().and_then(|label| label.size).map_or(0, |size| size.0);
                if label_size > 0 && label_size < 128 {
                    bail!(Domain, XmlError, "nvdimm label must be at least 128KiB");
                }
                if label_size >= size.0 {
                    bail!(Domain, XmlError, "label size must be smaller than NVDIMM size");
                }
                MemoryTarget { label, readonly: it.readonly, ..plain }
            }
            MemoryModel::VirtioMem => MemoryTarget {
                block: it.block.filter(|block| block.0 > 0),
                requested: Some(it.requested.unwrap_or_default()),
                current: CurrentSize(Some(it.current.0.unwrap_or_default())),
                address: it.address,
                dynamic_memslots: it.dynamic_memslots,
                ..plain
            },
            MemoryModel::VirtioPmem => MemoryTarget { address: it.address, ..plain },
            MemoryModel::Dimm | MemoryModel::SgxEpc => plain,
        };
        target.address.take_if(|address| address.base.is_none_or(|base| base.0 == 0));
        if target.block.is_none() {
            // what is requested is counted in blocks
            (target.requested, target.current) = (None, CurrentSize(None));
        }
        Ok(())
    }

    /// Its size in KiB.
    pub fn size_kib(&self) -> u64 {
        self.target.as_ref().and_then(|target| target.size).map_or(0, |size| size.0)
    }
}

impl ShmemModelElement {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.kind.get_or_insert(ShmemModel::Ivshmem);
        Ok(())
    }
}

impl Shmem {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.name.is_none() {
            bail!(Domain, XmlError, "shmem element must contain 'name' attribute");
        }
        let model = self.model.get_or_insert_default();
        let kind = *model.kind.get_or_insert(ShmemModel::Ivshmem);
        if kind == ShmemModel::Ivshmem {
            self.role = None;
        }
        self.size.take_if(|size| size.0 == 0);
        if self.msi.is_some() && self.server.is_none() {
            bail!(Domain, XmlError, "msi option is only supported with a server");
        }
        Ok(())
    }
}

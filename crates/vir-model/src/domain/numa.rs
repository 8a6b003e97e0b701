//! `<numatune>`, and `<numa>` of the processor: nodes of the host, nodes of the guest.

use super::memory::{MemoryAccess, kib_attr};
use vir_base::{Bitmap, Result, bail};
use vir_xml::{Content, Element, Value, Writer, YesNo, attr, element, missing, xml_enum};

xml_enum! {
    /// How memory is taken from the host's nodes.
    pub enum NumaMode {
        Strict = "strict", Preferred = "preferred", Interleave = "interleave", Restrictive = "restrictive",
    }
    /// Who chooses the host's nodes.
    pub enum NumaPlacement { Static = "static", Auto = "auto", }
    unsaid ["default"]
    /// How a cache finds its lines.
    pub enum CacheAssociativity { None = "none", Direct = "direct", Full = "full", }
    /// When a cache writes.
    pub enum CachePolicy { None = "none", Writeback = "writeback", Writethrough = "writethrough", }
    /// What a latency or bandwidth is of.
    pub enum MemoryLatency { Access = "access", Read = "read", Write = "write", }
}

element! {
    /// How memory is taken from the host's nodes.
    pub struct NumaTune "numatune" {
        /// Of the domain as a whole.
        maybe memory "memory": Option<NumaMemory>,
        /// Of single nodes of the guest. Since 1.2.7. Drivers: qemu.
        list memnodes "memnode": Vec<NumaMemnode>,
    }
    /// How a guest's node takes memory.
    pub struct NumaMemnode "memnode" => settle {
        /// Number of the guest's node.
        attr cellid "cellid": u32,
        /// How; `strict` if nothing is said.
        attr mode "mode": Option<NumaMode>,
        /// Nodes of the host.
        attr nodeset "nodeset": Option<Bitmap>,
    }
}

/// How a domain takes memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumaMemory {
    /// How.
    pub mode: Option<NumaMode>,
    /// Nodes of the host.
    pub nodeset: Option<Bitmap>,
    /// Who chooses them.
    pub placement: Option<NumaPlacement>,
}

fn not_empty(set: Option<&Bitmap>, element: &Element) -> Result<()> {
    match set {
        Some(set) if set.is_empty() => {
            let text = element.attr("nodeset").unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "Invalid value of 'nodeset': {text}")
        }
        _ => Ok(()),
    }
}

impl Content for NumaMemory {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::NumaMemory::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mode = match element.attr("mode") {
            None => None,
            Some(text) => match NumaMode::parse(text) {
                Some(mode) => Some(mode),
                None => bail!(Domain, ConfigUnsupported, "Unsupported NUMA memory tuning mode '{text}'"),
            },
        };
        let placement = match element.attr("placement") {
            None | Some("default") => None,
            Some(text) => match NumaPlacement::parse(text) {
                Some(placement) => Some(placement),
                None => bail!(Domain, ConfigUnsupported, "Unsupported NUMA memory placement mode '{text}'"),
            },
        };
        let nodeset: Option<Bitmap> = attr(element, "nodeset")?;
        not_empty(nodeset.as_ref(), element)?;
        Ok(Self { mode, nodeset, placement })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("mode", self.mode.unwrap_or(NumaMode::Strict).as_str());
        match (self.placement, &self.nodeset) {
            (Some(NumaPlacement::Auto), _) => w.attr("placement", "auto"),
            (_, Some(nodeset)) => w.attr("nodeset", &nodeset.to_string()),
            _ => {}
        }
    }
}

impl NumaMemory {
    /// Settles who chooses: with `fixed`, processors are placed by the document.
    ///
    /// # Errors
    /// The document chooses, but names no nodes.
    pub fn settle_placement(&mut self, fixed: bool) -> Result<()> {
        let placement = self.placement.unwrap_or(match self.nodeset.is_some() || fixed {
            true => NumaPlacement::Static,
            false => NumaPlacement::Auto,
        });
        if placement == NumaPlacement::Static && self.nodeset.is_none() {
            bail!(
                Domain,
                ConfigUnsupported,
                "nodeset for NUMA memory tuning must be set if 'placement' is 'static'"
            );
        }
        if placement == NumaPlacement::Auto {
            self.nodeset = None;
        }
        self.placement = Some(placement);
        self.mode.get_or_insert(NumaMode::Strict);
        Ok(())
    }
}

impl NumaMemnode {
    fn settle(&mut self, element: &Element) -> Result<()> {
        self.mode.get_or_insert(NumaMode::Strict);
        if self.nodeset.is_none() {
            bail!(Domain, XmlError, "Missing required nodeset attribute in memnode element");
        }
        not_empty(self.nodeset.as_ref(), element)
    }
}

/// The guest's nodes, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numa {
    /// The nodes.
    pub cells: Vec<NumaCell>,
    /// How far they are from each other.
    pub interconnects: Vec<Interconnect>,
}

/// A node of the guest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumaCell {
    /// Processors; none for a node without any.
    pub cpus: Option<Bitmap>,
    /// Memory in KiB.
    pub memory: u64,
    /// Whether other processes see its memory.
    pub access: Option<MemoryAccess>,
    /// Whether its content is dropped when the guest stops.
    pub discard: Option<YesNo>,
    /// Distances to other nodes: number and distance, 10 being that to itself.
    pub distances: Vec<(u32, u32)>,
    /// Caches of its memory.
    pub caches: Vec<NumaCache>,
}

/// A cache of a node's memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumaCache {
    /// Its level, 1 to 3.
    pub level: u32,
    /// How it finds its lines.
    pub associativity: Option<CacheAssociativity>,
    /// When it writes.
    pub policy: Option<CachePolicy>,
    /// KiB.
    pub size: u64,
    /// Length of a line in bytes; 0 if it is not known.
    pub line: u64,
}

/// How far a node is from another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interconnect {
    /// Whether it is a bandwidth in KiB a second; else a latency in nanoseconds.
    pub bandwidth: bool,
    /// The node that reads or writes.
    pub initiator: u32,
    /// The node that is read or written.
    pub target: u32,
    /// Level of its cache that is; 0 for its memory.
    pub cache: u32,
    /// Of what.
    pub kind: Option<MemoryLatency>,
    /// The value.
    pub value: u64,
}

fn required(element: &Element, name: &str) -> Result<u32> {
    attr(element, name)?.ok_or_else(|| missing(name, &element.name))
}

impl Content for Numa {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Numa::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let cells: Vec<&Element> = element.children().filter(|child| child.name == "cell").collect();
        if cells.is_empty() {
            bail!(Domain, XmlError, "NUMA topology defined without NUMA cells");
        }
        let count = cells.len();
        let mut it = Self { cells: vec![NumaCell::default(); count], interconnects: vec![] };
        let mut seen = vec![false; count];
        for (i, cell) in cells.iter().enumerate() {
            let id = attr::<u32>(cell, "id")?.map_or(i, |id| id as usize);
            if id >= count {
                bail!(
                    Domain,
                    XmlError,
                    "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or ranges \
                     not starting from 0 are not allowed"
                );
            }
            if seen[id] && it.cells[id].memory > 0 {
                bail!(Domain, XmlError, "Duplicate NUMA cell info for cell id '{id}'");
            }
            seen[id] = true;
            it.read_cell(id, cell)?;
        }
        let interconnects = element.child("interconnects").into_iter().flat_map(Element::children);
        for child in interconnects.filter(|c| matches!(&*c.name, "latency" | "bandwidth")) {
            it.interconnects.push(Interconnect::read(child)?);
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        for (id, cell) in self.cells.iter().enumerate() {
            w.element("cell", |w| cell.write(id, w));
        }
        w.maybe("interconnects", |w| self.interconnects.iter().for_each(|link| link.write(w)));
    }
}

impl Numa {
    fn read_cell(&mut self, id: usize, element: &Element) -> Result<()> {
        let cpus: Option<Bitmap> = attr(element, "cpus")?;
        let cpus = cpus.filter(|cpus| !cpus.is_empty());
        for (other, cell) in self.cells.iter().enumerate() {
            if let (Some(cpus), Some(theirs)) = (&cpus, &cell.cpus)
                && other != id
                && cpus.overlaps(theirs)
            {
                bail!(Domain, ConfigUnsupported, "NUMA cells {id} and {other} have overlapping vCPU ids");
            }
        }
        let Some(memory) = kib_attr(element, "memory", "unit")? else {
            bail!(Xml, XmlError, "missing element or attribute './@memory'")
        };
        let caches = element.children().filter(|child| child.name == "cache").map(NumaCache::read);
        let caches = caches.collect::<Result<_>>()?;
        let access = attr(element, "memAccess")?;
        let discard = attr(element, "discard")?;
        let distances = std::mem::take(&mut self.cells[id].distances);
        self.cells[id] = NumaCell { cpus, memory, access, discard, distances, caches };
        if let Some(distances) = element.child("distances") {
            self.read_distances(id as u32, distances)?;
        }
        Ok(())
    }

    /// A distance that one side says holds for the other, too, unless that says another.
    fn read_distances(&mut self, cell: u32, element: &Element) -> Result<()> {
        let siblings: Vec<&Element> = element.children().filter(|child| child.name == "sibling").collect();
        if siblings.is_empty() {
            bail!(Domain, XmlError, "NUMA distances defined without siblings");
        }
        for sibling in siblings {
            let id = required(sibling, "id")?;
            if id as usize >= self.cells.len() {
                bail!(
                    Domain,
                    XmlError,
                    "'sibling_id {id}' does not refer to a valid cell within NUMA 'cell id {cell}'"
                );
            }
            let value = required(sibling, "value")?;
            if !(10..=255).contains(&value) || (id == cell) != (value == 10) {
                bail!(
                    Domain,
                    XmlError,
                    "'value {value}' is invalid for 'sibling id {id}' under NUMA 'cell id {cell}'"
                );
            }
            set_distance(&mut self.cells[cell as usize].distances, cell, id, value, true);
            set_distance(&mut self.cells[id as usize].distances, id, cell, value, false);
        }
        Ok(())
    }

    /// All memory in KiB.
    pub fn memory(&self) -> u64 {
        self.cells.iter().map(|cell| cell.memory).sum()
    }
}

/// Notes a distance of the node `own`, which is 10 from itself.
fn set_distance(distances: &mut Vec<(u32, u32)>, own: u32, id: u32, value: u32, again: bool) {
    if distances.is_empty() {
        distances.push((own, 10));
    }
    match distances.iter_mut().find(|(other, _)| *other == id) {
        Some((_, known)) if again => *known = value,
        Some(_) => {}
        None => distances.push((id, value)),
    }
    distances.sort_unstable();
}

impl NumaCell {
    fn write(&self, id: usize, w: &mut Writer) {
        w.attr("id", &id.to_string());
        w.attr_opt("cpus", self.cpus.as_ref().map(ToString::to_string).as_deref());
        w.attr("memory", &self.memory.to_string());
        w.attr("unit", "KiB");
        w.attr_opt("memAccess", self.access.map(MemoryAccess::as_str));
        w.attr_opt("discard", self.discard.map(YesNo::as_str));
        w.maybe("distances", |w| {
            for (id, value) in &self.distances {
                w.start("sibling");
                w.attr("id", &id.to_string());
                w.attr("value", &value.to_string());
                w.end();
            }
        });
        for cache in &self.caches {
            w.element("cache", |w| cache.write(w));
        }
    }
}

impl NumaCache {
    fn read(element: &Element) -> Result<Self> {
        let level = required(element, "level")?;
        if level == 0 {
            bail!(
                Xml,
                XmlError,
                "Invalid value for attribute 'level' in element 'cache': Zero is not permitted"
            );
        }
        let Some(associativity) = attr(element, "associativity")? else {
            return Err(missing("associativity", "cache"));
        };
        let Some(policy) = attr(element, "policy")? else { return Err(missing("policy", "cache")) };
        let Some(size) = element.child("size") else {
            bail!(Xml, XmlError, "missing element or attribute './size/@value'")
        };
        let Some(size) = kib_attr(size, "value", "unit")? else {
            bail!(Xml, XmlError, "missing element or attribute './size/@value'")
        };
        let line = match element.child("line") {
            None => bail!(Xml, XmlError, "missing element or attribute './line/@value'"),
            Some(line) => {
                let text = line.attr("value").unwrap_or_default();
                let Ok(number) = text.parse() else {
                    bail!(Xml, XmlError, "Invalid value '{text}' for element or attribute './line/@value'")
                };
                super::memory::scale(number, line.attr("unit"), 1)?
            }
        };
        Ok(Self { level, associativity: Some(associativity), policy: Some(policy), size, line })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("level", &self.level.to_string());
        w.attr_opt("associativity", self.associativity.map(CacheAssociativity::as_str));
        w.attr_opt("policy", self.policy.map(CachePolicy::as_str));
        w.element("size", |w| {
            w.attr("value", &self.size.to_string());
            w.attr("unit", "KiB");
        });
        if self.line > 0 {
            w.element("line", |w| {
                w.attr("value", &self.line.to_string());
                w.attr("unit", "B");
            });
        }
    }
}

impl Interconnect {
    fn read(element: &Element) -> Result<Self> {
        let bandwidth = element.name == "bandwidth";
        let value = match bandwidth {
            true => match kib_attr(element, "value", "unit")? {
                Some(value) => value,
                None => bail!(Xml, XmlError, "missing element or attribute './@value'"),
            },
            false => match attr(element, "value")? {
                Some(value) => value,
                None => return Err(missing("value", &element.name)),
            },
        };
        let (initiator, target) = (required(element, "initiator")?, required(element, "target")?);
        let cache = attr(element, "cache")?.unwrap_or(0);
        let Some(kind) = attr(element, "type")? else { return Err(missing("type", &element.name)) };
        Ok(Self { bandwidth, initiator, target, cache, kind: Some(kind), value })
    }

    fn write(&self, w: &mut Writer) {
        w.start(if self.bandwidth { "bandwidth" } else { "latency" });
        w.attr("initiator", &self.initiator.to_string());
        w.attr("target", &self.target.to_string());
        if self.cache > 0 {
            w.attr("cache", &self.cache.to_string());
        }
        w.attr_opt("type", self.kind.map(MemoryLatency::as_str));
        w.attr("value", &self.value.to_string());
        if self.bandwidth {
            w.attr("unit", "KiB");
        }
        w.end();
    }
}

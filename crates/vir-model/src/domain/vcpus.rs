//! `<vcpu>` and `<vcpus>`: how many processors there are, and which.

use super::{Placement, device};
use vir_base::{Bitmap, Result, err};
use vir_xml::{Content, Element, Writer, YesNo, element};

element! {
    /// Single processors.
    pub struct Vcpus "vcpus" {
        /// Each by its number.
        list vcpus "vcpu": Vec<VcpuState>,
    }
    /// A processor.
    pub struct VcpuState "vcpu" => settle {
        /// Its number, from 0.
        attr id "id": u32,
        /// Whether it is there.
        attr enabled "enabled": Option<YesNo>,
        /// Whether it can be plugged and unplugged.
        attr hotpluggable "hotpluggable": Option<YesNo>,
        /// When it is plugged, from 1.
        count order "order": Option<u32>,
    }
}

/// How many processors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vcpu {
    /// How they are placed on the host's.
    pub placement: Option<Placement>,
    /// Processors of the host that they run on.
    pub cpuset: Option<Bitmap>,
    /// How many are there now; all if nothing is said.
    pub current: Option<u32>,
    /// How many there can be.
    pub maximum: Option<u32>,
}

impl Content for Vcpu {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Vcpu::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let text = element.text();
        let Ok(maximum) = text.trim().parse::<u32>() else {
            return Err(err!(Domain, XmlError, "maximum vcpus count must be an integer")
                .with_hint(element.position.to_string()));
        };
        let placement = vir_xml::attr(element, "placement")?;
        let mut cpuset: Option<Bitmap> = None;
        if placement != Some(Placement::Auto) {
            cpuset = vir_xml::attr(element, "cpuset")?;
            if cpuset.as_ref().is_some_and(Bitmap::is_empty) {
                let text = element.attr("cpuset").unwrap_or_default();
                return Err(err!(Domain, ConfigUnsupported, "Invalid value of 'cpuset': {text}"));
            }
        }
        Ok(Self { placement, cpuset, current: vir_xml::attr(element, "current")?, maximum: Some(maximum) })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("placement", self.placement.map(Placement::as_str));
        w.attr_opt("cpuset", self.cpuset.as_ref().map(ToString::to_string).as_deref());
        w.attr_opt("current", self.current.map(|n| n.to_string()).as_deref());
        if let Some(maximum) = self.maximum {
            w.content(&maximum.to_string());
        }
    }
}

impl VcpuState {
    fn settle(&mut self, element: &Element) -> Result<()> {
        device::small::required(self.enabled.is_some(), "enabled", element)
    }
}

//! Devices of the host.

use super::network::outcome;
use crate::{Area, Case, Outcome};
use vir_base::Result;
use vir_model::nodedev::{Capability, NodeDevice, Origin};
use vir_xml::Format;

/// `nodedevxml2xml`.
pub struct NodeDevices;

fn round(case: &Case, xml: &str) -> Result<String> {
    let mut device = NodeDevice::parse(xml, Origin::Existing)?;
    for capability in &mut device.capabilities {
        // what the host's own look at a disk would add
        if let Capability::Storage(disk) = capability
            && disk.bytes() > 0
        {
            let size = if disk.removable.0.is_some() { 2048 } else { 512 };
            disk.set_blocks(size, disk.bytes() / size);
        }
    }
    let flags = case.param("format_flags").as_array().map_or(&[][..], Vec::as_slice);
    let inactive = flags.iter().any(|flag| flag == "VIR_NODE_DEVICE_XML_INACTIVE");
    if !inactive {
        device.activate();
    }
    Ok(device.to_document(Format { inactive, ..Format::default() }))
}

impl Area for NodeDevices {
    fn name(&self) -> &'static str {
        "nodedevxml2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        match case.file("input_xml") {
            Ok(input) => outcome(case, round(case, &input)),
            Err(error) => Outcome::Failed(error),
        }
    }
}

//! Values as they stand in a printed definition.

use vir_xml::{Element, Tree};

/// The value at a path: elements' names, then `@attribute`, or nothing for the text; `name?` is `yes` or `no`. What is
/// not there is `absent`.
pub(super) fn value(element: &Element, path: &str, absent: &str) -> String {
    let mut here = element;
    for step in path.split('/') {
        if let Some(attr) = step.strip_prefix('@') {
            return here.attr(attr).unwrap_or(absent).to_owned();
        }
        if let Some(name) = step.strip_suffix('?') {
            return if here.child(name).is_some() { "yes" } else { "no" }.to_owned();
        }
        match here.child(step) {
            Some(child) => here = child,
            None => return absent.to_owned(),
        }
    }
    here.text().into_owned()
}

/// How many children of that name there are.
pub(super) fn count_of(element: &Element, name: &str) -> String {
    element.children().filter(|child| child.name == name).count().to_string()
}

/// The children `name` of the child `outer`.
pub(super) fn inside<'a>(element: &'a Element<'a>, outer: &str, name: &str) -> Vec<&'a Element<'a>> {
    let outer = element.child(outer);
    outer.into_iter().flat_map(Element::children).filter(|child| child.name == name).collect()
}

/// The child of that name, or an empty element.
pub(super) fn named<'a>(element: &Element<'a>, name: &str) -> Element<'a> {
    element.child(name).cloned().unwrap_or_default()
}

/// The `<entry name='…'>` of that name.
pub(super) fn entry(block: &Element, name: &str) -> String {
    let wanted = |child: &&Element| child.name == "entry" && child.attr("name") == Some(name);
    block.children().find(wanted).map_or_else(|| "<null>".to_owned(), |found| found.text().into_owned())
}

fn number(element: &Element, path: &str) -> u64 {
    let text = value(element, path, "0");
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    // what we have printed is a number
    parsed.unwrap_or(0)
}

/// Memory that the guest starts with, in KiB: what is printed, without what is plugged.
pub(super) fn initial_memory(domain: &Element) -> u64 {
    let devices = domain.child("devices").into_iter().flat_map(Element::children);
    let plugged: u64 =
        devices.filter(|device| device.name == "memory").map(|device| number(device, "target/size")).sum();
    number(domain, "memory").saturating_sub(plugged)
}

/// NUMA cells.
pub(super) fn cells(domain: &Element) -> Vec<Tree> {
    domain
        .child("cpu")
        .map_or_else(Vec::new, |cpu| inside(cpu, "numa", "cell").into_iter().map(Element::to_tree).collect())
}

/// The distance from a cell to another one.
pub(super) fn distance(cell: &Element, own: usize, other: usize) -> String {
    let siblings = inside(cell, "distances", "sibling");
    let id = other.to_string();
    let said = siblings.iter().find(|sibling| sibling.attr("id") == Some(&id)).and_then(|s| s.attr("value"));
    // ACPI's: 10 to itself, 20 to any other
    said.unwrap_or(if own == other { "10" } else { "20" }).to_owned()
}

/// Each virtual processor: whether it is there now, and in which order it came.
pub(super) fn vcpus(domain: &Element) -> Vec<(String, String)> {
    let all = usize::try_from(number(domain, "vcpu")).unwrap_or(0);
    let current = domain.child("vcpu").and_then(|vcpu| vcpu.attr("current")?.parse().ok()).unwrap_or(all);
    let listed = inside(domain, "vcpus", "vcpu");
    (0..all)
        .map(|index| match listed.get(index) {
            Some(vcpu) => (value(vcpu, "@enabled", "yes"), value(vcpu, "@order", "0")),
            None => (if index < current { "yes" } else { "no" }.to_owned(), "0".to_owned()),
        })
        .collect()
}

/// Prints an `<address>`.
type Print = fn(&Element) -> String;

/// What the peer calls addresses of a type, and how it prints one.
pub(super) fn address(kind: &str) -> Option<(&'static str, Print)> {
    fn joined(address: &Element, names: &[&str]) -> String {
        let numbers: Vec<String> = names.iter().map(|name| number(address, name).to_string()).collect();
        numbers.join(":")
    }
    Some(match kind {
        "pci" => ("PCI address", |a| {
            let [domain, bus, slot, function] =
                ["@domain", "@bus", "@slot", "@function"].map(|name| number(a, name));
            format!("{domain:04x}:{bus:02x}:{slot:02x}.{function}")
        }),
        "drive" => ("drive address", |a| joined(a, &["@controller", "@bus", "@unit"])),
        "virtio-serial" => ("virtio serial address", |a| joined(a, &["@controller", "@bus", "@port"])),
        "ccid" => ("ccid address", |a| joined(a, &["@controller", "@slot"])),
        "isa" => ("isa address", |a| joined(a, &["@iobase", "@irq"])),
        "dimm" => ("dimm slot", |a| number(a, "@slot").to_string()),
        "ccw" => ("CCW address", |a| {
            let [cssid, ssid, devno] = ["@cssid", "@ssid", "@devno"].map(|name| number(a, name));
            format!("{cssid:x}.{ssid:x}.{devno:04x}")
        }),
        _ => return None,
    })
}

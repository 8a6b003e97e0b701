//! Whether a guest would notice that one definition took the place of another.
//!
//! What a running guest has seen must not change under it: when it is saved and restored, migrated, or reverted to a
//! snapshot. Two definitions are compared as they are printed, by tables that say which values count and what the peer
//! says when they differ. All differences are found, each with its place; the peer's error is the first.

mod features;
mod tables;
mod values;

use super::Domain;
use tables::{Group, Row, SINGLES};
use values::{count_of, value};
use vir_base::{Error, err};
use vir_xml::{Element, Format, Tree};

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where: `devices/disk[2]/target/@bus`.
    pub place: String,
    /// What it is in the definition that the guest has.
    pub source: String,
    /// What it would be.
    pub target: String,
    /// The peer's words.
    pub message: String,
}

impl Difference {
    /// The error that the peer gives.
    pub fn error(&self) -> Error {
        let error = err!(Domain, ConfigUnsupported, "{}", self.message);
        error.with_hint(format!("{}: '{}' would become '{}'", self.place, self.source, self.target))
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The balloon may have changed since.
    pub skip_volatile: bool,
}

/// Refuses a definition that a guest of another one would notice.
///
/// # Errors
/// `VIR_ERR_CONFIG_UNSUPPORTED`, in the peer's words, with the place and both values.
pub fn check(source: &Domain, target: &Domain, options: Options) -> vir_base::Result<()> {
    differences(source, target, options)?.first().map_or(Ok(()), |first| Err(first.error()))
}

/// Everything that a guest of `source` would notice of `target`, in the order in which the peer looks.
///
/// # Errors
/// A definition does not read as it prints, which is a bug of the model.
pub fn differences(source: &Domain, target: &Domain, options: Options) -> vir_base::Result<Vec<Difference>> {
    let [source, target] = [source, target].map(|it| it.to_xml(Format { secure: true, ..Format::default() }));
    let (source, target) = (vir_xml::parse(&source, None)?, vir_xml::parse(&target, None)?);
    let mut found = Found { list: Vec::new() };
    found.rows("", &source, &target, tables::IDENTITY);
    found.memory(&source, &target, options);
    found.numa(&source, &target);
    found.vcpus(&source, &target);
    found.rows("", &source, &target, tables::OS);
    features::compare(&mut found, &source, &target);
    found.timers(&source, &target);
    found.rows("", &source, &target, tables::CPU);
    found.cpu_features(&source, &target);
    found.sysinfo(&source, &target);
    let empty = Element::default();
    let [source, target] = [&source, &target].map(|domain| domain.child("devices").unwrap_or(&empty));
    for group in tables::GROUPS {
        found.group(group, source, target);
    }
    for (element, message, counted) in SINGLES {
        found.single(element, message, *counted, source, target);
    }
    Ok(found.list)
}

/// The differences so far.
struct Found {
    list: Vec<Difference>,
}

impl Found {
    fn add(&mut self, place: String, source: &str, target: &str, message: String) {
        self.list.push(Difference { place, source: source.to_owned(), target: target.to_owned(), message });
    }

    /// Adds a difference if the values differ. `{t}` and `{s}` in the message are the values.
    fn values(&mut self, place: String, source: &str, target: &str, message: &str) {
        if source != target {
            let text = message.replace("{t}", target).replace("{s}", source);
            self.add(place, source, target, text);
        }
    }

    fn rows(&mut self, place: &str, source: &Element, target: &Element, rows: &[Row]) {
        for (path, absent, message) in rows {
            let [source, target] = [source, target].map(|element| value(element, path, absent));
            self.values(format!("{place}{path}"), &source, &target, message);
        }
    }

    /// Devices of one sort, one by one.
    fn group(&mut self, group: &Group, source: &Element, target: &Element) {
        let [source, target] = [source, target].map(|devices| {
            devices.children().filter(|child| child.name == group.element).collect::<Vec<_>>()
        });
        let counts = [&source, &target].map(|list| list.len().to_string());
        if counts[0] != counts[1] {
            // which of them are each other's nobody can say
            self.values(format!("devices/count({})", group.element), &counts[0], &counts[1], group.count);
            return;
        }
        for (index, (source, target)) in source.iter().zip(&target).enumerate() {
            let place = format!("devices/{}[{}]/", group.element, index + 1);
            self.rows(&place, source, target, group.rows);
            if group.virtio {
                self.rows(&place, source, target, tables::VIRTIO);
            }
            self.special(&place, source, target);
            self.address(&place, source, target);
        }
    }

    /// What of a device no row can say.
    fn special(&mut self, place: &str, source: &Element, target: &Element) {
        match &*source.name {
            "hostdev" => {
                let [from, to] = [source, target].map(|device| value(device, "@type", "usb"));
                let either = |kind: &str| matches!(kind, "pci" | "mdev");
                if from != to && !(either(&from) && either(&to)) {
                    let message = "Target host device subsystem type {t} is not compatible with source subsystem type {s}";
                    self.values(format!("{place}@type"), &from, &to, message);
                }
            }
            "channel" => match value(source, "target/@type", "").as_str() {
                "virtio" | "xen" => {
                    self.rows(
                        place,
                        source,
                        target,
                        &[("target/@name", "<null>", "Target channel name {t} does not match source {s}")],
                    );
                }
                "guestfwd" => {
                    let [from, to] = [source, target].map(|device| {
                        format!(
                            "{}:{}",
                            value(device, "target/@address", ""),
                            value(device, "target/@port", "")
                        )
                    });
                    self.values(
                        format!("{place}target"),
                        &from,
                        &to,
                        "Target channel addr {t} does not match source {s}",
                    );
                }
                _ => {}
            },
            "controller" => {
                let rows = match value(source, "@type", "").as_str() {
                    "virtio-serial" => tables::VIRTIO_SERIAL,
                    "usb" => tables::USB_CONTROLLER,
                    _ => &[],
                };
                self.rows(place, source, target, rows);
            }
            "memory" => self.rows(place, source, target, tables::memory_of(&value(source, "@model", ""))),
            _ => {}
        }
    }

    /// The device's place in the guest.
    fn address(&mut self, place: &str, source: &Element, target: &Element) {
        let [kind, other] = [source, target].map(|device| value(device, "address/@type", "none"));
        if kind != other {
            self.values(
                format!("{place}address/@type"),
                &kind,
                &other,
                "Target device address type {t} does not match source {s}",
            );
        } else if let Some((what, print)) = values::address(&kind) {
            let [from, to] = [source, target].map(|device| print(device.child("address").unwrap_or(device)));
            let message = format!("Target device {what} {{t}} does not match source {{s}}");
            self.values(format!("{place}address"), &from, &to, &message);
        }
        if kind == "dimm" && other == "dimm" {
            self.rows(place, source, target, tables::DIMM_BASE);
        }
        self.rows(
            place,
            source,
            target,
            &[("acpi/@index", "0", "Target ACPI index '{t}' does not match source '{s}'")],
        );
    }

    /// A device of which there is one at most.
    fn single(&mut self, element: &str, message: &str, counted: bool, source: &Element, target: &Element) {
        let [from, to] = [source, target].map(|devices| count_of(devices, element));
        if from != to {
            let text =
                if counted { message.replace("{t}", &to).replace("{s}", &from) } else { message.to_owned() };
            self.add(format!("devices/{element}"), &from, &to, text);
        } else if let Some(group) = tables::single(element) {
            self.group(group, source, target);
        }
    }

    fn memory(&mut self, source: &Element, target: &Element, options: Options) {
        // what is printed is all memory, with what is plugged
        let [from, to] = [source, target].map(|domain| values::initial_memory(domain).to_string());
        self.values("memory".into(), &from, &to, "Target domain max memory {t} does not match source {s}");
        if !options.skip_volatile {
            self.rows("", source, target, tables::BALLOON);
        }
        self.rows("", source, target, tables::MEMORY);
    }

    fn numa(&mut self, source: &Element, target: &Element) {
        let [from, to] = [source, target].map(values::cells);
        let counts = [&from, &to].map(|cells| cells.len().to_string());
        if counts[0] != counts[1] {
            let message = "Target NUMA node count '{t}' doesn't match source '{s}'";
            self.values("cpu/numa".into(), &counts[0], &counts[1], message);
            return;
        }
        for (index, (from, to)) in from.iter().zip(&to).enumerate() {
            let place = format!("cpu/numa/cell[{}]/", index + 1);
            let size = format!("Size of target NUMA node {index} ({{t}}) doesn't match source ({{s}})");
            let mask = format!("Processor mask of target NUMA node {index} doesn't match source");
            self.values(
                format!("{place}@memory"),
                &value(from, "@memory", "0"),
                &value(to, "@memory", "0"),
                &size,
            );
            self.values(format!("{place}@cpus"), &value(from, "@cpus", ""), &value(to, "@cpus", ""), &mask);
            for other in 0..counts[0].parse().unwrap_or(0) {
                let [one, two] = [from, to].map(|cell| values::distance(cell, index, other));
                let message = format!("Target NUMA distance from {index} to {other} doesn't match source");
                self.values(format!("{place}distances"), &one, &two, &message);
            }
        }
    }

    fn vcpus(&mut self, source: &Element, target: &Element) {
        self.rows(
            "",
            source,
            target,
            &[("vcpu", "1", "Target domain vCPU max {t} does not match source {s}")],
        );
        let [from, to] = [source, target].map(values::vcpus);
        for (index, (from, to)) in from.iter().zip(&to).enumerate() {
            let words = "differs between source and destination definitions";
            let place = format!("vcpus/vcpu[{}]/", index + 1);
            let state = format!("State of vCPU '{index}' {words}");
            self.values(format!("{place}@enabled"), &from.0, &to.0, &state);
            let order = format!("vcpu enable order of vCPU '{index}' {words}");
            self.values(format!("{place}@order"), &from.1, &to.1, &order);
        }
    }

    fn timers(&mut self, source: &Element, target: &Element) {
        let [from, to] = [source, target].map(|domain| values::inside(domain, "clock", "timer"));
        if from.len() != to.len() {
            let counts = [&from, &to].map(|list| list.len().to_string());
            self.values("clock".into(), &counts[0], &counts[1], "Target domain timers do not match source");
            return;
        }
        for (index, (from, to)) in from.iter().zip(&to).enumerate() {
            let place = format!("clock/timer[{}]/", index + 1);
            self.rows(&place, from, to, tables::TIMER);
            if value(from, "@name", "") == "tsc" {
                self.rows(&place, from, to, tables::TSC);
            }
        }
    }

    fn cpu_features(&mut self, source: &Element, target: &Element) {
        let [from, to] = [source, target].map(|domain| values::inside(domain, "cpu", "feature"));
        let counts = [&from, &to].map(|list| list.len().to_string());
        if counts[0] != counts[1] {
            let message = "Target CPU feature count {t} does not match source {s}";
            self.values("cpu/count(feature)".into(), &counts[0], &counts[1], message);
            return;
        }
        for (index, (from, to)) in from.iter().zip(&to).enumerate() {
            self.rows(&format!("cpu/feature[{}]/", index + 1), from, to, tables::CPU_FEATURE);
        }
    }

    fn sysinfo(&mut self, source: &Element, target: &Element) {
        let list = |domain: &Element| {
            domain.children().filter(|child| child.name == "sysinfo").map(Element::to_tree).collect()
        };
        let [from, to]: [Vec<Tree>; 2] = [source, target].map(list);
        if from.len() != to.len() {
            let counts = [&from, &to].map(|list| list.len().to_string());
            let message = "Target domain count of sysinfo does not match source";
            self.values("count(sysinfo)".into(), &counts[0], &counts[1], message);
            return;
        }
        for (from, to) in from.iter().zip(&to) {
            self.rows("sysinfo/", from, to, tables::SYSINFO);
            for (block, names) in tables::SMBIOS {
                let [from, to] = [from, to].map(|info| values::named(info, block));
                for (entry, description) in *names {
                    let [one, two] = [&from, &to].map(|block| values::entry(block, entry));
                    let message = format!("Target sysinfo {description} {{t}} does not match source {{s}}");
                    self.values(format!("sysinfo/{block}/{entry}"), &one, &two, &message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

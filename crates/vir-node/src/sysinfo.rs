//! What the host's firmware says of it, as `<sysinfo>`: read from what `dmidecode` prints, or from what the kernel of
//! a host without SMBIOS tells in `/proc`.
//!
//! The readers take texts; [`Node::sysinfo`](crate::Node::sysinfo) gets them.

use std::time::Duration;
use vir_base::command::Command;
use vir_base::{Result, bail, err};
use vir_host::Host;
use vir_model::domain::sysinfo::{Entries, Smbios};

/// What `dmidecode` is asked for: firmware, machine, boards, case, processors, its maker's texts, memory.
const TABLES: &str = "0,1,2,3,4,11,17";

/// Firmware is in no hurry, but tables are small.
const PATIENCE: Duration = Duration::from_secs(30);

/// Names of entries, and what is before their values in the output of `dmidecode`.
type Labels = &'static [(&'static str, &'static str)];

const BIOS: Labels = &[
    ("vendor", "Vendor: "),
    ("version", "Version: "),
    ("date", "Release Date: "),
    ("release", "BIOS Revision: "),
];
const SYSTEM: Labels = &[
    ("manufacturer", "Manufacturer: "),
    ("product", "Product Name: "),
    ("version", "Version: "),
    ("serial", "Serial Number: "),
    ("uuid", "UUID: "),
    ("sku", "SKU Number: "),
    ("family", "Family: "),
];
const BASE_BOARD: Labels = &[
    ("manufacturer", "Manufacturer: "),
    ("product", "Product Name: "),
    ("version", "Version: "),
    ("serial", "Serial Number: "),
    ("asset", "Asset Tag: "),
    ("location", "Location In Chassis: "),
];
const CHASSIS: Labels = &[
    ("manufacturer", "Manufacturer: "),
    ("version", "Version: "),
    ("serial", "Serial Number: "),
    ("asset", "Asset Tag: "),
    ("sku", "SKU Number: "),
];
const PROCESSOR: Labels = &[
    ("socket_destination", "Socket Designation: "),
    ("type", "Type: "),
    ("family", "Family: "),
    ("manufacturer", "Manufacturer: "),
    ("signature", "Signature: "),
    ("version", "Version: "),
    ("external_clock", "External Clock: "),
    ("max_speed", "Max Speed: "),
    ("status", "Status: "),
    ("serial_number", "Serial Number: "),
    ("part_number", "Part Number: "),
];
const MEMORY: Labels = &[
    ("size", "Size: "),
    ("form_factor", "Form Factor: "),
    ("locator", "Locator: "),
    ("bank_locator", "Bank Locator: "),
    ("type", "Type: "),
    ("type_detail", "Type Detail: "),
    ("speed", "Speed: "),
    ("manufacturer", "Manufacturer: "),
    ("serial_number", "Serial Number: "),
    ("part_number", "Part Number: "),
];

/// Reads what `dmidecode -q -t 0,1,2,3,4,11,17` printed. A line break in one of the maker's texts is printed as a dot:
/// `raw` gives a text with a dot again, by its number, as it is.
///
/// # Errors
/// The maker's texts are not numbered; what `raw` says.
pub fn of_dmi(text: &str, raw: &mut dyn FnMut(u32) -> Result<String>) -> Result<Smbios> {
    let one =
        |header: &str, labels| text.find(header).map(|at| labelled(&text[at..], labels)).unwrap_or_default();
    let mut it = Smbios {
        bios: one("BIOS Information", BIOS),
        system: one("System Information", SYSTEM),
        base_boards: sections(text, "Base Board Information")
            .map(|board| labelled(board, BASE_BOARD))
            .collect(),
        chassis: one("Chassis Information", CHASSIS),
        processors: sections(text, "Processor Information").map(|it| labelled(it, PROCESSOR)).collect(),
        memory: sections(text, "Memory Device").map(memory).collect(),
        oem_strings: oem_strings(text, raw)?,
    };
    for tables in [&mut it.base_boards, &mut it.processors, &mut it.memory] {
        tables.retain(|entries| !entries.is_empty());
    }
    Ok(it)
}

/// The text from each such header on.
fn sections<'a>(text: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(header).map(|(at, _)| &text[at..])
}

/// The values behind labels. As with the peer the first of each counts, even if it is another section's.
fn labelled(text: &str, labels: Labels) -> Entries {
    let value = |label: &str| {
        let (_, rest) = text.split_once(label)?;
        let (line, _) = rest.split_once('\n')?;
        Some(line.trim_ascii_end().to_owned()).filter(|line| !line.is_empty())
    };
    labels.iter().filter_map(|(name, label)| value(label).map(|value| (*name, value))).collect()
}

/// A memory device; nothing of one that is not there.
fn memory(text: &str) -> Entries {
    match text.split_once("Size: ") {
        Some((_, rest)) if rest.lines().next() == Some("No Module Installed") => vec![],
        _ => labelled(text, MEMORY),
    }
}

fn oem_strings(text: &str, raw: &mut dyn FnMut(u32) -> Result<String>) -> Result<Vec<String>> {
    let malformed = || err!(None, InternalError, "Malformed output of dmidecode");
    let mut strings = vec![];
    let Some((_, mut rest)) = text.split_once("OEM Strings") else { return Ok(strings) };
    while let Some((_, after)) = rest.split_once("String ") {
        let (line, next) = after.split_once('\n').ok_or_else(malformed)?;
        let (number, value) = line.split_once(':').ok_or_else(malformed)?;
        let number: u32 = number.parse().map_err(|_| malformed())?;
        rest = next;
        match value.get(1..).map(str::trim_ascii_end) {
            None | Some("") => {}
            Some(value) if value.contains('.') => strings.push(raw(number)?),
            Some(value) => strings.push(value.to_owned()),
        }
    }
    Ok(strings)
}

/// Reads `/proc/cpuinfo` of a Power host.
pub fn of_power(cpuinfo: &str) -> Smbios {
    let mut it = Smbios { system: platform(cpuinfo), ..Smbios::default() };
    for (key, value) in fields(cpuinfo) {
        match (key, it.processors.last_mut()) {
            ("processor", _) => it.processors.push(vec![("socket_destination", value)]),
            ("cpu", Some(processor)) => processor.push(("type", value)),
            ("revision", Some(processor)) => processor.push(("version", value)),
            _ => {}
        }
    }
    it
}

/// Reads `/proc/cpuinfo` of an ARM host.
pub fn of_arm(cpuinfo: &str) -> Smbios {
    let mut it = Smbios { system: platform(cpuinfo), ..Smbios::default() };
    let find = |name: &str| fields(cpuinfo).find(|(key, _)| *key == name).map(|(_, value)| value);
    // without a name of them there are none
    let Some(kind) = find("model name").or_else(|| find("Processor")) else { return it };
    let sockets = fields(cpuinfo).filter(|(key, _)| *key == "processor");
    it.processors =
        sockets.map(|(_, number)| vec![("socket_destination", number), ("type", kind.clone())]).collect();
    it
}

/// Reads `/proc/sysinfo` and `/proc/cpuinfo` of an s390 host.
///
/// # Errors
/// Something that is always there is not.
pub fn of_s390(sysinfo: &str, cpuinfo: &str) -> Result<Smbios> {
    let incomplete = || err!(None, InternalError, "/proc/sysinfo or /proc/cpuinfo is incomplete");
    let find = |text: &str, name: &str| {
        let mut fields = fields(text);
        fields.find(|(key, _)| *key == name).map(|(_, value)| value).ok_or_else(incomplete)
    };
    let system = vec![
        ("manufacturer", find(sysinfo, "Manufacturer")?),
        ("serial", find(sysinfo, "Sequence Code")?),
        ("family", find(sysinfo, "Type")?),
    ];
    let vendor = find(cpuinfo, "vendor_id")?;
    let (mut processors, mut number) = (vec![], None);
    for (key, value) in fields(cpuinfo) {
        if key.strip_prefix("processor ").is_some() {
            let part = |name: &str| {
                let mut parts = value.split(',').filter_map(|part| part.split_once('='));
                let part = parts.find(|(key, _)| key.trim() == name);
                part.map(|(_, value)| value.trim().to_owned()).ok_or_else(incomplete)
            };
            processors.push(vec![
                ("family", part("machine")?),
                ("manufacturer", vendor.clone()),
                ("version", part("version")?),
                ("serial_number", part("identification")?),
            ]);
        } else if key == "cpu number" {
            number = Some(value.parse::<usize>().map_err(|_| incomplete())?);
        } else if key == "cpu MHz static"
            && let Some(processor) = number.take().and_then(|number| processors.get_mut(number))
        {
            // before the serial number
            processor.insert(processor.len() - 1, ("max_speed", value));
        }
    }
    Ok(Smbios { system, processors, ..Smbios::default() })
}

/// What Power and ARM tell of the machine.
fn platform(cpuinfo: &str) -> Entries {
    let mut rest = fields(cpuinfo).skip_while(|(key, _)| *key != "platform").collect::<Vec<_>>().into_iter();
    let Some((_, family)) = rest.next() else { return vec![] };
    let rest = rest.as_slice();
    let find = |name: &str| rest.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let entries = [("version", find("machine")), ("serial", find("model")), ("family", Some(family))];
    entries.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

/// Lines of the form `key : value`.
fn fields(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim(), value.trim().to_owned()))
}

/// What the host says of itself.
pub(crate) fn read(host: &Host) -> Result<Smbios> {
    let arch = host.arch();
    let proc = |name: &str| {
        let path = format!("/proc/{name}");
        host.proc_text(name).map_err(|_| err!(None, InternalError, "Failed to open {path}"))
    };
    match arch.as_str() {
        "ppc" | "ppc64" | "ppc64le" => Ok(of_power(&proc("cpuinfo")?)),
        "s390" | "s390x" => of_s390(&proc("sysinfo")?, &proc("cpuinfo")?),
        "armv6l" | "armv7l" | "aarch64" => match dmidecode() {
            Ok(tables) if tables != Smbios::default() => Ok(tables),
            _ => Ok(of_arm(&proc("cpuinfo")?)),
        },
        _ => dmidecode(),
    }
}

/// Runs `dmidecode`.
fn dmidecode() -> Result<Smbios> {
    let mut command = Command::new("dmidecode");
    command.args(["-q", "-t", TABLES]);
    let text = command.run(PATIENCE)?.text();
    of_dmi(&text, &mut |number| {
        let mut command = Command::new("dmidecode");
        command.args(["--dump", "--oem-string", &number.to_string()]);
        let output = command.run(PATIENCE)?;
        // a number that there is not is a message, and no failure
        if output.stdout.is_empty() && !output.stderr.is_empty() {
            bail!(None, InternalError, "dmidecode has no OEM string {number}");
        }
        let text = output.text();
        Ok(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
    })
}

#[cfg(test)]
#[path = "sysinfo_tests.rs"]
mod tests;

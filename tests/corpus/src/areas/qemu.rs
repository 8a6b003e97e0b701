//! Domains of QEMU, as the capabilities of one emulator or another complete them.

use super::generic::Counting;
use crate::{Area, Case, Outcome};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use vir_base::Result;
use vir_driver_qemu::caps::document::{CapsDocument, Gic, YesNoDefault};
use vir_driver_qemu::caps::{Caps, Flag, arch_to_qemu};
use vir_driver_qemu::firmware::Installed;
use vir_driver_qemu::prepare::address::{HostDevice, HostPci};
use vir_driver_qemu::prepare::{Host, Swtpm, Terms};
use vir_model::domain::device::secure::TpmVersion;
use vir_model::domain::{Domain, ParseOptions, namespaces};
use vir_xml::Format;

/// `qemuxmlconf`: from document to document.
pub struct Config;

/// Documents are read once.
static DOCUMENTS: LazyLock<Mutex<HashMap<String, Arc<CapsDocument>>>> = LazyLock::new(Mutex::default);

/// The document of that path below `root`.
fn document(root: &Path, path: &str) -> std::result::Result<Arc<CapsDocument>, String> {
    let mut known = DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(document) = known.get(path) {
        return Ok(Arc::clone(document));
    }
    let text = std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    let document = CapsDocument::parse(&text).map_err(|error| format!("{path}: {}", error.message()))?;
    let document = Arc::new(document);
    known.insert(path.to_owned(), Arc::clone(&document));
    Ok(document)
}

/// A machine with another name goes by that one; its own is kept beside it.
fn strip_aliases(document: &mut CapsDocument) {
    let mut own = vec![];
    for machine in &mut document.machines {
        if let Some(alias) = machine.alias.take() {
            own.push(vir_driver_qemu::caps::document::Machine { default: None, ..machine.clone() });
            machine.name = alias;
        }
    }
    document.machines.extend(own);
}

fn words<'a>(case: &'a Case, name: &str) -> impl Iterator<Item = &'a str> {
    case.param(name).as_array().into_iter().flatten().filter_map(|word| word.as_str())
}

/// A flag by the name of its constant.
fn flag(constant: &str) -> Option<Flag> {
    let name = constant.strip_prefix("QEMU_CAPS_").unwrap_or(constant).replace('_', "");
    Flag::ALL.iter().copied().find(|flag| format!("{flag:?}").eq_ignore_ascii_case(&name))
}

/// The capabilities of a case.
pub fn caps(case: &Case) -> std::result::Result<Caps, String> {
    let which = case.param("caps");
    let path = which["file"].as_str().ok_or("the case has no capabilities")?;
    let read = document(&case.root, path)?;
    let mut document = CapsDocument::clone(&read);
    if which["strip_machine_aliases"].as_bool() == Some(true) {
        strip_aliases(&mut document);
    }
    let mut caps = Caps::of_document(&document);
    for name in words(case, "caps_add") {
        caps.flags.set(flag(name).ok_or_else(|| format!("no flag {name}"))?);
    }
    for name in words(case, "caps_remove") {
        caps.flags.clear(flag(name).ok_or_else(|| format!("no flag {name}"))?);
    }
    // on the cases' hosts, guests that can be hidden are
    caps.secure_guest = caps.flag(Flag::S390PvGuest) && caps.flag(Flag::MachineConfidentalGuestSupport);
    if let Some(gic) = case.text("gic") {
        let versions: &[u32] = match gic {
            "GIC_NONE" => &[],
            "GIC_V2" => &[2],
            "GIC_V3" => &[3],
            _ => &[2, 3],
        };
        let both = YesNoDefault(true);
        caps.gics = versions.iter().map(|v| Gic { version: *v, kernel: both, emulated: both }).collect();
    }
    Ok(caps)
}

/// The firmware that the cases' host has: links and masks are no part of the directory as it is stored.
fn installed(root: &Path) -> Installed {
    let area = root.join("qemufirmware");
    let pairs = [("OVMF/OVMF", ""), ("OVMF/OVMF", ".secboot"), ("AAVMF/AAVMF", ""), ("AAVMF/AAVMF32", "")];
    let pair = |(name, kind): &(&str, &str)| {
        (format!("/usr/share/{name}_CODE{kind}.fd"), format!("/usr/share/{name}_VARS.fd"))
    };
    Installed {
        directories: ["etc/qemu/firmware", "usr/share/qemu/firmware"].map(|part| area.join(part)).into(),
        pairs: pairs.iter().map(pair).collect(),
    }
}

/// The PCI devices that the cases' host has, with their groups.
fn pci() -> HostPci {
    const GROUPS: &[(&str, u32)] = &[
        ("0000:00:00.0", 0),
        ("0000:00:01.0", 1),
        ("0000:00:02.0", 2),
        ("0000:00:03.0", 3),
        ("0001:00:00.0", 4),
        ("0001:01:00.0", 5),
        ("0001:01:00.1", 5),
        ("0005:80:00.0", 6),
        ("0005:90:01.0", 7),
        ("0005:90:01.1", 7),
        ("0005:90:01.2", 7),
        ("0005:90:01.3", 7),
        ("0000:0a:01.0", 8),
        ("0000:0a:02.0", 8),
        ("0000:0a:03.0", 8),
        ("0000:06:12.0", 9),
        ("0000:06:12.1", 10),
        ("0000:06:12.2", 11),
        ("0021:de:1f.0", 12),
        ("0021:de:1f.1", 13),
        ("0000:01:00.0", 14),
        ("0000:02:00.0", 15),
        ("0000:03:00.0", 16),
    ];
    let device =
        |(name, group): &(&str, u32)| ((*name).to_owned(), HostDevice { express: true, group: Some(*group) });
    HostPci::Known(GROUPS.iter().map(device).collect())
}

/// The versions of trusted platform modules that the case's host emulates.
fn swtpm(case: &Case) -> Swtpm {
    let all = [TpmVersion::V1_2, TpmVersion::V2_0];
    let named = |version: &TpmVersion| words(case, "swtpm_versions").any(|word| word == version.as_str());
    let told = case.param("swtpm_versions").is_array();
    Swtpm::of(all.into_iter().filter(|version| !told || named(version)).collect())
}

/// What of the cases' host a definition depends on.
pub fn host(case: &Case, caps: &Caps) -> Host {
    let setting = |name: &str| case.param("driver_config")[name].as_bool().unwrap_or(false);
    let environment = |name: &str| case.param("env")[name].as_str().map(str::to_owned);
    Host {
        arch: case.text("host_arch_override").unwrap_or(&caps.arch).to_owned(),
        channels: [
            "/var/run/libvirt/qemu/channel",
            "/var/lib/libvirt/qemu/channel",
            "/etc/libvirt/qemu/channel",
        ]
        .map(str::to_owned)
        .into(),
        nvram: "/var/lib/libvirt/qemu/nvram".into(),
        pci: pci(),
        firmware: installed(&case.root),
        vnc_audio: setting("vncAllowHostAudio"),
        hidden_audio: setting("nogfxAllowHostAudio"),
        audio_driver: environment("QEMU_AUDIO_DRV"),
        sdl_driver: environment("SDL_AUDIODRIVER"),
        spice_tls: setting("spiceTLS"),
        rdp: true,
        swtpm: swtpm(case),
        address_bits: None,
    }
}

/// Reads and completes.
pub fn complete(xml: &str, terms: &Terms<'_>, options: ParseOptions) -> Result<Domain> {
    let mut def = Domain::parse_with(xml, options, namespaces::QEMU, "qemu")?;
    if options.live {
        def.id.get_or_insert(1337);
    }
    if let Some(kind) = &mut def.os.kind {
        kind.arch.get_or_insert_with(|| terms.host.arch.clone());
    }
    let emulator = format!("/usr/bin/qemu-system-{}", arch_to_qemu(def.os.arch()));
    def.devices.emulator.get_or_insert(emulator);
    terms.complete(&mut def, &mut Counting)?;
    Ok(def)
}

fn print(def: &Domain, inactive: bool) -> String {
    def.to_xml(Format { secure: true, inactive, ..Format::default() })
}

/// The newest capabilities of a PC's emulator, where a case names none.
pub fn latest(root: &Path) -> std::result::Result<Caps, String> {
    let read = document(root, "qemucapabilities/caps_10.0.0_x86_64.xml")?;
    let mut document = CapsDocument::clone(&read);
    strip_aliases(&mut document);
    Ok(Caps::of_document(&document))
}

fn round(case: &Case) -> std::result::Result<Outcome, String> {
    let caps = caps(case)?;
    let host = host(case, &caps);
    let abi_update = words(case, "parse_flags").any(|flag| flag == "VIR_DOMAIN_DEF_PARSE_ABI_UPDATE");
    let terms = Terms { caps: &caps, host: &host, abi_update };
    let done = complete(&case.file("input_xml")?, &terms, ParseOptions::default());
    if case.expect() == "parse-error" {
        return Ok(match done {
            Ok(_) => Outcome::Failed("it was accepted".into()),
            Err(error) => Outcome::of_texts(&case.file("expected_err")?, error.message()),
        });
    }
    let def = done.map_err(|error| error.message().to_owned())?;
    // what cannot be started need not print as it is expected to
    let Ok(expected) = case.file("expected_xml") else { return Ok(Outcome::Passed) };
    let first = Outcome::of_texts(&expected, &print(&def, true));
    if first != Outcome::Passed {
        return Ok(first);
    }
    let again = complete(&expected, &terms, ParseOptions::default())
        .map_err(|error| format!("read again: {}", error.message()))?;
    Ok(Outcome::of_texts(&expected, &print(&again, true)))
}

impl Area for Config {
    fn name(&self) -> &'static str {
        "qemuxmlconf"
    }

    fn run(&self, case: &Case) -> Outcome {
        if case.holds("input_missing") {
            return Outcome::NotRun("it has no document".into());
        }
        round(case).unwrap_or_else(Outcome::Failed)
    }
}

/// `qemuxmlactive2xml`: a running domain, printed as it runs and as it is stored.
pub struct Active;

fn active(case: &Case) -> std::result::Result<Outcome, String> {
    let caps = caps(case)?;
    let host = host(case, &caps);
    let terms = Terms { caps: &caps, host: &host, abi_update: false };
    let done = complete(&case.file("input_xml")?, &terms, ParseOptions { live: true });
    let def = done.map_err(|error| error.message().to_owned())?;
    match Outcome::of_texts(&case.file("expected_active")?, &print(&def, false)) {
        Outcome::Passed => Ok(Outcome::of_texts(&case.file("expected_inactive")?, &print(&def, true))),
        wrong => Ok(wrong),
    }
}

impl Area for Active {
    fn name(&self) -> &'static str {
        "qemuxmlactive2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        active(case).unwrap_or_else(Outcome::Failed)
    }
}

//! What reading a document settles, before any defaults: equivalent ways to say a thing become one.

use super::cpu::{CpuFallback, CpuMatch, CpuMode, FeaturePolicy};
use super::device::Devices;
use super::device::controller::{Controller, ControllerType};
use super::device::small::RngBackendModel;
use super::os::OsType;
use super::{Domain, VirtType, ordering};
use vir_base::{Result, bail};
use vir_xml::{Element, Node, Tree, YesNo};

/// Settles a definition that was just read.
///
/// # Errors
/// Controllers that exclude each other.
pub fn settle(domain: &mut Domain) -> Result<()> {
    kind(domain);
    cpu(domain);
    boot(domain);
    controllers(&mut domain.devices)?;
    super::pass::processors::settle_read(domain)?;
    devices(&mut domain.devices);
    Ok(())
}

/// What holds for each device by itself.
pub fn devices(devices: &mut Devices) {
    for rng in &mut devices.rngs {
        if let Some(backend) = &mut rng.backend
            && backend.model == Some(RngBackendModel::Random)
        {
            backend.path.get_or_insert_with(|| "/dev/random".into());
        }
    }
}

/// Xen's own kind of guest goes by an older name too, and is the one that a program finds something to boot for.
fn kind(domain: &mut Domain) {
    let kind = domain.os.os_type();
    if kind.is_none() && domain.bootloader.is_some()
        || kind == Some(OsType::Linux) && domain.virt_type() == VirtType::Xen
    {
        domain.os.kind.get_or_insert_default().value = Some(OsType::Xen);
        domain.os.keep_used();
    } else if kind == Some(OsType::Linux) {
        domain.os.keep_common();
    }
}

fn cpu(domain: &mut Domain) {
    let Some(cpu) = &mut domain.cpu else { return };
    let mode = cpu.mode.unwrap_or(CpuMode::Custom);
    let named = cpu.model.as_ref().is_some_and(|model| model.name.is_some());
    match mode {
        CpuMode::Custom if named => {
            cpu.mode = Some(mode);
            cpu.matching.get_or_insert(CpuMatch::Exact);
        }
        // the topology alone says nothing of the model; a check of none is refused later
        CpuMode::Custom => (cpu.mode, cpu.matching, cpu.deprecated_features) = (None, None, None),
        CpuMode::HostModel | CpuMode::HostPassthrough | CpuMode::Maximum => cpu.matching = None,
    }
    if matches!(mode, CpuMode::HostPassthrough | CpuMode::Maximum) {
        cpu.model = None;
        cpu.vendor = None;
    }
    if let Some(model) = &mut cpu.model {
        match named {
            true => _ = model.fallback.get_or_insert(CpuFallback::Allow),
            false => model.fallback = None,
        }
    }
    cpu.model.take_if(|model| model.name.is_none() && model.vendor_id.is_none());
    if let Some(topology) = &mut cpu.topology {
        topology.dies.get_or_insert(1);
        topology.clusters.get_or_insert(1);
    }
    for feature in &mut cpu.features {
        feature.policy.get_or_insert(FeaturePolicy::Require);
    }
    domain.cpu.take_if(|cpu| *cpu == Default::default());
}

fn boot(domain: &mut Domain) {
    if let Some(menu) = &mut domain.os.bootmenu
        && menu.enable != Some(YesNo::Yes)
    {
        menu.timeout = None;
    }
    domain.os.bootmenu.take_if(|menu| menu.enable.is_none());
}

/// Controllers in their order; USB is on or off, and a companion has a master.
fn controllers(devices: &mut Devices) -> Result<()> {
    let usb = |controller: &Controller| controller.is(ControllerType::Usb);
    let none = |controller: &Controller| controller.model.as_deref() == Some("none");
    let (mut off, mut on) = (0, 0);
    for controller in devices.controllers.iter().filter(|controller| usb(controller)) {
        *(if none(controller) { &mut off } else { &mut on }) += 1;
        if off > 1 || off == 1 && on > 0 {
            bail!(Domain, XmlDetail, "Can't add another USB controller: USB is disabled for this domain");
        }
    }
    if on > 0
        && !devices.controllers.iter().any(|controller| usb(controller) && controller.info.master.is_none())
    {
        bail!(Domain, XmlDetail, "No master USB controller specified");
    }
    let mut all = ordering::sorted(std::mem::take(&mut devices.controllers));
    // with their indexes known, masters can go before their companions
    devices.controllers = if ordering::number(&mut all) { ordering::sorted(all) } else { all };
    Ok(())
}

/// Programs keep one element a namespace in `<metadata>`: what has none, and all but the first of
/// each, go. `around` declares namespaces too.
pub fn metadata(around: &Element, metadata: &Element) -> Tree {
    let mut seen: Vec<String> = vec![];
    let mut kept = metadata.to_tree();
    kept.nodes.retain(|node| {
        let Node::Element(element) = node else {
            return matches!(node, Node::Text(text) if text.trim().is_empty());
        };
        let namespace =
            [element, metadata, around].into_iter().find_map(|scope| declared(scope, &element.name));
        match namespace {
            Some(uri) if !uri.is_empty() && !seen.iter().any(|other| other == uri) => {
                seen.push(uri.to_owned());
                true
            }
            _ => false,
        }
    });
    kept
}

/// The namespace that `scope` declares for a name's prefix.
fn declared<'a>(scope: &'a Element, name: &str) -> Option<&'a str> {
    match name.split_once(':') {
        Some((prefix, _)) => {
            let attr = scope.attrs.iter().find(|attr| attr.name.strip_prefix("xmlns:") == Some(prefix));
            attr.map(|attr| &*attr.value)
        }
        None => scope.attr("xmlns"),
    }
}

//! Features of the platform.

use super::Found;
use super::values::value;
use vir_xml::Element;

/// Those that are on or off, by an element or by its `state`.
const SWITCHES: &[&str] = &[
    "acpi",
    "pae",
    "hap",
    "viridian",
    "privnet",
    "kvm",
    "xen",
    "pvspinlock",
    "pmu",
    "vmport",
    "smm",
    "vmcoreinfo",
    "htm",
    "nested-hv",
    "ccf-assist",
    "ras",
    "ps2",
];

/// Those whose `value` counts.
const VALUES: &[&str] = &["cfpc", "sbbc", "ibs", "aia"];

const HYPERV: &[&str] = &[
    "relaxed",
    "vapic",
    "vpindex",
    "runtime",
    "synic",
    "stimer",
    "reset",
    "frequencies",
    "reenlightenment",
    "tlbflush",
    "ipi",
    "evmcs",
    "avic",
    "emsr_bitmap",
    "xmm_input",
];

const KVM: &[&str] = &["hidden", "hint-dedicated", "poll-control", "pv-ipi", "dirty-ring"];

const XEN: &[&str] = &["e820_host", "passthrough"];

/// `on`, `off`, or `default` if nothing is said.
fn switch(features: &Element, name: &str) -> String {
    match features.child(name) {
        Some(feature) => value(feature, "@state", "on"),
        None => "default".to_owned(),
    }
}

pub(super) fn compare(found: &mut Found, source: &Element, target: &Element) {
    let empty = Element::default();
    let [source, target] = [source, target].map(|domain| domain.child("features").unwrap_or(&empty));
    let both = |read: &dyn Fn(&Element) -> String| [read(source), read(target)];
    for name in SWITCHES {
        let [from, to] = both(&|features| switch(features, name));
        let message = format!("State of feature '{name}' differs: source: '{{s}}', destination: '{{t}}'");
        found.values(format!("features/{name}"), &from, &to, &message);
    }
    for (name, key, absent) in [
        ("capabilities", "policy", "default"),
        ("gic", "version", "none"),
        ("hpt", "resizing", "default"),
        ("apic", "eoi", "default"),
    ] {
        let policy_only = name == "capabilities";
        let [from, to] = both(&|features| {
            let state = switch(features, name);
            let more = value(features, &format!("{name}/@{key}"), absent);
            if policy_only { format!("{key}={more}") } else { format!("{state},{key}={more}") }
        });
        let message = format!("State of feature '{name}' differs: source: '{{s}}', destination: '{{t}}'");
        found.values(format!("features/{name}"), &from, &to, &message);
    }
    for name in VALUES {
        let [from, to] =
            both(&|features| format!("value={}", value(features, &format!("{name}/@value"), "none")));
        let message = format!("State of feature '{name}' differs: source: '{{s}}', destination: '{{t}}'");
        found.values(format!("features/{name}"), &from, &to, &message);
    }
    hyperv(found, source, target);
    let families = [("xen", "Xen", XEN), ("kvm", "KVM", KVM)];
    for (family, title, names) in families {
        // what is under a family that is off counts for nothing
        if switch(source, family) != "on" {
            continue;
        }
        for name in names {
            let [from, to] = both(&|features| value(features, &format!("{family}/{name}/@state"), "default"));
            let message =
                format!("State of {title} feature '{name}' differs: source: '{{s}}', destination: '{{t}}'");
            found.values(format!("features/{family}/{name}"), &from, &to, &message);
        }
    }
    let [from, to] = both(&|features| value(features, "xen/passthrough/@mode", "default"));
    let message = "'mode' of Xen passthrough feature differs: source: '{s}', destination: '{t}'";
    found.values("features/xen/passthrough/@mode".into(), &from, &to, message);
    smm(found, source, target);
}

fn hyperv(found: &mut Found, source: &Element, target: &Element) {
    if source.child("hyperv").is_none() {
        return;
    }
    let both = |path: &str, absent: &str| [source, target].map(|features| value(features, path, absent));
    for name in HYPERV {
        let [from, to] = both(&format!("hyperv/{name}/@state"), "default");
        let message = format!(
            "State of HyperV enlightenment feature '{name}' differs: source: '{{s}}', destination: '{{t}}'"
        );
        found.values(format!("features/hyperv/{name}"), &from, &to, &message);
    }
    let rows = [
        (
            "hyperv/spinlocks/@retries",
            "0",
            "HyperV spinlock retry count differs: source: '{s}', destination: '{t}'",
        ),
        ("hyperv/vendor_id/@value", "(null)", "HyperV vendor_id differs: source: '{s}', destination: '{t}'"),
        (
            "hyperv/stimer/direct/@state",
            "default",
            "State of HyperV stimer direct feature differs: source: '{s}', destination: '{t}'",
        ),
    ];
    for (path, absent, message) in rows {
        let [from, to] = both(path, absent);
        found.values(format!("features/{path}"), &from, &to, message);
    }
}

fn smm(found: &mut Found, source: &Element, target: &Element) {
    if switch(source, "smm") != "on" {
        return;
    }
    let said = |features: &Element| features.child("smm").is_some_and(|smm| smm.child("tseg").is_some());
    let [from, to] = [source, target].map(|f| if said(f) { "specified" } else { "not specified" });
    found.values("features/smm/tseg".into(), from, to, "SMM TSEG differs: source: {s}, destination: '{t}'");
    if from == to && from == "specified" {
        let [from, to] = [source, target]
            .map(|f| format!("{} {}", value(f, "smm/tseg", "0"), value(f, "smm/tseg/@unit", "B")));
        let message = "Size of SMM TSEG size differs: source: '{s}', destination: '{t}'";
        found.values("features/smm/tseg".into(), &from, &to, message);
    }
}

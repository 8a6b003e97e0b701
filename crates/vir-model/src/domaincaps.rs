//! `<domainCapabilities>`: what a hypervisor can give a guest of one kind.

use vir_xml::{YesNo, element};

element! {
    /// The document.
    pub struct DomainCapabilities "domainCapabilities" {
        leaf path "path": Option<String>,
        leaf domain "domain": Option<String>,
        leaf machine "machine": Option<String>,
        leaf arch "arch": Option<String>,
        child vcpu "vcpu": Option<VcpuMax>,
        child iothreads "iothreads": Option<Supported>,
        child os "os": Option<OsCaps>,
        child cpu "cpu": Option<CpuCaps>,
        child memory_backing "memoryBacking": Option<Choices>,
        child devices "devices": Option<DeviceCaps>,
        child features "features": Option<FeatureCaps>,
    }

    /// How many processors at most.
    pub struct VcpuMax "vcpu" { attr max "max": u32, }
    /// Whether something is there.
    pub struct Supported "" { attr supported "supported": Option<YesNo>, }
    /// Whether something is there, and its choices.
    pub struct Choices "" {
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
    }
    /// A choice by its name.
    pub struct Enum "enum" {
        attr name "name": String,
        leaves values "value": Vec<String>,
    }

    /// What can be booted.
    pub struct OsCaps "os" {
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
        child loader "loader": Option<LoaderCaps>,
    }
    /// Firmware images.
    pub struct LoaderCaps "loader" {
        attr supported "supported": Option<YesNo>,
        leaves values "value": Vec<String>,
        list enums "enum": Vec<Enum>,
    }

    /// Processors.
    pub struct CpuCaps "cpu" { list modes "mode": Vec<CpuMode>, }
    /// A way to choose one.
    pub struct CpuMode "mode" {
        attr name "name": String,
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
        list models "model": Vec<CpuModel>,
        leaf vendor "vendor": Option<String>,
        list features "feature": Vec<CpuFeature>,
    }
    /// A model.
    pub struct CpuModel "model" {
        attr usable "usable": Option<String>,
        attr vendor "vendor": Option<String>,
        attr deprecated "deprecated": Option<YesNo>,
        attr canonical "canonical": Option<String>,
        attr fallback "fallback": Option<String>,
        text name "": Option<String>,
    }
    /// A feature of the host's model.
    pub struct CpuFeature "feature" {
        attr policy "policy": Option<String>,
        attr name "name": String,
    }

    /// Devices.
    pub struct DeviceCaps "devices" {
        child disk "disk": Option<Choices>,
        child graphics "graphics": Option<Choices>,
        child video "video": Option<Choices>,
        child hostdev "hostdev": Option<Choices>,
        child rng "rng": Option<Choices>,
        child filesystem "filesystem": Option<Choices>,
        child tpm "tpm": Option<Choices>,
        child redirdev "redirdev": Option<Choices>,
        child channel "channel": Option<Choices>,
        child crypto "crypto": Option<Choices>,
        child interface "interface": Option<Choices>,
        child panic "panic": Option<Choices>,
    }

    /// Features.
    pub struct FeatureCaps "features" {
        child gic "gic": Option<Choices>,
        child vmcoreinfo "vmcoreinfo": Option<Supported>,
        child genid "genid": Option<Supported>,
        child backing_store_input "backingStoreInput": Option<Supported>,
        child backup "backup": Option<Supported>,
        child async_teardown "async-teardown": Option<Supported>,
        child ps2 "ps2": Option<Supported>,
        child sev "sev": Option<Supported>,
        child sgx "sgx": Option<Supported>,
        child hyperv "hyperv": Option<Choices>,
        child launch_security "launchSecurity": Option<Choices>,
    }
}

impl Supported {
    /// There or not.
    pub fn is(yes: bool) -> Self {
        Self { supported: Some(yes.into()) }
    }
}

impl Choices {
    /// Not there.
    pub fn none() -> Self {
        Self { supported: Some(YesNo::No), enums: vec![] }
    }

    /// There, with these choices.
    pub fn of(enums: &[(&str, &[&str])]) -> Self {
        Self {
            supported: Some(YesNo::Yes),
            enums: enums.iter().map(|(name, values)| Enum::of(name, values)).collect(),
        }
    }
}

impl Enum {
    /// A choice of `values`.
    pub fn of(name: &str, values: &[&str]) -> Self {
        Self { name: name.to_owned(), values: values.iter().map(|v| (*v).to_owned()).collect() }
    }
}

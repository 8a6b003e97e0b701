//! The machine itself: name, firmware, processor, memory, clock, what is booted.

use super::{Line, Object, escape};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::VirtType;
use vir_model::domain::clock::{ClockBasis, ClockOffset, TickPolicy, TimerName};
use vir_model::domain::cpu::{Cpu, CpuMode, FeaturePolicy};
use vir_model::domain::features::{IoApicDriver, State, is_off, is_on};
use vir_model::domain::os::LoaderType;
use vir_xml::{OnOff, YesNo};

pub(super) fn machine(line: &mut Line<'_>) -> Result<()> {
    let (def, caps) = (line.inputs.def, line.inputs.caps);
    let mut name = format!("guest={},", escape(&def.name));
    if line.inputs.config.keys.set_process_name {
        name += &format!("process=qemu:{},", escape(&def.name));
    }
    line.option("name", name + "debug-threads=on");
    line.flag("S");
    let key = line.inputs.dirs.lib.join("master-key.aes");
    line.json(
        "object",
        Object::of("qom-type", "secret")
            .with("id", "masterKey0")
            .with("format", "raw")
            .with("file", key.to_string_lossy()),
    );
    firmware_drives(line);
    machine_option(line)?;
    let accel = match def.virt_type() {
        VirtType::Kvm => "kvm",
        VirtType::Qemu => "tcg",
        other => bail!(Qemu, ConfigUnsupported, "the QEMU binary does not support {}", other.as_str()),
    };
    line.option("accel", accel);
    if let Some(cpu) = processor(def)? {
        line.option("cpu", cpu);
    }
    if let Some(loader) = def.os.loader.as_ref().filter(|l| l.kind != Some(LoaderType::Pflash))
        && let Some(path) = &loader.path
    {
        line.option("bios", path.as_str());
    }
    line.option("m", format!("size={}k", def.memory.kib));
    if let Some(region) =
        caps.on(def.virt_type()).machine(def.os.machine()).and_then(|m| m.default_ram_id.clone())
    {
        line.json(
            "object",
            Object::of("qom-type", "memory-backend-ram")
                .with("id", region)
                .with("size", def.memory.kib * 1024),
        );
    }
    if def.os.loader.as_ref().is_some_and(|l| l.secure == Some(YesNo::Yes)) {
        line.option("global", "driver=cfi.pflash01,property=secure,value=on");
    }
    line.option("overcommit", "mem-lock=off");
    line.option("smp", smp(def));
    line.option("uuid", def.uuid.to_string());
    if let Some(genid) = def.genid.as_ref().and_then(|g| g.0) {
        line.json(
            "device",
            Object::of("driver", "vmgenid").with("guid", genid.to_string()).with("id", "vmgenid0"),
        );
    }
    Ok(())
}

fn firmware_drives(line: &mut Line<'_>) {
    let os = &line.inputs.def.os;
    let Some(loader) = os.loader.as_ref().filter(|l| l.kind == Some(LoaderType::Pflash)) else { return };
    let Some(path) = loader.path.clone() else { return };
    let nvram = os.nvram.as_ref().and_then(|n| n.path.clone());
    let readonly = loader.readonly != Some(YesNo::No);
    line.json(
        "blockdev",
        Object::of("driver", "file")
            .with("filename", path)
            .with("node-name", "libvirt-pflash0-storage")
            .with("auto-read-only", true)
            .with("discard", "unmap"),
    );
    line.json(
        "blockdev",
        Object::of("node-name", "libvirt-pflash0-format")
            .with("read-only", readonly)
            .with("driver", "raw")
            .with("file", "libvirt-pflash0-storage"),
    );
    if let Some(nvram) = nvram {
        line.json(
            "blockdev",
            Object::of("driver", "file")
                .with("filename", nvram)
                .with("node-name", "libvirt-pflash1-storage")
                .with("read-only", false),
        );
    }
}

fn machine_option(line: &mut Line<'_>) -> Result<()> {
    let (def, caps) = (line.inputs.def, line.inputs.caps);
    let Some(machine) = caps.on(def.virt_type()).machine(def.os.machine()) else {
        bail!(
            Qemu,
            ConfigUnsupported,
            "Emulator '{}' does not support machine type '{}'",
            caps.binary.display(),
            def.os.machine()
        );
    };
    let mut text = format!("{},usb=off", def.os.machine());
    let features = def.features.clone().unwrap_or_default();
    let smm = features.smm.as_ref().map(|smm| State { state: smm.state });
    for (name, state) in [("vmport", &features.vmport), ("smm", &smm), ("i8042", &features.ps2)] {
        if state.is_some() {
            text += &format!(",{name}={}", if is_on(state) { "on" } else { "off" });
        }
    }
    if let Some(ioapic) = &features.ioapic {
        text += if ioapic.driver == Some(IoApicDriver::Qemu) {
            ",kernel_irqchip=split"
        } else {
            ",kernel_irqchip=on"
        };
    }
    let dump = match def.memory.dump_core {
        Some(wanted) => wanted == OnOff::On,
        None => line.inputs.config.keys.dump_guest_core,
    };
    let dump = if dump { "on" } else { "off" };
    text += &format!(",dump-guest-core={dump}");
    if let Some(region) = &machine.default_ram_id {
        text += &format!(",memory-backend={region}");
    }
    if def.os.loader.as_ref().is_some_and(|l| l.kind == Some(LoaderType::Pflash)) {
        text += ",pflash0=libvirt-pflash0-format";
        if def.os.nvram.as_ref().is_some_and(|n| n.path.is_some()) {
            text += ",pflash1=libvirt-pflash1-storage";
        }
    }
    if def.os.bios.as_ref().is_some_and(|b| b.useserial == Some(YesNo::Yes)) {
        text += ",graphics=off";
    }
    for timer in def.clock.iter().flat_map(|c| &c.timers) {
        if timer.name == Some(TimerName::Hpet)
            && let Some(present) = timer.present
        {
            text += if present == YesNo::Yes { ",hpet=on" } else { ",hpet=off" };
        }
    }
    if machine.acpi == Some(true) {
        text += if features.acpi { ",acpi=on" } else { ",acpi=off" };
    }
    line.option("machine", text);
    Ok(())
}

fn smp(def: &Domain) -> String {
    let max = def.max_vcpus();
    let now = def.vcpus();
    let mut text = now.to_string();
    if now != max {
        text += &format!(",maxcpus={max}");
    }
    match def.cpu.as_ref().and_then(|c| c.topology.as_ref()) {
        Some(t) => {
            text += &format!(",sockets={}", t.sockets);
            if let Some(dies) = t.dies {
                text += &format!(",dies={dies}");
            }
            if let Some(clusters) = t.clusters {
                text += &format!(",clusters={clusters}");
            }
            text += &format!(",cores={},threads={}", t.cores, t.threads);
        }
        None => text += &format!(",sockets={max},cores=1,threads=1"),
    }
    text
}

/// QEMU's name of a feature, where documents have another.
fn feature_name(name: &str) -> String {
    match name {
        "cmp_legacy" => "cmp-legacy".to_owned(),
        "tsc_adjust" => "tsc-adjust".to_owned(),
        other => other.replace('_', "-"),
    }
}

fn processor(def: &Domain) -> Result<Option<String>> {
    let Some(cpu) = &def.cpu else { return Ok(None) };
    let model = |cpu: &Cpu| cpu.model.as_ref().and_then(|m| m.name.clone());
    let mut text = match cpu.mode.unwrap_or(CpuMode::Custom) {
        CpuMode::HostPassthrough if def.virt_type() != VirtType::Kvm => {
            bail!(
                Qemu,
                ConfigUnsupported,
                "CPU mode 'host-passthrough' for {} {} domain on {} host is not supported by hypervisor",
                def.os.arch(),
                def.virt_type().as_str(),
                std::env::consts::ARCH
            )
        }
        CpuMode::HostPassthrough => "host".to_owned(),
        CpuMode::Maximum => "max".to_owned(),
        // the model that comes closest, as QEMU names it: no table of models is needed for that
        CpuMode::HostModel if def.virt_type() == VirtType::Kvm => "host".to_owned(),
        CpuMode::HostModel => "max".to_owned(),
        CpuMode::Custom => match model(cpu) {
            Some(name) => name,
            None => return Ok(None),
        },
    };
    if let (Some(CpuMode::HostPassthrough), Some(migratable)) = (cpu.mode, cpu.migratable) {
        text += if migratable == OnOff::On { ",migratable=on" } else { ",migratable=off" };
    }
    if let Some(vendor) = cpu.model.as_ref().and_then(|m| m.vendor_id.as_ref()) {
        text += &format!(",vendor={vendor}");
    }
    for feature in &cpu.features {
        let on = match feature.policy.unwrap_or(FeaturePolicy::Require) {
            FeaturePolicy::Force | FeaturePolicy::Require => "on",
            FeaturePolicy::Disable | FeaturePolicy::Forbid => "off",
            FeaturePolicy::Optional => continue,
        };
        text += &format!(",{}={on}", feature_name(&feature.name));
    }
    for timer in def.clock.iter().flat_map(|c| &c.timers) {
        match (timer.name, timer.present) {
            (Some(TimerName::Kvmclock), Some(present)) => {
                text += if present == YesNo::Yes { ",kvmclock=on" } else { ",kvmclock=off" };
            }
            (Some(TimerName::Hypervclock), Some(YesNo::Yes)) => text += ",hv-time=on",
            (Some(TimerName::Tsc), _) => {
                if let Some(frequency) = timer.frequency {
                    text += &format!(",tsc-frequency={frequency}");
                }
            }
            _ => {}
        }
    }
    let features = def.features.clone().unwrap_or_default();
    if let Some(eoi) = features.apic.as_ref().and_then(|a| a.eoi) {
        text += if eoi == OnOff::On { ",kvm-pv-eoi=on" } else { ",kvm-pv-eoi=off" };
    }
    if features.pvspinlock.is_some() {
        text += if is_on(&features.pvspinlock) { ",kvm-pv-unhalt=on" } else { ",kvm-pv-unhalt=off" };
    }
    if let Some(hyperv) = &features.hyperv {
        let stimer = hyperv.stimer.as_ref().map(|it| State { state: it.state });
        let tlbflush = hyperv.tlbflush.as_ref().map(|it| State { state: it.state });
        for (name, state) in [
            ("relaxed", &hyperv.relaxed),
            ("vapic", &hyperv.vapic),
            ("vpindex", &hyperv.vpindex),
            ("runtime", &hyperv.runtime),
            ("synic", &hyperv.synic),
            ("stimer", &stimer),
            ("reset", &hyperv.reset),
            ("frequencies", &hyperv.frequencies),
            ("reenlightenment", &hyperv.reenlightenment),
            ("tlbflush", &tlbflush),
            ("ipi", &hyperv.ipi),
            ("evmcs", &hyperv.evmcs),
        ] {
            if is_on(state) {
                text += &format!(",hv-{name}=on");
            }
        }
        if let Some(spinlocks) = hyperv.spinlocks.as_ref().filter(|s| s.state != Some(OnOff::Off)) {
            text += &format!(",hv-spinlocks=0x{:x}", spinlocks.retries.map_or(0x1fff, |retries| retries.0));
        }
    }
    if features.kvm.as_ref().is_some_and(|k| is_on(&k.hidden)) {
        text += ",kvm=off";
    }
    if features.pmu.is_some() {
        text += if is_off(&features.pmu) { ",pmu=off" } else { ",pmu=on" };
    }
    Ok(Some(text))
}

pub(super) fn monitor(line: &mut Line<'_>) {
    if line.inputs.def.devices.graphics.is_empty() {
        line.option("display", "none");
    }
    line.flag("no-user-config");
    line.flag("nodefaults");
    let number = line.listen(line.inputs.dirs.monitor());
    line.option("chardev", format!("socket,id=charmonitor,fd={number},server=on,wait=off"));
    line.option("mon", "chardev=charmonitor,id=monitor,mode=control");
}

pub(super) fn clock(line: &mut Line<'_>) -> Result<()> {
    let Some(clock) = &line.inputs.def.clock else {
        line.option("rtc", "base=utc");
        return Ok(());
    };
    let mut text = match clock.offset.unwrap_or(ClockOffset::Utc) {
        ClockOffset::Utc => "base=utc".to_owned(),
        ClockOffset::Localtime | ClockOffset::Timezone => "base=localtime".to_owned(),
        ClockOffset::Variable => {
            if clock.basis == Some(ClockBasis::Localtime) {
                bail!(Qemu, ConfigUnsupported, "unsupported clock basis 'localtime'");
            }
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let shift: i64 = clock.adjustment.as_deref().and_then(|a| a.parse().ok()).unwrap_or(0);
            format!("base={}", rtc_time((now.as_secs() as i64).saturating_add(shift)))
        }
        ClockOffset::Absolute => {
            format!("base={}", rtc_time(i64::try_from(clock.start.unwrap_or(0)).unwrap_or(i64::MAX)))
        }
    };
    for timer in clock.timers.iter().filter(|t| t.name == Some(TimerName::Rtc)) {
        if timer.tickpolicy == Some(TickPolicy::Catchup) {
            text += ",driftfix=slew";
        }
    }
    line.option("rtc", text);
    for timer in clock.timers.iter().filter(|t| t.name == Some(TimerName::Pit)) {
        let policy = match timer.tickpolicy {
            Some(TickPolicy::Delay) => "delay",
            Some(TickPolicy::Discard) => "discard",
            _ => continue,
        };
        line.option("global", format!("kvm-pit.lost_tick_policy={policy}"));
    }
    Ok(())
}

/// `2009-02-15T09:49:06`, of seconds since the epoch.
fn rtc_time(seconds: i64) -> String {
    let since = std::time::Duration::from_secs(seconds.max(0) as u64);
    let text = crate::process::log::timestamp(std::time::UNIX_EPOCH + since);
    text[..19].replace(' ', "T")
}

pub(super) fn power(line: &mut Line<'_>) {
    let def = line.inputs.def;
    line.flag("no-shutdown");
    let chip = match crate::prepare::Board::of(def) {
        crate::prepare::Board::Q35 => "ICH9-LPC",
        crate::prepare::Board::I440fx => "PIIX4_PM",
        _ => return,
    };
    let Some(pm) = &def.pm else { return };
    for (name, enabled) in [("disable_s3", &pm.mem), ("disable_s4", &pm.disk)] {
        if let Some(enabled) = enabled.as_ref().and_then(|e| e.enabled) {
            line.option("global", format!("{chip}.{name}={}", if enabled == YesNo::Yes { 0 } else { 1 }));
        }
    }
}

pub(super) fn boot(line: &mut Line<'_>) {
    let os = &line.inputs.def.os;
    let mut text = String::new();
    if let Some(menu) = &os.bootmenu
        && let Some(enable) = menu.enable
    {
        text += if enable == YesNo::Yes { "menu=on," } else { "menu=off," };
        if let (YesNo::Yes, Some(timeout)) = (enable, menu.timeout) {
            text += &format!("splash-time={timeout},");
        }
    }
    if let Some(timeout) = os.bios.as_ref().and_then(|b| b.reboot_timeout) {
        text += &format!("reboot-timeout={timeout},");
    }
    line.option("boot", text + "strict=on");
    for (name, value) in
        [("kernel", &os.kernel), ("initrd", &os.initrd), ("append", &os.cmdline), ("dtb", &os.dtb)]
    {
        if let Some(value) = value {
            line.option(name, value.as_str());
        }
    }
}

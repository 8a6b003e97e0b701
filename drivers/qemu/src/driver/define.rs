//! Definitions: made, changed, removed; and guests that exist only while they run.

use super::core::Core;
use super::start::{self, How};
use super::{ErrorDomain, save};
use crate::guest::job::{Kind, LongKind};
use crate::guest::{Guest, Job};
use crate::model::Domain;
use crate::prepare;
use crate::store;
use std::sync::Arc;
use vir_api::Caller;
use vir_api::constants::*;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Result, atomic, bail};
use vir_model::domain::{ParseOptions, namespaces};

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// A user has just given it: newer defaults may be chosen.
    New,
    /// A guest has been run by it, or may have been: it must not change under that.
    Old,
}

/// A document as a definition that can be stored and run.
pub(super) fn parse(core: &Core, xml: &str, age: Age) -> Result<Domain> {
    complete(core, Domain::parse_with(xml, ParseOptions::default(), namespaces::QEMU, "qemu")?, age)
}

/// Sets all that a definition leaves open.
pub(super) fn complete(core: &Core, mut def: Domain, age: Age) -> Result<Domain> {
    let binary = prepare::choose_emulator(&mut def)?;
    let caps = core.caps.get(&binary)?;
    let terms = prepare::Terms { caps: &caps, host: &core.prepare, abi_update: age == Age::New };
    let random = &mut vir_model::domain::defaults::Kernel;
    match age {
        Age::New => terms.complete(&mut def, random)?,
        // the next start checks it
        Age::Old => terms.settle(&mut def, random)?,
    }
    Ok(def)
}

/// The guest of a definition, and the turn to change it.
fn claim(core: &Core, api: &str, def: &Domain) -> Result<Job> {
    loop {
        let guest = core.guests.claim(&def.name, def.uuid)?;
        let job = guest.begin(api, Kind::Modify)?;
        // it may have gone while its turn was waited for
        if core.guests.holds(&guest) {
            return Ok(job);
        }
    }
}

/// `virDomainDefineXMLFlags`.
pub(super) fn define(core: &Core, caller: &Caller, xml: &str, flags: u32) -> Result<DomainRef> {
    check_flags(ErrorDomain::Qemu, flags, VIR_DOMAIN_DEFINE_VALIDATE, "qemuDomainDefineXMLFlags")?;
    if flags & VIR_DOMAIN_DEFINE_VALIDATE != 0 {
        vir_schema::require("domain", ErrorDomain::Domain, xml)?;
    }
    let def = parse(core, xml, Age::New)?;
    let job = claim(core, caller.api, &def)?;
    let guest = job.guest();
    if let Err(error) = store::config::save(&core.dirs, &def) {
        core.guests.drop_if_gone(guest);
        return Err(error);
    }
    let name = def.name.clone();
    let (dom, existed) = guest.update(|view| {
        let existed = view.config.replace(Arc::new(def)).is_some();
        view.autostart = store::config::autostart(&core.dirs, &name);
        view.autostart_once = store::config::autostart_once(&core.dirs, &name);
        view.managed_save = core.dirs.managed_save(&name).exists();
        (view.domain_ref(), existed)
    });
    let detail = if existed { VIR_DOMAIN_EVENT_DEFINED_UPDATED } else { VIR_DOMAIN_EVENT_DEFINED_ADDED };
    core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_DEFINED, detail);
    Ok(dom)
}

/// Changes the stored definition: on disk first, then for all to see.
pub(super) fn edit_config(
    core: &Core,
    job: &Job,
    change: impl FnOnce(&mut Domain) -> Result<()>,
) -> Result<()> {
    let mut def = Domain::clone(job.view().persistent()?);
    change(&mut def)?;
    store::config::save(&core.dirs, &def)?;
    job.guest().update(|view| view.config = Some(Arc::new(def)));
    Ok(())
}

/// `virDomainUndefineFlags`.
pub(super) fn undefine(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    let known = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        | VIR_DOMAIN_UNDEFINE_NVRAM
        | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
        | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        | VIR_DOMAIN_UNDEFINE_TPM
        | VIR_DOMAIN_UNDEFINE_KEEP_TPM;
    check_flags(ErrorDomain::Qemu, flags, known, "qemuDomainUndefineFlags")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    let Some(config) = view.config.clone() else {
        bail!(Qemu, OperationInvalid, "cannot undefine transient domain");
    };
    let image = core.dirs.managed_save(&view.name);
    if image.exists() {
        if flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE == 0 {
            bail!(Qemu, OperationInvalid, "Refusing to undefine while domain managed save image exists");
        }
        atomic::remove(&image)?;
    }
    if let Some(nvram) = config.os.nvram.as_ref().and_then(|n| n.path.as_ref())
        && std::path::Path::new(nvram).exists()
    {
        if flags & VIR_DOMAIN_UNDEFINE_NVRAM != 0 {
            atomic::remove(nvram)?;
        } else if flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM == 0 {
            bail!(Qemu, OperationInvalid, "cannot undefine domain with nvram");
        }
    }
    store::config::remove(&core.dirs, &view.name)?;
    let dom = guest.update(|view| {
        view.config = None;
        view.autostart = false;
        view.autostart_once = false;
        view.managed_save = false;
        view.domain_ref()
    });
    core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    core.guests.drop_if_gone(&guest);
    Ok(())
}

const START: u32 = VIR_DOMAIN_START_PAUSED
    | VIR_DOMAIN_START_AUTODESTROY
    | VIR_DOMAIN_START_BYPASS_CACHE
    | VIR_DOMAIN_START_FORCE_BOOT
    | VIR_DOMAIN_START_VALIDATE
    | VIR_DOMAIN_START_RESET_NVRAM;

fn how(caller: &Caller, flags: u32) -> How<'static> {
    How {
        paused: flags & VIR_DOMAIN_START_PAUSED != 0,
        auto_destroy: (flags & VIR_DOMAIN_START_AUTODESTROY != 0).then_some(caller.client),
        reset_nvram: flags & VIR_DOMAIN_START_RESET_NVRAM != 0,
        incoming: None,
        running_reason: VIR_DOMAIN_RUNNING_BOOTED,
    }
}

/// Tells that a guest was started.
fn tell_started(core: &Core, guest: &Guest, paused: bool) -> DomainRef {
    let dom = guest.view().domain_ref();
    core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    if paused {
        core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    }
    dom
}

/// `virDomainCreateXML`: a guest that exists only while it runs.
pub(super) fn create_xml(core: &Arc<Core>, caller: &Caller, xml: &str, flags: u32) -> Result<DomainRef> {
    let known = START & !VIR_DOMAIN_START_BYPASS_CACHE & !VIR_DOMAIN_START_FORCE_BOOT;
    check_flags(ErrorDomain::Qemu, flags, known, "qemuDomainCreateXML")?;
    if flags & VIR_DOMAIN_START_VALIDATE != 0 {
        vir_schema::require("domain", ErrorDomain::Domain, xml)?;
    }
    let def = Arc::new(parse(core, xml, Age::New)?);
    let job = loop {
        let guest = core.guests.claim(&def.name, def.uuid)?;
        let job = guest.begin_long(caller.api, LongKind::Start)?;
        if core.guests.holds(&guest) {
            break job;
        }
    };
    let guest = job.guest();
    if guest.view().active() {
        bail!(Qemu, OperationInvalid, "domain '{}' is already active", def.name);
    }
    if let Err(error) = start::start(core, &job, &def, &how(caller, flags)) {
        core.guests.drop_if_gone(guest);
        return Err(error);
    }
    Ok(tell_started(core, guest, flags & VIR_DOMAIN_START_PAUSED != 0))
}

/// `virDomainCreateWithFlags`: starts a defined guest, from its managed save if there is one.
pub(super) fn create(core: &Arc<Core>, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<DomainRef> {
    let known = START & !VIR_DOMAIN_START_VALIDATE;
    check_flags(ErrorDomain::Qemu, flags, known, "qemuDomainCreateWithFlags")?;
    let guest = core.find(dom)?;
    let job = guest.begin_long(caller.api, LongKind::Start)?;
    let view = guest.view();
    if view.active() {
        bail!(Qemu, OperationInvalid, "domain is already running");
    }
    let config = Arc::clone(view.persistent()?);
    let image = core.dirs.managed_save(&view.name);
    if image.exists() {
        if flags & VIR_DOMAIN_START_FORCE_BOOT == 0 {
            save::restore_managed(core, &job, &image, &how(caller, flags))?;
            return Ok(guest.view().domain_ref());
        }
        atomic::remove(&image)?;
        guest.update(|view| view.managed_save = false);
    }
    start::start(core, &job, &config, &how(caller, flags))?;
    Ok(tell_started(core, &guest, flags & VIR_DOMAIN_START_PAUSED != 0))
}

/// `virDomainSetAutostart`.
pub(super) fn set_autostart(core: &Core, api: &str, dom: &DomainRef, on: bool) -> Result<()> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    if view.config.is_none() {
        bail!(Qemu, OperationInvalid, "cannot set autostart for transient domain");
    }
    if view.autostart != on {
        store::config::set_autostart(&core.dirs, &view.name, on)?;
        guest.update(|view| view.autostart = on);
    }
    Ok(())
}

/// `virDomainSetAutostartOnce`.
pub(super) fn set_autostart_once(core: &Core, api: &str, dom: &DomainRef, on: bool) -> Result<()> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    if view.config.is_none() {
        bail!(Qemu, OperationInvalid, "cannot set autostart for transient domain");
    }
    if view.autostart_once != on {
        store::config::set_autostart_once(&core.dirs, &view.name, on)?;
        guest.update(|view| view.autostart_once = on);
    }
    Ok(())
}

/// `virDomainRename`.
pub(super) fn rename(core: &Core, api: &str, dom: &DomainRef, name: Option<&str>, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Qemu, flags, 0, "qemuDomainRename")?;
    let new = name.unwrap_or_default();
    if new.is_empty() || new.contains('/') {
        bail!(Qemu, InvalidArg, "domain name {new:?} is not a name");
    }
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    if view.config.is_none() {
        bail!(Qemu, OperationInvalid, "cannot rename a transient domain");
    }
    if view.active() {
        bail!(Qemu, OperationInvalid, "cannot rename active domain");
    }
    if view.state != VIR_DOMAIN_SHUTOFF {
        bail!(Qemu, OperationInvalid, "domain has to be shutoff before renaming");
    }
    if core.dirs.managed_save(&view.name).exists() {
        bail!(Qemu, OperationInvalid, "domain with a managed saved state can't be renamed");
    }
    if view.name == new {
        bail!(Domain, OperationInvalid, "Can't rename domain to itself");
    }
    core.guests.reserve_name(new, view.uuid)?;
    let mut def = Domain::clone(view.persistent()?);
    def.name = new.to_owned();
    // the new file first: a crash in between leaves two of one UUID, of which one wins at start
    let stored = store::config::save(&core.dirs, &def).and_then(|()| {
        if view.autostart {
            store::config::set_autostart(&core.dirs, new, true)?;
        }
        if view.autostart_once {
            store::config::set_autostart_once(&core.dirs, new, true)?;
        }
        Ok(())
    });
    if let Err(error) = stored {
        let _ = store::config::remove(&core.dirs, new);
        core.guests.release_name(new);
        return Err(error);
    }
    let old = view.domain_ref();
    let dom = guest.update(|view| {
        view.name = new.to_owned();
        view.config = Some(Arc::new(def));
        view.domain_ref()
    });
    core.guests.release_name(&old.name);
    store::config::remove(&core.dirs, &old.name)?;
    let _ = std::fs::rename(core.dirs.log(&old.name), core.dirs.log(new));
    core.post_lifecycle(&old, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    Ok(0)
}

//! The medium of a drive is changed, or taken out.

use super::super::core::Core;
use super::{host, live, run};
use crate::guest::Job;
use crate::hotplug::disk;
use crate::hotplug::plan::{Plan, Step};
use crate::monitor::Monitor;
use crate::process::undo::Undo;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::{Result, bail};
use vir_model::domain::device::LoneDevice;
use vir_model::domain::device::disk::Disk;

/// How long a guest is waited for to open its tray.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked meanwhile, though nothing was heard.
const LOOK: Duration = Duration::from_millis(200);

/// How often a guest may shut its tray again before the medium is out.
const TRIES: u32 = 5;

/// Puts the medium of `new` into the drive of `old`; with `force`, even if the guest has locked it.
pub(super) fn change(core: &Core, job: &Job, old: &Disk, new: &Disk, force: bool) -> Result<()> {
    let view = job.view();
    let running = view.running()?;
    let index = running.last_node + 1;
    let changed = disk::with_medium(old, new, index);
    let plan =
        live::with_inputs(core, running, &running.def, |inputs| disk::change_medium(inputs, old, &changed))?;
    let guest = Arc::clone(job.guest());
    let mut undo = Undo::default();
    host::get(core, &guest, &LoneDevice::Disk(Box::new(changed.clone())), &mut undo)?;
    // QEMU is asked even if the last that was heard of the tray is that it is open: what it tells of trays
    // comes in its own time
    let mut tries = 0;
    loop {
        tries += 1;
        if disk::has_tray(old) {
            open(job, old, force)?;
        }
        match run::plan(job, &plan) {
            // only its first step, which needs an open tray, leaves one that is shut
            Err(error) if tries < TRIES && disk::has_tray(old) && tray(job, old)? == Some(false) => {
                log::debug!("the guest has shut the tray of '{}' again: {error}", old.dst());
            }
            done => {
                done?;
                break;
            }
        }
    }
    undo.keep();
    guest.update_live(running.id, |live| {
        live.last_node = live.last_node.max(index);
        let def = Arc::make_mut(&mut live.def);
        if let Some(known) = def.devices.disks.iter_mut().find(|known| known.dst() == old.dst()) {
            let tray = known.target.as_ref().and_then(|target| target.tray);
            *known = changed;
            if let Some(target) = &mut known.target {
                target.tray = tray;
            }
        }
    });
    host::give_back(core, &guest, &LoneDevice::Disk(Box::new(old.clone())));
    core.save_status(&guest);
    Ok(())
}

/// Opens the tray, and waits until it is open unless it was forced.
fn open(job: &Job, drive: &Disk, force: bool) -> Result<()> {
    let Some(trays) = job.view().live.as_ref().map(|live| Arc::clone(&live.trays)) else { return Ok(()) };
    trays.clear();
    let step = Step { tell: disk::open_tray(drive, force), undo: None, may_fail: false };
    run::plan(job, &Plan { steps: vec![step] })?;
    if force {
        return Ok(());
    }
    let end = Instant::now() + PATIENCE;
    loop {
        if tray(job, drive)? == Some(true) {
            return Ok(());
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            bail!(Qemu, OperationFailed, "timed out waiting to open tray of '{}'", drive.dst());
        }
        trays.wait(left.min(LOOK), |open| open);
        trays.clear();
    }
}

/// Whether the tray is open, if QEMU says.
fn tray(job: &Job, drive: &Disk) -> Result<Option<bool>> {
    Ok(job.monitor(Monitor::query_block)?.get(drive.info.alias()).and_then(|known| known.tray_open))
}

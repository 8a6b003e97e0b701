//! Says a plan to a guest's monitor.

use crate::guest::Job;
use crate::hotplug::plan::{Plan, Tell};
use crate::monitor::Monitor;
use serde_json::Value;
use vir_base::Result;

/// Does a plan's steps; one that fails takes back those before it. Gives what QEMU answered to each.
///
/// # Errors
/// QEMU's, or that the guest is gone.
pub(super) fn plan(job: &Job, plan: &Plan) -> Result<Vec<Value>> {
    job.monitor(|monitor| {
        let mut answers = Vec::with_capacity(plan.steps.len());
        for (done, step) in plan.steps.iter().enumerate() {
            match say(monitor, &step.tell) {
                Ok(answer) => answers.push(answer),
                Err(error) if step.may_fail => {
                    log::warn!("{error}");
                    answers.push(Value::Null);
                }
                Err(error) => {
                    let undone = plan.steps[..done].iter().rev().filter_map(|step| step.undo.as_ref());
                    take_away(monitor, undone);
                    return Err(error);
                }
            }
        }
        Ok(answers)
    })
}

/// Takes away what is left of a device. What cannot be taken away stays behind, and is logged.
pub(super) fn remains(job: &Job, left: &[Tell]) {
    let done = job.monitor(|monitor| {
        take_away(monitor, left);
        Ok(())
    });
    if let Err(error) = done {
        log::warn!("{error}");
    }
}

fn take_away<'a>(monitor: &Monitor, tells: impl IntoIterator<Item = &'a Tell>) {
    for tell in tells {
        if let Err(error) = say(monitor, tell) {
            log::warn!("{error}");
        }
    }
}

fn say(monitor: &Monitor, tell: &Tell) -> Result<Value> {
    monitor.execute(tell.command, tell.arguments.clone())
}

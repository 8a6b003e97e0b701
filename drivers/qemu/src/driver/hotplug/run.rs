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
    job.monitor(|monitor| say_all(monitor, plan))
}

fn say_all(monitor: &Monitor, plan: &Plan) -> Result<Vec<Value>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotplug::plan::Step;
    use crate::monitor::tests::fake;
    use serde_json::json;
    use std::sync::{Arc, Mutex};

    /// Says a plan to a QEMU that refuses `refused`; gives what it was told, and whether it went well.
    fn said(plan: &Plan, refused: &'static str) -> (Vec<String>, bool) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&told);
        let (_reactor, monitor, _events) = fake(move |command, id| {
            if command == "greeting" {
                return Some("{\"QMP\":{\"version\":{},\"capabilities\":[]}}\n".into());
            }
            if command != "qmp_capabilities" {
                seen.lock().unwrap().push(command.to_owned());
            }
            let answer = match command == refused {
                true => json!({"id": id, "error": {"class": "GenericError", "desc": "no"}}),
                false => json!({"id": id, "return": {}}),
            };
            Some(format!("{answer}\n"))
        });
        let monitor = monitor.unwrap().within(std::time::Duration::from_secs(20));
        let done = say_all(&monitor, plan).is_ok();
        let told = told.lock().unwrap().clone();
        (told, done)
    }

    fn step(command: &'static str, undo: Option<&'static str>) -> Step {
        Step { undo: undo.map(|undo| Tell::new(undo, json!({}))), ..Step::plain(command, json!({})) }
    }

    #[test]
    fn what_fails_is_taken_back_last_first() {
        let mut plan = Plan {
            steps: vec![
                step("object-add", Some("object-del")),
                step("blockdev-add", Some("blockdev-del")),
                step("device_add", None),
            ],
        };
        let whole = ["object-add", "blockdev-add", "device_add"].map(str::to_owned).to_vec();
        assert_eq!(said(&plan, "nothing"), (whole.clone(), true));
        let back = [whole.clone(), vec!["blockdev-del".into(), "object-del".into()]].concat();
        assert_eq!(said(&plan, "device_add"), (back, false));
        let first = vec!["object-add".to_owned()];
        assert_eq!(said(&plan, "object-add"), (first, false), "what was not made is not taken back");
        plan.steps[1].may_fail = true;
        assert_eq!(said(&plan, "blockdev-add"), (whole, true));
    }
}

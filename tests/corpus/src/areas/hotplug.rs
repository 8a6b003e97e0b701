//! `qemuhotplug`: devices that running guests are given and let go of: what documents say afterwards, and in which order
//! QEMU is told of what.

use super::generic::Counting;
use super::qemu::{caps, complete, host};
use crate::{Area, Case, Outcome};
use serde_json::Value;
use vir_driver_qemu::command::Inputs;
use vir_driver_qemu::config::Config;
use vir_driver_qemu::hotplug::chardev::{Chardev, chardev};
use vir_driver_qemu::hotplug::place::{Placed, place};
use vir_driver_qemu::hotplug::plan::Plan;
use vir_driver_qemu::hotplug::settle::{compatible, settle};
use vir_driver_qemu::hotplug::{change, graphics, unplug};
use vir_driver_qemu::model;
use vir_driver_qemu::prepare::{Terms, alias};
use vir_driver_qemu::process::dirs::GuestDirs;
use vir_model::domain::device::chardev::Console;
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::{Domain, ParseOptions, plug};
use vir_xml::Format;

/// Commands that ask what QEMU has, or hand it descriptors: the driver has its own ways.
const ASIDE: &[&str] = &["query-block", "getfd", "qom-list", "query-fdsets"];

/// How the driver says that it does not do something at all.
const UNSERVED: &[&str] = &["live attach of device", "in element 'source' is not supported"];

/// Devices of running guests.
pub struct Hotplug;

fn text(error: vir_base::Error) -> String {
    error.message().to_owned()
}

fn print(def: &Domain) -> String {
    def.to_xml(Format { secure: true, ..Format::default() })
}

/// What the case's monitor is told, in order.
fn told(case: &Case) -> Vec<String> {
    let all = case.param("monitor").as_array().cloned().unwrap_or_default();
    let names = all.iter().filter_map(|entry| entry["command"].as_str().map(str::to_owned));
    names.filter(|name| !ASIDE.contains(&name.as_str())).collect()
}

/// The terminal that the case's monitor makes.
fn pty(case: &Case) -> Option<String> {
    let all = case.param("monitor").as_array()?;
    let answers = all.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["reply"].as_str()?).ok());
    answers.into_iter().find_map(|answer| answer["return"]["pty"].as_str().map(str::to_owned))
}

fn commands(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.tell.command.to_owned()).collect()
}

/// Gives the device; also what QEMU is told.
fn attach(
    def: &Domain,
    device: LoneDevice,
    terms: &Terms<'_>,
) -> Result<(Domain, LoneDevice, Vec<String>), String> {
    let device = settle(def, device, terms, &mut Counting).map_err(text)?;
    compatible(def, &device, None, true).map_err(text)?;
    let Placed { mut device, controllers, def: mut new } =
        place(def, device, terms, &mut Counting).map_err(text)?;
    let mut said = vec![];
    for controller in &controllers {
        said.extend(commands(&plan(terms, &new, Device::Controller(controller), None)?));
    }
    match &mut device {
        LoneDevice::Disk(disk) if disk.path().is_some() => {
            model::number_disk(disk, model::last_node(def) + 1 - def.devices.disks.len() as u32);
        }
        LoneDevice::Channel(channel) => {
            model::prepare_channel(channel, &dirs());
            if let Some(target) = &mut channel.target {
                target.state = None;
            }
        }
        _ => {}
    }
    let name = device.as_device().info().and_then(|info| info.alias.clone());
    let at = (0..device.count(&new.devices)).find(|at| {
        let info = device.peer(&new.devices, *at).and_then(Device::info);
        info.is_some_and(|info| info.alias == name)
    });
    if let Some(at) = at {
        device.clone().replace_peer(&mut new.devices, at);
    }
    let end = match device.as_device().char_source() {
        Some(source) => Some(chardev(source, name.as_deref().unwrap_or_default()).map_err(text)?),
        None => None,
    };
    said.extend(commands(&plan(terms, &new, device.as_device(), end.as_ref())?));
    Ok((new, device, said))
}

/// What QEMU is told to give a guest a device.
fn plan(terms: &Terms<'_>, def: &Domain, device: Device<'_>, end: Option<&Chardev>) -> Result<Plan, String> {
    let (dirs, config) = (dirs(), Config::default());
    let inputs =
        Inputs { def, caps: terms.caps, dirs: &dirs, config: &config, incoming: false, privileged: true };
    Plan::device(&inputs, device, end).map_err(text)
}

fn dirs() -> GuestDirs {
    GuestDirs {
        lib: "/var/lib/libvirt/qemu/domain-7".into(),
        channels: "/var/run/libvirt/qemu/channel/7-hotplug".into(),
    }
}

fn run(case: &Case) -> Result<Outcome, String> {
    let caps = caps(case)?;
    let host = host(case, &caps);
    let terms = Terms { caps: &caps, host: &host, abi_update: false };
    let mut def = complete(&case.file("domain_xml")?, &terms, ParseOptions { live: true }).map_err(text)?;
    def.id = Some(7);
    alias::assign(&mut def);
    let terms = Terms { abi_update: true, ..terms };
    let before = print(&def);
    let action = case.text("action").unwrap_or_default();
    let live = action != "attach";
    let device = Domain::parse_device(&case.file("device_xml")?, ParseOptions { live }).map_err(text)?;
    let same_commands = |said: &[String]| match told(case) == said {
        true => Outcome::Passed,
        false => Outcome::Failed(format!("told {said:?}, not {:?}", told(case))),
    };
    match action {
        "attach" => {
            let (mut new, device, said) = attach(&def, device, &terms)?;
            if let (LoneDevice::Console(console), Some(pty)) = (&device, pty(case)) {
                let own = |known: &&mut Console| known.info.alias == console.info.alias;
                let known = new.devices.consoles.iter_mut().find(own);
                known.into_iter().for_each(|known| known.source.set_path(Some(pty.clone())));
            }
            let printed = Outcome::of_texts(&case.file("expected_xml")?, &print(&new));
            Ok(if printed == Outcome::Passed { same_commands(&said) } else { printed })
        }
        "detach" => {
            let settled = settle(&def, device.clone(), &terms, &mut Counting).map_err(text)?;
            // the case before this one has given it, where the document does not have it
            let given = match plug::find(&def.devices, &settled).map_err(text)? {
                Some(_) => def,
                None => attach(&def, device.clone(), &terms)?.0,
            };
            let found = unplug::find(&given, &settled).map_err(text)?;
            let name = found.as_device().info().and_then(|info| info.alias.as_deref().map(str::to_owned));
            let end = match found.as_device().char_source() {
                Some(source) => Some(chardev(source, name.as_deref().unwrap_or_default()).map_err(text)?),
                None => None,
            };
            let plan = plan(&terms, &given, found.as_device(), end.as_ref());
            let mut said = vec!["device_del".to_owned()];
            // a guest that does not tell keeps it
            if case.expect() == "ok" {
                said.extend(plan?.remains().iter().map(|tell| tell.command.to_owned()));
            }
            Ok(same_commands(&said))
        }
        _ => {
            let settled = settle(&def, device, &terms, &mut Counting).map_err(text)?;
            let at = plug::find(&def.devices, &settled).map_err(text)?.ok_or("it is not there")?;
            match (&settled, settled.peer(&def.devices, at)) {
                (LoneDevice::Graphics(new), Some(Device::Graphics(old))) => {
                    let (changed, _) = graphics::change(old, new, None).map_err(text)?;
                    def.devices.graphics[at] = changed;
                }
                (LoneDevice::Disk(new), Some(Device::Disk(old))) => {
                    change::is_possible(new, old).map_err(text)?;
                }
                _ => return Ok(Outcome::NotRun("a kind that is not changed".into())),
            }
            Ok(Outcome::of_texts(&before, &print(&def)))
        }
    }
}

impl Area for Hotplug {
    fn name(&self) -> &'static str {
        "qemuhotplug"
    }

    fn run(&self, case: &Case) -> Outcome {
        if case.text("kind").is_some_and(|kind| kind != "device") || case.param("action") == &Value::Null {
            return Outcome::NotRun("processors are not plugged".into());
        }
        let refused = case.expect() == "fail" && case.text("action") == Some("attach");
        match run(case) {
            Err(_) if refused => Outcome::Passed,
            Ok(_) if refused => Outcome::Failed("it was accepted".into()),
            Err(why) if UNSERVED.iter().any(|words| why.contains(words)) => Outcome::NotRun(why),
            done => done.unwrap_or_else(Outcome::Failed),
        }
    }
}

//! A guest's definition as QEMU's command line. Pure: nothing is opened or made here; descriptors
//! that the process is to get are listed with their numbers, and made by whoever starts it.

mod chars;
mod disks;
mod displays;
mod machine;
mod others;

pub(crate) use others::{needs_tap, watchdog_action};

use crate::caps::Caps;
use crate::config::Config;
use crate::process::dirs::GuestDirs;
use serde_json::{Map, Value};
use std::os::fd::RawFd;
use std::path::PathBuf;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::Device;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::Disk;
use vir_model::domain::device::display::GraphicsType;
use vir_model::domain::device::info::{Address, DeviceInfo};

/// What a command line is made from.
pub struct Inputs<'a> {
    /// The definition of the instance, with aliases and places.
    pub def: &'a Domain,
    /// What the binary can do.
    pub caps: &'a Caps,
    /// The instance's directories.
    pub dirs: &'a GuestDirs,
    /// The driver's configuration.
    pub config: &'a Config,
    /// It waits for a saved state.
    pub incoming: bool,
    /// The daemon is the system's, not a user's.
    pub privileged: bool,
}

/// A command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The program.
    pub binary: PathBuf,
    /// Its whole environment.
    pub env: Vec<(String, String)>,
    /// Its arguments.
    pub args: Vec<String>,
    /// The descriptors that it is to get.
    pub passed: Vec<Passed>,
}

/// A descriptor that the process gets, under a number that its arguments name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// A socket that listens at a path.
    Listen {
        /// Number in the process.
        number: RawFd,
        /// Where it listens.
        path: PathBuf,
    },
}

impl Passed {
    /// Number in the process.
    pub fn number(&self) -> RawFd {
        match self {
            Self::Listen { number, .. } => *number,
        }
    }
}

/// Collects arguments.
pub(crate) struct Line<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    args: Vec<String>,
    passed: Vec<Passed>,
    parts: Vec<Part>,
}

/// An option whose value is an object: what a running QEMU can be given too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// The option, without its dash.
    pub(crate) option: String,
    /// The object.
    pub(crate) object: Map<String, Value>,
}

impl<'a> Line<'a> {
    fn new(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, args: Vec::new(), passed: Vec::new(), parts: Vec::new() }
    }

    /// An option and its value.
    fn option(&mut self, name: &str, value: impl Into<String>) {
        self.args.push(format!("-{name}"));
        self.args.push(value.into());
    }

    /// An option whose value is an object.
    fn json(&mut self, name: &str, object: Object) {
        self.parts.push(Part { option: name.to_owned(), object: object.0.clone() });
        self.option(name, Value::Object(object.0).to_string());
    }

    /// An option without a value.
    fn flag(&mut self, name: &str) {
        self.args.push(format!("-{name}"));
    }

    /// Has the process get a listening socket; gives its number.
    fn listen(&mut self, path: PathBuf) -> RawFd {
        let number = 3 + self.passed.len() as RawFd;
        self.passed.push(Passed::Listen { number, path });
        number
    }
}

/// An object whose members keep their order; absent values leave no member.
#[derive(Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// The properties of a device, object or back end of that kind.
    pub(crate) fn of(kind: &str, name: &str) -> Self {
        Self::default().with(kind, name)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn with_opt<T: Into<Value>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Where a device sits, as `bus` and `addr` or `port`.
    pub(crate) fn placed(self, def: &Domain, info: &DeviceInfo) -> Self {
        match &info.address {
            Some(Address::Pci(pci)) => {
                let function = match pci.function {
                    0 => String::new(),
                    f => format!(".0x{f:x}"),
                };
                self.with("bus", pci_bus(def, pci.bus))
                    .with_opt("multifunction", pci.multifunction)
                    .with("addr", format!("0x{:x}{function}", pci.slot))
                    .with_opt("acpi-index", info.acpi.as_ref().map(|a| a.index))
            }
            Some(Address::Usb { bus, port }) => {
                let bus = match bus {
                    0 => "usb.0".to_owned(),
                    n => format!("usb{n}.0"),
                };
                self.with("bus", bus).with_opt("port", port.clone())
            }
            Some(Address::Isa { iobase, irq }) => {
                self.with_opt("iobase", iobase.map(|v| v.0)).with_opt("irq", irq.map(|v| v.0))
            }
            _ => self,
        }
    }
}

/// The name of a PCI bus in QEMU: that of the controller of that number.
fn pci_bus(def: &Domain, bus: u32) -> String {
    let is = |c: &&Controller| c.is(ControllerType::Pci) && c.index() == bus;
    let controller = def.devices.controllers.iter().find(is);
    controller.and_then(|c| c.info.alias.clone()).unwrap_or_else(|| format!("pci.{bus}"))
}

/// What a device of the definition is made of in QEMU, in the order in which it is made; what leads to the host for
/// a character device is not among it.
///
/// # Errors
/// What this driver or this QEMU cannot do.
pub(crate) fn parts(inputs: &Inputs<'_>, device: Device<'_>) -> Result<Vec<Part>> {
    let mut line = Line::new(inputs);
    let boot = others::BootOrders::of(inputs.def);
    match device {
        Device::Disk(disk) => disks::disk(&mut line, disk, &boot)?,
        Device::Controller(controller) => others::one_controller(&mut line, controller)?,
        Device::Interface(interface) => others::interface(&mut line, interface, &boot)?,
        Device::Rng(rng) => others::rng(&mut line, rng)?,
        Device::Watchdog(watchdog) => others::watchdog(&mut line, watchdog)?,
        Device::Input(input) => displays::input(&mut line, input)?,
        Device::Serial(serial) => chars::serial(&mut line, serial),
        Device::Channel(channel) => chars::channel(&mut line, channel)?,
        Device::Console(console) => chars::virtio_console(&mut line, console),
        other => {
            bail!(Qemu, OperationUnsupported, "live attach of device '{}' is not supported", other.family())
        }
    }
    Ok(line.parts)
}

/// The block nodes of a disk's source, in the order in which they are made.
///
/// # Errors
/// What this driver or this QEMU cannot do.
pub(crate) fn nodes(inputs: &Inputs<'_>, disk: &Disk) -> Result<Vec<Part>> {
    let mut line = Line::new(inputs);
    disks::source(&mut line, disk)?;
    Ok(line.parts)
}

/// The command line of an instance.
///
/// # Errors
/// What this driver or this QEMU cannot do.
pub fn build(inputs: &Inputs<'_>) -> Result<CommandLine> {
    let mut line = Line::new(inputs);
    let boot = others::BootOrders::of(inputs.def);
    machine::machine(&mut line)?;
    machine::monitor(&mut line);
    machine::clock(&mut line)?;
    machine::power(&mut line);
    machine::boot(&mut line);
    others::controllers(&mut line)?;
    disks::disks(&mut line, &boot)?;
    others::interfaces(&mut line, &boot)?;
    chars::all(&mut line)?;
    displays::inputs(&mut line)?;
    displays::audios(&mut line)?;
    displays::graphics(&mut line)?;
    displays::videos(&mut line)?;
    displays::sounds(&mut line)?;
    others::watchdogs(&mut line)?;
    if inputs.incoming {
        line.option("incoming", "defer");
    }
    others::balloon(&mut line)?;
    others::rngs(&mut line)?;
    others::panics(&mut line)?;
    match inputs.config.keys.seccomp_sandbox {
        0 => line.option("sandbox", "off"),
        _ => {
            line.option("sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny")
        }
    }
    if inputs.config.keys.log_timestamp {
        line.option("msg", "timestamp=on");
    }
    let Line { args, passed, .. } = line;
    Ok(CommandLine { binary: inputs.caps.binary.clone(), env: environment(inputs), args, passed })
}

fn environment(inputs: &Inputs<'_>) -> Vec<(String, String)> {
    let mut env = vec![("LC_ALL".to_owned(), "C".to_owned())];
    for name in ["PATH", "USER", "LOGNAME"] {
        if let Ok(value) = std::env::var(name) {
            env.push((name.to_owned(), value));
        }
    }
    if inputs.privileged {
        let home = inputs.dirs.lib.to_string_lossy().into_owned();
        env.insert(env.len().min(2), ("HOME".to_owned(), home.clone()));
        for (name, below) in
            [("XDG_DATA_HOME", ".local/share"), ("XDG_CACHE_HOME", ".cache"), ("XDG_CONFIG_HOME", ".config")]
        {
            env.push((name.to_owned(), format!("{home}/{below}")));
        }
    } else {
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] {
            if let Ok(value) = std::env::var(name) {
                env.push((name.to_owned(), value));
            }
        }
    }
    let vnc = inputs.def.devices.graphics.iter().any(|g| g.kind == Some(GraphicsType::Vnc));
    if let Some(directory) = inputs.config.keys.vnc_sasl_dir.as_ref()
        && vnc
        && inputs.config.keys.vnc_sasl
    {
        env.push(("SASL_CONF_PATH".to_owned(), directory.clone()));
    }
    env
}

/// A value of an option that is a list of `name=value`: commas are doubled.
fn escape(value: &str) -> String {
    value.replace(',', ",,")
}

#[cfg(test)]
mod tests;

//! Attaching devices.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{ANY, CONFIG, CURRENT, Command, LIVE, PERSISTENT, domain, file};
use crate::shell::Shell;
use vir_api::constants::*;

/// `attach-device`: attach device from an XML file.
pub(crate) const ATTACH_DEVICE: Command = Command::new("attach-device", "attach device from an XML file")
    .describe("Attach device from an XML <file>.")
    .options(&[domain(ANY), file("XML file"), PERSISTENT, CONFIG, LIVE, CURRENT])
    .run(attach_device);

fn attach_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    attach(&dom, args, &xml, flags).context(|| format!("Failed to attach device from {from}"))?;
    shell.out.extra("Device attached successfully\n");
    Ok(())
}

/// What the commands that change devices by XML share: the domain, the file, and the states to change.
pub(super) fn device_change<'a>(shell: &mut Shell, args: &'a Args) -> Outcome<(Domain, &'a str, u32)> {
    let states = states(args)?;
    let dom = Domain::find(shell, args)?;
    let from = args.required("file")?;
    let flags = states.of(&dom, args);
    Ok((dom, from, flags))
}

/// Which states of a domain are to change, as far as options say.
pub(super) fn states(args: &Args) -> Outcome<States> {
    args.exclusive("persistent", "current")?;
    Ok(States(args.affect()?.flags()))
}

/// Flags that options give.
#[derive(Clone, Copy)]
pub(super) struct States(u32);

impl States {
    /// What options say, without a look at the domain.
    pub(super) fn asked(self, args: &Args) -> u32 {
        self.0 | if args.has("persistent") { VIR_DOMAIN_AFFECT_CONFIG } else { 0 }
    }

    /// For `--persistent`: for later, and for now if there is a now.
    pub(super) fn of(self, dom: &Domain, args: &Args) -> u32 {
        let now = args.has("persistent") && dom.is_active();
        self.asked(args) | if now { VIR_DOMAIN_AFFECT_LIVE } else { 0 }
    }
}

/// Attaches a device, by the function that has no flags where none are meant.
pub(super) fn attach(dom: &Domain, args: &Args, xml: &str, flags: u32) -> vir_base::Result<()> {
    match flags {
        0 if !args.has("current") => call!(dom.domain_attach_device(xml)),
        flags => call!(dom.domain_attach_device_flags(xml, flags)),
    }
}

/// Detaches a device, by the function that has no flags where none are meant.
pub(super) fn detach(dom: &Domain, args: &Args, xml: &str, flags: u32) -> vir_base::Result<()> {
    match flags {
        0 if !args.has("current") => call!(dom.domain_detach_device(xml)),
        flags => call!(dom.domain_detach_device_flags(xml, flags)),
    }
}

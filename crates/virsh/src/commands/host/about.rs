//! Who the host is: uri, version, hostname, sysinfo.

use crate::args::Args;
use crate::domain::ask;
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, flag};
use crate::shell::Shell;
use vir_base::ErrorCode;

/// `uri`: print the hypervisor canonical URI.
pub(crate) const URI: Command = Command::new("uri", "print the hypervisor canonical URI").run(uri);

/// `version`: show version.
pub(crate) const VERSION: Command = Command::new("version", "show version")
    .describe("Display the system version information.")
    .options(&[flag("daemon", "report daemon version too")])
    .run(version);

/// `hostname`: print the hypervisor hostname.
pub(crate) const HOSTNAME: Command = Command::new("hostname", "print the hypervisor hostname").run(hostname);

/// `sysinfo`: print the hypervisor sysinfo.
pub(crate) const SYSINFO: Command = Command::new("sysinfo", "print the hypervisor sysinfo")
    .describe("output an XML string for the hypervisor sysinfo, if available")
    .run(sysinfo);

/// The version of the library that this shell is part of.
const LIBRARY: u64 = 11_003_000;

fn uri(shell: &mut Shell, _: &Args) -> Outcome {
    let link = shell.session.link()?;
    shell.out.print(format!("{}\n", link.parts.uri));
    Ok(())
}

/// A version number as people write it.
fn dotted(version: u64) -> String {
    format!("{}.{}.{}", version / 1_000_000, version / 1000 % 1000, version % 1000)
}

fn version(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let kind = ask!(link.connect_get_type()).context(|| "failed to get hypervisor type")?;
    let library = dotted(LIBRARY);
    shell
        .out
        .print(format!("Compiled against library: libvirt {library}\nUsing library: libvirt {library}\n"));
    shell.out.print(format!("Using API: {kind} {library}\n"));
    match ask!(link.connect_get_version()) {
        Ok(0) => shell.out.print(format!("Cannot extract running {kind} hypervisor version\n")),
        Ok(version) => shell.out.print(format!("Running hypervisor: {kind} {}\n", dotted(version))),
        Err(error) if error.code() == ErrorCode::NoSupport => {}
        Err(error) => return Err(error).context(|| "failed to get the hypervisor version"),
    }
    if args.has("daemon") {
        match link.remote.as_ref().map_or(Ok(LIBRARY), |remote| remote.version()) {
            Ok(version) => shell.out.print(format!("Running against daemon: {}\n", dotted(version))),
            // said, but the rest stands
            Err(_) => shell.out.error("failed to get the daemon version"),
        }
    }
    Ok(())
}

fn hostname(shell: &mut Shell, _: &Args) -> Outcome {
    let link = shell.session.link()?;
    let name = ask!(link.connect_get_hostname()).context(|| "failed to get hostname")?;
    shell.out.print(format!("{name}\n"));
    Ok(())
}

fn sysinfo(shell: &mut Shell, _: &Args) -> Outcome {
    let link = shell.session.link()?;
    let xml = ask!(link.connect_get_sysinfo(0)).context(|| "failed to get sysinfo")?;
    shell.out.print(xml);
    Ok(())
}

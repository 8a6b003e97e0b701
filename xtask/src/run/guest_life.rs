//! The life of the guest that is shown: each step is a command that a person could type.

use std::fs;
use std::time::Duration;

use ferrovirt_tests::client::Virsh;
use ferrovirt_tests::console::Terminal;
use ferrovirt_tests::daemon::Daemon;
use ferrovirt_tests::guest::{Guest, UP};

use super::screen::Screen;
use crate::outcome::{Context as _, Outcome};
use crate::paths;

const NAME: &str = "demo";

/// How long the guest may take until it is up.
const BOOT: Duration = Duration::from_secs(40);

/// Takes a guest through its life under `daemon`, and shows it.
pub(super) fn show(
    screen: &Screen,
    daemon: &Daemon,
    virsh: &Virsh,
    guest: &Guest,
    domain_type: &str,
) -> Outcome {
    let xml = daemon.directory().join("guest.xml");
    fs::write(&xml, guest.domain_xml(NAME, domain_type))
        .context(format_args!("writing {}", xml.display()))?;
    let xml = xml.display().to_string();
    let say = |arguments: &[&str]| -> Outcome {
        screen.typed(&format!("virsh {}", arguments.join(" ")));
        screen.printed(&virsh.run(arguments)?);
        Ok(())
    };
    say(&["define", &xml])?;
    boot(screen, virsh)?;
    say(&["list"])?;
    say(&["dominfo", NAME])?;
    say(&["domstats", "--state", "--cpu-total", "--balloon", "--vcpu", "--interface", NAME])?;
    show_peer(screen, virsh)?;
    say(&["suspend", NAME])?;
    say(&["domstate", "--reason", NAME])?;
    say(&["resume", NAME])?;
    say(&["domstate", "--reason", NAME])?;
    say(&["shutdown", NAME])?;
    let off = screen.step("the guest shuts itself down", || {
        virsh.wait_for(&["domstate", "--reason", NAME], |state| state.starts_with("shut off"))
    })?;
    screen.typed(&format!("virsh domstate --reason {NAME}"));
    screen.printed(&off);
    if off.trim() != "shut off (shutdown)" {
        return Err(format!("the guest did not shut down by itself: {}", off.trim()));
    }
    say(&["undefine", NAME])?;
    say(&["list", "--all"])
}

/// Starts the guest and shows its console, live, until it says that it is up.
fn boot(screen: &Screen, virsh: &Virsh) -> Outcome {
    screen.typed(&format!("virsh start --console {NAME}"));
    let mut command = virsh.command(&["start", "--console", NAME]);
    let mut console = Terminal::start(&mut command).context("starting virsh start --console")?;
    console.read_until(UP, BOOT, &virsh.interrupted, |line| screen.console(line)).map_err(without_console)?;
    screen.console(UP);
    console.leave()?;
    screen.note("the guest is up; its console was left with Ctrl and ]");
    Ok(())
}

/// What went wrong, without the console's text: that stands on the screen already.
fn without_console(error: String) -> String {
    error.split_once(", after:\n").map(|(why, _)| why.to_owned()).unwrap_or(error)
}

/// Where libvirt's own virsh is installed, it shows the same guest, through the same daemon.
fn show_peer(screen: &Screen, virsh: &Virsh) -> Outcome {
    let Some(program) = paths::program("virsh").filter(|program| *program != virsh.program) else {
        return Ok(());
    };
    let peer = Virsh { program, ..virsh.clone() };
    screen.typed(&format!("{} list    # libvirt's own, version {}", peer.program.display(), version(&peer)?));
    screen.printed(&peer.run(&["list"])?);
    Ok(())
}

fn version(virsh: &Virsh) -> Outcome<String> {
    Ok(virsh.run(&["--version"])?.trim().to_owned())
}

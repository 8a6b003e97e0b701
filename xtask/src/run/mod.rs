//! `cargo xtask run`: the main job, shown to a person. A real Linux guest is defined, booted,
//! watched, suspended, resumed and shut down under a daemon of ours, and nothing is left behind.

mod guest_life;
mod screen;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ferrovirt_tests::client::Virsh;
use ferrovirt_tests::daemon::{Daemon, Kind, Mode};
use screen::Screen;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::guest::probe;
use crate::outcome::{Context as _, Outcome};
use crate::{guest, paths, programs, setup};

/// `cargo xtask run [--peer | --programs DIRECTORY]`: with `--peer` the C daemon and its virsh do the job, to
/// compare; with `--programs` those of a directory, and nothing is built.
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    let (peer, built) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (false, None),
        ["--peer"] => (true, None),
        ["--programs", directory] => (false, Some(PathBuf::from(directory))),
        _ => return Err("only --peer or --programs DIRECTORY is understood here".into()),
    };
    setup::ensure("run")?;
    let guest = guest::ensure()?;
    let screen = Screen::new();
    let accelerator = screen.step("what guests can use on this host", || probe::accelerator(&guest))?;
    screen.note(&format!("guests run with {accelerator}"));

    let (kind, virsh) = match (peer, built) {
        (true, _) => (Kind::Peer, paths::program("virsh").ok_or("there is no virsh on this host")?),
        (false, Some(directory)) => (Kind::Ours(directory.clone()), directory.join("virsh")),
        (false, None) => {
            programs::release()?;
            let directory = paths::target().join("release");
            (Kind::Ours(directory.clone()), directory.join("virsh"))
        }
    };

    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register(signal, Arc::clone(&interrupted)).context("watching for signals")?;
    }
    let started = Instant::now();
    let mode = if paths::is_root() { Mode::System } else { Mode::Session };
    let mut daemon = screen.step("a private daemon starts", || Daemon::start(&kind, mode))?;
    screen.note(&format!("in {} (pid {})", daemon.directory().display(), daemon.pid().unwrap_or_default()));
    let virsh = Virsh { program: virsh, uri: daemon.uri("qemu"), interrupted };
    let outcome = guest_life::show(&screen, &daemon, &virsh, &guest, accelerator.domain_type());
    let trouble = screen.step("everything is cleaned up", || clean_up(&mut daemon, outcome.is_ok()));
    outcome?;
    trouble?;
    screen.done(&format!("done in {:.1} s; nothing is left behind", started.elapsed().as_secs_f32()));
    Ok(())
}

/// Ends and removes everything. After a success there must be no guest left to end.
fn clean_up(daemon: &mut Daemon, success: bool) -> Outcome {
    let left: Vec<_> = daemon.guests().iter().map(|guest| guest.name.clone()).collect();
    let directory = daemon.directory().to_owned();
    let trouble = daemon.clean_up();
    if !trouble.is_empty() {
        return Err(trouble.join("\n"));
    }
    if success && !left.is_empty() {
        return Err(format!("guests were still running: {}", left.join(", ")));
    }
    let gone = !Path::new(&directory).exists();
    if gone { Ok(()) } else { Err(format!("{} is still there", directory.display())) }
}

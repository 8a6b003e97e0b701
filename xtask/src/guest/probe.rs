//! Whether guests can use KVM here: only when one has really booted with it.
//!
//! On some hosts `/dev/kvm` opens and virtual machines can be made, yet no Linux ever boots in
//! them. Only a boot within a deadline is believed; everything else means QEMU's own emulation.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use ferrovirt_tests::guest::{COMMAND_LINE, Guest, UP};

use crate::outcome::{Context as _, Outcome};
use crate::paths;

/// Under emulation the guest is up in about 3 s; where KVM takes much longer, it is no gain.
const DEADLINE: Duration = Duration::from_secs(8);

/// What runs a guest's instructions, and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Accelerator {
    /// KVM: the probe guest was up after this time.
    Kvm(Duration),
    /// QEMU's own emulation, for this reason.
    Tcg(String),
}

impl Accelerator {
    /// The `type` of a domain that uses it.
    pub(crate) fn domain_type(&self) -> &'static str {
        match self {
            Accelerator::Kvm(_) => "kvm",
            Accelerator::Tcg(_) => "qemu",
        }
    }
}

impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Accelerator::Kvm(time) => write!(f, "KVM (a probe guest booted in {:.1} s)", time.as_secs_f32()),
            Accelerator::Tcg(reason) => write!(f, "QEMU's emulation, TCG ({reason})"),
        }
    }
}

/// What guests can use on this host. The answer is kept until the host boots anew, since finding
/// out takes up to the deadline where KVM does not work.
pub(crate) fn accelerator(guest: &Guest) -> Outcome<Accelerator> {
    if let Err(error) = OpenOptions::new().read(true).write(true).open("/dev/kvm") {
        return Ok(Accelerator::Tcg(format!("/dev/kvm: {error}")));
    }
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let kept = paths::target().join("guest/accelerator");
    if let Ok(text) = fs::read_to_string(&kept)
        && let Some(answer) = text.strip_prefix(&boot).and_then(decode)
    {
        return Ok(answer);
    }
    let answer = probe(guest)?;
    fs::write(&kept, format!("{boot}{}", encode(&answer)))
        .context(format_args!("writing {}", kept.display()))?;
    Ok(answer)
}

fn encode(answer: &Accelerator) -> String {
    match answer {
        Accelerator::Kvm(time) => format!("kvm {}", time.as_millis()),
        Accelerator::Tcg(reason) => format!("tcg {reason}"),
    }
}

fn decode(text: &str) -> Option<Accelerator> {
    let (kind, rest) = text.trim_end().split_once(' ')?;
    match kind {
        "kvm" => Some(Accelerator::Kvm(Duration::from_millis(rest.parse().ok()?))),
        "tcg" => Some(Accelerator::Tcg(rest.to_owned())),
        _ => None,
    }
}

/// Boots the guest under KVM.
fn probe(guest: &Guest) -> Outcome<Accelerator> {
    let qemu = paths::program("qemu-system-x86_64").ok_or("qemu-system-x86_64 is not installed")?;
    let started = Instant::now();
    let mut child = Command::new(qemu)
        .args(["-M", "q35", "-accel", "kvm", "-cpu", "host", "-m", "256", "-no-reboot"])
        .args(["-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio", "-net", "none"])
        .arg("-kernel")
        .arg(&guest.kernel)
        .arg("-initrd")
        .arg(&guest.initramfs)
        .args(["-append", COMMAND_LINE])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting qemu-system-x86_64")?;
    let stdout = child.stdout.take().ok_or("QEMU has no output")?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let _ = sender.send(wait_for_marker(stdout));
    });
    let answer = match receiver.recv_timeout(DEADLINE) {
        Ok(true) => Accelerator::Kvm(started.elapsed()),
        Ok(false) => Accelerator::Tcg("under KVM the probe guest ended before it was up".into()),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Accelerator::Tcg(format!(
            "/dev/kvm is there, but under KVM no guest was up within {} s",
            DEADLINE.as_secs()
        )),
    };
    // It may have ended by itself; then there is nothing to kill.
    let _ = child.kill();
    child.wait().context("waiting for the probe guest")?;
    let _ = reader.join();
    Ok(answer)
}

/// Reads until the guest says that it is up; false when the output ends before that.
fn wait_for_marker(mut from: impl Read) -> bool {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(n) => seen.extend_from_slice(&buffer[..n]),
        }
        if seen.windows(UP.len()).any(|window| window == UP.as_bytes()) {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Accelerator, decode, encode, wait_for_marker};

    #[test]
    fn a_kept_answer_is_read_back() {
        for answer in [Accelerator::Kvm(Duration::from_millis(812)), Accelerator::Tcg("no /dev/kvm".into())] {
            assert_eq!(decode(&encode(&answer)), Some(answer));
        }
        assert_eq!(decode("hearsay"), None);
    }

    #[test]
    fn only_the_marker_counts_as_up() {
        assert!(wait_for_marker(&b"booting\r\nguest is up\r\n"[..]));
        assert!(!wait_for_marker(&b"Kernel panic"[..]));
    }
}

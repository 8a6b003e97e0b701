//! What the person sees: on a terminal with colour and a sign of life, elsewhere plain lines.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::outcome::Outcome;

const SIGNS_OF_LIFE: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const BOLD: &str = "1";
const DIM: &str = "2";
const GREEN: &str = "32";

/// Where the demonstration is shown.
pub(super) struct Screen {
    terminal: bool,
}

impl Screen {
    pub(super) fn new() -> Screen {
        Screen { terminal: io::stdout().is_terminal() }
    }

    /// Does `work`, with a sign of life while it lasts, and says how long it took.
    pub(super) fn step<T>(&self, what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let started = Instant::now();
        let (done, waiting) = mpsc::channel::<()>();
        let spinner = self.terminal.then(|| {
            let what = what.to_owned();
            thread::spawn(move || spin(&what, &waiting))
        });
        let outcome = work();
        drop(done);
        if let Some(spinner) = spinner {
            // It can only have ended.
            let _ = spinner.join();
        }
        let mark = if outcome.is_ok() { self.painted(GREEN, "✓") } else { "✗".to_owned() };
        say(&format!("{mark} {what} ({:.1} s)", started.elapsed().as_secs_f32()));
        outcome
    }

    /// A remark.
    pub(super) fn note(&self, text: &str) {
        say(&self.painted(DIM, &format!("  {text}")));
    }

    /// A command, as a person would type it.
    pub(super) fn typed(&self, line: &str) {
        say(&format!("\n$ {}", self.painted(BOLD, line)));
    }

    /// What a command printed.
    pub(super) fn printed(&self, text: &str) {
        say(text.trim_end());
    }

    /// A line of the guest's console.
    pub(super) fn console(&self, line: &str) {
        say(&self.painted(DIM, &format!("  | {line}")));
    }

    /// The end.
    pub(super) fn done(&self, text: &str) {
        say(&self.painted(GREEN, text));
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.terminal { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Shows that something is being done until the other end of `waiting` is gone.
fn spin(what: &str, waiting: &mpsc::Receiver<()>) {
    for sign in SIGNS_OF_LIFE.into_iter().cycle() {
        show(&format!("\r{sign} {what} "));
        match waiting.recv_timeout(Duration::from_millis(100)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    show("\r\x1b[K");
}

fn say(line: &str) {
    show(&format!("{line}\n"));
}

/// Shows text at once. Nobody may be looking any more: that must not keep us from cleaning up.
fn show(text: &str) {
    let mut out = io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

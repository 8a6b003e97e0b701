//! Where the shell's words go: standard output, standard error, and the log file.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

/// How much a debug line matters; those at or above the chosen level are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
#[allow(missing_docs)] // the names say it
pub enum Level {
    Debug = 0,
    Info = 1,
    Notice = 2,
    Warning = 3,
    Error = 4,
}

impl Level {
    /// The level of that number.
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::Debug, Self::Info, Self::Notice, Self::Warning, Self::Error]
            .into_iter()
            .find(|level| *level as i32 == number)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info | Self::Notice => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// The shell's output. A reader that goes away is not an error: the words are lost, the work goes on.
#[derive(Debug)]
pub struct Output {
    /// Leaves out what only people want: titles of tables, "Domain 'x' started", empty lines.
    pub quiet: bool,
    /// What debug lines are shown.
    pub debug: Level,
    /// The user's locale knows more than ASCII.
    pub utf8: bool,
    /// Name of the program, for the log file.
    pub program: String,
    log: Option<File>,
}

impl Output {
    /// Output of `program` to the terminal only.
    pub fn new(program: impl Into<String>) -> Self {
        Self { quiet: false, debug: Level::Error, utf8: locale_is_utf8(), program: program.into(), log: None }
    }

    /// Prints to standard output.
    pub fn print(&self, text: impl AsRef<str>) {
        self.write(text.as_ref().as_bytes());
    }

    /// Writes bytes to standard output, as they are.
    pub fn write(&self, bytes: &[u8]) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
    }

    /// Prints unless people want it quiet.
    pub fn extra(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// Prints "error: …" to standard error.
    pub fn error(&mut self, text: &str) {
        self.log(Level::Error, text);
        let _ = std::io::stderr().write_all(format!("error: {text}\n").as_bytes());
    }

    /// Prints a line for those who look for mistakes.
    pub fn trace(&mut self, level: Level, text: &str) {
        if level < self.debug {
            return;
        }
        self.log(level, text);
        let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
    }

    /// Copies errors and debug lines to that file from now on; false if it cannot be opened.
    pub fn log_to(&mut self, path: &str) -> bool {
        let opened = File::options().append(true).create(true).mode(0o644).open(path);
        self.log = opened.ok();
        self.log.is_some()
    }

    /// True while a log file is in use.
    pub fn is_logging(&self) -> bool {
        self.log.is_some()
    }

    fn log(&mut self, level: Level, text: &str) {
        let Some(file) = &mut self.log else { return };
        let line = format!(
            "[{} {} {}] {} {}\n",
            crate::clock::local_now("%Y.%m.%d %H:%M:%S"),
            self.program,
            std::process::id(),
            level.title(),
            text.trim_end_matches('\n')
        );
        if file.write_all(line.as_bytes()).is_err() {
            self.log = None;
            self.error("failed to write the log file");
        }
    }
}

/// As the C library decides it, without loading a locale: the first of the three variables that is
/// set names the character set after a dot.
fn locale_is_utf8() -> bool {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let set = name.split_once('.').map_or("", |(_, set)| set);
    let set = set.split('@').next().unwrap_or_default();
    set.eq_ignore_ascii_case("utf-8") || set.eq_ignore_ascii_case("utf8")
}

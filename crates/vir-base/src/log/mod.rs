//! Logging: levels, filters and outputs in the peer's grammar, settable at run time.
//!
//! Code logs with the macros of the `log` crate (`log::debug!`); this is what they lead to. A
//! message below the highest level that any filter asks for costs one load and a comparison.
//! Programs call [`init`]; libraries do not, except that `libvirt` does for its own process.

mod filter;
mod format;
mod journal;
mod output;

pub use format::date;

use crate::paths::Paths;
use crate::{Result, bail};
use filter::Filters;
use output::Output;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

/// How important a message is. The numbers are those of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
#[allow(missing_docs)] // the names say it
pub enum Priority {
    Debug = 1,
    Info = 2,
    Warning = 3,
    Error = 4,
}

impl Priority {
    /// From its number.
    pub fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Debug,
            2 => Self::Info,
            3 => Self::Warning,
            4 => Self::Error,
            _ => return None,
        })
    }

    /// From a number or a name, as in `LIBVIRT_DEBUG`.
    ///
    /// # Errors
    /// "Failed to set logging priority, argument '…' is invalid".
    pub fn parse(text: &str) -> Result<Self> {
        Ok(match text {
            "1" | "debug" => Self::Debug,
            "2" | "info" => Self::Info,
            "3" | "warning" => Self::Warning,
            "4" | "error" => Self::Error,
            _ => bail!(None, InvalidArg, "Failed to set logging priority, argument '{text}' is invalid"),
        })
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity that syslog and the journal know.
    fn syslog(self) -> u32 {
        match self {
            Self::Debug => 7,
            Self::Info => 6,
            Self::Warning => 4,
            Self::Error => 3,
        }
    }

    fn level(self) -> log::LevelFilter {
        match self {
            Self::Debug => log::LevelFilter::Trace,
            Self::Info => log::LevelFilter::Info,
            Self::Warning => log::LevelFilter::Warn,
            Self::Error => log::LevelFilter::Error,
        }
    }
}

impl From<log::Level> for Priority {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Error => Self::Error,
            log::Level::Warn => Self::Warning,
            log::Level::Info => Self::Info,
            log::Level::Debug | log::Level::Trace => Self::Debug,
        }
    }
}

struct Logger {
    filters: RwLock<Filters>,
    outputs: Mutex<Outputs>,
}

struct Outputs {
    list: Vec<Output>,
    /// Where messages go while `list` is empty.
    fallback: Output,
    /// What an empty setting means.
    default: Option<String>,
}

static LOGGER: LazyLock<Logger> = LazyLock::new(|| Logger {
    filters: RwLock::new(Filters::default()),
    outputs: Mutex::new(Outputs {
        list: Vec::new(),
        fallback: Output::stderr(Priority::Debug),
        default: None,
    }),
});

/// What the `log` crate is given: it wants something that lives for ever.
struct Facade;

impl log::Log for Facade {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let filters = LOGGER.filters.read().unwrap_or_else(PoisonError::into_inner);
        Priority::from(metadata.level()) >= filters.threshold(metadata.target())
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let message = format::Message::from_record(record);
        let mut outputs = outputs_locked();
        let Outputs { list, fallback, .. } = &mut *outputs;
        match list.is_empty() {
            true => fallback.write(&message),
            false => list.iter_mut().for_each(|output| output.write(&message)),
        }
    }

    fn flush(&self) {}
}

fn outputs_locked() -> MutexGuard<'static, Outputs> {
    LOGGER.outputs.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes this the place where messages go. Doing it again does nothing.
pub fn init() {
    static FACADE: Facade = Facade;
    if log::set_logger(&FACADE).is_ok() {
        apply(|_| {});
    }
}

fn apply(change: impl FnOnce(&mut Filters)) {
    let mut filters = LOGGER.filters.write().unwrap_or_else(PoisonError::into_inner);
    change(&mut filters);
    log::set_max_level(filters.lowest().level());
}

/// The level for what no filter speaks about.
pub fn priority() -> Priority {
    LOGGER.filters.read().unwrap_or_else(PoisonError::into_inner).default
}

/// Sets the level for what no filter speaks about; [`Priority::Warning`] at first.
pub fn set_priority(priority: Priority) {
    apply(|filters| filters.default = priority);
}

/// Sets the filters: `LEVEL:PART`, separated by spaces. The first whose part (`*` and `?` are
/// wildcards) occurs in the name of a message's source decides. Empty: no filters.
///
/// # Errors
/// What is wrong with which filter; the old ones then stay.
pub fn set_filters(text: &str) -> Result<()> {
    let list = filter::parse(text)?;
    apply(|filters| filters.set(list));
    Ok(())
}

/// The filters as text, in the peer's form: parts between `*`, a space behind each.
pub fn filters() -> String {
    LOGGER.filters.read().unwrap_or_else(PoisonError::into_inner).to_string()
}

/// How many filters there are.
pub fn filter_count() -> usize {
    LOGGER.filters.read().unwrap_or_else(PoisonError::into_inner).len()
}

/// Sets the outputs: `LEVEL:stderr`, `LEVEL:syslog:NAME`, `LEVEL:file:PATH`, `LEVEL:journald`,
/// separated by spaces. Empty: the default output, see [`set_default_output`].
///
/// # Errors
/// What is wrong with which output; the old ones then stay.
pub fn set_outputs(text: &str) -> Result<()> {
    let default = outputs_locked().default.clone();
    let text = match (text, default) {
        ("", None) => return Ok(()),
        ("", Some(default)) => default,
        (text, _) => text.to_owned(),
    };
    // opened before the lock is taken: what they do may log
    let list = output::parse(&text)?;
    outputs_locked().list = list;
    Ok(())
}

/// The outputs as text.
pub fn outputs() -> String {
    outputs_locked().list.iter().map(Output::to_string).collect::<Vec<_>>().join(" ")
}

/// How many outputs there are.
pub fn output_count() -> usize {
    outputs_locked().list.len()
}

/// Decides where a daemon logs that is not told: the journal where there is one and nobody sits at
/// a terminal, else a file in the background and standard error in the foreground.
///
/// # Errors
/// The directory of the file cannot be made.
pub fn set_default_output(daemon: &str, background: bool, paths: &Paths) -> Result<()> {
    let level = priority();
    let socket = Path::new(journal::SOCKET);
    let journal = rustix::fs::access(socket, rustix::fs::Access::WRITE_OK).is_ok();
    let text = if journal && (background || !std::io::stdin().is_terminal()) {
        // more than that and the journal slows us down
        format!("{}:journald", level.max(Priority::Info) as u32)
    } else if background {
        let file = paths.log_file(daemon);
        if let Some(dir) = file.parent().filter(|_| !paths.system) {
            crate::file::make_dirs(dir, 0o700)?;
        }
        format!("{}:file:{}", level as u32, file.display())
    } else {
        format!("{}:stderr", level as u32)
    };
    outputs_locked().default = Some(text);
    Ok(())
}

/// What [`set_default_output`] decided.
pub fn default_output() -> Option<String> {
    outputs_locked().default.clone()
}

/// Takes level, filters and outputs from `LIBVIRT_DEBUG`, `LIBVIRT_LOG_FILTERS` and
/// `LIBVIRT_LOG_OUTPUTS`, where they are set and not empty.
pub fn set_from_env() -> Result<()> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(text) = set("LIBVIRT_DEBUG") {
        set_priority(Priority::parse(&text)?);
    }
    if let Some(text) = set("LIBVIRT_LOG_FILTERS") {
        set_filters(&text)?;
    }
    if let Some(text) = set("LIBVIRT_LOG_OUTPUTS") {
        set_outputs(&text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test for all that is global, since it is.
    #[test]
    fn messages_go_where_they_should() {
        let dir = tempfile::tempdir().unwrap();
        let (all, errors) = (dir.path().join("all"), dir.path().join("errors"));
        init();
        set_filters("1:rpc.client 4:rpc").unwrap();
        assert_eq!(filters(), "1:*rpc.client* 4:*rpc* ");
        assert!(set_filters("1:x 9:y").is_err());
        assert_eq!(filter_count(), 2);
        let text = format!("1:file:{} 4:file:{}", all.display(), errors.display());
        set_outputs(&text).unwrap();
        assert!(set_outputs("1:file").is_err());
        assert_eq!(outputs(), text);
        assert_eq!(output_count(), 2);

        log::debug!(target: "vir_rpc::client", "seen {}", 1);
        log::warn!(target: "vir_rpc::server", "hidden");
        log::error!(target: "vir_rpc::server", "bad");
        log::info!(target: "vir_qemu::monitor", "hidden");
        set_outputs("1:stderr").unwrap();

        let read = |path| std::fs::read_to_string(path).unwrap();
        let all = read(all);
        let lines: Vec<_> = all.lines().collect();
        assert_eq!(lines.len(), 4, "{all}");
        assert!(lines[0].contains(": info : libvirt version: "), "{all}");
        assert!(lines[1].contains(": info : hostname: "), "{all}");
        assert!(lines[2].contains(": debug : ") && lines[2].ends_with(" : seen 1"), "{all}");
        assert!(lines[3].contains(": error : ") && lines[3].ends_with(" : bad"), "{all}");
        assert_eq!(read(errors).lines().count(), 3);

        set_filters("").unwrap();
        assert_eq!((filters(), filter_count()), (String::new(), 0));
        assert!(!log::log_enabled!(target: "vir_rpc::client", log::Level::Info));
        set_priority(Priority::Info);
        assert!(log::log_enabled!(target: "vir_rpc::client", log::Level::Info));
        set_priority(Priority::Warning);
        assert!(Priority::parse("7").unwrap_err().message().ends_with("argument '7' is invalid"));
    }
}

//! The types that keys have, and how each is read.

use vir_base::conf::{Conf, Value};
use vir_base::{Result, bail};

/// The type of a key's value.
pub(super) trait KeyValue: Sized {
    /// The value; `None` where the key is not set.
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>>;
}

impl KeyValue for bool {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        conf.bool(key)
    }
}

impl KeyValue for u32 {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        conf.u32(key)
    }
}

impl KeyValue for i32 {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        conf.i32(key)
    }
}

impl KeyValue for String {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(conf.string(key)?.map(str::to_owned))
    }
}

impl<T: KeyValue> KeyValue for Option<T> {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(T::read(conf, key)?.map(Some))
    }
}

impl KeyValue for Vec<String> {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        conf.strings(key, false)
    }
}

/// A list that may be a lone string as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings(pub Vec<String>);

impl KeyValue for Strings {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(conf.strings(key, true)?.map(Self))
    }
}

/// How a saved state is packed (`save_image_format`, …).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names of programs and formats
pub enum ImageFormat {
    #[default]
    Raw,
    Gzip,
    Bzip2,
    Xz,
    Lzop,
    Zstd,
    Sparse,
}

impl ImageFormat {
    /// The word in configuration files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzop => "lzop",
            Self::Zstd => "zstd",
            Self::Sparse => "sparse",
        }
    }
}

impl KeyValue for ImageFormat {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        use ImageFormat::*;
        let Some(text) = conf.string(key)? else { return Ok(None) };
        match [Raw, Gzip, Bzip2, Xz, Lzop, Zstd, Sparse].into_iter().find(|f| f.as_str() == text) {
            Some(format) => Ok(Some(format)),
            None => bail!(Qemu, ConfigUnsupported, "Invalid {key} '{text}'"),
        }
    }
}

/// Who writes down what QEMU says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdioHandler {
    /// The log daemon, which keeps files from growing without end.
    Logd,
    /// Nobody: QEMU writes to the file itself.
    File,
}

impl KeyValue for StdioHandler {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(match conf.string(key)? {
            None => None,
            Some("logd") => Some(Self::Logd),
            Some("file") => Some(Self::File),
            Some(other) => bail!(Qemu, ConfigUnsupported, "Unknown stdio handler {other}"),
        })
    }
}

/// Which threads may share a core with each other only (`sched_core`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // as in the file
pub enum SchedCore {
    #[default]
    None,
    Vcpus,
    Emulator,
    Full,
}

impl KeyValue for SchedCore {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(match conf.string(key)? {
            None => None,
            Some("none") => Some(Self::None),
            Some("vcpus") => Some(Self::Vcpus),
            Some("emulator") => Some(Self::Emulator),
            Some("full") => Some(Self::Full),
            Some(other) => bail!(Qemu, ConfigUnsupported, "Unknown sched_core value {other}"),
        })
    }
}

/// Which guests are meant when the daemon ends with the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // as in the file
pub enum ShutdownScope {
    #[default]
    None,
    Persistent,
    Transient,
    All,
}

impl KeyValue for ShutdownScope {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        Ok(match conf.string(key)? {
            None => None,
            Some("none") => Some(Self::None),
            Some("persistent") => Some(Self::Persistent),
            Some("transient") => Some(Self::Transient),
            Some("all") => Some(Self::All),
            Some(other) => bail!(Qemu, InvalidArg, "unknown {key} '{other}'"),
        })
    }
}

/// A size in bytes, or none at all (`max_core`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreSize(pub u64);

impl CoreSize {
    /// No limit.
    pub const UNLIMITED: Self = Self(u64::MAX);
}

impl KeyValue for CoreSize {
    fn read(conf: &Conf, key: &str) -> Result<Option<Self>> {
        match conf.get(key) {
            Some(Value::String(text)) if text == "unlimited" => Ok(Some(Self::UNLIMITED)),
            Some(Value::String(text)) => bail!(Qemu, ConfigUnsupported, "Unknown core size '{text}'"),
            _ => Ok(conf.u64(key)?.map(Self)),
        }
    }
}

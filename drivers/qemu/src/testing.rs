//! What several tests need. Compiled into tests only.

use std::path::PathBuf;

/// The QEMU to test with.
pub(crate) fn qemu() -> Option<PathBuf> {
    let path = std::env::var_os("FERROVIRT_TEST_QEMU").unwrap_or("/usr/bin/qemu-system-x86_64".into());
    Some(PathBuf::from(path)).filter(|p| p.exists())
}

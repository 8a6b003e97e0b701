//! Volumes, shown.

use crate::grammar::{Command, Completer, flag, pools, text};

/// `vol-dumpxml`: vol information in XML.
pub(crate) const VOL_DUMPXML: Command = Command::new("vol-dumpxml", "vol information in XML")
    .describe("Output the vol information as an XML dump to stdout.")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `vol-info`: storage vol information.
pub(crate) const VOL_INFO: Command = Command::new("vol-info", "storage vol information")
    .describe("Returns basic information about the storage vol.")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        flag("bytes", "sizes are represented in bytes rather than pretty units"),
        flag("physical", "return the physical size of the volume in allocation field"),
    ]);

/// `vol-key`: returns the volume key for a given volume name or path.
pub(crate) const VOL_KEY: Command =
    Command::new("vol-key", "returns the volume key for a given volume name or path").options(&[
        text("vol", "volume name or path").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
    ]);

/// `vol-name`: returns the volume name for a given volume key or path.
pub(crate) const VOL_NAME: Command = Command::new(
    "vol-name",
    "returns the volume name for a given volume key or path",
)
.options(&[text("vol", "volume key or path").required().positional().completes(Completer::StorageVolKey)]);

/// `vol-path`: returns the volume path for a given volume name or key.
pub(crate) const VOL_PATH: Command =
    Command::new("vol-path", "returns the volume path for a given volume name or key").options(&[
        text("vol", "volume name or key").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
    ]);

/// `vol-pool`: returns the storage pool for a given volume key or path.
pub(crate) const VOL_POOL: Command =
    Command::new("vol-pool", "returns the storage pool for a given volume key or path").options(&[
        text("vol", "volume key or path").required().positional().completes(Completer::StorageVolKey),
        flag("uuid", "return the pool uuid rather than pool name"),
    ]);

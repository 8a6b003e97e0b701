//! Volumes: delete, resize, wipe.

use crate::grammar::{Command, Completer, flag, pools, text};

/// `vol-delete`: delete a vol.
pub(crate) const VOL_DELETE: Command =
    Command::new("vol-delete", "delete a vol").describe("Delete a given vol.").options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        flag(
            "delete-snapshots",
            "delete snapshots associated with volume (must be supported by storage driver)",
        ),
    ]);

/// `vol-resize`: resize a vol.
pub(crate) const VOL_RESIZE: Command = Command::new("vol-resize", "resize a vol")
    .describe("Resizes a storage volume. This is safe only for storage volumes not in use by an active guest.\nSee blockresize for live resizing.")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("capacity", "new capacity for the vol, as scaled integer (default bytes)").required().positional().completes(Completer::Nothing),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        flag("allocate", "allocate the new capacity, rather than leaving it sparse"),
        flag("delta", "use capacity as a delta to current size, rather than the new size"),
        flag("shrink", "allow the resize to shrink the volume"),
    ]);

/// `vol-wipe`: wipe a vol.
pub(crate) const VOL_WIPE: Command = Command::new("vol-wipe", "wipe a vol")
    .describe("Ensure data previously on a volume is not accessible to future reads")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        text("algorithm", "perform selected wiping algorithm")
            .tolerated()
            .completes(Completer::StorageVolWipeAlgorithm),
    ]);

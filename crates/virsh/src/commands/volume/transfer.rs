//! Bytes into and out of volumes.

use crate::grammar::{Command, Completer, file, flag, number, pools, text};

/// `vol-download`: download volume contents to a file.
pub(crate) const VOL_DOWNLOAD: Command = Command::new("vol-download", "download volume contents to a file")
    .describe("Download volume contents to a file")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        file("file"),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        number("offset", "volume offset to download from").tolerated(),
        number("length", "amount of data to download").tolerated(),
        flag("sparse", "preserve sparseness of volume"),
    ]);

/// `vol-upload`: upload file contents to a volume.
pub(crate) const VOL_UPLOAD: Command = Command::new("vol-upload", "upload file contents to a volume")
    .describe("Upload file contents to a volume")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        file("file"),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        number("offset", "volume offset to upload to").tolerated(),
        number("length", "amount of data to upload").tolerated(),
        flag("sparse", "preserve sparseness of volume"),
    ]);

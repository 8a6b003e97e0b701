//! Making volumes.

use crate::grammar::{ANY, Command, Completer, file, flag, pools, text};

/// `vol-clone`: clone a volume.
pub(crate) const VOL_CLONE: Command = Command::new("vol-clone", "clone a volume.")
    .describe("Clone an existing volume within the parent pool.")
    .options(&[
        text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
        text("newname", "clone name").required().positional().completes(Completer::Nothing),
        text("pool", "pool name or uuid").positional().completes(Completer::StoragePool(pools::ACTIVE)),
        flag("prealloc-metadata", "preallocate metadata (for qcow2 instead of full allocation)"),
        flag("reflink", "use btrfs COW lightweight copy"),
        flag("print-xml", "print XML document rather than clone the volume"),
    ]);

/// `vol-create-as`: create a volume from a set of args.
pub(crate) const VOL_CREATE_AS: Command =
    Command::new("vol-create-as", "create a volume from a set of args").describe("Create a vol.").options(&[
        text("pool", "pool name").required().positional().completes(Completer::StoragePool(pools::ACTIVE)),
        text("name", "name of the volume").required().positional().completes(Completer::Nothing),
        text("capacity", "size of the vol, as scaled integer (default bytes)")
            .required()
            .positional()
            .completes(Completer::Nothing),
        text("allocation", "initial allocation size, as scaled integer (default bytes)")
            .tolerated()
            .completes(Completer::Nothing),
        text("format", "file format type raw,bochs,qcow,qcow2,qed,vmdk").tolerated(),
        text("backing-vol", "the backing volume if taking a snapshot").tolerated(),
        text("backing-vol-format", "format of backing volume if taking a snapshot").tolerated(),
        flag("prealloc-metadata", "preallocate metadata (for qcow2 instead of full allocation)"),
        flag("print-xml", "print XML document, but don't define/create"),
    ]);

/// `vol-create`: create a vol from an XML file.
pub(crate) const VOL_CREATE: Command =
    Command::new("vol-create", "create a vol from an XML file").describe("Create a vol.").options(&[
        text("pool", "pool name").required().positional().completes(Completer::StoragePool(pools::ACTIVE)),
        file("file containing an XML vol description"),
        flag("prealloc-metadata", "preallocate metadata (for qcow2 instead of full allocation)"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `vol-create-from`: create a vol, using another volume as input.
pub(crate) const VOL_CREATE_FROM: Command =
    Command::new("vol-create-from", "create a vol, using another volume as input")
        .describe("Create a vol from an existing volume.")
        .options(&[
            text("pool", "pool name or uuid")
                .required()
                .positional()
                .completes(Completer::StoragePool(pools::ACTIVE)),
            file("file containing an XML vol description"),
            text("vol", "vol name, key or path").required().positional().completes(Completer::StorageVol),
            text("inputpool", "pool name or uuid of the input volume's pool")
                .tolerated()
                .completes(Completer::StoragePool(ANY)),
            flag("prealloc-metadata", "preallocate metadata (for qcow2 instead of full allocation)"),
            flag("reflink", "use btrfs COW lightweight copy"),
            flag("validate", "validate the XML against the schema"),
        ]);

//! Media of drives: put in, taken out, changed.

use super::detach::definition;
use crate::args::Args;
use crate::document::{Item, Node};
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, domain, flag, text};
use crate::shell::Shell;
use crate::xpath::tree::element_text;
use vir_api::constants::*;

/// `change-media`: Change media of CD or floppy drive.
pub(crate) const CHANGE_MEDIA: Command = Command::new("change-media", "Change media of CD or floppy drive")
    .describe("Change media of CD or floppy drive.")
    .options(&[
        domain(ANY),
        text("path", "Fully-qualified path or target of disk device")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        text("source", "source of the media").positional(),
        flag("eject", "Eject the media"),
        flag("insert", "Insert the media"),
        flag("update", "Update the media"),
        flag(
            "current",
            "can be either or both of --live and --config, depends on implementation hypervisor driver",
        ),
        flag("live", "alter live configuration of running domain"),
        flag("config", "alter persistent configuration, effect observed on next boot"),
        flag("force", "force media changing"),
        flag("print-xml", "print XML document rather than change media"),
        flag("block", "source media is a block device"),
    ])
    .run(change_media);

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Eject,
    Insert,
    Update,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Self::Eject => "eject",
            Self::Insert => "insert",
            Self::Update => "update",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Self::Eject => "Successfully ejected media.",
            Self::Insert => "Successfully inserted media.",
            Self::Update => "Successfully updated media.",
        }
    }
}

fn change_media(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("eject", "insert")?;
    args.exclusive("eject", "update")?;
    args.exclusive("insert", "update")?;
    args.exclusive("eject", "block")?;
    let source = args.text("source")?;
    let change = match (args.has("eject"), args.has("insert"), args.has("update")) {
        (true, ..) => Change::Eject,
        (_, true, _) => Change::Insert,
        // an update to nothing takes out what is there
        (_, _, true) if source.is_none() => Change::Eject,
        _ => Change::Update,
    };
    let mut flags = args.affect()?.flags();
    if args.has("force") {
        flags |= VIR_DOMAIN_DEVICE_MODIFY_FORCE;
    }
    let dom = Domain::find(shell, args)?;
    let path = args.required("path")?;
    let stored = flags & VIR_DOMAIN_AFFECT_CONFIG != 0;
    let document = definition(&dom, if stored { VIR_DOMAIN_XML_INACTIVE } else { 0 })?;
    let disk = find_disk(&document, path, true)?;
    let xml = element_text(&with_medium(disk, source, args.has("block"), path, change)?);
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    call!(dom.domain_update_device_flags(&xml, flags))
        .context(|| format!("Failed to complete action {} on media", change.word()))?;
    shell.out.print(change.done());
    Ok(())
}

/// The disk of that target or source, without the images below; only drives if they alone can be meant.
pub(super) fn find_disk(document: &Node, path: &str, drives_only: bool) -> Outcome<Node> {
    let disks = document.all("devices/disk");
    if disks.is_empty() {
        fail!("Failed to get disk information");
    }
    let drive = |disk: &Node| disk.attribute("device").is_none_or(|kind| matches!(kind, "cdrom" | "floppy"));
    for disk in disks.into_iter().filter(|disk| !drives_only || drive(disk)) {
        let names = disk.child("source").into_iter().flat_map(|source| {
            ["file", "dev", "dir", "name"].into_iter().filter_map(|name| source.attribute(name))
        });
        if names.chain(disk.attribute_at("target", "dev")).any(|name| name == path) {
            let mut found = disk.clone();
            found.take_child("backingStore");
            return Ok(found);
        }
    }
    fail!("No disk found whose source path or target is {path}")
}

/// The disk with another medium, or none.
fn with_medium(
    mut disk: Node,
    source: Option<&str>,
    block: bool,
    path: &str,
    change: Change,
) -> Outcome<Node> {
    if !matches!(disk.attribute("device"), Some("cdrom" | "floppy")) {
        fail!("The disk device '{path}' is not removable");
    }
    let old = disk.take_child("source");
    let new = match (change, source) {
        (Change::Eject, _) if old.is_none() => fail!("The disk device '{path}' doesn't have media"),
        (Change::Eject, _) => None,
        (_, None) => fail!("New disk media source was not specified"),
        (_, source) => source,
    };
    let mut policy = None;
    if let Some(old) = &old {
        let names = ["file", "dev", "dir", "pool", "name"];
        if change == Change::Insert && names.iter().any(|name| old.attribute(name).is_some()) {
            fail!("The disk device '{path}' already has media");
        }
        policy = old.attribute("startupPolicy");
    }
    let block = block && new.is_some();
    disk.set_attribute("type", if block { "block" } else { "file" });
    if let Some(new) = new {
        let mut source = Node { name: "source".into(), ..Node::default() };
        source.set_attribute(if block { "dev" } else { "file" }, new);
        if let Some(policy) = policy {
            source.set_attribute("startupPolicy", policy);
        }
        disk.items.push(Item::Element(source));
    }
    Ok(disk)
}

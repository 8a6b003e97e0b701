//! What is being done to a running domain's disks.

use crate::domain::device::disk::{BackingStore, DiskType};
use crate::domain::device::source::{DiskSource, ImageFormat};
use vir_base::{Result, bail};
use vir_xml::{Element, YesNo, element, xml_enum};

xml_enum! {
    /// What is done.
    pub enum BlockJobKind {
        Pull = "pull", Copy = "copy", Commit = "commit", ActiveCommit = "active-commit", Backup = "backup",
        Create = "create", SnapshotSave = "snapshot-save", SnapshotDelete = "snapshot-delete",
        SnapshotLoad = "snapshot-load", Broken = "broken",
    }
    /// How far it is.
    pub enum BlockJobState {
        Completed = "completed", Failed = "failed", Cancelled = "cancelled", Ready = "ready", New = "new",
        Running = "running", Concluded = "concluded", Aborting = "aborting", Pending = "pending",
        Pivoting = "pivoting",
    }
}

element! {
    /// What is being done to disks.
    pub struct BlockJobs "blockjobs" => settle {
        /// Whether anything is.
        attr active "active": Option<YesNo>,
        /// Each, in the order of their names.
        list jobs "blockjob": Vec<BlockJob>,
    }
    /// Something that is being done to a disk.
    pub struct BlockJob "blockjob" {
        /// Its name in QEMU.
        attr name "name": Option<String>,
        /// What is done.
        attr kind "type": Option<BlockJobKind>,
        /// How far it is.
        attr state "state": Option<BlockJobState>,
        /// How far it is that nobody has acted upon yet.
        attr new_state "newstate": Option<BlockJobState>,
        /// What it was before its data could not be made sense of.
        attr broken_kind "brokentype": Option<BlockJobKind>,
        /// The call's flags.
        attr flags "jobflags": Option<vir_xml::Hex<1>>,
        /// `yes`: the copy has an image below it already, of `copy`.
        attr shallow "shallownew": Option<YesNo>,
        /// What went wrong.
        leaf error "errmsg": Option<String>,
        /// The disk.
        child disk "disk": Option<JobTarget>,
        /// Images that belong to no disk any more.
        maybe chains "chains": Option<Chains>,
        /// The image that stays below, of `pull`, `commit` and `active-commit`.
        child base "base": Option<Node>,
        /// The uppermost image that goes, of `commit` and `active-commit`.
        child top "top": Option<Node>,
        /// The image above that, of `commit`.
        child top_parent "topparent": Option<Node>,
        /// The images are deleted afterwards.
        flag delete_committed "deleteCommittedImages": bool,
        /// How the image is made, of `create`.
        child create "create": Option<CreateMode>,
        /// The image that is made, of `create`.
        child made "src": Option<Image>,
        /// The map of what has changed, of `backup`.
        child bitmap "bitmap": Option<BitmapName>,
        /// Where the copy goes, of `backup`.
        child store "store": Option<Image>,
    }
    /// A disk.
    pub struct JobTarget "disk" {
        /// Its target.
        attr dst "dst": Option<String>,
        /// `yes`: it is copied to its mirror.
        attr mirror "mirror": Option<YesNo>,
    }
    /// Images that belong to no disk any more.
    pub struct Chains "chains" {
        /// What was the disk's.
        child disk "disk": Option<Image>,
        /// What was its mirror's.
        child mirror "mirror": Option<Image>,
    }
    /// An image with what is below it.
    pub struct Image "disk" => settle {
        /// Kind of storage.
        attr kind "type": Option<DiskType>,
        /// Its format.
        attr format "format": Option<ImageFormat>,
        /// Where it lies.
        maybe source "source": Option<DiskSource>,
        /// The image below.
        child below "backingStore": Option<BackingStore>,
    }
    /// One of QEMU's nodes.
    pub struct Node "base" {
        /// Its name.
        attr node "node": Option<String>,
    }
    /// How an image is made.
    pub struct CreateMode "create" {
        /// `storage`: only its place is.
        attr mode "mode": Option<String>,
    }
    /// A map of changes.
    pub struct BitmapName "bitmap" {
        /// Its name.
        attr name "name": Option<String>,
    }
}

impl BlockJobs {
    fn settle(&mut self, _: &Element) -> Result<()> {
        // one that has no name cannot be asked about
        self.jobs.retain(|job| job.name.is_some());
        self.jobs.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(())
    }
}

impl Image {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let (Some(kind), Some(_), Some(source)) = (self.kind, self.format, &mut self.source) else {
            bail!(Qemu, XmlError, "missing job chain data");
        };
        source.settle_as(kind)
    }
}

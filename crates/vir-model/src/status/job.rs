//! What is being done to a running domain: moved, saved, snapshotted.

use super::blockjobs::Image;
use vir_base::Result;
use vir_xml::{Element, YesNo, element, xml_enum};

xml_enum! {
    /// What one call does.
    pub enum JobKind {
        None = "none", Query = "query", Destroy = "destroy", Suspend = "suspend", Modify = "modify", Abort = "abort",
        Migration = "migration operation", MigrationSafe = "modify migration safe", AsyncNested = "async nested",
    }
    /// What is done over many calls, or for long.
    pub enum AsyncKind {
        None = "none", MigrationOut = "migration out", MigrationIn = "migration in", Save = "save", Dump = "dump",
        Snapshot = "snapshot", Start = "start", Backup = "backup",
    }
    /// How far a move to another host is.
    pub enum Phase {
        None = "none", Perform2 = "perform2", Begin3 = "begin3", Perform3 = "perform3", Perform3Done = "perform3_done",
        Confirm3Cancelled = "confirm3_cancelled", Confirm3 = "confirm3", Prepare = "prepare", Finish2 = "finish2",
        Finish3 = "finish3", PostcopyFailed = "postcopy_failed", BeginResume = "begin_resume",
        PerformResume = "perform_resume", ConfirmResume = "confirm_resume", PrepareResume = "prepare_resume",
        FinishResume = "finish_resume",
    }
}

element! {
    /// What is being done to a domain.
    pub struct Job "job" => settle {
        /// What one call does.
        attr kind "type": Option<JobKind>,
        /// What is done for long.
        attr lasting "async": Option<AsyncKind>,
        /// How far that is.
        attr phase "phase": Option<Phase>,
        /// The call's flags.
        attr flags "flags": Option<vir_xml::Hex<1>>,
        /// When it began, in milliseconds since 1970.
        attr started "asyncStarted": Option<u64>,
        /// Whether the guest was paused for it. Since 6.0.0.
        attr paused "asyncPaused": Option<YesNo>,
        /// The disks of a domain that is moved.
        list disks "disk": Vec<JobDisk>,
        /// Maps of changes that were made for the move.
        maybe bitmaps "tempBlockDirtyBitmaps": Option<TempBitmaps>,
        /// QEMU's parameters from before. Since 4.10.0.
        block params "migParams": Option<MigrationParams>,
        /// A snapshot is deleted. Since 9.0.0.
        flag snapshot_delete "snapshotDelete": bool,
    }
    /// A disk of a domain that is moved.
    pub struct JobDisk "disk" {
        /// Its target.
        attr dev "dev": Option<String>,
        /// Whether its content is copied.
        attr migrating "migrating": Option<YesNo>,
        /// Where it is copied to.
        child source "migrationSource": Option<Image>,
    }
    /// Maps of changes that were made for a move.
    pub struct TempBitmaps "tempBlockDirtyBitmaps" {
        /// Each with its node.
        list bitmaps "bitmap": Vec<TempBitmap>,
    }
    /// A map of changes that was made for a move.
    pub struct TempBitmap "bitmap" {
        /// Its name.
        attr name "name": Option<String>,
        /// The node that has it.
        attr nodename "nodename": Option<String>,
    }
    /// QEMU's parameters of moving.
    pub struct MigrationParams "migParams" {
        /// Each by its name.
        list params "param": Vec<MigrationParam>,
    }
    /// One of QEMU's parameters.
    pub struct MigrationParam "param" {
        /// Its name.
        attr name "name": String,
        /// Its value.
        attr value "value": String,
    }
}

impl Job {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.kind.get_or_insert(JobKind::None);
        let lasting = *self.lasting.get_or_insert(AsyncKind::None);
        self.phase.take_if(|phase| *phase == Phase::None);
        self.paused.take_if(|paused| *paused == YesNo::No);
        if lasting == AsyncKind::None {
            (self.flags, self.started, self.paused) = (None, None, None);
        } else {
            self.flags.get_or_insert_default();
            self.started.get_or_insert(0);
        }
        Ok(())
    }
}

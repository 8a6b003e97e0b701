//! Logs handed over to another program, and taken over from one.
//!
//! What is in a pipe stays there meanwhile, and what was taken out of it is in the file: nothing else
//! has to be carried.

use super::document::{self, OpenLog};
use crate::daemon::{Shared, admit};
use crate::logs::Guest;
use rustix::fs::{OFlags, fcntl_getfl, fstat};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use vir_base::sys::FdKind;
use vir_base::{Result, err};
use vir_daemon::reexec::document::Document;
use vir_daemon::reexec::{Attached, Descriptors, Faults, Object, Origin, Successor, Survivor, Value};
use vir_rpc::server::ClientHandle;

/// The logs, as what must survive.
pub struct Surviving {
    pub(crate) shared: Arc<Shared>,
    /// Where bytes go of which nobody knows the log.
    pub(crate) rescue_dir: PathBuf,
}

impl Survivor for Surviving {
    fn save(&self, successor: Successor, own: &mut Object<'static>, _: &mut Attached) -> Result<()> {
        document::write(own, self.shared.lock().iter(), successor)
    }

    fn save_client(&self, _: &ClientHandle, _: Successor) -> Value<'static> {
        Object::default().into()
    }

    fn let_go(&self, successor: Successor) -> Result<()> {
        let result = self.set_waiting(successor, true);
        if result.is_err() {
            self.take_back(successor);
        }
        result
    }

    fn take_back(&self, successor: Successor) {
        if let Err(error) = self.set_waiting(successor, false) {
            log::error!("{error}");
        }
    }

    fn resume(&self, document: &Document, descriptors: &mut Descriptors, _: Origin, faults: &mut Faults) {
        // what is wrong with the document has been noted by the one who checked it
        for OpenLog { guest, path, pipe } in document::read(&document.own, &mut Faults::default()) {
            let Some(fd) = descriptors.take(pipe, &[FdKind::Pipe]) else { continue };
            let adopted = self.shared.lock().adopt(guest, &path, fd);
            if let Err((error, fd)) = adopted {
                faults.add(error);
                self.rescue(fd, faults);
            }
        }
    }

    /// A guest must not wait for ever because its log has been forgotten.
    fn salvage(&self, descriptors: &mut Descriptors, faults: &mut Faults) {
        for number in descriptors.numbers() {
            let Some(fd) = descriptors.take(number, &[FdKind::Pipe]) else { continue };
            match fcntl_getfl(&fd) {
                Ok(flags) if (flags & OFlags::ACCMODE) == OFlags::RDONLY => self.rescue(fd, faults),
                _ => descriptors.put(number, fd),
            }
        }
    }

    fn resume_client(&self, client: &ClientHandle, _private: &Value<'_>) {
        admit(client);
    }
}

impl Surviving {
    /// The peer reads from pipes that make it wait.
    fn set_waiting(&self, successor: Successor, waits: bool) -> Result<()> {
        if successor == Successor::Ours {
            return Ok(());
        }
        self.shared.lock().iter().try_for_each(|log| log.set_waiting(waits))
    }

    /// Goes on with a guest's log in a file where somebody may find it.
    fn rescue(&self, pipe: OwnedFd, faults: &mut Faults) {
        let inode = fstat(&pipe).map_or(0, |stat| stat.st_ino);
        let path = self.rescue_dir.join(format!("virtlogd-rescued-{inode}.log"));
        let rescued = self.shared.lock().adopt(Guest::default(), &path, pipe);
        match rescued {
            Ok(_) => {
                let path = path.display();
                faults.add(err!(Logging, InternalError, "whose the log is that goes to {path} now"));
            }
            Err((error, pipe)) => {
                faults.add(error);
                // it stays open: a guest that writes into nothing is worse off than one that waits
                std::mem::forget(pipe);
            }
        }
    }
}

//! Somebody who looks at disks all the time, as another program would that waits for its chance.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use vir_base::sys::{LockKind, LockOwner, first_byte_holder};

/// Looks at disks until it is asked what it saw.
#[derive(Debug)]
pub struct Watched {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<usize, String>>,
}

impl Watched {
    /// Begins: each disk must be locked by somebody else at any moment.
    ///
    /// # Panics
    /// If a disk is not there.
    #[must_use]
    pub fn start(disks: &[String]) -> Self {
        let open = |disk: &String| {
            let file = File::options().read(true).write(true).open(disk);
            (disk.clone(), file.unwrap_or_else(|error| panic!("opening {disk}: {error}")))
        };
        let files: Vec<(String, File)> = disks.iter().map(open).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = thread::spawn(move || {
            let mut looks = 0;
            while !told.load(Ordering::Relaxed) {
                for (disk, file) in &files {
                    // a lock of this description is kept out by whatever others have
                    let seen = first_byte_holder(file, LockOwner::Description, LockKind::Write);
                    if seen.map_err(|error| error.to_string())?.is_none() {
                        return Err(format!("{disk} was free after {looks} looks"));
                    }
                    looks += 1;
                }
            }
            Ok(looks)
        });
        Self { stop, thread }
    }

    /// Ends; says how often it looked.
    ///
    /// # Panics
    /// If a disk was free at any moment.
    pub fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        let looks = self.thread.join().unwrap_or_else(|_| Err("it could not look".into()));
        looks.unwrap_or_else(|error| panic!("{error}"))
    }
}

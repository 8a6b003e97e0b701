//! The end of a file, written as memory: for a file to which little is added often, and which must have
//! each addition at once should this process be killed. A system call for each would cost more than all
//! else.

use super::check;
use rustix::fd::{AsFd, AsRawFd};
use rustix::fs::{FallocateFlags, fallocate};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::ptr;

/// Mapped at a time; a multiple of every page size there is.
const WINDOW: u64 = 64 * 1024;

/// A file that grows at its end. Behind what was added it has zeros, up to a whole number of windows.
#[derive(Debug)]
pub struct AppendedFile {
    file: File,
    length: u64,
    /// It has room up to here.
    reserved: u64,
    /// Where the mapped part begins in the file.
    start: u64,
    /// The mapped part, [`WINDOW`] bytes; null if there is none.
    memory: *mut u8,
}

// SAFETY: the memory belongs to this value alone, and may be unmapped by any thread.
unsafe impl Send for AppendedFile {}

impl AppendedFile {
    /// Goes on behind the first `length` bytes of a file that is open for reading and writing, and that
    /// nobody makes shorter: whoever did would end this process at its next addition.
    pub fn new(file: File, length: u64) -> Self {
        Self { file, length, reserved: 0, start: 0, memory: ptr::null_mut() }
    }

    /// How many bytes were added, and before.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds bytes; they are in the file when this returns, whatever becomes of this process.
    ///
    /// # Errors
    /// There is no room for them, and none is in the file.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (mut at, mut left) = (self.length, bytes);
        self.reserve(at + bytes.len() as u64)?;
        while !left.is_empty() {
            let room = self.room_at(at)?;
            let (now, later) = left.split_at(left.len().min(room));
            let offset = (at - self.start) as usize;
            // SAFETY: the window has room for so many bytes from there on, and the memory belongs to
            // this value, which is borrowed mutably
            unsafe { ptr::copy_nonoverlapping(now.as_ptr(), self.memory.add(offset), now.len()) };
            at += now.len() as u64;
            left = later;
        }
        self.length = at;
        Ok(())
    }

    /// Sees to it that the file has room up to there: writing to mapped memory that has none would end
    /// this process.
    fn reserve(&mut self, end: u64) -> io::Result<()> {
        if end <= self.reserved {
            return Ok(());
        }
        let (from, to) = (self.file.metadata()?.len(), end.next_multiple_of(WINDOW));
        if from < to {
            match fallocate(self.file.as_fd(), FallocateFlags::empty(), from, to - from) {
                Ok(()) => {}
                Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                    self.file.write_all_at(&vec![0; (to - from) as usize], from)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.reserved = to;
        Ok(())
    }

    /// Maps the part of the file where this position is; how many bytes it has from there on.
    fn room_at(&mut self, at: u64) -> io::Result<usize> {
        let start = at - at % WINDOW;
        if self.memory.is_null() || self.start != start {
            self.unmap();
            self.memory = map(&self.file, start)?;
            self.start = start;
        }
        Ok((start + WINDOW - at) as usize)
    }

    fn unmap(&mut self) {
        if !self.memory.is_null() {
            // SAFETY: mapped by this value, with this length, and used nowhere else
            unsafe { libc::munmap(self.memory.cast(), WINDOW as usize) };
            self.memory = ptr::null_mut();
        }
    }
}

impl Drop for AppendedFile {
    fn drop(&mut self) {
        self.unmap();
    }
}

fn map(file: &File, start: u64) -> io::Result<*mut u8> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // all of it at once: it will be written from its beginning to its end
    let flags = libc::MAP_SHARED | libc::MAP_POPULATE;
    let length = WINDOW as usize;
    let offset = libc::off_t::try_from(start).map_err(|_| io::ErrorKind::FileTooLarge)?;
    // SAFETY: a new mapping, at a place of the kernel's choice
    let memory = unsafe { libc::mmap(ptr::null_mut(), length, protection, flags, file.as_raw_fd(), offset) };
    if memory == libc::MAP_FAILED {
        return check(-1).map(|_| ptr::null_mut());
    }
    Ok(memory.cast())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn open(path: &std::path::Path) -> File {
        File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap()
    }

    #[test]
    fn what_is_added_is_in_the_file_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mut file = AppendedFile::new(open(&path), 0);
        let mut expected = vec![];
        for number in 0..3000_u32 {
            let bytes = vec![b'a' + (number % 26) as u8; number as usize % 211];
            file.append(&bytes).unwrap();
            expected.extend(bytes);
        }
        // more than a window
        let large = vec![b'!'; 200_000];
        file.append(&large).unwrap();
        expected.extend(large);
        let is = fs::read(&path).unwrap();
        assert_eq!(file.length(), expected.len() as u64);
        assert!((is.len() as u64).is_multiple_of(WINDOW) && is.len() - expected.len() < WINDOW as usize);
        assert!(is.starts_with(&expected) && is[expected.len()..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn it_goes_on_in_the_middle_of_a_window() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "one two rest").unwrap();
        AppendedFile::new(open(&path), 8).append(b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap()[..13], *b"one two three");
    }

    #[test]
    fn where_nothing_more_fits_an_error_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "").unwrap();
        // cannot be made longer
        let mut file = AppendedFile::new(File::open(&path).unwrap(), 0);
        assert!(file.append(b"one").is_err());
        assert_eq!(file.length(), 0);
        assert!(fs::read(&path).unwrap().is_empty());
    }
}

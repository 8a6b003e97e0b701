//! Streams from and to files on disks, which cannot be polled: a thread reads or writes, and waits
//! for the disk in the loop's place.

use super::stream::{StreamDirection, StreamHandle, StreamItem};
use rustix::fd::OwnedFd;
use rustix::fs::{FileType, SeekFrom, fstat, seek};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use vir_base::Error;
use vir_base::error::ErrorDomain;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// Whether reading may wait for a disk.
pub(crate) fn is_file(fd: &OwnedFd) -> io::Result<bool> {
    let kind = FileType::from_raw_mode(fstat(fd)?.st_mode);
    Ok(matches!(kind, FileType::RegularFile | FileType::BlockDevice))
}

/// Starts the thread that carries between the file, from where it stands, and the client.
pub(crate) fn start(
    fd: OwnedFd,
    handle: StreamHandle,
    direction: StreamDirection,
    sparse: bool,
) -> io::Result<()> {
    let file = File::from(fd);
    std::thread::Builder::new().name("stream".into()).spawn(move || {
        let result = match direction {
            StreamDirection::FromClient => take_in(file, &handle),
            StreamDirection::ToClient | StreamDirection::Both => give_out(file, &handle, sparse),
        };
        match result {
            Ok(true) => handle.finish(),
            // The client gave up: nobody is there to be told.
            Ok(false) => {}
            Err(error) => handle.fail(error),
        }
    })?;
    Ok(())
}

fn failed(error: &io::Error, what: &str) -> Error {
    Error::io(ErrorDomain::Streams, error, what)
}

/// True when the client has finished, false when it gave up.
fn take_in(mut file: File, handle: &StreamHandle) -> Result<bool, Error> {
    loop {
        match handle.recv() {
            StreamItem::Data(data) => {
                file.write_all(&data).map_err(|error| failed(&error, "cannot write to stream"))?;
            }
            StreamItem::Hole(length) => {
                skip(&mut file, length).map_err(|error| failed(&error, "unable to seek"))?
            }
            StreamItem::Finish => return Ok(true),
            StreamItem::Abort => return Ok(false),
        }
    }
}

/// Leaves `length` bytes out; a file that ends here grows.
fn skip(file: &mut File, length: i64) -> io::Result<()> {
    let to = file.seek(io::SeekFrom::Current(length))?;
    if file.metadata()?.is_file() && file.metadata()?.len() < to {
        file.set_len(to)?;
    }
    Ok(())
}

fn give_out(mut file: File, handle: &StreamHandle, sparse: bool) -> Result<bool, Error> {
    let mut buffer = vec![0; BLOCK];
    // How much data there is before the next hole.
    let mut data = if sparse { 0 } else { u64::MAX };
    loop {
        match handle.try_recv() {
            Some(StreamItem::Finish) => return Ok(true),
            Some(StreamItem::Abort) => return Ok(false),
            Some(_) | None => {}
        }
        if data == 0 {
            let hole = next_extent(&mut file, &mut data).map_err(|error| failed(&error, "unable to seek"))?;
            if hole > 0 {
                handle.send_hole(i64::try_from(hole).unwrap_or(i64::MAX))?;
            }
        }
        let most = usize::try_from(data).unwrap_or(BLOCK).min(BLOCK);
        let got = match file.read(&mut buffer[..most]) {
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(&error, "cannot read from stream")),
        };
        if handle.send(&buffer[..got]).is_err() {
            return Ok(false);
        }
        data -= got as u64;
        if got == 0 {
            break;
        }
    }
    loop {
        match handle.recv() {
            StreamItem::Finish => return Ok(true),
            StreamItem::Abort => return Ok(false),
            _ => {}
        }
    }
}

/// Moves past the hole at the file's position, if there is one, and returns its length; `data` is
/// set to what comes then, 0 at the end.
fn next_extent(file: &mut File, data: &mut u64) -> io::Result<u64> {
    let (here, end) = (file.stream_position()?, file.metadata()?.len());
    let start = match seek(&*file, SeekFrom::Data(here)) {
        Ok(start) => start,
        // No data behind here.
        Err(rustix::io::Errno::NXIO) => end.max(here),
        Err(errno) => return Err(errno.into()),
    };
    let stop = if start < end { seek(&*file, SeekFrom::Hole(start))? } else { start };
    file.seek(io::SeekFrom::Start(start))?;
    *data = stop - start;
    Ok(start - here)
}

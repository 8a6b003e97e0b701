//! A descriptor of this process (a file, a pipe) as a stream.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;
use vir_api::stream::{StreamChannel, StreamRead, Waiter};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

/// The file, until the stream ends.
pub struct FileChannel(Option<Arc<File>>);

fn failed(error: &std::io::Error, what: &str) -> Error {
    Error::io(ErrorDomain::Streams, error, what)
}

impl FileChannel {
    pub fn new(fd: OwnedFd) -> Self {
        // SAFETY: a descriptor of ours; reading and writing shall not wait.
        unsafe {
            let flags = libc::fcntl(fd.as_raw_fd(), libc::F_GETFL);
            libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK);
        }
        Self(Some(Arc::new(fd.into())))
    }

    fn open(&self) -> Result<&File> {
        self.0.as_deref().ok_or_else(|| err!(Streams, InternalError, "stream is not open"))
    }
}

/// What of `wanted` a descriptor is ready for.
fn poll(file: &File, wanted: i16, timeout: Option<Duration>) -> i16 {
    let mut fd = libc::pollfd { fd: file.as_raw_fd(), events: wanted, revents: 0 };
    let timeout = timeout.map_or(-1, |t| i32::try_from(t.as_millis()).unwrap_or(i32::MAX));
    // SAFETY: one descriptor of ours.
    match unsafe { libc::poll(&raw mut fd, 1, timeout) } {
        1.. => fd.revents,
        _ => 0,
    }
}

impl StreamChannel for FileChannel {
    fn read(&mut self, buffer: &mut [u8]) -> Result<StreamRead> {
        match self.open()?.read(buffer) {
            Ok(length) => Ok(StreamRead::Data(length)),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Ok(StreamRead::WouldBlock)
            }
            // a terminal whose other side has gone
            Err(e) if e.raw_os_error() == Some(libc::EIO) => Ok(StreamRead::Data(0)),
            Err(e) => Err(failed(&e, "cannot read from stream")),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self.open()?.write(bytes) {
            Ok(length) => Ok(length),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(0),
            Err(e) => Err(failed(&e, "cannot write to stream")),
        }
    }

    fn write_hole(&mut self, length: u64) -> Result<()> {
        let mut file = self.open()?;
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let end = file.seek(SeekFrom::Current(length)).map_err(|e| failed(&e, "unable to seek"))?;
        let size = file.metadata().map_err(|e| failed(&e, "unable to stat"))?.len();
        if end > size {
            file.set_len(end).map_err(|e| failed(&e, "unable to truncate"))?;
        }
        Ok(())
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Result<()> {
        poll(self.open()?, libc::POLLIN | libc::POLLOUT, timeout);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }

    fn abort(&mut self) -> Result<()> {
        self.finish()
    }

    fn ready(&mut self) -> (bool, bool) {
        let Some(file) = &self.0 else { return (true, true) };
        let ready = poll(file, libc::POLLIN | libc::POLLOUT, Some(Duration::ZERO));
        let over = ready & (libc::POLLHUP | libc::POLLERR) != 0;
        (over || ready & libc::POLLIN != 0, over || ready & libc::POLLOUT != 0)
    }

    fn waiter(&self) -> Option<Waiter> {
        let file = self.0.clone()?;
        Some(Box::new(move |timeout| {
            let ready = poll(&file, libc::POLLIN, Some(Duration::ZERO));
            // a reader has read what was here, so that who comes with something to read waits to write
            let wanted = if ready == 0 { libc::POLLIN } else { libc::POLLOUT };
            poll(&file, wanted, Some(timeout.unwrap_or(Duration::from_millis(500))));
            Ok(())
        }))
    }
}

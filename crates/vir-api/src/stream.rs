//! What stands behind a stream: bytes between a driver and a client, next to a call.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use vir_base::Result;

/// The far side of a stream, as a driver gives it for a call that has one.
pub enum StreamBody {
    /// A descriptor to read from, write to, or both (a terminal, a socket, a pipe, a file).
    Fd(OwnedFd),
    /// Anything else.
    Channel(Box<dyn StreamChannel>),
}

impl std::fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fd(fd) => write!(f, "Fd({fd:?})"),
            Self::Channel(_) => f.write_str("Channel"),
        }
    }
}

/// What a read from a stream gives.
#[derive(Debug, PartialEq, Eq)]
pub enum StreamRead {
    /// So many bytes were put into the buffer; 0 is the end of the stream.
    Data(usize),
    /// So many bytes of a sparse stream are a hole, read as zeroes.
    Hole(u64),
    /// Nothing at the moment.
    WouldBlock,
}

/// Told that a stream has news.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Waits as [`StreamChannel::wait`] does, beside a thread that uses the stream.
pub type Waiter = Box<dyn Fn(Option<std::time::Duration>) -> Result<()> + Send>;

/// A stream that is not a plain descriptor. Methods never wait unless they say so.
pub trait StreamChannel: Send {
    /// Takes bytes out.
    fn read(&mut self, buffer: &mut [u8]) -> Result<StreamRead>;
    /// Puts bytes in; gives how many were taken, 0 for none at the moment.
    fn write(&mut self, bytes: &[u8]) -> Result<usize>;
    /// Puts a hole of `length` bytes in.
    fn write_hole(&mut self, length: u64) -> Result<()>;
    /// Waits until `read` or, after a `write` that took nothing, `write` may go on; or until `timeout`
    /// passes.
    fn wait(&mut self, timeout: Option<std::time::Duration>) -> Result<()>;
    /// Ends the stream well; may wait for the far side to confirm.
    fn finish(&mut self) -> Result<()>;
    /// Ends the stream at once.
    fn abort(&mut self) -> Result<()>;
    /// Whether a `read`, and whether a `write`, would go on now.
    fn ready(&mut self) -> (bool, bool) {
        (true, true)
    }
    /// From now on, `waker` is called when something came in, by any thread: it must be short. False if
    /// nobody will call it, so that [`StreamChannel::ready`] has to be asked from time to time.
    fn set_waker(&mut self, waker: Waker) -> bool {
        let _ = waker;
        false
    }
    /// What a thread can wait on while others use the stream; none if they have to take turns.
    fn waiter(&self) -> Option<Waiter> {
        None
    }
}

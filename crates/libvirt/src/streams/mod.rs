//! Streams: bytes beside a call, in both directions.
//!
//! A stream is a handle that a function opens; what it leads to is a driver's. Threads may send and
//! receive at once: nobody waits while it holds the lock.

mod all;
mod file;
mod notice;
mod open;
mod transfer;

use crate::boundary::entry;
use crate::convert::At;
use crate::handle::{Connect, Head, Held, connect};
use file::FileChannel;
use notice::Notice;
use std::ffi::{c_int, c_uint};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_api::stream::{StreamBody, StreamChannel};
use vir_base::error::{Error, ErrorCode, ErrorDomain};
use vir_base::{Result, err};

const STREAM: u32 = 0x7669_000e;

/// `VIR_STREAM_NONBLOCK`: nothing waits.
const NONBLOCK: c_uint = 1;

/// A stream (`virStreamPtr`).
#[repr(C)]
pub struct Stream {
    head: Head,
    conn: Held,
    flags: c_uint,
    body: Mutex<Body>,
    notice: Arc<Notice>,
}

/// What a stream leads to.
enum Body {
    /// No function has opened it.
    Fresh,
    Open {
        channel: Box<dyn StreamChannel>,
        /// What is left of a hole that has been read.
        hole: u64,
    },
    Ended,
}

impl Body {
    /// The channel, for `function`.
    fn channel(&mut self, function: &'static str) -> Result<(&mut dyn StreamChannel, &mut u64)> {
        match self {
            Self::Fresh => Err(Error::no_support(ErrorDomain::Streams, function)),
            Self::Open { channel, hole } => Ok((channel.as_mut(), hole)),
            Self::Ended => Err(err!(Rpc, OperationFailed, "stream is closed")),
        }
    }
}

impl Stream {
    fn body(&self) -> MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waits(&self) -> bool {
        self.flags & NONBLOCK == 0
    }

    /// The connection's loop has to know what waits to be written.
    fn written(&self) {
        if let Some(watch) = &self.conn.get().watch {
            watch.update();
        }
    }

    /// Now the stream leads somewhere.
    fn lead(&self, to: StreamBody) {
        let mut channel = match to {
            StreamBody::Channel(channel) => channel,
            StreamBody::Fd(fd) => Box::new(FileChannel::new(fd)),
        };
        let notice = Arc::downgrade(&self.notice);
        let waker = move || {
            if let Some(notice) = notice.upgrade() {
                notice.news();
            }
        };
        self.notice.is_told(channel.set_waker(Arc::new(waker)));
        *self.body() = Body::Open { channel, hole: 0 };
    }

    fn end(&self, function: &'static str, well: bool) -> Result<c_int> {
        let ended = {
            let mut body = self.body();
            match &*body {
                Body::Fresh if !well => return Ok(0),
                Body::Fresh => return Err(Error::no_support(ErrorDomain::Streams, function)),
                _ => std::mem::replace(&mut *body, Body::Ended),
            }
        };
        if let Body::Open { mut channel, .. } = ended {
            if well {
                channel.finish()?;
            } else {
                channel.abort()?;
            }
        }
        Ok(0)
    }
}

/// The stream behind a pointer from C.
///
/// # Errors
/// It is NULL or something else.
///
/// # Safety
/// The pointer is NULL or a handle that has not ended.
pub unsafe fn stream<'a>(pointer: *mut Stream, function: &str) -> Result<&'a Stream> {
    // SAFETY: the caller's contract.
    match unsafe { pointer.as_ref() } {
        Some(stream) if stream.head.is(STREAM) => {
            crate::error::concerns(stream.conn.pointer());
            Ok(stream)
        }
        _ => Err(Error::new(ErrorDomain::Streams, ErrorCode::InvalidStream, function)),
    }
}

/// Gives a reference to a stream back.
///
/// # Safety
/// The caller owns one of its references.
unsafe fn give_back(stream: &Stream) {
    if stream.head.release() {
        let pointer = std::ptr::from_ref(stream).cast_mut();
        // SAFETY: it was made by `Box::into_raw`, and this was the last reference.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::Streams, function }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamNew(conn: *mut Connect, flags: c_uint) -> *mut Stream {
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, ErrorDomain::Streams, "virStreamNew")?;
        Ok(Box::into_raw(Box::new(Stream {
            head: Head::new(STREAM),
            conn: Held::new(conn),
            flags,
            body: Mutex::new(Body::Fresh),
            notice: Arc::default(),
        })))
    })
}

macro_rules! on_stream {
    ($($name:ident |$stream:ident| $body:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(handle: *mut Stream) -> c_int {
            // SAFETY: the program's stream.
            entry(|| unsafe {
                let $stream = stream(handle, stringify!($name))?;
                $body
            })
        })*
    };
}

on_stream! {
    virStreamRef |stream| {
        stream.head.acquire();
        Ok(0)
    };
    virStreamFree |stream| {
        give_back(stream);
        crate::error::concerns(std::ptr::null_mut());
        Ok(0)
    };
    virStreamFinish |stream| stream.end("virStreamFinish", true);
    virStreamAbort |stream| stream.end("virStreamAbort", false);
}

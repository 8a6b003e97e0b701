//! Whole streams from and to the program's functions.

use super::transfer::Received;
use super::{Stream, at, stream};
use crate::boundary::entry;
use crate::convert::At;
use std::ffi::{c_char, c_int, c_longlong, c_void};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, bail};

type Source = unsafe extern "C" fn(*mut Stream, *mut c_char, usize, *mut c_void) -> c_int;
type SourceHole = unsafe extern "C" fn(*mut Stream, *mut c_int, *mut c_longlong, *mut c_void) -> c_int;
type SourceSkip = unsafe extern "C" fn(*mut Stream, c_longlong, *mut c_void) -> c_int;
type Sink = unsafe extern "C" fn(*mut Stream, *const c_char, usize, *mut c_void) -> c_int;
type SinkHole = unsafe extern "C" fn(*mut Stream, c_longlong, *mut c_void) -> c_int;

/// How much a program's function is asked for, or gets, at a time: what every version sends in one packet.
const PIECE: usize = 262_120;

/// A program's function; it says why it failed by `errno`.
fn ask(what: &str, function: impl FnOnce() -> c_int) -> Result<usize> {
    // SAFETY: this thread's own.
    unsafe { *libc::__errno_location() = 0 };
    let got = function();
    usize::try_from(got).map_err(|_| {
        let errno = std::io::Error::last_os_error().raw_os_error().filter(|errno| *errno != 0);
        Error::system(ErrorDomain::Streams, errno.unwrap_or(libc::EIO), what)
    })
}

/// Runs `body` on a stream; one that fails ends the stream.
///
/// # Safety
/// A stream of the program's.
unsafe fn whole(at: At, handle: *mut Stream, sinks: &str, body: impl FnOnce(&Stream) -> Result<()>) -> c_int {
    // SAFETY: the caller's contract.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        let result = match stream.waits() {
            true => body(stream),
            false => Err(vir_base::err!(
                Streams,
                OperationInvalid,
                "{sinks} cannot be used for non-blocking streams"
            )),
        };
        if let Err(error) = result {
            // why it failed matters more
            let _ = stream.end(at.function, false);
            return Err(error);
        }
        Ok(0)
    })
}

impl Stream {
    fn send_whole(&self, function: &'static str, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let sent = self.send(function, bytes)?.unwrap_or(0);
            bytes = &bytes[sent.min(bytes.len())..];
        }
        Ok(())
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamSendAll(
    handle: *mut Stream,
    handler: Option<Source>,
    opaque: *mut c_void,
) -> c_int {
    let at = at("virStreamSendAll");
    let body = |stream: &Stream| {
        let handler = handler.ok_or_else(|| at.null("handler"))?;
        let mut piece = vec![0; PIECE];
        loop {
            // SAFETY: the program's function, with room of the length that it is told.
            let read = || unsafe { handler(handle, piece.as_mut_ptr().cast(), PIECE, opaque) };
            match ask("send handler failed", read)?.min(PIECE) {
                0 => return Ok(()),
                got => stream.send_whole("virStreamSend", &piece[..got])?,
            }
        }
    };
    // SAFETY: the program's stream.
    unsafe { whole(at, handle, "data sources", body) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamSparseSendAll(
    handle: *mut Stream,
    handler: Option<Source>,
    holeHandler: Option<SourceHole>,
    skipHandler: Option<SourceSkip>,
    opaque: *mut c_void,
) -> c_int {
    let at = at("virStreamSparseSendAll");
    let body = |stream: &Stream| {
        let handler = handler.ok_or_else(|| at.null("handler"))?;
        let hole_handler = holeHandler.ok_or_else(|| at.null("holeHandler"))?;
        let skip_handler = skipHandler.ok_or_else(|| at.null("skipHandler"))?;
        let mut piece = vec![0; PIECE];
        let mut left = 0;
        loop {
            if left == 0 {
                let (mut in_data, mut length): (c_int, c_longlong) = (0, 0);
                // SAFETY: the program's function, with two places.
                let look = || unsafe { hole_handler(handle, &raw mut in_data, &raw mut length, opaque) };
                ask("send holeHandler failed", look)?;
                if in_data == 0 && length != 0 {
                    stream.send_hole("virStreamSendHole", length)?;
                    // SAFETY: the program's function.
                    ask("send skipHandler failed", || unsafe { skip_handler(handle, length, opaque) })?;
                    continue;
                }
                left = usize::try_from(length).unwrap_or(0);
            }
            let want = left.min(PIECE);
            // SAFETY: the program's function, with room of the length that it is told.
            let read = || unsafe { handler(handle, piece.as_mut_ptr().cast(), want, opaque) };
            match ask("send handler failed", read)?.min(want) {
                0 => return Ok(()),
                got => {
                    stream.send_whole("virStreamSend", &piece[..got])?;
                    left -= got;
                }
            }
        }
    };
    // SAFETY: the program's stream.
    unsafe { whole(at, handle, "data sources", body) }
}

/// Receives until the end.
///
/// # Safety
/// The program's functions; `holes` if it sees those.
unsafe fn receive_all(
    stream: &Stream,
    handle: *mut Stream,
    sink: Sink,
    holes: Option<SinkHole>,
    opaque: *mut c_void,
) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let got = match stream.receive("virStreamRecv", &mut piece, holes.is_some())? {
            Received::Data(0) => return Ok(()),
            Received::Data(got) => got,
            Received::Nothing => bail!(Streams, InternalError, "a stream that waits gave nothing"),
            Received::Hole => {
                let length = stream.receive_hole("virStreamRecvHole")?;
                if let Some(holes) = holes {
                    let length = c_longlong::try_from(length).unwrap_or(c_longlong::MAX);
                    // SAFETY: the caller's contract.
                    ask("recv holeHandler failed", || unsafe { holes(handle, length, opaque) })?;
                }
                continue;
            }
        };
        let mut rest = &piece[..got];
        while !rest.is_empty() {
            // SAFETY: the caller's contract.
            let write = || unsafe { sink(handle, rest.as_ptr().cast(), rest.len(), opaque) };
            let done = ask("recv handler failed", write)?;
            rest = &rest[done.min(rest.len())..];
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamRecvAll(
    handle: *mut Stream,
    handler: Option<Sink>,
    opaque: *mut c_void,
) -> c_int {
    let at = at("virStreamRecvAll");
    let body = |stream: &Stream| {
        let handler = handler.ok_or_else(|| at.null("handler"))?;
        // SAFETY: the program's function.
        unsafe { receive_all(stream, handle, handler, None, opaque) }
    };
    // SAFETY: the program's stream.
    unsafe { whole(at, handle, "data sinks", body) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamSparseRecvAll(
    handle: *mut Stream,
    handler: Option<Sink>,
    holeHandler: Option<SinkHole>,
    opaque: *mut c_void,
) -> c_int {
    let at = at("virStreamSparseRecvAll");
    let body = |stream: &Stream| {
        let handler = handler.ok_or_else(|| at.null("handler"))?;
        let hole_handler = holeHandler.ok_or_else(|| at.null("holeHandler"))?;
        // SAFETY: the program's functions.
        unsafe { receive_all(stream, handle, handler, Some(hole_handler), opaque) }
    };
    // SAFETY: the program's stream.
    unsafe { whole(at, handle, "data sinks", body) }
}

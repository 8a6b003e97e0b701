//! Sending and receiving.

use super::{Stream, at, stream};
use crate::boundary::entry;
use std::ffi::{c_char, c_int, c_longlong, c_uint};
use std::time::Duration;
use vir_api::stream::StreamRead;
use vir_base::error::{ErrorDomain, check_flags};
use vir_base::{Result, err};

/// `VIR_STREAM_RECV_STOP_AT_HOLE`
pub const STOP_AT_HOLE: c_uint = 1;

/// What reading gives.
pub enum Received {
    /// So many bytes; 0 is the end.
    Data(usize),
    /// A hole comes next.
    Hole,
    /// Nothing, and the stream does not wait.
    Nothing,
}

impl Stream {
    /// Waits until it makes sense to try again.
    fn wait(&self, function: &'static str) -> Result<()> {
        let waiter = self.body().channel(function)?.0.waiter();
        match waiter {
            Some(waiter) => waiter(None),
            // others take their turn after a moment
            None => self.body().channel(function)?.0.wait(Some(Duration::from_millis(20))),
        }
    }

    /// Takes some of `bytes`; none if there is no room and the stream does not wait.
    pub fn send(&self, function: &'static str, bytes: &[u8]) -> Result<Option<usize>> {
        loop {
            let sent = match bytes {
                // an empty packet would end the stream
                [] => return self.body().channel(function).map(|_| Some(0)),
                bytes => self.body().channel(function)?.0.write(bytes)?,
            };
            self.written();
            match sent {
                0 if self.waits() => self.wait(function)?,
                0 => return Ok(None),
                sent => return Ok(Some(sent)),
            }
        }
    }

    /// Reads into `buffer`; a hole is zeroes there, unless it is to be seen.
    pub fn receive(&self, function: &'static str, buffer: &mut [u8], holes: bool) -> Result<Received> {
        loop {
            {
                let mut body = self.body();
                let (channel, hole) = body.channel(function)?;
                if *hole == 0 {
                    match channel.read(buffer)? {
                        StreamRead::Data(length) => return Ok(Received::Data(length)),
                        StreamRead::Hole(length) => *hole = length,
                        StreamRead::WouldBlock if !self.waits() => return Ok(Received::Nothing),
                        StreamRead::WouldBlock => {}
                    }
                }
                if *hole > 0 {
                    if holes {
                        return Ok(Received::Hole);
                    }
                    let length = buffer.len().min(usize::try_from(*hole).unwrap_or(usize::MAX));
                    buffer[..length].fill(0);
                    *hole -= length as u64;
                    return Ok(Received::Data(length));
                }
            }
            self.wait(function)?;
        }
    }

    pub fn send_hole(&self, function: &'static str, length: c_longlong) -> Result<()> {
        let length = u64::try_from(length)
            .map_err(|_| err!(Streams, InvalidArg, "length in {function} must be zero or greater"))?;
        self.body().channel(function)?.0.write_hole(length)?;
        self.written();
        Ok(())
    }

    /// The hole that was met, or comes next; 0 if none does.
    pub fn receive_hole(&self, function: &'static str) -> Result<u64> {
        if let Received::Hole = self.receive(function, &mut [], true)? {
            return Ok(std::mem::take(self.body().channel(function)?.1));
        }
        Ok(0)
    }
}

/// # Safety
/// `bytes` is so many bytes of the program's.
unsafe fn receive_into(
    stream: &Stream,
    function: &'static str,
    bytes: *mut c_char,
    length: usize,
    holes: bool,
) -> Result<c_int> {
    let length = length.min(c_int::MAX as usize);
    // SAFETY: the caller's contract; the kernel or a copy fills it.
    let buffer = unsafe { std::slice::from_raw_parts_mut(bytes.cast::<u8>(), length) };
    Ok(match stream.receive(function, buffer, holes)? {
        Received::Data(length) => c_int::try_from(length).unwrap_or(c_int::MAX),
        Received::Nothing => -2,
        Received::Hole => -3,
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamSend(handle: *mut Stream, data: *const c_char, nbytes: usize) -> c_int {
    let at = at("virStreamSend");
    // SAFETY: the program's stream and its bytes.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        if data.is_null() {
            return Err(at.null("data"));
        }
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), nbytes.min(c_int::MAX as usize));
        let sent = stream.send(at.function, bytes)?;
        Ok(sent.map_or(-2, |sent| c_int::try_from(sent).unwrap_or(c_int::MAX)))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamRecv(handle: *mut Stream, data: *mut c_char, nbytes: usize) -> c_int {
    let at = at("virStreamRecv");
    // SAFETY: the program's stream and its bytes.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        if data.is_null() {
            return Err(at.null("data"));
        }
        receive_into(stream, at.function, data, nbytes, false)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamRecvFlags(
    handle: *mut Stream,
    data: *mut c_char,
    nbytes: usize,
    flags: c_uint,
) -> c_int {
    let at = at("virStreamRecvFlags");
    // SAFETY: the program's stream and its bytes.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        if data.is_null() {
            return Err(at.null("data"));
        }
        stream.body().channel(at.function)?;
        check_flags(ErrorDomain::Remote, flags, STOP_AT_HOLE, "remoteStreamRecvFlags")?;
        receive_into(stream, at.function, data, nbytes, flags & STOP_AT_HOLE != 0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamSendHole(handle: *mut Stream, length: c_longlong, flags: c_uint) -> c_int {
    let at = at("virStreamSendHole");
    // SAFETY: the program's stream.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        stream.body().channel(at.function)?;
        check_flags(ErrorDomain::Rpc, flags, 0, "virNetClientStreamSendHole")?;
        stream.send_hole(at.function, length)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamRecvHole(
    handle: *mut Stream,
    length: *mut c_longlong,
    flags: c_uint,
) -> c_int {
    let at = at("virStreamRecvHole");
    // SAFETY: the program's stream and place.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        let length = at.place(length, "length")?;
        stream.body().channel(at.function)?;
        check_flags(ErrorDomain::Remote, flags, 0, "remoteStreamRecvHole")?;
        *length = c_longlong::try_from(stream.receive_hole(at.function)?).unwrap_or(c_longlong::MAX);
        Ok(0)
    })
}

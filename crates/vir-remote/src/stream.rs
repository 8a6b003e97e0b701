//! A stream of a connection to a daemon, as the traits have it.

use std::time::Duration;
use vir_api::stream::{StreamChannel, StreamRead, Waiter, Waker};
use vir_base::{Result, err};
use vir_rpc::client::{ClientStream, StreamRead as Got};

/// The client half of a stream.
pub(crate) struct Channel {
    stream: Option<ClientStream>,
}

impl Channel {
    pub(crate) fn new(stream: ClientStream) -> Self {
        Self { stream: Some(stream) }
    }

    fn open(&self) -> Result<&ClientStream> {
        self.stream.as_ref().ok_or_else(|| err!(Streams, InvalidStream, "stream is not open"))
    }
}

impl StreamChannel for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> Result<StreamRead> {
        let stream = self.open()?;
        Ok(match stream.try_recv(buffer)? {
            Got::Data(length) => StreamRead::Data(length),
            Got::WouldBlock => StreamRead::WouldBlock,
            Got::Hole(_) => StreamRead::Hole(stream.recv_hole().unwrap_or(0).unsigned_abs()),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.open()?.try_send(bytes)
    }

    fn write_hole(&mut self, length: u64) -> Result<()> {
        self.open()?.send_hole(i64::try_from(length).unwrap_or(i64::MAX))
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Result<()> {
        self.open()?.waiter().wait(timeout)
    }

    fn finish(&mut self) -> Result<()> {
        self.stream.take().map_or(Ok(()), ClientStream::finish)
    }

    fn abort(&mut self) -> Result<()> {
        self.stream.take().map_or(Ok(()), ClientStream::abort)
    }

    fn ready(&mut self) -> (bool, bool) {
        self.stream.as_ref().map_or((true, true), ClientStream::ready)
    }

    fn set_waker(&mut self, waker: Waker) -> bool {
        if let Some(stream) = &self.stream {
            stream.set_waker(move || waker());
        }
        true
    }

    fn waiter(&self) -> Option<Waiter> {
        let waiter = self.stream.as_ref()?.waiter();
        Some(Box::new(move |timeout| waiter.wait(timeout)))
    }
}

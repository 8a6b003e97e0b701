//! A stream of a connection to a daemon, as the traits have it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use vir_api::stream::{StreamChannel, StreamRead};
use vir_base::{Result, err};
use vir_rpc::client::{ClientStream, StreamRead as Got};

/// The client half of a stream.
pub(crate) struct Channel {
    stream: Option<ClientStream>,
    news: Arc<(Mutex<bool>, Condvar)>,
}

impl Channel {
    pub(crate) fn new(stream: ClientStream) -> Self {
        let news: Arc<(Mutex<bool>, Condvar)> = Arc::default();
        let teller = news.clone();
        stream.set_waker(move || {
            *teller.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            teller.1.notify_all();
        });
        Self { stream: Some(stream), news }
    }

    fn open(&self) -> Result<&ClientStream> {
        self.stream.as_ref().ok_or_else(|| err!(Streams, InvalidStream, "stream is not open"))
    }
}

impl StreamChannel for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> Result<StreamRead> {
        *self.news.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
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
        self.open()?;
        let (news, changed) = &*self.news;
        let guard = news.lock().unwrap_or_else(PoisonError::into_inner);
        // the connection's own thread reads the socket and tells; the limit is for one that does not
        let limit = timeout.unwrap_or(Duration::from_millis(500));
        let waited = changed.wait_timeout_while(guard, limit, |news| !*news);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.stream.take().map_or(Ok(()), ClientStream::finish)
    }

    fn abort(&mut self) -> Result<()> {
        self.stream.take().map_or(Ok(()), ClientStream::abort)
    }
}

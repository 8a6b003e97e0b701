//! The end of a connection, and who wants to hear of it: once, and from whichever thread notices.

use crate::RemoteDriver;
use std::sync::{Arc, Mutex, PoisonError};
use vir_api::connection::DriverTraits as _;
use vir_base::Result;
use vir_proto::procedures::remote;
use vir_rpc::client::Client;

/// `virDrvFeature`: the daemon tells when its own connection to the hypervisor ends.
const FEATURE_REMOTE_CLOSE_CALLBACK: i32 = 15;

/// Told `virConnectCloseReason`.
pub(crate) type Told = Box<dyn FnOnce(i32) + Send>;

/// Who wants to hear.
#[derive(Clone, Default)]
pub(crate) struct Closing(Arc<Mutex<Option<Told>>>);

impl Closing {
    /// Hears of the end of the socket.
    pub(crate) fn watch(&self, client: &Client) {
        let own = self.clone();
        client.set_close_sink(move |reason| own.tell(reason as i32));
    }

    /// The connection has ended: whoever wants to hear does, the first time.
    pub(crate) fn tell(&self, reason: i32) {
        if let Some(told) = self.set(None) {
            told(reason);
        }
    }

    /// Who wants to hear from now on; gives who did.
    pub(crate) fn set(&self, told: Option<Told>) -> Option<Told> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), told)
    }
}

impl RemoteDriver {
    /// `told` is called when the connection ends by itself, with `virConnectCloseReason`.
    ///
    /// # Errors
    /// The daemon does not want to tell of its own connections.
    pub fn on_close(&self, told: impl FnOnce(i32) + Send + 'static) -> Result<()> {
        if self.has_feature(FEATURE_REMOTE_CLOSE_CALLBACK) {
            self.call::<_, ()>(remote::PROGRAM, remote::CONNECT_REGISTER_CLOSE_CALLBACK, &())?;
        }
        drop(self.closing.set(Some(Box::new(told))));
        Ok(())
    }

    /// Nobody wants to hear any more.
    ///
    /// # Errors
    /// As for [`RemoteDriver::on_close`].
    pub fn forget_close(&self) -> Result<()> {
        if self.has_feature(FEATURE_REMOTE_CLOSE_CALLBACK) {
            self.call::<_, ()>(remote::PROGRAM, remote::CONNECT_UNREGISTER_CLOSE_CALLBACK, &())?;
        }
        drop(self.closing.set(None));
        Ok(())
    }
}

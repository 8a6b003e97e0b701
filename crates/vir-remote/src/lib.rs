//! The remote driver: the driver traits over the wire, for connections that a daemon serves.
//!
//! The methods are generated; here are the opening of a connection, its events and its streams. It
//! knows the daemons' sockets and nothing of hypervisors.

mod address;
mod admin;
mod authenticate;
mod closing;
mod destination;
mod events;
mod generated;
pub mod helper;
mod open;
mod params;
mod sasl;
mod seal;
mod sockets;
mod ssh;
mod start;
mod stream;
mod tls;

pub use address::Address;
pub use admin::{Admin, AdminClient, AdminServer, admin_uri};
pub use destination::Destination;
pub use events::decode as decode_event;
pub use open::{OpenOptions, open};
pub use params::{Mode, Params, Proxy};
pub use tls::TlsOptions;

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use vir_api::connection::DriverTraits;
use vir_api::constants::VIR_DOMAIN_CPU_STATS_CPUTIME;
use vir_api::stream::StreamBody;
use vir_api::{Connection, Op};
use vir_base::{Result, TypedParam};
use vir_proto::procedures::{qemu, remote};
use vir_proto::wire::{
    ConnectGetLibVersionRet, ConnectIsSecureRet, ConnectSetIdentityArgs, ConnectSupportsFeatureArgs,
    ConnectSupportsFeatureRet,
};
use vir_proto::xdr::{Xdr, to_bytes};
use vir_rpc::client::{Client, Target};
use vir_rpc::transport::TransportKind;

/// `virDrvFeature`: the daemon answers keepalive messages.
const FEATURE_PROGRAM_KEEPALIVE: i32 = 10;
/// `virDrvFeature`: descriptors can go with calls.
const FEATURE_FD_PASSING: i32 = 8;

/// As many parameters as the daemon counted processors, as a driver's own answer to that question has.
pub(crate) fn one_each(count: i32) -> Vec<TypedParam> {
    let count = usize::try_from(count).unwrap_or(0).min(PROCESSORS_MAX);
    vec![TypedParam::new(VIR_DOMAIN_CPU_STATS_CPUTIME, 0u64); count]
}

/// More processors than any host has: a daemon's number is not to be trusted with our memory.
const PROCESSORS_MAX: usize = 1 << 20;

/// A connection to a daemon.
pub struct RemoteDriver {
    client: Client,
    closing: closing::Closing,
    /// Nobody but the two ends can read what is said.
    secure: AtomicBool,
    /// We have proved who we are by SASL.
    sasl: AtomicBool,
    /// The daemon has opened what was asked for, and waits to be told that it is no longer needed.
    opened: AtomicBool,
}

impl RemoteDriver {
    fn new(client: Client, secure: bool) -> Self {
        let closing = closing::Closing::default();
        closing.watch(&client);
        Self {
            client,
            closing,
            secure: AtomicBool::new(secure),
            sasl: AtomicBool::default(),
            opened: AtomicBool::default(),
        }
    }

    /// We have proved who we are by SASL, and what has been agreed on then may encrypt all that is said.
    fn proved_by_sasl(&self, encrypted: bool) {
        self.sasl.store(true, Ordering::Relaxed);
        self.secure.fetch_or(encrypted, Ordering::Relaxed);
    }

    fn target(program: u32, procedure: i32) -> Target {
        let version = if program == qemu::PROGRAM { qemu::VERSION } else { remote::VERSION };
        Target { program, version, procedure }
    }

    /// Calls and waits for the answer.
    pub(crate) fn call<A: Xdr, R: Xdr>(&self, program: u32, procedure: i32, args: &A) -> Result<R> {
        self.client.call_value(Self::target(program, procedure), args)
    }

    /// Calls what opens a stream.
    pub(crate) fn call_with_stream<A: Xdr, R: Xdr>(
        &self,
        program: u32,
        procedure: i32,
        args: &A,
    ) -> Result<(R, StreamBody)> {
        let args = to_bytes(args).map_err(unfit)?;
        let (answer, stream) = self.client.call_stream(Self::target(program, procedure), &args, true)?;
        Ok((answer.decode()?, StreamBody::Channel(Box::new(stream::Channel::new(stream)))))
    }

    /// Calls with descriptors, and gives back those that come with the answer.
    pub(crate) fn call_with_files<A: Xdr, R: Xdr>(
        &self,
        program: u32,
        procedure: i32,
        args: &A,
        files: Vec<OwnedFd>,
    ) -> Result<(R, Vec<OwnedFd>)> {
        let args = to_bytes(args).map_err(unfit)?;
        let answer = self.client.call(Self::target(program, procedure), &args, files)?;
        Ok((answer.decode()?, answer.fds))
    }

    /// The socket, to poll it for reading (and writing, if [`RemoteDriver::wants_write`]).
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.client.fd()
    }

    /// Whether something waits to be written.
    pub fn wants_write(&self) -> bool {
        self.client.wants_write()
    }

    /// How long [`RemoteDriver::dispatch`] may wait to be called while the socket is quiet.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.client.next_timeout()
    }

    /// `told` is called when [`RemoteDriver::wants_write`] has become true and no thread sees to it.
    pub fn when_unsent(&self, told: impl Fn() + Send + Sync + 'static) {
        self.client.set_unsent_sink(told);
    }

    /// Reads and writes without waiting, and hands out events; for programs that read themselves.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn dispatch(&self) -> Result<()> {
        self.client.dispatch_pending()
    }

    /// False once the connection is known to be broken.
    pub fn is_alive(&self) -> bool {
        self.client.is_alive()
    }

    /// Asks the daemon whether it is there after `interval` seconds of silence, and gives up after
    /// `count` questions. False if it does not answer such questions.
    pub fn keepalive(&self, interval: u32, count: u32) -> bool {
        if !self.has_feature(FEATURE_PROGRAM_KEEPALIVE) {
            return false;
        }
        self.client.set_keepalive(Duration::from_secs(interval.into()), count);
        true
    }

    /// `virConnectIsSecure`: nobody can read what is said, on the way to the daemon and from there to its
    /// hypervisor.
    ///
    /// # Errors
    /// The call failed.
    pub fn is_secure(&self) -> Result<bool> {
        let ret: ConnectIsSecureRet = self.call(remote::PROGRAM, remote::CONNECT_IS_SECURE, &())?;
        Ok(self.secure.load(Ordering::Relaxed) && ret.secure != 0)
    }

    /// `virConnectIsEncrypted`: what is said on the way is encrypted by this library itself (a program like
    /// `ssh` does not count), and nobody can read it behind the daemon.
    ///
    /// # Errors
    /// The call failed.
    pub fn is_encrypted(&self) -> Result<bool> {
        let ret: ConnectIsSecureRet = self.call(remote::PROGRAM, remote::CONNECT_IS_SECURE, &())?;
        // for the peer all of SASL is encryption, also where there is none to be had
        let encrypted = self.client.key_bits().is_some() || self.sasl.load(Ordering::Relaxed);
        Ok(encrypted && ret.secure != 0)
    }

    /// Acts in another's name from now on, as far as the daemon lets us.
    ///
    /// # Errors
    /// It does not.
    pub fn set_identity(&self, params: Vec<TypedParam>, flags: u32) -> Result<()> {
        self.call(remote::PROGRAM, remote::CONNECT_SET_IDENTITY, &ConnectSetIdentityArgs { params, flags })
    }

    /// The daemon's version: major * 1,000,000 + minor * 1,000 + release.
    ///
    /// # Errors
    /// The call failed.
    pub fn lib_version(&self) -> Result<u64> {
        let ret: ConnectGetLibVersionRet =
            self.call(remote::PROGRAM, remote::CONNECT_GET_LIB_VERSION, &())?;
        Ok(ret.lib_ver)
    }

    /// The parts of a connection that this driver serves: all of them.
    fn connection(self: &Arc<Self>, uri: String, events: Arc<vir_api::event::EventBus>) -> Connection {
        Connection {
            uri,
            hypervisor: self.clone(),
            network: Some(self.clone()),
            storage: Some(self.clone()),
            node_device: Some(self.clone()),
            interface: Some(self.clone()),
            secret: Some(self.clone()),
            nwfilter: Some(self.clone()),
            events,
            traits: self.clone(),
        }
    }
}

impl DriverTraits for RemoteDriver {
    fn may_wait(&self, _: Op) -> bool {
        true
    }

    fn has_feature(&self, feature: i32) -> bool {
        // a matter of the way to the daemon, not of the daemon
        if feature == FEATURE_FD_PASSING {
            return self.client.transport_kind() == TransportKind::Unix;
        }
        let args = ConnectSupportsFeatureArgs { feature };
        let ret: Result<ConnectSupportsFeatureRet> =
            self.call(remote::PROGRAM, remote::CONNECT_SUPPORTS_FEATURE, &args);
        ret.is_ok_and(|ret| ret.supported != 0)
    }
}

impl Drop for RemoteDriver {
    fn drop(&mut self) {
        // a daemon that is gone needs no farewell, nor one that has not let us in
        if self.opened.load(Ordering::Relaxed) {
            let _: Result<()> = self.call(remote::PROGRAM, remote::CONNECT_CLOSE, &());
        }
        self.client.close();
    }
}

fn unfit(why: vir_proto::xdr::XdrError) -> vir_base::Error {
    vir_base::err!(Rpc, Rpc, "Unable to encode message payload").with_hint(why.to_string())
}

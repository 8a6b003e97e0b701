//! A call on its way through an entry: arguments, checks, answer.

use super::session::Session;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use vir_api::stream::{StreamBody, StreamChannel, StreamRead};
use vir_api::{
    Caller, Connection, HypervisorDriver, InterfaceDriver, NetworkDriver, NodeDeviceDriver, NwfilterDriver,
    SecretDriver, StorageDriver,
};
use vir_base::refs::*;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, err};
use vir_proto::xdr::{Decoder, Encoder, Xdr};
use vir_rpc::server::{Call, ClientHandle, Reply, StreamDirection, StreamEnd, StreamItem};

/// What a permission is asked for: the object, as far as the call names one.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // each is the object it names
pub enum Subject<'a> {
    None,
    Domain(&'a DomainRef),
    Network(&'a NetworkRef),
    NetworkPort(&'a NetworkPortRef),
    Nwfilter(&'a NwfilterRef),
    NwfilterBinding(&'a NwfilterBindingRef),
    Interface(&'a InterfaceRef),
    StoragePool(&'a StoragePoolRef),
    StorageVol(&'a StorageVolRef),
    NodeDevice(&'a NodeDeviceRef),
    Secret(&'a SecretRef),
}

/// Constructors of [`Subject`], named as the types of the declarations.
pub(crate) mod object {
    use super::*;

    pub(crate) fn none<'a>() -> Subject<'a> {
        Subject::None
    }
    pub(crate) fn domain(dom: &DomainRef) -> Subject<'_> {
        Subject::Domain(dom)
    }
    pub(crate) fn domain_snapshot(snapshot: &DomainSnapshotRef) -> Subject<'_> {
        Subject::Domain(&snapshot.dom)
    }
    pub(crate) fn domain_checkpoint(checkpoint: &DomainCheckpointRef) -> Subject<'_> {
        Subject::Domain(&checkpoint.dom)
    }
    pub(crate) fn network(net: &NetworkRef) -> Subject<'_> {
        Subject::Network(net)
    }
    pub(crate) fn network_port(port: &NetworkPortRef) -> Subject<'_> {
        Subject::NetworkPort(port)
    }
    pub(crate) fn nwfilter(filter: &NwfilterRef) -> Subject<'_> {
        Subject::Nwfilter(filter)
    }
    pub(crate) fn nwfilter_binding(binding: &NwfilterBindingRef) -> Subject<'_> {
        Subject::NwfilterBinding(binding)
    }
    pub(crate) fn interface(iface: &InterfaceRef) -> Subject<'_> {
        Subject::Interface(iface)
    }
    pub(crate) fn storage_pool(pool: &StoragePoolRef) -> Subject<'_> {
        Subject::StoragePool(pool)
    }
    pub(crate) fn storage_vol(vol: &StorageVolRef) -> Subject<'_> {
        Subject::StorageVol(vol)
    }
    #[allow(dead_code)] // node device calls name their object by a string so far
    pub(crate) fn node_device(dev: &NodeDeviceRef) -> Subject<'_> {
        Subject::NodeDevice(dev)
    }
    pub(crate) fn secret(secret: &SecretRef) -> Subject<'_> {
        Subject::Secret(secret)
    }
}

/// When a permission is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Always,
    /// Some of these flags are set.
    With(u32),
    /// None of these flags is set.
    Without(u32),
    /// As computed.
    Is(bool),
}

/// A permission that a call needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) object: &'static str,
    pub(crate) permission: &'static str,
    pub(crate) when: When,
}

/// Decides who may do what (`access_drivers` of the configuration).
pub trait AccessHook: Send + Sync {
    /// Whether `caller` has `permission` of the object class `object` on `subject`.
    ///
    /// # Errors
    /// What the caller is told if not.
    fn check(&self, caller: &Caller, object: &str, permission: &str, subject: Subject<'_>) -> Result<()>;
}

/// A call while it is served.
pub(crate) struct Request<'a> {
    client: &'a ClientHandle,
    session: &'a Arc<Session>,
    connection: Option<Arc<Connection>>,
    caller: Caller,
    args: &'a [u8],
    files: Vec<OwnedFd>,
    payload: &'a mut dyn Answer,
}

/// The part of [`Reply`] that entries use; a trait only because `Reply` has a lifetime of its own.
trait Answer {
    fn payload(&mut self) -> &mut Vec<u8>;
    fn attach(&mut self, file: OwnedFd);
    fn stream(&mut self, end: StreamEnd);
}

impl Answer for Reply<'_> {
    fn payload(&mut self) -> &mut Vec<u8> {
        Reply::payload(self)
    }
    fn attach(&mut self, file: OwnedFd) {
        self.attach_fd(file);
    }
    fn stream(&mut self, end: StreamEnd) {
        self.open_stream(end);
    }
}

impl<'a> Request<'a> {
    pub(super) fn new(
        client: &'a ClientHandle,
        session: &'a Arc<Session>,
        connection: Option<Arc<Connection>>,
        api: &'static str,
        call: &'a mut Call<'_>,
        reply: &'a mut Reply<'_>,
    ) -> Self {
        Self {
            client,
            session,
            connection,
            caller: session.caller(api),
            files: std::mem::take(&mut call.fds),
            args: call.args,
            payload: reply,
        }
    }

    pub(crate) fn client(&self) -> &'a ClientHandle {
        self.client
    }

    pub(crate) fn session(&self) -> &'a Arc<Session> {
        self.session
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The decoded arguments.
    pub(crate) fn args<T: Xdr>(&self) -> Result<T> {
        Decoder::whole(self.args)
            .map_err(|why| err!(Rpc, Rpc, "Unable to decode message payload").with_hint(why.to_string()))
    }

    /// The call takes no arguments.
    pub(crate) fn no_args(&self) -> Result<()> {
        self.args::<()>()
    }

    /// Refuses the call on a read-only connection.
    pub(crate) fn writable(&self, domain: ErrorDomain, function: &str) -> Result<()> {
        match self.caller.read_only {
            false => Ok(()),
            true => Err(Error::new(
                domain,
                ErrorCode::OperationDenied,
                format!("read only access prevents {function}"),
            )
            .with_hint("open the connection without VIR_CONNECT_RO, on the read-write socket")),
        }
    }

    /// As [`Request::writable`], with words of its own.
    pub(crate) fn writable_words(&self, domain: ErrorDomain, words: &str) -> Result<()> {
        match self.caller.read_only {
            false => Ok(()),
            true => Err(Error::new(domain, ErrorCode::OperationDenied, words)),
        }
    }

    /// Checks the permissions that apply with these flags.
    pub(crate) fn allow(&self, subject: Subject<'_>, flags: u32, rules: &[Rule]) -> Result<()> {
        let Some(hook) = self.session.access() else { return Ok(()) };
        for rule in rules {
            let applies = match rule.when {
                When::Always => true,
                When::With(mask) => flags & mask != 0,
                When::Without(mask) => flags & mask == 0,
                When::Is(applies) => applies,
            };
            if applies {
                hook.check(&self.caller, rule.object, rule.permission, subject)?;
            }
        }
        Ok(())
    }

    /// The descriptors that came with the call.
    pub(crate) fn take_files(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.files)
    }

    /// Answers.
    pub(crate) fn answer<T: Xdr>(&mut self, value: &T) -> Result<()> {
        let payload = self.payload.payload();
        let mut e = Encoder::after(std::mem::take(payload));
        value.encode(&mut e);
        // what was there before belongs to other answers: it must not be lost when this one is too large
        let (bytes, fits) = e.into_parts();
        *payload = bytes;
        fits.map_err(|why| err!(Rpc, Rpc, "Unable to encode message payload").with_hint(why.to_string()))
    }

    /// Sends descriptors with the answer.
    pub(crate) fn send_files(&mut self, files: Vec<OwnedFd>) {
        for file in files {
            self.payload.attach(file);
        }
    }

    /// Opens the call's stream behind the answer.
    pub(crate) fn open_stream(&mut self, body: StreamBody, direction: StreamDirection) -> Result<()> {
        let end = match body {
            StreamBody::Fd(fd) => StreamEnd::from_fd(fd, direction)
                .map_err(|e| Error::io(ErrorDomain::Streams, &e, "cannot use the stream's descriptor"))?,
            StreamBody::Channel(channel) => {
                let (end, handle) = StreamEnd::pair(true);
                // a channel may wait, as files do: it gets a thread for as long as it lives
                std::thread::Builder::new()
                    .name("stream".into())
                    .spawn(move || carry(channel, handle, direction))
                    .map_err(|e| Error::io(ErrorDomain::Streams, &e, "cannot start the stream's thread"))?;
                end
            }
        };
        self.payload.stream(end);
        Ok(())
    }

    pub(crate) fn hypervisor(&self, domain: ErrorDomain, function: &str) -> Result<&dyn HypervisorDriver> {
        self.part(domain, function, |c| Some(&*c.hypervisor))
    }

    pub(crate) fn network(&self, domain: ErrorDomain, function: &str) -> Result<&dyn NetworkDriver> {
        self.part(domain, function, |c| c.network.as_deref())
    }

    pub(crate) fn storage(&self, domain: ErrorDomain, function: &str) -> Result<&dyn StorageDriver> {
        self.part(domain, function, |c| c.storage.as_deref())
    }

    pub(crate) fn node_device(&self, domain: ErrorDomain, function: &str) -> Result<&dyn NodeDeviceDriver> {
        self.part(domain, function, |c| c.node_device.as_deref())
    }

    pub(crate) fn interface(&self, domain: ErrorDomain, function: &str) -> Result<&dyn InterfaceDriver> {
        self.part(domain, function, |c| c.interface.as_deref())
    }

    pub(crate) fn secret(&self, domain: ErrorDomain, function: &str) -> Result<&dyn SecretDriver> {
        self.part(domain, function, |c| c.secret.as_deref())
    }

    pub(crate) fn nwfilter(&self, domain: ErrorDomain, function: &str) -> Result<&dyn NwfilterDriver> {
        self.part(domain, function, |c| c.nwfilter.as_deref())
    }

    /// A part of the connection; a connection without it does not support the function.
    fn part<T: ?Sized>(
        &self,
        domain: ErrorDomain,
        function: &str,
        get: impl FnOnce(&Connection) -> Option<&T>,
    ) -> Result<&T> {
        let connection = self.connection.as_deref();
        connection.and_then(get).ok_or_else(|| Error::no_support(domain, function))
    }
}

/// Carries bytes between a channel and a client until one of them ends.
fn carry(
    mut channel: Box<dyn StreamChannel>,
    handle: vir_rpc::server::StreamHandle,
    direction: StreamDirection,
) {
    let result = match direction {
        StreamDirection::FromClient => take_in(channel.as_mut(), &handle),
        StreamDirection::ToClient | StreamDirection::Both => give_out(channel.as_mut(), &handle),
    };
    match result {
        Ok(true) => handle.finish(),
        // the client gave up: nobody is there to be told
        Ok(false) => drop(channel.abort()),
        Err(error) => handle.fail(error),
    }
}

/// From the client to the channel; false if the client gave up.
fn take_in(channel: &mut dyn StreamChannel, handle: &vir_rpc::server::StreamHandle) -> Result<bool> {
    loop {
        match handle.recv() {
            StreamItem::Data(data) => {
                let mut rest = &data[..];
                while !rest.is_empty() {
                    match channel.write(rest)? {
                        0 => channel.wait(None)?,
                        taken => rest = &rest[taken..],
                    }
                }
            }
            StreamItem::Hole(length) => channel.write_hole(u64::try_from(length).unwrap_or(0))?,
            StreamItem::Finish => {
                channel.finish()?;
                return Ok(true);
            }
            StreamItem::Abort => return Ok(false),
        }
    }
}

/// From the channel to the client; false if the client gave up.
fn give_out(channel: &mut dyn StreamChannel, handle: &vir_rpc::server::StreamHandle) -> Result<bool> {
    let mut buffer = vec![0; 65536];
    let mut ended = false;
    loop {
        match handle.try_recv() {
            Some(StreamItem::Finish) => {
                channel.finish()?;
                return Ok(true);
            }
            Some(StreamItem::Abort) => return Ok(false),
            Some(_) | None => {}
        }
        if ended {
            match handle.recv() {
                StreamItem::Abort => return Ok(false),
                StreamItem::Finish => {
                    channel.finish()?;
                    return Ok(true);
                }
                _ => continue,
            }
        }
        match channel.read(&mut buffer)? {
            StreamRead::Data(0) => {
                handle.send(&[])?;
                ended = true;
            }
            StreamRead::Data(length) => handle.send(&buffer[..length])?,
            StreamRead::Hole(length) => handle.send_hole(i64::try_from(length).unwrap_or(i64::MAX))?,
            StreamRead::WouldBlock => channel.wait(Some(std::time::Duration::from_millis(200)))?,
        }
    }
}

//! Opening and closing a connection, and what the daemon knows of it without asking the driver.

use crate::dispatch::{Request, Session};
use vir_base::{ErrorDomain, Result, bail};
use vir_proto::wire::*;
use vir_proto::xdr::Decoder;

/// The version of the library that we stand for: major * 1,000,000 + minor * 1,000 + release.
const LIB_VERSION: u64 = 11_003_000;

/// Features that the daemon has whatever the driver (`virDrvFeature`).
const FD_PASSING: i32 = 8;
const PROGRAM_KEEPALIVE: i32 = 10;
const REMOTE_EVENT_CALLBACK: i32 = 14;
const REMOTE_CLOSE_CALLBACK: i32 = 15;

/// Whether opening may wait: the driver is still starting, or has to read something.
pub(super) fn open_may_wait(session: &Session, args: &[u8]) -> bool {
    // arguments that cannot be read are refused at once
    Decoder::whole::<ConnectOpenArgs>(args).is_ok_and(|a| !session.opens_at_once(a.name.as_deref()))
}

pub(super) fn connect_open(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectOpenArgs = q.args()?;
    q.session().open(a.name.as_deref(), a.flags)
}

pub(super) fn connect_close(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    q.session().close();
    q.client().close_after_reply();
    Ok(())
}

pub(super) fn connect_get_lib_version(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    q.session().connection()?;
    q.answer(&ConnectGetLibVersionRet { lib_ver: LIB_VERSION })
}

pub(super) fn connect_get_uri(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    let uri = q.session().connection()?.uri.clone();
    q.answer(&ConnectGetUriRet { uri })
}

pub(super) fn connect_supports_feature(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectSupportsFeatureArgs = q.args()?;
    let supported = match a.feature {
        // asked before the connection is open; asking for it switches it on
        PROGRAM_KEEPALIVE => {
            q.client().start_keepalive();
            true
        }
        feature => {
            let connection = q.session().connection()?;
            match feature {
                FD_PASSING | REMOTE_EVENT_CALLBACK | REMOTE_CLOSE_CALLBACK => true,
                feature => connection.traits.has_feature(feature),
            }
        }
    };
    q.answer(&ConnectSupportsFeatureRet { supported: i32::from(supported) })
}

/// Clients that act for others say for whom. Only a daemon that stands between may do so, and only
/// where permissions are decided; until then nobody may.
pub(super) fn connect_set_identity(q: &mut Request<'_>) -> Result<()> {
    let _: ConnectSetIdentityArgs = q.args()?;
    q.session().connection()?;
    q.writable(ErrorDomain::Domain, "virConnectSetIdentity")?;
    bail!(Rpc, NoSupport, "virConnectSetIdentity")
}

/// A driver's connection does not close while the daemon runs: there is nothing to tell, and clients
/// ask for it at every open.
pub(super) fn connect_register_close_callback(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    q.session().connection().map(drop)
}

pub(super) fn connect_unregister_close_callback(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    q.session().connection().map(drop)
}

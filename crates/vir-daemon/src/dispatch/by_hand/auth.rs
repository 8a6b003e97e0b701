//! How a client proves who it is.

use crate::dispatch::Request;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, err};
use vir_proto::wire::*;
use vir_rpc::auth::AuthMethod;

/// The policy's name for using a socket.
const MANAGE: &str = "org.libvirt.unix.manage";
const MONITOR: &str = "org.libvirt.unix.monitor";

pub(super) fn auth_list(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    let client = q.client();
    let mut method = client.info().auth;
    // the superuser needs no policy, and must get in when the policy service is broken
    if method == AuthMethod::Polkit && client.identity().unix.is_some_and(|unix| unix.uid == 0) {
        client.set_authenticated(|_| {});
        method = AuthMethod::None;
    }
    q.answer(&AuthListRet { types: vec![method as i32] })
}

pub(super) fn auth_polkit(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    let client = q.client();
    if client.info().auth != AuthMethod::Polkit {
        return Err(err!(Rpc, InternalError, "client tried unsupported PolicyKit init request"));
    }
    let Some(unix) = client.identity().unix else {
        return Err(failed());
    };
    let hook = q.session().polkit().ok_or_else(|| {
        failed().with_hint(
            "no polkit service is known to this daemon: set auth_unix_rw = \"none\" and use unix_sock_group",
        )
    })?;
    hook.check(&unix, if client.is_readonly() { MONITOR } else { MANAGE })?;
    client.set_authenticated(|_| {});
    q.answer(&AuthPolkitRet { complete: 1 })
}

pub(super) fn auth_sasl_init(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    Err(no_sasl())
}

pub(super) fn auth_sasl_start(q: &mut Request<'_>) -> Result<()> {
    let _: AuthSaslStartArgs = q.args()?;
    Err(no_sasl())
}

pub(super) fn auth_sasl_step(q: &mut Request<'_>) -> Result<()> {
    let _: AuthSaslStepArgs = q.args()?;
    Err(no_sasl())
}

fn failed() -> Error {
    Error::bare(ErrorDomain::Rpc, ErrorCode::AuthFailed)
}

fn no_sasl() -> Error {
    err!(Rpc, AuthFailed, "authentication failed")
}

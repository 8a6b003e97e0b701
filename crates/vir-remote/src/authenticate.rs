//! Proving to a daemon who we are, in the way that it wants.

use crate::RemoteDriver;
use crate::sasl::Answers;
use crate::seal::Seal;
use vir_api::auth::Credentials;
use vir_base::uri::Uri;
use vir_base::{ErrorCode, Result, bail, err};
use vir_proto::procedures::remote;
use vir_proto::wire::{
    AuthListRet, AuthPolkitRet, AuthSaslInitRet, AuthSaslStartArgs, AuthSaslStartRet, AuthSaslStepArgs,
    AuthSaslStepRet,
};
use vir_sasl::{Failure, Layer, Rules};

/// What `remote_auth_type` has.
const AUTH_NONE: i32 = 0;
const AUTH_SASL: i32 = 1;
const AUTH_POLKIT: i32 = 2;

/// Weakest encryption that a mechanism has to bring along where there is no other, in bits.
const WEAKEST: u32 = 56;
/// Longest message of a mechanism, in bytes.
const SASL_DATA_MAX: usize = 65536;

/// What is known of the user and of the way to the daemon.
pub(crate) struct Way<'a> {
    /// Whom the connection is to.
    pub(crate) uri: Option<&'a Uri>,
    /// `auth` of the URI: the user's choice of a way.
    pub(crate) wanted: Option<&'a str>,
    /// Nobody but the two ends can read what is said.
    pub(crate) secure: bool,
    /// Who has the credentials.
    pub(crate) credentials: Option<&'a dyn Credentials>,
    /// Where encryption can be put between the two ends.
    pub(crate) seal: &'a Seal,
}

/// Asks what the daemon wants to know of us, and says it. A daemon from before it could be asked wants nothing.
///
/// # Errors
/// We are not let in, in the words of the daemon or of libvirt.
pub(crate) fn authenticate(driver: &RemoteDriver, way: &Way<'_>) -> Result<()> {
    let list: AuthListRet = match driver.call(remote::PROGRAM, remote::AUTH_LIST, &()) {
        Err(error) if error.code() == ErrorCode::NoSupport => return Ok(()),
        list => list?,
    };
    match choose(&list.types, way.wanted)? {
        AUTH_NONE => Ok(()),
        AUTH_POLKIT => {
            let _: AuthPolkitRet = driver.call(remote::PROGRAM, remote::AUTH_POLKIT, &())?;
            Ok(())
        }
        AUTH_SASL => {
            let mechanism = way.wanted.and_then(mechanism);
            let layer = sasl(driver, way, mechanism)?;
            driver.proved_by_sasl(layer.is_some());
            if let Some(layer) = layer {
                way.seal.put(layer);
            }
            Ok(())
        }
        other => Err(err!(Remote, AuthFailed, "unsupported authentication type {other}")),
    }
}

/// The mechanism in `sasl.MECHANISM`.
fn mechanism(wanted: &str) -> Option<&str> {
    let (kind, mechanism) = wanted.split_at_checked(5)?;
    kind.eq_ignore_ascii_case("sasl.").then_some(mechanism)
}

/// Which of the ways that the daemon offers is gone.
fn choose(offered: &[i32], wanted: Option<&str>) -> Result<i32> {
    let Some(first) = offered.first() else { return Ok(AUTH_NONE) };
    let Some(wanted) = wanted else { return Ok(*first) };
    let kind = match wanted {
        _ if wanted.eq_ignore_ascii_case("sasl") || mechanism(wanted).is_some() => AUTH_SASL,
        _ if wanted.eq_ignore_ascii_case("polkit") => AUTH_POLKIT,
        _ => bail!(Remote, AuthFailed, "unknown authentication type {wanted}"),
    };
    if !offered.contains(&kind) {
        bail!(Remote, AuthFailed, "requested authentication type {wanted} rejected");
    }
    Ok(kind)
}

/// Goes through an exchange; gives the encryption that it has agreed on.
fn sasl(driver: &RemoteDriver, way: &Way<'_>, wanted: Option<&str>) -> Result<Option<Layer>> {
    let host = way.uri.and_then(|uri| uri.server.as_deref()).unwrap_or("localhost");
    let mut answers = Answers::new(way.uri, host, way.credentials);
    let init: AuthSaslInitRet = driver.call(remote::PROGRAM, remote::AUTH_SASL_INIT, &())?;
    let offered = match wanted {
        Some(wanted) if !init.mechlist.contains(wanted) => {
            bail!(Remote, AuthFailed, "SASL mechanism {wanted} not supported by server")
        }
        Some(wanted) => wanted,
        None => &init.mechlist,
    };
    let rules = Rules { host, encrypt: if way.secure { None } else { Some(WEAKEST) } };
    let starting = failed("start");
    let mut client = vir_sasl::start(offered, rules, &answers).map_err(&starting)?;
    let first = client.step(None, &mut answers).map_err(&starting)?;
    let mut ours_complete = first.complete;
    let args =
        AuthSaslStartArgs { mech: client.name().to_owned(), nil: nil(&first.data), data: sent(first.data)? };
    let answer: AuthSaslStartRet = driver.call(remote::PROGRAM, remote::AUTH_SASL_START, &args)?;
    let mut theirs_complete = answer.complete != 0;
    let mut challenge = (answer.nil == 0).then_some(answer.data);
    // where the server is done before us it may have to prove something yet
    while !(ours_complete && theirs_complete) {
        let step = client.step(challenge.as_deref(), &mut answers).map_err(failed("step"))?;
        ours_complete = step.complete;
        if ours_complete && theirs_complete {
            break;
        }
        let args = AuthSaslStepArgs { nil: nil(&step.data), data: sent(step.data)? };
        let answer: AuthSaslStepRet = driver.call(remote::PROGRAM, remote::AUTH_SASL_STEP, &args)?;
        theirs_complete = answer.complete != 0;
        challenge = (answer.nil == 0).then_some(answer.data);
    }
    match client.layer() {
        None if !way.secure => Err(err!(Remote, AuthFailed, "negotiation SSF {} was not strong enough", 0)),
        layer => Ok(layer),
    }
}

fn failed(what: &'static str) -> impl Fn(Failure) -> vir_base::Error {
    move |failure| match failure {
        Failure::Unanswered(error) => error,
        refused => err!(Rpc, AuthFailed, "Failed to {what} SASL negotiation: {refused}"),
    }
}

/// No message is not the same as an empty one.
fn nil(data: &Option<Vec<u8>>) -> i32 {
    i32::from(data.is_none())
}

fn sent(data: Option<Vec<u8>>) -> Result<Vec<u8>> {
    let data = data.unwrap_or_default();
    if data.len() > SASL_DATA_MAX {
        bail!(Remote, AuthFailed, "SASL negotiation data too long: {} bytes", data.len());
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_is_gone() {
        for (offered, wanted, chosen) in [
            (&[][..], None, AUTH_NONE),
            (&[], Some("sasl"), AUTH_NONE),
            (&[AUTH_SASL], None, AUTH_SASL),
            (&[AUTH_POLKIT, AUTH_SASL], Some("SASL.PLAIN"), AUTH_SASL),
            (&[AUTH_SASL, AUTH_POLKIT], Some("Polkit"), AUTH_POLKIT),
        ] {
            assert_eq!(choose(offered, wanted).unwrap(), chosen, "{offered:?} {wanted:?}");
        }
        let refused = |wanted| choose(&[AUTH_SASL], Some(wanted)).unwrap_err();
        assert!(refused("polkit").message().ends_with("requested authentication type polkit rejected"));
        assert!(refused("saslx").message().ends_with("unknown authentication type saslx"));
        assert_eq!(refused("saslx").code(), ErrorCode::AuthFailed);
        assert_eq!(mechanism("Sasl.PLAIN"), Some("PLAIN"));
    }
}

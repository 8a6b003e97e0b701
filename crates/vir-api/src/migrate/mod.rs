//! Migration as the client sees it: which protocol both sides have, and its steps on each of them.
//!
//! A direct migration is led from here: the source begins, the target prepares, the source performs,
//! the target finishes, the source confirms. One to a URI is led by the source (peer to peer) or has
//! no target that knows of it. Nothing here waits but in the drivers' methods.

mod old;
mod third;

use crate::constants::*;
use crate::{Caller, Connection};
use vir_base::error::{Error, ErrorCode, ErrorDomain};
use vir_base::refs::DomainRef;
use vir_base::uri::Uri;
use vir_base::{Result, TypedParam, TypedParams, TypedValue, err, typed};

/// `virDrvFeature`
const FEATURE_V1: i32 = 1;
const FEATURE_V2: i32 = 3;
const FEATURE_P2P: i32 = 4;
const FEATURE_DIRECT: i32 = 5;
const FEATURE_V3: i32 = 6;
const FEATURE_CHANGE_PROTECTION: i32 = 7;
const FEATURE_XML_MIGRATABLE: i32 = 11;
const FEATURE_OFFLINE: i32 = 12;
const FEATURE_PARAMS: i32 = 13;

/// What the target must not be told of: matters of the source alone.
const ONLY_SOURCE: u32 = VIR_MIGRATE_ABORT_ON_ERROR | VIR_MIGRATE_AUTO_CONVERGE;

/// `VIR_DOMAIN_PAUSED`
const PAUSED: i32 = 3;

/// One of the two hosts.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The connection to it.
    pub conn: &'a Connection,
    /// Who calls, and which function: messages name it.
    pub caller: &'a Caller,
}

impl Side<'_> {
    fn has(&self, feature: i32) -> bool {
        self.conn.traits.has_feature(feature)
    }

    fn invalid(&self, argument: &str, text: impl Into<String>) -> Error {
        Error::bad_argument(ErrorDomain::Domain, self.caller.api, argument, text)
    }
}

/// What is wanted of a migration.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `virDomainMigrateFlags`
    pub flags: u32,
    /// `VIR_MIGRATE_PARAM_…`
    pub params: TypedParams,
}

impl Wishes {
    /// Wishes from before there were parameters. Bandwidth is in MiB/s, 0 for the default.
    #[must_use]
    pub fn plain(
        flags: u32,
        name: Option<&str>,
        uri: Option<&str>,
        xml: Option<&str>,
        bandwidth: u64,
    ) -> Self {
        let texts = [
            (VIR_MIGRATE_PARAM_URI, uri),
            (VIR_MIGRATE_PARAM_DEST_NAME, name),
            (VIR_MIGRATE_PARAM_DEST_XML, xml),
        ];
        let mut params = TypedParams::new();
        for (field, text) in texts {
            if let Some(text) = text {
                typed::push(&mut params, field, text);
            }
        }
        typed::push(&mut params, VIR_MIGRATE_PARAM_BANDWIDTH, bandwidth);
        Self { flags, params }
    }

    fn text(&self, field: &str) -> Result<Option<&str>> {
        match typed::get(&self.params, field) {
            None => Ok(None),
            Some(TypedValue::String(text)) => Ok(Some(text)),
            Some(other) => Err(bad_type("string", field, other)),
        }
    }

    fn uri(&self) -> Result<Option<&str>> {
        self.text(VIR_MIGRATE_PARAM_URI)
    }

    fn xml(&self) -> Result<Option<&str>> {
        self.text(VIR_MIGRATE_PARAM_DEST_XML)
    }

    fn name(&self) -> Result<Option<&str>> {
        self.text(VIR_MIGRATE_PARAM_DEST_NAME)
    }

    fn bandwidth(&self) -> Result<u64> {
        match typed::get(&self.params, VIR_MIGRATE_PARAM_BANDWIDTH) {
            None => Ok(0),
            Some(TypedValue::Ullong(bandwidth)) => Ok(*bandwidth),
            Some(other) => Err(bad_type("ullong", VIR_MIGRATE_PARAM_BANDWIDTH, other)),
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether no other parameters than these are there.
    fn only(&self, fields: &[&str]) -> bool {
        self.params.iter().all(|param| fields.contains(&param.field.as_str()))
    }

    fn set(&mut self, field: &str, text: &str) {
        self.params.retain(|param| param.field != field);
        self.params.push(TypedParam::new(field, text));
    }

    fn check(&self, side: Side<'_>) -> Result<()> {
        if self.name()? == Some("") {
            return Err(
                side.invalid("dname", format!("string dname in {} must not be empty", side.caller.api))
            );
        }
        let exclusive = |a: (&str, u32), b: (&str, u32)| match self.has(a.1) && self.has(b.1) {
            true => {
                let text = format!("Flags '{}' and '{}' are mutually exclusive", a.0, b.0);
                Err(side.invalid("ctl", text))
            }
            false => Ok(()),
        };
        exclusive(
            ("VIR_MIGRATE_NON_SHARED_DISK", VIR_MIGRATE_NON_SHARED_DISK),
            ("VIR_MIGRATE_NON_SHARED_INC", VIR_MIGRATE_NON_SHARED_INC),
        )?;
        exclusive(
            ("VIR_MIGRATE_TUNNELLED", VIR_MIGRATE_TUNNELLED),
            ("VIR_MIGRATE_PARALLEL", VIR_MIGRATE_PARALLEL),
        )?;
        if self.has(VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES)
            && !self.has(VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC)
        {
            let text = "Flag 'VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC' is required by flag 'VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES'";
            return Err(side.invalid("ctl", text));
        }
        Ok(())
    }
}

fn bad_type(wanted: &str, field: &str, value: &TypedValue) -> Error {
    let names = ["unknown", "int", "uint", "llong", "ullong", "double", "boolean", "string"];
    let actual = usize::try_from(value.kind()).ok().and_then(|kind| names.get(kind)).unwrap_or(&names[0]);
    err!(
        None,
        InvalidArg,
        "Invalid type '{wanted}' requested for parameter '{field}', actual type is '{actual}'"
    )
}

fn unsupported(text: &str) -> Error {
    Error::new(ErrorDomain::Domain, ErrorCode::ArgumentUnsupported, text)
}

/// Without parameters beyond these, the third protocol can do without its extension.
const THIRD_HAS: [&str; 4] = [
    VIR_MIGRATE_PARAM_URI,
    VIR_MIGRATE_PARAM_DEST_NAME,
    VIR_MIGRATE_PARAM_DEST_XML,
    VIR_MIGRATE_PARAM_BANDWIDTH,
];

/// Moves `dom` to the host of `target`; the domain there. `extensible` if the caller's function knows
/// parameters.
///
/// # Errors
/// The two sides have no protocol in common, a step failed, or what is wanted is not possible; what is
/// left of the domain is then where it was, as far as that could be done.
pub fn migrate(
    source: Side<'_>,
    dom: &DomainRef,
    target: Side<'_>,
    mut wishes: Wishes,
    extensible: bool,
) -> Result<DomainRef> {
    if extensible {
        let refused = |text: &str| Err(source.invalid("flags", text));
        if wishes.has(VIR_MIGRATE_PEER2PEER) {
            return refused("use virDomainMigrateToURI3 for peer-to-peer migration");
        }
        if wishes.has(VIR_MIGRATE_TUNNELLED) {
            return refused("cannot perform tunnelled migration without using peer2peer flag");
        }
    }
    wishes.check(source)?;
    if wishes.has(VIR_MIGRATE_OFFLINE) {
        for (side, name) in [(source, "source"), (target, "destination")] {
            if !side.has(FEATURE_OFFLINE) {
                let text = format!("offline migration is not supported by the {name} host");
                return Err(unsupported(&text));
            }
        }
    }
    if wishes.has(VIR_MIGRATE_PEER2PEER) {
        return led_by_source(source, dom, target, wishes);
    }
    if wishes.has(VIR_MIGRATE_CHANGE_PROTECTION) && !source.has(FEATURE_CHANGE_PROTECTION) {
        return Err(unsupported("cannot enforce change protection"));
    }
    wishes.flags &= !VIR_MIGRATE_CHANGE_PROTECTION;
    if wishes.has(VIR_MIGRATE_TUNNELLED) {
        return Err(err!(
            Domain,
            OperationInvalid,
            "cannot perform tunnelled migration without using peer2peer flag"
        ));
    }
    let both = |feature| source.has(feature) && target.has(feature);
    if extensible && both(FEATURE_PARAMS) {
        return third::run(source, dom, target, wishes, true);
    }
    if extensible && !wishes.only(&THIRD_HAS) {
        return Err(unsupported(
            "Migration APIs with extensible parameters are not supported but extended parameters were passed",
        ));
    }
    if both(FEATURE_V3) {
        return third::run(source, dom, target, wishes, false);
    }
    let second = both(FEATURE_V2);
    if !second && !both(FEATURE_V1) {
        return Err(Error::no_support(ErrorDomain::Domain, source.caller.api));
    }
    if wishes.xml()?.is_some() {
        return Err(unsupported("Unable to change target guest XML during migration"));
    }
    match second {
        true => old::second(source, dom, target, &wishes),
        false => old::first(source, dom, target, &wishes),
    }
}

/// Peer to peer: the URI that is wanted, or else the target's, is the daemon that the source talks to.
fn led_by_source(
    source: Side<'_>,
    dom: &DomainRef,
    target: Side<'_>,
    mut wishes: Wishes,
) -> Result<DomainRef> {
    if !source.has(FEATURE_P2P) {
        return Err(Error::no_support(ErrorDomain::Domain, source.caller.api));
    }
    let name = wishes.name()?.unwrap_or(&dom.name).to_owned();
    let daemon = match wishes.uri()? {
        // the first of these functions has one URI for both
        Some(uri) if source.caller.api == "virDomainMigrate" => {
            let uri = uri.to_owned();
            wishes.params.retain(|param| param.field != VIR_MIGRATE_PARAM_URI);
            uri
        }
        _ => target.conn.uri.clone(),
    };
    unmanaged(source, dom, Some(&daemon), &wishes)?;
    target.conn.hypervisor.domain_lookup_by_name(target.caller, &name)
}

/// Moves `dom` to where a URI says: `daemon`'s for peer to peer, else the one among the wishes.
///
/// # Errors
/// As [`migrate`].
pub fn migrate_to_uri(
    source: Side<'_>,
    dom: &DomainRef,
    daemon: Option<&str>,
    wishes: &Wishes,
) -> Result<()> {
    wishes.check(source)?;
    if wishes.has(VIR_MIGRATE_OFFLINE) && !source.has(FEATURE_OFFLINE) {
        return Err(unsupported("offline migration is not supported by the source host"));
    }
    let daemon = if wishes.has(VIR_MIGRATE_PEER2PEER) {
        if !source.has(FEATURE_P2P) {
            return Err(unsupported("p2p migration is not supported by the source host"));
        }
        let null =
            || source.invalid("dconnuri", format!("dconnuri in {} must not be NULL", source.caller.api));
        Some(daemon.ok_or_else(null)?)
    } else if source.has(FEATURE_DIRECT) {
        None
    } else {
        return Err(unsupported("direct migration is not supported by the source host"));
    };
    unmanaged(source, dom, daemon, wishes)
}

/// One step, on the source alone.
fn unmanaged(source: Side<'_>, dom: &DomainRef, daemon: Option<&str>, wishes: &Wishes) -> Result<()> {
    if let Some(daemon) = daemon {
        not_here(source, daemon)?;
        if source.has(FEATURE_PARAMS) {
            let driver = &source.conn.hypervisor;
            let daemon = Some(daemon);
            return driver
                .domain_migrate_perform3_params(source.caller, dom, daemon, &wishes.params, &[], wishes.flags)
                .map(drop);
        }
    }
    if source.has(FEATURE_V3) {
        third::alone(source, dom, daemon, wishes)
    } else {
        old::alone(source, dom, daemon, wishes)
    }
}

/// The daemon must be another host's.
fn not_here(source: Side<'_>, daemon: &str) -> Result<()> {
    let uri = Uri::parse(daemon)?;
    let by_socket = || {
        let unix = uri.scheme.as_deref().and_then(|s| s.find('+').map(|at| &s[at..])) == Some("+unix");
        unix && uri.params.iter().any(|param| param.name.eq_ignore_ascii_case("socket"))
    };
    let here = match &uri.server {
        Some(server) => server.starts_with("localhost"),
        None => !by_socket(),
    };
    match here {
        true => Err(source.invalid("dconnuri", "Attempt to migrate guest to the same host")),
        false => Ok(()),
    }
}

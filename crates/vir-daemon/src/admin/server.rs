//! Workers and limits of a server.

use super::check_flags;
use vir_base::typed::push;
use vir_base::{Error, ErrorDomain, Result, TypedParam, TypedParams, TypedValue, bail};
use vir_proto::wire::*;
use vir_rpc::server::Server;

const WORKERS_MIN: &str = "minWorkers";
const WORKERS_MAX: &str = "maxWorkers";
const WORKERS_CURRENT: &str = "nWorkers";
const WORKERS_FREE: &str = "freeWorkers";
const WORKERS_PRIORITY: &str = "prioWorkers";
const JOB_QUEUE_DEPTH: &str = "jobQueueDepth";
const CLIENTS_MAX: &str = "nclients_max";
const CLIENTS_CURRENT: &str = "nclients";
const CLIENTS_UNAUTH_MAX: &str = "nclients_unauth_max";
const CLIENTS_UNAUTH_CURRENT: &str = "nclients_unauth";

pub(super) fn pool(server: &Server, flags: u32) -> Result<AdmServerGetThreadPoolParametersRet> {
    check_flags(flags, "adminServerGetThreadPoolParameters")?;
    let info = server.pool_info();
    let params = numbers(&[
        (WORKERS_MIN, info.min_workers),
        (WORKERS_MAX, info.max_workers),
        (WORKERS_CURRENT, info.workers),
        (WORKERS_FREE, info.free_workers),
        (WORKERS_PRIORITY, info.prio_workers),
        (JOB_QUEUE_DEPTH, info.queued),
    ]);
    Ok(AdmServerGetThreadPoolParametersRet { params })
}

pub(super) fn set_pool(server: &Server, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(flags, "adminServerSetThreadPoolParameters")?;
    let [min, max, prio] = read(params, [WORKERS_MIN, WORKERS_MAX, WORKERS_PRIORITY])?;
    let info = server.pool_info();
    let new_max = max.unwrap_or(info.max_workers);
    let new_min = min.unwrap_or(info.min_workers);
    if new_min > new_max {
        bail!(None, InvalidArg, "minWorkers cannot be larger than maxWorkers");
    }
    if (new_max == 0) != (info.max_workers == 0) {
        bail!(None, InvalidArg, "maxWorkers must not be switched from zero to non-zero and vice versa");
    }
    server
        .set_workers(new_min, new_max, prio.unwrap_or(info.prio_workers))
        .map_err(|error| Error::io(ErrorDomain::None, &error, "Failed to create thread"))
}

pub(super) fn limits(server: &Server, flags: u32) -> Result<AdmServerGetClientLimitsRet> {
    check_flags(flags, "adminServerGetClientLimits")?;
    let limits = server.limits();
    let (clients, unauthenticated) = server.client_counts();
    let params = numbers(&[
        (CLIENTS_MAX, limits.max_clients),
        (CLIENTS_CURRENT, clients),
        (CLIENTS_UNAUTH_MAX, limits.max_anonymous_clients),
        (CLIENTS_UNAUTH_CURRENT, unauthenticated),
    ]);
    Ok(AdmServerGetClientLimitsRet { params })
}

pub(super) fn set_limits(server: &Server, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(flags, "adminServerSetClientLimits")?;
    let [max, unauthenticated] = read(params, [CLIENTS_MAX, CLIENTS_UNAUTH_MAX])?;
    let mut limits = server.limits();
    limits.max_clients = max.unwrap_or(limits.max_clients);
    limits.max_anonymous_clients = unauthenticated.unwrap_or(limits.max_anonymous_clients);
    server.set_limits(limits)
}

fn numbers(list: &[(&str, usize)]) -> TypedParams {
    let mut params = TypedParams::new();
    for (name, value) in list {
        push(&mut params, *name, u32::try_from(*value).unwrap_or(u32::MAX));
    }
    params
}

/// The values of these parameters. All must be unsigned numbers, each may be there once, and others
/// must not.
fn read<const N: usize>(params: &[TypedParam], names: [&str; N]) -> Result<[Option<usize>; N]> {
    let mut values = [None; N];
    // in the order in which the peer checks, so that the same one is complained about
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort_by(|a, b| a.field.cmp(&b.field));
    for TypedParam { field, value } in sorted {
        let Some(at) = names.iter().position(|name| name == field) else {
            bail!(None, InvalidArg, "parameter '{field}' not supported");
        };
        if values[at].is_some() {
            bail!(None, InvalidArg, "parameter '{field}' occurs multiple times");
        }
        let TypedValue::Uint(number) = value else {
            let found = kind(value);
            bail!(None, InvalidArg, "invalid type '{found}' for parameter '{field}', expected 'uint'");
        };
        values[at] = Some(usize::try_from(*number).unwrap_or(usize::MAX));
    }
    Ok(values)
}

fn kind(value: &TypedValue) -> &'static str {
    match value {
        TypedValue::Int(_) => "int",
        TypedValue::Uint(_) => "uint",
        TypedValue::Llong(_) => "llong",
        TypedValue::Ullong(_) => "ullong",
        TypedValue::Double(_) => "double",
        TypedValue::Boolean(_) => "boolean",
        TypedValue::String(_) => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_checked() {
        let names = [WORKERS_MIN, WORKERS_MAX];
        let read = |params: &[TypedParam]| read(params, names);
        assert_eq!(read(&[TypedParam::new(WORKERS_MAX, 7u32)]).unwrap(), [None, Some(7)]);
        let text = |params: &[TypedParam]| read(params).unwrap_err().message().to_owned();
        assert_eq!(text(&[TypedParam::new("x", 1u32)]), "invalid argument: parameter 'x' not supported");
        assert_eq!(
            text(&[TypedParam::new(WORKERS_MIN, 1i32)]),
            "invalid argument: invalid type 'int' for parameter 'minWorkers', expected 'uint'"
        );
        assert_eq!(
            text(&[TypedParam::new(WORKERS_MIN, 1u32), TypedParam::new(WORKERS_MIN, 1u32)]),
            "invalid argument: parameter 'minWorkers' occurs multiple times"
        );
    }
}

//! The daemon's log.

use super::check_flags;
use vir_base::{Result, log};
use vir_proto::wire::*;

pub(super) fn outputs(args: &AdmConnectGetLoggingOutputsArgs) -> Result<AdmConnectGetLoggingOutputsRet> {
    check_flags(args.flags, "adminConnectGetLoggingOutputs")?;
    Ok(AdmConnectGetLoggingOutputsRet { outputs: log::outputs(), noutputs: log::output_count() as u32 })
}

pub(super) fn filters(args: &AdmConnectGetLoggingFiltersArgs) -> Result<AdmConnectGetLoggingFiltersRet> {
    check_flags(args.flags, "adminConnectGetLoggingFilters")?;
    let count = log::filter_count();
    Ok(AdmConnectGetLoggingFiltersRet { filters: (count > 0).then(log::filters), nfilters: count as u32 })
}

pub(super) fn set_outputs(args: &AdmConnectSetLoggingOutputsArgs) -> Result<()> {
    check_flags(args.flags, "adminConnectSetLoggingOutputs")?;
    log::set_outputs(args.outputs.as_deref().unwrap_or_default())
}

pub(super) fn set_filters(args: &AdmConnectSetLoggingFiltersArgs) -> Result<()> {
    check_flags(args.flags, "adminConnectSetLoggingFilters")?;
    log::set_filters(args.filters.as_deref().unwrap_or_default())
}

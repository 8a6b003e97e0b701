//! Calls that carry resources as typed parameters: scheduler, memory, block input/output, NUMA,
//! performance counters.

use crate::cpumask;
use crate::driver::Driver;
use crate::params::{Kind, check, uint, ullong};
use crate::tuning::PERF_EVENTS;
use vir_api::constants as c;
use vir_api::types::DomainGetSchedulerTypeRet;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, TypedParam, TypedValue, bail};

const IMPACT: u32 = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;
const IMPACT_STRINGS: u32 = IMPACT | c::VIR_TYPED_PARAM_STRING_OKAY;

/// The most nodes that a set may name.
const MAX_NODES: u32 = 16_384;

pub(crate) fn scheduler_type(_: &Driver, _: &DomainRef) -> Result<DomainGetSchedulerTypeRet> {
    Ok(DomainGetSchedulerTypeRet { kind: "fair".to_owned(), nparams: 1 })
}

pub(crate) fn scheduler(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetSchedulerParametersFlags")?;
    driver.with(|state| {
        state.domains.find(dom)?;
        Ok(vec![TypedParam::new(c::VIR_DOMAIN_SCHEDULER_WEIGHT, 50u32)])
    })
}

/// The weight is checked and, as in the peer, stays what it is.
pub(crate) fn set_scheduler(
    driver: &Driver,
    dom: &DomainRef,
    params: &[TypedParam],
    flags: u32,
) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSetSchedulerParametersFlags")?;
    check(params, &[(c::VIR_DOMAIN_SCHEDULER_WEIGHT, Kind::Uint)])?;
    driver.with(|state| state.domains.find(dom).map(drop))
}

pub(crate) fn memory(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, IMPACT_STRINGS, "testDomainGetMemoryParameters")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let tuning = &definition.tuning;
        Ok(vec![
            TypedParam::new(c::VIR_DOMAIN_MEMORY_HARD_LIMIT, tuning.hard_limit),
            TypedParam::new(c::VIR_DOMAIN_MEMORY_SOFT_LIMIT, tuning.soft_limit),
            TypedParam::new(c::VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, tuning.swap_hard_limit),
        ])
    })
}

pub(crate) fn set_memory(driver: &Driver, dom: &DomainRef, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetMemoryParameters")?;
    let known = [
        (c::VIR_DOMAIN_MEMORY_HARD_LIMIT, Kind::Ullong),
        (c::VIR_DOMAIN_MEMORY_SOFT_LIMIT, Kind::Ullong),
        (c::VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, Kind::Ullong),
    ];
    check(params, &known)?;
    let [hard, soft, swap] = known.map(|(name, _)| ullong(params, name));
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let current = &guest.current.tuning;
        let after = (hard.unwrap_or(current.hard_limit), swap.unwrap_or(current.swap_hard_limit));
        let (definition, _) = guest.one_mut(flags)?;
        if (hard.is_some() || swap.is_some()) && after.0 > after.1 {
            bail!(
                Test,
                InvalidArg,
                "memory hard_limit tunable value must be lower than or equal to swap_hard_limit"
            );
        }
        let tuning = &mut definition.tuning;
        tuning.hard_limit = hard.unwrap_or(tuning.hard_limit);
        tuning.soft_limit = soft.unwrap_or(tuning.soft_limit);
        tuning.swap_hard_limit = swap.unwrap_or(tuning.swap_hard_limit);
        Ok(())
    })
}

const BLKIO_DEVICES: [&str; 5] = [
    c::VIR_DOMAIN_BLKIO_DEVICE_WEIGHT,
    c::VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS,
    c::VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS,
    c::VIR_DOMAIN_BLKIO_DEVICE_READ_BPS,
    c::VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS,
];

pub(crate) fn blkio(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, IMPACT_STRINGS, "testDomainGetBlkioParameters")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let weight = TypedParam::new(c::VIR_DOMAIN_BLKIO_WEIGHT, definition.tuning.blkio_weight);
        Ok([weight].into_iter().chain(BLKIO_DEVICES.map(|name| TypedParam::new(name, ""))).collect())
    })
}

pub(crate) fn set_blkio(driver: &Driver, dom: &DomainRef, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetBlkioParameters")?;
    let devices = BLKIO_DEVICES.map(|name| (name, Kind::String));
    check(params, &[&[(c::VIR_DOMAIN_BLKIO_WEIGHT, Kind::Uint)], &devices[..]].concat())?;
    if params.iter().any(|param| BLKIO_DEVICES.contains(&param.field.as_str())) {
        return Err(Error::no_support(ErrorDomain::Domain, "virDomainSetBlkioParameters"));
    }
    driver.with(|state| {
        let (definition, _) = state.domains.find_mut(dom)?.one_mut(flags)?;
        if let Some(weight) = uint(params, c::VIR_DOMAIN_BLKIO_WEIGHT) {
            definition.tuning.blkio_weight = weight;
        }
        Ok(())
    })
}

pub(crate) fn numa(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, IMPACT_STRINGS, "testDomainGetNumaParameters")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let (mode, nodes) = match &definition.tuning.numa {
            Some((mode, nodes)) => (*mode, cpumask::format(nodes)),
            None => (c::VIR_DOMAIN_NUMATUNE_MEM_STRICT, String::new()),
        };
        Ok(vec![
            TypedParam::new(c::VIR_DOMAIN_NUMA_MODE, mode),
            TypedParam::new(c::VIR_DOMAIN_NUMA_NODESET, nodes),
        ])
    })
}

pub(crate) fn set_numa(driver: &Driver, dom: &DomainRef, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetNumaParameters")?;
    let known = [(c::VIR_DOMAIN_NUMA_MODE, Kind::Int), (c::VIR_DOMAIN_NUMA_NODESET, Kind::String)];
    check(params, &known)?;
    driver.with(|state| {
        let (definition, live) = state.domains.find_mut(dom)?.one_mut(flags)?;
        let old = &definition.tuning.numa;
        let (mut new_mode, mut new_nodes) = (None, None);
        for param in params {
            match &param.value {
                TypedValue::Int(mode) if (0..c::VIR_DOMAIN_NUMATUNE_MEM_LAST).contains(mode) => {
                    new_mode = Some(*mode);
                }
                TypedValue::Int(mode) => bail!(Test, InvalidArg, "unsupported numatune mode: '{mode}'"),
                TypedValue::String(text) => {
                    let nodes = cpumask::parse(text, MAX_NODES)?;
                    if nodes.is_empty() {
                        bail!(Test, OperationInvalid, "Invalid nodeset of 'numatune': {text}");
                    }
                    new_nodes = Some(nodes);
                }
                _ => {}
            }
        }
        if live && old.as_ref().is_some_and(|(mode, _)| new_mode.is_some_and(|new| new != *mode)) {
            bail!(Test, OperationInvalid, "can't change numatune mode for running domain");
        }
        let (old_mode, old_nodes) = match old {
            Some((mode, nodes)) => (*mode, Some(nodes.clone())),
            None => (c::VIR_DOMAIN_NUMATUNE_MEM_STRICT, None),
        };
        if new_mode.is_none() && new_nodes.is_none() {
            return Ok(());
        }
        // memory without a set of nodes would be placed by advice that nobody gives here
        let Some(nodes) = new_nodes.or(old_nodes) else {
            bail!(
                Domain,
                ConfigUnsupported,
                "nodeset for NUMA memory tuning must be set if 'placement' is 'static'"
            );
        };
        definition.tuning.numa = Some((new_mode.unwrap_or(old_mode), nodes));
        Ok(())
    })
}

pub(crate) fn perf(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, IMPACT_STRINGS, "testDomainGetPerfEvents")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let on = |i| definition.tuning.perf.get(&i).copied().unwrap_or(false);
        Ok(PERF_EVENTS.iter().zip(0..).map(|(name, i)| TypedParam::new(*name, on(i))).collect())
    })
}

pub(crate) fn set_perf(driver: &Driver, dom: &DomainRef, params: &[TypedParam], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetPerfEvents")?;
    check(params, &PERF_EVENTS.map(|name| (name, Kind::Boolean)))?;
    driver.with(|state| {
        let (definition, _) = state.domains.find_mut(dom)?.one_mut(flags)?;
        for param in params {
            let event = PERF_EVENTS.iter().position(|name| *name == param.field);
            if let (Some(event), TypedValue::Boolean(on)) = (event, &param.value) {
                definition.tuning.perf.insert(event, *on);
            }
        }
        Ok(())
    })
}

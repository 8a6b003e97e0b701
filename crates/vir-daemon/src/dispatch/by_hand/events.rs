//! Registering for events and ending it.

use crate::dispatch::Request;
use crate::dispatch::session::Style;
use vir_api::constants::*;
use vir_api::event::Filter;
use vir_base::{ErrorDomain, Result, bail, err};
use vir_proto::wire::*;

/// Everything that can be registered for goes through here: the number is checked, and the client
/// told the registration's number where it wants one.
fn register(q: &mut Request<'_>, filter: Filter, style: Style) -> Result<i32> {
    let client = q.client();
    q.session().register(client, filter, style)
}

fn known(id: i32, last: i32) -> Result<()> {
    match (0..last).contains(&id) {
        true => Ok(()),
        false => Err(err!(Rpc, InternalError, "unsupported event ID {id}")),
    }
}

pub(super) fn connect_domain_event_register(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    register(q, Filter::Domain { id: VIR_DOMAIN_EVENT_ID_LIFECYCLE, only: None }, Style::Legacy)?;
    q.answer(&ConnectDomainEventRegisterRet { cb_registered: 1 })
}

pub(super) fn connect_domain_event_deregister(q: &mut Request<'_>) -> Result<()> {
    q.no_args()?;
    deregister_event(q, VIR_DOMAIN_EVENT_ID_LIFECYCLE)?;
    q.answer(&ConnectDomainEventDeregisterRet { cb_registered: 0 })
}

pub(super) fn connect_domain_event_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainEventRegisterAnyArgs = q.args()?;
    // later events have no message without a callback number
    known(a.event_id, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED + 1)?;
    register(q, Filter::Domain { id: a.event_id, only: None }, Style::Legacy).map(drop)
}

pub(super) fn connect_domain_event_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainEventDeregisterAnyArgs = q.args()?;
    known(a.event_id, VIR_DOMAIN_EVENT_ID_LAST)?;
    deregister_event(q, a.event_id)
}

fn deregister_event(q: &Request<'_>, id: i32) -> Result<()> {
    q.session().connection()?;
    match q.session().deregister_event(&Filter::Domain { id, only: None }) {
        true => Ok(()),
        false => bail!(Rpc, InternalError, "domain event {id} not registered"),
    }
}

pub(super) fn connect_domain_event_callback_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainEventCallbackRegisterAnyArgs = q.args()?;
    known(a.event_id, VIR_DOMAIN_EVENT_ID_LAST)?;
    let filter = Filter::Domain { id: a.event_id, only: a.dom.map(|dom| dom.uuid) };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectDomainEventCallbackRegisterAnyRet { callback_id })
}

/// Ends the registration of that number.
fn deregister(q: &Request<'_>, number: i32, what: &str) -> Result<()> {
    q.session().connection()?;
    match q.session().deregister_number(number, Style::Callback) {
        true => Ok(()),
        false => bail!(Rpc, InternalError, "{what} event callback {number} not registered"),
    }
}

pub(super) fn connect_domain_event_callback_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainEventCallbackDeregisterAnyArgs = q.args()?;
    deregister(q, a.callback_id, "domain")
}

pub(super) fn connect_network_event_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectNetworkEventRegisterAnyArgs = q.args()?;
    known(a.event_id, VIR_NETWORK_EVENT_ID_LAST)?;
    let filter = Filter::Network { id: a.event_id, only: a.net.map(|net| net.uuid) };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectNetworkEventRegisterAnyRet { callback_id })
}

pub(super) fn connect_network_event_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectNetworkEventDeregisterAnyArgs = q.args()?;
    deregister(q, a.callback_id, "network")
}

pub(super) fn connect_storage_pool_event_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectStoragePoolEventRegisterAnyArgs = q.args()?;
    known(a.event_id, VIR_STORAGE_POOL_EVENT_ID_LAST)?;
    let filter = Filter::StoragePool { id: a.event_id, only: a.pool.map(|pool| pool.uuid) };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectStoragePoolEventRegisterAnyRet { callback_id })
}

pub(super) fn connect_storage_pool_event_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectStoragePoolEventDeregisterAnyArgs = q.args()?;
    deregister(q, a.callback_id, "storage pool")
}

pub(super) fn connect_node_device_event_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectNodeDeviceEventRegisterAnyArgs = q.args()?;
    known(a.event_id, VIR_NODE_DEVICE_EVENT_ID_LAST)?;
    let filter = Filter::NodeDevice { id: a.event_id, only: a.dev.map(|dev| dev.name) };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectNodeDeviceEventRegisterAnyRet { callback_id })
}

pub(super) fn connect_node_device_event_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectNodeDeviceEventDeregisterAnyArgs = q.args()?;
    deregister(q, a.callback_id, "node device")
}

pub(super) fn connect_secret_event_register_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectSecretEventRegisterAnyArgs = q.args()?;
    known(a.event_id, VIR_SECRET_EVENT_ID_LAST)?;
    let filter = Filter::Secret { id: a.event_id, only: a.secret.map(|secret| secret.uuid) };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectSecretEventRegisterAnyRet { callback_id })
}

pub(super) fn connect_secret_event_deregister_any(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectSecretEventDeregisterAnyArgs = q.args()?;
    // the peer's words, which speak of node devices here
    deregister(q, a.callback_id, "node device")
}

pub(super) fn connect_domain_monitor_event_register(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainMonitorEventRegisterArgs = q.args()?;
    q.writable(ErrorDomain::None, "virConnectDomainQemuMonitorEventRegister")?;
    let filter = Filter::QemuMonitor { only: a.dom.map(|dom| dom.uuid), event: a.event, flags: a.flags };
    let callback_id = register(q, filter, Style::Callback)?;
    q.answer(&ConnectDomainMonitorEventRegisterRet { callback_id })
}

pub(super) fn connect_domain_monitor_event_deregister(q: &mut Request<'_>) -> Result<()> {
    let a: ConnectDomainMonitorEventDeregisterArgs = q.args()?;
    deregister(q, a.callback_id, "qemu monitor")
}

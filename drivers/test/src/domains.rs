//! The domains of a driver: look-ups, uniqueness of names and UUIDs, and the filters of lists.

use crate::definition::Definition;
use crate::guest::Guest;
use std::collections::BTreeMap;
use vir_api::constants as c;
use vir_base::refs::DomainRef;
use vir_base::{Result, Uuid, bail, err};

/// All domains, in the order of their UUIDs.
#[derive(Debug, Default)]
pub(crate) struct Domains(BTreeMap<Uuid, Guest>);

/// What may be there already under the name or UUID of a definition that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adding {
    /// A configuration; it replaces that of the same domain.
    Config,
    /// What is about to run; the domain must not run yet.
    Live,
}

impl Domains {
    /// The domain that a caller means.
    ///
    /// # Errors
    /// "no domain with matching uuid".
    pub fn find(&self, dom: &DomainRef) -> Result<&Guest> {
        self.0.get(&dom.uuid).ok_or_else(|| missing(dom))
    }

    /// As [`Domains::find`], to change it.
    pub fn find_mut(&mut self, dom: &DomainRef) -> Result<&mut Guest> {
        self.0.get_mut(&dom.uuid).ok_or_else(|| missing(dom))
    }

    /// By UUID.
    pub fn by_uuid(&self, uuid: &Uuid) -> Option<&Guest> {
        self.0.get(uuid)
    }

    /// By name.
    pub fn by_name(&self, name: &str) -> Option<&Guest> {
        self.iter().find(|guest| guest.name() == name)
    }

    /// By the number of the running instance.
    pub fn by_id(&self, id: i32) -> Option<&Guest> {
        self.iter().find(|guest| guest.is_active() && guest.id == id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Guest> {
        self.0.values()
    }

    /// Takes a definition in: for a new domain, or for one of the same name and UUID. Gives the domain,
    /// and whether a configuration was replaced.
    ///
    /// # Errors
    /// Name or UUID are taken by another domain; or the domain runs and must not.
    pub fn add(&mut self, definition: Definition, adding: Adding) -> Result<(&mut Guest, bool)> {
        let uuid = definition.uuid();
        if let Some(guest) = self.0.get(&uuid) {
            if guest.name() != definition.name() {
                bail!(
                    Domain,
                    OperationFailed,
                    "domain '{}' is already defined with uuid {uuid}",
                    guest.name()
                );
            }
            if adding == Adding::Live && guest.is_active() {
                bail!(Domain, OperationInvalid, "domain '{}' is already active", guest.name());
            }
            if adding == Adding::Live && !guest.persistent {
                bail!(Domain, OperationInvalid, "domain '{}' is already being started", guest.name());
            }
        } else if let Some(guest) = self.by_name(definition.name()) {
            bail!(
                Domain,
                OperationFailed,
                "domain '{}' already exists with uuid {}",
                definition.name(),
                guest.uuid()
            );
        }
        match self.0.entry(uuid) {
            std::collections::btree_map::Entry::Occupied(entry) => {
                let guest = entry.into_mut();
                let replaced = guest.assign(definition, adding == Adding::Live);
                Ok((guest, replaced))
            }
            std::collections::btree_map::Entry::Vacant(entry) => {
                Ok((entry.insert(Guest::new(definition)), false))
            }
        }
    }

    /// Forgets a domain.
    pub fn remove(&mut self, uuid: &Uuid) {
        self.0.remove(uuid);
    }
}

fn missing(dom: &DomainRef) -> vir_base::Error {
    err!(Test, NoDomain, "no domain with matching uuid '{}' ({})", dom.uuid, dom.name)
}

/// Whether a domain passes `virConnectListAllDomainsFlags`. In each group, no flag means all.
pub(crate) fn passes(guest: &Guest, flags: u32) -> bool {
    let group = |pairs: &[(u32, bool)]| {
        pairs.iter().all(|(flag, _)| flags & flag == 0)
            || pairs.iter().any(|(flag, holds)| flags & flag != 0 && *holds)
    };
    let other = ![c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_PAUSED, c::VIR_DOMAIN_SHUTOFF].contains(&guest.state);
    group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_ACTIVE, guest.is_active()),
        (c::VIR_CONNECT_LIST_DOMAINS_INACTIVE, !guest.is_active()),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_PERSISTENT, guest.persistent),
        (c::VIR_CONNECT_LIST_DOMAINS_TRANSIENT, !guest.persistent),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_RUNNING, guest.state == c::VIR_DOMAIN_RUNNING),
        (c::VIR_CONNECT_LIST_DOMAINS_PAUSED, guest.state == c::VIR_DOMAIN_PAUSED),
        (c::VIR_CONNECT_LIST_DOMAINS_SHUTOFF, guest.state == c::VIR_DOMAIN_SHUTOFF),
        (c::VIR_CONNECT_LIST_DOMAINS_OTHER, other),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, guest.managed_save),
        (c::VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE, !guest.managed_save),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_AUTOSTART, guest.autostart),
        (c::VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, !guest.autostart),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, guest.snapshots.len() > 0),
        (c::VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, guest.snapshots.len() == 0),
    ]) && group(&[
        (c::VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, guest.checkpoints.len() > 0),
        (c::VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, guest.checkpoints.len() == 0),
    ])
}

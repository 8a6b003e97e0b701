//! The network that a command is about: looked up as users name networks.

use crate::args::Args;
use crate::failure::{Context, Outcome, fail};
use crate::output::Level;
use crate::session::Link;
use crate::shell::Shell;
use std::ops::Deref;
use std::sync::Arc;
use vir_api::NetworkDriver;
use vir_api::constants::*;
use vir_base::refs::NetworkRef;
use vir_base::{ErrorCode, Result, Uuid};

/// Calls a method about a network: `call!(net.network_create())`.
macro_rules! call {
    ($net:ident.$method:ident($($arg:expr),* $(,)?)) => {
        $net.driver.$method(&$net.link.caller, &$net.this, $($arg),*)
    };
}
pub(crate) use call;

/// A network, and the driver that knows it.
pub(crate) struct Network {
    pub(crate) link: Arc<Link>,
    pub(crate) driver: Arc<dyn NetworkDriver>,
    pub(crate) this: NetworkRef,
    /// The user's words for it.
    pub(crate) asked: String,
}

impl Deref for Network {
    type Target = NetworkRef;

    fn deref(&self) -> &NetworkRef {
        &self.this
    }
}

impl Network {
    /// The network that the option "network" names.
    pub(crate) fn find(shell: &mut Shell, args: &Args) -> Outcome<Self> {
        Self::find_by(shell, args, true, true)
    }

    /// As [`Network::find`], by UUID, by name, or by both.
    pub(crate) fn find_by(shell: &mut Shell, args: &Args, by_uuid: bool, by_name: bool) -> Outcome<Self> {
        let asked = args.required("network")?.to_owned();
        let command = args.command.name;
        shell.out.trace(Level::Info, &format!("{command}: found option <network>: {asked}"));
        let link = shell.session.link()?;
        let failed = || format!("failed to get network '{asked}'");
        let driver = link.network().cloned().context(failed)?;
        let uuid = by_uuid.then(|| asked.parse::<Uuid>().ok()).flatten().filter(|_| asked.len() == 36);
        let mut found = uuid.map(|uuid| driver.network_lookup_by_uuid(&link.caller, &uuid));
        if by_name && !matches!(found, Some(Ok(_))) {
            found = Some(driver.network_lookup_by_name(&link.caller, &asked));
        }
        match found {
            Some(this) => Ok(Self { this: this.context(failed)?, link, driver, asked }),
            None => fail!("failed to get network '{asked}'"),
        }
    }

    /// A network that the hypervisor named itself, from a link that has networks.
    pub(crate) fn known(link: &Arc<Link>, driver: &Arc<dyn NetworkDriver>, this: NetworkRef) -> Self {
        Self { link: link.clone(), driver: driver.clone(), asked: this.name.clone(), this }
    }

    pub(crate) fn is_active(&self) -> Result<i32> {
        call!(self.network_is_active())
    }

    pub(crate) fn is_persistent(&self) -> Result<i32> {
        call!(self.network_is_persistent())
    }

    /// Whether it starts by itself, in the words of lists.
    pub(crate) fn autostart_text(&self) -> &'static str {
        match call!(self.network_get_autostart()) {
            Ok(0) => "no",
            Ok(_) => "yes",
            Err(_) => "no autostart",
        }
    }

    /// Its title, empty if it has none.
    pub(crate) fn title(&self) -> Outcome<String> {
        match call!(self.network_get_metadata(VIR_NETWORK_METADATA_TITLE, None, 0)) {
            Err(error) if error.code() == ErrorCode::NoNetworkMetadata => Ok(String::new()),
            Err(error) if error.code() == ErrorCode::NoSupport => {
                let document = crate::document::parse(&call!(self.network_get_xml_desc(0))?)?;
                Ok(document.child("title").map(|node| node.text()).unwrap_or_default())
            }
            title => Ok(title?),
        }
    }
}

//! The domain that a command is about: looked up as users name domains.

use crate::args::Args;
use crate::failure::{Context, Outcome, fail};
use crate::output::Level;
use crate::session::Link;
use crate::shell::Shell;
use std::ops::Deref;
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::refs::DomainRef;
use vir_base::{ErrorCode, Result, Uuid};

/// Calls a method of the hypervisor about a domain: `call!(dom.domain_reset(0))`.
macro_rules! call {
    ($dom:ident.$method:ident($($arg:expr),* $(,)?)) => {
        $dom.link.hv.$method(&$dom.link.caller, &$dom.this, $($arg),*)
    };
}
pub(crate) use call;

/// Calls a method of the hypervisor: `ask!(link.connect_get_type())`.
macro_rules! ask {
    ($link:ident.$method:ident($($arg:expr),* $(,)?)) => { $link.hv.$method(&$link.caller, $($arg),*) };
}
pub(crate) use ask;

/// What users may name a domain by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    id: bool,
    uuid: bool,
    name: bool,
}

impl By {
    pub(crate) const ANY: Self = Self { id: true, uuid: true, name: true };
    pub(crate) const NAME_OR_UUID: Self = Self { id: false, ..Self::ANY };
    pub(crate) const ID_OR_UUID: Self = Self { name: false, ..Self::ANY };
    pub(crate) const NAME_OR_ID: Self = Self { uuid: false, ..Self::ANY };
}

/// A domain, and the connection through which it was found.
#[derive(Clone)]
pub(crate) struct Domain {
    pub(crate) link: Arc<Link>,
    pub(crate) this: DomainRef,
    /// The user's words for it.
    pub(crate) asked: String,
}

impl Deref for Domain {
    type Target = DomainRef;

    fn deref(&self) -> &DomainRef {
        &self.this
    }
}

impl Domain {
    /// The domain that the option "domain" names.
    pub(crate) fn find(shell: &mut Shell, args: &Args) -> Outcome<Self> {
        Self::find_by(shell, args, By::ANY)
    }

    /// As [`Domain::find`], by fewer kinds of names.
    pub(crate) fn find_by(shell: &mut Shell, args: &Args, by: By) -> Outcome<Self> {
        let asked = args.required("domain")?;
        let command = args.command.name;
        shell.out.trace(Level::Info, &format!("{command}: found option <domain>: {asked}"));
        Self::look_up(shell, command, asked, by)
    }

    /// The domain that users call `asked`.
    pub(crate) fn look_up(shell: &mut Shell, command: &str, asked: &str, by: By) -> Outcome<Self> {
        let link = shell.session.link()?;
        let found = (by.id.then(|| by_id(shell, &link, command, asked)).flatten())
            .or_else(|| by.uuid.then(|| by_uuid(shell, &link, command, asked)).flatten())
            .or_else(|| by.name.then(|| by_name(shell, &link, command, asked)).flatten());
        match found {
            Some(this) => Ok(Self { link, this, asked: asked.to_owned() }),
            None => fail!("failed to get domain '{asked}'"),
        }
    }

    /// A domain that the hypervisor named itself.
    pub(crate) fn known(link: &Arc<Link>, this: DomainRef) -> Self {
        Self { link: link.clone(), asked: this.name.clone(), this }
    }

    /// Whether it has a number, that is: runs.
    pub(crate) fn has_id(&self) -> bool {
        self.this.id >= 0
    }

    /// Whether it runs, by the hypervisor's word; an error counts as no.
    pub(crate) fn is_active(&self) -> bool {
        matches!(call!(self.domain_is_active()), Ok(1))
    }

    /// State and reason; old daemons know no reasons.
    pub(crate) fn state(&self) -> Result<(i32, i32)> {
        match call!(self.domain_get_state(0)) {
            Ok(state) => Ok((state.state, state.reason)),
            Err(error) if error.code() == ErrorCode::NoSupport => {
                call!(self.domain_get_info()).map(|info| (i32::from(info.state), -1))
            }
            Err(error) => Err(error),
        }
    }

    /// Its XML, read into a tree.
    pub(crate) fn document(&self, flags: u32) -> Outcome<crate::document::Node> {
        let xml =
            call!(self.domain_get_xml_desc(flags)).context(|| "Failed to get domain description xml")?;
        crate::document::parse(&xml).context(|| "Failed to parse domain description xml")
    }

    /// Its title or its description, empty if it has none.
    pub(crate) fn note(&self, title: bool, flags: u32) -> Outcome<String> {
        let kind = if title { VIR_DOMAIN_METADATA_TITLE } else { VIR_DOMAIN_METADATA_DESCRIPTION };
        match call!(self.domain_get_metadata(kind, None, flags)) {
            Ok(text) => Ok(text),
            Err(error) if error.code() == ErrorCode::NoDomainMetadata => Ok(String::new()),
            Err(error) if error.code() == ErrorCode::NoSupport => {
                let document = self.document(flags)?;
                let name = if title { "title" } else { "description" };
                Ok(document.child(name).map(|node| node.text()).unwrap_or_default())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn by_id(shell: &mut Shell, link: &Arc<Link>, command: &str, asked: &str) -> Option<DomainRef> {
    let id = crate::number::signed::<i32>(asked).filter(|id| *id >= 0)?;
    shell.out.trace(Level::Debug, &format!("{command}: <domain> looks like ID"));
    ask!(link.domain_lookup_by_id(id)).ok()
}

fn by_uuid(shell: &mut Shell, link: &Arc<Link>, command: &str, asked: &str) -> Option<DomainRef> {
    if asked.len() != 36 {
        return None;
    }
    shell.out.trace(Level::Debug, &format!("{command}: <domain> trying as domain UUID"));
    let uuid: Uuid = asked.parse().ok()?;
    ask!(link.domain_lookup_by_uuid(&uuid)).ok()
}

fn by_name(shell: &mut Shell, link: &Arc<Link>, command: &str, asked: &str) -> Option<DomainRef> {
    shell.out.trace(Level::Debug, &format!("{command}: <domain> trying as domain NAME"));
    ask!(link.domain_lookup_by_name(asked)).ok()
}

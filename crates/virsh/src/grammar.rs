//! How a command is declared: its name, its texts, its options and its body.
//!
//! Declarations are constants; nothing here parses or prints. Parsing is in [`crate::parse`],
//! the help texts are made in [`crate::help`].

use crate::args::Args;
use crate::failure::Outcome;
use crate::shell::Shell;

/// What a command does once its arguments are parsed.
pub type Body = fn(&mut Shell, &Args) -> Outcome;

/// A group of commands, as the help shows them.
#[derive(Debug)]
pub struct Group {
    /// Title, as in "Domain Management".
    pub title: &'static str,
    /// The word that `help` takes for the whole group.
    pub keyword: &'static str,
    /// The commands in the order of the help.
    pub commands: &'static [&'static Command],
}

/// A command of the shell.
#[derive(Debug)]
pub struct Command {
    /// What the user types.
    pub name: &'static str,
    /// One line for the list of commands.
    pub summary: &'static str,
    /// Some lines for the command's own help; may be empty.
    pub description: &'static str,
    /// The options; positional ones are filled in this order.
    pub options: &'static [Opt],
    /// `None`: the grammar is known, the command is not served yet.
    pub body: Option<Body>,
    /// False for commands that work without a hypervisor.
    pub connects: bool,
    /// Not shown in any help.
    pub hidden: bool,
    /// Another spelling of that command; everything else is empty then.
    pub alias_of: Option<&'static str>,
}

impl Command {
    /// A command without options, description and body.
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            description: "",
            options: &[],
            body: None,
            connects: true,
            hidden: false,
            alias_of: None,
        }
    }

    /// Another spelling of the command `target`.
    pub const fn alias(name: &'static str, target: &'static str) -> Self {
        let mut command = Self::new(name, "");
        command.alias_of = Some(target);
        command
    }

    /// Sets the description.
    pub const fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the options.
    pub const fn options(mut self, options: &'static [Opt]) -> Self {
        self.options = options;
        self
    }

    /// Sets the body.
    pub const fn run(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// The command needs no hypervisor.
    pub const fn without_connection(mut self) -> Self {
        self.connects = false;
        self
    }

    /// The command is left out of every help.
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// True for what the lists of commands show.
    pub fn is_listed(&self) -> bool {
        !self.hidden && self.alias_of.is_none()
    }
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: it is there or not.
    Flag,
    /// A text.
    Text,
    /// A text that must be a number; the body reads it with the width it needs.
    Number,
    /// This and all further texts.
    Words,
    /// Another spelling of a later option: `name`, or `name=value` for a flag that stands for a value.
    Alias(&'static str),
}

/// Whether an option can be given without its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Only by name.
    Named,
    /// By order, and documented so.
    Positional,
    /// By order too, since old scripts do it; not documented.
    Tolerated,
}

/// An option of a command.
#[derive(Debug)]
pub struct Opt {
    /// Name without the dashes.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// One line for the help.
    pub help: &'static str,
    /// The command does not run without it.
    pub required: bool,
    /// Whether it can be given without its name.
    pub place: Place,
    /// An empty text is a value like any other.
    pub allow_empty: bool,
    /// Where proposals for its value come from.
    pub completer: Option<Completer>,
}

impl Opt {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, help, required: false, place: Place::Named, allow_empty: false, completer: None }
    }

    /// The command does not run without it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It can be given by order.
    pub const fn positional(mut self) -> Self {
        self.place = Place::Positional;
        self
    }

    /// It can be given by order, undocumented.
    pub const fn tolerated(mut self) -> Self {
        self.place = Place::Tolerated;
        self
    }

    /// An empty text is a value like any other.
    pub const fn allow_empty(mut self) -> Self {
        self.allow_empty = true;
        self
    }

    /// Sets where proposals come from.
    pub const fn completes(mut self, completer: Completer) -> Self {
        self.completer = Some(completer);
        self
    }
}

/// An option that is there or not.
pub const fn flag(name: &'static str, help: &'static str) -> Opt {
    Opt::new(name, Kind::Flag, help)
}

/// An option with a text.
pub const fn text(name: &'static str, help: &'static str) -> Opt {
    Opt::new(name, Kind::Text, help)
}

/// An option with a number.
pub const fn number(name: &'static str, help: &'static str) -> Opt {
    Opt::new(name, Kind::Number, help)
}

/// An option that takes all remaining words. Must be the last.
pub const fn words(name: &'static str, help: &'static str) -> Opt {
    Opt::new(name, Kind::Words, help)
}

/// Another spelling of the later option `target`, which may be `name=value`.
pub const fn alias(name: &'static str, target: &'static str) -> Opt {
    Opt::new(name, Kind::Alias(target), "")
}

/// The first option of most commands: which domain; `filter` narrows the proposals.
pub const fn domain(filter: u32) -> Opt {
    text("domain", "domain name, id or uuid").required().positional().completes(Completer::Domain(filter))
}

/// A file that the command reads.
pub const fn file(help: &'static str) -> Opt {
    text("file", help).required().positional().completes(Completer::Path)
}

/// The change is for now and for later.
pub const PERSISTENT: Opt = flag("persistent", "make live change persistent");
/// The change is for later.
pub const CONFIG: Opt = flag("config", "affect next boot");
/// The change is for now.
pub const LIVE: Opt = flag("live", "affect running domain");
/// The change is for whatever the domain's state is.
pub const CURRENT: Opt = flag("current", "affect current domain");

/// No filter on the proposals.
pub const ANY: u32 = 0;

/// Filters on proposed domains (`virConnectListAllDomainsFlags`).
#[allow(missing_docs)] // the names are the API's
pub mod domains {
    pub const ACTIVE: u32 = 1 << 0;
    pub const INACTIVE: u32 = 1 << 1;
    pub const PERSISTENT: u32 = 1 << 2;
    pub const RUNNING: u32 = 1 << 4;
    pub const PAUSED: u32 = 1 << 5;
    pub const SHUTOFF: u32 = 1 << 6;
    pub const OTHER: u32 = 1 << 7;
    pub const MANAGEDSAVE: u32 = 1 << 8;
    pub const HAS_SNAPSHOT: u32 = 1 << 12;
    pub const HAS_CHECKPOINT: u32 = 1 << 14;
}

/// Filters on proposed networks (`virConnectListAllNetworksFlags`).
#[allow(missing_docs)] // the names are the API's
pub mod networks {
    pub const INACTIVE: u32 = 1 << 0;
    pub const ACTIVE: u32 = 1 << 1;
    pub const PERSISTENT: u32 = 1 << 2;
}

/// Filters on proposed pools (`virConnectListAllStoragePoolsFlags`).
#[allow(missing_docs)] // the names are the API's
pub mod pools {
    pub const INACTIVE: u32 = 1 << 0;
    pub const ACTIVE: u32 = 1 << 1;
    pub const PERSISTENT: u32 = 1 << 2;
}

/// Filters on proposed host interfaces (`virConnectListAllInterfacesFlags`).
#[allow(missing_docs)] // the names are the API's
pub mod interfaces {
    pub const INACTIVE: u32 = 1 << 0;
    pub const ACTIVE: u32 = 1 << 1;
}

/// Where proposals for an option's value come from. Which of them are served: [`crate::complete`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say what is proposed; numbers are list filters
pub enum Completer {
    /// Nothing is proposed, not even options.
    Nothing,
    /// Commands of this shell.
    Command,
    /// Files here.
    Path,
    Domain(u32),
    Network(u32),
    StoragePool(u32),
    Interface(u32),
    AllocpagesPagesize,
    Arch,
    Cellno,
    Checkpoint,
    CodesetName,
    CpuModel,
    DomainBlockjobBaseTop,
    DomainConsole,
    DomainCoreDumpFormat,
    DomainCpulist,
    DomainDeviceAlias,
    DomainDirtyRateCalcMode,
    DomainDiskTarget,
    DomainEventName,
    DomainFsMountpoints,
    DomainHostnameSource,
    DomainInterface,
    DomainInterfaceAddrSource,
    DomainInterfaceMac,
    DomainInterfaceSourceMode,
    DomainInterfaceState,
    DomainIoThreadId,
    DomainLifecycle,
    DomainLifecycleAction,
    DomainMigrateCompMethods,
    DomainMigrateDisks,
    DomainNumatuneMode,
    DomainPerfDisable,
    DomainPerfEnable,
    DomainShutdownMode,
    DomainSignal,
    DomainStorageFileFormat,
    DomainThrottleGroup,
    DomainThrottleGroups,
    DomainUndefineStorageDisks,
    DomainUuid,
    DomainVcpu,
    DomainVcpulist,
    DomainVcpulistViaAgent,
    DomainVirtType,
    InterfaceMac,
    KeycodeName,
    NetworkDhcpMac,
    NetworkEventName,
    NetworkPortUuid,
    NetworkUpdateCommand,
    NetworkUpdateSection,
    NetworkUuid,
    NodeCpu,
    NodeDevice,
    NodeDeviceCapabilityName,
    NodeDeviceEventName,
    NodeDevicePciBackend,
    NodeSuspendTarget,
    Nwfilter,
    NwfilterBinding,
    PoolEventName,
    PoolType,
    PoolTypes,
    Secret,
    SecretEventName,
    Snapshot,
    StorageVol,
    StorageVolKey,
    StorageVolWipeAlgorithm,
}

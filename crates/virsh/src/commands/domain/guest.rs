//! What only the guest knows or can do, through the agent.

use crate::grammar::{ANY, Command, Completer, domain, domains, flag, number, text, words};

/// `domhostname`: print the domain's hostname.
pub(crate) const DOMHOSTNAME: Command =
    Command::new("domhostname", "print the domain's hostname").options(&[
        domain(domains::ACTIVE),
        text("source", "address source: 'lease' or 'agent'")
            .tolerated()
            .completes(Completer::DomainHostnameSource),
    ]);

/// `get-user-sshkeys`: list authorized SSH keys for given user (via agent).
pub(crate) const GET_USER_SSHKEYS: Command =
    Command::new("get-user-sshkeys", "list authorized SSH keys for given user (via agent)")
        .describe("Use the guest agent to query authorized SSH keys for given user")
        .options(&[
            domain(domains::ACTIVE),
            text("user", "user to list authorized keys for").required().positional(),
        ]);

/// `set-user-sshkeys`: manipulate authorized SSH keys file for given user (via agent).
pub(crate) const SET_USER_SSHKEYS: Command =
    Command::new("set-user-sshkeys", "manipulate authorized SSH keys file for given user (via agent)")
        .describe("Append, reset or remove specified key from the authorized keys file for given user")
        .options(&[
            domain(domains::ACTIVE),
            text("user", "user to set authorized keys for").required().positional(),
            text("file", "optional file to read keys from").positional().completes(Completer::Path),
            flag("reset", "clear out authorized keys file before adding new keys"),
            flag("remove", "remove keys from the authorized keys file"),
        ]);

/// `set-user-password`: set the user password inside the domain.
pub(crate) const SET_USER_PASSWORD: Command =
    Command::new("set-user-password", "set the user password inside the domain")
        .describe("changes the password of the specified user inside the domain")
        .options(&[
            domain(domains::ACTIVE),
            text("user", "the username").required().positional(),
            text("password", "the new password").required().positional().completes(Completer::Nothing),
            flag("encrypted", "the password is already encrypted"),
        ]);

/// `guestinfo`: query information about the guest (via agent).
pub(crate) const GUESTINFO: Command =
    Command::new("guestinfo", "query information about the guest (via agent)")
        .describe("Use the guest agent to query various information from guest's point of view")
        .options(&[
            domain(domains::ACTIVE),
            flag("user", "report active users"),
            flag("os", "report operating system information"),
            flag("timezone", "report timezone information"),
            flag("hostname", "report hostname"),
            flag("filesystem", "report filesystem information"),
            flag("disk", "report disk information"),
            flag("interface", "report interface information"),
            flag("load", "report load averages information"),
        ]);

/// `guest-agent-timeout`: Set the guest agent timeout.
pub(crate) const GUEST_AGENT_TIMEOUT: Command =
    Command::new("guest-agent-timeout", "Set the guest agent timeout")
        .describe("Set the number of seconds to wait for a response from the guest agent.")
        .options(&[domain(ANY), number("timeout", "timeout seconds.")]);

/// `qemu-agent-command`: QEMU Guest Agent Command.
pub(crate) const QEMU_AGENT_COMMAND: Command = Command::new("qemu-agent-command", "QEMU Guest Agent Command")
    .describe("Run an arbitrary qemu guest agent command; use at your own risk")
    .options(&[
        domain(domains::ACTIVE),
        number("timeout", "timeout seconds. must be positive."),
        flag("async", "execute command without waiting for timeout"),
        flag("block", "execute command without timeout"),
        flag("pretty", "pretty-print the output"),
        words("cmd", "command").required().positional(),
    ]);

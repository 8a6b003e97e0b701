//! Who the host is: uri, version, hostname, sysinfo.

use crate::grammar::{Command, flag};

/// `uri`: print the hypervisor canonical URI.
pub(crate) const URI: Command = Command::new("uri", "print the hypervisor canonical URI");

/// `version`: show version.
pub(crate) const VERSION: Command = Command::new("version", "show version")
    .describe("Display the system version information.")
    .options(&[flag("daemon", "report daemon version too")]);

/// `hostname`: print the hypervisor hostname.
pub(crate) const HOSTNAME: Command = Command::new("hostname", "print the hypervisor hostname");

/// `sysinfo`: print the hypervisor sysinfo.
pub(crate) const SYSINFO: Command = Command::new("sysinfo", "print the hypervisor sysinfo")
    .describe("output an XML string for the hypervisor sysinfo, if available");

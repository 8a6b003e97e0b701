//! What makes a running guest's behaviour hard to answer for; told in its messages and its log.

use std::collections::BTreeSet;
use vir_model::domain::Domain;
use vir_model::domain::cpu::CpuMode;

/// A reason, in the order in which messages list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taint {
    /// Somebody spoke to QEMU directly.
    CustomMonitor,
    /// QEMU runs as root.
    HighPrivileges,
    /// The guest sees the host's processor as it is.
    HostCpu,
}

const ALL: [Taint; 3] = [Taint::CustomMonitor, Taint::HighPrivileges, Taint::HostCpu];

impl Taint {
    /// The word in status files and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::CustomMonitor => "custom-monitor",
            Self::HighPrivileges => "high-privileges",
            Self::HostCpu => "host-cpu",
        }
    }

    /// The reason with that word, if it is one of those that are known here.
    pub fn of_word(word: &str) -> Option<Self> {
        ALL.into_iter().find(|taint| taint.word() == word)
    }

    /// The message for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::CustomMonitor => "custom monitor control commands issued",
            Self::HighPrivileges => "running with undesirable elevated privileges",
            Self::HostCpu => "potentially unsafe use of host CPU passthrough",
        }
    }

    /// What a guest has from its start: `as_root` when QEMU runs as root.
    pub fn at_start(def: &Domain, as_root: bool) -> BTreeSet<Self> {
        let passthrough = def.cpu.as_ref().is_some_and(|cpu| cpu.mode == Some(CpuMode::HostPassthrough));
        let reasons = [(Self::HighPrivileges, as_root), (Self::HostCpu, passthrough)];
        reasons.into_iter().filter(|(_, there)| *there).map(|(taint, _)| taint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Taint};

    #[test]
    fn words_come_back() {
        for taint in ALL {
            assert_eq!(Taint::of_word(taint.word()), Some(taint));
        }
        assert_eq!(Taint::of_word("shell-scripts"), None);
    }
}

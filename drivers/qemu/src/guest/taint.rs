//! What makes a running guest's behaviour hard to answer for; told in its messages and its log.

use std::collections::BTreeSet;
use vir_model::domain::Domain;
use vir_model::domain::cpu::CpuMode;

macro_rules! taints {
    ($($(#[doc = $doc:literal])* $name:ident $word:literal $message:literal,)*) => {
        /// A reason, in the order in which messages list them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Taint { $($(#[doc = $doc])* $name,)* }

        const ALL: &[Taint] = &[$(Taint::$name,)*];

        impl Taint {
            /// The word in status files and logs.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The message for people.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

taints! {
    /// Its command line was added to.
    CustomArgv "custom-argv" "custom configuration parameters specified",
    /// Somebody spoke to QEMU directly.
    CustomMonitor "custom-monitor" "custom monitor control commands issued",
    /// QEMU runs as root.
    HighPrivileges "high-privileges" "running with undesirable elevated privileges",
    /// Scripts set up its network.
    ShellScripts "shell-scripts" "network configuration using opaque shell scripts",
    /// The formats of images were guessed.
    DiskProbing "disk-probing" "potentially unsafe disk format probing",
    /// Somebody else started it.
    ExternalLaunch "external-launch" "managing externally launched configuration",
    /// The guest sees the host's processor as it is.
    HostCpu "host-cpu" "potentially unsafe use of host CPU passthrough",
    /// A script may have changed its definition.
    HookScript "hook-script" "configuration potentially modified by hook script",
    /// It has the host's CD drive.
    CdromPassthrough "cdrom-passthrough" "use of host cdrom passthrough",
    /// It was given a device tree.
    CustomDtb "custom-dtb" "custom device tree blob used",
    /// Somebody spoke to the guest agent directly.
    CustomGaCommand "custom-ga-command" "custom guest agent control commands issued",
    /// What QEMU can do was said, not asked for.
    CustomHypervisorFeature "custom-hypervisor-feature" "hypervisor feature autodetection override",
    /// It has what will not be served for long.
    DeprecatedConfig "deprecated-config" "use of deprecated configuration settings",
    /// Its devices were changed beyond the definition.
    CustomDevice "custom-device" "custom device configuration",
    /// The helper that serves a disk could not be started again.
    NbdkitRestart "nbdkit-restart" "nbdkit restart failed",
}

impl Taint {
    /// The reason with that word, if it is one.
    pub fn of_word(word: &str) -> Option<Self> {
        ALL.iter().copied().find(|taint| taint.word() == word)
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
        for taint in ALL.iter().copied() {
            assert_eq!(Taint::of_word(taint.word()), Some(taint));
        }
        assert_eq!(Taint::of_word("shell-script"), None);
    }
}

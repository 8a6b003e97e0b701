//! Why a daemon could not start: the status it exits with and what its parent says about it.

use std::process::ExitCode;

/// A stage of starting that failed. The numbers are exit statuses, and travel from the daemon in
/// the background to the process that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // see `text`
pub enum Stage {
    PidFile = 1,
    RunDir = 2,
    Init = 3,
    Signal = 4,
    Network = 6,
}

impl Stage {
    const ALL: [Self; 5] = [Self::PidFile, Self::RunDir, Self::Init, Self::Signal, Self::Network];

    /// The stage that has this number.
    pub fn from_status(status: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| *stage as u8 == status)
    }

    /// What went wrong.
    pub fn text(self) -> &'static str {
        match self {
            Self::PidFile => "Unable to obtain pidfile",
            Self::RunDir => "Unable to create rundir",
            Self::Init => "Unable to initialize libvirt",
            Self::Signal => "Unable to setup signal handlers",
            Self::Network => "Unable to initialize network sockets",
        }
    }
}

impl From<Stage> for ExitCode {
    fn from(stage: Stage) -> Self {
        ExitCode::from(stage as u8)
    }
}

//! States of domains, and the reasons for them, in words.

/// A state (`virDomainState`).
pub(crate) fn state_text(state: i32) -> &'static str {
    const STATES: [&str; 8] =
        ["no state", "running", "idle", "paused", "in shutdown", "shut off", "crashed", "pmsuspended"];
    pick(&STATES, state).unwrap_or("no state")
}

/// Why a domain is in a state (`virDomainRunningReason` and its like).
pub(crate) fn reason_text(state: i32, reason: i32) -> &'static str {
    let reasons: &[&str] = match state {
        1 => &[
            "unknown",
            "booted",
            "migrated",
            "restored",
            "from snapshot",
            "unpaused",
            "migration canceled",
            "save canceled",
            "event wakeup",
            "crashed",
            "post-copy",
            "post-copy failed",
        ],
        3 => &[
            "unknown",
            "user",
            "migrating",
            "saving",
            "dumping",
            "I/O error",
            "watchdog",
            "from snapshot",
            "shutting down",
            "creating snapshot",
            "crashed",
            "starting up",
            "post-copy",
            "post-copy failed",
            "api error",
        ],
        4 => &["unknown", "user"],
        5 => &[
            "unknown",
            "shutdown",
            "destroyed",
            "crashed",
            "migrated",
            "saved",
            "failed",
            "from snapshot",
            "daemon",
        ],
        6 => &["unknown", "panicked"],
        _ => &["unknown"],
    };
    pick(reasons, reason).unwrap_or("unknown")
}

fn pick(texts: &[&'static str], at: i32) -> Option<&'static str> {
    usize::try_from(at).ok().and_then(|at| texts.get(at)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_numbers_have_words_too() {
        assert_eq!(state_text(5), "shut off");
        assert_eq!(state_text(99), "no state");
        assert_eq!(reason_text(3, 1), "user");
        assert_eq!(reason_text(1, -1), "unknown");
    }
}

//! domdirtyrate-calc: how fast a domain dirties its memory.

use crate::grammar::{ANY, Command, Completer, domain, number, text};

/// `domdirtyrate-calc`: Calculate a vm's memory dirty rate.
pub(crate) const DOMDIRTYRATE_CALC: Command = Command::new("domdirtyrate-calc", "Calculate a vm's memory dirty rate")
    .describe("Calculate memory dirty rate of a domain in order to decide whether it's proper to be migrated out or not.\nThe calculated dirty rate information is available by calling 'domstats --dirtyrate'.")
    .options(&[
        domain(ANY),
        number("seconds", "calculate memory dirty rate within specified seconds, the supported value range from 1 to 60, default to 1.").tolerated(),
        text("mode", "dirty page rate calculation mode, either of these 3 options 'page-sampling, dirty-bitmap, dirty-ring' can be specified.").tolerated().completes(Completer::DomainDirtyRateCalcMode),
    ]);

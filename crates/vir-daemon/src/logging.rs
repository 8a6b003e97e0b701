//! Where a daemon's messages go: the command line over the environment over the configuration.

use crate::cli::Options;
use crate::config::Config;
use vir_base::log::{self, Priority};
use vir_base::paths::Paths;
use vir_base::{Result, err, file};

/// Applies what is asked for.
///
/// # Errors
/// A level, filter or output that is none.
pub fn set_up(name: &str, config: &Config, options: &Options, paths: &Paths) -> Result<()> {
    if let Some(level) = config.log_level.filter(|level| *level != 0) {
        log::set_priority(Priority::from_number(level).ok_or_else(|| {
            err!(None, InvalidArg, "Failed to set logging priority, argument '{level}' is invalid")
        })?);
    }
    log::set_filters(config.log_filters.as_deref().unwrap_or_default())?;
    log::set_outputs(config.log_outputs.as_deref().unwrap_or_default())?;
    log::set_from_env()?;
    if options.verbose && log::priority() > Priority::Info {
        log::set_priority(Priority::Info);
    }
    if options.root.is_some() {
        // no package has made it
        file::make_dirs(&paths.log, 0o700)?;
    }
    log::set_default_output(name, options.background, paths)?;
    match log::output_count() {
        0 => log::set_outputs(""),
        _ => Ok(()),
    }
}

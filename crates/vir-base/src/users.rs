//! Users and groups as configuration files name them.

pub use crate::sys::users::{group_by_name, group_name, groups_of, user_by_name, user_name};

use crate::{Result, bail};

/// A group by its name or number; `+` in front says that it is a number.
///
/// # Errors
/// "Failed to parse group '…'": neither.
pub fn parse_group(text: &str) -> Result<u32> {
    match resolve(text, group_by_name) {
        Some(gid) => Ok(gid),
        None => bail!(None, InvalidArg, "Failed to parse group '{}'", text.trim_start_matches('+')),
    }
}

/// A user by its name or number; `+` in front says that it is a number.
///
/// # Errors
/// "Failed to parse user '…'": neither.
pub fn parse_user(text: &str) -> Result<u32> {
    match resolve(text, |name| user_by_name(name).map(|(uid, _)| uid)) {
        Some(uid) => Ok(uid),
        None => bail!(None, InvalidArg, "Failed to parse user '{}'", text.trim_start_matches('+')),
    }
}

fn resolve(text: &str, by_name: impl Fn(&str) -> Option<u32>) -> Option<u32> {
    match text.strip_prefix('+') {
        Some(number) => number.parse().ok(),
        None => by_name(text).or_else(|| text.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(parse_group("root").unwrap(), 0);
        assert_eq!(parse_user("+1000").unwrap(), 1000);
        assert_eq!(parse_group("987654").unwrap(), 987_654);
        let error = parse_group("no-such-group").unwrap_err();
        assert_eq!(error.message(), "invalid argument: Failed to parse group 'no-such-group'");
        assert!(parse_user("+root").is_err());
    }
}

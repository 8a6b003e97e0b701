//! How a test says that this host lacks what it needs.
//!
//! The test returns at once, so its runner believes that it passed. [`skip!`] therefore notes the
//! test's name and the reason in the file that `FERROVIRT_SKIPPED` names; `cargo xtask test` sets
//! that variable, lists these tests by name at the end and counts them as skipped.
//! This crate has no dependencies, so that every crate's tests can use it.

use std::io::Write as _;

/// The variable that names the file to which skipped tests are added, one a line: `NAME<tab>REASON`.
pub const VARIABLE: &str = "FERROVIRT_SKIPPED";

/// Ends the calling test, noting that it did not run and why: `skip!("needs qemu-system-x86_64")`.
///
/// The reason is a format string with its arguments. Works in functions that return `()`, and in
/// others when a value is given first: `skip!(Ok(()) => "needs root")`.
#[macro_export]
macro_rules! skip {
    ($value:expr => $($reason:tt)+) => {{
        fn here() {}
        $crate::note($crate::name_of(&here), &::std::format!($($reason)+));
        return $value;
    }};
    ($($reason:tt)+) => { $crate::skip!(() => $($reason)+) };
}

/// The full name of the function in which `marker`, a local function, was declared.
#[doc(hidden)]
#[must_use]
pub fn name_of<F>(_marker: &F) -> &'static str {
    let name = std::any::type_name::<F>();
    let name = name.strip_suffix("::here").unwrap_or(name);
    name.trim_end_matches("::{{closure}}")
}

/// Notes that the test `name` was skipped. On failure to write, the test fails: a skipped test must
/// never be counted as passed.
#[doc(hidden)]
pub fn note(name: &str, reason: &str) {
    eprintln!("skipped: {name}: {reason}");
    let Some(file) = std::env::var_os(VARIABLE) else { return };
    let line = format!("{name}\t{}\n", reason.replace('\n', " "));
    let written = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .and_then(|mut open| open.write_all(line.as_bytes()));
    if let Err(error) = written {
        panic!("cannot note in {} that {name} was skipped: {error}", file.display());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_is_that_of_the_function_around() {
        fn here() {}
        assert_eq!(super::name_of(&here), "skip::tests::the_name_is_that_of_the_function_around");
        let inside = || {
            fn here() {}
            super::name_of(&here)
        };
        assert_eq!(inside(), "skip::tests::the_name_is_that_of_the_function_around");
    }

    #[test]
    fn a_value_can_be_returned() {
        fn skips() -> Result<u32, ()> {
            if std::env::var_os(super::VARIABLE).is_none() {
                skip!(Err(()) => "only {} here", "shown");
            }
            Err(())
        }
        assert_eq!(skips(), Err(()));
    }
}

//! Whether the process that holds a lease still lives.
//!
//! A number alone says little, since numbers are used again: with its start time it names one
//! process for good. In doubt a process lives.

use rustix::io::Errno;
use std::io;
use vir_base::process::{Process, start_time};

/// What is known of a process.
#[derive(Debug)]
pub enum Life {
    /// It lives, and this hears of its end.
    Lives(Process),
    /// It has ended.
    Over,
    /// It may live; nothing can be had that would tell of its end. The one number 0 stands for an
    /// owner that nobody knows.
    Unknown,
}

/// Looks for the process that had this number and started then.
pub fn look(pid: i32, start: Option<u64>) -> Life {
    if pid <= 0 {
        return Life::Unknown;
    }
    // first the handle, then the question: whoever answers then has been there since
    let process = match Process::open(pid) {
        Err(error) if is(&error, Errno::SRCH) => return Life::Over,
        other => other.ok(),
    };
    match (start, start_time(pid)) {
        (Some(then), Ok(now)) if then != now => Life::Over,
        (Some(_), Err(error)) if process.is_none() && error.kind() == io::ErrorKind::NotFound => Life::Over,
        _ => match process {
            Some(process) if process.is_alive() => Life::Lives(process),
            Some(_) => Life::Over,
            None => Life::Unknown,
        },
    }
}

fn is(error: &io::Error, errno: Errno) -> bool {
    Errno::from_io_error(error) == Some(errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_used_again_is_another_process() {
        let pid = std::process::id() as i32;
        let start = start_time(pid).unwrap();
        assert!(matches!(look(pid, Some(start)), Life::Lives(_)));
        assert!(matches!(look(pid, None), Life::Lives(_)));
        assert!(matches!(look(pid, Some(start - 1)), Life::Over));
        assert!(matches!(look(0, None), Life::Unknown));
        assert!(matches!(look(i32::MAX, Some(1)), Life::Over));
    }

    #[test]
    fn a_process_that_was_not_collected_is_over() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id() as i32;
        let process = Process::open(pid).unwrap();
        assert!(process.wait_end(Some(std::time::Duration::from_secs(30))).unwrap());
        assert!(matches!(look(pid, None), Life::Over));
        child.wait().unwrap();
    }
}

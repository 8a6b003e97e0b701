//! Processes and threads: times, memory, processors that they may use.

use crate::Host;
use crate::stats::tick;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use vir_base::{Bitmap, Error, ErrorDomain, Result, bail, err};

/// What a process or a thread has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time in user space, in ns.
    pub user: u64,
    /// Time in the kernel, in ns.
    pub system: u64,
    /// Memory that is in use, in KiB.
    pub resident: u64,
    /// The processor that it ran on last.
    pub last_cpu: u32,
    /// When it was started, in ticks since the host was. Together with its number this names a
    /// process for ever.
    pub start_time: u64,
}

impl Usage {
    /// All of its time, in ns.
    pub fn cpu_time(&self) -> u64 {
        self.user + self.system
    }
}

impl Host {
    /// What a process has used, or one of its threads.
    ///
    /// # Errors
    /// It is gone.
    pub fn usage(&self, pid: i32, thread: Option<i32>) -> Result<Usage> {
        let path = match thread {
            Some(thread) => format!("proc/{pid}/task/{thread}/stat"),
            None => format!("proc/{pid}/stat"),
        };
        let text = self.text(&path)?;
        let fields = stat_fields(&text);
        // counted from 0, the command being field 1; proc(5) counts from 1
        let field = |at: usize| fields.get(at).and_then(|value| value.parse::<u64>().ok());
        let (Some(user), Some(system), Some(start_time)) = (field(13), field(14), field(21)) else {
            bail!(None, InternalError, "cannot parse process status data of pid {pid}");
        };
        Ok(Usage {
            user: user * tick(),
            system: system * tick(),
            resident: field(23).unwrap_or(0) * u64::from(self.page_size()),
            last_cpu: field(38).unwrap_or(0) as u32,
            start_time,
        })
    }

    /// How long a process or a thread waited for a processor, in ns; 0 where the kernel does not
    /// count that.
    pub fn wait_time(&self, pid: i32, thread: Option<i32>) -> Result<u64> {
        let path = match thread {
            Some(thread) => format!("proc/{pid}/task/{thread}/sched"),
            None => format!("proc/{pid}/sched"),
        };
        let Some(text) = self.value(&path)? else { return Ok(0) };
        let names = ["wait_sum", "se.statistics.wait_sum", "se.wait_sum"];
        let Some(line) = text.lines().find(|line| names.iter().any(|name| line.starts_with(name))) else {
            return Ok(0);
        };
        let Some((_, value)) = line.split_once(':') else {
            bail!(None, InternalError, "Missing separator in sched info '{line}'");
        };
        let value = value.trim();
        let milliseconds: f64 = value
            .parse()
            .map_err(|_| err!(None, InternalError, "Unable to parse sched info value '{value}'"))?;
        Ok((milliseconds * 1_000_000.0) as u64)
    }

    /// The numbers of a process's threads.
    pub fn threads(&self, pid: i32) -> Result<Vec<i32>> {
        let threads = self.numbered(&format!("proc/{pid}/task"), "")?.unwrap_or_default();
        Ok(threads.into_iter().filter_map(|thread| i32::try_from(thread).ok()).collect())
    }
}

/// The processors that a process or thread may run on.
pub fn affinity(pid: i32) -> Result<Bitmap> {
    let set = sched_getaffinity(number(pid)).map_err(|e| {
        let what = format!("cannot get CPU affinity of process {pid}");
        Error::system(ErrorDomain::None, e.raw_os_error(), what)
    })?;
    Ok((0..CpuSet::MAX_CPU).filter(|cpu| set.is_set(*cpu)).collect())
}

/// Lets a process or thread run on these processors only.
pub fn set_affinity(pid: i32, cpus: &Bitmap) -> Result<()> {
    let mut set = CpuSet::new();
    cpus.iter().filter(|cpu| *cpu < CpuSet::MAX_CPU).for_each(|cpu| set.set(cpu));
    sched_setaffinity(number(pid), &set).map_err(|e| {
        let what = format!("cannot set CPU affinity on process {pid}");
        Error::system(ErrorDomain::None, e.raw_os_error(), what)
    })
}

/// `None`, which stands for this thread, for 0 and less.
fn number(pid: i32) -> Option<Pid> {
    Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw)
}

/// The fields of a `stat` file. The second is the command, which may hold anything, parentheses
/// and newlines among it.
fn stat_fields(text: &str) -> Vec<&str> {
    let (Some(open), Some(close)) = (text.find('('), text.rfind(')')) else { return Vec::new() };
    let Some(command) = text.get(open + 1..close) else { return Vec::new() };
    let mut fields = vec![text[..open].trim(), command];
    fields.extend(text[close + 1..].split_ascii_whitespace());
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_hold_anything() {
        let text = "7 (a) (b\n c) S 1 7 7 0 -1 0 0 0 0 0 30 12 0 0 20 0 1 0 900 0 25 0";
        let fields = stat_fields(text);
        assert_eq!(fields[..4], ["7", "a) (b\n c", "S", "1"]);
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("proc/7")).unwrap();
        std::fs::write(dir.path().join("proc/7/stat"), text).unwrap();
        let host = Host::captured(dir.path(), "x86_64");
        let usage = host.usage(7, None).unwrap();
        assert_eq!((usage.user, usage.system), (30 * tick(), 12 * tick()));
        assert_eq!(usage.cpu_time(), 42 * tick());
        assert_eq!((usage.start_time, usage.resident), (900, 25 * u64::from(host.page_size())));
        assert!(host.usage(8, None).is_err());
        std::fs::write(dir.path().join("proc/7/stat"), "7 )(").unwrap();
        assert!(host.usage(7, None).is_err());
    }

    #[test]
    fn this_process_can_be_looked_at() {
        let host = Host::real();
        let me = std::process::id() as i32;
        let usage = host.usage(me, None).unwrap();
        assert!(usage.resident > 0 && usage.start_time > 0);
        assert!(host.threads(me).unwrap().contains(&me));
        assert_eq!(host.usage(me, Some(me)).unwrap().start_time, usage.start_time);
        host.wait_time(me, Some(me)).unwrap();
        let cpus = affinity(0).unwrap();
        assert!(!cpus.is_empty());
        set_affinity(0, &cpus).unwrap();
        assert_eq!(affinity(0).unwrap(), cpus);
    }
}

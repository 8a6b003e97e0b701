//! A guest's log file: what we and its QEMU write there, and what of it goes into error messages.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::paths::Paths;
use vir_base::{Error, ErrorDomain, Result};
use vir_logging::{Guest, Logd, Position};

/// At most so much of QEMU's words goes into an error message.
const MAX_QUOTE: u64 = 4096;

/// Where a guest's log is, and who writes it down.
#[derive(Clone, Debug)]
pub struct LogPlace<'a> {
    /// The file.
    pub path: PathBuf,
    /// Whose log it is.
    pub guest: Guest,
    /// The instance whose log daemon keeps it, if one is to.
    pub daemon: Option<&'a Paths>,
}

impl LogPlace<'_> {
    /// Opens or makes it for a run of the guest. Where there is no log daemon, QEMU writes to the file itself.
    pub fn open(self) -> Result<GuestLog> {
        if let Some(logd) = self.logd() {
            let (end, start) = logd.open(&self.guest, &self.path, false)?;
            return Ok(GuestLog { end: end.into(), from: From::Daemon { logd, path: self.path, start } });
        }
        let (end, start) = open_file(&self.path)?;
        Ok(GuestLog { end, from: From::File { path: self.path, start } })
    }

    /// Adds a line with the time before it. A log that cannot be written stops nothing.
    pub fn say(&self, text: &str) {
        let line = line(text);
        let said = match self.logd() {
            Some(logd) => logd.append(&self.guest, &self.path, line.as_bytes()),
            None => open_file(&self.path).map(|(mut file, _)| drop(file.write_all(line.as_bytes()))),
        };
        if let Err(error) = said {
            log::warn!("{error}");
        }
    }

    fn logd(&self) -> Option<Logd> {
        match Logd::connect(self.daemon?) {
            Ok(logd) => Some(logd),
            Err(error) => {
                log::warn!("the log of guest {} is not kept by virtlogd: {error}", self.guest.name);
                None
            }
        }
    }
}

fn open_file(path: &Path) -> Result<(File, u64)> {
    let fail = |e: &std::io::Error| {
        Error::io(ErrorDomain::Qemu, e, format!("failed to create logfile {}", path.display()))
    };
    let mut file =
        OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(|e| fail(&e))?;
    let start = file.seek(SeekFrom::End(0)).map_err(|e| fail(&e))?;
    Ok((file, start))
}

fn line(text: &str) -> String {
    format!("{}: {text}\n", timestamp(SystemTime::now()))
}

/// A guest's log, open for adding to it while the guest starts.
#[derive(Debug)]
pub struct GuestLog {
    /// Where QEMU writes, and we as long as it does not.
    end: File,
    from: From,
}

/// How this run's output is found again: where it begins.
#[derive(Debug)]
enum From {
    File { path: PathBuf, start: u64 },
    Daemon { logd: Logd, path: PathBuf, start: Position },
}

impl GuestLog {
    /// A descriptor for the process to write to.
    pub fn for_process(&self) -> Result<File> {
        self.end.try_clone().map_err(|e| Error::io(ErrorDomain::Qemu, &e, "cannot duplicate log descriptor"))
    }

    /// Adds a line with the time before it. A log that cannot be written stops nothing.
    pub fn say(&mut self, text: &str) {
        let _ = self.end.write_all(line(text).as_bytes());
    }

    /// Adds text as it is and notes that QEMU's own words follow.
    pub fn begin_output(&mut self, text: &str) {
        let _ = self.end.write_all(text.as_bytes());
        match &mut self.from {
            From::File { start, .. } => *start = self.end.seek(SeekFrom::End(0)).unwrap_or(*start),
            From::Daemon { logd, path, start } => *start = logd.position(path).unwrap_or(*start),
        }
    }

    /// What QEMU said in this run, without chatter, for an error message.
    pub fn output(&self) -> String {
        let text = match &self.from {
            From::File { path, start } => read_file(path, *start),
            From::Daemon { logd, path, start } => {
                // what is still in the pipe is in the file after this
                let _ = logd.position(path);
                let text = logd.read(path, *start, MAX_QUOTE).unwrap_or_default();
                String::from_utf8_lossy(&text).into_owned()
            }
        };
        let chatter = |line: &&str| {
            !line.is_empty() && !line.contains("char device redirected to") && !line.contains(": Domain id=")
        };
        text.lines().filter(chatter).collect::<Vec<_>>().join("\n")
    }
}

fn read_file(path: &Path, start: u64) -> String {
    let Ok(mut file) = File::open(path) else { return String::new() };
    match file.seek(SeekFrom::Start(start)) {
        Ok(_) => super::read_to_string(Read::take(file, MAX_QUOTE), MAX_QUOTE),
        Err(_) => String::new(),
    }
}

/// `2026-11-22 20:51:32.807+0000`.
pub fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.{:03}+0000",
        second / 3600,
        second / 60 % 60,
        second % 60,
        since.subsec_millis()
    )
}

/// Year, month and day of the day so many after 1 January 1970, in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // years begin in March here, so that the leap day is the last: 400 years have 146097 days
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn time_is_written_as_people_know_it() {
        let at = |millis| timestamp(UNIX_EPOCH + Duration::from_millis(millis));
        assert_eq!(at(0), "1970-01-01 00:00:00.000+0000");
        assert_eq!(at(1_795_380_692_807), "2026-11-22 20:51:32.807+0000");
        assert_eq!(at(951_782_400_000), "2000-02-29 00:00:00.000+0000");
        assert_eq!(at(4_107_542_399_999), "2100-02-28 23:59:59.999+0000");
    }

    #[test]
    fn only_this_run_is_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("g.log");
        std::fs::write(&path, "qemu: old trouble\n").unwrap();
        let guest = Guest { driver: "QEMU".into(), uuid: vir_base::Uuid::default(), name: "g".into() };
        let mut log = LogPlace { path: path.clone(), guest, daemon: None }.open().unwrap();
        log.say("starting up");
        log.begin_output("/usr/bin/qemu -S\n");
        log.for_process()
            .unwrap()
            .write_all(b"char device redirected to /dev/pts/1 (label x)\nqemu: new trouble\n")
            .unwrap();
        assert_eq!(log.output(), "qemu: new trouble");
    }
}

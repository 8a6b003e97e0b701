//! What a message looks like.

use super::Priority;
use super::filter::source_name;
use rustix::time::{ClockId, clock_gettime};

/// A message on its way to the outputs.
pub(super) struct Message<'a> {
    pub(super) priority: Priority,
    pub(super) source: String,
    pub(super) file: Option<&'a str>,
    pub(super) line: u32,
    pub(super) text: String,
}

impl<'a> Message<'a> {
    pub(super) fn from_record(record: &log::Record<'a>) -> Self {
        Self {
            priority: record.level().into(),
            source: source_name(record.target()).into_owned(),
            file: record.file(),
            line: record.line().unwrap_or(0),
            text: record.args().to_string(),
        }
    }

    /// A message of the log itself, as the first ones of each output are.
    pub(super) fn own(text: String) -> Self {
        Self { priority: Priority::Info, source: String::new(), file: None, line: 0, text }
    }

    /// `THREAD: LEVEL : SOURCE:LINE : TEXT`.
    pub(super) fn tagged(&self) -> String {
        let thread = rustix::thread::gettid().as_raw_nonzero();
        let level = self.priority.name();
        match self.source.is_empty() {
            true => format!("{thread}: {level} : {}\n", self.text),
            false => format!("{thread}: {level} : {}:{} : {}\n", self.source, self.line, self.text),
        }
    }
}

/// Now, in UTC: `2026-01-31 23:59:59.999+0000`.
pub(super) fn timestamp() -> String {
    let now = clock_gettime(ClockId::Realtime);
    let [year, month, day] = date(now.tv_sec.div_euclid(86_400));
    let second = now.tv_sec.rem_euclid(86_400);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.{:03}+0000",
        second / 3600,
        second / 60 % 60,
        second % 60,
        now.tv_nsec / 1_000_000
    )
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn date(days: i64) -> [i64; 3] {
    // counted in years that begin in March, so that the leap day comes last
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    [era * 400 + year_of_era + carry, month, day]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (days, expected) in [
            (0, [1970, 1, 1]),
            (11_016, [2000, 2, 29]),
            (11_017, [2000, 3, 1]),
            (20_779, [2026, 11, 22]),
            (-1, [1969, 12, 31]),
        ] {
            assert_eq!(date(days), expected, "{days}");
        }
        let now = timestamp();
        assert_eq!((now.len(), &now[23..]), (28, "+0000"));
    }
}

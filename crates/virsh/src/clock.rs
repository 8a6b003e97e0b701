//! Local time as text.

use std::time::{SystemTime, UNIX_EPOCH};
use tz::{DateTime, TimeZone};

/// Now, by a small part of `strftime`'s grammar: `%Y %m %d %H %M %S %z` and, for the zone's name, `%Z`.
pub(crate) fn local_now(format: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    local(now.as_secs() as i64, format)
}

/// That moment, counted in seconds since 1970, in the user's time zone.
pub(crate) fn local(seconds: i64, format: &str) -> String {
    let zone = TimeZone::local().unwrap_or_else(|_| TimeZone::utc());
    let moment = DateTime::from_timespec(seconds, 0, zone.as_ref())
        .or_else(|_| DateTime::from_timespec(seconds, 0, TimeZone::utc().as_ref()));
    match moment {
        Ok(moment) => render(&moment, format),
        Err(_) => String::new(),
    }
}

/// Now in UTC to the millisecond, as logs have it.
pub(crate) fn stamp() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}.{:03}+0000", utc(now.as_secs() as i64, "%Y-%m-%d %H:%M:%S"), now.subsec_millis())
}

/// That moment in UTC.
pub(crate) fn utc(seconds: i64, format: &str) -> String {
    DateTime::from_timespec(seconds, 0, TimeZone::utc().as_ref())
        .map(|moment| render(&moment, format))
        .unwrap_or_default()
}

fn render(moment: &DateTime, format: &str) -> String {
    let offset = moment.local_time_type().ut_offset();
    let fields = [
        ("%Y", moment.year().to_string()),
        ("%m", format!("{:02}", moment.month())),
        ("%d", format!("{:02}", moment.month_day())),
        ("%H", format!("{:02}", moment.hour())),
        ("%M", format!("{:02}", moment.minute())),
        ("%S", format!("{:02}", moment.second())),
        (
            "%z",
            format!(
                "{}{:02}{:02}",
                if offset < 0 { '-' } else { '+' },
                offset.abs() / 3600,
                offset.abs() / 60 % 60
            ),
        ),
        ("%Z", moment.local_time_type().time_zone_designation().to_owned()),
    ];
    fields.iter().fold(format.to_owned(), |text, (field, value)| text.replace(field, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rendered_in_its_zone() {
        let zone = TimeZone::fixed(-9000).unwrap();
        let moment = DateTime::from_timespec(1_700_000_000, 0, zone.as_ref()).unwrap();
        assert_eq!(render(&moment, "%Y-%m-%d %H:%M:%S %z"), "2023-11-14 19:43:20 -0230");
    }
}

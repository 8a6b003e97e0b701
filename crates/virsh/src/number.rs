//! Numbers as the peer's command line reads them, and sizes as it prints them.

use vir_base::{Error, err};

/// Splits what `strtol` takes in base 10: white space, a sign, digits; and what follows.
fn split_number(text: &str) -> Option<(bool, &str, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| (negative, &digits[..end], &digits[end..]))
}

fn whole(text: &str) -> Option<i128> {
    match split_number(text)? {
        (negative, digits, "") => {
            let value: i128 = digits.parse().ok()?;
            Some(if negative { -value } else { value })
        }
        _ => None,
    }
}

/// A number that fits `T`.
pub(crate) fn signed<T: TryFrom<i128>>(text: &str) -> Option<T> {
    T::try_from(whole(text)?).ok()
}

/// A number that fits `T` and has no minus sign (`-0` is refused too).
pub(crate) fn unsigned<T: TryFrom<i128>>(text: &str) -> Option<T> {
    if text.contains('-') { None } else { signed(text) }
}

/// A 32-bit number in the base that its prefix says: `0x` 16, `0` 8, none 10.
pub(crate) fn any_base(text: &str) -> Option<i32> {
    let (sign, digits) = match text.trim_start().strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.trim_start().trim_start_matches('+')),
    };
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(digits, 8),
        None => digits.parse(),
    };
    value.ok().and_then(|value| i32::try_from(sign * value).ok())
}

/// A 32-bit number, negative ones counted back from the top.
pub(crate) fn wrapping_u32(text: &str) -> Option<u32> {
    let value = whole(text)?;
    u32::try_from(value).ok().or_else(|| i32::try_from(value).ok().map(|v| v as u32))
}

/// A 64-bit number, negative ones counted back from the top.
pub(crate) fn wrapping_u64(text: &str) -> Option<u64> {
    let value = whole(text)?;
    match value < 0 {
        false => u64::try_from(value).ok(),
        true => u64::try_from(-value).ok().map(u64::wrapping_neg),
    }
}

/// A number with a unit. Without a unit it is in units of `scale` bytes. Fails with `None` if there
/// is no number, with the library's error if the unit is unknown or the result beyond `limit`.
pub(crate) fn scaled(text: &str, scale: u64, limit: u64) -> Result<u64, Option<Error>> {
    let (negative, digits, unit) = split_number(text).ok_or(None)?;
    if negative {
        return Err(None);
    }
    let value: u64 = digits.parse().map_err(|_| None)?;
    scale_by(value, unit, scale, limit).map_err(Some)
}

fn scale_by(value: u64, unit: &str, default: u64, limit: u64) -> Result<u64, Error> {
    let scale = if unit.is_empty() {
        default
    } else {
        unit_size(unit).ok_or_else(|| err!(None, InvalidArg, "unknown suffix '{unit}'"))?
    };
    match value.checked_mul(scale) {
        Some(bytes) if value == 0 || value <= limit / scale => Ok(bytes),
        _ => Err(err!(None, Overflow, "value too large: {value}{unit}")),
    }
}

/// Bytes in a unit: "b", "byte", "bytes", or a letter alone or with "iB" (powers of 1024), with "B" (of 1000).
fn unit_size(unit: &str) -> Option<u64> {
    let lower = unit.to_ascii_lowercase();
    if matches!(lower.as_str(), "b" | "byte" | "bytes") {
        return Some(1);
    }
    let (letter, rest) = lower.split_at_checked(1)?;
    let base: u64 = match rest {
        "" | "ib" => 1024,
        "b" => 1000,
        _ => return None,
    };
    let power = match letter {
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return None,
    };
    Some(base.pow(power))
}

/// A size with the largest unit that keeps it above 1: the number, and "B" to "EiB".
pub fn pretty_size(bytes: u64) -> (f64, &'static str) {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = (bytes.max(1).ilog2() / 10) as usize;
    (bytes as f64 / (1u64 << (10 * power)) as f64, units[power])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_strtol_does() {
        assert_eq!(signed::<i32>(" +12"), Some(12));
        assert_eq!(signed::<i32>("2147483648"), None);
        assert_eq!(signed::<i32>("12 "), None);
        assert_eq!(signed::<i32>(""), None);
        assert_eq!(unsigned::<u32>("-1"), None);
        assert_eq!(wrapping_u32("-1"), Some(u32::MAX));
        assert_eq!(wrapping_u64("-1"), Some(u64::MAX));
        assert_eq!(wrapping_u64("18446744073709551616"), None);
    }

    #[test]
    fn units_scale() {
        assert_eq!(scaled("1", 1024, u64::MAX), Ok(1024));
        assert_eq!(scaled("2KiB", 1, u64::MAX), Ok(2048));
        assert_eq!(scaled("2kB", 1, u64::MAX), Ok(2000));
        assert_eq!(scaled("1g", 1, u64::MAX), Ok(1 << 30));
        assert_eq!(
            scaled("1x", 1, u64::MAX).unwrap_err().unwrap().message(),
            "invalid argument: unknown suffix 'x'"
        );
        assert_eq!(scaled("x", 1, u64::MAX), Err(None));
        assert!(scaled("17E", 1, u64::MAX).is_err());
    }

    #[test]
    fn sizes_are_shown_in_the_largest_unit() {
        assert_eq!(pretty_size(0), (0.0, "B"));
        assert_eq!(pretty_size(1023), (1023.0, "B"));
        assert_eq!(pretty_size(1536), (1.5, "KiB"));
        assert_eq!(pretty_size(1 << 30), (1.0, "GiB"));
        assert_eq!(pretty_size(u64::MAX).1, "EiB");
    }
}

//! Sets of host processors, and the little-endian bit maps that calls carry.

use std::collections::BTreeSet;
use vir_base::Bitmap;
use vir_base::{Result, err};

/// Numbers of host processors.
pub(crate) type CpuMask = BTreeSet<u32>;

/// Processors 0 to `count` - 1.
pub(crate) fn first(count: u32) -> CpuMask {
    (0..count).collect()
}

/// The highest of them, -1 of none.
pub(crate) fn last(mask: &CpuMask) -> i32 {
    mask.last().and_then(|cpu| i32::try_from(*cpu).ok()).unwrap_or(-1)
}

/// Bit map of exactly `length` bytes; what does not fit is left out.
pub(crate) fn to_data(mask: &CpuMask, length: usize) -> Vec<u8> {
    let mut data = vec![0; length];
    for cpu in mask {
        let byte = usize::try_from(cpu / 8).ok().and_then(|at| data.get_mut(at));
        if let Some(byte) = byte {
            *byte |= 1 << (cpu % 8);
        }
    }
    data
}

/// The processors of a bit map.
pub(crate) fn from_data(data: &[u8]) -> CpuMask {
    let bits = (0u32..).step_by(8).zip(data);
    bits.flat_map(|(base, byte)| (0..8).filter(move |bit| byte & (1 << bit) != 0).map(move |bit| base + bit))
        .collect()
}

/// As text: "0-3,5".
pub(crate) fn format(mask: &CpuMask) -> String {
    let mut ranges: Vec<(u32, u32)> = vec![];
    for &cpu in mask {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == cpu => *last = cpu,
            _ => ranges.push((cpu, cpu)),
        }
    }
    let text = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    text.collect::<Vec<_>>().join(",")
}

/// From a set as documents have it.
pub(crate) fn from_bitmap(set: &Bitmap) -> CpuMask {
    set.iter().filter_map(|n| u32::try_from(n).ok()).collect()
}

/// To a set as documents have it.
pub(crate) fn to_bitmap(mask: &CpuMask) -> Bitmap {
    mask.iter().map(|n| *n as usize).collect()
}

/// Reads "0-3,^2,5"; numbers below `limit`.
///
/// # Errors
/// "Failed to parse bitmap".
pub(crate) fn parse(text: &str, limit: u32) -> Result<CpuMask> {
    let failed = || err!(None, InvalidArg, "Failed to parse bitmap '{text}'");
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n < limit).ok_or_else(failed);
    let mut mask = CpuMask::new();
    for part in text.split(',') {
        if let Some(out) = part.trim().strip_prefix('^') {
            mask.remove(&number(out)?);
        } else if let Some((first, last)) = part.split_once('-') {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(failed());
            }
            mask.extend(first..=last);
        } else {
            mask.insert(number(part)?);
        }
    }
    Ok(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_back() {
        let mask = CpuMask::from([0, 2, 9]);
        assert_eq!(to_data(&mask, 3), [5, 2, 0]);
        assert_eq!(to_data(&mask, 1), [5]);
        assert_eq!(from_data(&[5, 2, 0]), mask);
        assert_eq!(format(&parse("0-3,5,^2", 64).unwrap()), "0-1,3,5");
        for bad in ["", "x", "3-1", "64", "1,,2"] {
            assert!(parse(bad, 64).is_err(), "{bad}");
        }
        assert_eq!(last(&mask), 9);
        assert_eq!(last(&CpuMask::new()), -1);
    }
}

//! Sets of small numbers: CPUs, NUMA nodes. Read and written as `0-3,^2,8`, as bytes on the wire.

use crate::{Result, bail};
use std::fmt;

/// Numbers above this are refused when read from text, lest a few bytes ask for gigabytes.
const MAX: usize = 1 << 20;

/// A set of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bitmap {
    /// Bit `n % 64` of word `n / 64`; the last word is not 0.
    words: Vec<u64>,
}

impl Bitmap {
    /// The empty set.
    pub const fn new() -> Self {
        Self { words: Vec::new() }
    }

    /// Reads a list of numbers (`3`), ranges (`0-3`) and numbers to leave out (`^2`), in order.
    ///
    /// # Errors
    /// "Failed to parse bitmap '…'", also where a number is not below `limit`, or nothing is there.
    pub fn parse(text: &str, limit: usize) -> Result<Self> {
        match parse(text, limit.min(MAX)) {
            Some(bitmap) => Ok(bitmap),
            None => bail!(None, InvalidArg, "Failed to parse bitmap '{text}'"),
        }
    }

    /// Reads a list of any length, as the kernel writes them; an empty one is the empty set.
    pub fn parse_unlimited(text: &str) -> Result<Self> {
        match text.trim_ascii() {
            "" => Ok(Self::new()),
            text => Self::parse(text, MAX),
        }
    }

    /// From bytes: number `n` is bit `n % 8` of byte `n / 8`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        (0..bytes.len() * 8).filter(|n| bytes[n / 8] >> (n % 8) & 1 == 1).collect()
    }

    /// As so many bytes; numbers that do not fit are left out. See [`Bitmap::from_bytes`].
    pub fn to_bytes(&self, length: usize) -> Vec<u8> {
        let words = self.words.iter().flat_map(|w| w.to_le_bytes());
        words.chain(std::iter::repeat(0)).take(length).collect()
    }

    /// Puts a number in.
    pub fn insert(&mut self, number: usize) {
        if number / 64 >= self.words.len() {
            self.words.resize(number / 64 + 1, 0);
        }
        self.words[number / 64] |= 1 << (number % 64);
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }

    /// Whether a number is in.
    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// How many numbers are in.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The largest number in it.
    pub fn last(&self) -> Option<usize> {
        let word = self.words.last()?;
        Some((self.words.len() - 1) * 64 + 63 - word.leading_zeros() as usize)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.words.len() * 64).filter(|n| self.contains(*n))
    }

    /// The numbers that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.iter().filter(|n| other.contains(*n)).collect()
    }

    /// Whether there is a number that is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    /// Whether all of these are in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|n| other.contains(n))
    }
}

impl FromIterator<usize> for Bitmap {
    fn from_iter<T: IntoIterator<Item = usize>>(numbers: T) -> Self {
        let mut bitmap = Self::new();
        numbers.into_iter().for_each(|n| bitmap.insert(n));
        bitmap
    }
}

impl fmt::Display for Bitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = self.iter().peekable();
        let mut separator = "";
        while let Some(start) = numbers.next() {
            let mut end = start;
            while let Some(next) = numbers.next_if_eq(&(end + 1)) {
                end = next;
            }
            write!(f, "{separator}{start}")?;
            if end > start {
                write!(f, "-{end}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

fn parse(text: &str, limit: usize) -> Option<Bitmap> {
    let mut bitmap = Bitmap::new();
    let mut rest = text.trim_ascii_start();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (exclude, after) = rest.strip_prefix('^').map_or((false, rest), |after| (true, after));
        let (start, after) = number(after)?;
        if start >= limit {
            return None;
        }
        rest = match after.strip_prefix('-') {
            Some(_) if exclude => return None,
            Some(after) => {
                let (end, after) = number(after.trim_ascii_start())?;
                if end < start || end >= limit {
                    return None;
                }
                (start..=end).for_each(|n| bitmap.insert(n));
                after
            }
            None => {
                if exclude {
                    bitmap.remove(start)
                } else {
                    bitmap.insert(start)
                }
                after
            }
        };
        // a comma may stand at the end, too
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest.trim_ascii_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(bitmap)
}

/// A number and what follows it, without spaces between.
fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim_ascii_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_written() {
        for (text, expected) in [
            ("0-3,^2,8", "0-1,3,8"),
            (" 5 , 1 - 2 ,", "1-2,5"),
            ("1,^1,64", "64"),
            ("0-127", "0-127"),
            ("^3,3", "3"),
        ] {
            assert_eq!(Bitmap::parse(text, 1000).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", " ", ",", "a", "3-1", "^1-2", "1-", "1 2", "1000", "-1", "9999999999999999999999"] {
            let error = Bitmap::parse(text, 1000).unwrap_err();
            assert_eq!(error.message(), format!("invalid argument: Failed to parse bitmap '{text}'"));
        }
        assert!(Bitmap::parse_unlimited("\n").unwrap().is_empty());
        assert!(Bitmap::parse_unlimited("0-99999999999").is_err());
    }

    #[test]
    fn bytes_are_little_ends() {
        let bitmap: Bitmap = [0, 9, 70].into_iter().collect();
        assert_eq!(bitmap.to_bytes(10), [1, 2, 0, 0, 0, 0, 0, 0, 64, 0]);
        assert_eq!(bitmap.to_bytes(1), [1]);
        assert_eq!(Bitmap::from_bytes(&bitmap.to_bytes(9)), bitmap);
        assert_eq!((bitmap.count(), bitmap.last()), (3, Some(70)));
    }

    #[test]
    fn equal_sets_are_equal() {
        let mut bitmap: Bitmap = [1, 200].into_iter().collect();
        bitmap.remove(200);
        assert_eq!(bitmap, [1].into_iter().collect());
        bitmap.remove(1);
        assert!(bitmap.is_empty());
        assert_eq!(bitmap.last(), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_answer_or_an_error(text in "[0-9,^ é-]{0,20}") {
            let _ = Bitmap::parse(&text, 200);
        }

        #[test]
        fn what_is_written_reads_back(numbers in proptest::collection::btree_set(0usize..200, 1..40)) {
            let bitmap: Bitmap = numbers.iter().copied().collect();
            proptest::prop_assert_eq!(&Bitmap::parse(&bitmap.to_string(), 200).unwrap(), &bitmap);
            proptest::prop_assert_eq!(&Bitmap::from_bytes(&bitmap.to_bytes(25)), &bitmap);
            proptest::prop_assert_eq!(bitmap.iter().collect::<Vec<_>>(), numbers.into_iter().collect::<Vec<_>>());
        }
    }
}

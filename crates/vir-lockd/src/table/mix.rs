//! Hashing of the table's own numbers, of leases, which count up, and of files, and of leases' names.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes the maps.
pub(crate) type Mixing = BuildHasherDefault<Mix>;

/// One multiplication a number. Nobody who could choose such numbers and names would gain by their clashing: only
/// processes of the daemon's own user give them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        let last = rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte));
        self.write_u64(last);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_i32(&mut self, number: i32) {
        self.write_u64(u64::from(number.cast_unsigned()));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        // the low bits of a product know little of the high ones
        self.0 ^ self.0 >> 32
    }
}

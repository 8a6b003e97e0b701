//! Hashing of the table's own numbers: of leases, which count up, and of files.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes the maps of numbers.
pub(super) type Mixing = BuildHasherDefault<Mix>;

/// One multiplication a number. Nobody who could choose such numbers would gain by their clashing: they
/// are those of files that only root's processes name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
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

    fn finish(&self) -> u64 {
        // the low bits of a product know little of the high ones
        self.0 ^ self.0 >> 32
    }
}

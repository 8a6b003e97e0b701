//! Random values with a seed: what property tests and the seeds of fuzzing are made of.
//!
//! Lists and texts are short, so that deep structures stay small; `None` and empty are as likely as
//! not.

use vir_base::refs::*;
use vir_base::{TypedParam, TypedValue, Uuid};

/// Gives random values; the same seed gives the same values.
pub struct Sampler(u64);

impl Sampler {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits (SplitMix64).
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound.max(1)
    }

    /// Text of at most `max` bytes, some of it beyond ASCII.
    pub fn text(&mut self, max: u32) -> String {
        let mut text = String::new();
        for _ in 0..self.below(12) {
            let c = ['a', 'B', '7', '-', ' ', '<', '&', '\u{e9}', '\u{4e2d}', '/'][self.below(10) as usize];
            if text.len() + c.len_utf8() <= max as usize {
                text.push(c);
            }
        }
        text
    }

    /// At most `max` bytes.
    pub fn bytes(&mut self, max: u32) -> Vec<u8> {
        let length = self.below(u64::from(max.min(20)) + 1);
        (0..length).map(|_| self.bits() as u8).collect()
    }

    /// At most `max` values.
    pub fn list<T: Sample>(&mut self, max: u32) -> Vec<T> {
        let length = self.below(u64::from(max.min(3)) + 1);
        (0..length).map(|_| T::sample(self)).collect()
    }
}

/// Has random values.
pub trait Sample {
    /// The next one.
    fn sample(s: &mut Sampler) -> Self;
}

macro_rules! numbers {
    ($($ty:ty),*) => {
        $(impl Sample for $ty {
            fn sample(s: &mut Sampler) -> Self {
                match s.below(4) {
                    0 => <$ty>::MIN,
                    1 => <$ty>::MAX,
                    _ => s.bits() as $ty,
                }
            }
        })*
    };
}
numbers!(i8, u8, u16, i32, u32, i64, u64, f64);

impl Sample for () {
    fn sample(_: &mut Sampler) -> Self {}
}

impl Sample for String {
    fn sample(s: &mut Sampler) -> Self {
        s.text(64)
    }
}

impl Sample for Uuid {
    fn sample(s: &mut Sampler) -> Self {
        Self(std::array::from_fn(|_| s.bits() as u8))
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(s: &mut Sampler) -> Self {
        (s.below(2) == 1).then(|| T::sample(s))
    }
}

impl Sample for TypedParam {
    fn sample(s: &mut Sampler) -> Self {
        let value = match s.below(7) {
            0 => TypedValue::Int(Sample::sample(s)),
            1 => TypedValue::Uint(Sample::sample(s)),
            2 => TypedValue::Llong(Sample::sample(s)),
            3 => TypedValue::Ullong(Sample::sample(s)),
            4 => TypedValue::Double(Sample::sample(s)),
            5 => TypedValue::Boolean(s.below(2) == 1),
            _ => TypedValue::String(Sample::sample(s)),
        };
        Self { field: s.text(79), value }
    }
}

macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => {
        $(impl Sample for $name {
            fn sample(s: &mut Sampler) -> Self {
                Self { $($field: Sample::sample(s),)* }
            }
        })*
    };
}

fields! {
    DomainRef { name, uuid, id }
    NetworkRef { name, uuid }
    NetworkPortRef { net, uuid }
    NwfilterRef { name, uuid }
    NwfilterBindingRef { portdev, filtername }
    InterfaceRef { name, mac }
    StoragePoolRef { name, uuid }
    StorageVolRef { pool, name, key }
    NodeDeviceRef { name }
    SecretRef { uuid, usage_type, usage_id }
    DomainCheckpointRef { name, dom }
    DomainSnapshotRef { name, dom }
}

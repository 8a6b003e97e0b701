//! Every procedure of every program: what it carries goes through the wire unchanged, and no bytes
//! whatever make decoding panic or take more than they brought.

use proptest::prelude::*;
use vir_proto::sample::Sampler;
use vir_proto::wire::{probe, sample};

#[test]
fn every_value_comes_back() {
    for (program, procedure, name) in probe::ALL {
        for seed in 0..64 {
            let mut s = Sampler::new(seed);
            for (what, encoded, decode) in [
                (
                    "arguments",
                    sample::args(*program, *procedure, &mut s),
                    probe::args as fn(u32, i32, &[u8]) -> _,
                ),
                ("results", sample::rets(*program, *procedure, &mut s), probe::rets),
            ] {
                let bytes = encoded.unwrap_or_else(|| panic!("{name}: {what} cannot be encoded"));
                assert_eq!(bytes.len() % 4, 0, "{name}: {what} are not whole words");
                let again = decode(*program, *procedure, &bytes).expect("listed procedures are known");
                assert_eq!(again.as_ref(), Ok(&bytes), "{name}: {what} of seed {seed}");
            }
        }
    }
}

#[test]
fn bytes_cut_off_anywhere_are_an_error() {
    for (program, procedure, name) in probe::ALL {
        let bytes = sample::args(*program, *procedure, &mut Sampler::new(5)).unwrap();
        for end in (0..bytes.len()).step_by(4) {
            let result = probe::args(*program, *procedure, &bytes[..end]).unwrap();
            assert!(result.is_err(), "{name}: {end} of {} bytes are taken for all", bytes.len());
        }
        let longer = [&bytes[..], &[0; 4]].concat();
        assert!(
            probe::args(*program, *procedure, &longer).unwrap().is_err(),
            "{name}: bytes behind are ignored"
        );
    }
}

#[test]
fn no_procedure_is_listed_twice_and_unknown_ones_are_not_there() {
    let mut numbers: Vec<_> = probe::ALL.iter().map(|(program, procedure, _)| (program, procedure)).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), probe::ALL.len());
    assert!(probe::args(0x2000_8086, 0, &[]).is_none());
    assert!(probe::rets(0x2000_8086, 100_000, &[]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_give_a_value_or_an_error(which in 0..probe::ALL.len(), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (program, procedure, _) = probe::ALL[which];
        let _ = probe::args(program, procedure, &bytes);
        let _ = probe::rets(program, procedure, &bytes);
    }

    #[test]
    fn a_changed_word_gives_a_value_or_an_error(which in 0..probe::ALL.len(), seed: u64, at: prop::sample::Index, word: u32) {
        let (program, procedure, _) = probe::ALL[which];
        let mut bytes = sample::rets(program, procedure, &mut Sampler::new(seed)).unwrap();
        if !bytes.is_empty() {
            let at = at.index(bytes.len() / 4) * 4;
            bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
            if let Some(Ok(again)) = probe::rets(program, procedure, &bytes) {
                // what was taken for a value is one: encoding it once more changes nothing
                prop_assert_eq!(probe::rets(program, procedure, &again), Some(Ok(again.clone())));
            }
        }
    }
}

//! Many clients do whatever they like, owners die, and the daemon crashes, ends and replaces its
//! program; every answer is compared with a small model, and every lock with what the kernel says.
//!
//! `FERROVIRT_SEED` repeats a run, `FERROVIRT_STEPS` makes it longer.

mod reference;
mod run;

use ferrovirt_tests::lockd;
use run::Run;

#[test]
fn whatever_happens_leases_are_as_they_should_be() {
    let daemon = lockd!();
    if daemon.is_peer() {
        ferrovirt_tests::skip!("the C daemon does other things by intention");
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = number("FERROVIRT_SEED").unwrap_or(now.as_nanos() as u64);
    let steps = number("FERROVIRT_STEPS").unwrap_or(4000);
    // shown when the test fails
    println!("FERROVIRT_SEED={seed}");
    let mut run = Run::new(daemon, seed);
    for step in 0..steps {
        run.step(step);
    }
}

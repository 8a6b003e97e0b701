//! The same command lines, configurations and sockets for our two small daemons and the C ones.

use ferrovirt_tests::attempt::{CASES, Given, Small};
use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::ours;
use ferrovirt_tests::skip;

fn are_alike(name: &'static str) {
    let [ours, theirs] = [ours(), Kind::Peer].map(|kind| Small { name, kind });
    if let Some(what) = theirs.missing() {
        skip!("needs {what}");
    }
    for (case, _) in CASES {
        let (mut one, mut other) = (ours.attempt(case), theirs.attempt(case));
        if case.given == Given::NoSocket {
            // the same reason in other words
            for outcome in [&mut one, &mut other] {
                outcome.said = outcome.said.rsplit(": ").next().unwrap_or_default().to_owned();
            }
        }
        assert_eq!(one, other, "{name}: {case:?}");
    }
}

#[test]
fn virtlockd_is_like_the_peers() {
    are_alike("virtlockd");
}

#[test]
fn virtlogd_is_like_the_peers() {
    are_alike("virtlogd");
}

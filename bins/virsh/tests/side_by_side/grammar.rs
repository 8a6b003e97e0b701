//! Words that need no hypervisor: the program's options, the help of every command, what is wrong with a line.

use super::{compare, ours, peer, run_with, show};
use skip::skip;

#[test]
fn the_help_of_every_command() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            &["self-test", "--dump-help"],
            &["help"],
            &["--help"],
            &["help", "domain"],
            &["help", "Domain Management"],
            &["help", "list", "--foo", "bar"],
            &["help", "nodedev-dettach"],
            &["help", "nope"],
            &["list", "--help", "--nope"],
            &["undefine", "--help"],
        ],
    );
}

#[test]
fn the_options_of_the_program() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            &["-v"],
            &["-V"],
            &["--version=long"],
            &["--vers"],
            &["-d", "5", "pwd"],
            &["-d", "x", "pwd"],
            &["--debug", "x", "pwd"],
            &["-d", "0", "echo a --str b"],
            &["-e", "^]", "pwd"],
            &["-e", "^1", "pwd"],
            &["-k", "-1", "pwd"],
            &["-K", "x", "pwd"],
            &["--keepalive-interval=0x10", "pwd"],
            &["-Z", "pwd"],
            &["--nope", "pwd"],
            &["--quiet=1", "pwd"],
            &["-c"],
            &["--re", "pwd"],
            &["-qr", "cd /; pwd"],
            &["--", "pwd"],
            &["-l", "/nonexistent/log", "pwd"],
        ],
    );
}

#[test]
fn what_is_wrong_with_a_line() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            &[""],
            &[" "],
            &["# nothing"],
            &["nope", "x"],
            &["start"],
            &["domname", "a", "b"],
            &["start", "a", "--nope"],
            &["start", "a", "--domain", "b"],
            &["start", "a", "--paused=1"],
            &["start --domain"],
            &["setvcpus a --count"],
            &["echo \"open"],
            &["echo 'open"],
            &["echo a\\"],
            &["cd", "/nonexistent"],
        ],
    );
}

#[test]
fn echo_quotes_and_splits() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    compare(
        &peer,
        &[
            &["echo"],
            &["echo", "a", "b"],
            &["echo a; echo 'b  c' # d"],
            &["echo", "--shell", "it's", "a b", "", "plain"],
            &["echo", "--xml", "<a b=\"c\">&'"],
            &["echo", "--split", "a,b,,c,"],
            &["echo", "--err", "hello"],
            &["echo", "--hi", "--str", "there"],
            &["echo", "--hi=x"],
            &["echo", "--shell", "--xml", "a"],
            &["echo", "--prefix", "P", "a"],
            &["echo", "--prefix", "", "a"],
        ],
    );
}

#[test]
fn lines_from_a_pipe() {
    let Some(peer) = peer() else { skip!("needs virsh 11.3.0") };
    let home = tempfile::tempdir().expect("a directory");
    for words in [&[][..], &["-q"], &["-r"]] {
        for typed in ["", "echo a\n\nnope\necho b", "echo a; quit; echo b\necho c\n", "# note\npwd\nexit\n"] {
            let theirs = run_with(&peer, words, home.path(), typed);
            let our = run_with(ours(), words, home.path(), typed);
            assert_eq!(show(&theirs), show(&our), "{words:?} {typed:?}");
        }
    }
}

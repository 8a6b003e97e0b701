//! What is tried, and what is to come of it: as it does with the C daemons 11.3.0.

use super::{Case, Given, PLAIN};

/// What is to come of a case.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// It serves, and ends with 0.
    Serves,
    /// It ends at once with this status, and says this among other things.
    Ends(i32, &'static str),
}

use Expected::{Ends, Serves};

const fn line(arguments: &'static [&'static str]) -> Case {
    Case { arguments, ..PLAIN }
}

const fn conf(conf: &'static str) -> Case {
    Case { conf, ..PLAIN }
}

const fn given(given: Given, environment: &'static [(&'static str, &'static str)]) -> Case {
    Case { given, environment, ..PLAIN }
}

const fn in_the_way(in_the_way: &'static str) -> Case {
    Case { in_the_way, ..PLAIN }
}

/// All of them.
pub const CASES: &[(Case, Expected)] = &[
    (PLAIN, Serves),
    (line(&["--help"]), Ends(0, "  -t | --timeout <secs>  Exit after timeout period.")),
    (line(&["-h"]), Ends(0, "/run/libvirt/#-sock")),
    (line(&["--version"]), Ends(0, "# (libvirt) 11.3.0")),
    (line(&["-V"]), Ends(0, "# (libvirt) 11.3.0")),
    (line(&["--vers"]), Ends(0, "# (libvirt) 11.3.0")),
    (line(&["--bogus"]), Ends(1, "#: unrecognized option '--bogus'")),
    (line(&["-q"]), Ends(1, "#: invalid option -- 'q'")),
    (line(&["-l"]), Ends(1, "#: invalid option -- 'l'")),
    (line(&["--listen"]), Ends(1, "#: unrecognized option '--listen'")),
    (line(&["--ver"]), Ends(1, "option '--ver' is ambiguous")),
    (line(&["-f"]), Ends(1, "#: option requires an argument -- 'f'")),
    (line(&["--config"]), Ends(1, "#: option '--config' requires an argument")),
    (line(&["surplus"]), Serves),
    (line(&["-v", "--verbose"]), Serves),
    (line(&["-t", "1"]), Serves),
    (line(&["--timeout=x"]), Ends(1, "Invalid value for timeout")),
    (line(&["-t", "-1"]), Ends(1, "Invalid value for timeout")),
    (line(&["-t", ""]), Ends(1, "Invalid value for timeout")),
    (line(&["-t", "99999999999"]), Ends(1, "Invalid value for timeout")),
    (line(&["-t", "1s"]), Serves),
    (
        line(&["-f", "/nonexistent"]),
        Ends(
            1,
            "Can't load config file: Failed to open file '/nonexistent': No such file or directory: /nonexistent",
        ),
    ),
    (line(&["-f", "/"]), Ends(1, "Can't load config file: Failed to read file '/': Is a directory: /")),
    (
        line(&["-p", "/nonexistent/pid"]),
        Ends(1, "Failed to open pid file '/nonexistent/pid': No such file or directory"),
    ),
    (line(&["-p", "/"]), Ends(1, "Failed to open pid file '/': Is a directory")),
    (line(&["-p", "@/other.pid"]), Serves),
    (conf("max_clients = 3\nunknown = 1\n"), Serves),
    (conf("max_clients = 0\n"), Serves),
    (conf("max_clients = 1\nmax_clients = 2\n"), Serves),
    (conf("max_clients\n"), Ends(1, "/etc/libvirt/#.conf:1: expecting an assignment: /etc/libvirt/#.conf")),
    (conf("max_clients = \n"), Ends(1, "/etc/libvirt/#.conf:1: expecting a value: /etc/libvirt/#.conf")),
    (conf("max_clients = \"x\"\n"), Ends(1, "expected an unsigned integer for 'max_clients' parameter")),
    (conf("max_clients = -1\n"), Ends(1, "expected an unsigned integer for 'max_clients' parameter")),
    (conf("max_clients = 99999999999999999999\n"), Ends(1, "numeric overflow in conf value")),
    (
        conf("admin_max_clients = \"x\"\n"),
        Ends(1, "expected an unsigned integer for 'admin_max_clients' parameter"),
    ),
    (conf("log_level = \"x\"\n"), Ends(1, "expected an unsigned integer for 'log_level' parameter")),
    (conf("log_filters = [\"1:x\"]\n"), Ends(1, "expected a string for 'log_filters' parameter")),
    (conf("log_outputs = \"1:nowhere\"\n"), Ends(1, "nowhere")),
    (conf("log_outputs = \"1:file:/nonexistent/x\"\n"), Ends(1, "/nonexistent/x")),
    (in_the_way("run/#.pid"), Ends(1, "Failed to open pid file '/run/#.pid': Is a directory")),
    (
        in_the_way("run/libvirt/#-sock"),
        Ends(6, "Failed to bind socket to '/run/libvirt/#-sock': Address already in use"),
    ),
    (
        in_the_way("run/libvirt/#-admin-sock"),
        Ends(6, "Failed to bind socket to '/run/libvirt/#-admin-sock': Address already in use"),
    ),
    (given(Given::Main, &[("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", "#.socket")]), Serves),
    (given(Given::Both, &[("LISTEN_FDS", "2"), ("LISTEN_FDNAMES", "#.socket:#-admin.socket")]), Serves),
    (
        given(Given::Main, &[("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", "other.socket")]),
        Ends(6, "internal error: Some activation file descriptors are unclaimed"),
    ),
    (
        given(Given::NoSocket, &[("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", "#.socket")]),
        Ends(6, "Socket operation on non-socket"),
    ),
    (
        given(Given::Nothing, &[("LISTEN_FDS", "1"), ("LISTEN_PID", "1"), ("LISTEN_FDNAMES", "#.socket")]),
        Serves,
    ),
    (given(Given::Nothing, &[("LISTEN_FDS", "x"), ("LISTEN_PID", "x")]), Serves),
    (given(Given::NoSocket, &[("LISTEN_FDS", "x"), ("LISTEN_FDNAMES", "#.socket")]), Serves),
    (given(Given::NoSocket, &[("LISTEN_FDS", "0"), ("LISTEN_FDNAMES", "#.socket")]), Serves),
    // the sockets are theirs all the same: ours knows them by their addresses, the C daemons make others
    (given(Given::Main, &[("LISTEN_FDS", "1")]), Serves),
    (given(Given::Both, &[("LISTEN_FDS", "2"), ("LISTEN_FDNAMES", "#.socket")]), Serves),
];

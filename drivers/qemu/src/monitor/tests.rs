use super::*;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Sender, channel};
use vir_base::ErrorCode;

/// What a sink was told.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Event(String),
    Closed(String),
}

struct Recorder(Sender<Told>);

impl EventSink for Recorder {
    fn event(&self, event: Event) {
        let _ = self.0.send(Told::Event(event.name));
    }

    fn closed(&self, why: &Error) {
        let _ = self.0.send(Told::Closed(why.message().to_owned()));
    }
}

const SHORT: Duration = Duration::from_millis(300);

/// A QEMU that answers each command line with what `answer` makes of (command, id).
pub(crate) fn fake(
    answer: impl Fn(&str, &str) -> Option<String> + Send + 'static,
) -> (Arc<Reactor>, Result<Monitor>, Receiver<Told>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    std::thread::spawn(move || {
        let mut out = theirs.try_clone().unwrap();
        let mut lines = BufReader::new(theirs);
        let Some(greeting) = answer("greeting", "") else { return };
        out.write_all(greeting.as_bytes()).unwrap();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let value: Value = serde_json::from_str(&line).unwrap();
            let command = value["execute"].as_str().unwrap();
            if command == "die" {
                return;
            }
            if let Some(text) = answer(command, value["id"].as_str().unwrap()) {
                out.write_all(text.as_bytes()).unwrap();
            }
        }
    });
    let (told, recorder) = channel();
    let reactor = Arc::new(Reactor::start().unwrap());
    let monitor = Monitor::over(&reactor, "f1", ours, Box::new(Recorder(told)), SHORT);
    (reactor, monitor, recorder)
}

fn polite(command: &str, id: &str) -> Option<String> {
    let reply = match command {
        "greeting" => return Some("{\"QMP\":{\"version\":{},\"capabilities\":[]}}\n".to_owned()),
        "silence" => return None,
        "refuse" => json!({"id": id, "error": {"class": "GenericError", "desc": "not today"}}),
        "query-status" => json!({"id": id, "return": {"running": false, "status": "prelaunch"}}),
        "tell" => {
            let event = json!({"event": "RESUME", "timestamp": {"seconds": 1, "microseconds": 2}});
            return Some(format!("{event}\n{}\n", json!({"id": id, "return": {}})));
        }
        _ => json!({"id": id, "return": {}}),
    };
    Some(format!("{reply}\n"))
}

#[test]
fn commands_are_answered_and_refusals_named() {
    let (_reactor, monitor, told) = fake(polite);
    let monitor = monitor.unwrap();
    assert_eq!(monitor.query_status().unwrap(), RunState { running: false, status: "prelaunch".into() });
    let error = monitor.run("refuse").unwrap_err();
    assert_eq!(error.code(), ErrorCode::InternalError);
    assert_eq!(error.data().str2.as_deref(), Some("unable to execute QEMU command 'refuse': not today"));
    monitor.run("tell").unwrap();
    assert_eq!(told.recv_timeout(SHORT), Ok(Told::Event("RESUME".into())));
}

#[test]
fn a_silent_monitor_costs_only_the_deadline() {
    let (_reactor, monitor, _told) = fake(polite);
    let monitor = monitor.unwrap();
    let started = Instant::now();
    let error = monitor.within(Duration::from_millis(50)).run("silence").unwrap_err();
    assert_eq!(error.code(), ErrorCode::OperationTimeout);
    assert!(started.elapsed() < Duration::from_secs(5));
    // and the connection is of use afterwards
    monitor.query_status().unwrap();
}

#[test]
fn no_greeting_no_monitor() {
    let (_reactor, monitor, _told) = fake(|_, _| Some("\n".into()));
    assert_eq!(monitor.err().unwrap().code(), ErrorCode::OperationTimeout);
    let (_reactor, monitor, _told) = fake(|_, _| None);
    let error = monitor.err().unwrap();
    assert_eq!(error.data().str2.as_deref(), Some("QEMU unexpectedly closed the monitor (vm='f1')"));
}

#[test]
fn who_waits_is_told_when_qemu_dies() {
    let (_reactor, monitor, told) = fake(polite);
    let monitor = monitor.unwrap().within(Duration::from_secs(20));
    let error = monitor.run("die").unwrap_err();
    assert_eq!(error.data().str2.as_deref(), Some("End of file from qemu monitor (vm='f1')"));
    let Ok(Told::Closed(_)) = told.recv_timeout(SHORT) else { panic!("the sink was not told") };
    assert_eq!(monitor.run("stop").unwrap_err(), error);
}

#[test]
fn closing_tells_everyone() {
    let (_reactor, monitor, told) = fake(polite);
    let monitor = monitor.unwrap().within(Duration::from_secs(20));
    let waiter = std::thread::spawn({
        let monitor = monitor.clone();
        move || monitor.run("silence")
    });
    std::thread::sleep(Duration::from_millis(20));
    monitor.close(&err!(Qemu, OperationFailed, "enough"));
    assert_eq!(waiter.join().unwrap().unwrap_err().data().str2.as_deref(), Some("enough"));
    assert!(matches!(told.recv_timeout(SHORT), Ok(Told::Closed(_))));
}

#[test]
fn commands_of_many_threads_do_not_mix() {
    let (_reactor, monitor, _told) = fake(|command, id| match command {
        "greeting" => polite(command, id),
        _ => Some(format!("{}\n", json!({"id": id, "return": {"you": command}}))),
    });
    let monitor = monitor.unwrap().within(Duration::from_secs(20));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let monitor = monitor.clone();
            scope.spawn(move || {
                for turn in 0..50 {
                    let name = format!("x-{thread}-{turn}");
                    assert_eq!(monitor.run(&name).unwrap()["you"], name);
                }
            });
        }
    });
}

#[test]
fn the_exit_of_a_process_is_seen() {
    let reactor = Reactor::start().unwrap();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).unwrap();
    let (told, seen) = channel();
    let told = Mutex::new(told);
    let pidfd: Arc<OwnedFd> = Arc::new(pidfd);
    let watch = crate::reactor::ExitWatch::new(pidfd, move || lock(&told).send(()).unwrap());
    reactor.watch(Arc::new(watch)).unwrap();
    assert!(seen.recv_timeout(Duration::from_millis(50)).is_err());
    child.kill().unwrap();
    seen.recv_timeout(Duration::from_secs(10)).unwrap();
    child.wait().unwrap();
}

/// The real thing, on no machine at all.
#[test]
fn a_real_qemu_understands_us() {
    let Some(qemu) = crate::testing::qemu() else { skip::skip!("needs qemu-system-x86_64") };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("monitor.sock");
    let mut child = std::process::Command::new(qemu)
        .args(["-M", "none", "-S", "-display", "none", "-nodefaults", "-qmp"])
        .arg(format!("unix:{},server=on,wait=off", path.display()))
        .spawn()
        .unwrap();
    let reactor = Arc::new(Reactor::start().unwrap());
    let (told, events) = channel();
    let end = Instant::now() + Duration::from_secs(20);
    while !path.exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    let monitor =
        Monitor::connect(&reactor, "f1", &path, Box::new(Recorder(told)), Duration::from_secs(20)).unwrap();
    assert!(monitor.query_version().unwrap().number() >= 7_000_000);
    assert!(monitor.query_machines().unwrap().iter().any(|m| m.name == "none"));
    assert!(monitor.query_cpu_definitions().unwrap().iter().any(|c| c.name == "qemu64"));
    assert_eq!(monitor.query_status().unwrap().status, "prelaunch");
    assert!(monitor.query_cpus().unwrap().is_empty());
    assert_eq!(monitor.query_balloon().unwrap(), None);
    assert!(monitor.query_block().unwrap().is_empty());
    assert!(monitor.human("info version").unwrap().contains('.'));
    let file = std::fs::File::open("/dev/null").unwrap();
    monitor.getfd("null", file.as_fd()).unwrap();
    monitor.closefd("null").unwrap();
    assert!(monitor.closefd("null").is_err(), "the descriptor really went over");
    monitor.cont().unwrap();
    assert_eq!(events.recv_timeout(Duration::from_secs(10)), Ok(Told::Event("RESUME".into())));
    monitor.quit().unwrap();
    child.wait().unwrap();
}

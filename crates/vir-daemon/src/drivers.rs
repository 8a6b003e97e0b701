//! The drivers of a daemon: each starts on a thread of its own, and whoever opens a connection waits
//! for the driver it wants and for no other.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use vir_api::{Connection, DriverFactory, OpenRequest};
use vir_base::{Error, Result, err};

/// All drivers of the daemon.
#[derive(Clone, Default)]
pub struct DriverSet(Vec<Arc<Gate>>);

/// A driver, whose door is closed while it starts.
struct Gate {
    driver: Arc<dyn DriverFactory>,
    state: Mutex<State>,
    changed: Condvar,
}

enum State {
    /// Not started, or about to end.
    Closed,
    Starting,
    Open,
    Failed(Error),
}

impl DriverSet {
    /// None of them started.
    pub fn new(drivers: Vec<Arc<dyn DriverFactory>>) -> Self {
        let gate = |driver| Gate { driver, state: Mutex::new(State::Closed), changed: Condvar::new() };
        Self(drivers.into_iter().map(|driver| Arc::new(gate(driver))).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The drivers for use by clients: `open` waits while the driver starts.
    pub fn factories(&self) -> Vec<Arc<dyn DriverFactory>> {
        self.0.iter().map(|gate| gate.clone() as Arc<dyn DriverFactory>).collect()
    }

    /// Starts them, all at once, and returns. One that fails tells whoever wants to open it; the
    /// others go on.
    pub fn start(&self) {
        for gate in &self.0 {
            gate.set(State::Starting);
            let run = {
                let gate = gate.clone();
                move || gate.run_start()
            };
            let thread = thread::Builder::new().name(format!("start-{}", gate.driver.name()));
            if let Err(error) = thread.spawn(run) {
                gate.set(State::Failed(err!(None, SystemError, "Failed to create thread: {error}")));
            }
        }
    }

    /// Whether the daemon must not end by itself: a driver is starting, or looks after something.
    pub fn busy(&self) -> bool {
        self.0.iter().any(|gate| matches!(*gate.lock(), State::Starting) || gate.driver.is_busy())
    }

    /// Lets those that are there read their configuration again.
    pub fn reload(&self) {
        for gate in self.0.iter().filter(|gate| matches!(*gate.lock(), State::Open)) {
            if let Err(error) = gate.driver.reload() {
                log::warn!("Error while reloading drivers: {}: {error}", gate.driver.name());
            }
        }
    }

    /// Lets them write down what must be; those that start are waited for. All at once.
    pub fn stop(&self) {
        thread::scope(|scope| {
            for gate in &self.0 {
                let thread = thread::Builder::new().name(format!("stop-{}", gate.driver.name()));
                if let Err(error) = thread.spawn_scoped(scope, || gate.run_stop()) {
                    log::error!("Failed to create thread: {error}");
                }
            }
        });
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn set(&self, state: State) {
        *self.lock() = state;
        self.changed.notify_all();
    }

    fn run_start(&self) {
        // a panic must not leave clients waiting for ever
        let start = std::panic::AssertUnwindSafe(|| self.driver.start());
        let result = std::panic::catch_unwind(start)
            .unwrap_or_else(|_| Err(err!(None, InternalError, "the driver panicked while it started")));
        if let Err(error) = &result {
            log::error!("Initialization of {} state driver failed: {error}", self.driver.name());
        }
        self.set(result.map_or_else(State::Failed, |()| State::Open));
    }

    /// Waits until it has started.
    fn wait(&self) -> Result<()> {
        let starting = |state: &mut State| matches!(state, State::Starting);
        let state = self.changed.wait_while(self.lock(), starting);
        match &*state.unwrap_or_else(|poisoned| poisoned.into_inner()) {
            State::Failed(error) => Err(error.clone()),
            State::Closed => Err(err!(None, OperationInvalid, "the daemon is shutting down")),
            State::Open | State::Starting => Ok(()),
        }
    }

    fn run_stop(&self) {
        if self.wait().is_ok() {
            self.set(State::Closed);
            self.driver.stop();
        }
    }
}

impl DriverFactory for Gate {
    fn name(&self) -> &'static str {
        self.driver.name()
    }

    fn schemes(&self) -> &'static [&'static str] {
        self.driver.schemes()
    }

    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
        self.wait()?;
        self.driver.open(request)
    }

    fn opens_at_once(&self, uri: &str) -> bool {
        matches!(*self.lock(), State::Open) && self.driver.opens_at_once(uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    /// Opens nothing; starts when told to.
    struct Fake {
        gate: Mutex<Receiver<Result<()>>>,
        stopped: AtomicBool,
    }

    impl Fake {
        fn new(gate: Receiver<Result<()>>) -> Arc<Self> {
            Arc::new(Self { gate: Mutex::new(gate), stopped: AtomicBool::new(false) })
        }
    }

    impl DriverFactory for Fake {
        fn name(&self) -> &'static str {
            "fake"
        }

        fn schemes(&self) -> &'static [&'static str] {
            &["fake"]
        }

        fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
            Err(err!(Test, InvalidArg, "opened {}", request.uri))
        }

        fn start(&self) -> Result<()> {
            self.gate.lock().unwrap().recv().unwrap_or(Ok(()))
        }

        fn stop(&self) {
            self.stopped.store(true, Ordering::SeqCst);
        }
    }

    fn open(driver: &Arc<dyn DriverFactory>) -> String {
        let request =
            OpenRequest { uri: "fake:///".into(), flags: 0, identity: Arc::default(), credentials: None };
        driver.open(&request).err().map(|error| error.message().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_client_waits_for_its_own_driver_only() {
        let (slow, gate) = channel();
        let quick = Fake::new(channel().1);
        let drivers = DriverSet::new(vec![Fake::new(gate), quick.clone()]);
        let doors = drivers.factories();
        assert!(open(&doors[1]).contains("shutting down"));

        drivers.start();
        assert_eq!(open(&doors[1]), "invalid argument: opened fake:///");
        assert!(drivers.busy());
        let waiting = {
            let door = doors[0].clone();
            thread::spawn(move || open(&door))
        };
        thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        slow.send(Err(err!(Qemu, InternalError, "no"))).unwrap();
        assert_eq!(waiting.join().unwrap(), "internal error: no");
        assert!(!drivers.busy());

        drivers.stop();
        assert!(quick.stopped.load(Ordering::SeqCst));
        assert!(open(&doors[1]).contains("shutting down"));
    }
}

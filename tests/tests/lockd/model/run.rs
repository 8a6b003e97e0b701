//! A daemon, its clients and owners, and dice.

use super::reference::{Model, Verdict};
use ferrovirt_tests::lockd::{Answer, LockClient, Lockd, PATIENCE, lock_on};
use rustix::process::Signal;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use vir_base::sys::LockKind;

const OWNERS: usize = 5;
const CLIENTS: usize = 8;

pub(super) struct Run {
    daemon: Lockd,
    model: Model,
    clients: Vec<Client>,
    owners: Vec<Child>,
    disks: Vec<String>,
    spaces: Vec<String>,
    dice: u64,
}

/// A client, and what the daemon should know of it.
struct Client {
    connection: LockClient,
    owner: Option<u32>,
    restricted: bool,
}

impl Client {
    fn new(daemon: &Lockd) -> Self {
        Self { connection: daemon.connect(), owner: None, restricted: false }
    }

    /// For whom it may ask.
    fn owner(&self) -> Result<u32, &'static str> {
        match (self.restricted, self.owner) {
            (true, _) => Err("29 7"),
            (false, None) => Err("55 7"),
            (false, Some(owner)) => Ok(owner),
        }
    }
}

fn owner() -> Child {
    Command::new("sleep").arg("100000").spawn().expect("a process")
}

impl Run {
    pub(super) fn new(daemon: Lockd, seed: u64) -> Self {
        let mut model = Model::default();
        let disks: Vec<_> = ["a", "b", "c"].map(|name| daemon.disk(name)).into();
        let link = format!("{}-link", disks[0]);
        fs::hard_link(&disks[0], &link).expect("a hard link");
        let file = model.add_file(&disks[0]);
        model.files.insert(link.clone(), file);
        disks[1..].iter().for_each(|disk| _ = model.add_file(disk));
        let dir = daemon.root().join("disks");
        // the disks once more, as resources of a lockspace
        let spaces = ["", "one", "two/deep"].map(|name| dir.join(name).display().to_string());
        let spaces = spaces.map(|space| space.trim_end_matches('/').to_owned()).into();
        let disks = disks.into_iter().chain([link]).collect();
        let mut run = Self { daemon, model, clients: vec![], owners: vec![], disks, spaces, dice: seed | 1 };
        run.owners = (0..OWNERS).map(|_| owner()).collect();
        run.clients = (0..CLIENTS).map(|_| Client::new(&run.daemon)).collect();
        run
    }

    fn below(&mut self, limit: usize) -> usize {
        // Marsaglia's xorshift with the steps 13, 7, 17
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) as usize % limit
    }

    /// A resource: a path of the default lockspace, or a name in another.
    fn resource(&mut self) -> (String, String) {
        let space = self.below(self.spaces.len() + 1);
        if space == self.spaces.len() {
            let disk = self.below(self.disks.len());
            return (String::new(), self.disks[disk].clone());
        }
        let name = ["a", "b", "x", "y"][self.below(4)];
        (self.spaces[space].clone(), name.to_owned())
    }

    pub(super) fn step(&mut self, step: u64) {
        let at = self.below(self.clients.len());
        match self.below(1000) {
            0..500 => self.acquire(at, step),
            500..750 => self.release(at, step),
            750..830 => self.register(at, step),
            830..860 => {
                let (space, name) = self.resource();
                let expected = self.clients[at].owner().and_then(|_| self.model.create(&space, &name));
                compare(step, "create", expected, self.clients[at].connection.create(&space, &name));
            }
            860..890 => {
                let (space, name) = self.resource();
                let expected = self.clients[at].owner().and_then(|_| self.model.delete(&space, &name));
                compare(step, "delete", expected, self.clients[at].connection.delete(&space, &name));
            }
            890..930 => self.space(at, step),
            930..940 => {
                let expected = self.clients[at].owner().map(drop);
                compare(step, "restrict", expected, self.clients[at].connection.restrict());
                self.clients[at].restricted |= expected.is_ok();
            }
            940..975 => self.clients[at] = Client::new(&self.daemon),
            975..990 => self.owner_dies(),
            990..994 => {
                self.daemon.kill();
                self.start_again(step);
            }
            994..996 => {
                self.daemon.signal(Signal::TERM);
                assert!(self.daemon.wait().success(), "step {step}: it ends");
                self.start_again(step);
            }
            // whoever calls next calls the next program
            _ => self.daemon.signal(Signal::USR1),
        }
        self.look(step);
    }

    fn acquire(&mut self, at: usize, step: u64) {
        let (space, name) = self.resource();
        let flags = self.below(4) as u32;
        let owner = self.clients[at].owner();
        let expected = owner.and_then(|owner| self.model.acquire(&space, &name, flags, owner));
        let answer = self.clients[at].connection.acquire(&space, &name, flags);
        compare(step, &format!("acquire {space} {name} {flags}"), expected, answer);
    }

    fn release(&mut self, at: usize, step: u64) {
        let (space, name) = self.resource();
        let owner = self.clients[at].owner();
        let expected = owner.and_then(|owner| self.model.release(&space, &name, owner));
        let answer = self.clients[at].connection.release(&space, &name);
        compare(step, &format!("release {space} {name}"), expected, answer);
    }

    fn register(&mut self, at: usize, step: u64) {
        let owner = self.below(OWNERS);
        let owner = self.owners[owner].id();
        let id = u32::from(self.below(10) > 0);
        let expected = match (self.clients[at].restricted, id) {
            (true, _) => Err("29 7"),
            (false, 0) => Err("55 7"),
            (false, _) => Ok(()),
        };
        compare(step, "register", expected, self.clients[at].connection.register(id, owner, "vm"));
        if expected.is_ok() {
            self.clients[at].owner = Some(owner);
        }
    }

    fn space(&mut self, at: usize, step: u64) {
        let space = self.below(self.spaces.len() + 1);
        let space = self.spaces.get(space).cloned().unwrap_or_default();
        let new = self.below(2) == 0;
        let client = &self.clients[at];
        let allowed = match new {
            true => client.owner().map(drop),
            false if client.restricted => Err("29 7"),
            false => Ok(()),
        };
        let expected = allowed.and_then(|()| self.model.space(&space, new));
        let answer = match new {
            true => client.connection.new_space(&space),
            false => client.connection.space(&space),
        };
        compare(step, &format!("space {space}"), expected, answer);
    }

    fn owner_dies(&mut self) {
        let at = self.below(OWNERS);
        let mut dying = std::mem::replace(&mut self.owners[at], owner());
        dying.kill().expect("killing an owner");
        dying.wait().expect("waiting for an owner");
        self.model.owner_died(dying.id());
        // nobody may act for it any more: what they acquired would be nobody's
        for client in &mut self.clients {
            if client.owner == Some(dying.id()) {
                *client = Client::new(&self.daemon);
            }
        }
        let end = Instant::now() + PATIENCE;
        while let Some(wrong) = self.wrong() {
            assert!(Instant::now() < end, "{dying:?} is dead: {wrong}\n{}", self.daemon.log());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn start_again(&mut self, step: u64) {
        // nobody gets what is held meanwhile
        assert_eq!(self.wrong(), None, "step {step}: without a daemon");
        self.daemon.start_again().unwrap_or_else(|error| panic!("step {step}: {error}"));
        self.clients = (0..CLIENTS).map(|_| Client::new(&self.daemon)).collect();
    }

    fn look(&self, step: u64) {
        assert_eq!(self.wrong(), None, "step {step}, with {} leases", self.model.held());
    }

    /// A file that is not as it should be, or not locked as it should be.
    fn wrong(&self) -> Option<String> {
        let resources = self
            .spaces
            .iter()
            .flat_map(|space| ["a", "b", "x", "y"].into_iter().map(move |name| Model::path(space, name)));
        for path in resources.chain(self.disks.iter().cloned()) {
            if Path::new(&path).exists() != self.model.files.contains_key(&path) {
                return Some(format!("{path}: is there or not"));
            }
            if !self.model.files.contains_key(&path) {
                continue;
            }
            let (locked, expected) = (lock_on(&path), self.model.lock(&path));
            if locked != expected.map(|alone| if alone { LockKind::Write } else { LockKind::Read }) {
                return Some(format!("{path}: {locked:?}, not as in {:#?}", self.model));
            }
        }
        None
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        for child in &mut self.owners {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn compare(step: u64, what: &str, expected: Verdict, answer: Answer) {
    let same = match (&expected, &answer) {
        (Ok(()), Ok(())) => true,
        (Err(code), Err(text)) => text.starts_with(&format!("{code} ")),
        _ => false,
    };
    assert!(same, "step {step}: {what}: expected {expected:?}, got {answer:?}");
}

//! What runs commands: parses a line, connects where needed, shows failures, keeps time.

use crate::args::Args;
use crate::failure::{Failure, Outcome, fail};
use crate::grammar::Group;
use crate::output::{Level, Output};
use crate::parse;
use crate::session::Session;
use crate::table::Table;
use std::time::Instant;

/// A running shell.
#[derive(Debug)]
pub struct Shell {
    /// Where words go.
    pub out: Output,
    /// The commands it knows.
    pub groups: &'static [Group],
    /// A person sits at it; `quit` ends this.
    pub interactive: bool,
    /// Say how long each command took.
    pub timing: bool,
    /// The character that leaves a console, as `^]` or a plain one.
    pub escape: String,
    /// The hypervisor it talks to.
    pub session: Session,
}

impl Shell {
    /// A shell that knows `groups` and calls itself `program`.
    pub fn new(program: &str, groups: &'static [Group]) -> Self {
        Self {
            out: Output::new(program),
            groups,
            interactive: false,
            timing: false,
            escape: "^]".to_owned(),
            session: Session::default(),
        }
    }

    /// Parses a text into commands; what is wrong with it is shown.
    pub fn parse_text(&mut self, text: &str) -> Option<Vec<Args>> {
        let Self { out, groups, .. } = self;
        let parsed = parse::parse_text(groups, text, &mut |line| out.trace(Level::Info, &line));
        self.show_mistake(parsed)
    }

    /// Parses words into a command; what is wrong with them is shown.
    pub fn parse_words(&mut self, words: &[String]) -> Option<Vec<Args>> {
        let Self { out, groups, .. } = self;
        let parsed = parse::parse_words(groups, words, &mut |line| out.trace(Level::Info, &line));
        self.show_mistake(parsed)
    }

    fn show_mistake(&mut self, parsed: Result<Vec<Args>, String>) -> Option<Vec<Args>> {
        parsed.map_err(|message| self.out.error(&message)).ok()
    }

    /// Runs commands one after the other, whether they fail or not; true if the last one succeeded.
    pub fn run(&mut self, commands: &[Args]) -> bool {
        let mut succeeded = true;
        for args in commands {
            let (started, timing) = (Instant::now(), self.timing);
            let outcome = self.run_one(args);
            succeeded = outcome.is_ok();
            if let Err(failure) = outcome {
                self.session.note(&failure);
                self.show(&failure);
            }
            if matches!(args.command.name, "quit" | "exit") {
                break;
            }
            if timing {
                let elapsed = started.elapsed().as_secs_f64() * 1000.0;
                self.out.print(format!("\n(Time: {elapsed:.3} ms)\n\n"));
            } else {
                self.out.extra("\n");
            }
        }
        succeeded
    }

    fn run_one(&mut self, args: &Args) -> Outcome {
        if args.command.connects {
            self.session.ensure(&mut self.out)?;
        }
        match args.command.body {
            Some(body) => body(self, args),
            None => fail!("command '{}' is not supported by this version", args.command.name),
        }
    }

    /// Shows every line of a failure.
    pub fn show(&mut self, failure: &Failure) {
        for line in failure.lines() {
            self.out.error(line);
        }
    }

    /// Prints a table, without its titles if it should be quiet.
    pub fn print_table(&self, table: &Table) {
        self.out.print(table.render(!self.out.quiet, self.out.utf8));
    }
}

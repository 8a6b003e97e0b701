//! The interactive shell: a line editor with history and completion on a terminal, plain lines elsewhere.

use crate::complete;
use crate::shell::Shell;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor, Helper};
use std::cell::RefCell;
use std::io::BufRead;
use std::path::PathBuf;
use std::rc::Rc;

/// Where a word starts, for completion.
const WORD_BREAKS: &[char] = &[' ', '\t', '\n', '`', '@', '$', '>', '<', '=', ';', '|', '&', '{', '('];

/// Lines of history kept unless `VIRSH_HISTSIZE` says otherwise, and the most it can say.
const HISTORY_DEFAULT: usize = 500;
const HISTORY_MAX: i64 = 500_000;

/// Reads and runs lines until the user leaves; true if the last command of the last line succeeded.
pub(crate) fn converse(shell: &mut Shell) -> bool {
    let Some(limit) = history_limit(shell) else { return false };
    if !shell.out.quiet {
        shell.out.print(format!(
            "Welcome to {}, the virtualization interactive terminal.\n\n\
             Type:  'help' for help with commands\n       'quit' to quit\n\n",
            shell.out.program
        ));
    }
    match crate::cli::at_terminal() {
        true => at_terminal(shell, limit),
        false => from_pipe(shell),
    }
    shell.out.print("\n");
    true
}

fn prompt(shell: &Shell) -> &'static str {
    if shell.session.readonly { "virsh > " } else { "virsh # " }
}

fn run_line(shell: &mut Shell, line: &str) {
    if !line.is_empty()
        && let Some(commands) = shell.parse_text(line)
    {
        shell.run(&commands);
    }
}

/// Lines that nobody types: prompt and line are echoed, as the peer's line editor does.
fn from_pipe(shell: &mut Shell) {
    let mut lines = std::io::stdin().lock().split(b'\n');
    while shell.interactive {
        shell.out.print(prompt(shell));
        let Some(Ok(line)) = lines.next() else { return };
        let line = String::from_utf8_lossy(&line).into_owned();
        shell.out.print(format!("{line}\n"));
        run_line(shell, &line);
    }
}

/// Lines that a person types.
fn at_terminal(shell: &mut Shell, limit: usize) {
    let config = Config::builder()
        .completion_type(rustyline::CompletionType::List)
        .max_history_size(limit)
        .map(rustyline::config::Builder::build)
        .unwrap_or_default();
    let mut history = load_history();
    let kept = MemHistory::with_config(&config);
    let mut editor: Editor<LineHelper<'_>, MemHistory> = match Editor::with_history(config, kept) {
        Ok(editor) => editor,
        Err(_) => return from_pipe(shell),
    };
    for line in &history {
        let _ = editor.add_history_entry(line);
    }
    let shell = Rc::new(RefCell::new(shell));
    editor.set_helper(Some(LineHelper { shell: Rc::clone(&shell) }));
    while shell.borrow().interactive {
        let text = prompt(&shell.borrow());
        match editor.readline(text) {
            Ok(line) => {
                if !line.is_empty() {
                    let _ = editor.add_history_entry(&line);
                    history.push(line.clone());
                }
                run_line(&mut shell.borrow_mut(), &line);
            }
            Err(ReadlineError::Interrupted) => continue,
            Err(_) => break,
        }
    }
    save_history(&mut shell.borrow_mut(), &history, limit);
}

fn history_limit(shell: &mut Shell) -> Option<usize> {
    let Ok(text) = std::env::var("VIRSH_HISTSIZE") else { return Some(HISTORY_DEFAULT) };
    match crate::number::signed::<i32>(&text).map(i64::from) {
        None => shell.out.error("Bad $VIRSH_HISTSIZE value."),
        Some(size @ 0..=HISTORY_MAX) => return Some(size as usize),
        Some(_) => {
            shell.out.error(&format!("$VIRSH_HISTSIZE value should be between 0 and {HISTORY_MAX}"));
        }
    }
    None
}

/// `~/.cache/libvirt/virsh/history`: one line each, shared with the peer.
fn history_file() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(cache.join("libvirt/virsh/history"))
}

fn load_history() -> Vec<String> {
    let text = history_file().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

fn save_history(shell: &mut Shell, lines: &[String], limit: usize) {
    let Some(path) = history_file() else { return };
    let Some(directory) = path.parent() else { return };
    if let Err(error) = std::fs::create_dir_all(directory) {
        let text = vir_base::error::errno_text(error.raw_os_error().unwrap_or_default());
        shell.out.error(&format!("Failed to create '{}': {text}", directory.display()));
        return;
    }
    let kept = &lines[lines.len().saturating_sub(limit)..];
    // losing the history is not worth a word at the user's farewell
    let _ = std::fs::write(path, kept.iter().map(|line| format!("{line}\n")).collect::<String>());
}

/// Lends the shell to the line editor for its proposals.
struct LineHelper<'a> {
    shell: Rc<RefCell<&'a mut Shell>>,
}

impl Helper for LineHelper<'_> {}
impl Highlighter for LineHelper<'_> {}
impl Validator for LineHelper<'_> {}
impl Hinter for LineHelper<'_> {
    type Hint = String;
}

impl Completer for LineHelper<'_> {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..at];
        let start = typed.rfind(WORD_BREAKS).map_or(0, |gap| gap + 1);
        match self.shell.try_borrow_mut() {
            Ok(mut shell) => Ok((start, complete::proposals(&mut shell, typed, &typed[start..]))),
            Err(_) => Ok((start, Vec::new())),
        }
    }
}

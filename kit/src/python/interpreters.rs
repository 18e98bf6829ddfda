//! The Python interpreters that a reader gives, each asked once what it is.

use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::time::Duration;

/// The environment variable that lists interpreters, with a colon between two.
pub const PYTHONS: &str = "PYTHONS";

/// How long an interpreter may take to say what it is.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// What an interpreter is asked: version, whether it has its lock, whether it has pools of
/// sub-interpreters, the default start method.
const ASK: &str = "
import sys, multiprocessing, concurrent.futures
print('python', *sys.version_info[:3], int(getattr(sys, '_is_gil_enabled', lambda: True)()),
      int(hasattr(concurrent.futures, 'InterpreterPoolExecutor')),
      multiprocessing.get_context().get_start_method())
";

/// An interpreter that has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// Its name or path.
    pub program: OsString,
    /// What it is called beside others: `python3` for the first, `python3.14` or
    /// `python3.14 free-threaded` for the others.
    pub name: String,
    /// Its version: 3, 14, 10.
    pub version: [u32; 3],
    /// Whether one thread at a time runs Python code: since 3.13 there are builds without that lock.
    pub has_gil: bool,
    /// Whether it has `InterpreterPoolExecutor`, as 3.14 and newer.
    pub has_interpreters: bool,
    /// How it starts a process by default: `fork`, `forkserver` or `spawn`.
    pub start_method: String,
}

impl Interpreter {
    /// Returns a command that starts it as [`command`](super::command) starts the usual one.
    pub fn command(&self) -> Command {
        super::command_of(&self.program)
    }

    /// Returns its version as people write it: 3.14.10, with a word if it has no lock.
    pub fn version(&self) -> String {
        let [major, minor, patch] = self.version;
        let kind = if self.has_gil { "" } else { " free-threaded" };
        format!("{major}.{minor}.{patch}{kind}")
    }
}

/// Returns the interpreters that `PYTHONS` lists (none, if it is empty); where it is not set, the one
/// that [`program`](super::program) names, if it is there. One that cannot be used is a line that
/// says why.
///
/// # Blocking
/// Until each has answered, 10 s for each at the most.
///
/// # Examples
/// ```
/// for python in kit::python::interpreters() {
///     match python {
///         Ok(python) => println!("{} is {}", python.name, python.version()),
///         Err(why) => println!("{why}"),
///     }
/// }
/// ```
pub fn interpreters() -> Vec<Result<Interpreter, String>> {
    match std::env::var_os(PYTHONS) {
        Some(list) => listed(&list, DEADLINE),
        None => vec![ask(&super::program(), DEADLINE)],
    }
}

/// As [`interpreters`], of a list, with a deadline for the answer of each.
pub fn listed(list: &OsStr, deadline: Duration) -> Vec<Result<Interpreter, String>> {
    let programs = std::env::split_paths(list).filter(|program| !program.as_os_str().is_empty());
    let mut answers: Vec<_> = programs.map(|program| ask(program.as_os_str(), deadline)).collect();
    let mut names = Vec::<String>::new();
    for python in answers.iter_mut().flatten() {
        let [major, minor, patch] = python.version;
        let kind = if python.has_gil { "" } else { " free-threaded" };
        let of_its_own = [
            format!("python{major}.{minor}{kind}"),
            format!("python{major}.{minor}.{patch}{kind}"),
        ]
        .into_iter()
        .find(|name| !names.contains(name));
        python.name = match of_its_own {
            _ if names.is_empty() => python.name.clone(),
            Some(name) => name,
            None => format!("python{major}.{minor}.{patch}{kind}, {}", names.len() + 1),
        };
        names.push(python.name.clone());
    }
    answers
}

fn ask(program: &OsStr, deadline: Duration) -> Result<Interpreter, String> {
    let shown = program.to_string_lossy();
    let output = crate::child::output(super::command_of(program).args(["-c", ASK]), deadline);
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::TimedOut => {
            format!("{shown} is left out: it has not answered within {deadline:?}")
        }
        _ => format!("{shown} is left out: it cannot be started ({error})"),
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = said.split_whitespace().collect();
    read(program, &words).ok_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = crate::child::last_line(said.lines());
        let last = last.map(|line| format!(", and said: {line}")).unwrap_or_default();
        format!("{shown} is left out: it is no Python 3 (it ended with {}{last})", output.status)
    })
}

fn read(program: &OsStr, words: &[&str]) -> Option<Interpreter> {
    let ["python", numbers @ .., start_method] = words else { return None };
    let numbers: Vec<u32> = numbers.iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let [major @ 3, minor, patch, has_gil, has_interpreters] = numbers[..] else { return None };
    Some(Interpreter {
        program: program.to_owned(),
        name: "python3".to_owned(),
        version: [major, minor, patch],
        has_gil: has_gil == 1,
        has_interpreters: has_interpreters == 1,
        start_method: (*start_method).to_owned(),
    })
}

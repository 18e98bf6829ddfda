//! The Python interpreter that lessons, tests and benches compare with.

use std::ffi::{OsStr, OsString};
use std::process::Command;

mod interpreters;

pub use interpreters::{DEADLINE, Interpreter, PYTHONS, interpreters, listed};

/// Returns the interpreter's name or path: the environment variable `PYTHON`, or `python3` where it
/// is not set or empty.
pub fn program() -> OsString {
    std::env::var_os("PYTHON").filter(|name| !name.is_empty()).unwrap_or_else(|| "python3".into())
}

/// Returns a command that starts the interpreter, isolated from the environment variables and the
/// folder that it is started in (`-I`), and writes what is printed at once (`-u`): a child that a script
/// forks would else inherit what is printed and not yet written, and write it once more.
///
/// A script that uses `multiprocessing` names its start method: the default changed in Python 3.14.
///
/// # Examples
/// ```
/// match kit::python::command().args(["-c", "print(6 * 7)"]).output() {
///     Ok(output) => assert_eq!(output.stdout, b"42\n"),
///     Err(error) => println!("there is no Python here: {error}"),
/// }
/// ```
pub fn command() -> Command {
    command_of(&program())
}

/// As [`command`], for an interpreter that is given by its name or path.
pub fn command_of(program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.args(["-I", "-u"]);
    command
}

/// The line of a script's docstring after which it says what it prints.
const PRINTS: &str = "Prints:";

/// Returns the lines that a script says it prints: those of its docstring below `Prints:`, without
/// their indent; `None` if it does not say.
///
/// # Examples
/// ```
/// let script = "\"\"\"Six times seven.\n\nPrints:\n    42\n\"\"\"\nprint(6 * 7)\n";
/// assert_eq!(kit::python::promised(script), Some(vec!["42"]));
/// ```
pub fn promised(script: &str) -> Option<Vec<&str>> {
    let docstring = script.strip_prefix("\"\"\"")?.split("\"\"\"").next()?;
    let mut lines = docstring.lines().skip_while(|line| line.trim() != PRINTS);
    lines.next()?;
    let lines: Vec<_> = lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let end = lines.iter().rposition(|line| !line.trim().is_empty())? + 1;
    Some(lines[..end].to_vec())
}

/// Tells whether lines were printed as they were promised: `[..]` stands for any text within a line,
/// and a line that is `...` for any number of lines.
///
/// # Examples
/// ```
/// assert!(kit::python::keeps(&["task 1", "...", "in [..] ms"], &["task 1", "task 2", "in 3 ms"]));
/// assert!(!kit::python::keeps(&["task 1"], &["task 1", "task 2"]));
/// ```
pub fn keeps(promised: &[&str], printed: &[&str]) -> bool {
    let Some((first, rest)) = promised.split_first() else { return printed.is_empty() };
    if *first == "..." {
        return (0..=printed.len()).any(|skipped| keeps(rest, &printed[skipped..]));
    }
    printed.split_first().is_some_and(|(line, more)| is_like(first, line) && keeps(rest, more))
}

fn is_like(promised: &str, line: &str) -> bool {
    match promised.split_once("[..]") {
        None => promised.trim_end() == line.trim_end(),
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| is_like(after, &rest[at..]))
        }),
    }
}

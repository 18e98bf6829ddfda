//! The Python interpreter that lessons, tests and benches compare with.

use std::ffi::OsString;
use std::process::Command;

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
    let mut command = Command::new(program());
    command.args(["-I", "-u"]);
    command
}

//! What the lessons ask the Pythons of this machine: the experiments of
//! [`real::gil`](crate::real::gil), and what it costs to start a thread and a process.

use std::io;

use kit::child::{DEADLINE, stdout};
use kit::python::Interpreter;

/// Runs the experiments, and returns the two lines that Python prints of them. The numbers are the
/// switch interval in ms, how many numbers are added up, how many reads there are, and how long each
/// takes in ms.
pub fn ask(python: &Interpreter, numbers: [u32; 4]) -> io::Result<String> {
    run(python, include_str!("python/gil.py"), &numbers)
}

/// Starts threads and processes by turns, and returns a line with the median of each.
pub fn starts(python: &Interpreter, starts: u32) -> io::Result<String> {
    run(python, include_str!("python/starts.py"), &[starts])
}

fn run(python: &Interpreter, script: &str, numbers: &[u32]) -> io::Result<String> {
    let mut command = python.command();
    command.args(["-c", script]).args(numbers.iter().map(ToString::to_string));
    Ok(stdout(&mut command, DEADLINE)?.trim_end().to_owned())
}

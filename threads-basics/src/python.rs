//! The experiments of [`real::gil`](crate::real::gil) on the Python of this machine, where there is
//! one.

use std::io::{self, ErrorKind};

use kit::child::{DEADLINE, stdout};

/// Runs the experiments, and returns the two lines that Python prints of them; `None` if there is
/// no Python. The numbers are the switch interval in ms, how many numbers are added up, how many
/// reads there are, and how long each takes in ms.
///
/// # Errors
/// It takes longer than its deadline, or fails.
pub fn ask(numbers: [u32; 4]) -> io::Result<Option<String>> {
    let mut python = kit::python::command();
    python.args(["-c", include_str!("python/gil.py")]).args(numbers.map(|n| n.to_string()));
    match stdout(&mut python, DEADLINE) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        printed => printed.map(Some),
    }
}

//! What a parent hands to a child as its argument, and what the child answers: one value as JSON,
//! or some numbers in a line.

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use kit::child::{ChildGuard, Entry};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::exit::Exit;

/// Writes a value to standard output as one line, at once.
pub(crate) fn print_json(message: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(message)?)?;
    out.flush()
}

/// Starts a child with a value as its argument.
pub(crate) fn start(
    program: &Path,
    entry: &Entry,
    argument: &impl Serialize,
) -> io::Result<ChildGuard> {
    entry.start(program, &[&serde_json::to_string(argument)?])
}

/// Returns the value that a child was started with.
pub(crate) fn argument<T: DeserializeOwned>(arguments: &[String]) -> io::Result<T> {
    Ok(serde_json::from_str(arguments.first().ok_or(io::ErrorKind::InvalidInput)?)?)
}

/// Starts a child with a value as its argument, and returns the value that it answers with.
pub(crate) fn ask<T: DeserializeOwned>(
    program: &Path,
    entry: &Entry,
    argument: &impl Serialize,
) -> io::Result<T> {
    let mut child = start(program, entry, argument)?;
    let line = child.stdout().recv_line()?;
    wait_for_success(&mut child)?;
    Ok(serde_json::from_str(&line.unwrap_or_default())?)
}

/// Waits for a child's end.
///
/// # Errors
/// It did not end with code 0; the error holds what it wrote to its standard error.
pub(crate) fn wait_for_success(child: &mut ChildGuard) -> io::Result<()> {
    let complaint = child.stderr().recv_all()?;
    match Exit::from(child.wait()?) {
        Exit::SUCCESS => Ok(()),
        exit => Err(io::Error::other(format!("{}, {exit:?}", complaint.join("; ")))),
    }
}

/// Reads `N` numbers from a line.
pub(crate) fn numbers<T: FromStr, const N: usize>(line: &str) -> io::Result<[T; N]> {
    let numbers: Result<Vec<_>, _> = line.split_whitespace().map(str::parse).collect();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    numbers.ok_or_else(|| io::Error::other(format!("{line:?} came, not {N} numbers")))
}

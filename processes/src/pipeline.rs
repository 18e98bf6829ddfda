//! `a | b` by hand: a pipe, two children, and who has which end of it.
//!
//! The reader sees the end of a pipe when *every* copy of its writing end is closed, and the writer
//! is told that nobody reads when every copy of the reading end is. A starter that keeps a copy
//! keeps the pipe open, although it will never write a byte. In Rust the copy hides well: what
//! `Command::stdout` is handed stays in the `Command`, for it could be spawned again.

use std::io::{self, BufRead, PipeReader, Read, Write, pipe};
use std::path::Path;
use std::process::{Command, Stdio};

use tracing::info_span;

use crate::child::{DEADLINE, Guarded, command};
use crate::spawn_and_wait::{Ended, lane};

/// Prepares `a`, which writes so many lines into a pipe, and returns the end that is to be read.
fn writer(program: &Path, lines: u32) -> io::Result<(Command, PipeReader)> {
    let (reader, writer) = pipe()?;
    let mut a = command(program, format_args!("say:{lines}"));
    a.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null());
    Ok((a, reader))
}

/// Prepares `b`, which reads that end and says what it has read.
fn reader(program: &Path, role: &str, end: PipeReader) -> Command {
    let mut b = command(program, role);
    b.stdin(end).stdout(Stdio::piped()).stderr(Stdio::null());
    b
}

/// Starts `a | b` and keeps the writing end: `b` waits for more, and the starter waits for `b`. It
/// never comes back.
///
/// # Errors
/// They cannot be started.
///
/// # Blocking
/// For ever: run it in a process that is watched.
pub fn kept_open(program: &Path) -> io::Result<String> {
    let (mut a, end) = writer(program, 3)?;
    let mut first = a.spawn()?;
    let mut second = reader(program, "count", end).spawn()?;
    first.wait()?;
    let _b = lane("b", || info_span!("waits", what = "end of input", from = "sh"));
    let _sh = lane("sh", || info_span!("waits", what = "b's end", from = "b"));
    let mut said = String::new();
    second.stdout.take().map(|mut out| out.read_to_string(&mut said)).transpose()?;
    second.wait()?;
    // Here is the copy: `a`, the command, is dropped only when the function returns.
    drop(a);
    Ok(said)
}

/// Starts `a | b`, of which `b` ends after a line, and keeps the reading end: `a` waits for room in
/// a pipe that nobody reads, and is not told, and the starter waits for `a`.
///
/// # Errors
/// They cannot be started.
///
/// # Blocking
/// As [`kept_open`].
pub fn reader_kept(program: &Path) -> io::Result<Ended> {
    let (mut a, end) = writer(program, 1_000_000)?;
    let mut first = a.spawn()?;
    drop(a);
    let mut b = reader(program, "first", end);
    b.spawn()?.wait()?;
    let _a = lane("a", || info_span!("waits", what = "room in the pipe", from = "sh"));
    let _sh = lane("sh", || info_span!("waits", what = "a's end", from = "a"));
    let ended = first.wait()?;
    drop(b);
    Ok(ended.into())
}

/// Shows what came of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piped {
    /// What `b` said of what it had read.
    pub said: String,
    /// How `a` and `b` ended. A shell says how `b` did, unless it is told `set -o pipefail`.
    pub ended: [Ended; 2],
}

/// Starts `a | b` and keeps nothing: `b` counts the lines up to the end, which comes when `a` has
/// ended.
///
/// # Errors
/// They cannot be started, or take longer than their [deadline](crate::child::DEADLINE).
pub fn closed(program: &Path, lines: u32) -> io::Result<Piped> {
    run(program, lines, "count")
}

/// Starts `a | b` where `b` has seen enough after the first line: the pipe has no reader any more,
/// and `a`, which has much more to say, fails at its next write.
///
/// # Errors
/// As of [`closed`].
pub fn reader_gone(program: &Path) -> io::Result<Piped> {
    run(program, 1_000_000, "first")
}

fn run(program: &Path, lines: u32, role: &str) -> io::Result<Piped> {
    let (mut a, end) = writer(program, lines)?;
    let mut first = Guarded::of(a.spawn()?, DEADLINE);
    drop(a);
    // The command, and with it the starter's copy of the reading end, is gone at the end of this
    // line.
    let mut second = Guarded::of(reader(program, role, end).spawn()?, DEADLINE);
    let _a = lane("a", || info_span!("runs", what = "writes"));
    let _b = lane("b", || info_span!("runs", what = "reads"));
    let said = second.out().to_end()?.pop().unwrap_or_default();
    let ended = [first.wait()?.into(), second.wait()?.into()];
    Ok(Piped { said, ended })
}

/// What `a` does: writes so many lines.
///
/// # Errors
/// Nobody reads what is written.
pub fn say(lines: &str) -> io::Result<()> {
    for line in 1..=lines.parse::<u32>().map_err(io::Error::other)? {
        writeln!(io::stdout(), "line {line}")?;
    }
    Ok(())
}

/// What `b` does: counts the lines up to the end.
///
/// # Errors
/// Nobody reads what is written.
pub fn count(_: &str) -> io::Result<()> {
    let lines = io::stdin().lock().lines().count();
    writeln!(io::stdout(), "{lines} lines")
}

/// What `b` does if it wants to see one line only.
///
/// # Errors
/// Nobody reads what is written.
pub fn first(_: &str) -> io::Result<()> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    write!(io::stdout(), "{line}")
}

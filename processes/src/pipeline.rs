//! `a | b` by hand: a pipe, two children, and the processes that have an end of it.
//!
//! The reader sees the end of a pipe when *every* copy of its writing end is closed; a write fails
//! when every copy of the reading end is. A parent that keeps a copy keeps the pipe open, although
//! it will never write a byte. In Rust the copy is easy to miss: what `Command::stdout` is given
//! stays in the `Command`, for it could be spawned again.

use std::io::{self, BufRead, PipeReader, Read, Write, pipe};
use std::path::Path;
use std::process::{Command, Stdio};

use kit::child::{ChildGuard, DEADLINE, Entry};
use kit::process_lane::Lane;

use crate::exit::Exit;
use crate::messages::argument;

/// The children of this lesson.
pub const CHILDREN: &[Entry] = &[WRITER, COUNT, FIRST_LINE];

/// `a`: writes the number of lines that is its argument.
const WRITER: Entry = Entry { name: "writer", run: write_lines };
/// `b`: counts the lines of its input up to the end.
const COUNT: Entry = Entry { name: "count", run: count };
/// Another `b`: copies the first line of its input, and exits.
const FIRST_LINE: Entry = Entry { name: "first-line", run: first_line };

/// Prepares `a`, which writes into a pipe, and returns the pipe's reading end.
fn writer(program: &Path, lines: u32) -> io::Result<(Command, PipeReader)> {
    let (reader, writer) = pipe()?;
    let mut a = WRITER.command(program);
    a.arg(lines.to_string()).stdin(Stdio::null()).stdout(writer).stderr(Stdio::null());
    Ok((a, reader))
}

/// Prepares `b`, which reads from that end.
fn reader(program: &Path, entry: &Entry, end: PipeReader) -> Command {
    let mut b = entry.command(program);
    b.stdin(end).stdout(Stdio::piped()).stderr(Stdio::null());
    b
}

/// Starts `a | b` and keeps the writing end: `b` waits for more, and the parent waits for `b`. It
/// never returns.
///
/// # Blocking
/// For ever: run it in a process that is watched.
pub fn kept_open(program: &Path) -> io::Result<String> {
    let (mut a, end) = writer(program, 3)?;
    let mut first = a.spawn()?;
    let mut second = reader(program, &COUNT, end).spawn()?;
    first.wait()?;
    let _b = Lane::of("b", second.id()).waits("end of input", "sh");
    let _sh = Lane::of("sh", std::process::id()).waits("b's end", "b");
    let mut output = String::new();
    second.stdout.take().map(|mut out| out.read_to_string(&mut output)).transpose()?;
    second.wait()?;
    // Here is the copy: `a`, the command, is dropped only when the function returns.
    drop(a);
    Ok(output)
}

/// Starts `a | b`, of which `b` exits after a line, and keeps the reading end: `a` waits for room in
/// a pipe that no process reads, and its write does not fail; the parent waits for `a`.
///
/// # Blocking
/// As [`kept_open`].
pub fn reader_kept(program: &Path) -> io::Result<Exit> {
    let (mut a, end) = writer(program, 1_000_000)?;
    let mut first = a.spawn()?;
    drop(a);
    let mut b = reader(program, &FIRST_LINE, end);
    b.spawn()?.wait()?;
    let _a = Lane::of("a", first.id()).waits("room in the pipe", "sh");
    let _sh = Lane::of("sh", std::process::id()).waits("a's end", "a");
    let exit = first.wait()?;
    drop(b);
    Ok(exit.into())
}

/// What `b` wrote, and the exit statuses of `a` and `b`. A shell's is `b`'s, unless it was told
/// `set -o pipefail`.
pub type Pipeline = (String, [Exit; 2]);

/// Starts `a | b` and keeps no end: `b` counts the lines up to the end, which comes when `a` has
/// exited.
pub fn closed(program: &Path, lines: u32) -> io::Result<Pipeline> {
    run(program, lines, &COUNT)
}

/// Starts `a | b` where `b` exits after the first line: the pipe has no reader any more, and `a`,
/// which has much more to write, fails at its next write.
pub fn reader_gone(program: &Path) -> io::Result<Pipeline> {
    run(program, 1_000_000, &FIRST_LINE)
}

fn run(program: &Path, lines: u32, b: &Entry) -> io::Result<Pipeline> {
    let (mut a, end) = writer(program, lines)?;
    let mut first = ChildGuard::of(a.spawn()?, DEADLINE);
    drop(a);
    // The command, and with it the parent's copy of the reading end, is dropped at the end of this
    // line.
    let mut second = ChildGuard::of(reader(program, b, end).spawn()?, DEADLINE);
    let _a = Lane::of("a", first.id()).runs("writes");
    let _b = Lane::of("b", second.id()).runs("reads");
    let output = second.stdout().recv_all()?.pop().unwrap_or_default();
    Ok((output, [first.wait()?.into(), second.wait()?.into()]))
}

fn write_lines(arguments: &[String]) -> io::Result<()> {
    for line in 1_u32..=argument(arguments)? {
        writeln!(io::stdout(), "line {line}")?;
    }
    Ok(())
}

fn count(_: &[String]) -> io::Result<()> {
    let lines = io::stdin().lock().lines().count();
    writeln!(io::stdout(), "{lines} lines")
}

fn first_line(_: &[String]) -> io::Result<()> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    write!(io::stdout(), "{line}")
}

//! A child process that is this program once more, entered at a function that a lesson owns; and any
//! child process run to its end, under a deadline.
//!
//! A lesson keeps the child's part beside the parent's, as an [`Entry`]; `main.rs` lists the
//! entries and calls [`enter`] before anything else. So the child of a lesson is no other program
//! that would have to be found, and a test can be its parent as well as the topic's binary.
//! [`output`] is for a child that is waited for: it is killed and reaped (its exit status is
//! collected) whatever happens. A parent that does more beside its child owns it by a
//! [`ChildGuard`], which has a deadline and leaves no process behind, and reads its output by a
//! [`LineReader`].

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio, exit};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rustix::process::Pid;

use crate::deadline::{Deadline, has_ended};

mod guard;
mod lines;

pub use guard::{ChildGuard, DEADLINE, kill_and_reap, timed_out};
pub use lines::{LineReader, last_line};

/// The first argument of a process that is to be a child of a lesson; the second is the entry's name.
const CHILD: &str = "--child-entry";

/// The link to the file of the process that follows it.
const LINK: &str = "/proc/self/exe";

/// A function that a child process runs instead of the command line.
///
/// ```
/// use kit::child::Entry;
///
/// /// What the child does, beside what its parent does.
/// const CHILD: Entry = Entry { name: "greet", run: greet };
///
/// fn greet(arguments: &[String]) -> std::io::Result<()> {
///     println!("hello, {}", arguments.join(" "));
///     Ok(())
/// }
///
/// // What `main` does first: in a process that was not started as a child, nothing.
/// kit::child::enter(&[CHILD]);
///
/// let mut child = CHILD.command(&kit::child::program()?);
/// child.arg("parent");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name by which a parent asks for it; one of a kind in its program.
    pub name: &'static str,
    /// What the child does with its arguments. An error goes to its standard error, and its exit
    /// code is 1.
    pub run: fn(&[String]) -> io::Result<()>,
}

impl Entry {
    /// Returns the command that starts `program`, which has to call [`enter`], at this entry; the
    /// caller adds the entry's arguments.
    pub fn command(&self, program: &Path) -> Command {
        command(program, self.name)
    }

    /// Starts `program` at this entry, with its three standard streams as pipes and with
    /// [`DEADLINE`].
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(&self, program: &Path, arguments: &[&str]) -> io::Result<ChildGuard> {
        ChildGuard::start(self.command(program).args(arguments), DEADLINE)
    }
}

/// Returns the command that starts `program` at the entry of this name: [`Entry::command`], for a
/// child that was told which entry it has to start.
pub fn command(program: &Path, entry: &str) -> Command {
    let mut command = Command::new(program);
    command.args([CHILD, entry]);
    // A list of processes shows the program's own name, not the link that leads to it.
    if program == Path::new(LINK)
        && let Some(name) = std::env::args_os().next()
    {
        command.arg0(name);
    }
    command
}

/// Runs the entry that this process was started for, and ends the process; returns in a process that
/// was not started as a child.
///
/// The exit code is 0, 1 if the entry returned an error, 2 if there is no such entry.
pub fn enter(entries: &[Entry]) {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    if arguments.next().as_deref() != Some(OsStr::new(CHILD)) {
        return;
    }
    let arguments: Vec<_> = arguments.map(|text| text.to_string_lossy().into_owned()).collect();
    let (name, rest) = arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name, rest));
    // Children wait for children of their own, listen to signals, and make files, whatever their
    // parent ignores, blocks or masks.
    crate::inherited::restore();
    let program = Path::new(&program).file_name().unwrap_or(&program).to_string_lossy();
    let (code, said) = match entries.iter().find(|entry| entry.name == name) {
        Some(entry) => match (entry.run)(rest) {
            Ok(()) => exit(0),
            Err(error) => (1, error.to_string()),
        },
        None => {
            let names: Vec<_> = entries.iter().map(|entry| entry.name).collect();
            (2, format!("no child entry is called '{name}'; there are {}", names.join(", ")))
        }
    };
    // There is nowhere left to complain when this fails.
    let _ = writeln!(io::stderr(), "{program}: {said}");
    exit(code)
}

/// Returns the file of this program, for a child that is this program once more. On Linux that is the
/// link to what really runs: a build that replaces the file meanwhile does no harm.
///
/// # Errors
/// The system does not say which file it is.
pub fn program() -> io::Result<PathBuf> {
    let link = PathBuf::from(LINK);
    // Without /proc, std says so.
    if cfg!(target_os = "linux") && link.exists() { Ok(link) } else { std::env::current_exe() }
}

/// Runs a command to its end, and returns its exit status and what it wrote. Its standard input is
/// empty.
///
/// ```
/// use std::{io::ErrorKind, process::Command, time::Duration};
///
/// let mut sleeps = Command::new("sh");
/// sleeps.args(["-c", "echo so far; exec sleep 3600"]);
/// let ended = kit::child::output(&mut sleeps, Duration::from_millis(50));
/// assert_eq!(ended.unwrap_err().kind(), ErrorKind::TimedOut);
/// ```
///
/// # Errors
/// It cannot be started; [`TimedOut`](io::ErrorKind::TimedOut): it has not ended within the
/// deadline, and was killed.
///
/// # Blocking
/// Until it has ended and closed its output, or the deadline is over.
pub fn output(command: &mut Command, deadline: Duration) -> io::Result<Output> {
    collect(command.stdin(Stdio::null()), deadline, None)
}

/// As [`output`], for a child that is to notice when this process is gone: its standard input is a
/// pipe that nobody writes to, and that ends with this process, however that ends. When it has ended,
/// its output is read for the time `grace` at the most: a process that it has left behind may hold the
/// pipe open.
///
/// ```
/// use std::{process::Command, time::Duration};
///
/// let mut leaves = Command::new("sh");
/// leaves.args(["-c", "sleep 2 & echo done"]);
/// let (minute, grace) = (Duration::from_secs(60), Duration::from_millis(50));
/// let ended = kit::child::output_of_guard(&mut leaves, minute, grace)?;
/// assert_eq!(ended.stdout, b"done\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// As [`output`].
///
/// # Blocking
/// Until it has ended, and has closed its output or `grace` is over; or the deadline is over.
pub fn output_of_guard(
    command: &mut Command,
    deadline: Duration,
    grace: Duration,
) -> io::Result<Output> {
    collect(command.stdin(Stdio::piped()), deadline, Some(grace))
}

fn collect(
    command: &mut Command,
    deadline: Duration,
    grace: Option<Duration>,
) -> io::Result<Output> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let by = Deadline::after(deadline);
    let mut child = command.spawn()?;
    let pipes = child.stdout.take().zip(child.stderr.take());
    let pid = Pid::from_child(&child);
    let mut child = ChildGuard::of(child, deadline);
    let (stdout, stderr) = pipes.expect("both were asked for above");
    let (stdout, stderr) = (pieces(stdout)?, pieces(stderr)?);
    if !has_ended(pid, by)? {
        return Err(timed_out());
    }
    let until = grace.map_or(by, Deadline::after);
    let read = |pipe| {
        let (read, to_the_end) = received(pipe, until);
        if to_the_end || grace.is_some() { Ok(read) } else { Err(timed_out()) }
    };
    let (stdout, stderr) = (read(&stdout)?, read(&stderr)?);
    Ok(Output { status: child.wait()?, stdout, stderr })
}

/// As [`output`], for a command that has to end with exit status 0; returns its standard output.
///
/// # Errors
/// As [`output`]; or its exit status is not 0: the error holds that and its standard error.
pub fn stdout(command: &mut Command, deadline: Duration) -> io::Result<String> {
    let Output { status, stdout, stderr } = output(command, deadline)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match (status.success(), text(&stderr).trim_end()) {
        (true, _) => Ok(text(&stdout)),
        (false, "") => Err(io::Error::other(format!("the child ended with {status}"))),
        (false, said) => Err(io::Error::other(format!("the child ended with {status}: {said}"))),
    }
}

/// Reads a pipe to its end on a thread of its own: both pipes are read at once, and a read, which
/// has no timeout, becomes a receive, which has one.
fn pieces(mut pipe: impl Read + Send + 'static) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::Builder::new().spawn(move || {
        let mut buffer = [0; 1 << 13];
        loop {
            match pipe.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(read @ 1..) if sender.send(buffer[..read].to_vec()).is_ok() => {}
                // Nothing more can be read, or nobody waits for it any more.
                _ => break,
            }
        }
    })?;
    Ok(receiver)
}

/// Collects the pieces of a pipe; returns them, and whether the pipe has come to its end by then.
fn received(pieces: &Receiver<Vec<u8>>, by: Deadline) -> (Vec<u8>, bool) {
    let mut read = Vec::new();
    loop {
        match pieces.recv_timeout(by.left().unwrap_or(Duration::MAX)) {
            Ok(piece) => read.extend(piece),
            Err(why) => return (read, why == RecvTimeoutError::Disconnected),
        }
    }
}

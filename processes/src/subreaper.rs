//! A subreaper: a process that adopts the orphans among its descendants, for a lesson in which a
//! parent ends before its child.
//!
//! An orphan is given to its nearest ancestor that is a subreaper, or else to process 1, and only
//! its new parent can wait for it. This process asks for orphans (Linux's
//! `PR_SET_CHILD_SUBREAPER`), waits for every child and reports its exit status: so the lesson
//! learns how a grandchild ended, and leaves none behind, whatever process 1 does.
//!
//! All descendants write to the pipe that the lesson reads; a line is one write, shorter than
//! `PIPE_BUF`, and so arrives whole. All read the pipe that the lesson writes to. When the lesson
//! ends, even by SIGKILL, that pipe ends, and the descendants end.

use std::collections::HashMap;
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::ExitStatus;

use kit::child::{ChildGuard, Entry, LineReader};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process};

use crate::exit::Exit;
use crate::messages::numbers;

/// The process that is a subreaper.
pub const CHILD: Entry = Entry { name: "subreaper", run: subreaper };

/// A subreaper as its lesson has it. Dropping it kills the subreaper and closes the pipe that its
/// descendants read.
///
/// ```no_run
/// use processes::{spawn_and_wait::EXIT, subreaper::Subreaper};
///
/// let program = "target/debug/processes".as_ref();
/// let mut subreaper = Subreaper::start(program, &EXIT, &["3"])?;
/// assert!(subreaper.recv("reaped")?.ends_with(" 768"), "a PID, and a wait status of 3 << 8");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Subreaper {
    guard: ChildGuard,
    out: LineReader,
    reaped: HashMap<u32, Exit>,
}

impl Subreaper {
    /// Starts `program` as a subreaper, and as its child `program` at `entry`.
    pub fn start(program: &Path, entry: &Entry, arguments: &[&str]) -> io::Result<Self> {
        let mut guard = CHILD.start(program, &[&[entry.name], arguments].concat())?;
        Ok(Self { out: guard.stdout(), guard, reaped: HashMap::new() })
    }

    /// Returns the subreaper's PID.
    pub fn id(&self) -> u32 {
        self.guard.id()
    }

    /// Waits for a line that begins with `word`, and returns the rest.
    pub fn recv(&mut self, word: &str) -> io::Result<String> {
        loop {
            let Some(line) = self.out.recv_line()? else {
                let why = self.guard.failure();
                return Err(io::Error::other(format!(
                    "no process is left that could say {word:?}: {why}"
                )));
            };
            match line.split_once(' ') {
                Some(("reaped", rest)) => {
                    let [pid, status] = numbers(rest)?;
                    self.reaped.insert(pid as u32, ExitStatus::from_raw(status).into());
                    if word == "reaped" {
                        return Ok(rest.to_owned());
                    }
                }
                Some((first, rest)) if first == word => return Ok(rest.to_owned()),
                _ => return Err(io::Error::other(format!("{line:?} came, not {word:?}"))),
            }
        }
    }

    /// Waits for a line that begins with `word`, and returns the numbers behind it.
    pub fn recv_numbers<const N: usize>(&mut self, word: &str) -> io::Result<[u32; N]> {
        numbers(&self.recv(word)?)
    }

    /// Waits until the subreaper has reaped a process, and returns its exit status.
    pub fn wait_for(&mut self, pid: u32) -> io::Result<Exit> {
        loop {
            match self.reaped.get(&pid) {
                Some(exit) => return Ok(*exit),
                None => self.recv("reaped")?,
            };
        }
    }

    /// Writes a line for the descendant that reads.
    pub fn send_line(&mut self, line: &str) -> io::Result<()> {
        self.guard.send_line(line)
    }

    /// Closes the pipe that the descendants read.
    pub fn close_stdin(&mut self) {
        self.guard.close_stdin();
    }
}

/// Returns a number as a PID. After its process has been reaped, a PID may be another process's: a
/// caller that sends it a signal has to know that it has not been reaped.
pub fn pid(number: u32) -> io::Result<Pid> {
    i32::try_from(number)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Kills a process that has not been reaped (SIGKILL).
pub fn kill(process: u32) -> io::Result<()> {
    Ok(kill_process(pid(process)?, Signal::KILL)?)
}

/// What the subreaper does: starts its child, and reaps every process that it is the parent of
/// until none is left.
fn subreaper(arguments: &[String]) -> io::Result<()> {
    adopt_orphans_and_start(arguments)?;
    // It fails when no child is left.
    while let Ok(Some(reaped)) = rustix::process::wait(WaitOptions::empty()) {
        report(reaped)?;
    }
    Ok(())
}

/// Reports a process that was reaped.
pub(crate) fn report((pid, status): (Pid, WaitStatus)) -> io::Result<()> {
    writeln!(io::stdout(), "reaped {} {}", pid.as_raw_nonzero(), status.as_raw())
}

/// Becomes a subreaper, and starts a child; returns its PID.
pub(crate) fn adopt_orphans_and_start(arguments: &[String]) -> io::Result<u32> {
    let (entry, arguments) = arguments.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut command = kit::child::command(&kit::child::program()?, entry);
    // The child leads a process group of its own: it can be killed with its children and without
    // the subreaper.
    Ok(command.args(arguments).process_group(0).spawn()?.id())
}

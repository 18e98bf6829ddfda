//! A child is started and waited for: how it ended, and what it said meanwhile.
//!
//! Each function starts `program`, which has to be this topic's binary, in a [`Role`]; is done
//! within the child's [deadline](crate::child::DEADLINE), and leaves no child behind.
//!
//! # Errors
//! The program cannot be started, or the child takes longer than its deadline.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::WaitStatus;
use serde::{Deserialize, Serialize};
use tracing::{Span, info_span};

use crate::child::{DEADLINE, Guarded};
use crate::role::Role;

/// Says how a process ended: by itself or by a signal, never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// It returned from main, or called exit, with this code. One byte of it arrives.
    Exited(i32),
    /// This signal ended it. It had no say in it, and no exit code.
    Signalled(i32),
}

impl Ended {
    /// Returns what a shell makes of it: one number, in which the two can no longer be told apart.
    pub fn as_in_a_shell(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Signalled(signal) => 128 + signal,
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Exited(code),
            // A child that is only stopped would have neither; std does not ask for those.
            (None, signal) => Self::Signalled(signal.unwrap_or_default()),
        }
    }
}

impl From<WaitStatus> for Ended {
    fn from(status: WaitStatus) -> Self {
        match status.exit_status() {
            Some(code) => Self::Exited(code),
            None => Self::Signalled(status.terminating_signal().unwrap_or_default()),
        }
    }
}

/// Opens a span in the lane of the parent or of the child, as the parent knows it.
pub(crate) fn lane(name: &str, what: impl FnOnce() -> Span) -> Span {
    info_span!("lane", lane = name).in_scope(what)
}

fn waits_for_the_end() -> Span {
    lane("parent", || info_span!("waits", what = "the child's end", from = "child"))
}

/// Lets a child end by itself with `code`.
pub fn exit_code(program: &Path, code: i32) -> io::Result<Ended> {
    let _child = lane("child", || info_span!("runs", what = format!("exit({code})")));
    let starts = lane("parent", || info_span!("runs", what = "starts it"));
    let mut child = Guarded::start(program, Role::Exit(code), DEADLINE)?;
    drop(starts);
    let _parent = waits_for_the_end();
    Ok(child.wait()?.into())
}

/// Kills a child that is well, and waits for its end.
pub fn signal(program: &Path) -> io::Result<Ended> {
    let mut child = Guarded::start(program, Role::Wait, DEADLINE)?;
    let _child = lane("child", || info_span!("waits", what = "its input", from = "parent"));
    // It has said something: so it is that program by now, and runs.
    child.out().line()?;
    child.kill()?;
    let _parent = waits_for_the_end();
    Ok(child.wait()?.into())
}

/// How much a child says into each of two pipes: more than a pipe holds (64 KiB on Linux, unless
/// asked for more).
pub const KIB: u32 = 128;

/// What a child said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// How it ended while nobody had read a line: `None` if it was still running.
    pub unread: Option<Ended>,
    /// The lines of its standard output.
    pub out: Vec<String>,
    /// The lines of its standard error.
    pub err: Vec<String>,
    /// How it ended.
    pub ended: Ended,
}

impl Captured {
    /// Tells whether each pipe brought all its own lines, in order, and no other.
    pub fn is_whole(&self) -> bool {
        let whole = |lines: &[String], pipe: &str| {
            let wanted = (1..=KIB).map(|line| format!("{pipe} {line}"));
            lines.iter().map(|line| line.trim_end()).eq(wanted)
        };
        whole(&self.out, "out") && whole(&self.err, "err")
    }
}

/// Waits for the child's end, and wants to read afterwards what it said. The child is in the middle
/// of a line: the pipe is full, and the one who could empty it waits for the end. Without
/// `patience` they would do so for ever.
pub fn wait_first(program: &Path, patience: Duration) -> io::Result<Captured> {
    let mut child = Guarded::start(program, Role::Speak(KIB), DEADLINE)?;
    let unread = {
        let _child =
            lane("child", || info_span!("waits", what = "room in the pipe", from = "parent"));
        let _parent = waits_for_the_end();
        child.wait_for(patience)?.map(Ended::from)
    };
    Ok(Captured { unread, ..read_all(&mut child)? })
}

/// Reads both pipes at once, then waits for the end.
pub fn captured(program: &Path) -> io::Result<Captured> {
    read_all(&mut Guarded::start(program, Role::Speak(KIB), DEADLINE)?)
}

fn read_all(child: &mut Guarded) -> io::Result<Captured> {
    let _child = lane("child", || info_span!("runs", what = "writes"));
    let _parent = lane("parent", || info_span!("runs", what = "reads"));
    // Two threads read: out of turn, one pipe could fill up while the other is read to its end.
    let (out, err) = (child.out(), child.err());
    let (out, err) = (out.to_end()?, err.to_end()?);
    Ok(Captured { unread: None, out, err, ended: child.wait()?.into() })
}

/// A line of a child, as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The line.
    pub line: String,
    /// Whether the child was still running then.
    pub running: bool,
}

/// Reads a child's `lines` as they come, and answers each. The child writes none before it has the
/// answer to the one before: had they all come in the end, there would be no end.
pub fn streamed(program: &Path, lines: u32) -> io::Result<(Vec<Arrived>, Ended)> {
    let mut child = Guarded::start(program, Role::Converse(lines), DEADLINE)?;
    let out = child.out();
    let mut arrived = Vec::new();
    loop {
        let waits = lane("parent", || info_span!("waits", what = "a line", from = "child"));
        let Some(line) = out.line()? else { break };
        drop(waits);
        arrived.push(Arrived { line, running: child.running()? });
        let _child = lane("child", || info_span!("waits", what = "an answer", from = "parent"));
        child.tell(&format!("answer {}", arrived.len()))?;
    }
    Ok((arrived, child.wait()?.into()))
}

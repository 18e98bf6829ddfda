//! A child that is talked with, a line at a time: under a deadline, with descriptors of its
//! parent's, and never left behind.
//!
//! Its standard input is what its parent tells it, its standard output what it tells its parent.
//! The input ends when the parent is gone, however that went, and the child with it.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;
use std::process::{ChildStdin, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use tracing::{Span, info_span};

use crate::child::{DEADLINE, Started, spawn};
use crate::memory_role::inherited;
use crate::part::Part;
use crate::role::Role;

/// Names the variable that tells a child which of its descriptors its parent has handed to it.
const HANDED: &str = "PROCESS_SHARING_HANDED";

/// A child in a part. Dropping it kills and reaps it, if it still runs.
#[derive(Debug)]
pub struct Peer {
    lane: String,
    started: Started,
    // Not left in the child: std's wait would close it, and the child take that for its parent's
    // end.
    input: Option<ChildStdin>,
}

impl Peer {
    /// Starts `program`, this topic's binary, in a part; `lane` is what the lesson calls it.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, part: Part, lane: impl Into<String>) -> io::Result<Self> {
        Self::handed(program, part, lane, &[])
    }

    /// Starts it with copies of these descriptors, which it finds in the same order.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn handed(
        program: &Path,
        part: Part,
        lane: impl Into<String>,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Self> {
        Self::spawn(&mut Command::new(program), part, lane.into(), descriptors)
    }

    /// Starts `command`, which is this topic's binary with whatever its environment has to have
    /// besides.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(crate) fn spawn(
        command: &mut Command,
        part: Part,
        lane: String,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Self> {
        let numbers: Vec<_> =
            descriptors.iter().map(|handed| handed.as_raw_fd().to_string()).collect();
        command.env(HANDED, numbers.join(","));
        let mut started = spawn(command, Role::Peer(part), descriptors, DEADLINE)?;
        let input = started.child.stdin.take();
        Ok(Self { lane, started, input })
    }

    /// Returns its process number.
    pub fn pid(&self) -> u32 {
        self.started.pid()
    }

    /// Tells it a line.
    ///
    /// # Errors
    /// It is gone.
    pub fn tell(&mut self, line: impl Display) -> io::Result<()> {
        self.input.as_mut().map_or(Ok(()), |input| writeln!(input, "{line}"))
    }

    /// Returns the next line that it says.
    ///
    /// # Errors
    /// It has nothing more to say, or says nothing until the deadline of these lessons is over.
    pub fn heard(&mut self) -> io::Result<String> {
        self.started.ends_by = Instant::now().checked_add(DEADLINE);
        let ended =
            || io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} has ended", self.lane));
        self.started.line()?.ok_or_else(ended)
    }

    /// Returns the next line that it says, which has to be this one.
    ///
    /// # Errors
    /// It is not, or does not come.
    pub fn expect(&mut self, wanted: &str) -> io::Result<()> {
        let line = self.heard()?;
        let wrong = || io::Error::other(format!("{} says {line:?}, not {wanted:?}", self.lane));
        if line == wanted { Ok(()) } else { Err(wrong()) }
    }

    /// Checks that it has not ended, for a caller that waits for it in some other way than by a
    /// line.
    ///
    /// # Errors
    /// It has.
    pub(crate) fn lives(&mut self) -> io::Result<()> {
        match self.started.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(io::Error::other(format!("{} has ended, {status}", self.lane))),
        }
    }

    /// Waits for its end, and is satisfied only with success.
    ///
    /// # Errors
    /// It ends in a failure, or not before the deadline of these lessons is over.
    pub fn ended(mut self) -> io::Result<()> {
        self.started.ends_by = Instant::now().checked_add(DEADLINE);
        let Self { lane, started, input } = self;
        // What it still says is not asked for.
        let ended = started.answer().map(drop);
        drop(input);
        ended.map_err(|error| io::Error::new(error.kind(), format!("{lane}: {error}")))
    }

    /// Waits for its end, however that is, and for as long as it takes: what a join does.
    ///
    /// # Errors
    /// There is no such child.
    ///
    /// # Blocking
    /// For ever, if it does not end.
    pub fn join(&mut self) -> io::Result<std::process::ExitStatus> {
        self.started.child.wait()
    }

    /// Kills it (SIGKILL) and reaps it.
    ///
    /// # Errors
    /// There is no such child.
    pub fn kill(&mut self) -> io::Result<()> {
        self.started.child.kill()?;
        self.started.child.wait().map(drop)
    }

    /// Closes its input, which is all it knows of its parent: it takes it for the parent's end.
    pub(crate) fn leave(&mut self) {
        self.input = None;
    }

    /// Opens a span in its lane: its parent says what it does, as it knows it.
    pub fn lane(&self, span: impl FnOnce() -> Span) -> Span {
        info_span!("lane", lane = self.lane, pid = self.started.child.id()).in_scope(span)
    }
}

/// Opens a span in the parent's lane; a lesson runs on a thread of another name.
pub(crate) fn parent(span: impl FnOnce() -> Span) -> Span {
    info_span!("lane", lane = "parent").in_scope(span)
}

/// The parent, as a child knows it.
#[derive(Debug)]
pub(crate) struct Parent(mpsc::Receiver<String>);

impl Parent {
    /// Listens to the parent from now on, and ends this process with it.
    ///
    /// # Errors
    /// There is no room for a thread.
    pub(crate) fn listen() -> io::Result<Self> {
        let (sender, told) = mpsc::channel();
        thread::Builder::new().spawn(move || {
            for line in io::stdin().lines().map_while(Result::ok) {
                // It fails where the part is over already, and the process about to end.
                let _ = sender.send(line);
            }
            std::process::exit(1);
        })?;
        Ok(Self(told))
    }

    /// Returns the next line that the parent tells.
    pub(crate) fn told(&self) -> io::Result<String> {
        self.0.recv().map_err(io::Error::other)
    }

    /// Tells the parent a line, at once.
    pub(crate) fn tell(&self, line: impl Display) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush())
    }
}

/// Takes the descriptors that the parent has handed over, in its order. To be called once, before
/// anything else is opened.
pub(crate) fn take_handed() -> io::Result<Vec<OwnedFd>> {
    let text = std::env::var_os(HANDED);
    let text = text.as_deref().and_then(OsStr::to_str).unwrap_or_default();
    let numbers = text.split(',').filter(|number| !number.is_empty()).map(str::parse::<RawFd>);
    let numbers: Vec<_> = numbers.collect::<Result<_, _>>().map_err(io::Error::other)?;
    numbers.into_iter().map(inherited).collect()
}

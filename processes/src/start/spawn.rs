//! Spawn: the child is a program that begins at its beginning; what it needs to know is sent to it.
//!
//! Between fork and exec, std's `Command` does nothing but what a signal handler may, and where
//! nothing has to be done there, it does not fork at all: `posix_spawn` lets the child borrow its
//! parent's memory until it has its own (`vfork`). So the other threads of the parent do no harm,
//! and its memory costs nothing.
//!
//! The job goes over a pipe, as JSON: an argument, or the environment, holds 128 KiB at the most on
//! Linux ([`in_an_argument`]), and everybody can read an argument in a list of processes.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio, exit};
use std::time::Duration;

use rustix::process::Pid;

use super::{Job, Seen, StartMethod, Streams, Told};
use crate::child::{DEADLINE, GRACE, Guarded, command, end, too_long};
use crate::deadline::{Deadline, has_ended, write_all};
use crate::spawn_and_wait::Ended;

/// Starts children by starting a program.
#[derive(Debug)]
pub struct Spawn {
    program: PathBuf,
    children: HashMap<u32, Child>,
    limit: Duration,
}

impl Spawn {
    /// Names the program, which has to be this topic's binary, or another that calls
    /// [`role::play`](crate::role::play) first.
    pub fn new(program: &Path) -> Self {
        Self { program: program.to_owned(), children: HashMap::new(), limit: DEADLINE + GRACE }
    }

    /// Sets the time that a child may take to read its job, and the timeout of
    /// [`wait`](StartMethod::wait): the children's [deadline](DEADLINE) and a little more, if it is
    /// not set. [`Duration::MAX`] is no limit.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    fn child(&mut self, id: u32) -> io::Result<Child> {
        self.children.remove(&id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl StartMethod for Spawn {
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        let mut command = command(&self.program, "job");
        command.stdin(Stdio::piped());
        command.stdout(streams.out.try_clone_to_owned()?).stderr(streams.err.try_clone_to_owned()?);
        let mut child = command.spawn()?;
        let (id, stdin) = (child.id(), child.stdin.take());
        // It is looked after before anything else can go wrong.
        self.children.insert(id, child);
        // The child reads all of it before it does anything; with the pipe's end, its standard
        // input is at its end.
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        match write_all(stdin.as_fd(), &serde_json::to_vec(job)?, Deadline::after(self.limit)) {
            Ok(()) => Ok(id),
            Err(error) => {
                end(&mut self.child(id)?);
                Err(error)
            }
        }
    }

    /// # Errors
    /// It is no child that this has started and not yet waited for. Or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it has not ended [in time](Spawn::within), for it is
    /// stopped: it is killed.
    fn wait(&mut self, child: u32) -> io::Result<Ended> {
        let mut child = self.child(child)?;
        if has_ended(Pid::from_child(&child), Deadline::after(self.limit))? {
            return Ok(child.wait()?.into());
        }
        end(&mut child);
        Err(too_long())
    }
}

impl Drop for Spawn {
    fn drop(&mut self) {
        self.children.values_mut().for_each(end);
    }
}

/// What the child does: reads the job, does it, and ends with its code.
pub(crate) fn job(_: &str) -> io::Result<()> {
    exit(serde_json::from_reader::<_, Job>(BufReader::new(io::stdin()))?.run()?)
}

/// Tries to hand over a list as an argument.
///
/// # Errors
/// [`ArgumentListTooLong`](io::ErrorKind::ArgumentListTooLong), if it is.
pub fn in_an_argument(program: &Path, handed: Vec<u32>) -> io::Result<Ended> {
    let job = serde_json::to_string(&Job::Append { handed })?;
    // It would not look at it: what counts is whether it is started.
    let child = command(program, "exit:0").arg(job).spawn()?;
    Ok(Guarded::of(child, DEADLINE).wait()?.into())
}

/// Hands over a list through a pipe, and returns what the child made of it.
///
/// # Errors
/// The child cannot be started, or does not say it.
pub fn over_a_pipe(program: &Path, handed: Vec<u32>) -> io::Result<Seen> {
    let (from_child, to_parent) = io::pipe()?;
    let mut spawn = Spawn::new(program);
    let streams = Streams { out: to_parent.as_fd(), ..Streams::own() };
    let child = spawn.start(&Job::Append { handed }, streams)?;
    drop(to_parent);
    let told = serde_json::from_reader(BufReader::new(from_child))?;
    spawn.wait(child)?;
    let Told::Child(seen) = told else { return Err(io::ErrorKind::InvalidData.into()) };
    Ok(seen)
}

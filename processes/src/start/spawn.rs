//! Spawn: the child is a program that begins at its beginning; what it needs is sent to it.
//!
//! Between fork and exec, std's `Command` calls only what is async-signal-safe, and where nothing
//! has to be done there, it uses `posix_spawn`, which on Linux lets the child borrow its parent's
//! memory until it executes the program. So the other threads of the parent do no harm, and its
//! memory costs nothing.
//!
//! The job goes over a pipe, as JSON. One argument, or one variable of the environment, holds
//! 128 KiB at the most on Linux ([`in_an_argument`]), and every user can read an argument in a list
//! of processes.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio, exit};
use std::time::Duration;

use kit::child::{ChildGuard, DEADLINE, Entry, kill_and_reap, timed_out};
use kit::deadline::{Deadline, has_ended, write_all};
use rustix::process::Pid;

use super::child_view::{ChildView, Message};
use super::fork::{GRACE, bound_lifetime};
use super::{Job, StartMethod, Streams};
use crate::exit::Exit;
use crate::spawn_and_wait::EXIT;

/// Reads the job from its standard input, does it, and exits with its code.
pub(super) const JOB: Entry = Entry { name: "job", run: job };

/// A start method: a program is started.
#[derive(Debug)]
pub struct Spawn {
    program: PathBuf,
    children: HashMap<u32, Child>,
    timeout: Duration,
}

impl Spawn {
    /// Returns one that starts `program`: this topic's binary, or another that lists these
    /// [children](super::CHILDREN).
    pub fn new(program: &Path) -> Self {
        Self { program: program.to_owned(), children: HashMap::new(), timeout: DEADLINE + GRACE }
    }

    /// Sets the timeout of [`wait`](StartMethod::wait), and for a child to read its job: the
    /// children's [deadline](DEADLINE) and a little more, if it is not set. [`Duration::MAX`] is no
    /// limit.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn remove(&mut self, pid: u32) -> io::Result<Child> {
        self.children.remove(&pid).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl StartMethod for Spawn {
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        let mut command = JOB.command(&self.program);
        command.stdin(Stdio::piped());
        command.stdout(streams.out.try_clone_to_owned()?).stderr(streams.err.try_clone_to_owned()?);
        let mut child = command.spawn()?;
        let (pid, stdin) = (child.id(), child.stdin.take());
        // From here on it is killed and reaped, whatever goes wrong below.
        self.children.insert(pid, child);
        // The child reads to the end of the pipe before it does anything else.
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        match write_all(stdin, &serde_json::to_vec(job)?, Deadline::after(self.timeout)) {
            Ok(()) => Ok(pid),
            Err(error) => {
                kill_and_reap(&mut self.remove(pid)?);
                Err(error)
            }
        }
    }

    /// # Errors
    /// It is no child that this value has started and not yet waited for. Or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it is stopped, and has not ended [in
    /// time](Spawn::within): it is killed.
    fn wait(&mut self, child: u32) -> io::Result<Exit> {
        let mut child = self.remove(child)?;
        if has_ended(Pid::from_child(&child), Deadline::after(self.timeout))? {
            return Ok(child.wait()?.into());
        }
        kill_and_reap(&mut child);
        Err(timed_out())
    }
}

impl Drop for Spawn {
    fn drop(&mut self) {
        self.children.values_mut().for_each(kill_and_reap);
    }
}

fn job(_: &[String]) -> io::Result<()> {
    bound_lifetime();
    exit(serde_json::from_reader::<_, Job>(BufReader::new(io::stdin()))?.run()?)
}

/// Tries to hand over a list as an argument.
///
/// # Errors
/// [`ArgumentListTooLong`](io::ErrorKind::ArgumentListTooLong), if it is.
pub fn in_an_argument(program: &Path, handed: Vec<u32>) -> io::Result<Exit> {
    let job = serde_json::to_string(&Job::Append { handed })?;
    // The child would not read it: the question is whether it can be started.
    let child = EXIT.command(program).args(["0", &job]).spawn()?;
    Ok(ChildGuard::of(child, DEADLINE).wait()?.into())
}

/// Hands over a list through a pipe, and returns what the child made of it.
pub fn over_a_pipe(program: &Path, handed: Vec<u32>) -> io::Result<ChildView> {
    let (from_child, to_parent) = io::pipe()?;
    let mut spawn = Spawn::new(program);
    let streams = Streams { out: to_parent.as_fd(), ..Streams::own() };
    let child = spawn.start(&Job::Append { handed }, streams)?;
    drop(to_parent);
    let message = serde_json::from_reader(BufReader::new(from_child))?;
    spawn.wait(child)?;
    let Message::Child(view) = message else { return Err(io::ErrorKind::InvalidData.into()) };
    Ok(view)
}

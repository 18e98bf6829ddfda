//! A child process that is not left behind: it has a deadline, and is ended and reaped whatever
//! happens to its parent's function.
//!
//! The children of these lessons wait for nobody, so that they end by themselves if their parent is
//! gone before them.

use std::io::{self, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// How long a child of these lessons may live; a second is more than it needs.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How often a child is looked at that has closed its output: it is about to end, and std has no
/// wait with a time limit.
const LOOK: Duration = Duration::from_micros(100);

/// Owns a child. Dropping it kills the child, if it still runs, and reaps it.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // Both fail only for a child that is reaped already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program to its end, and returns what it wrote and how it ended.
///
/// ```
/// use std::{process::Command, time::Duration};
/// use threads_basics::child::run;
///
/// let ended = run(Command::new("sh").args(["-c", "echo so far; exec sleep 3600"]), Duration::from_millis(50));
/// assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
/// ```
///
/// # Errors
/// It cannot be started; [`TimedOut`](io::ErrorKind::TimedOut): it has not ended within the
/// deadline, and was killed.
///
/// # Blocking
/// Until it has ended, or for as long as the deadline.
pub fn run(command: &mut Command, deadline: Duration) -> io::Result<Output> {
    // A time that the clock has no room for is no limit.
    let until = Instant::now().checked_add(deadline);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Reaped(command.spawn()?);
    let (stdout, stderr) = (whole(child.0.stdout.take())?, whole(child.0.stderr.take())?);
    let stdout = before(until, &stdout)?;
    let stderr = before(until, &stderr)?;
    loop {
        match child.0.try_wait()? {
            Some(status) => return Ok(Output { status, stdout, stderr }),
            None if until.is_none_or(|until| Instant::now() < until) => sleep(LOOK),
            None => return Err(too_long()),
        }
    }
}

/// Reads a pipe to its end on a thread of its own: both pipes are read at once, and a read, which
/// has no time limit, becomes a receive, which has one.
fn whole(pipe: Option<impl Read + Send + 'static>) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::Builder::new().spawn(move || {
        let mut read = Vec::new();
        // What could be read is all there is; nobody to receive it means that the deadline is over.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut read));
        let _ = sender.send(read);
    })?;
    Ok(receiver)
}

fn before(until: Option<Instant>, pipe: &Receiver<Vec<u8>>) -> io::Result<Vec<u8>> {
    let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
    match pipe.recv_timeout(left) {
        Ok(read) => Ok(read),
        Err(RecvTimeoutError::Disconnected) => {
            Err(io::Error::other("its output could not be read"))
        }
        Err(RecvTimeoutError::Timeout) => Err(too_long()),
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the child took longer than its deadline")
}

//! A child that is asked for something, under a deadline, and never left behind.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::role::{ROLE, Role};

/// How long a child of these lessons may live; some milliseconds are all that it needs.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Kills a child, if it still runs, and reaps it, when it is dropped.
#[derive(Debug)]
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // Both fail only for a child that is reaped already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `program` in a role, and returns what it wrote to its standard output when it has ended. Its standard input is a pipe
/// that nobody writes to: it ends with this process, however that goes.
///
/// # Errors
/// The program cannot be started, has not ended when `deadline` is over ([`TimedOut`](io::ErrorKind::TimedOut)), or ends in a failure.
pub fn ask(program: &Path, role: Role, deadline: Duration) -> io::Result<String> {
    let mut command = Command::new(program);
    // By this name it is found in a list of processes, whatever path led to it.
    command.arg0("process-sharing").env(ROLE, role.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let ends_by = Instant::now() + deadline;
    let mut child = Guarded(command.spawn()?);
    let out = child.0.stdout.take();
    let (sender, answer) = mpsc::channel();
    // A read has no time limit, a receive has one. The thread ends with the child's end of the pipe.
    thread::spawn(move || {
        let mut text = String::new();
        let read = out.map_or(Ok(0), |mut out| out.read_to_string(&mut text));
        sender.send(read.map(|_| text))
    });
    let too_long = || io::Error::new(io::ErrorKind::TimedOut, "the child took longer than its deadline");
    let answer = answer.recv_timeout(deadline).map_err(|_| too_long())??;
    // At the end of its output a child is at its own end, or within a moment. std's wait has no time limit either.
    let status = loop {
        match child.0.try_wait()? {
            Some(status) => break status,
            None if Instant::now() < ends_by => thread::sleep(Duration::from_millis(1)),
            None => return Err(too_long()),
        }
    };
    if status.success() { Ok(answer) } else { Err(io::Error::other(format!("the child failed, {status}"))) }
}

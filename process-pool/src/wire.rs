//! The pool's end of a worker: a process, and a line of JSON there and back.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::pool::Error;
use crate::task::{Answer, Task};

/// How long a worker may take to end when its input has: then it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// Owns a worker process. Dropping it ends the process and reaps it.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    /// Gone when the worker is asked to end: to it, that is the end of its input.
    tasks: Option<ChildStdin>,
    answers: Option<BufReader<ChildStdout>>,
}

impl Worker {
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (tasks, answers) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        Ok(Self { child, tasks, answers })
    }

    /// Has one task run.
    ///
    /// # Errors
    /// There is no answer: the worker died, or said something else. It is of no more use.
    pub(crate) fn ask(&mut self, task: Task) -> Result<Answer, Error> {
        let pid = self.child.id();
        // A pipe that is broken or at its end is how a death looks from here.
        let line = self.exchange(task).unwrap_or_default();
        if !line.ends_with(b"\n") {
            return Err(Error::WorkerDied { pid, status: self.end()? });
        }
        let garbled = || String::from_utf8_lossy(&line).trim_end().to_owned();
        serde_json::from_slice(&line).map_err(|_| Error::Garbled { pid, line: garbled() })
    }

    fn exchange(&mut self, task: Task) -> io::Result<Vec<u8>> {
        let (Some(tasks), Some(answers)) = (&mut self.tasks, &mut self.answers) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut line = serde_json::to_vec(&task)?;
        line.push(b'\n');
        tasks.write_all(&line)?;
        line.clear();
        answers.read_until(b'\n', &mut line)?;
        Ok(line)
    }

    /// Closes the worker's input, waits until it has ended, and reaps it. One that takes too long, for it does not heed its input,
    /// is killed.
    fn end(&mut self) -> io::Result<ExitStatus> {
        drop(self.tasks.take());
        let until = Instant::now() + GRACE;
        // std has no wait with a time limit.
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It fails only for a child that is not this process's, and this one is.
        let _ = self.end();
    }
}

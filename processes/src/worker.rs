//! The "process class": a struct that stands for a process with a state of its own, to which tasks
//! are sent.
//!
//! A thread class shares its fields with its thread. This one cannot: the fields here are in the
//! parent's memory, and what the child makes of its own copy stays there unless it is sent back.

use std::io::{self, BufRead, Write};
use std::path::Path;

use kit::child::{ChildGuard, Entry, LineReader};
use kit::process_lane::{Lane, PARENT};

use crate::exit::Exit;
use crate::messages::argument;

/// The child of this lesson.
pub const CHILD: Entry = Entry { name: "worker", run: child };

/// A process that adds up numbers.
///
/// ```no_run
/// use processes::worker::Worker;
///
/// let mut worker = Worker::start("target/debug/processes".as_ref(), 100)?;
/// worker.add(1);
/// assert_eq!(worker.total, 100, "a field in the parent's memory");
/// assert_eq!(worker.ask()?, Ok(101));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Dropping it kills the process, whatever that is doing; [`stop`](Self::stop) lets it finish. A
/// wait for it ends at its [deadline](kit::child::DEADLINE).
#[derive(Debug)]
pub struct Worker {
    /// The sum, as far as the parent knows it: a field in the parent's memory.
    pub total: i64,
    process: ChildGuard,
    out: LineReader,
    err: LineReader,
}

/// Why a worker brought no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerFailed {
    /// Its exit status.
    pub exit: Exit,
    /// Its panic's message.
    pub message: String,
}

impl Worker {
    /// Starts the process with a copy of `total`.
    pub fn start(program: &Path, total: i64) -> io::Result<Self> {
        let mut process = CHILD.start(program, &[&total.to_string()])?;
        let (out, err) = (process.stdout(), process.stderr());
        Ok(Self { total, process, out, err })
    }

    /// Sends the worker a task: a number to add. If the worker has ended, the next
    /// [`ask`](Self::ask) or [`stop`](Self::stop) returns the reason.
    pub fn add(&mut self, number: impl ToString) {
        let _ = self.process.send_line(&number.to_string());
    }

    /// Asks for the sum of all that was sent so far, and keeps it in [`total`](Self::total).
    ///
    /// # Errors
    /// The inner error: the worker has failed at a task.
    pub fn ask(&mut self) -> io::Result<Result<i64, WorkerFailed>> {
        let _parent = PARENT.waits("the total", "worker");
        let _worker = Lane::of("worker", self.process.id()).runs("adds up");
        self.add("?");
        match self.out.recv_line()? {
            Some(line) => self.total = line.parse().map_err(io::Error::other)?,
            None => return self.failed().map(Err),
        }
        Ok(Ok(self.total))
    }

    /// Closes the worker's input, waits for its end, and returns its last answer, the sum.
    ///
    /// # Errors
    /// The inner error: the worker has failed at a task.
    pub fn stop(mut self) -> io::Result<Result<i64, WorkerFailed>> {
        let _parent = PARENT.waits("the worker's end", "worker");
        let _worker = Lane::of("worker", self.process.id()).runs("adds up");
        self.process.close_stdin();
        match self.out.recv_all()?.last() {
            Some(total) => Ok(Ok(total.parse().map_err(io::Error::other)?)),
            None => self.failed().map(Err),
        }
    }

    fn failed(&mut self) -> io::Result<WorkerFailed> {
        // The worker has written the message before it ended, and its end closes the pipe.
        let lines = self.err.recv_all()?;
        let lines = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
        // A panic's first line says where it happened, the next one holds the message.
        let message = lines.skip_while(|line| !line.contains("panicked at")).nth(1);
        let message = message.unwrap_or_default().to_owned();
        Ok(WorkerFailed { exit: self.process.wait()?.into(), message })
    }
}

/// What the process does: adds each number that it is sent to its copy of the total, and writes the
/// total when it is asked and at the end.
fn child(arguments: &[String]) -> io::Result<()> {
    let mut total: i64 = argument(arguments)?;
    for task in io::stdin().lock().lines() {
        match task?.as_str() {
            "?" => writeln!(io::stdout(), "{total}")?,
            task => match task.parse::<i64>() {
                Ok(number) => total += number,
                Err(_) => panic!("{task} is no number"),
            },
        }
    }
    writeln!(io::stdout(), "{total}")
}

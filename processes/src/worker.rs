//! The "process class": a struct that stands for a process with a state of its own, and tasks that
//! are sent to it.
//!
//! Where a thread class shares its fields with the thread that it runs, this one cannot: the fields
//! here are the parent's, and what the child makes of its own copy stays there, unless it is sent
//! back. What is waited for has the child's [deadline](crate::child::DEADLINE).

use std::io::{self, BufRead, Write};
use std::path::Path;

use tracing::info_span;

use crate::child::{DEADLINE, Guarded, Reading};
use crate::spawn_and_wait::{Ended, lane};

/// Adds up numbers in a process of its own.
///
/// Dropping it ends the process, whatever it does at that moment; [`stop`](Self::stop) lets it
/// finish.
#[derive(Debug)]
pub struct Worker {
    /// What has been added up, as far as the parent knows: it is a field of the struct in the
    /// parent's memory.
    pub total: i64,
    process: Guarded,
    out: Reading,
    err: Reading,
}

/// Says why a worker did not bring its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// How it ended.
    pub ended: Ended,
    /// What it said of it: a panic's message.
    pub said: String,
}

impl Worker {
    /// Starts the process, with a copy of `total`.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, total: i64) -> io::Result<Self> {
        let mut process = Guarded::start(program, format_args!("worker:{total}"), DEADLINE)?;
        let (out, err) = (process.out(), process.err());
        Ok(Self { total, process, out, err })
    }

    /// Sends it a task: a number to add. A worker that has ended takes no notice, and says so when
    /// it is asked or stopped.
    pub fn add(&mut self, number: impl ToString) {
        let _ = self.process.tell(&number.to_string());
    }

    /// Asks for its own total, as it is after all that it was sent so far, and keeps it in
    /// [`total`](Self::total).
    ///
    /// # Errors
    /// The worker has failed at a task.
    pub fn ask(&mut self) -> io::Result<Result<i64, Failed>> {
        let _waits = lane("parent", || info_span!("waits", what = "the total", from = "worker"));
        let _works = lane("worker", || info_span!("runs", what = "adds up"));
        self.add("?");
        match self.out.line()? {
            Some(line) => self.total = line.parse().map_err(io::Error::other)?,
            None => return self.failed().map(Err),
        }
        Ok(Ok(self.total))
    }

    /// Tells it that no more will come, waits for its end, and returns its last word, the total.
    ///
    /// # Errors
    /// The worker has failed at a task.
    pub fn stop(mut self) -> io::Result<Result<i64, Failed>> {
        let _waits =
            lane("parent", || info_span!("waits", what = "the worker's end", from = "worker"));
        let _works = lane("worker", || info_span!("runs", what = "adds up"));
        self.process.hang_up();
        match self.out.to_end()?.last() {
            Some(total) => Ok(Ok(total.parse().map_err(io::Error::other)?)),
            None => self.failed().map(Err),
        }
    }

    fn failed(&mut self) -> io::Result<Failed> {
        // It has written the message before it ended, and has closed the pipe by its end.
        let said = self.err.to_end()?;
        let said =
            said.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        // A panic's first line says where, the next what.
        let said = said.skip_while(|line| !line.contains("panicked at")).nth(1).unwrap_or_default();
        Ok(Failed { ended: self.process.wait()?.into(), said })
    }
}

/// What the process does: its `run`. Adds what it is sent to its copy of the total, and says the
/// total when it is asked and at the end.
///
/// # Errors
/// Nobody reads what is written.
///
/// # Panics
/// At a task that is no number.
pub fn child(total: &str) -> io::Result<()> {
    let mut total: i64 = total.parse().map_err(io::Error::other)?;
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

//! The child of a lesson: what hangs for good runs in a process of its own, which is watched from
//! outside, ended and reaped.
//!
//! The child is this program once more, with the same arguments and [`FORM`] in its environment. It
//! says what it does, a record a line, on its standard output as it happens; so nothing is lost
//! with it. Its standard input is a pipe that nobody writes to: when the parent is gone, however it
//! went, the pipe ends and the child with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::outside::{self, Thread};
use crate::record::{self, Record, Sink};
use crate::wait_for::Knot;

/// Names the variable that makes a topic's binary the child that runs one form of a lesson.
pub const FORM: &str = "STAGE_FORM";

/// How often the child is looked at, and how often it has to be found asleep with nothing said in
/// between before it counts as stuck.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 4;

/// Says how the child ended.
#[derive(Debug)]
pub enum End {
    /// Every lane that was not done waited, its thread asleep, until the child was killed.
    Deadlocked(Knot),
    /// It ended by itself.
    Exited(ExitStatus),
    /// It neither ended nor got stuck within the deadline, and was killed.
    TimedOut,
}

/// Holds what was seen of a child from its start to its end.
#[derive(Debug)]
pub struct Seen {
    /// What it said.
    pub records: Vec<Record>,
    /// How it ended.
    pub end: End,
    /// When, on the clock of the records.
    pub ended_at: u64,
    /// Its threads with a lane at the last look, where the system shows them.
    pub threads: Option<Vec<Thread>>,
    /// What it wrote to its standard error.
    pub complaint: String,
    /// Its process number, no longer in use.
    pub pid: u32,
}

/// Ends and reaps the child, whatever happens to its watcher.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // Both fail only for a child that is reaped already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs `command` as the child that plays `form`, until it ends, is stuck, or `deadline` is over.
///
/// # Errors
/// The child could not be started.
///
/// # Blocking
/// For `deadline` at the most, and then as long as the kernel takes to kill a process.
pub fn watch(command: &mut Command, form: &str, deadline: Duration) -> std::io::Result<Seen> {
    command.env(FORM, form).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Reaped(command.spawn()?);
    let pid = child.0.id();
    let (sender, receiver) = mpsc::channel();
    let out = child.0.stdout.take();
    let reader = std::thread::spawn(move || {
        let lines = out.into_iter().flat_map(|out| BufReader::new(out).lines().map_while(Result::ok));
        // A line that is cut off is the last one of a child that was killed.
        for record in lines.filter_map(|line| serde_json::from_str::<Record>(&line).ok()) {
            if sender.send(record).is_err() {
                break;
            }
        }
    });
    let mut errors = child.0.stderr.take();
    let complaints = std::thread::spawn(move || {
        let mut text = String::new();
        errors.as_mut().map(|errors| errors.read_to_string(&mut text));
        text
    });

    let started = Instant::now();
    let mut records = Vec::new();
    let (mut threads, mut quiet) = (None, 0);
    let end = loop {
        match receiver.recv_timeout(LOOK) {
            Ok(record) => {
                records.push(record);
                quiet = 0;
            }
            // The pipe's other end is closed: the child is at its end, or at it within a moment.
            Err(RecvTimeoutError::Disconnected) => match child.0.try_wait()? {
                Some(status) => break End::Exited(status),
                None => std::thread::sleep(Duration::from_millis(1)),
            },
            Err(RecvTimeoutError::Timeout) => {
                threads = outside::threads(pid).map(|threads| with_lanes(threads, &records));
                let asleep = threads.iter().flatten().all(|thread| thread.asleep);
                match Knot::find(&records) {
                    Some(knot) if asleep && quiet + 1 >= LOOKS => break End::Deadlocked(knot),
                    Some(_) if asleep => quiet += 1,
                    _ => quiet = 0,
                }
            }
        }
        if started.elapsed() > deadline {
            break End::TimedOut;
        }
    };
    drop(child);
    let ended_at = record::now();
    // Both end with the child's ends of the pipes, which nobody else has.
    let _ = reader.join();
    let complaint = complaints.join().unwrap_or_default();
    records.extend(receiver.try_iter());
    records.sort_by_key(|record| record.at);
    Ok(Seen { records, end, ended_at, threads, complaint, pid })
}

/// Keeps the threads that have said something of themselves.
fn with_lanes(mut threads: Vec<Thread>, records: &[Record]) -> Vec<Thread> {
    threads.retain(|thread| records.iter().any(|record| record.tid == thread.tid));
    threads
}

/// Writes each record to standard output at once.
pub(crate) struct Pipe(std::fs::File);

impl Pipe {
    /// Takes a descriptor of its own: std's handle has a lock, which would put the threads in step.
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(std::io::stdout().as_fd().try_clone_to_owned()?.into()))
    }
}

impl Sink for Pipe {
    fn take(&self, record: Record) {
        let mut line = serde_json::to_vec(&record).unwrap_or_default();
        line.push(b'\n');
        // One write for a line: the kernel keeps short ones whole. It fails when the parent is gone,
        // and so is this process in a moment.
        let _ = (&self.0).write_all(&line);
    }
}

/// Ends this process when its parent is gone.
pub(crate) fn end_with_parent() {
    let watch = || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    };
    // Without the thread, the child would still be ended by its parent's watch.
    let _ = std::thread::Builder::new().name("parent-watch".into()).spawn(watch);
}

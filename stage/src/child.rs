//! The child of a lesson: what hangs for good runs in a process of its own, which is watched from
//! outside, ended and reaped.
//!
//! The child is this program once more, with the same arguments and [`VARIANT`] in its environment.
//! It says what it does, a record a line, on its standard output as it happens; so nothing is lost
//! with it. Its standard input is a pipe that nobody writes to: when the parent is gone, however it
//! went, the pipe ends and the child with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use kit::deadline::{Deadline, has_ended};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::procfs::{self, Thread};
use crate::record::{self, Record, Sink};
use crate::wait_for::WaitCycle;

/// Names the variable that makes a topic's binary the child that runs one variant of a lesson: the
/// parent's number, a colon, the variant. Whose parent has another number takes no notice of it: it
/// has only inherited the variable.
pub const VARIANT: &str = "STAGE_VARIANT";

/// Returns the variant that this process was started to play.
pub(crate) fn variant() -> Option<String> {
    let (parent, variant) = std::env::var(VARIANT)
        .ok()?
        .split_once(':')
        .map(|(parent, variant)| (parent.parse(), variant.to_owned()))?;
    (parent == Ok(std::os::unix::process::parent_id())).then_some(variant)
}

/// How often the child is looked at, and how often it has to be found asleep with nothing said in
/// between before it counts as stuck.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 4;
/// Where threads cannot be looked at, silence has to do, and has to last.
const LOOKS_BLIND: u32 = 50;

/// How the child ended.
#[derive(Debug)]
pub enum End {
    /// Every thread of it was asleep in a call that has no time limit, and every lane that was not
    /// done waited, until the child was killed.
    Deadlocked(WaitCycle),
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
    /// When it was started and when it ended, on the clock of the records.
    pub time: std::ops::Range<u64>,
    /// Its threads with a lane at the last look, where it was looked at and the system shows them.
    pub threads: Option<Vec<Thread>>,
    /// What it wrote to its standard error.
    pub complaint: String,
    /// Its process number, no longer in use.
    pub pid: u32,
}

/// Ends and reaps the child, and ends what it has started, whatever happens to its watcher.
struct Reaped(Option<Child>);

impl Reaped {
    /// Returns whether the child has ended, and does not reap it.
    fn has_ended(&self) -> std::io::Result<bool> {
        let now = Deadline::after(Duration::ZERO);
        self.0.as_ref().map_or(Ok(true), |child| has_ended(Pid::from_child(child), now))
    }

    /// Ends the child's process group, and reaps the child, once. Until it is reaped, its PID,
    /// which is the group's, is nobody else's.
    fn end(&mut self) -> Option<std::io::Result<ExitStatus>> {
        let mut child = self.0.take()?;
        // Each fails only where there is nobody left to end.
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let _ = child.kill();
        Some(child.wait())
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        // Nobody is left to be told how it ended.
        let _ = self.end();
    }
}

/// Runs `command` as the child that plays `variant`, until it ends, is stuck, or `deadline` is
/// over.
///
/// # Errors
/// The child, or a thread that watches it, could not be started.
///
/// # Blocking
/// For `deadline` at the most, and then as long as the kernel takes to kill a process.
pub fn watch(command: &mut Command, variant: &str, deadline: Duration) -> std::io::Result<Seen> {
    command.env(VARIANT, format!("{}:{variant}", std::process::id())).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let began = record::now();
    let mut child = command.spawn()?;
    let pid = child.id();
    let (out, mut errors) = (child.stdout.take(), child.stderr.take());
    let mut child = Reaped(Some(child));
    let (sender, receiver) = mpsc::channel();
    let (complain, complaint) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let lines =
            out.into_iter().flat_map(|out| BufReader::new(out).split(b'\n').map_while(Result::ok));
        // What is no record is some other output, or the cut-off last line of a child that was
        // killed.
        for record in lines.filter_map(|line| Record::from_line(&line)) {
            if sender.send(record).is_err() {
                break;
            }
        }
    })?;
    std::thread::Builder::new().spawn(move || {
        let mut text = Vec::new();
        errors.as_mut().map(|errors| errors.read_to_end(&mut text));
        // Nobody listens where the watch has ended without it.
        let _ = complain.send(String::from_utf8_lossy(&text).into_owned());
    })?;

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
            Err(RecvTimeoutError::Disconnected) => {
                if child.has_ended()?
                    && let Some(status) = child.end()
                {
                    break End::Exited(status?);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(RecvTimeoutError::Timeout) => {
                let all = procfs::threads(pid);
                let stuck = all.iter().flatten().all(|thread| thread.asleep && !thread.timed);
                let looks = if all.is_some() { LOOKS } else { LOOKS_BLIND };
                threads = all.map(|threads| with_lanes(threads, &records));
                match WaitCycle::find(&records) {
                    Some(cycle) if stuck && quiet + 1 >= looks => break End::Deadlocked(cycle),
                    Some(_) if stuck => quiet += 1,
                    _ => quiet = 0,
                }
            }
        }
        if started.elapsed() > deadline {
            break End::TimedOut;
        }
    };
    drop(child);
    let time = began..record::now();
    // The pipes end with the child and its group. A process that has left the group and holds them
    // is not waited for.
    let complaint = complaint.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    while let Ok(record) = receiver.recv_timeout(Duration::from_millis(100)) {
        records.push(record);
    }
    records.sort_by_key(|record| record.at);
    Ok(Seen { records, end, time, threads, complaint, pid })
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
        // One write for a line: the kernel keeps short ones whole. It fails when the parent is
        // gone, and so is this process in a moment.
        let _ = (&self.0).write_all(record.to_line().as_bytes());
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

//! What the lessons have their workers do: the variant [`Job::Act`].

use std::process::id;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::job::{Answer, Job};
use crate::scene::{self, Runs};
use crate::{Context, Task};

/// A task of a lesson: its number, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its number, which is how it is drawn and named.
    pub number: u64,
    /// What it does.
    pub doing: Doing,
}

/// What a task of a lesson does. Its answer's `text` is the task's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    /// Opens the line to the caller, on this port.
    Join(u16),
    /// Nothing.
    Nothing,
    /// Does what another job does.
    Job(Box<Job>),
    /// Waits so many milliseconds, as for a network.
    Wait(u64),
    /// Waits at the gate.
    Gate,
    /// Counts itself in the shared counter while it is at work: for 2 ms, or as long as it waits at
    /// the gate. Its value is the count.
    Counted {
        /// Whether it waits at the gate.
        gate: bool,
    },
    /// Adds its number, after 2 ms, to a total in a static. Its value is the total.
    Tally,
    /// Adds 1 to the shared counter, once or many times, in one of three ways.
    Add(How, Times),
    /// Uses a table, and makes it if it is missing. Its value is 1 if it was.
    LookUp,
    /// Makes the table.
    Prepare,
    /// Leaks a MiB. Its value is how many its worker has leaked.
    Leak,
    /// Takes a lock of the whole process, as a library does that is not made for threads, and waits
    /// at the gate with it.
    WithGlobalLock,
    /// Runs several, one after the other: a chunk that the caller has cut.
    Chunk(Vec<Act>),
}

/// How 1 is added to a number that all share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// By a read, and then a write.
    Bare,
    /// By the same two steps, under the lock.
    Locked,
    /// In one step.
    Atomic,
}

/// How often it is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Times {
    /// Once, with the gate between the read and the write.
    AtGate,
    /// So many times.
    Many(u64),
}

// Each process has its own of these.
static TOTAL: AtomicU64 = AtomicU64::new(0);
static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
static LEAKED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
static GLOBAL: Mutex<()> = Mutex::new(());

impl Act {
    /// Makes a task.
    pub fn task(number: u64, doing: Doing) -> Job {
        Job::Act(Self { number, doing })
    }

    /// Makes a task that does what a job does.
    pub fn job(number: u64, job: Job) -> Job {
        Self::task(number, Doing::Job(Box::new(job)))
    }

    /// Has the worker open its line to the caller.
    pub fn joins(port: u16) -> Self {
        Self { number: 0, doing: Doing::Join(port) }
    }

    /// Names it in errors.
    pub(crate) fn name(&self) -> String {
        format!("task {}", self.number)
    }

    /// Does it, in the worker.
    pub(crate) fn run(self, context: &Context) -> Answer {
        let name = self.name();
        let answer = |value| Answer { pid: id(), value, text: name };
        if let Doing::Join(port) = self.doing {
            scene::join(port);
            return answer(0);
        }
        let runs = Runs::task(self.number);
        answer(match self.doing {
            Doing::Join(_) | Doing::Nothing => 0,
            Doing::Job(job) => job.run(context).value,
            Doing::Wait(millis) => {
                thread::sleep(Duration::from_millis(millis));
                millis
            }
            Doing::Gate => {
                runs.pass_gate();
                0
            }
            Doing::Counted { gate: true } => counted(context, || runs.pass_gate()),
            Doing::Counted { gate: false } => {
                counted(context, || thread::sleep(Duration::from_millis(2)))
            }
            Doing::Tally => {
                thread::sleep(Duration::from_millis(2));
                // Relaxed: no other memory depends on it.
                TOTAL.fetch_add(self.number, Relaxed) + self.number
            }
            Doing::Add(how, Times::Many(times)) => {
                (0..times).map(|_| add(context, how, || {})).sum()
            }
            Doing::Add(how, Times::AtGate) => add(context, how, || runs.pass_gate()),
            Doing::LookUp => u64::from(prepare()),
            Doing::Prepare => {
                // Counts that it was made.
                context.counter().fetch_add(1, SeqCst);
                u64::from(prepare())
            }
            Doing::Leak => {
                let mut leaked = LEAKED.lock().unwrap_or_else(PoisonError::into_inner);
                leaked.push(vec![1; 1 << 20]);
                leaked.len() as u64
            }
            Doing::WithGlobalLock => {
                let _guard = GLOBAL.lock().unwrap_or_else(PoisonError::into_inner);
                runs.pass_gate();
                0
            }
            Doing::Chunk(acts) => acts.into_iter().map(|act| act.run(context).value).sum(),
        })
    }
}

/// Makes the table if this process has none; says whether it had to.
pub(crate) fn prepare() -> bool {
    let mut made = false;
    TABLE.get_or_init(|| {
        made = true;
        (0..1000).map(|number| number * number).collect()
    });
    made
}

/// The total in this process's own memory.
pub(crate) fn total_here() -> u64 {
    TOTAL.load(Relaxed)
}

/// Counts the task in the shared counter while it is at work; returns how many were when it began.
fn counted(context: &Context, work: impl FnOnce()) -> u64 {
    // SeqCst: what is claimed is claimed of all of them at once.
    let at_work = context.counter().fetch_add(1, SeqCst) + 1;
    work();
    context.counter().fetch_sub(1, SeqCst);
    at_work
}

/// Adds 1; returns 1. `window` runs between the read and the write, or before the one step.
pub(crate) fn add(context: &Context, how: How, window: impl Fn()) -> u64 {
    let counter = context.counter();
    let in_two_steps = || {
        // Relaxed: if a lock is there, it orders them; if not, no ordering would help.
        let before = counter.load(Relaxed);
        window();
        counter.store(before + 1, Relaxed);
    };
    match how {
        How::Bare => in_two_steps(),
        How::Locked => {
            let _guard = context.lock();
            in_two_steps();
        }
        How::Atomic => {
            window();
            counter.fetch_add(1, Relaxed);
        }
    }
    1
}

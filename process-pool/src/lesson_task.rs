//! The tasks of the lessons: one type, which names what a worker does.

use std::hint::{black_box, spin_loop};
use std::process::{abort, id};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::report::{self, Running};
use crate::{Context, Task};

/// A task of a lesson: its number, by which it is drawn and named, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonTask {
    /// The task's number.
    pub number: u64,
    /// What the task does.
    pub work: Work,
}

/// What a task of a lesson does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Connects the worker to the observer that listens on this port.
    Connect(u16),
    /// Returns the task's number, unobserved.
    Echo,
    /// Keeps a processor busy for this number of microseconds, unobserved; returns the task's number.
    Spin(u64),
    /// Returns the length of a text, unobserved.
    Length(String),
    /// Nothing.
    Nothing,
    /// Waits this number of milliseconds, as for a network.
    Wait(u64),
    /// Waits at the gate until the observer opens it.
    Gate,
    /// Counts the primes below a number.
    Primes(u64),
    /// Counts itself in the shared counter while it is at work: for 2 ms, or while it waits at the
    /// gate. Returns the count.
    Counted {
        /// Whether the task waits at the gate.
        gate: bool,
    },
    /// Adds the task's number, after 2 ms, to a total in a static. Returns the total.
    Tally,
    /// Adds 1 to the shared counter, once or many times, in one of three ways. Returns how often.
    Add(How, Times),
    /// Uses a table, and makes it if the process has none. Returns 1 if it had to make it.
    LookUp,
    /// Leaks a MiB. Returns how many MiB this worker's tasks have leaked.
    Leak,
    /// Acquires a lock of the whole process, as an interpreter's, and waits at the gate with it.
    WithGlobalLock,
    /// Runs several tasks one after the other: a chunk that the caller has cut.
    Chunk(Vec<LessonTask>),
    /// Counts 1 in the shared counter, and hangs.
    Hang,
    /// Panics.
    Panic(String),
    /// Aborts its process.
    Abort,
    /// Kills its process with SIGKILL, as the kernel does when memory runs out.
    Kill,
    /// Acquires the shared lock, and kills its process.
    KillWithLock,
}

/// A way to add 1 to the number that all workers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// A read, and then a write: not atomic.
    Bare,
    /// The same two steps, under the shared lock.
    Locked,
    /// One atomic operation.
    Atomic,
}

/// How often 1 is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Times {
    /// Once, with the gate between the read and the write.
    AtGate,
    /// This number of times.
    Many(u64),
}

/// The result of a lesson's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The PID of the worker that ran the task.
    pub pid: u32,
    /// The task's number.
    pub number: u64,
    /// The value that the task returned.
    pub value: u64,
}

// Each process has its own copy of these.
static TOTAL: AtomicU64 = AtomicU64::new(0);
static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
static LEAKED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
static GLOBAL: Mutex<()> = Mutex::new(());

impl LessonTask {
    /// Returns a task.
    pub fn new(number: u64, work: Work) -> Self {
        Self { number, work }
    }
}

impl Task for LessonTask {
    type Output = Answer;

    fn run(self, context: &Context) -> Answer {
        let value = self.work.run(self.number, context);
        Answer { pid: id(), number: self.number, value }
    }

    fn name(&self) -> String {
        format!("task {}", self.number)
    }
}

impl Work {
    fn run(self, number: u64, context: &Context) -> u64 {
        match self {
            Self::Connect(port) => report::connect(port),
            Self::Echo => {}
            Self::Spin(micros) => {
                let (begun, limit) = (Instant::now(), Duration::from_micros(micros));
                while begun.elapsed() < limit {
                    spin_loop();
                }
            }
            Self::Length(text) => return text.len() as u64,
            observed => return observed.run_observed(&Running::task(number), number, context),
        }
        number
    }

    fn run_observed(self, running: &Running, number: u64, context: &Context) -> u64 {
        let pass_gate = || running.pass_gate();
        match self {
            Self::Connect(_) | Self::Echo | Self::Spin(_) | Self::Length(_) | Self::Nothing => 0,
            Self::Wait(millis) => {
                thread::sleep(Duration::from_millis(millis));
                millis
            }
            Self::Gate => {
                pass_gate();
                0
            }
            Self::Primes(limit) => (2..limit).map(|number| u64::from(is_prime(number))).sum(),
            Self::Counted { gate: true } => counted(context, pass_gate),
            Self::Counted { gate: false } => counted(context, two_milliseconds),
            Self::Tally => {
                two_milliseconds();
                // Relaxed: no other memory depends on it.
                TOTAL.fetch_add(number, Relaxed) + number
            }
            Self::Add(how, Times::Many(times)) => {
                (0..times).map(|_| add(context, how, || {})).sum()
            }
            Self::Add(how, Times::AtGate) => add(context, how, pass_gate),
            Self::LookUp => u64::from(prepare()),
            Self::Leak => {
                let mut leaked = LEAKED.lock().unwrap_or_else(PoisonError::into_inner);
                leaked.push(black_box(vec![1; 1 << 20]));
                leaked.len() as u64
            }
            Self::WithGlobalLock => {
                let _guard = GLOBAL.lock().unwrap_or_else(PoisonError::into_inner);
                pass_gate();
                0
            }
            Self::Chunk(tasks) => tasks.into_iter().map(|task| task.run(context).value).sum(),
            Self::Hang => {
                context.counter().fetch_add(1, SeqCst);
                loop {
                    thread::park();
                }
            }
            Self::Panic(text) => panic!("{text}"),
            Self::Abort => abort(),
            Self::Kill => kill(),
            Self::KillWithLock => {
                let _guard = context.lock();
                kill()
            }
        }
    }
}

fn two_milliseconds() {
    thread::sleep(Duration::from_millis(2));
}

fn kill() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("SIGKILL cannot be caught or ignored")
}

fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    !divisors.any(|divisor| number.is_multiple_of(divisor))
}

/// Makes the table if this process has none; returns whether it had to.
pub(crate) fn prepare() -> bool {
    let mut made = false;
    TABLE.get_or_init(|| {
        made = true;
        (0..1000).map(|number| number * number).collect()
    });
    made
}

/// Returns the total in this process's own memory.
pub(crate) fn total_here() -> u64 {
    TOTAL.load(Relaxed)
}

/// Counts the task in the shared counter while it is at work; returns how many were when it began.
fn counted(context: &Context, work: impl FnOnce()) -> u64 {
    // SeqCst: the tasks' counts are compared with each other.
    let at_work = context.counter().fetch_add(1, SeqCst) + 1;
    work();
    context.counter().fetch_sub(1, SeqCst);
    at_work
}

/// Adds 1; returns 1. `window` runs between the read and the write, or before the atomic operation.
fn add(context: &Context, how: How, window: impl Fn()) -> u64 {
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

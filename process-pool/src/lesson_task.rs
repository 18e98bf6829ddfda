//! The tasks of the lessons: one type, which names what a worker does.

use std::hint::black_box;
use std::process::{abort, id};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use kit::real::lane::{lock, work};
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::report::{Running, connect, pass_gate};
use crate::{Context, Task};

/// A task of a lesson: its number, by which it is drawn and named, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonTask {
    /// The task's number.
    pub number: u64,
    /// What the task does.
    pub work: Work,
}

/// What a task of a lesson does. It returns its number where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Connects the worker to the observer that listens on this port.
    Connect(u16),
    /// Nothing, unobserved.
    Echo,
    /// Keeps a processor busy for this number of microseconds, unobserved.
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
    /// Adds 1 to the shared counter, this number of times, in one of three ways. Returns how often.
    Add {
        /// The way.
        how: How,
        /// How often.
        times: u64,
        /// Whether the task waits at the gate each time, between the read and the write.
        gate: bool,
    },
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
        let Self { number, work } = self;
        let unobserved =
            matches!(work, Work::Connect(_) | Work::Echo | Work::Spin(_) | Work::Length(_));
        let _running = (!unobserved).then(|| Running::task(number));
        Answer { pid: id(), number, value: work.run(number, context) }
    }

    fn name(&self) -> String {
        format!("task {}", self.number)
    }
}

impl Work {
    fn run(self, number: u64, context: &Context) -> u64 {
        match self {
            Self::Nothing | Self::Echo => {}
            Self::Connect(port) => connect(port),
            Self::Spin(micros) => work(Duration::from_micros(micros)),
            Self::Wait(millis) => thread::sleep(Duration::from_millis(millis)),
            Self::Gate => pass_gate(number),
            Self::WithGlobalLock => {
                let _guard = lock(&GLOBAL);
                pass_gate(number);
            }
            Self::Length(text) => return text.len() as u64,
            Self::Primes(limit) => {
                return (2..limit).map(|number| u64::from(is_prime(number))).sum();
            }
            Self::Counted { gate: true } => return counted(context, || pass_gate(number)),
            Self::Counted { gate: false } => return counted(context, two_milliseconds),
            Self::Tally => {
                two_milliseconds();
                // Relaxed: no other memory depends on it.
                return TOTAL.fetch_add(number, Relaxed) + number;
            }
            Self::Add { how, times, gate } => {
                let window = if gate { pass_gate } else { |_| () };
                (0..times).for_each(|_| add(context, how, || window(number)));
                return times;
            }
            Self::LookUp => return u64::from(prepare()),
            Self::Leak => {
                let mut leaked = lock(&LEAKED);
                leaked.push(black_box(vec![1; 1 << 20]));
                return leaked.len() as u64;
            }
            Self::Chunk(tasks) => {
                return tasks.into_iter().map(|task| task.run(context).value).sum();
            }
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
        number
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

/// Adds 1. `window` runs between the read and the write, or before the atomic operation.
fn add(context: &Context, how: How, window: impl Fn()) {
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
}

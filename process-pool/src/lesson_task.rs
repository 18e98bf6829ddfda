//! The tasks of the lessons: one type, which names what a worker does.

use std::process::{abort, id};
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use kit::real::lane::work;
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::report::{Running, connect, pass_gate};
use crate::shared_task::SharedTask;
use crate::static_task::StaticTask;
use crate::{Context, Task};

/// What a task of a lesson does. It returns its number where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Nothing.
    Nothing,
    /// Waits this number of milliseconds, as for a network.
    Wait(u64),
    /// Waits at the gate until the observer opens it.
    Gate,
    /// Keeps a processor busy for this number of microseconds.
    Spin(u64),
    /// Returns the number of primes below a limit.
    Primes(u64),
    /// Returns the length of a text.
    Length(String),
    /// Uses what all workers share, the counter and the lock.
    Shared(SharedTask),
    /// Uses a static, of which each worker has its own copy.
    Static(StaticTask),
    /// Runs several tasks one after the other: a chunk that the caller has cut.
    Chunk(Vec<LessonTask>),
    /// Counts 1 in the shared counter, and hangs.
    Hang,
    /// Panics.
    Panic(String),
    /// Aborts its process.
    Abort,
    /// Kills its process with SIGKILL, as the kernel does when memory runs out.
    Kill {
        /// Whether it acquires the shared lock before.
        with_lock: bool,
    },
    /// Connects the worker to the observer that listens on this port.
    Connect(u16),
}

/// A task of a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonTask {
    /// The task's number, by which it is drawn and named; 0 is not drawn.
    pub number: u64,
    /// What the task does.
    pub work: Work,
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
        let _running = (number > 0).then(|| Running::task(number));
        Answer { pid: id(), number, value: work.run(number, context) }
    }

    fn name(&self) -> String {
        format!("task {}", self.number)
    }
}

impl Work {
    fn run(self, number: u64, context: &Context) -> u64 {
        match self {
            Self::Nothing => {}
            Self::Wait(millis) => thread::sleep(Duration::from_millis(millis)),
            Self::Gate => pass_gate(number),
            Self::Spin(micros) => work(Duration::from_micros(micros)),
            Self::Primes(limit) => return (2..limit).filter(is_prime).count() as u64,
            Self::Length(text) => return text.len() as u64,
            Self::Shared(task) => return task.run(number, context),
            Self::Static(task) => return task.run(number),
            Self::Chunk(tasks) => return tasks.into_iter().map(|it| it.run(context).value).sum(),
            Self::Hang => {
                context.counter().fetch_add(1, SeqCst);
                loop {
                    thread::park();
                }
            }
            Self::Panic(text) => panic!("{text}"),
            Self::Abort => abort(),
            Self::Kill { with_lock } => {
                let _guard = with_lock.then(|| context.lock());
                let _ = kill_process(getpid(), Signal::KILL);
                unreachable!("SIGKILL cannot be caught or ignored")
            }
            Self::Connect(port) => connect(port),
        }
        number
    }
}

fn is_prime(number: &u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= *number);
    !divisors.any(|divisor| number.is_multiple_of(divisor))
}

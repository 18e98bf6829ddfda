//! The tasks of the lessons, all of one type: what a pool of this topic's binary can be asked.

mod fork;

use std::fs::File;
use std::hint::{black_box, spin_loop};
use std::process::{abort, exit};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::act::{self, Act, How};
use crate::{Context, Task};

/// A task: which one, and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Counts the primes below a number: work for a processor, and no wait.
    PrimesBelow(u64),
    /// Returns the number, and does nothing.
    Echo(u64),
    /// Returns how long a text is.
    Length(String),
    /// Returns a text of this length.
    Text(usize),
    /// Returns the number when so many microseconds are over, in which it keeps a processor busy.
    Spin(u64, u64),
    /// Adds 1 to the shared counter so many times, under the lock, by reading and then writing it.
    Add(u64),
    /// Takes the lock that it has.
    LockTwice,
    /// Panics.
    Panic(String),
    /// Never ends.
    Hang,
    /// Ends the worker in the middle of the task.
    Die(Death),
    /// Adds 1 to the shared counter, and ends the worker as long as the counter was less than this;
    /// returns the number after that.
    DieAtFirst(Death, u64),
    /// Cannot be written.
    Unwritable(#[serde(serialize_with = "refuses")] ()),
    /// Can be written, and not be read.
    Unreadable(#[serde(deserialize_with = "reads_nothing")] ()),
    /// Has a result that cannot be written.
    NoResult,
    /// Has a result that ends the worker when it is written.
    DeadlyResult,
    /// Leaves the worker no descriptor, and returns a text of this length.
    NoDescriptor(usize),
    /// Is written, on its way to a worker, only when [`LEAVE`] is not locked.
    Late(#[serde(serialize_with = "waits_for_leave")] ()),
    /// Forks a process that stays, and returns its PID.
    Fork,
    /// As `Fork`, of a process in a group of its own, which is not killed with the worker.
    ForkAway,
    /// Does what a lesson needs.
    Act(Act),
}

/// Holds up each [`Job::Late`] for as long as it is locked: a window that is narrow otherwise, held
/// open.
pub static LEAVE: Mutex<()> = Mutex::new(());

/// How a worker dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Death {
    /// It ends, with this exit code.
    Exit(i32),
    /// It aborts, as when an assertion fails in C.
    Abort,
    /// It is killed, as the kernel does when memory runs out.
    Kill,
    /// It calls itself without end.
    Overflow,
    /// It takes memory until the system, which was told not to give it so much, gives it no more.
    OutOfMemory,
    /// It is killed with the lock in its hands.
    KillWithLock,
    /// It does not die at all, and does nothing else.
    Hang,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The process that ran it, by its own account.
    pub pid: u32,
    /// The number that was asked for.
    pub value: u64,
    /// The text that was asked for.
    #[serde(serialize_with = "refuses_some")]
    pub text: String,
}

impl Task for Job {
    type Output = Answer;

    fn run(self, context: &Context) -> Answer {
        if let Self::Act(act) = self {
            return act.run(context);
        }
        let mut text = String::new();
        let value = match self {
            Self::PrimesBelow(limit) => (2..limit).map(|number| u64::from(is_prime(number))).sum(),
            Self::Echo(number) => number,
            Self::Length(text) => text.len() as u64,
            Self::Text(length) => {
                text = "x".repeat(length);
                0
            }
            Self::Spin(micros, number) => {
                let (begun, limit) = (Instant::now(), Duration::from_micros(micros));
                while begun.elapsed() < limit {
                    spin_loop();
                }
                number
            }
            Self::Add(times) => (0..times).map(|_| act::add(context, How::Locked, || {})).sum(),
            Self::LockTwice => {
                let (_first, _second) = (context.lock(), context.lock());
                2
            }
            Self::Panic(text) => panic!("{text}"),
            Self::Hang => hang(),
            Self::Fork => fork::fork(false),
            Self::ForkAway => fork::fork(true),
            Self::Die(death) => die(death, context),
            Self::DieAtFirst(death, times) => {
                if context.counter().fetch_add(1, Relaxed) < times {
                    die(death, context);
                }
                times
            }
            Self::Unwritable(()) | Self::Unreadable(()) | Self::Late(()) | Self::Act(_) => 0,
            Self::NoResult => {
                text.push('\0');
                0
            }
            Self::DeadlyResult => {
                text.push('\x01');
                0
            }
            Self::NoDescriptor(length) => {
                text = "x".repeat(length);
                std::iter::from_fn(|| File::open("/dev/null").map(std::mem::forget).ok()).count()
                    as u64
            }
        };
        Answer { pid: std::process::id(), value, text }
    }

    fn name(&self) -> String {
        match self {
            Self::PrimesBelow(limit) => format!("primes < {limit}"),
            Self::Act(act) => act.name(),
            Self::Length(text) => format!("length of {} bytes", text.len()),
            other => format!("{other:?}"),
        }
    }
}

fn die(death: Death, context: &Context) -> ! {
    match death {
        Death::Exit(code) => exit(code),
        Death::Abort => abort(),
        Death::Overflow => {
            overflow(0);
            unreachable!("a stack has an end")
        }
        Death::OutOfMemory => take_all_memory(),
        Death::Kill => kill(),
        Death::KillWithLock => {
            let _guard = context.lock();
            kill()
        }
        Death::Hang => hang(),
    }
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}

fn kill() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("nobody survives that")
}

fn take_all_memory() -> ! {
    let most = Some(1 << 30);
    // Where it cannot be set, there is an end as well, but a distant one.
    let _ = setrlimit(Resource::As, Rlimit { current: most, maximum: most });
    loop {
        black_box(Vec::leak(vec![1_u8; 1 << 26]));
    }
}

#[expect(unconditional_recursion, reason = "it is what is shown")]
fn overflow(depth: u64) -> u64 {
    black_box(overflow(black_box(depth + 1)) + 1)
}

fn is_prime(number: u64) -> bool {
    !(2..)
        .take_while(|divisor| divisor * divisor <= number)
        .any(|divisor| number.is_multiple_of(divisor))
}

fn refuses<S: Serializer>((): &(), _: S) -> Result<S::Ok, S::Error> {
    Err(ser::Error::custom("it refuses"))
}

fn waits_for_leave<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    drop(LEAVE.lock().unwrap_or_else(PoisonError::into_inner));
    serializer.serialize_unit()
}

fn reads_nothing<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(de::Error::custom("it refuses"))
}

fn refuses_some<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        "\0" => Err(ser::Error::custom("it refuses")),
        "\x01" => kill(),
        text => serializer.serialize_str(text),
    }
}

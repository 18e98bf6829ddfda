//! The tasks of the tests: what a caller's own types may do to a pool.
#![expect(unsafe_code, reason = "a task closes descriptors that are not its own")]

use std::fs::File;
use std::hint::{black_box, spin_loop};
use std::process::{abort, exit, id};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use process_pool::{Context, Task};
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::asker::Asker;
use super::fork::{descriptors, fork};

/// A task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Returns the number.
    Echo(u64),
    /// Returns the length of a text.
    Length(String),
    /// Returns a text of this length.
    Text(usize),
    /// Keeps a processor busy for this number of microseconds; returns the second number.
    Spin(u64, u64),
    /// Adds 1 to the shared counter this number of times, under the lock; returns the number.
    Add(u64),
    /// Stores its PID in the shared counter, and waits for the lock.
    Holds,
    /// Acquires the lock that it has.
    LockTwice,
    Panic(String),
    /// Catches a panic, and unwinds with this text, of which no panic hook is told.
    Unwinds(String),
    Hang,
    /// Ends the worker.
    Die(Death),
    /// Adds 1 to the shared counter, and ends the worker while the counter was less than this;
    /// returns the number after that.
    DieAtFirst(Death, u64),
    /// Ends the worker if the shared counter is not 0, and takes 1 from it.
    ExitsWhileCounted,
    /// Cannot be written.
    Unwritable(#[serde(serialize_with = "refuses")] ()),
    /// Can be written, and not be read.
    Unreadable(#[serde(deserialize_with = "reads_nothing")] ()),
    /// Is written only when [`LEAVE`] is not locked.
    Late(#[serde(serialize_with = "waits_for_leave")] ()),
    /// Is counted in [`WRITTEN`] whenever it is sent.
    Counted(#[serde(serialize_with = "counts")] ()),
    /// Has this for the text of its result.
    Returns(Odd),
    /// Waits for the lock, and has a result that panics when the pool's process drops it.
    Bomb,
    /// Has an argument that panics when the pool's process drops it.
    Carries(Bomb),
    /// Kills the worker; its name and its drop use the pool.
    Asks(Asker),
    /// Panics; and so does its name.
    Nameless,
    /// Leaves the worker no descriptor, and returns a text of this length.
    NoDescriptor(usize),
    /// Returns what descriptors its worker has.
    Descriptors,
    /// Closes all of its worker's descriptors, and returns; or does not.
    Closes {
        returns: bool,
    },
    /// Forks a process that stays, in a group of its own if `away`; returns its PID.
    Fork {
        away: bool,
    },
}

/// A way for a worker to die.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Death {
    Exit(i32),
    Abort,
    Kill,
    /// It calls itself without end.
    Overflow,
    /// It takes memory until the system, which was told not to give it so much, gives it no more.
    OutOfMemory,
    KillWithLock,
    /// It does not die at all, and does nothing else.
    Hang,
}

/// A result that is not like others.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Odd {
    /// It cannot be written.
    Unwritable,
    /// It can be written, and not be read.
    Unreadable,
    /// It kills the worker when it is written.
    Deadly,
}

/// The result of a task.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) pid: u32,
    pub(crate) value: u64,
    pub(crate) text: String,
    #[serde(serialize_with = "writes_odd", deserialize_with = "reads_odd")]
    odd: Option<Odd>,
    bomb: Option<Bomb>,
}

/// What panics when the pool's process drops it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bomb;

/// What a panic says that is part of a test.
pub(crate) const MEANT: &str = "this panic is part of a test";

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(is_worker() || std::thread::panicking(), "{MEANT}");
    }
}

/// Returns whether a pool has started this process.
pub(crate) fn is_worker() -> bool {
    std::env::args().nth(1).is_some_and(|role| role == "process-pool-worker")
}

/// Holds up each [`Job::Late`] while it is locked: a window that is narrow otherwise, held open.
pub(crate) static LEAVE: Mutex<()> = Mutex::new(());

/// How often a [`Job::Counted`] was sent.
pub(crate) static WRITTEN: AtomicUsize = AtomicUsize::new(0);

impl Task for Job {
    type Output = Answer;

    fn run(self, context: &Context) -> Answer {
        let mut answer = Answer { pid: id(), value: 0, text: String::new(), odd: None, bomb: None };
        match self {
            Self::Echo(number) => answer.value = number,
            Self::Length(text) => answer.value = text.len() as u64,
            Self::Text(length) => answer.text = "x".repeat(length),
            Self::Spin(micros, number) => {
                let (begun, limit) = (Instant::now(), Duration::from_micros(micros));
                while begun.elapsed() < limit {
                    spin_loop();
                }
                answer.value = number;
            }
            Self::Add(times) => {
                for _ in 0..times {
                    let _guard = context.lock();
                    let before = context.counter().load(SeqCst);
                    context.counter().store(before + 1, SeqCst);
                }
                answer.value = times;
            }
            Self::Holds => {
                context.counter().store(id().into(), SeqCst);
                drop(context.lock());
            }
            Self::LockTwice => drop((context.lock(), context.lock())),
            Self::Panic(text) => panic!("{text}"),
            Self::Unwinds(text) => std::panic::catch_unwind(|| panic!("it is caught"))
                .unwrap_or_else(|_| std::panic::resume_unwind(Box::new(text))),
            Self::Hang => hang(),
            Self::Die(death) => die(death, context),
            Self::DieAtFirst(death, times) => {
                if context.counter().fetch_add(1, SeqCst) < times {
                    die(death, context);
                }
                answer.value = times;
            }
            Self::ExitsWhileCounted => {
                let counted = |times: u64| times.checked_sub(1);
                if context.counter().fetch_update(SeqCst, SeqCst, counted).is_ok() {
                    exit(1);
                }
            }
            Self::Unwritable(()) | Self::Unreadable(()) | Self::Late(()) | Self::Counted(()) => {}
            Self::Returns(odd) => answer.odd = Some(odd),
            Self::Bomb => {
                drop(context.lock());
                answer.bomb = Some(Bomb);
            }
            Self::Carries(bomb) => drop(bomb),
            Self::Asks(_) => kill(),
            Self::Nameless => panic!("no luck and no name"),
            Self::NoDescriptor(length) => {
                answer.text = "x".repeat(length);
                let open = || File::open("/dev/null").map(std::mem::forget).ok();
                answer.value = std::iter::from_fn(open).count() as u64;
            }
            Self::Descriptors => answer.text = descriptors(),
            Self::Closes { returns } => {
                for descriptor in 3..1000 {
                    // SAFETY: close takes a number. No descriptor is used as what it was from here
                    // on but by the pool's own code, which finds it closed: nothing else is opened
                    // in this process, so no number comes to mean another file.
                    unsafe { libc::close(descriptor) };
                }
                if !returns {
                    hang();
                }
            }
            Self::Fork { away } => answer.value = fork(away),
        }
        answer
    }

    fn name(&self) -> String {
        assert!(!matches!(self, Self::Nameless), "{MEANT}");
        format!("{self:?}")
    }
}

fn die(death: Death, context: &Context) -> ! {
    match death {
        Death::Exit(code) => exit(code),
        Death::Abort => abort(),
        Death::Overflow => unreachable!("a stack has an end, and not at {}", overflow(0)),
        Death::OutOfMemory => {
            let most = Some(1 << 28);
            // Where it cannot be set, there is an end as well, but a distant one.
            let _ = setrlimit(Resource::As, Rlimit { current: most, maximum: most });
            loop {
                black_box(Vec::leak(vec![1_u8; 1 << 26]));
            }
        }
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
        std::thread::park();
    }
}

fn kill() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    unreachable!("SIGKILL cannot be ignored")
}

#[expect(unconditional_recursion, reason = "it is what is shown")]
fn overflow(depth: u64) -> u64 {
    black_box(overflow(black_box(depth + 1)) + 1)
}

fn refuses<S: Serializer>((): &(), _: S) -> Result<S::Ok, S::Error> {
    Err(ser::Error::custom("it refuses"))
}

fn reads_nothing<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(de::Error::custom("it refuses"))
}

fn waits_for_leave<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    drop(LEAVE.lock().unwrap_or_else(PoisonError::into_inner));
    serializer.serialize_unit()
}

fn counts<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    WRITTEN.fetch_add(1, SeqCst);
    serializer.serialize_unit()
}

fn writes_odd<S: Serializer>(odd: &Option<Odd>, serializer: S) -> Result<S::Ok, S::Error> {
    match odd {
        Some(Odd::Unwritable) => Err(ser::Error::custom("it refuses")),
        Some(Odd::Deadly) => kill(),
        Some(Odd::Unreadable) | None => odd.serialize(serializer),
    }
}

fn reads_odd<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Odd>, D::Error> {
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Odd::Unreadable | Odd::Unwritable | Odd::Deadly) => {
            Err(de::Error::custom("it refuses"))
        }
    }
}

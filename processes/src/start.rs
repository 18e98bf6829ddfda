//! The three start methods: how a child comes by its memory.
//!
//! Each of [`Fork`], [`Spawn`] and [`ForkServer`] is one file with the same two functions. What
//! differs is what a child finds in its memory: everything that its parent had, nothing, or what a
//! template had. To see it, each process has a list; a child is also handed one, finds its own, and
//! appends to both.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::spawn_and_wait::Ended;

mod fork;
mod fork_server;
mod spawn;
mod stopwatch;
mod template;
mod views;
mod wire;

pub use fork::{Fork, Forked, forked};
pub(crate) use fork::{fork_and, leave};
pub use fork_server::{ForkServer, MOST};
pub(crate) use spawn::job;
pub use spawn::{Spawn, in_an_argument, over_a_pipe};
pub(crate) use stopwatch::answer as answer_the_stopwatch;
pub use stopwatch::{Method, Stopwatch};
pub(crate) use template::template;
pub use views::{Seen, Views, lines_written, views};
pub(crate) use views::{Told, say, starter, told};

/// A way to start children, and to wait for them. A value that is dropped kills and reaps the
/// children that it has started.
pub trait StartMethod {
    /// Starts a child that does the job, and returns its process number. Its standard input is at
    /// its end.
    ///
    /// # Errors
    /// It cannot be started.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32>;

    /// Waits for a child's end.
    ///
    /// # Errors
    /// It is no child that this has started and not yet waited for; or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it has not ended in time.
    ///
    /// # Blocking
    /// Until the child has ended, which it has after its [deadline](crate::child::DEADLINE), or
    /// until the start method's own timeout: a child that is stopped does not notice its deadline.
    fn wait(&mut self, child: u32) -> io::Result<Ended>;
}

/// What becomes the child's standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub struct Streams<'a> {
    /// The output.
    pub out: BorrowedFd<'a>,
    /// The error.
    pub err: BorrowedFd<'a>,
}

impl Streams<'_> {
    /// Lets the child write where this process writes.
    pub fn own() -> Self {
        Self { out: rustix::stdio::stdout(), err: rustix::stdio::stderr() }
    }
}

/// The work that a child is started for: its function and the arguments in one, and nothing in it
/// that would mean nothing in another process. The compiler refuses to hand over a closure:
///
/// ```compile_fail,E0277
/// let job = || 1 + 1;
/// serde_json::to_string(&job)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// It does not refuse a lock. serde serializes a `Mutex` or an `RwLock` as the value in it; what
/// arrives is a copy, and a lock that excludes nobody but the threads of the child:
///
/// ```
/// use std::sync::Mutex;
///
/// let lock = Mutex::new(0);
/// let text = serde_json::to_string(&lock)?;
/// let _held = lock.lock();
/// let copy: Mutex<u32> = serde_json::from_str(&text)?;
/// assert!(copy.try_lock().is_ok(), "the other lock is held");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Appends 5 to the list that the child finds in its memory, and to the one that it is handed,
    /// and says what it has seen.
    Append {
        /// The list that it is handed.
        handed: Vec<u32>,
    },
    /// Takes [`LOCK`] and lets it go.
    TakeTheLock,
    /// Ends with this code.
    Exit(i32),
    /// Ends by signal 9, from its own hand.
    Kill,
    /// Panics.
    Panic,
    /// Waits for longer than it may: it is ended.
    Wait,
}

/// This process's list, as a static: an address that is the same in every process of this program,
/// and a value of its own in each.
static LIST: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A lock of this process.
pub static LOCK: Mutex<()> = Mutex::new(());

/// Puts numbers at the end of this process's list, and returns all of it.
pub(crate) fn append(numbers: &[u32]) -> Vec<u32> {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    list.extend_from_slice(numbers);
    list.clone()
}

impl Job {
    /// Does the job; returns the code to end with.
    pub(crate) fn run(self) -> io::Result<i32> {
        match self {
            Self::Append { mut handed } => {
                let found = append(&[]);
                handed.push(5);
                let (process, parent) = (std::process::id(), std::os::unix::process::parent_id());
                say(&Told::Child(Seen { process, parent, found, list: append(&[5]), handed }))?;
            }
            Self::TakeTheLock => drop(LOCK.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::Exit(code) => return Ok(code),
            Self::Kill => kill_process(getpid(), Signal::KILL)?,
            Self::Panic => panic!("as it was told to"),
            Self::Wait => loop {
                std::thread::park();
            },
        }
        Ok(0)
    }
}

//! The three start methods: where a child gets its memory from.
//!
//! Each of [`Fork`], [`Spawn`] and [`ForkServer`] is one file with the same two functions. They
//! differ in what a child finds in its memory: everything that its parent had, nothing, or what a
//! zygote had loaded. To show it, each process has a list; a child is also handed one, and appends
//! to both.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

use kit::child::Entry;
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::messages::print_json;

mod bare;
mod child_view;
mod clone_parent;
mod fork;
mod fork_server;
mod leave;
mod protocol;
mod spawn;
mod stopwatch;
mod zygote;

pub use child_view::{ChildView, ParentView, views};
pub use clone_parent::{check_forks_for_parent, forked_for_parent};
pub use fork::{Fork, Forked, forked};
pub(crate) use fork::{bound_lifetime, exit_at_once, fork_alone, fork_and};
pub use fork_server::ForkServer;
pub use leave::{Leaves, lines_written};
pub use spawn::{Spawn, in_an_argument, over_a_pipe};
pub use stopwatch::{Method, Stopwatch};

/// The children of these lessons. A program that uses [`Spawn`], [`ForkServer`] or
/// [`Stopwatch::ours`] with itself as the child lists them as its [entries](kit::child::enter).
///
/// Those that fork are started for it: a process that forks has to have one thread, and a lesson's
/// process has several.
pub const CHILDREN: &[Entry] =
    &[child_view::PARENT, leave::LEAVE, spawn::JOB, stopwatch::STOPWATCH, zygote::ZYGOTE];

/// A way to start children, and to wait for them. A value that is dropped kills and reaps the
/// children that it has started.
pub trait StartMethod {
    /// Starts a child that does the job, and returns its PID. Its standard input is at its end.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32>;

    /// Waits for a child's end.
    ///
    /// # Errors
    /// It is no child that this value has started and not yet waited for; or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it has not ended in time.
    ///
    /// # Blocking
    /// Until the child has ended, which it has after its [deadline](kit::child::DEADLINE), or until
    /// the start method's own timeout: a child that is stopped (SIGSTOP) does not end at its
    /// deadline.
    fn wait(&mut self, child: u32) -> io::Result<Exit>;
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
    /// Returns the streams of this process: the child writes where this process writes.
    pub fn own() -> Self {
        Self { out: rustix::stdio::stdout(), err: rustix::stdio::stderr() }
    }
}

/// The work that a child is started for: its function and the arguments in one, without anything
/// that means nothing in another process. The compiler refuses to hand over a closure:
///
/// ```compile_fail,E0277
/// let job = || 1 + 1;
/// serde_json::to_string(&job)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// It does not refuse a lock. serde serializes a `Mutex` or an `RwLock` as the value in it; what
/// arrives is a copy, and a lock that excludes only the threads of the child:
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
    /// Appends 5 to the list that the child finds in its memory and to the one that it is handed,
    /// and writes both.
    Append {
        /// The list that it is handed.
        handed: Vec<u32>,
    },
    /// Acquires [`LOCK`] and releases it.
    AcquireTheLock,
    /// Exits with this code.
    Exit(i32),
    /// Sends itself SIGKILL.
    Kill,
    /// Panics.
    Panic,
    /// Waits until it is ended.
    Wait,
}

/// This process's list. A static has the same address in every process of this program, and in
/// each a value of its own.
static LIST: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A lock of this process.
pub static LOCK: Mutex<()> = Mutex::new(());

/// Appends numbers to this process's list, and returns the whole list.
pub(crate) fn append(numbers: &[u32]) -> Vec<u32> {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    list.extend_from_slice(numbers);
    list.clone()
}

impl Job {
    /// Does the job; returns the code to exit with.
    pub(crate) fn run(self) -> io::Result<i32> {
        match self {
            Self::Append { mut handed } => {
                let found = append(&[]);
                handed.push(5);
                let (pid, parent) = (std::process::id(), std::os::unix::process::parent_id());
                let view = ChildView { pid, parent, found, list: append(&[5]), handed };
                print_json(&child_view::Message::Child(view))?;
            }
            Self::AcquireTheLock => drop(LOCK.lock().unwrap_or_else(PoisonError::into_inner)),
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

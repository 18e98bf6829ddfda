//! The same on processes and on threads: where processes win, and where they lose.
//!
//! They win where a task may crash, for it takes a worker with it, and not the caller; and where
//! each task takes a lock of the whole process (an interpreter's, or that of a library that is not
//! made for threads), for each process has its own. They lose where a task is small, or its
//! arguments are large, for each task is a message, which has to be written, sent and read.

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::act::{Act, Doing};
use crate::job::{Death, Job};
use crate::scene::Scene;
use crate::{Builder, Error, role};

mod cost;

pub use cost::{Cost, Rivals};

/// How many tasks there are, one of which aborts.
pub const TASKS: u64 = 10;

/// Runs ten tasks on threads of a child process, the fourth of which aborts; returns the signal
/// that ended the child, and the answers that it had written.
///
/// # Errors
/// It cannot be started.
pub fn abort_on_a_thread(program: &Path) -> io::Result<(Option<i32>, usize)> {
    let ended = role::ended(program, "threads")?;
    Ok((ended.status.signal(), String::from_utf8_lossy(&ended.stdout).lines().count()))
}

/// The child: the answers are written when all are there, as a program does.
pub(crate) fn on_threads() -> io::Result<()> {
    let threads: Vec<_> = (1..=TASKS)
        .map(|number| {
            thread::spawn(move || {
                if number == 4 {
                    std::process::abort();
                }
                number
            })
        })
        .collect();
    let answers: Vec<_> = threads.into_iter().map(thread::JoinHandle::join).collect();
    answers.into_iter().try_for_each(|answer| writeln!(io::stdout(), "{answer:?}"))
}

/// Runs ten tasks on two processes, the fourth of which aborts; returns how many have an answer,
/// and what is said of that one.
///
/// # Errors
/// What the pool says.
pub fn abort_in_a_process(program: &Path) -> Result<(usize, Option<String>), Error> {
    let pool = Builder::new().workers(2).program(program).chunk(1).build()?;
    let task = |number| if number == 4 { Job::Die(Death::Abort) } else { Job::Echo(number) };
    let mut outcomes = pool.map((1..=TASKS).map(task));
    let said = outcomes.remove(3).err().map(|error| error.to_string());
    Ok((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), said))
}

/// Has two threads take a lock of the whole process, and stay until the other has been seen to want
/// it; returns how many had it at once.
pub fn lock_on_threads() -> usize {
    static GLOBAL: Mutex<()> = Mutex::new(());
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wanting = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                wanting.fetch_add(1, SeqCst);
                let _guard = GLOBAL.lock().unwrap_or_else(PoisonError::into_inner);
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                while wanting.load(SeqCst) < 2 {
                    thread::yield_now();
                }
                inside.fetch_sub(1, SeqCst);
            });
        }
    });
    most.into_inner()
}

/// Has two workers take the same lock, each that of its process, and stay at the gate with it;
/// returns how many had it at once.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn lock_in_processes(program: &Path) -> Result<usize, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    let handles = pool.submit_all([1, 2].map(|number| Act::task(number, Doing::WithGlobalLock)));
    // Both are at the gate before it is opened for either.
    let at_gate = scene.until_at_gate(2)?;
    at_gate.iter().for_each(|(pid, _)| scene.open(*pid));
    for handle in handles {
        handle.wait()?;
    }
    Ok(at_gate.len())
}

//! The same on processes and on threads: where processes win, and where they lose.
//!
//! They win where a task may crash, for it takes a worker with it, and not the caller; and where
//! each task acquires a lock of the whole process (an interpreter's, or that of a library that is
//! not thread-safe), for each process has its own. They lose where a task is small, or its arguments
//! large, for each task is a message, which has to be written, sent and read.

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use kit::child::Entry;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::Observer;
use crate::static_task::StaticTask;
use crate::{Builder, Error, Handle};

mod cost;

pub use cost::{Cost, Rivals};

/// The number of tasks, one of which aborts.
pub const TASKS: u64 = 10;

/// A child that runs ten tasks on threads, of which the fourth aborts. It writes the answers when
/// all are there.
pub const THREADS: Entry = Entry { name: "threads", run: on_threads };

fn on_threads(_: &[String]) -> io::Result<()> {
    let task = |number| if number == 4 { std::process::abort() } else { number };
    let threads: Vec<_> = (1..=TASKS).map(|number| thread::spawn(move || task(number))).collect();
    let answers: Vec<_> = threads.into_iter().map(thread::JoinHandle::join).collect();
    answers.into_iter().try_for_each(|answer| writeln!(io::stdout(), "{answer:?}"))
}

/// Runs ten tasks on threads of a child process, the fourth of which aborts; returns the signal
/// that ended the child, and the number of answers that it had written.
pub fn abort_on_a_thread(program: &Path) -> io::Result<(Option<i32>, usize)> {
    let ended = kit::child::output(&mut THREADS.command(program), Duration::from_secs(20))?;
    Ok((ended.status.signal(), String::from_utf8_lossy(&ended.stdout).lines().count()))
}

/// Runs ten tasks on two processes, the fourth of which aborts; returns how many have an answer,
/// and the error of that one.
pub fn abort_in_a_process(program: &Path) -> Result<(usize, Option<String>), Error> {
    let pool = Builder::new().workers(2).program(program).chunk(1).build()?;
    let work = |number| if number == 4 { Work::Abort } else { Work::Nothing };
    let mut outcomes = pool.map((1..=TASKS).map(|number| LessonTask::new(number, work(number))));
    let error = outcomes.remove(3).err().map(|error| error.to_string());
    Ok((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), error))
}

/// Has two threads acquire a lock of the whole process, each of which stays in its critical section
/// until the other has tried to enter; returns how many were inside at once.
pub fn lock_on_threads() -> usize {
    static GLOBAL: Mutex<()> = Mutex::new(());
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let tried = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                tried.fetch_add(1, SeqCst);
                let _guard = GLOBAL.lock().unwrap_or_else(PoisonError::into_inner);
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                while tried.load(SeqCst) < 2 {
                    thread::yield_now();
                }
                inside.fetch_sub(1, SeqCst);
            });
        }
    });
    most.into_inner()
}

/// Has two workers acquire the same lock, each that of its process, and stay at the gate with it;
/// returns how many were inside at once.
pub fn lock_in_processes(observer: &Observer) -> Result<usize, Error> {
    let pool = observer.full_pool(2, Builder::new())?;
    let task = |number| LessonTask::new(number, Work::Static(StaticTask::WithGlobalLock));
    let handles = pool.submit_all([1, 2].map(task));
    // Both are at the gate before it is opened for either.
    let at_gate = observer.wait_at_gate(2)?;
    observer.open_gates(&at_gate);
    handles.into_iter().map(Handle::wait).collect::<Result<Vec<_>, _>>()?;
    Ok(at_gate.len())
}

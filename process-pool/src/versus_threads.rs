//! The same on processes and on threads: where processes win, and where they lose.
//!
//! They win where a task may bring down whoever runs it, for it brings down a worker and not the caller; and where each task takes a lock of the
//! whole process (an interpreter's, a library's that is no good with threads), for each process has its own. They lose where a task is small, or its
//! arguments are large: both have to be written, sent and read.

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::act::{Act, Doing};
use crate::job::{Death, Job};
use crate::scene::Scene;
use crate::{Builder, Error, Handle, role};

/// How many tasks there are, one of which aborts.
pub const TASKS: u64 = 10;

/// Runs ten tasks on threads of a child process, the fourth of which aborts; returns the signal that ended the child, and the answers that
/// it had written.
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

/// Runs ten tasks on two processes, the fourth of which aborts; returns how many have an answer, and what is said of that one.
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

/// Has two threads take a lock of the whole process, and stay until the other has been seen to want it; returns how many had it at once.
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

/// Has two workers take the same lock, each that of its process, and stay at the gate with it; returns how many had it at once.
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

/// What a task costs, by the kind of task: on two threads, and on two processes.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// On threads.
    pub threads: Duration,
    /// In processes.
    pub processes: Duration,
}

/// The two of them, ready.
#[derive(Debug)]
pub struct Rivals {
    processes: crate::Pool<Job>,
    threads: Vec<thread::JoinHandle<()>>,
    tasks: Option<Sender<Thunk>>,
}

type Thunk = Box<dyn FnOnce() + Send>;

impl Rivals {
    /// Starts two threads and two processes.
    ///
    /// # Errors
    /// What the pool says.
    pub fn new(program: &Path) -> Result<Self, Error> {
        let processes = Builder::new().workers(2).program(program).build()?;
        let (tasks, queue) = channel::<Thunk>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..2).map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                loop {
                    // The lock is given back before the task is run.
                    let Ok(task) = queue.lock().unwrap_or_else(PoisonError::into_inner).recv() else {
                        return;
                    };
                    task();
                }
            })
        });
        let threads = threads.collect();
        let rivals = Self { processes, threads, tasks: Some(tasks) };
        // Both processes are there.
        rivals.processes.map((0..100).map(Job::Echo)).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(rivals)
    }

    /// Asks each for an empty task so many times, and waits for each answer before the next.
    ///
    /// # Errors
    /// What a handle says.
    pub fn one_by_one(&self, times: u32) -> Result<Cost, Error> {
        let threads = timed(times, || {
            for number in 0..times {
                let (told, hears) = channel();
                self.on_a_thread(move || {
                    let _ = told.send(number);
                });
                answered(hears.recv() == Ok(number))?;
            }
            Ok(())
        })?;
        let processes = timed(times, || {
            (0..times).map(u64::from).try_for_each(|number| {
                self.processes.submit(Job::Echo(number)).wait().and_then(|is| answered(is.value == number))
            })
        })?;
        Ok(Cost { threads, processes })
    }

    /// Gives each so many empty tasks, and then waits for all answers.
    ///
    /// # Errors
    /// What a handle says.
    pub fn many_in_flight(&self, times: u32) -> Result<Cost, Error> {
        let threads = timed(times, || {
            let (told, hears) = channel();
            for number in 0..times {
                let told = told.clone();
                self.on_a_thread(move || {
                    let _ = told.send(number);
                });
            }
            drop(told);
            answered(hears.iter().count() == times as usize)
        })?;
        let processes = timed(times, || {
            let handles = self.processes.submit_all((0..times).map(|number| Job::Echo(number.into())));
            handles.into_iter().map(Handle::wait).try_for_each(|outcome| outcome.map(drop))
        })?;
        Ok(Cost { threads, processes })
    }

    /// Gives each a text of so many bytes to measure, so many times; a thread is given a pointer to it.
    ///
    /// # Errors
    /// What a handle says.
    pub fn large(&self, bytes: usize, times: u32) -> Result<Cost, Error> {
        let text: Arc<str> = "x".repeat(bytes).into();
        let threads = timed(times, || {
            for _ in 0..times {
                let (told, hears) = channel();
                let text = Arc::clone(&text);
                self.on_a_thread(move || {
                    let _ = told.send(text.len());
                });
                answered(hears.recv() == Ok(bytes))?;
            }
            Ok(())
        })?;
        let processes = timed(times, || {
            (0..times).try_for_each(|_| {
                let length = self.processes.submit(Job::Length(text.to_string())).wait()?.value;
                answered(length == bytes as u64)
            })
        })?;
        Ok(Cost { threads, processes })
    }

    fn on_a_thread(&self, task: impl FnOnce() + Send + 'static) {
        if let Some(tasks) = &self.tasks {
            // The threads live as long as this does.
            let _ = tasks.send(Box::new(task));
        }
    }
}

impl Drop for Rivals {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            // Its tasks do not panic.
            let _ = thread.join();
        }
    }
}

fn answered(right: bool) -> Result<(), Error> {
    if right { Ok(()) } else { Err(Error::Refused("a task was not answered, or wrongly".to_owned())) }
}

fn timed(times: u32, work: impl FnOnce() -> Result<(), Error>) -> Result<Duration, Error> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed() / times)
}

//! What a task costs on two threads, and on two worker processes.
//!
//! The threads have one channel, and each takes tasks from it. They are given closures; the
//! processes are sent messages.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::job::Job;
use crate::{Builder, Error, Handle, Pool};

/// The time per task, for one kind of task.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// On two threads.
    pub threads: Duration,
    /// In two processes.
    pub processes: Duration,
}

/// Two threads and two processes, ready for tasks.
#[derive(Debug)]
pub struct Rivals {
    processes: Pool<Job>,
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
                    let Ok(task) = queue.lock().unwrap_or_else(PoisonError::into_inner).recv()
                    else {
                        return;
                    };
                    task();
                }
            })
        });
        let threads = threads.collect();
        let rivals = Self { processes, threads, tasks: Some(tasks) };
        // So that both processes have started.
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
                self.processes
                    .submit(Job::Echo(number))
                    .wait()
                    .and_then(|is| answered(is.value == number))
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
            let handles =
                self.processes.submit_all((0..times).map(|number| Job::Echo(number.into())));
            handles.into_iter().map(Handle::wait).try_for_each(|outcome| outcome.map(drop))
        })?;
        Ok(Cost { threads, processes })
    }

    /// Gives each a text of so many bytes to measure, so many times; a thread is given a pointer to
    /// it.
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
    if right {
        Ok(())
    } else {
        Err(Error::Refused("a task was not answered, or wrongly".to_owned()))
    }
}

fn timed(times: u32, work: impl FnOnce() -> Result<(), Error>) -> Result<Duration, Error> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed() / times)
}

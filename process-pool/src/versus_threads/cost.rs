//! What a task costs on two threads, and on two worker processes.
//!
//! The threads have one channel, and each takes tasks from it. They are given closures; the
//! processes are sent messages.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::lesson_task::{LessonTask, Work};
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
    processes: Pool<LessonTask>,
    /// The threads end when it is dropped.
    tasks: Sender<Closure>,
}

type Closure = Box<dyn FnOnce() + Send>;

/// A task that returns its number.
fn echo(number: u64) -> LessonTask {
    LessonTask::new(number, Work::Echo)
}

impl Rivals {
    /// Starts two threads and two processes.
    pub fn new(program: &Path) -> Result<Self, Error> {
        let processes = Builder::new().workers(2).program(program).build()?;
        let (tasks, queue) = channel::<Closure>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..2 {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                loop {
                    // The lock is released before the task is run.
                    let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(task) = task else { return };
                    task();
                }
            });
        }
        let rivals = Self { processes, tasks };
        // So that both processes have started.
        rivals.processes.map((0..100).map(echo)).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(rivals)
    }

    /// Runs `times` empty tasks on each, and waits for each answer before the next task.
    pub fn one_by_one(&self, times: u32) -> Result<Cost, Error> {
        self.cost(times, 7, || echo(7), || 7)
    }

    /// Sends each a text of `bytes` bytes to measure, `times` times; a thread is given a pointer to
    /// it.
    pub fn large(&self, bytes: usize, times: u32) -> Result<Cost, Error> {
        let text: Arc<str> = "x".repeat(bytes).into();
        let measures = Arc::clone(&text);
        let task = || LessonTask::new(0, Work::Length(text.to_string()));
        self.cost(times, bytes as u64, task, move || measures.len() as u64)
    }

    /// Runs a task and a closure `times` times, each when the one before is answered.
    fn cost(
        &self,
        times: u32,
        answer: u64,
        task: impl Fn() -> LessonTask,
        closure: impl Fn() -> u64 + Clone + Send + 'static,
    ) -> Result<Cost, Error> {
        let threads = timed(times, || {
            (0..times).try_for_each(|_| {
                let ((told, hears), closure) = (channel(), closure.clone());
                let _ = self.tasks.send(Box::new(move || {
                    let _ = told.send(closure());
                }));
                answered(hears.recv() == Ok(answer))
            })
        })?;
        let processes = timed(times, || {
            (0..times)
                .try_for_each(|_| answered(self.processes.submit(task()).wait()?.value == answer))
        })?;
        Ok(Cost { threads, processes })
    }

    /// Submits `times` empty tasks to each, and then waits for all answers.
    pub fn many_in_flight(&self, times: u32) -> Result<Cost, Error> {
        let threads = timed(times, || {
            let (told, hears) = channel();
            for number in 0..times {
                let told = told.clone();
                let _ = self.tasks.send(Box::new(move || {
                    let _ = told.send(number);
                }));
            }
            drop(told);
            answered(hears.iter().count() == times as usize)
        })?;
        let processes = timed(times, || {
            let handles = self.processes.submit_all((0..times).map(|number| echo(number.into())));
            handles.into_iter().map(Handle::wait).try_for_each(|outcome| outcome.map(drop))
        })?;
        Ok(Cost { threads, processes })
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

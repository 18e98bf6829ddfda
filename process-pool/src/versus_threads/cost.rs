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
    LessonTask::new(number, Work::Nothing)
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

    /// Runs `times` empty tasks on each, and waits for the answers of `ahead` tasks before it submits
    /// the next.
    pub fn empty(&self, times: usize, ahead: usize) -> Result<Cost, Error> {
        self.cost(times, ahead, 7, || echo(7), || 7)
    }

    /// Sends each a text of `bytes` bytes to measure, `times` times; a thread is given a pointer to
    /// it.
    pub fn large(&self, bytes: usize, times: usize) -> Result<Cost, Error> {
        let text: Arc<str> = "x".repeat(bytes).into();
        let measures = Arc::clone(&text);
        let task = || LessonTask::new(0, Work::Length(text.to_string()));
        self.cost(times, 1, bytes as u64, task, move || measures.len() as u64)
    }

    fn cost(
        &self,
        times: usize,
        ahead: usize,
        answer: u64,
        task: impl Fn() -> LessonTask,
        closure: impl Fn() -> u64 + Clone + Send + 'static,
    ) -> Result<Cost, Error> {
        let threads = timed(times, ahead, || {
            let (told, hears) = channel();
            for _ in 0..ahead {
                let (told, closure) = (told.clone(), closure.clone());
                let _ = self.tasks.send(Box::new(move || {
                    let _ = told.send(closure());
                }));
            }
            drop(told);
            Ok(hears.iter().filter(|value| *value == answer).count())
        })?;
        let processes = timed(times, ahead, || {
            let handles: Vec<_> = (0..ahead).map(|_| self.processes.submit(task())).collect();
            let outcomes = handles.into_iter().map(Handle::wait);
            let answers = outcomes.collect::<Result<Vec<_>, _>>()?;
            Ok(answers.iter().filter(|is| is.value == answer).count())
        })?;
        Ok(Cost { threads, processes })
    }
}

/// Times rounds of `ahead` tasks, each of which has to answer all of them; returns the time per task.
fn timed(
    times: usize,
    ahead: usize,
    round: impl Fn() -> Result<usize, Error>,
) -> Result<Duration, Error> {
    let begun = Instant::now();
    for _ in 0..times / ahead {
        if round()? < ahead {
            return Err(Error::Refused("a task was not answered, or wrongly".to_owned()));
        }
    }
    Ok(begun.elapsed() / u32::try_from(times).unwrap_or(u32::MAX))
}

//! A worker that is killed in the middle of a task, as by the kernel when memory runs out.
//!
//! Its task waits at the gate while it is killed, so on every run it is in the middle of it. What
//! becomes of the task is the caller's choice, for only the caller knows whether the task is
//! idempotent. No other task is affected.
//!
//! [`Naive`] is the pool that one would write first: all workers read their tasks from one pipe,
//! and write their answers to another, as in Python's `multiprocessing.Pool`. It works as long as no
//! worker dies. What a worker has read is no longer in the pipe, and nothing notes which worker read
//! it; and the answers' pipe does not end with a worker, for the others hold it open.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process::Stdio;
use std::time::Duration;

use kit::child::{ChildGuard, Entry};
use rustix::process::{Pid, Signal, kill_process};
use tracing::info_span;

use crate::lesson_task::{Answer, LessonTask, Work};
use crate::observer::Observer;
use crate::{Builder, Context, Error, Handle, OnDeath, Outcome, Task};

/// The number of tasks.
pub const TASKS: u64 = 10;
/// The number of workers.
pub const WORKERS: usize = 2;
/// The task whose worker is killed.
pub const VICTIM: u64 = 4;

fn task(number: u64) -> LessonTask {
    LessonTask::new(number, if number == VICTIM { Work::Gate } else { Work::Wait(2) })
}

/// Runs the same tasks on the naive pool; returns how many answers came, if ever it returns.
///
/// # Blocking
/// For ever: nine answers come, and the tenth never does.
pub fn naive(observer: &Observer) -> Result<usize, Error> {
    observer.hide_idling();
    let _lane = info_span!("lane", lane = "caller").entered();
    let mut pool = Naive::new(observer, WORKERS)?;
    for number in 1..=TASKS {
        pool.submit(&task(number))?;
    }
    let killed = observer.wait_at_gate(1)?;
    kill(killed[0].0)?;
    // A living worker would go on now: what is waited for from here on will never come.
    observer.open_gates(&killed);
    let victim = format!("the answer to task {VICTIM}");
    let mut answers = 0;
    while answers < TASKS as usize {
        let what = if answers + 1 < TASKS as usize { "an answer" } else { victim.as_str() };
        let _waits = info_span!("waits", what);
        pool.answer()?;
        answers += 1;
    }
    Ok(answers)
}

/// Kills the worker that runs the victim; if the task is run again, lets it through.
pub fn run(observer: &Observer, on_death: OnDeath) -> Result<CrashOutcome, Error> {
    let _lane = info_span!("lane", lane = "caller").entered();
    // One task to a message: each answer is sent before the next task is begun.
    let pool = observer.pool(WORKERS, Builder::new().chunk(1).on_death(on_death))?;
    let waits = info_span!("waits", what = "the answers");
    let handles = pool.submit_all((1..=TASKS).map(task));
    let (killed, _) = observer.wait_at_gate(1)?[0];
    kill(killed)?;
    if matches!(on_death, OnDeath::RunAgain { .. }) {
        observer.open_next_gate()?;
    }
    let outcomes: Vec<Outcome<_>> = handles.into_iter().map(Handle::wait).collect();
    drop(waits);
    let mut all = CrashOutcome { done: 0, victim: None, others: Vec::new(), killed, again: None };
    for (number, outcome) in (1..).zip(outcomes) {
        match outcome {
            Ok(answer) => {
                all.done += 1;
                all.again = all.again.or((number == VICTIM).then_some(answer.pid));
            }
            Err(error) if number == VICTIM => all.victim = Some(error),
            Err(error) => all.others.push(error),
        }
    }
    Ok(all)
}

fn kill(pid: u32) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
    Ok(kill_process(pid, Signal::KILL)?)
}

/// The workers of a naive pool, and the two pipes that all of them share. Dropping it kills and reaps
/// the workers.
#[derive(Debug)]
pub struct Naive {
    workers: Vec<ChildGuard>,
    tasks: PipeWriter,
    answers: PipeReader,
}

/// The length of each message: at most `PIPE_BUF` bytes, which a pipe neither mixes nor tears when
/// each is one write, and each read asks for exactly as many.
const MESSAGE: usize = 128;

impl Naive {
    /// Starts the workers.
    pub fn new(observer: &Observer, workers: usize) -> io::Result<Self> {
        let (inlet, tasks) = io::pipe()?;
        let (answers, outlet) = io::pipe()?;
        let mut pool = Self { workers: Vec::new(), tasks, answers };
        for _ in 0..workers {
            let mut command = NAIVE_WORKER.command(&observer.program);
            command.arg(observer.port().to_string());
            command.stdin(Stdio::from(inlet.try_clone()?)).stdout(Stdio::from(outlet.try_clone()?));
            pool.workers.push(ChildGuard::of(command.spawn()?, Duration::MAX));
        }
        Ok(pool)
    }

    /// Sends a task to the worker that reads it first.
    pub fn submit(&mut self, task: &LessonTask) -> io::Result<()> {
        self.tasks.write_all(&write(task)?)
    }

    /// Waits for one more answer.
    ///
    /// # Blocking
    /// For ever, if the task died with its worker and another worker lives.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut message = [0; MESSAGE];
        self.answers.read_exact(&mut message)?;
        read(&message)
    }
}

/// A worker of the naive pool, whose argument is the observer's port.
pub const NAIVE_WORKER: Entry = Entry { name: "naive-worker", run: naive_worker };

fn naive_worker(arguments: &[String]) -> io::Result<()> {
    let port = arguments.first().and_then(|port| port.parse().ok());
    let port = port.ok_or_else(|| io::Error::other("a naive worker takes a port"))?;
    let context = Context::of_one_worker()?;
    LessonTask::new(0, Work::Connect(port)).run(&context);
    let (tasks, answers) = (io::stdin(), io::stdout());
    let mut task = [0; MESSAGE];
    // Not through std's buffers. That of the input would take the others' tasks out of the pipe as
    // well; that of the output would write an answer in which a byte is the newline in two parts, and
    // another worker's answer might come between them.
    while rustix::io::read(&tasks, &mut task)? == MESSAGE {
        let answer = read::<LessonTask>(&task)?.run(&context);
        rustix::io::write(&answers, &write(&answer)?)?;
    }
    Ok(())
}

fn write(value: &impl serde::Serialize) -> io::Result<[u8; MESSAGE]> {
    let mut message = [0; MESSAGE];
    postcard::to_slice(value, &mut message).map_err(io::Error::other)?;
    Ok(message)
}

fn read<T: for<'a> serde::Deserialize<'a>>(message: &[u8]) -> io::Result<T> {
    postcard::take_from_bytes(message).map(|(value, _)| value).map_err(io::Error::other)
}

/// Runs the same tasks on two workers of Python's `ProcessPoolExecutor`; returns what the script
/// prints, or `None` where there is no Python. Task 4 kills its worker when tasks 1 to 3 are done, so
/// these have results on every run.
pub fn in_python() -> io::Result<Option<String>> {
    let mut command = kit::python::command();
    command.args(["-c", include_str!("../python/executor.py")]);
    // The script gives up by itself after 25 s.
    match kit::child::stdout(&mut command, Duration::from_secs(28)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        printed => printed.map(Some),
    }
}

/// The outcomes of the tasks.
#[derive(Debug)]
pub struct CrashOutcome {
    /// The number of tasks that have a result.
    pub done: usize,
    /// The error of the victim, if it has no result.
    pub victim: Option<Error>,
    /// The errors of other tasks.
    pub others: Vec<Error>,
    /// The worker that was killed.
    pub killed: u32,
    /// The worker that ran the victim to its end, if one did.
    pub again: Option<u32>,
}

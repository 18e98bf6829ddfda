//! A worker that is killed in the middle of a task, as by the kernel when memory runs out.
//!
//! Its task waits at the gate while it is killed, so it is in the middle of it on every run. What becomes of the task is the
//! caller's choice, for only the caller knows whether it may be done twice. No other task is affected.

use std::io;
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tracing::info_span;

use crate::act::{Act, Doing};
use crate::job::Job;
use crate::naive::Naive;
use crate::scene::Scene;
use crate::{Error, Handle, OnDeath, Outcome};

/// How many tasks there are.
pub const TASKS: u64 = 10;
/// How many workers.
pub const WORKERS: usize = 2;
/// The task whose worker is killed.
pub const VICTIM: u64 = 4;

/// Says what came of the tasks.
#[derive(Debug)]
pub struct Came {
    /// So many have a result.
    pub done: usize,
    /// What is said of the victim, if it has none.
    pub victim: Option<Error>,
    /// What is said of others without a result.
    pub others: Vec<Error>,
    /// The process that was killed.
    pub killed: u32,
    /// The one that ran the victim to its end, if one did.
    pub again: Option<u32>,
}

fn task(number: u64) -> Job {
    Act::task(number, if number == VICTIM { Doing::Gate } else { Doing::Wait(2) })
}

/// Kills the worker that has the victim; if the task comes again, it is let through.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn run(program: &Path, on_death: OnDeath) -> Result<Came, Error> {
    let scene = Scene::new(program)?;
    let _lane = info_span!("lane", lane = "caller").entered();
    // One task to a message: so nothing that was done goes down with its worker before its answer is sent.
    let pool = scene.workers(WORKERS).chunk(1).on_death(on_death).build()?;
    let waits = info_span!("waits", what = "the answers");
    let handles = pool.submit_all((1..=TASKS).map(task));
    let (killed, _) = scene.until_at_gate(1)?[0];
    kill(killed)?;
    if matches!(on_death, OnDeath::RunAgain { .. }) {
        scene.open_next()?;
    }
    let outcomes: Vec<Outcome<_>> = handles.into_iter().map(Handle::wait).collect();
    drop(waits);
    let mut came = Came { done: 0, victim: None, others: Vec::new(), killed, again: None };
    for (number, outcome) in (1..).zip(outcomes) {
        match outcome {
            Ok(answer) => {
                came.done += 1;
                came.again = came.again.or((number == VICTIM).then_some(answer.pid));
            }
            Err(error) if number == VICTIM => came.victim = Some(error),
            Err(error) => came.others.push(error),
        }
    }
    Ok(came)
}

/// Kills a worker, from outside.
///
/// # Errors
/// There is no such process.
pub fn kill(pid: u32) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
    Ok(kill_process(pid, Signal::KILL)?)
}

/// The same on the naive pool: returns how many answers came, if ever it returns.
///
/// # Errors
/// The system has no room.
///
/// # Blocking
/// For ever: nine answers come, and the tenth never does.
pub fn naive(program: &Path) -> Result<usize, Error> {
    let scene = Scene::without_idling(program)?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let mut pool = Naive::new(program, WORKERS, scene.port())?;
    for number in 1..=TASKS {
        pool.submit(&task(number))?;
    }
    let victim = format!("the answer to task {VICTIM}");
    let mut answers = 0;
    let killed = scene.until_at_gate(1)?[0].0;
    kill(killed)?;
    // If it lived, it would go on now: so what is waited for from here on will never come.
    scene.open(killed);
    while answers < TASKS as usize {
        let what = if answers + 1 < TASKS as usize { "an answer" } else { victim.as_str() };
        let _waits = info_span!("waits", what);
        pool.answer()?;
        answers += 1;
    }
    Ok(answers)
}

/// What Python's executor makes of it: how many of ten tasks have no result, and what is said of them, as `10 BrokenProcessPool`; none,
/// where there is no Python. Task 4 kills its worker when all have been submitted; the others wait for it, so none is done before.
///
/// # Errors
/// The script fails.
pub fn in_python() -> io::Result<Option<String>> {
    const SCRIPT: &str = "
import multiprocessing, os, signal
from concurrent.futures import ProcessPoolExecutor
from collections import Counter
def begin(gate, never):
    globals().update(gate=gate, never=never)
def task(number):
    if number == 4:
        gate.wait()
        os.kill(os.getpid(), signal.SIGKILL)
    never.wait(20)
if __name__ == '__main__':
    signal.alarm(20)
    fork = multiprocessing.get_context('fork')
    gate, never = fork.Event(), fork.Event()
    pool = ProcessPoolExecutor(4, fork, begin, (gate, never))
    futures = [pool.submit(task, number) for number in range(1, 11)]
    gate.set()
    said = Counter(type(future.exception()).__name__ for future in futures)
    print(*(f'{count} {name}' for name, count in said.items()), sep=', ')
";
    match kit::python::command().args(["-c", SCRIPT]).stdin(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        output => {
            let output = output?;
            let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let stderr = String::from_utf8_lossy(&output.stderr);
            let why = || io::Error::other(format!("python3 ended with {}: {stderr}", output.status));
            if output.status.success() { Ok(Some(said)) } else { Err(why()) }
        }
    }
}

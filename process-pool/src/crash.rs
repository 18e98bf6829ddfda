//! A worker that is killed in the middle of a task, as by the kernel when memory runs out.
//!
//! Its task waits at the gate while it is killed, so it is in the middle of it on every run. What
//! becomes of the task is the caller's choice, for only the caller knows whether it may be done
//! twice. No other task is affected.

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
    // One task to a message: so nothing that was done goes down with its worker before its answer
    // is sent.
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

/// What Python's executor makes of the same story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPython {
    /// How many tasks have a result.
    pub done: usize,
    /// How many have none, the victim among them.
    pub failed: usize,
    /// The name of the exception that the next `submit` raises; empty, if it accepts the task.
    pub refused: String,
}

/// Runs the same ten tasks on two workers of Python's `ProcessPoolExecutor`; `None`, where there is
/// no Python. Task 4 kills its worker when tasks 1 to 3 are done, so these have their results on
/// every run.
///
/// # Errors
/// The script fails.
pub fn in_python() -> io::Result<Option<InPython>> {
    const SCRIPT: &str = "
import multiprocessing, os, signal, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
def give_up(*why):
    for child in multiprocessing.active_children():
        child.kill()
    print(*why, file=sys.stderr)
    os._exit(1)
def begin(gate):
    globals().update(gate=gate)
def task(number):
    if number == 4:
        gate.wait(20)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.002 if number < 4 else 0.1)
if __name__ == '__main__':
    # An exit would wait for the workers; and without a thread of the executor's, no future is ever done.
    sys.excepthook = lambda kind, why, trace: give_up(why)
    threading.excepthook = lambda died: give_up(died.exc_value)
    signal.signal(signal.SIGALRM, lambda *_: give_up('nothing has come for 25 s'))
    signal.alarm(25)
    fork = multiprocessing.get_context('fork')
    gate = fork.Event()
    pool = ProcessPoolExecutor(2, fork, begin, (gate,))
    futures = [pool.submit(task, number) for number in range(1, 11)]
    for future in futures[:3]:
        future.result()
    gate.set()
    failed = sum(future.exception() is not None for future in futures)
    try:
        pool.submit(os.getpid)
        print(len(futures) - failed, failed, '')
    except Exception as error:
        print(len(futures) - failed, failed, type(error).__name__)
";
    let output = match kit::python::command().args(["-c", SCRIPT]).stdin(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let mut words = said.trim().split(' ');
    let mut count = || words.next().and_then(|word| word.parse().ok());
    let (Some(done), Some(failed), true) = (count(), count(), output.status.success()) else {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("Python ended with {}: {stderr}", output.status)));
    };
    Ok(Some(InPython { done, failed, refused: words.next().unwrap_or_default().to_owned() }))
}

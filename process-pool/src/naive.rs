//! The pool that one would write first, on a page: all workers read their tasks from one pipe, and
//! write their answers to another, as they do in Python's `multiprocessing.Pool`.
//!
//! It is quick to write and quick to run, and it works as long as no worker dies. What a worker has
//! read is no longer in the pipe, and nobody has noted which one read it; and the answers' pipe
//! does not end with a worker, for the others hold it open.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio, exit};

use crate::job::{Answer, Job};
use crate::shared::Shared;
use crate::{Context, Task, scene};

/// What a worker's first argument is; the second is the port of its line to the lesson.
const ROLE: &str = "process-pool-naive-worker";

/// Every message is so long: a pipe neither mixes such messages nor tears them, if it is asked for
/// just as many bytes.
const MESSAGE: usize = 128;

/// The workers, and the two pipes. Dropping it kills and reaps them.
#[derive(Debug)]
pub struct Naive {
    workers: Vec<Child>,
    tasks: PipeWriter,
    answers: PipeReader,
}

impl Naive {
    /// Starts the workers.
    ///
    /// # Errors
    /// The system has no room.
    pub fn new(program: &Path, workers: usize, port: u16) -> io::Result<Self> {
        let (inlet, tasks) = io::pipe()?;
        let (answers, outlet) = io::pipe()?;
        let mut pool = Self { workers: Vec::new(), tasks, answers };
        for _ in 0..workers {
            let mut command = Command::new(program);
            command.args([ROLE, &port.to_string()]);
            command.stdin(Stdio::from(inlet.try_clone()?)).stdout(Stdio::from(outlet.try_clone()?));
            pool.workers.push(command.spawn()?);
        }
        Ok(pool)
    }

    /// Sends a task to whoever reads it first.
    ///
    /// # Errors
    /// The pipe cannot be written to.
    pub fn submit(&mut self, task: &Job) -> io::Result<()> {
        self.tasks.write_all(&message(task)?)
    }

    /// Waits for one more answer.
    ///
    /// # Errors
    /// The pipe has ended: all workers are dead.
    ///
    /// # Blocking
    /// For ever, if the task died with its worker and another worker lives.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut message = [0; MESSAGE];
        self.answers.read_exact(&mut message)?;
        read(&message)
    }
}

impl Drop for Naive {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            // It may be dead already.
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

/// Makes this process a worker, if such a pool has started it, and does not return then.
pub fn enter() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().is_some_and(|role| role == ROLE) {
        kit::signals::restore_inherited();
        let port = arguments.next().and_then(|port| port.parse().ok());
        let worked = port.ok_or_else(|| io::Error::other("it takes a port")).and_then(work);
        if let Err(why) = &worked {
            eprintln!("{ROLE}: {why}");
        }
        exit(if worked.is_ok() { 0 } else { 2 });
    }
}

fn work(port: u16) -> io::Result<()> {
    let context = Context { shared: Shared::new()? };
    scene::join(port);
    let (tasks, mut answers) = (io::stdin(), io::stdout());
    let mut task = [0; MESSAGE];
    // Not through std's buffer, which would take the others' tasks out of the pipe as well.
    while rustix::io::read(&tasks, &mut task)? == MESSAGE {
        let answer = read::<Job>(&task)?.run(&context);
        answers.write_all(&message(&answer)?)?;
        answers.flush()?;
    }
    Ok(())
}

fn message(value: &impl serde::Serialize) -> io::Result<[u8; MESSAGE]> {
    let mut message = [0; MESSAGE];
    postcard::to_slice(value, &mut message).map_err(io::Error::other)?;
    Ok(message)
}

fn read<T: for<'a> serde::Deserialize<'a>>(message: &[u8]) -> io::Result<T> {
    postcard::take_from_bytes(message).map(|(value, _)| value).map_err(io::Error::other)
}

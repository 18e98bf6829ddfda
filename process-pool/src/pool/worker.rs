//! The worker process: this program, started once more by a pool.
//!
//! The main thread receives a message of tasks, runs them one after the other, and sends their
//! answers as one message. A second thread listens to `control`: it returns what was not begun
//! while the first runs a long task; and it kills this process, whatever it is doing, when the
//! channel ends, for then the pool's process is gone.
//!
//! Although both channels block when they are full, a thread that receives and sends by turns
//! cannot deadlock with the pool: the pool reads answers on one thread and writes tasks on another.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::exit;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use rustix::stdio::dup2_stdin;

use super::answers::{Kind, Message, Said};
use super::channel::{self, Receiver, Sender};
use super::current_batch::{CurrentBatch, caught, note_panics, vanish};
use super::protocol::{self, Control};
use super::shared_memory::{Shared, StatusWord};
use super::task::{Context, Task};

/// The first argument of a worker. Its standard input is the channel `control`.
pub(crate) const ROLE: &str = "process-pool-worker";

static ENTERED: OnceLock<()> = OnceLock::new();

/// Turns this process into a worker, if a pool has started it, and does not return then. It has to
/// be the first thing that `main` does: see [`Task`](crate::Task).
pub fn enter<T: Task>() {
    let _ = ENTERED.set(());
    if std::env::args_os().nth(1).is_none_or(|role| role != ROLE) {
        return;
    }
    // A worker does not inherit which signals the pool's process ignores or blocks.
    kit::signals::restore_inherited();
    match work::<T>() {
        Ok(()) => exit(0),
        Err(why) => {
            // At once: `eprintln!` would write each part by itself, and other workers may fail too.
            let _ = io::stderr().write_all(format!("{ROLE}: {why}\n").as_bytes());
            exit(2);
        }
    }
}

/// Returns whether this process was started as a worker, and has not called [`enter`].
pub(crate) fn is_astray() -> bool {
    ENTERED.get().is_none() && std::env::args_os().nth(1).is_some_and(|role| role == ROLE)
}

/// Takes the standard input, which is a channel, and leaves an empty one.
fn line() -> io::Result<UnixStream> {
    let line = io::stdin().as_fd().try_clone_to_owned()?;
    dup2_stdin(File::open("/dev/null")?)?;
    Ok(line.into())
}

fn work<T: Task>() -> Result<(), String> {
    let line = line().map_err(|error| format!("there is no empty standard input: {error}"))?;
    let [tasks, answers, status_word, shared] =
        channel::receive_descriptors(&line).map_err(|error| {
            format!("a pool starts it, and its standard input is the way to that pool: {error}")
        })?;
    let (mut control, tasks) = (Receiver::new(line), Receiver::new(tasks.into()));
    let hello = control.receive(true).map_err(|error| format!("the pool is gone: {error}"))?;
    let hello = hello.and_then(|hello| postcard::from_bytes(&hello).ok());
    let Some(Control::Hello { task, initializer }) = hello else {
        return Err("the pool did not say hello".to_owned());
    };
    let answers = Sender::new(UnixStream::from(answers));
    let joined = Said::Long(Kind::Joined, &[]);
    answers
        .send(Message::new(Duration::ZERO, Some(&joined)).into_bytes())
        .map_err(|error| format!("the pool is gone: {error}"))?;
    let mine = std::any::type_name::<T>();
    if task != mine {
        return Err(format!("the pool's tasks are {task}, the worker's {mine}"));
    }
    let status_word = StatusWord::of(&status_word).map_err(|error| error.to_string())?;
    let shared = Shared::of(shared).map_err(|error| error.to_string())?;
    // Never freed: a task may have closed descriptors that are not its own.
    let context: &'static Context = Box::leak(Box::new(Context { shared }));
    // Never freed: the listener may outlive this function by a moment.
    let batch: &'static CurrentBatch =
        Box::leak(Box::new(CurrentBatch::new(tasks, answers, status_word)));
    let listener = thread::Builder::new().name("listener".to_owned());
    let listens = move || {
        // Whatever ends it, no pool is left that could be told.
        let _ = protocol::catch_panic(|| batch.listen(&mut control));
        vanish();
    };
    listener.spawn(listens).map_err(|error| error.to_string())?;
    note_panics();
    if let Some(bytes) = initializer {
        let ran = protocol::read::<T>(&bytes).and_then(|task| caught(|| task.run(context)));
        if let Err(why) = ran {
            batch.send(Some(&Said::Long(Kind::Failed, why.as_bytes())), None);
            // The pool reports why.
            exit(1);
        }
    }
    batch.send(Some(&Said::Long(Kind::Ready, &[])), None);
    // The loop ends when the pool has closed the channel and all tasks in it are done.
    while let Some(message) = batch.receive() {
        batch.run::<T>(&message, context);
    }
    Ok(())
}

//! The worker process: this program, started once more by a pool.
//!
//! The main thread receives a message of tasks, runs them one after the other, and sends their
//! answers as one message. A second thread listens to `control`: it returns what was not begun while
//! the first runs a long task; and it kills this process, whatever it is doing, when the channel
//! ends, for then the pool's process is gone.
//!
//! Although both channels block when they are full, a thread that receives and sends by turns cannot
//! deadlock with the pool: the pool reads answers on one thread and writes tasks on another.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic;
use std::process::exit;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};
use rustix::stdio::dup2_stdin;

use super::channel::{self, Receiver, Sender};
use super::protocol::{self, Answers, Control, Kind};
use super::shared_memory::{Shared, StatusWord};
use super::task::{Context, Task};

/// The first argument of a worker. Its standard input is the channel `control`.
pub(crate) const ROLE: &str = "process-pool-worker";

/// The number of bytes of results that is enough for a message.
const MUCH: usize = 128 * 1024;

static ENTERED: OnceLock<()> = OnceLock::new();

/// Turns this process into a worker, if a pool has started it, and does not return then. It has to be
/// the first thing that `main` does: see [`Task`](crate::Task).
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

/// The batch of tasks that the worker is at, which its two threads share.
struct CurrentBatch {
    /// Locked while the main thread waits for a message: then it has nothing to return.
    tasks: Mutex<Receiver>,
    /// Locked while a message is sent; acquired before `now`.
    answers: Mutex<Sender>,
    now: Mutex<Progress>,
}

/// How far the main thread is.
struct Progress {
    /// The numbers of the tasks that are not begun.
    left: Range<u64>,
    done: Answers,
    since: Instant,
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
    let mut joined = Answers::new();
    joined.push(0, Kind::Joined, &[]);
    answers
        .send(joined.take(Duration::ZERO))
        .map_err(|error| format!("the pool is gone: {error}"))?;
    let mine = std::any::type_name::<T>();
    if task != mine {
        return Err(format!("the pool's tasks are {task}, the worker's {mine}"));
    }
    let status_word = StatusWord::of(&status_word).map_err(|error| error.to_string())?;
    let shared = Shared::of(shared).map_err(|error| error.to_string())?;
    // Never freed: a task may have closed descriptors that are not its own.
    let context: &'static Context = Box::leak(Box::new(Context { shared }));
    let progress = Progress { left: 0..0, done: Answers::new(), since: Instant::now() };
    // Never freed: the listener may outlive this function by a moment.
    let batch: &'static CurrentBatch = Box::leak(Box::new(CurrentBatch {
        tasks: Mutex::new(tasks),
        answers: Mutex::new(answers),
        now: Mutex::new(progress),
    }));
    let listener = thread::Builder::new().name("listener".to_owned());
    let listens = move || {
        // Whatever ends it, no pool is left that could be told.
        let _ = protocol::catch_panic(|| batch.listen(&mut control));
        vanish();
    };
    listener.spawn(listens).map_err(|error| error.to_string())?;
    // The message of a panic goes to the task's handle, not to the terminal.
    IS_MAIN.set(true);
    let elsewhere = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // At the end of the process, the thread-local may be gone.
        let noted =
            IS_MAIN.get() && PANIC.try_with(|text| *text.borrow_mut() = panic.to_string()).is_ok();
        if !noted {
            elsewhere(panic);
        }
    }));
    if let Some(bytes) = initializer {
        let ran = protocol::read::<T>(&bytes).and_then(|task| caught(|| task.run(context)));
        if let Err(why) = ran {
            lock(&batch.now).done.push(0, Kind::Failed, why.as_bytes());
            batch.flush();
            // The pool reports why.
            exit(1);
        }
    }
    lock(&batch.now).done.push(0, Kind::Ready, &[]);
    batch.flush();
    // The loop ends when the pool has closed the channel and all tasks in it are done.
    while let Some(message) = batch.receive() {
        batch.run::<T>(&message, &status_word, context);
        batch.flush();
    }
    Ok(())
}

thread_local! {
    static IS_MAIN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    static PANIC: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

fn caught<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    protocol::catch_panic(body)
        .map_err(|text| Some(PANIC.take()).filter(|said| !said.is_empty()).unwrap_or(text))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CurrentBatch {
    fn receive(&self) -> Option<Vec<u8>> {
        let mut tasks = lock(&self.tasks);
        let message = tasks.receive(true).ok()??;
        let (numbers, _) = protocol::tasks_of(&message)?;
        let mut now = lock(&self.now);
        now.left = numbers;
        now.since = Instant::now();
        Some(message)
    }

    fn run<T: Task>(&self, message: &[u8], status_word: &StatusWord, context: &Context) {
        let Some((numbers, mut rest)) = protocol::tasks_of(message) else { return };
        let mut said = Vec::new();
        let mut now = lock(&self.now);
        for number in numbers {
            // The listener may have returned the rest.
            if now.left.next() != Some(number) {
                return;
            }
            let much = now.done.len() > MUCH;
            drop(now);
            if much {
                self.flush();
            }
            status_word.begin(number);
            let kind = run_one::<T>(protocol::take(&mut rest), context, &mut said);
            if !status_word.finish(number) {
                // The watchdog was first: this process is being killed.
                park();
            }
            now = lock(&self.now);
            now.done.push(number, kind, &said);
        }
    }

    /// Sends the answers.
    fn flush(&self) {
        let answers = lock(&self.answers);
        let mut now = lock(&self.now);
        if now.done.is_empty() {
            return;
        }
        let since = std::mem::replace(&mut now.since, Instant::now());
        let busy = now.since - since;
        let message = now.done.take(busy);
        drop(now);
        if answers.send(message).is_err() {
            vanish();
        }
    }

    fn listen(&self, control: &mut Receiver) {
        while let Ok(Some(message)) = control.receive(true) {
            if let Ok(Control::ReturnUnstarted) = postcard::from_bytes(&message) {
                self.return_unstarted();
            }
        }
    }

    fn return_unstarted(&self) {
        let mut back = Vec::new();
        // If it is locked, the main thread waits for a message, or has just received one, and the
        // request will be repeated.
        let mut tasks = self.tasks.try_lock();
        let mut now = lock(&self.now);
        if let Ok(tasks) = &mut tasks {
            let left = now.left.clone();
            now.left = left.end..left.end;
            back.push(left);
            // If it fails, the main thread finds out.
            while let Ok(Some(message)) = tasks.receive(false) {
                back.extend(protocol::tasks_of(&message).map(|(numbers, _)| numbers));
            }
        }
        back.retain(|numbers| !numbers.is_empty());
        // An empty range is an answer too.
        if back.is_empty() {
            back.push(0..0);
        }
        for numbers in back {
            now.done.push(numbers.start, Kind::Returned, &numbers.end.to_le_bytes());
        }
        drop((now, tasks));
        self.flush();
    }
}

/// Runs a task, from its bytes to those of its result: if it panics, hangs or crashes, it does so
/// while the status word names it.
fn run_one<T: Task>(bytes: Option<&[u8]>, context: &Context, said: &mut Vec<u8>) -> Kind {
    let mut run = || {
        let task = bytes.ok_or_else(|| "the message is cut off".to_owned());
        let task = task.and_then(protocol::read::<T>).map_err(|why| (Kind::Unreadable, why))?;
        let output = caught(|| task.run(context)).map_err(|panic| (Kind::Panicked, panic))?;
        said.clear();
        protocol::write(said, &output).map_err(|why| (Kind::Unwritable, why))
    };
    let Err((kind, why)) = run() else { return Kind::Done };
    said.clear();
    said.extend(why.as_bytes());
    kind
}

/// Kills this process. To `exit` would run destructors and exit handlers, while another thread is in
/// the middle of a task.
fn vanish() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    park()
}

fn park() -> ! {
    loop {
        thread::park();
    }
}

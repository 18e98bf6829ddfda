//! The tasks that a worker is at, and their answers, which its two threads share.
//!
//! The main thread runs task after task without a lock: it takes the next one, and finishes the one
//! before, by one compare-and-swap of the status word, and writes the answer into a log. The
//! listener makes the running task the last by the same word, and sends what the log has meanwhile.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::panic;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use rustix::process::{Signal, getpid, kill_process};

use super::answers::{Kind, Log, Mark, Message, Said};
use super::channel::{Receiver, Sender};
use super::protocol::{self, Control};
use super::shared_memory::StatusWord;
use super::task::{Context, Task};

/// The number of words of answers that is enough for a message.
const MUCH: usize = 8 * 1024;

/// The batch of tasks that the worker is at, which its two threads share.
pub(crate) struct CurrentBatch {
    tasks: Mutex<Incoming>,
    answers: Mutex<Outgoing>,
    /// What the main thread has done of the batch, and is not sent.
    log: Log,
    status_word: StatusWord,
}

/// Locked while the main thread waits for a message: then it has nothing to return.
struct Incoming {
    channel: Receiver,
    /// The end of the numbers of the tasks that the main thread is at.
    end: u64,
}

/// Locked while a message is sent; acquired after `Incoming`.
struct Outgoing {
    channel: Sender,
    sent: Mark,
    since: Instant,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CurrentBatch {
    pub(crate) fn new(tasks: Receiver, answers: Sender, status_word: StatusWord) -> Self {
        Self {
            tasks: Mutex::new(Incoming { channel: tasks, end: 0 }),
            answers: Mutex::new(Outgoing { channel: answers, sent: 0, since: Instant::now() }),
            log: Log::new(MUCH),
            status_word,
        }
    }

    pub(crate) fn receive(&self) -> Option<Vec<u8>> {
        let mut tasks = lock(&self.tasks);
        let message = tasks.channel.receive(true).ok()??;
        let (numbers, _) = protocol::tasks_of(&message)?;
        tasks.end = numbers.end;
        self.begin(numbers.start);
        Some(message)
    }

    /// Begins a task, when all answers are sent.
    fn begin(&self, number: u64) {
        let mut answers = lock(&self.answers);
        (answers.sent, answers.since) = (0, Instant::now());
        self.log.set(0);
        self.status_word.begin(number);
    }

    pub(crate) fn run<T: Task>(&self, message: &[u8], context: &Context) {
        let Some((mut numbers, mut rest)) = protocol::tasks_of(message) else { return };
        let (kind, mut long) = (Cell::new(Kind::Unreadable), Vec::new());
        while !numbers.is_empty() {
            // A task that fails ends the inner loop alone. To catch in each takes longer.
            let ran = caught(|| {
                while numbers.next().is_some() {
                    let bytes = protocol::take(&mut rest);
                    let said = run_one::<T>(bytes, context, &kind, &mut long)?;
                    self.answer(&said, &mut numbers);
                }
                Ok(())
            });
            if let Err(why) = ran.flatten() {
                self.answer(&Said::Long(kind.get(), why.as_bytes()), &mut numbers);
            }
        }
    }

    /// Answers a task, and goes on to the next. `left` are the numbers of those behind it; none is
    /// left if they were returned.
    #[inline]
    fn answer(&self, said: &Said<'_>, left: &mut Range<u64>) {
        let (number, logged) = (left.start - 1, self.log.write(said));
        if let Some(mark) = logged
            && !left.is_empty()
            && self.status_word.go_on(number)
        {
            return self.log.set(mark);
        }
        let Some(goes_on) = self.status_word.finish(number) else {
            // The watchdog was first: this process is being killed.
            park();
        };
        if let Some(mark) = logged {
            self.log.set(mark);
        }
        self.send(None, logged.is_none().then_some(said));
        if !goes_on {
            left.start = left.end;
        } else if !left.is_empty() {
            self.begin(left.start);
        }
    }

    /// Sends answers: one that ends no task, those of the log, and one that it has no room for.
    pub(crate) fn send(&self, other: Option<&Said<'_>>, end: Option<&Said<'_>>) {
        let mut answers = lock(&self.answers);
        let since = std::mem::replace(&mut answers.since, Instant::now());
        let mut message = Message::new(answers.since - since, other);
        answers.sent = message.append(&self.log, answers.sent);
        end.into_iter().for_each(|end| message.push(end));
        if answers.channel.send(message.into_bytes()).is_err() {
            vanish();
        }
    }

    pub(crate) fn listen(&self, control: &mut Receiver) {
        while let Ok(Some(message)) = control.receive(true) {
            if let Ok(Control::ReturnUnstarted) = postcard::from_bytes(&message) {
                self.return_unstarted();
            }
        }
    }

    fn return_unstarted(&self) {
        // An empty range is an answer too.
        let mut back = 0..0;
        // If it is locked, the main thread waits for a message, or has just received one, and the
        // request will be repeated.
        let mut tasks = self.tasks.try_lock();
        if let Ok(tasks) = &mut tasks {
            if let Some(last) = self.status_word.make_last() {
                back = last + 1..tasks.end;
            }
            // If it fails, the main thread finds out.
            while let Ok(Some(message)) = tasks.channel.receive(false) {
                let Some((numbers, _)) = protocol::tasks_of(&message) else { continue };
                // A message begins where the one before ends.
                back = if back.is_empty() { numbers } else { back.start..numbers.end };
            }
        }
        let numbers = [back.start, back.end].map(u64::to_le_bytes);
        // Before the main thread can receive more, and answer that.
        self.send(Some(&Said::Long(Kind::Returned, numbers.as_flattened())), None);
        drop(tasks);
    }
}

/// Runs a task, from its bytes to those of its result: if it panics, hangs or crashes, it does so
/// while the status word names it. `kind` is what its answer is if that is where it ends.
#[inline]
fn run_one<'a, T: Task>(
    bytes: Option<&[u8]>,
    context: &Context,
    kind: &Cell<Kind>,
    long: &'a mut Vec<u8>,
) -> Result<Said<'a>, String> {
    kind.set(Kind::Unreadable);
    let task = protocol::decode::<T>(bytes.ok_or("the message is cut off")?)?;
    kind.set(Kind::Panicked);
    let output = task.run(context);
    kind.set(Kind::Unwritable);
    Said::done(&output, long)
}

/// Kills this process. To `exit` would run destructors and exit handlers, while another thread is
/// in the middle of a task.
pub(crate) fn vanish() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    park()
}

fn park() -> ! {
    loop {
        thread::park();
    }
}

thread_local! {
    static IS_MAIN: Cell<bool> = const { Cell::new(false) };
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the messages of this thread's panics, which go to the tasks' handles, from the terminal.
pub(crate) fn note_panics() {
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
}

/// Runs `body`; returns the message of a panic as an error.
pub(crate) fn caught<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    // A panic that is resumed is not noted: then another was the last one, which a task caught.
    protocol::catch_panic(body)
        .map_err(|text| Some(PANIC.take()).filter(|said| said.contains(&text)).unwrap_or(text))
}

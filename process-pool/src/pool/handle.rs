//! What `submit` returns: a future, in Python's word and in Rust's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::task::Task;
use super::task_state::{Outcome, TaskState};

/// The way to the outcome of one task: it can be waited for, polled, cancelled, awaited, or have a
/// callback. Dropping it lets the task run.
///
/// ```no_run
/// # use process_pool::{Error, Pool, Task};
/// # fn example<T: Task>(pool: &Pool<T>, task: T) -> Result<T::Output, Error> {
/// let mut handle = pool.submit(task);
/// if let Some(outcome) = handle.wait_timeout(std::time::Duration::from_millis(10)) {
///     return outcome;
/// }
/// handle.cancel(); // Too late if a worker has it.
/// handle.wait()
/// # }
/// ```
#[must_use = "a result that is not asked for hides an error"]
pub struct Handle<T: Task>(pub(crate) Arc<TaskState<T>>);

impl<T: Task> Handle<T> {
    /// Waits for the outcome of the task.
    ///
    /// # Errors
    /// The task has no result. The death of a worker is an error here, and no hang.
    ///
    /// # Panics
    /// If the outcome was taken before.
    ///
    /// # Blocking
    /// Until the task is over.
    pub fn wait(self) -> Outcome<T::Output> {
        block_on(|waker| self.0.take(waker), self.is_sole(), None).expect("there is no time limit")
    }

    /// Waits for the outcome for at most `limit`; `None` after that. The task goes on: to have it
    /// killed, give it a [time limit](crate::Options::time_limit).
    ///
    /// # Panics
    /// If the outcome was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T::Output>> {
        // A limit beyond the range of the clock is none.
        block_on(|waker| self.0.take(waker), self.is_sole(), Instant::now().checked_add(limit))
    }

    /// Takes the outcome if the task is over; never blocks.
    ///
    /// # Panics
    /// If the outcome was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T::Output>> {
        self.0.take(None)
    }

    fn is_sole(&self) -> bool {
        // Relaxed: it was stored before this handle was made, by the same thread.
        self.0.is_sole.load(Relaxed)
    }

    /// Returns whether the task is over, with a result or without.
    pub fn is_finished(&self) -> bool {
        self.0.is_over()
    }

    /// Cancels the task if no worker has it; returns whether it did.
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// Sets a callback, which runs in this process, on a thread that the pool has for callbacks
    /// alone, in the order in which tasks end; or at once on this thread, if the task is over. One
    /// that panics harms no other.
    ///
    /// # Panics
    /// If the outcome was taken before; or if the task is over and the callback panics.
    pub fn on_done(self, callback: impl FnOnce(Outcome<T::Output>) + Send + 'static) {
        if let Some(call) = self.0.call(Box::new(callback)) {
            call();
        }
    }
}

/// A handle can be awaited on any executor.
impl<T: Task> Future for Handle<T> {
    type Output = Outcome<T::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.take(Some(context.waker())).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<T: Task> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// How long a thread that waits for the only task spins before it parks. A small task is over by
/// then, and to wake a thread costs more than the task.
const SPINS_FOR: Duration = Duration::from_micros(100);

/// Polls until there is an answer, or until the deadline; parks in between, after it has spun for a
/// moment if `spins`.
pub(crate) fn block_on<R>(
    mut ask: impl FnMut(Option<&Waker>) -> Option<R>,
    spins: bool,
    deadline: Option<Instant>,
) -> Option<R> {
    thread_local! {
        static WAKER: (Rc<Receiver<()>>, Waker) = waker();
    }
    if let Some(answer) = ask(None) {
        return Some(answer);
    }
    let until = Instant::now() + SPINS_FOR;
    let until = deadline.map_or(until, |deadline| deadline.min(until));
    while spins && Instant::now() < until {
        // What is waited for may need this core.
        thread::yield_now();
        if let Some(answer) = ask(None) {
            return Some(answer);
        }
    }
    // While the thread's locals are destroyed, its waker is gone: then it makes one for this call.
    let (woken, waker) = WAKER.try_with(Clone::clone).unwrap_or_else(|_| waker());
    loop {
        if let Some(answer) = ask(Some(&waker)) {
            return Some(answer);
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if !left.map_or_else(|| woken.recv().is_ok(), |left| woken.recv_timeout(left).is_ok()) {
            return None;
        }
    }
}

/// What wakes a thread: a message, of which there is one at the most. `std::thread::park` would do,
/// but needs the thread's own handle, which may be destroyed already.
struct Wakes(SyncSender<()>);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        // If there is one already, that one wakes it.
        let _ = self.0.try_send(());
    }
}

fn waker() -> (Rc<Receiver<()>>, Waker) {
    let (wakes, woken) = sync_channel(1);
    (Rc::new(woken), Arc::new(Wakes(wakes)).into())
}

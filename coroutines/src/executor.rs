//! A single-threaded executor, to be read in one sitting: which task it polls, when, and what it
//! does while all of them wait.
//!
//! ```
//! use coroutines::executor::{block_on, sleep, spawn, yield_now};
//!
//! let sum = block_on(async {
//!     let other = spawn(async {
//!         yield_now().await;
//!         2
//!     });
//!     sleep(std::time::Duration::from_millis(1)).await;
//!     1 + other.await.unwrap()
//! });
//! assert_eq!(sum, 3);
//! ```
//!
//! # How it works
//! 1. [`spawn`] puts a future into a task, which a slot and the returned handle share, and the task
//!    at the end of the run queue. The loop takes the first task out of the queue and polls it.
//! 2. A task that is pending is not looked at until its waker is called. Called on this thread, the
//!    waker puts the task at the end of the queue, a list through the tasks: nothing in that is
//!    atomic or locked. Called on another thread, it puts its number into the inbox, once however
//!    often it is called, and unparks this thread.
//! 3. When the queue is empty, the thread parks until the next timer is due or the inbox is filled;
//!    with sockets, it waits for them instead, by epoll, and for a bell that others ring.
//! 4. A task that has ended wakes the task that awaits its handle, and leaves its slot. Its output
//!    stays in it until the handle asks, or is dropped: the second of slot and handle frees it.
//! 5. When the executor is dropped, so are all futures, on its thread. Wakers may live on: they are
//!    numbers, which keep nothing, and wake nothing until another executor has got the number.
//!
//! Wakers and destructors are foreign code, which may panic. Each is called while nothing is
//! borrowed; and each that is not the last thing to be done is contained: its panic is reported by
//! the panic hook, and goes no further.
//!
//! # Relationship with tokio
//! Names and meaning are tokio's (`spawn` is its `spawn_local`), so that lessons run on either.
//! **Take tokio**: it has a reactor for all kinds of descriptors on every system, work-stealing
//! threads, budgets that keep a task from starving others, a timer wheel, task dumps and years of
//! use. This executor has none of that, and does not pay for it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::pending;

mod inbox;
mod join;
mod local;
#[cfg(target_os = "linux")]
mod reactor;
mod sync;
mod task;
mod timer;
mod waker;

pub use crate::channel::{Receiver, Sender, channel};
pub use join::{JoinError, JoinHandle};
#[cfg(target_os = "linux")]
pub use reactor::Socket;
pub use timer::{Elapsed, Sleep, now, sleep, timeout};

use crate::contain::wake;
use local::{Local, MAIN};
use waker::Id;

/// The number of polls after which it looks at the inbox and the timers, even if tasks are queued:
/// two tasks that only ever wake each other would starve all others. A prime, so that it falls in
/// step with no pattern of tasks; tokio takes the same one.
const LOOK_EVERY: u32 = 61;

/// An executor, which runs tasks on the thread that made it, while that thread is in
/// [`block_on`](Self::block_on). Dropping it drops all its tasks.
///
/// ```
/// use coroutines::executor::Executor;
///
/// let executor = Executor::new();
/// let task = executor.spawn(async { 6 * 7 });
/// assert_eq!(executor.block_on(task).unwrap(), 42);
/// ```
pub struct Executor(Local);

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").finish_non_exhaustive()
    }
}

impl Executor {
    /// Returns an executor without tasks.
    ///
    /// # Panics
    /// If there are 65 536 others: each has a number, by which wakers find it.
    pub fn new() -> Self {
        Self(Local::new(None))
    }

    /// Returns an executor whose clock stands still. Whenever all tasks wait, it jumps to the next
    /// timer: a task that sleeps for an hour does so in no time, and always in the same order. For
    /// tests.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn paused() -> Self {
        Self(Local::new(Some(Instant::now())))
    }

    /// Spawns a task; it runs while this thread is in [`block_on`](Self::block_on).
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.0.spawn(future)
    }

    /// Runs all tasks until the future is done, and returns its output. The other tasks stay as
    /// they are.
    ///
    /// # Panics
    /// Inside a task: all others of that executor would wait for this one. And if the future
    /// panics.
    ///
    /// # Blocking
    /// While all tasks wait, the thread parks: until another thread wakes one, or a timer is due.
    ///
    /// # Fairness
    /// FIFO, in the order of wake-ups. No poll is preempted, however long it takes.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        assert!(local::here(|_| ()).is_none(), "block_on inside a task would block its executor");
        self.0.enter(|| {
            let (local, mut future) = (&self.0, pin!(future));
            let waker = Id::new(local.number, 0, MAIN).waker();
            let mut cx = Context::from_waker(&waker);
            waker.wake_by_ref();
            loop {
                // A waker may do anything, so the timers are not borrowed while it is called; and it
                // may set timers that are due already, so a pass wakes no more than there were.
                let most = local.timers.borrow().due.len();
                let due = (0..most).map_while(|_| local.timers.borrow_mut().pop_due());
                due.for_each(wake);
                // Last: a timer's waker is foreign code, and may consume the token that another
                // thread left for `park`.
                for id in local.inbox.take() {
                    local.wake(id);
                }
                local.sleep();
                for task in (0..LOOK_EVERY).map_while(|_| local.next()) {
                    if task.head().id.slot() != MAIN {
                        local.run(task);
                    } else if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                        return output;
                    }
                }
            }
        })
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.0.enter(|| self.0.shut_down());
    }
}

/// Spawns a task on the executor that runs the caller.
///
/// # Panics
/// Outside of an executor.
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    local::here(|local| local.spawn(future)).expect("a task is spawned inside an executor")
}

/// Runs a future on an executor of its own, with the tasks that it spawns; then drops those that
/// are left.
///
/// # Panics
/// As [`Executor::block_on`].
pub fn block_on<F: Future>(future: F) -> F::Output {
    Executor::new().block_on(future)
}

/// Does the same with [a clock that stands still](Executor::paused).
///
/// # Panics
/// As [`Executor::block_on`].
pub fn block_on_paused<F: Future>(future: F) -> F::Output {
    Executor::paused().block_on(future)
}

/// Yields once: all tasks that are queued by now are polled before this one is again.
pub async fn yield_now() {
    poll_fn(|cx| Poll::Ready(cx.waker().clone())).await.wake();
    pending!();
}

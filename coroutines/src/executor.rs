//! An executor for one thread, to be read in one sitting: who polls the tasks, when, and what it
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
//! # The story
//! 1. [`spawn`] puts a future into a task (`task.rs`), the task into a slot, and the slot's number
//!    into the run queue (`local.rs`).
//! 2. [`Executor::block_on`] is the loop: it takes the first number out of the queue and has that
//!    task polled.
//! 3. A task that is pending goes back into its slot, and nobody looks at it until its waker is
//!    called.
//! 4. Its waker, called on this thread, puts its number at the end of the queue: nothing in that is
//!    atomic or locked.
//! 5. Called on another thread, it goes into the inbox (`inbox.rs`), once however often it is
//!    called, and that thread unparks this one: all that is shared is there.
//! 6. A timer is a waker and a moment (`timer.rs`). The loop calls the wakers of those that are
//!    due.
//! 7. When the queue is empty, the thread parks until the next timer is due, or somebody has put
//!    something into the inbox.
//! 8. What comes out of a task stays in it until its handle asks (`join.rs`); its end wakes whoever
//!    waits for that.
//! 9. When the executor is dropped, so are all futures, on its thread. Wakers may live on anywhere:
//!    they keep memory, and wake nobody.
//!
//! Wakers and destructors are foreign code, which may panic. Each is called while nothing is
//! borrowed; and each that is not the last thing to be done is contained: its panic is reported by
//! the panic hook, and goes no further.
//!
//! # Relationship with tokio
//! The names and what they mean are tokio's (`spawn` is its `spawn_local`), so that lessons run on
//! either. **Take tokio**: it has sockets, work-stealing threads, budgets that keep a task from
//! starving others, a wheel for a million timers, task dumps and years of use. What is here has
//! none of that, and its price.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

mod inbox;
mod join;
mod local;
mod task;
mod timer;

/// What the inbox is made of: the tests compile it once more with Loom's.
mod sync {
    pub(super) use std::sync::Mutex;
    pub(super) use std::sync::atomic::{AtomicBool, Ordering};
    pub(super) use std::thread::{Thread, current};
}

pub use crate::channel::{Receiver, Sender, channel};
pub use join::{JoinError, JoinHandle};
pub use timer::{Elapsed, Sleep, now, sleep, timeout};

use local::{Local, MAIN};
use task::Task;
use timer::Timers;

/// After so many polls it looks at the inbox and the timers, even if tasks are queued: two that
/// only ever wake each other would keep everyone else out. A prime, so that it falls in step with
/// no pattern of tasks; tokio takes the same one.
const LOOK_EVERY: u32 = 61;

/// Runs tasks on the thread that it was made on, while that thread is in
/// [`block_on`](Self::block_on). Dropping it drops all its tasks.
pub struct Executor(Rc<Local>);

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
    /// Makes an executor that has nothing to do.
    pub fn new() -> Self {
        Self(Rc::new(Local::new(Timers::default())))
    }

    /// Makes one whose clock stands still. Whenever nobody has anything to do, it is put forward to
    /// the next timer: what sleeps for an hour does so in no time, and always in the same order.
    /// For tests.
    pub fn paused() -> Self {
        Self(Rc::new(Local::new(Timers::paused())))
    }

    /// Starts a task; it runs while this thread is in [`block_on`](Self::block_on).
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.0.spawn(future)
    }

    /// Runs all tasks until the future is done, and returns what comes out of it. The others stay
    /// as they are.
    ///
    /// # Panics
    /// Inside a task: all others of that executor would wait for this one. And if the future
    /// panics.
    ///
    /// # Blocking
    /// While no task has anything to do, the thread sleeps: until another thread wakes one, or a
    /// timer is due.
    ///
    /// # Fairness
    /// First woken, first polled. How long a poll takes is up to the task; nobody takes the thread
    /// from it.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        assert!(
            local::here(|_| ()).is_none(),
            "block_on inside a task would block the thread that runs all tasks"
        );
        let (local, mut future) = (&*self.0, pin!(future));
        let _here = local::enter(&self.0);
        // It stands in the queue as a task whose future is elsewhere, so that it is woken as the
        // others are.
        let main =
            Arc::new(Task::new(Arc::clone(&local.inbox), MAIN, std::future::pending::<()>()));
        let waker = Waker::from(Arc::clone(&main));
        waker.wake_by_ref();
        loop {
            local.fire();
            // Last: a waker of a timer may be anyone's code, and take the token that another thread
            // left for `park`.
            local.inbox.take().into_iter().for_each(Waker::wake);
            if local.nothing_queued() {
                local.park();
            }
            for _ in 0..LOOK_EVERY {
                match local.next() {
                    None => break,
                    Some(MAIN) => {
                        main.take_out();
                        if let Poll::Ready(output) =
                            future.as_mut().poll(&mut Context::from_waker(&waker))
                        {
                            return output;
                        }
                    }
                    Some(key) => local.run(key),
                }
            }
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        let _here = local::enter(&self.0);
        self.0.shut_down();
    }
}

/// Starts a task on the executor that runs the one that asks.
///
/// # Panics
/// Outside of an executor.
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    local::here(|local| local.spawn(future))
        .expect("a task is spawned by a task, or by an executor's own spawn")
}

/// Runs a future on an executor of its own, and the tasks that it spawns for as long as it runs;
/// then drops those that are left.
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

/// Gives way once: all who are queued by now are polled before this task is again. Made by
/// [`yield_now`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct YieldNow(bool);

/// Gives way once.
pub fn yield_now() -> YieldNow {
    YieldNow(false)
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

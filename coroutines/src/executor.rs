//! An executor for one thread, to be read in one sitting: who polls the tasks, when, and what it does while all of them wait.
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
//! Reading order: this file, which is the loop; `task.rs`, what it polls; `core.rs`, the run queue; `inbox.rs`, how
//! another thread wakes a task, which is all that is atomic here; `timer.rs`; `join.rs`.
//!
//! # Relationship with tokio
//! The names and what they mean are tokio's (`spawn` is its `spawn_local`), so that lessons run on either. **Take tokio**:
//! it has sockets, work-stealing threads, budgets that keep a task from starving others, a wheel for a million timers, task dumps and
//! years of use. What is here has none of that, and its price.

#![expect(
    unsafe_code,
    reason = "tasks are kept by counted pointers; who gives back which, and when, is said here"
)]

use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

mod core;
mod inbox;
mod join;
mod task;
mod timer;

/// What the inbox is made of: the tests compile it once more with Loom's.
mod sync {
    pub(super) use std::sync::atomic;
}

pub use crate::channel::{Receiver, Sender, channel};
pub use join::{JoinError, JoinHandle};
pub use timer::{Elapsed, Sleep, now, sleep, timeout};

use self::core::{Core, here};
use task::{HANDLE, TaskRef};
use timer::Timers;

/// The runtime's name, for lessons that run on several.
pub const NAME: &str = "ours";

/// After so many polls it looks at the inbox and the timers, even if tasks are queued: two that only ever wake each other would
/// keep everyone else out. A prime, so that it falls in step with no pattern of tasks; tokio takes the same one.
const LOOK_EVERY: u32 = 61;

/// Runs tasks on the thread that it was made on, while that thread is in [`block_on`](Self::block_on). Dropping it drops all its tasks.
pub struct Executor {
    core: Arc<Core>,
    /// It stays on its thread.
    _here: PhantomData<*const ()>,
}

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
        Self { core: Core::new(Timers::default()), _here: PhantomData }
    }

    /// Makes one whose clock stands still. Whenever nobody has anything to do, it is put forward to the next timer: what sleeps for an hour
    /// does so in no time, and always in the same order. For tests.
    pub fn paused() -> Self {
        Self { core: Core::new(Timers::paused()), _here: PhantomData }
    }

    /// Starts a task; it runs while this thread is in [`block_on`](Self::block_on).
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        spawn_on(Arc::clone(&self.core), future)
    }

    /// Runs all tasks until the future is done, and returns what comes out of it. The others stay as they are.
    ///
    /// # Panics
    /// Inside a task: all others of that executor would wait for this one. And if the future panics.
    ///
    /// # Blocking
    /// While no task has anything to do, the thread sleeps: until another thread wakes one, or a timer is due.
    ///
    /// # Fairness
    /// First woken, first polled. How long a poll takes is up to the task; nobody takes the thread from it.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        assert!(here(|_| ()).is_none(), "block_on inside a task would block the thread that runs all tasks");
        let (mut future, mut output) = (pin!(future), None);
        // It stands in the run queue as a task without a future, so that it is woken as the others are.
        let main = Main(TaskRef::new(Arc::clone(&self.core), std::future::pending::<()>(), 1, 0));
        // SAFETY: `main` keeps its task until the end of this function.
        let waker = unsafe { main.0.waker() };
        let mut cx = Context::from_waker(&waker);
        let _here = self.core.enter();
        waker.wake_by_ref();
        self.run(main.0, &mut || {
            output = match future.as_mut().poll(&mut cx) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            };
            output.is_some()
        });
        output.expect("it runs until there is one")
    }

    /// Polls whoever is next, until `poll_main` says that the main task is done. (Not generic: the compiler sees the whole loop once, and
    /// can merge into it what it calls.)
    fn run(&self, main: TaskRef, poll_main: &mut dyn FnMut() -> bool) {
        loop {
            self.core.receive();
            self.core.fire();
            if self.core.nothing_queued() {
                self.core.park();
            }
            for _ in 0..LOOK_EVERY {
                let Some(task) = self.core.next() else { break };
                if task == main {
                    if poll_main() {
                        return;
                    }
                    continue;
                }
                // SAFETY: it comes from the run queue, so it is not done, and is in the list of all tasks; this is its thread; and
                // no task is in the middle of a poll, since `block_on` is refused there.
                unsafe {
                    if task.run() {
                        self.core.disown(task);
                    }
                }
            }
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.core.shut_down();
    }
}

/// Stands for the future that `block_on` runs.
struct Main(TaskRef);

impl Drop for Main {
    fn drop(&mut self) {
        // SAFETY: it has the task's only reference on this thread.
        unsafe { self.0.leave() }
    }
}

fn spawn_on<F: Future + 'static>(core: Arc<Core>, future: F) -> JoinHandle<F::Output> {
    let task = TaskRef::new(core, future, 2, HANDLE);
    // SAFETY: of the two references, one is the list's and one the handle's.
    unsafe {
        let core = &task.header().core;
        core.own(task);
        core.queue(task);
        JoinHandle::new(task)
    }
}

/// Starts a task on the executor that runs the one that asks.
///
/// # Panics
/// Outside of an executor.
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    let core = here(Core::counted).expect("a task is spawned by a task, or by an executor's own spawn");
    spawn_on(core, future)
}

/// Runs a future on an executor of its own, and the tasks that it spawns for as long as it runs; then drops those that are left.
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

/// Gives way once: all who are queued by now are polled before this task is again. Made by [`yield_now`].
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

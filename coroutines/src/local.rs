//! Tasks that never leave their thread need not be `Send`: they may share an `Rc` or a `Cell`
//! without a lock.
//!
//! Where tasks may move between threads, rustc rejects them: an `Rc` that lives across an await
//! would move along.
//!
//! ```compile_fail,E0277
//! let runtime = coroutines::tokio_runtime::on_one_thread();
//! let shared = std::rc::Rc::new(1);
//! runtime.block_on(async {
//!     tokio::spawn(async move { // `Rc<i32>` cannot be sent between threads safely
//!         tokio::task::yield_now().await;
//!         drop(shared);
//!     });
//! });
//! ```
//!
//! `spawn_local` accepts it, and so does our executor's `spawn`, whose handle cannot be sent:
//!
//! ```compile_fail,E0277
//! let executor = coroutines::executor::Executor::new();
//! let task = executor.spawn(async {});
//! std::thread::spawn(move || task.abort()); // `*const ()` cannot be sent between threads safely
//! ```
//!
//! No data race does not mean no race: at an await, other tasks run.

use std::cell::Cell;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use tokio::sync::Barrier;

use super::runtime::{self, spawn, yield_now};
use crate::lane::{self, at};

/// The number of times that each task adds one.
const TIMES: u32 = 2;

/// What two tasks add in all.
pub const SUM: u32 = 2 * TIMES;

/// Lets two tasks add to one cell, each in its own way, and returns the sum.
fn two_add<F: Future<Output = ()> + 'static>(add: impl Fn(Rc<Cell<u32>>) -> F) -> u32 {
    let sum = Rc::new(Cell::new(0));
    runtime::block_on(async {
        let tasks = ["t1", "t2"].map(|name| spawn(lane::task(name, add(Rc::clone(&sum)))));
        for task in tasks {
            at(task).await.expect("it does not panic");
        }
    });
    sum.get()
}

/// Each reads the sum, awaits `other`, and writes what it read and one.
fn read_await_write<F: Future + 'static>(
    pace: Duration,
    other: impl Fn() -> F + Clone + 'static,
) -> u32 {
    two_add(|sum| {
        let other = other.clone();
        async move {
            for _ in 0..TIMES {
                let read = sum.get();
                lane::work(&format!("get {read}"), pace);
                at(other()).await;
                lane::work(&format!("set {}", read + 1), pace);
                sum.set(read + 1);
            }
        }
    })
}

/// Loses what the other task wrote between read and write. To leave nothing to luck, each awaits
/// that the other one has read as well.
pub fn await_between(pace: Duration) -> u32 {
    let both = Rc::new(Barrier::new(2));
    read_await_write(pace, move || {
        let both = Rc::clone(&both);
        async move { both.wait().await }
    })
}

/// Yields between read and write, and leaves the rest to the schedule: for the model checker.
pub fn yield_between() -> u32 {
    read_await_write(Duration::ZERO, yield_now)
}

/// Each reads and writes without an await between: no other task runs there. No lock, no atomic.
pub fn no_await_between(pace: Duration) -> u32 {
    two_add(|sum| async move {
        for _ in 0..TIMES {
            let read = sum.get();
            lane::work(&format!("{read} to {}", read + 1), pace);
            sum.set(read + 1);
            yield_now().await;
        }
    })
}

/// Runs a runtime on each of two threads: tasks of one thread share its cell, the threads share
/// nothing and return their sums. So tasks that are not `Send` use a second core.
pub fn a_runtime_each(pace: Duration) -> u32 {
    let threads = ["left", "right"].map(|name| {
        let thread = thread::Builder::new().name(name.to_owned());
        let thread = thread.spawn(move || no_await_between(pace));
        thread.expect("the system has room for another thread")
    });
    threads.map(|thread| thread.join().expect("it does not panic")).iter().sum()
}

/// Spawns a task on a thread that runs no executor, which would never poll it; returns whether that
/// panics.
pub fn outside() -> bool {
    catch_unwind(|| drop(spawn(async {}))).is_err()
}

//! A guard that is held across an await is held while other tasks run: a lock's, a borrow's.
//!
//! Where tasks may move between threads, rustc rejects the lock: std's guard must be dropped by the
//! thread that acquired it.
//!
//! ```compile_fail
//! let lock = std::sync::Mutex::new(0);
//! let body = async move {
//!     let guard = lock.lock().unwrap(); // `MutexGuard` is not `Send`
//!     tokio::task::yield_now().await;
//!     drop(guard);
//! };
//! let runtime = coroutines::tokio_runtime::on_one_thread();
//! runtime.block_on(async { tokio::spawn(body).await });
//! ```
//!
//! With the guard dropped before the await, it compiles:
//!
//! ```
//! let lock = std::sync::Mutex::new(0);
//! let body = async move {
//!     let guard = lock.lock().unwrap();
//!     drop(guard);
//!     tokio::task::yield_now().await;
//! };
//! let runtime = coroutines::tokio_runtime::on_one_thread();
//! runtime.block_on(async { tokio::spawn(body).await }).unwrap();
//! ```
//!
//! On one thread, as here, it compiles with the guard held as well.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use tracing::info_span;

use super::runtime::{block_on, spawn, yield_now};
use crate::lane::{self, wait};

/// Yields until something has happened: no runtime promises in which order it polls.
async fn yield_until(happened: impl Fn() -> bool) {
    while !happened() {
        yield_now().await;
    }
}

/// t1 yields while it holds the lock, until t2 has begun; t2 blocks their thread on the lock.
///
/// # Blocking
/// For ever.
#[expect(clippy::await_holding_lock, reason = "that is the lesson")]
pub fn lock_across() {
    let (lock, there) = (Rc::new(Mutex::new(0)), Rc::new(Cell::new(false)));
    let (lock2, there2) = (Rc::clone(&lock), Rc::clone(&there));
    block_on(async {
        let t1 = spawn(lane::task("t1", async move {
            let mut value = lock.lock().unwrap_or_else(PoisonError::into_inner);
            let _holds = info_span!("holds", what = "A");
            let _waits = info_span!("waits", what = "t2 to yield", from = "t2");
            yield_until(|| there.get()).await;
            *value += 1;
        }));
        let t2 = spawn(lane::task("t2", async move {
            yield_until(|| lock2.try_lock().is_err()).await;
            there2.set(true);
            let _waits = info_span!("waits", what = "A");
            *lock2.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }));
        // It never comes to this.
        (t1.await.is_ok(), t2.await.is_ok())
    });
}

/// t1 yields while it borrows the cell; t2 borrows it as well, and panics. Returns whether each of
/// them came to its end.
#[expect(clippy::await_holding_refcell_ref, reason = "that is the lesson")]
pub fn borrow_across() -> (bool, bool) {
    let (cell, there) = (Rc::new(RefCell::new(0)), Rc::new(Cell::new(false)));
    let (cell2, there2) = (Rc::clone(&cell), Rc::clone(&there));
    block_on(async {
        let t1 = spawn(lane::task("t1", async move {
            let mut value = cell.borrow_mut();
            yield_until(|| there.get()).await;
            *value += 1;
        }));
        let t2 = spawn(lane::task("t2", async move {
            yield_until(|| cell2.try_borrow().is_err()).await;
            there2.set(true);
            *cell2.borrow_mut() += 1;
        }));
        (t1.await.is_ok(), t2.await.is_ok())
    })
}

/// Runs two tasks that add one, each in its own way.
fn two_add<F: Future<Output = ()> + 'static>(add: impl Fn() -> F) {
    block_on(async {
        let (t1, t2) = (spawn(lane::task("t1", add())), spawn(lane::task("t2", add())));
        t1.await.and(t2.await).expect("no task panics");
    });
}

/// Releases the lock before the await. Returns the value.
pub fn ended_before() -> u32 {
    let lock = Rc::new(Mutex::new(0));
    two_add(|| {
        let lock = Rc::clone(&lock);
        async move {
            *lock.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            yield_now().await;
        }
    });
    *lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds a lock across the await for which tasks wait without blocking their thread: tokio's.
/// Returns the value.
///
/// It costs more than std's, and is meant for what has to be held across an await; a plain value is
/// better off behind std's.
pub fn async_lock() -> u32 {
    let lock = Rc::new(tokio::sync::Mutex::new(0));
    two_add(|| {
        let lock = Rc::clone(&lock);
        async move {
            let mut value = wait("A", lock.lock()).await;
            let _holds = info_span!("holds", what = "A");
            yield_now().await;
            *value += 1;
        }
    });
    Rc::into_inner(lock).map_or(0, tokio::sync::Mutex::into_inner)
}

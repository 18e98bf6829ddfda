//! A lock held across an await. Tasks share a thread: a task that blocks it while it waits for a lock
//! whose holder has yielded waits for a task that only this thread could run.
//!
//! rustc refuses it where the executor may move tasks between threads, since std's guard must be
//! dropped by the thread that acquired it:
//!
//! ```compile_fail
//! fn spawn<F: Future + Send>(_: F) {}
//!
//! async fn pause() {}
//! let lock = std::sync::Mutex::new(0);
//! spawn(async {
//!     let guard = lock.lock().unwrap(); // `MutexGuard` is not `Send`
//!     pause().await;
//!     drop(guard);
//! });
//! ```
//!
//! With the guard dropped before the await, the same is accepted:
//!
//! ```
//! fn spawn<F: Future + Send>(_: F) {}
//!
//! async fn pause() {}
//! let lock = std::sync::Mutex::new(0);
//! spawn(async {
//!     let guard = lock.lock().unwrap();
//!     drop(guard);
//!     pause().await;
//! });
//! ```
//!
//! On one thread, as here, it compiles with the guard held as well; `clippy::await_holding_lock`
//! warns of it.

use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tracing::{Instrument, Span, info_span};

use kit::real::lane::acquire;

/// Runs two tasks on one thread, t1 first, and waits for both.
fn on_one_thread(t1: impl Future<Output = ()> + 'static, t2: impl Future<Output = ()> + 'static) {
    let runtime = Builder::new_current_thread()
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    LocalSet::new().block_on(&runtime, async {
        let t1 = spawn_local(t1.instrument(info_span!("task", lane = "t1")));
        let t2 = spawn_local(t2.instrument(info_span!("task", lane = "t2")));
        t1.await.expect("t1 is not cancelled");
        t2.await.expect("t2 is not cancelled");
    });
}

/// Yields the thread to the other tasks.
async fn yield_to_t2() {
    let _waits = info_span!("waits", what = "t2 to yield", from = "t2");
    yield_now().await;
}

/// t1 yields while it holds the lock; t2 blocks the thread while it waits for the lock.
///
/// # Blocking
/// For ever.
#[expect(clippy::await_holding_lock, reason = "that is the lesson")]
pub fn held_across() {
    let lock = Rc::new(Mutex::new(0));
    let lock2 = Rc::clone(&lock);
    on_one_thread(
        async move {
            let mut value = lock.lock().unwrap_or_else(PoisonError::into_inner);
            let _holds = info_span!("holds", what = "A");
            yield_to_t2().await;
            *value += 1;
        },
        async move { *acquire("A", &lock2) += 1 },
    );
}

/// Two tasks acquire two of tokio's locks in opposite orders: they yield while they wait, and wait
/// for ever all the same.
///
/// # Blocking
/// For ever.
pub fn async_opposite() {
    async fn acquire<'a>(
        what: &str,
        lock: &'a tokio::sync::Mutex<u32>,
    ) -> (tokio::sync::MutexGuard<'a, u32>, Span) {
        let waits = info_span!("waits", what);
        let guard = lock.lock().await;
        let holds = info_span!("holds", what);
        drop(waits);
        (guard, holds)
    }
    let locks = Rc::new([tokio::sync::Mutex::new(0), tokio::sync::Mutex::new(0)]);
    let locks2 = Rc::clone(&locks);
    on_one_thread(
        async move {
            let _a = acquire("A", &locks[0]).await;
            yield_now().await;
            let _b = acquire("B", &locks[1]).await;
        },
        async move {
            let _b = acquire("B", &locks2[1]).await;
            yield_now().await;
            let _a = acquire("A", &locks2[0]).await;
        },
    );
}

/// t1 releases the lock before it yields; returns the value.
pub fn ended_before() -> u32 {
    let lock = Rc::new(Mutex::new(0));
    let (lock1, lock2) = (Rc::clone(&lock), Rc::clone(&lock));
    on_one_thread(
        async move {
            // The guard is a temporary of this statement.
            *acquire("A", &lock1) += 1;
            yield_to_t2().await;
        },
        async move { *acquire("A", &lock2) += 1 },
    );
    *lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock is tokio's: to wait for it is to yield. Returns the value.
///
/// It costs more than std's, and is meant for what has to be held across an await; a value is
/// better off behind std's.
pub fn async_lock() -> u32 {
    let lock = Rc::new(tokio::sync::Mutex::new(0));
    let (lock1, lock2) = (Rc::clone(&lock), Rc::clone(&lock));
    on_one_thread(
        async move {
            let mut value = lock1.lock().await;
            let _holds = info_span!("holds", what = "A");
            yield_to_t2().await;
            *value += 1;
        },
        async move {
            let waits = info_span!("waits", what = "A");
            let mut value = lock2.lock().await;
            drop(waits);
            let _holds = info_span!("holds", what = "A");
            *value += 1;
        },
    );
    Rc::into_inner(lock).map_or(0, tokio::sync::Mutex::into_inner)
}

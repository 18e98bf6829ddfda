//! Threads that join the queue of a FIFO lock one by one, and the order in which they acquire it.

use std::time::Duration;

use lock_api::{Mutex, RawMutex};
use tracing::info_span;

use super::lane::{finish, start, work};
use super::primitives::QueueTail;
use super::sync::Arc;
use super::thread;

/// Lets threads `w1` to `w<waiters>` join the queue of a lock that is held, each when the one
/// before has joined, then releases the lock; returns the numbers in the order in which they
/// acquired it. Each holds the lock for `pace`.
///
/// No window and no luck: the tail of the queue shows from outside that a thread has joined.
pub fn in_order<R>(lock: &Arc<Mutex<R, Vec<u32>>>, waiters: u32, pace: Duration) -> Vec<u32>
where
    R: RawMutex<Guard: Send> + Send + Sync + 'static,
    Mutex<R, Vec<u32>>: QueueTail,
{
    let held = lock.lock();
    let threads: Vec<_> = (1..=waiters)
        .map(|number| {
            let (before, lock2) = (lock.tail(), Arc::clone(lock));
            let thread = start(format!("w{number}"), move || {
                let waits = info_span!("waits", what = "lock");
                let mut order = lock2.lock();
                let _holds = info_span!("holds", what = "lock");
                drop(waits);
                work(pace);
                order.push(number);
            });
            while lock.tail() == before {
                thread::yield_now();
            }
            thread
        })
        .collect();
    drop(held);
    threads.into_iter().for_each(finish);
    std::mem::take(&mut *lock.lock())
}

//! Threads that come to a fair lock one by one, and in which order they get in.

use std::time::Duration;

use lock_api::{Mutex, RawMutex};
use tracing::info_span;

use super::lane::{finish, start, work};
use super::primitives::InLine;
use super::sync::Arc;
use super::thread;

/// Lets threads `w1` to `w<waiters>` join the line of a lock that is held, each when the one before
/// is in it, then gives the lock back; returns the numbers in the order in which they got in. Each
/// stays inside for `pace`.
///
/// No window and no luck: that a thread has joined can be seen from outside, by who is last.
pub fn in_order<R>(lock: &Arc<Mutex<R, Vec<u32>>>, waiters: u32, pace: Duration) -> Vec<u32>
where
    R: RawMutex<Guard: Send> + Send + Sync + 'static,
    Mutex<R, Vec<u32>>: InLine,
{
    let held = lock.lock();
    let threads: Vec<_> = (1..=waiters)
        .map(|number| {
            let (before, lock2) = (lock.last(), Arc::clone(lock));
            let thread = start(format!("w{number}"), move || {
                let waits = info_span!("waits", what = "lock");
                let mut order = lock2.lock();
                let _holds = info_span!("holds", what = "lock");
                drop(waits);
                work(pace);
                order.push(number);
            });
            while lock.last() == before {
                thread::yield_now();
            }
            thread
        })
        .collect();
    drop(held);
    threads.into_iter().for_each(finish);
    std::mem::take(&mut *lock.lock())
}

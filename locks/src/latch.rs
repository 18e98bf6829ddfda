//! A thread waits until workers are done; how does it know how many there are?

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::lane::{run_all, task};
use super::primitives::latch::Latch;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync::{Arc, Condvar, Mutex, PoisonError};
use super::sync_point;

/// What the workers and the thread that waits for them agree by.
trait WaitGroup: Send + Sync + 'static {
    /// Notes that a worker begins.
    fn begin(&self);
    /// Notes that a worker is done.
    fn end(&self);
    /// Waits until all are done.
    fn wait(&self);
}

/// Lets `workers` threads work, at most three, and one wait for them; returns the number that were
/// done when it went on.
///
/// The window is widened: the workers begin when the waiting thread has gone on, or, if it does
/// not, after `timeout`.
fn work<G: WaitGroup>(group: G, workers: u32, timeout: Duration, pace: Duration) -> u32 {
    let shared = Arc::new((group, AtomicU32::new(0), sync_point()));
    type Shared<G> = (G, AtomicU32, SyncPoint);
    let worker = move |(group, done, gone_on): &Shared<G>| {
        gone_on.clone().at_most(timeout).wait_for(1);
        group.begin();
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        done.fetch_add(1, Relaxed);
        group.end();
        0
    };
    let waiter = move |(group, done, gone_on): &Shared<G>| {
        let waits = info_span!("waits", what = "work");
        group.wait();
        drop(waits);
        let done = done.load(Relaxed);
        gone_on.arrive();
        let _runs = info_span!("runs", what = "goes on");
        std::thread::sleep(pace);
        done
    };
    let names = ["t1", "t2", "t3"].into_iter().zip(0..workers);
    let workers = names.map(|(name, _)| task(name, worker));
    run_all(&shared, workers.chain([task("w", waiter)])).pop().unwrap_or_default()
}

/// The number of workers that have begun and not ended.
#[derive(Debug, Default)]
struct AtWork {
    count: Mutex<u32>,
    done: Condvar,
}

impl WaitGroup for AtWork {
    fn begin(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn end(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.done.notify_all();
    }

    fn wait(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.done.wait_while(count, |count| *count > 0));
    }
}

/// Lets each worker count itself in when it begins. A thread that waits before the first has begun
/// finds a count of 0: all are done, it seems.
pub fn registered_late(workers: u32, pace: Duration) -> u32 {
    // Nothing keeps the waiting thread from going on: the workers can wait for that.
    work(AtWork::default(), workers, Duration::from_secs(10), pace)
}

impl WaitGroup for Latch {
    fn begin(&self) {}

    fn end(&self) {
        self.count_down();
    }

    fn wait(&self) {
        Latch::wait(self);
    }
}

/// Makes the latch with the number of workers: it does not matter which thread comes first.
pub fn counted_first(workers: u32, pace: Duration) -> u32 {
    work(Latch::new(workers), workers, pace.saturating_mul(4), pace)
}

//! A thread waits until workers are done; how does it know how many there are?

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::lane::{lock, run_all, task, wait_while};
use super::primitives::latch::Latch;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;

/// What a worker does as it begins and as it ends, and what the other thread waits by.
struct Steps<G> {
    begin: fn(&G),
    end: fn(&G),
    wait: fn(&G),
}

/// Lets `workers` threads work, at most three, and one wait for them; returns the number that were
/// done when it went on.
///
/// The window is widened: the workers begin when the waiting thread has gone on, or, if it does
/// not, after `timeout`.
fn run<G: Send + Sync + 'static>(
    group: G,
    steps: Steps<G>,
    workers: u32,
    timeout: Duration,
    pace: Duration,
) -> u32 {
    let Steps { begin, end, wait } = steps;
    let shared = Arc::new((group, AtomicU32::new(0), sync_point()));
    type Shared<G> = (G, AtomicU32, SyncPoint);
    let worker = move |(group, done, gone_on): &Shared<G>| {
        gone_on.clone().at_most(timeout).wait_for(1);
        begin(group);
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        done.fetch_add(1, Relaxed);
        end(group);
        0
    };
    let waiter = move |(group, done, gone_on): &Shared<G>| {
        let waits = info_span!("waits", what = "work");
        wait(group);
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

/// Lets each worker count itself in when it begins. A thread that waits before the first has begun
/// finds a count of 0: all are done, it seems.
pub fn registered_late(workers: u32, pace: Duration) -> u32 {
    type AtWork = (Mutex<u32>, Condvar);
    let steps = Steps {
        begin: |(count, _): &AtWork| *lock(count) += 1,
        end: |(count, changed)| {
            *lock(count) -= 1;
            changed.notify_all();
        },
        wait: |(count, changed)| drop(wait_while(changed, lock(count), |count| *count > 0)),
    };
    // Nothing keeps the waiting thread from going on: the workers can wait for that.
    run((Mutex::new(0), Condvar::new()), steps, workers, Duration::from_secs(10), pace)
}

/// Makes the latch with the number of workers: it does not matter which thread comes first.
pub fn counted_first(workers: u32, pace: Duration) -> u32 {
    let steps = Steps { begin: |_| (), end: Latch::count_down, wait: Latch::wait };
    run(Latch::new(workers), steps, workers, pace.saturating_mul(4), pace)
}

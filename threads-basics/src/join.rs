//! A counter that two threads add to, read before they are joined and after.
//!
//! The threads are held back half way until the parent has done what it does there: so the counter
//! that is read too soon shows half, on every run. The model checker holds no thread back, and counts
//! the schedules in which the counter shows less than all.

use tracing::info_span;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::thread::JoinHandle;
use kit::sync_point::SyncPoint;

/// Reads the counter without waiting for the threads, and joins them afterwards, too late.
pub fn read_at_once(steps: u32, half_way: &SyncPoint) -> u32 {
    let (counter, threads) = start_two(steps, half_way);
    let read = half_way_read(&counter, half_way);
    wait_for(threads);
    read
}

/// Drops the handles, and with them the only way to wait: a thread whose handle is dropped goes on
/// by itself.
pub fn dropped(steps: u32, half_way: &SyncPoint) -> u32 {
    let (counter, threads) = start_two(steps, half_way);
    drop(threads);
    half_way_read(&counter, half_way)
}

/// Joins the threads, and reads the counter then.
///
/// # Memory ordering
/// Everything that a thread has done happens before the return of its `join`. So the counter needs no
/// more than `Relaxed`, here and in the threads, and a plain value would do if only one thread wrote
/// to it.
pub fn joined(steps: u32, half_way: &SyncPoint) -> u32 {
    let (counter, threads) = start_two(steps, half_way);
    half_way_read(&counter, half_way);
    wait_for(threads);
    counter.load(Relaxed)
}

/// Reads the counter while both threads are half way.
fn half_way_read(counter: &AtomicU32, half_way: &SyncPoint) -> u32 {
    half_way.meet();
    let read = counter.load(Relaxed);
    let runs = info_span!("runs", lane = "parent", what = "reads the counter");
    half_way.work();
    drop(runs);
    half_way.meet();
    read
}

/// Spawns two threads that add 1 to the counter `steps` times each, and meet the parent half way,
/// twice: once to be there, once to go on.
fn start_two(steps: u32, half_way: &SyncPoint) -> (Arc<AtomicU32>, [JoinHandle<()>; 2]) {
    let counter = Arc::new(AtomicU32::new(0));
    let threads = ["t1", "t2"].map(|name| {
        let (counter, half_way) = (Arc::clone(&counter), half_way.clone());
        start(name, move || {
            add(&counter, steps / 2, "counts", &half_way);
            let waits = info_span!("waits", what = "the parent's step", from = "parent");
            half_way.meet();
            half_way.meet();
            drop(waits);
            add(&counter, steps - steps / 2, "counts on", &half_way);
        })
    });
    (counter, threads)
}

fn add(counter: &AtomicU32, steps: u32, what: &str, half_way: &SyncPoint) {
    if steps > 0 {
        let _runs = info_span!("runs", what);
        for _ in 0..steps {
            counter.fetch_add(1, Relaxed);
        }
        half_way.work();
    }
}

#[track_caller]
fn wait_for(threads: [JoinHandle<()>; 2]) {
    for (thread, name) in threads.into_iter().zip(["t1", "t2"]) {
        let _waits =
            info_span!("waits", lane = "parent", what = format!("end of {name}"), from = name);
        finish(thread);
    }
}

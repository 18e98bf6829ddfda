//! A semaphore, a reader-writer lock and a latch out of a mutex and a condition variable, as asked
//! at a whiteboard.
//!
//! All have one shape. The state is a value under the mutex. To wait is `wait_while` it is not as
//! needed; to go on is to change it, under the same lock; and whatever may let another thread go on
//! notifies. What [`primitives`](super::primitives) has is faster, as it makes no call where no
//! thread waits; this is what one writes first.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::exclusion_probe::ExclusionProbe;
use super::lane::{Task, lock, run_all, task, wait_while};
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;

mod rwlock;

pub use rwlock::RwLock;

/// A number of permits: at most that many threads are inside.
#[derive(Debug)]
pub struct Semaphore {
    permits: Mutex<u32>,
    released: Condvar,
}

impl Semaphore {
    /// Makes one with that number of permits.
    pub const fn new(permits: u32) -> Self {
        Self { permits: Mutex::new(permits), released: Condvar::new() }
    }

    /// Acquires a permit, as soon as there is one.
    pub fn acquire(&self) {
        *wait_while(&self.released, lock(&self.permits), |permits| *permits == 0) -= 1;
    }

    /// Releases a permit. One waiter is enough: any of them can take it, and there is one.
    ///
    /// # Panics
    /// If there are 2³² - 1 permits; their number has not changed then.
    pub fn release(&self) {
        let mut permits = lock(&self.permits);
        *permits = permits.checked_add(1).expect("too many permits");
        drop(permits);
        self.released.notify_one();
    }
}

/// A latch: it opens after a number of count-downs, and stays open.
#[derive(Debug)]
pub struct Latch {
    count: Mutex<u32>,
    opened: Condvar,
}

impl Latch {
    /// Makes a latch that opens after `count` count-downs.
    pub const fn new(count: u32) -> Self {
        Self { count: Mutex::new(count), opened: Condvar::new() }
    }

    /// Counts down; does nothing if it is open.
    pub fn count_down(&self) {
        let mut count = lock(&self.count);
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.opened.notify_all();
        }
    }

    /// Returns whether it is open.
    pub fn is_open(&self) -> bool {
        *lock(&self.count) == 0
    }

    /// Waits until it is open.
    pub fn wait(&self) {
        self.wait_after(|| ());
    }

    /// Waits until it is open, after a call of `comes` under the mutex.
    fn wait_after(&self, comes: impl FnOnce()) {
        let count = lock(&self.count);
        comes();
        drop(wait_while(&self.opened, count, |count| *count > 0));
    }
}

/// A lock, what counts the threads inside, and the point at which they come together.
type Probed<L> = (L, ExclusionProbe, SyncPoint);

fn probed<L>(lock: L) -> Arc<Probed<L>> {
    Arc::new((lock, ExclusionProbe::new(), sync_point()))
}

/// Names a thread that enters, stays until `together` are inside, and leaves.
fn visit<L: 'static>(
    name: &'static str,
    enter: fn(&L),
    leave: fn(&L),
    together: usize,
    pace: Duration,
) -> Task<Probed<L>, ()> {
    task(name, move |(lock, probe, inside): &Probed<L>| {
        let waits = info_span!("waits", what = "lock");
        enter(lock);
        drop(waits);
        probe.during("lock", || {
            inside.arrive();
            inside.wait_for(together);
            std::thread::sleep(pace);
        });
        leave(lock);
    })
}

/// Lets one thread more in than there are permits, at most two; returns the largest number inside.
///
/// The window is widened: each stays until as many are inside as there are permits.
pub fn semaphore(permits: u32, pace: Duration) -> u32 {
    let (shared, together) = (probed(Semaphore::new(permits)), permits as usize);
    let names = ["t1", "t2", "t3"].into_iter().take(together + 1);
    let enter = |name| visit(name, Semaphore::acquire, Semaphore::release, together, pace);
    run_all(&shared, names.map(enter));
    shared.1.most_inside()
}

/// Lets two readers in, and a writer that comes when both are inside; returns the largest number of
/// threads inside, for which the writer counts as two.
pub fn rwlock(pace: Duration) -> u32 {
    let read = |name| visit(name, RwLock::read, RwLock::leave, 2, pace);
    let write = move |(lock, probe, inside): &Probed<RwLock>| {
        inside.wait_for(2);
        let waits = info_span!("waits", what = "lock");
        lock.write();
        drop(waits);
        probe.during("lock", || probe.during("lock", || std::thread::sleep(pace)));
        lock.leave_as_writer();
    };
    let shared = probed(RwLock::new());
    run_all(&shared, [read("r1"), read("r2"), task("w", write)]);
    shared.1.most_inside()
}

/// Lets two threads wait for a latch, and one open it, when both wait.
fn two_wait(pace: Duration, count_down: fn(&Latch)) {
    type Shared = (Latch, SyncPoint);
    let wait = |(latch, come): &Shared| {
        let _waits = info_span!("waits", what = "latch");
        latch.wait_after(|| come.arrive());
    };
    let open = move |(latch, come): &Shared| {
        come.wait_for(2);
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        count_down(latch);
    };
    let shared = Arc::new((Latch::new(1), sync_point()));
    run_all(&shared, [task("w1", wait), task("w2", wait), task("t", open)]);
}

/// Wakes one of the two threads that wait for the latch, and there will be no other notification.
///
/// The window is tried again, for at most `latches` latches: a thread that has released the mutex and
/// does not sleep yet goes on as well.
///
/// # Blocking
/// For ever, whichever of the two is woken.
pub fn latch_notify_one(latches: u32) {
    let count_down = |latch: &Latch| {
        *lock(&latch.count) -= 1;
        latch.opened.notify_one();
    };
    (0..latches).for_each(|_| two_wait(Duration::ZERO, count_down));
}

/// Wakes all threads that wait for the latch.
pub fn latch(pace: Duration) {
    two_wait(pace, Latch::count_down);
}

//! A semaphore, a reader-writer lock and a latch out of a mutex and a condition variable, as asked
//! at a whiteboard.
//!
//! All have one shape. The state is a value under the mutex. To wait is `wait_while` it is not as
//! needed; to go on is to change it, under the same lock; and whatever may let another thread go on
//! notifies. What [`primitives`](super::primitives) has is faster, as it makes no call where no
//! thread waits; this is what one writes first, and what one can prove.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::exclusion_probe::ExclusionProbe;
use super::lane::{run_all, task};
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;
use super::unpoisoned::{lock, wait_while};

/// A number of permits: at most that many threads are inside.
#[derive(Debug)]
pub struct Semaphore {
    permits: Mutex<u32>,
    released: Condvar,
}

impl Semaphore {
    /// Makes a semaphore with that number of permits.
    pub const fn new(permits: u32) -> Self {
        Self { permits: Mutex::new(permits), released: Condvar::new() }
    }

    /// Acquires a permit.
    ///
    /// # Blocking
    /// Until there is one.
    pub fn acquire(&self) {
        *wait_while(&self.released, lock(&self.permits), |permits| *permits == 0) -= 1;
    }

    /// Acquires a permit if there is one at this moment.
    pub fn try_acquire(&self) -> bool {
        let mut permits = lock(&self.permits);
        let there_is_one = *permits > 0;
        *permits -= u32::from(there_is_one);
        there_is_one
    }

    /// Releases a permit. One waiter is enough: any of them can take it, and there is one.
    pub fn release(&self) {
        *lock(&self.permits) += 1;
        self.released.notify_one();
    }
}

/// The threads in a reader-writer lock, and the writers before it.
#[derive(Debug)]
struct Inside {
    readers: u32,
    writing: bool,
    writers_waiting: u32,
}

impl Inside {
    fn keeps_readers_out(&self) -> bool {
        self.writing || self.writers_waiting > 0
    }

    fn keeps_writers_out(&self) -> bool {
        self.writing || self.readers > 0
    }
}

/// A reader-writer lock that admits no reader while a writer waits.
#[derive(Debug)]
pub struct RwLock {
    inside: Mutex<Inside>,
    left: Condvar,
}

impl RwLock {
    /// Makes a lock that no thread holds.
    pub const fn new() -> Self {
        let inside = Inside { readers: 0, writing: false, writers_waiting: 0 };
        Self { inside: Mutex::new(inside), left: Condvar::new() }
    }

    /// Comes in as a reader.
    ///
    /// # Blocking
    /// Until no writer is inside or waits.
    pub fn read(&self) {
        wait_while(&self.left, lock(&self.inside), |now| now.keeps_readers_out()).readers += 1;
    }

    /// Comes in as a reader, unless that has to be waited for.
    pub fn try_read(&self) -> bool {
        let mut now = lock(&self.inside);
        let free = !now.keeps_readers_out();
        now.readers += u32::from(free);
        free
    }

    /// Leaves as a reader.
    pub fn leave(&self) {
        let mut now = lock(&self.inside);
        now.readers -= 1;
        if now.readers == 0 {
            // Readers and writers wait here: to wake one of them is not enough.
            self.left.notify_all();
        }
    }

    /// Comes in as the writer.
    ///
    /// # Blocking
    /// Until no other thread is inside.
    pub fn write(&self) {
        let mut now = lock(&self.inside);
        now.writers_waiting += 1;
        now = wait_while(&self.left, now, |now| now.keeps_writers_out());
        now.writers_waiting -= 1;
        now.writing = true;
    }

    /// Comes in as the writer, unless that has to be waited for.
    pub fn try_write(&self) -> bool {
        let mut now = lock(&self.inside);
        let free = !now.keeps_writers_out();
        now.writing |= free;
        free
    }

    /// Leaves as the writer.
    pub fn leave_as_writer(&self) {
        lock(&self.inside).writing = false;
        self.left.notify_all();
    }
}

impl Default for RwLock {
    fn default() -> Self {
        Self::new()
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
        self.count_down_and(Condvar::notify_all);
    }

    fn count_down_and(&self, notify: fn(&Condvar)) {
        let mut count = lock(&self.count);
        *count = count.saturating_sub(1);
        if *count == 0 {
            notify(&self.opened);
        }
    }

    /// Returns whether it is open.
    pub fn is_open(&self) -> bool {
        *lock(&self.count) == 0
    }

    /// Waits until it is open.
    ///
    /// # Blocking
    /// Until then; not at all if it is.
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

/// Lets one thread more in than there are permits, at most two; returns the largest number inside.
///
/// The window is widened: each stays until as many are inside as there are permits.
pub fn semaphore(permits: u32, pace: Duration) -> u32 {
    let shared = Arc::new((Semaphore::new(permits), ExclusionProbe::new(), sync_point()));
    let enter = move |(semaphore, probe, inside): &(Semaphore, ExclusionProbe, SyncPoint)| {
        let waits = info_span!("waits", what = "permit");
        semaphore.acquire();
        drop(waits);
        probe.during("permit", || {
            inside.arrive();
            inside.wait_for(permits as usize);
            std::thread::sleep(pace);
        });
        semaphore.release();
    };
    let names = ["t1", "t2", "t3"].into_iter().zip(0..=permits);
    run_all(&shared, names.map(|(name, _)| task(name, enter)));
    shared.1.most_inside()
}

/// Lets two readers in, and a writer that comes when they are inside; returns the largest number of
/// readers inside at once, and whether no thread was inside with the writer.
pub fn rwlock(pace: Duration) -> (u32, bool) {
    // A cell that refuses a thread which the lock should not have admitted.
    type Shared = (RwLock, std::sync::RwLock<()>, ExclusionProbe, SyncPoint);
    let shared: Shared = (RwLock::new(), Default::default(), ExclusionProbe::new(), sync_point());
    let shared = Arc::new(shared);
    let read = move |(lock, cell, readers, inside): &Shared| {
        let waits = info_span!("waits", what = "read");
        lock.read();
        drop(waits);
        let admitted = cell.try_read();
        readers.during("read", || {
            inside.arrive();
            inside.wait_for(2);
            std::thread::sleep(pace);
        });
        let right = admitted.is_ok();
        drop(admitted);
        lock.leave();
        right
    };
    let write = move |(lock, cell, _, inside): &Shared| {
        inside.wait_for(2);
        let waits = info_span!("waits", what = "write");
        lock.write();
        let _holds = info_span!("holds", what = "write");
        drop(waits);
        let right = cell.try_write().is_ok();
        std::thread::sleep(pace);
        lock.leave_as_writer();
        right
    };
    let right = run_all(&shared, [task("r1", read), task("r2", read), task("w", write)]);
    (shared.2.most_inside(), right.into_iter().all(|right| right))
}

/// Lets two threads wait for a latch, and one open it, when both wait.
fn two_wait(pace: Duration, notify: fn(&Condvar)) {
    type Shared = (Latch, SyncPoint);
    let wait = |(latch, come): &Shared| {
        let waits = info_span!("waits", what = "latch");
        latch.wait_after(|| come.arrive());
        drop(waits);
    };
    let open = move |(latch, come): &Shared| {
        come.wait_for(2);
        let runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        drop(runs);
        latch.count_down_and(notify);
    };
    let shared = Arc::new((Latch::new(1), sync_point()));
    run_all(&shared, [task("w1", wait), task("w2", wait), task("t", open)]);
}

/// Wakes one of the two threads that wait for the latch, and there will be no other notification.
///
/// # Blocking
/// For ever, whichever of the two is woken.
pub fn latch_notify_one() {
    two_wait(Duration::ZERO, Condvar::notify_one);
}

/// Wakes all threads that wait for the latch.
pub fn latch(pace: Duration) {
    two_wait(pace, Condvar::notify_all);
}

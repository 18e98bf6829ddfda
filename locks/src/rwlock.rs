//! Many readers at once or one writer; and what becomes of the writer if there is always a reader?
//!
//! Two readers hand over to each other: the next one comes before the last one leaves, so that
//! there is always one inside. A writer asks in the meantime. Two variants differ in whether the lock
//! (`from_condvar/rwlock.rs`) admits a reader while a writer waits; the third has no such lock.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::sleep;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::from_condvar::RwLock;
use super::lane::{run_all, task};
use super::primitives::FutexMutex;
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::SeqCst};
use super::{sync_point, thread};

/// A lock, and what is observed of it: no part of it, and so no step of the model.
struct Shared<const READERS_FIRST: bool> {
    lock: RwLock<READERS_FIRST>,
    readers: std::sync::atomic::AtomicU32,
    written: AtomicBool,
    window: SyncPoint,
}

impl<const READERS_FIRST: bool> Shared<READERS_FIRST> {
    /// Reads as the reader of that number, of `all`; it leaves when the next one has come, whether
    /// that one was admitted or not. Returns whether it came in while the writer waited.
    fn read(&self, number: usize, all: usize, pace: Duration) -> bool {
        self.window.wait_for(number);
        // The window is widened: the second reader comes when the writer waits.
        while self.window.is_real() && number == 1 && !self.lock.has_writer() {
            thread::yield_now();
        }
        let waits = info_span!("waits", what = "read");
        // The first one has been inside from the start.
        let has_writer = number > 0 && self.lock.has_writer();
        let at_once = number == 0 || self.lock.try_read();
        if !at_once {
            self.window.arrive();
            self.lock.read();
        }
        self.readers.fetch_add(1, Relaxed);
        // The writer asked before this reader came in, and has not been inside.
        let overtakes = has_writer && !self.written.load(Relaxed);
        let _holds = info_span!("holds", what = "read");
        drop(waits);
        at_once.then(|| self.window.arrive());
        sleep(pace);
        self.window.wait_for((number + 2).min(all));
        self.readers.fetch_sub(1, Relaxed);
        self.lock.leave();
        overtakes
    }

    fn write(&self, pace: Duration) {
        self.window.wait_for(1);
        let waits = info_span!("waits", what = "write");
        self.lock.write();
        let _holds = info_span!("holds", what = "write");
        drop(waits);
        self.written.store(true, Relaxed);
        sleep(pace);
        assert_eq!(self.readers.load(Relaxed), 0, "the writer is not alone");
        self.lock.leave_as_writer();
    }
}

/// Lets two readers hand over to each other, `turns` times each, and a writer ask while the first
/// reader is inside. Returns the number of readers that were admitted while the writer waited.
fn hand_over<const READERS_FIRST: bool>(turns: usize, pace: Duration) -> usize {
    let (lock, readers, written) = (RwLock::<READERS_FIRST>::new(), 0.into(), false.into());
    assert!(lock.try_read(), "a free lock admits a reader");
    let shared = Arc::new(Shared { lock, readers, written, window: sync_point() });
    let reader = move |me: usize| {
        move |shared: &Shared<READERS_FIRST>| {
            (0..turns).filter(|turn| shared.read(2 * turn + me, 2 * turns, pace)).count()
        }
    };
    let writer = move |shared: &Shared<READERS_FIRST>| {
        shared.write(pace);
        0
    };
    let tasks = [task("r1", reader(0)), task("r2", reader(1)), task("w", writer)];
    run_all(&shared, tasks).iter().sum()
}

/// Admits a reader whenever no writer is inside. The writer waits for a moment without readers, and
/// there may be none.
///
/// This is the first solution of the readers-writers problem (Courtois, Heymans and Parnas, 1971),
/// in which no reader waits unless a writer is inside.
pub fn reader_preferring(turns: usize, pace: Duration) -> usize {
    hand_over::<true>(turns, pace)
}

/// Admits a reader unless a writer is inside or waits. The writer waits for the readers that were
/// inside when it came, and for no others.
pub fn writer_preferring(turns: usize, pace: Duration) -> usize {
    hand_over::<false>(turns, pace)
}

/// Two numbers that belong together, with the stamp of their last change: what Java's `StampedLock`
/// and the kernel's seqlock do. The stamp is odd while a writer is inside.
///
/// The numbers are atomics: a reader may read one while the writer changes it. All is `SeqCst`;
/// `torn-read` in the topic `thread-safety` has the orderings that are enough.
#[derive(Debug, Default)]
struct Stamped {
    stamp: AtomicU32,
    pair: [AtomicU32; 2],
    lock: FutexMutex<()>,
}

impl Stamped {
    fn write(&self, number: u32) {
        let _alone = self.lock.lock();
        self.stamp.fetch_add(1, SeqCst);
        self.pair.iter().for_each(|half| half.store(number, SeqCst));
        self.stamp.fetch_add(1, SeqCst);
    }

    /// Reads without the lock, and once more with it if a writer was inside meanwhile (`true`).
    fn read(&self, between: impl FnOnce()) -> ([u32; 2], bool) {
        let stamp = self.stamp.load(SeqCst);
        let first = self.pair[0].load(SeqCst);
        between();
        let pair = [first, self.pair[1].load(SeqCst)];
        // Nothing that was read may be used before this.
        if stamp.is_multiple_of(2) && self.stamp.load(SeqCst) == stamp {
            return (pair, false);
        }
        let _repeats = info_span!("holds", what = "read");
        let _no_writer = self.lock.lock();
        ([0, 1].map(|half| self.pair[half].load(SeqCst)), true)
    }
}

/// Lets readers, one or two, read a pair that a writer changes; the writer waits for none of them. A
/// reader that it came in between reads again, then under the lock: it repeats once. Returns what each
/// reader has read, a torn read if the halves differ, and whether it has read again.
///
/// The window is widened: the writer comes when each has read one half.
pub fn optimistic(readers: usize, pace: Duration) -> Vec<([u32; 2], bool)> {
    let read = move |(stamped, window): &(Stamped, SyncPoint)| {
        let runs = info_span!("runs", what = "reads");
        let read = stamped.read(|| {
            window.arrive();
            window.wait_for(readers + 1);
            drop(runs);
        });
        sleep(pace);
        Some(read)
    };
    let write = move |(stamped, window): &(Stamped, SyncPoint)| {
        window.wait_for(readers);
        let _holds = info_span!("holds", what = "write");
        sleep(pace);
        stamped.write(1);
        window.arrive();
        None
    };
    let readers = ["r1", "r2"].into_iter().take(readers).map(|name| task(name, read));
    let shared = Arc::new((Stamped::default(), sync_point()));
    run_all(&shared, readers.chain([task("w", write)])).into_iter().flatten().collect()
}

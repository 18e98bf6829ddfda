//! A reader that keeps no writer out: it takes a stamp, reads, and checks the stamp again.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::super::primitives::rwlocks::RwLock;
use super::super::sync::atomic::{AtomicU32, Ordering::SeqCst};
use super::{Arc, run_all, sync_point, task};

/// Two numbers that belong together, with the stamp of their last change: what Java's `StampedLock`
/// and the kernel's seqlock do.
///
/// The numbers are atomics: a reader may read one while the writer changes it. All is `SeqCst`;
/// `torn-read` in the topic `thread-safety` has the orderings that are enough.
#[derive(Debug)]
struct Stamped {
    /// Odd while a writer is inside.
    stamp: AtomicU32,
    pair: [AtomicU32; 2],
    lock: RwLock<()>,
}

/// What a reader has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The two numbers; a torn read if they differ.
    pub pair: [u32; 2],
    /// Whether the stamp had changed, and the reader read again.
    pub repeated: bool,
}

impl Stamped {
    fn write(&self, number: u32) {
        let _alone = self.lock.write();
        self.stamp.fetch_add(1, SeqCst);
        self.pair.iter().for_each(|half| half.store(number, SeqCst));
        self.stamp.fetch_add(1, SeqCst);
    }

    /// Reads without the lock, and once more with it if a writer was inside meanwhile.
    fn read(&self, between: impl FnOnce()) -> Read {
        let stamp = self.stamp.load(SeqCst);
        let first = self.pair[0].load(SeqCst);
        between();
        let pair = [first, self.pair[1].load(SeqCst)];
        // Nothing that was read may be used before this.
        if stamp.is_multiple_of(2) && self.stamp.load(SeqCst) == stamp {
            return Read { pair, repeated: false };
        }
        let _repeats = info_span!("holds", what = "read");
        let _shared = self.lock.read();
        Read { pair: [0, 1].map(|half| self.pair[half].load(SeqCst)), repeated: true }
    }
}

/// Lets readers, one or two, read a pair that a writer changes; the writer waits for none of them. A
/// reader that it came in between reads again, then as a reader of the lock: it repeats once.
///
/// The window is widened: the writer comes when each has read one half.
pub fn optimistic(readers: usize, pace: Duration) -> Vec<Read> {
    type Shared = (Stamped, SyncPoint);
    let stamped = Stamped { stamp: 0.into(), pair: Default::default(), lock: RwLock::new(()) };
    let read = move |(stamped, window): &Shared| {
        let runs = info_span!("runs", what = "reads");
        let read = stamped.read(|| {
            window.arrive();
            window.wait_for(readers + 1);
            drop(runs);
        });
        std::thread::sleep(pace);
        Some(read)
    };
    let write = move |(stamped, window): &Shared| {
        window.wait_for(readers);
        let _holds = info_span!("holds", what = "write");
        std::thread::sleep(pace);
        stamped.write(1);
        window.arrive();
        None
    };
    let readers = ["r1", "r2"].into_iter().zip(0..readers).map(|(name, _)| task(name, read));
    let shared = Arc::new((stamped, sync_point()));
    run_all(&shared, readers.chain([task("w", write)])).into_iter().flatten().collect()
}

//! Four threads contend for one lock all the time: how often does each acquire it?
//!
//! Each acquires it, works for an instant, releases it, and asks again at once. A lock that
//! promises nothing may admit the thread that has just released it (barging), since that one is
//! awake and the others sleep: good for throughput, bad for the others, which may starve. A fair
//! lock hands over: the throughput falls, and all get the same.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::real::primitives::reentrant::ReentrantLock;
use crate::real::primitives::rwlocks::RwLock;
use crate::scoped_threads::{finish, start};

/// The number of threads.
pub const THREADS: usize = 4;

/// A lock whose holder runs alone.
pub trait Exclusive: Sync {
    /// Makes one that no thread holds.
    fn free() -> Self;
    /// Runs a critical section under the lock.
    fn with<R>(&self, section: impl FnOnce() -> R) -> R;
}

macro_rules! exclusive {
    ($($lock:ident $(<$Raw:ident>)? for $Lock:ty),*) => {$(
        impl$(<$Raw: lock_api::RawMutex + Sync>)? Exclusive for $Lock {
            fn free() -> Self {
                Self::new(())
            }
            fn with<R>(&self, section: impl FnOnce() -> R) -> R {
                let _guard = self.$lock();
                section()
            }
        }
    )*};
}

// The first is every lock that is made of a raw one: `parking_lot`'s, and those of this topic.
exclusive!(
    lock<L> for lock_api::Mutex<L, ()>,
    write for RwLock<()>,
    lock for ReentrantLock<()>,
    lock for std::sync::Mutex<()>
);

/// The turns of each thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turns {
    /// As each thread counted them itself.
    pub of_each: [u64; THREADS],
    /// All turns, counted under the lock by a load and a store: less than the sum if two threads
    /// were ever inside at once.
    pub total: u64,
    /// The longest series of turns that one thread had while all the others were asking.
    pub longest: u64,
}

impl Turns {
    /// Jain's index of fairness (Jain, Chiu, Hawe, 1984): 1 if all had as many turns, 1/4 if one
    /// had them all.
    pub fn index(&self) -> f64 {
        let squares: f64 = self.shares().iter().map(|share| share * share).sum();
        10_000.0 / (THREADS as f64 * squares)
    }

    /// Each thread's share, in percent.
    pub fn shares(&self) -> [f64; THREADS] {
        let sum: u64 = self.of_each.iter().sum();
        self.of_each.map(|turns| 100.0 * turns as f64 / sum as f64)
    }
}

/// What the holder of the lock keeps, by a load and a store each: right if one at a time is inside.
#[derive(Default)]
struct Record {
    total: AtomicU64,
    longest: AtomicU64,
    /// The number of turns that the last owner has had in a row, with all the others asking.
    series: AtomicU64,
    owner: AtomicUsize,
    asks: [AtomicBool; THREADS],
}

impl Record {
    /// Notes a thread's turn. Relaxed throughout: the lock puts the entries in order.
    fn enter(&self, thread: usize) {
        let same = self.owner.swap(thread, Relaxed) == thread;
        let again = same && self.asks.iter().all(|asks| asks.load(Relaxed));
        let series = if again { self.series.load(Relaxed) + 1 } else { 1 };
        self.series.store(series, Relaxed);
        self.longest.store(self.longest.load(Relaxed).max(series), Relaxed);
    }

    /// Spends a turn of 1 µs. Two turns at once would be counted as one.
    fn turn(&self, thread: usize) {
        self.enter(thread);
        let (before, begun) = (self.total.load(Relaxed), Instant::now());
        while begun.elapsed() < Duration::from_micros(1) {
            std::hint::spin_loop();
        }
        self.total.store(before + 1, Relaxed);
    }
}

/// Lets four threads contend for a lock, for `time`: they spend 1 µs inside and no time outside.
///
/// A thread that comes early would have the lock to itself for long enough to spoil every count. So
/// the lock is held until all four have come to it.
pub fn contend<L: Exclusive>(time: Duration) -> Turns {
    let (lock, record, over) = (L::free(), Record::default(), AtomicBool::new(false));
    let held = Barrier::new(THREADS + 1);
    let of_each = scope(|scope| {
        let threads = [0, 1, 2, 3].map(|number| {
            let (lock, record, over, held) = (&lock, &record, &over, &held);
            start(scope, format!("t{}", number + 1), move || {
                held.wait();
                let mut turns = 0;
                while turns == 0 || !over.load(Relaxed) {
                    record.asks[number].store(true, Relaxed);
                    lock.with(|| record.turn(number));
                    record.asks[number].store(false, Relaxed);
                    turns += 1;
                }
                turns
            })
        });
        lock.with(|| {
            held.wait();
            while !record.asks.iter().all(|asks| asks.load(Relaxed)) {
                sleep(Duration::from_micros(100));
            }
        });
        sleep(time);
        over.store(true, Relaxed);
        threads.map(finish)
    });
    Turns { of_each, total: record.total.load(Relaxed), longest: record.longest.load(Relaxed) }
}

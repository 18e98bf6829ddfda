//! Four threads want one lock all the time: who gets it how often?
//!
//! Each takes it, works for an instant, gives it back, and asks again at once. A lock that promises
//! nothing may let the one who has just given it back have it again, since that one is awake and
//! the others sleep: good for the total, bad for the others. A lock that is fair hands over: the
//! total falls, and everyone gets the same.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::real::primitives::reentrant::ReentrantLock;
use crate::real::primitives::rw_api::RwLock;
use crate::real::primitives::{FutexMutex, McsLock, SpinLock, TicketLock};
use crate::scoped::{finish, start};

/// How many threads there are.
pub const THREADS: usize = 4;

/// What is asked of a lock here: who has it runs alone.
pub trait Exclusive: Sync {
    /// Makes a lock that nobody holds.
    fn free() -> Self;
    /// Takes the lock, runs `section`, gives the lock back.
    fn with<R>(&self, section: impl FnOnce() -> R) -> R;
}

/// Every lock that is made of a raw one: `parking_lot`'s, and those written by hand.
impl<L: lock_api::RawMutex + Sync> Exclusive for lock_api::Mutex<L, ()> {
    fn free() -> Self {
        Self::new(())
    }
    fn with<R>(&self, section: impl FnOnce() -> R) -> R {
        let _guard = self.lock();
        section()
    }
}

/// A reader-writer lock, of which each wants to be the writer.
impl Exclusive for RwLock<()> {
    fn free() -> Self {
        Self::new(())
    }
    fn with<R>(&self, section: impl FnOnce() -> R) -> R {
        let _guard = self.write();
        section()
    }
}

impl Exclusive for ReentrantLock<()> {
    fn free() -> Self {
        Self::new(())
    }
    fn with<R>(&self, section: impl FnOnce() -> R) -> R {
        let _guard = self.lock();
        section()
    }
}

impl Exclusive for std::sync::Mutex<()> {
    fn free() -> Self {
        Self::new(())
    }
    fn with<R>(&self, section: impl FnOnce() -> R) -> R {
        let _guard = self.lock();
        section()
    }
}

/// A kind of lock, and what it promises to those who wait.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name of its form.
    pub name: &'static str,
    /// The story of its form.
    pub story: &'static str,
    /// What it promises, if anything.
    pub promises: Option<&'static str>,
    /// Lets the threads contend for a lock of this kind, for so long.
    pub contend: fn(Duration) -> Tally,
}

const ARRIVAL: Option<&str> = Some("the order of arrival");
const NOW_AND_THEN: Option<&str> = Some("a hand-over now and then");
const TO_SLEEPERS: Option<&str> = Some("a hand-over, but only to one who has gone to sleep");

/// The kinds that are compared: a line each.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "spin",
        story: "Promises no order: the thread that has just released the lock is the likeliest to acquire it again.",
        promises: None,
        contend: contend::<SpinLock<()>>,
    },
    Kind {
        name: "ticket",
        story: "Serves threads in the order of the numbers that they have drawn (FIFO).",
        promises: ARRIVAL,
        contend: contend::<TicketLock<()>>,
    },
    Kind {
        name: "mcs",
        story: "Serves threads in the order in which they have joined a queue (FIFO), each on a cell of its own.",
        promises: ARRIVAL,
        contend: contend::<McsLock<()>>,
    },
    Kind {
        name: "futex",
        story: "Promises no order: a thread that is awake acquires the lock before one that has to be woken.",
        promises: None,
        contend: contend::<FutexMutex<()>>,
    },
    Kind {
        name: "reentrant",
        story: "A futex mutex with an owner and a count: it promises no order, either.",
        promises: None,
        contend: contend::<ReentrantLock<()>>,
    },
    Kind {
        name: "rwlock",
        story: "The reader-writer lock, and each thread wants to write: it promises no order among writers.",
        promises: None,
        contend: contend::<RwLock<()>>,
    },
    Kind {
        name: "std",
        story: "std's mutex promises no order: a thread that is awake may pass one that sleeps.",
        promises: None,
        contend: contend::<std::sync::Mutex<()>>,
    },
    Kind {
        name: "parking-lot",
        story: "parking_lot hands the lock over to a waiting thread now and then, on average every 0.5 ms.",
        promises: NOW_AND_THEN,
        contend: contend::<parking_lot::Mutex<()>>,
    },
    Kind {
        name: "fair-mutex",
        story: "parking_lot's fair mutex hands the lock over at each release to a thread that sleeps for it.",
        promises: TO_SLEEPERS,
        contend: contend::<parking_lot::FairMutex<()>>,
    },
];

/// Says who had the lock how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The turns of each thread, as it counted them itself.
    pub turns: [u64; THREADS],
    /// All turns, counted under the lock by reading and writing: less than the sum if two were ever
    /// inside at once.
    pub total: u64,
    /// The longest series of turns that one thread had while all the others were asking, too.
    pub longest: u64,
}

impl Tally {
    /// Jain's index of fairness (Jain, Chiu, Hawe, 1984): 1 if all had as many turns, 1/4 if one
    /// had them all.
    pub fn index(&self) -> f64 {
        let turns = self.turns.map(|turns| turns as f64);
        let (sum, squares): (f64, f64) =
            (turns.iter().sum(), turns.iter().map(|turns| turns * turns).sum());
        sum * sum / (turns.len() as f64 * squares)
    }

    /// Each thread's share, in percent.
    pub fn shares(&self) -> [f64; THREADS] {
        let sum: u64 = self.turns.iter().sum();
        self.turns.map(|turns| 100.0 * turns as f64 / sum as f64)
    }
}

/// What the holder of the lock keeps: each is read and then written, which is no way to count
/// unless one alone is inside.
#[derive(Default)]
struct Book {
    total: AtomicU64,
    longest: AtomicU64,
    /// How many turns the last owner has had in a row, with all the others asking.
    series: AtomicU64,
    owner: AtomicUsize,
    /// Who asks for the lock, or has it.
    asks: [AtomicBool; THREADS],
}

impl Book {
    /// Notes whose turn it is. Relaxed throughout: what puts the entries in order is the lock.
    fn enter(&self, thread: usize) {
        let same = self.owner.swap(thread, Relaxed) == thread;
        let again = same && self.asks.iter().all(|asks| asks.load(Relaxed));
        let series = if again { self.series.load(Relaxed) + 1 } else { 1 };
        self.series.store(series, Relaxed);
        self.longest.store(self.longest.load(Relaxed).max(series), Relaxed);
    }

    /// Has a turn of that thread: 1 µs, at the end of which the total is what it was before, and 1.
    /// Two at once would be counted as one.
    fn turn(&self, thread: usize) {
        self.enter(thread);
        let (before, begun) = (self.total.load(Relaxed), Instant::now());
        while begun.elapsed() < Duration::from_micros(1) {
            std::hint::spin_loop();
        }
        self.total.store(before + 1, Relaxed);
    }
}

/// Lets four threads contend for a lock, for so long: they spend 1 µs inside and no time outside.
///
/// A thread that comes early would have the lock to itself for long enough to spoil every count. So
/// the lock is held until all four have come to it.
///
/// # Panics
/// If the system has no room for the threads.
pub fn contend<L: Exclusive>(time: Duration) -> Tally {
    let (lock, book, over) = (L::free(), Book::default(), AtomicBool::new(false));
    let held = Barrier::new(THREADS + 1);
    let turns = scope(|scope| {
        let threads = [0, 1, 2, 3].map(|number| {
            let (lock, book, over, held) = (&lock, &book, &over, &held);
            start(scope, format!("t{}", number + 1), move || {
                held.wait();
                let mut turns = 0;
                while turns == 0 || !over.load(Relaxed) {
                    book.asks[number].store(true, Relaxed);
                    lock.with(|| book.turn(number));
                    book.asks[number].store(false, Relaxed);
                    turns += 1;
                }
                turns
            })
        });
        lock.with(|| {
            held.wait();
            while !book.asks.iter().all(|asks| asks.load(Relaxed)) {
                sleep(Duration::from_micros(100));
            }
        });
        sleep(time);
        over.store(true, Relaxed);
        threads.map(finish)
    });
    Tally { turns, total: book.total.load(Relaxed), longest: book.longest.load(Relaxed) }
}

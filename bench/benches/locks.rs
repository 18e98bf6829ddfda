//! What a lock costs: taken by one thread that nobody disturbs, and wanted by two. What several
//! threads share or arrive at is in `locks/shared.rs`.
//!
//! Each group does the same with every lock, on a `u64` that the lock guards: it takes the lock,
//! adds 1, and gives it back. The value is checked once before anything is timed, and after each
//! contended run. "None (limit)" is what is left when there is no lock: an atomic `fetch_add`.
//!
//! `locks/uncontended`: one thread; ns for one lock, increment and unlock. What is timed is a loop
//! of criterion's own. This is what a lock costs most programs most of the time.
//!
//! `locks/reentrant/once` and `/again`: locks that their holder may take again, taken once, or
//! again inside itself; ns for one lock, read and unlock. An increment would be most of what is
//! timed: it waits for the store of the one before, and for how long depends on the loop around it
//! (on an Intel Xeon 0.7 ns without a lock, and 1.7 to 2.0 under either of these).
//!
//! `locks/contended/short`: two threads, for every contender each kept on a core of its own (on
//! Linux), do half of the increments each, and nothing outside; ns for one increment. What is timed
//! is from the moment in which both have come until the later one has ended; the start of the
//! threads is not. On such a load, a lock is fast that lets one thread have several turns in a row:
//! the cache line stays where it is. That is unfair, and what a fair lock pays is here to see.
//! "FIFO (limit)" is the least that it can pay while both threads want the lock all the time: they
//! take turns on one word, which is lock and value in one, and a hand-over is one store that the
//! other thread waits for. "FIFO, a cell each (limit)" is the least of a lock whose waiters spin on
//! a cell of their own, as in a queue: cell and value are two cache lines to hand over. "mcs, late
//! (ours)" joins the queue of the same lock only after it has backed off for a while: until then,
//! other threads may come before.
//!
//! Each lock lies at the beginning of a cache line.
//!
//! `locks/contended/25-100`: the same with 25 ns of work inside and 100 ns outside (calibrated at
//! the start). Half of the time nobody else is there.
//!
//! Compare within one run: what is 1.0 today is 1.3 when the machine's other tenants have something
//! to do. The contenders of a group come one after the other; where the difference is small, run
//! each by itself, in changing order: `cargo bench -p bench --bench locks --
//! '^locks/uncontended/std$'`.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, Instant};

use bench::work::{steps, work};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use crossbeam_utils::CachePadded;
use locks::real::primitives::reentrant::ReentrantLock;
use locks::real::primitives::{FutexMutex, McsLock, SpinLock, TicketLock, lock_late};

#[path = "locks/shared.rs"]
mod shared;

/// Adds 1 under a lock, with some work done inside.
trait Add: Sync {
    const NAME: &'static str;
    fn zero() -> Self;
    fn add(&self, inside: impl FnOnce()) -> u64;
    /// Does so as one of two threads that both add all the time; `me` is 0 or 1.
    #[inline]
    fn contended(&self, _me: u64, inside: impl FnOnce()) -> u64 {
        self.add(inside)
    }
}

macro_rules! mutex {
    ($name:literal, $Lock:ty) => {
        impl Add for $Lock {
            const NAME: &'static str = $name;
            fn zero() -> Self {
                Self::new(0)
            }
            #[inline]
            fn add(&self, inside: impl FnOnce()) -> u64 {
                let mut value = self.lock();
                inside();
                *value += 1;
                *value
            }
        }
    };
}

mutex!("futex (ours)", FutexMutex<u64>);
mutex!("spin (ours)", SpinLock<u64>);
mutex!("ticket (ours)", TicketLock<u64>);
mutex!("mcs (ours)", McsLock<u64>);
mutex!("parking_lot", parking_lot::Mutex<u64>);
mutex!("parking_lot, fair", parking_lot::FairMutex<u64>);

impl Add for std::sync::Mutex<u64> {
    const NAME: &'static str = "std";
    fn zero() -> Self {
        Self::new(0)
    }
    #[inline]
    fn add(&self, inside: impl FnOnce()) -> u64 {
        let mut value = self.lock().expect("nobody panics with it");
        inside();
        *value += 1;
        *value
    }
}

impl Add for AtomicU64 {
    const NAME: &'static str = "none (limit)";
    fn zero() -> Self {
        Self::new(0)
    }
    #[inline]
    fn add(&self, inside: impl FnOnce()) -> u64 {
        inside();
        self.fetch_add(1, Relaxed) + 1
    }
}

/// An MCS lock, in whose queue a thread that finds it taken comes late.
struct Late(McsLock<u64>);

impl Add for Late {
    const NAME: &'static str = "mcs, late (ours)";
    fn zero() -> Self {
        Self(McsLock::new(0))
    }
    #[inline]
    fn add(&self, inside: impl FnOnce()) -> u64 {
        let mut value = lock_late(&self.0);
        inside();
        *value += 1;
        *value
    }
}

/// Strict turns: thread 0 adds to an even value, thread 1 to an odd one.
struct Turns(AtomicU64);

impl Add for Turns {
    const NAME: &'static str = "FIFO (limit)";
    fn zero() -> Self {
        Self(AtomicU64::new(0))
    }
    fn add(&self, inside: impl FnOnce()) -> u64 {
        inside();
        self.0.fetch_add(1, Relaxed) + 1
    }
    #[inline]
    fn contended(&self, me: u64, inside: impl FnOnce()) -> u64 {
        loop {
            let value = self.0.load(Acquire);
            if value % 2 == me {
                inside();
                self.0.store(value + 1, Release);
                return value + 1;
            }
            std::hint::spin_loop();
        }
    }
}

/// Strict turns, where each thread waits at a cell of its own, as in a queue.
struct Cells {
    turns: [CachePadded<AtomicBool>; 2],
    value: AtomicU64,
}

impl Add for Cells {
    const NAME: &'static str = "FIFO, a cell each (limit)";
    fn zero() -> Self {
        Self { turns: [true, false].map(|turn| AtomicBool::new(turn).into()), value: 0.into() }
    }
    fn add(&self, inside: impl FnOnce()) -> u64 {
        inside();
        self.value.fetch_add(1, Relaxed) + 1
    }
    #[inline]
    fn contended(&self, me: u64, inside: impl FnOnce()) -> u64 {
        let [mine, other] = [me, 1 - me].map(|thread| &self.turns[thread as usize]);
        while !mine.load(Acquire) {
            std::hint::spin_loop();
        }
        mine.store(false, Relaxed);
        inside();
        let value = self.value.load(Relaxed) + 1;
        self.value.store(value, Relaxed);
        other.store(true, Release);
        value
    }
}

macro_rules! every_lock {
    ($run:ident($($argument:expr),*)) => {
        $run::<std::sync::Mutex<u64>>($($argument),*);
        $run::<parking_lot::Mutex<u64>>($($argument),*);
        $run::<FutexMutex<u64>>($($argument),*);
        $run::<SpinLock<u64>>($($argument),*);
        $run::<TicketLock<u64>>($($argument),*);
        $run::<McsLock<u64>>($($argument),*);
        $run::<parking_lot::FairMutex<u64>>($($argument),*);
        $run::<Late>($($argument),*);
        $run::<AtomicU64>($($argument),*);
    };
}

/// Keeps this thread on one core, on Linux: two threads that the system lets take turns on one core
/// do not contend.
fn stay_on(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut cores = rustix::thread::CpuSet::new();
        cores.set(core);
        // Where there is no such core, the thread stays where it is.
        let _ = rustix::thread::sched_setaffinity(None, &cores);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}

/// Lets two threads add up to `times`, and returns how long both took.
fn contend<L: Add>(times: u64, (inside, outside): (u32, u32)) -> Duration {
    let (lock, together) = (CachePadded::new(L::zero()), Barrier::new(2));
    let run = |core: usize, times: u64| {
        stay_on(core);
        together.wait();
        let begun = Instant::now();
        for _ in 0..times {
            black_box(lock.contended(core as u64, || work(inside)));
            work(outside);
        }
        (begun, Instant::now())
    };
    let ((begun1, ended1), (begun2, ended2)) = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1, times / 2));
        let mine = run(0, times - times / 2);
        (mine, other.join().expect("it does not panic"))
    });
    assert_eq!(lock.add(|| ()), times + 1, "{}", L::NAME);
    ended1.max(ended2) - begun1.min(begun2)
}

fn uncontended<L: Add>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let lock = CachePadded::new(L::zero());
    assert_eq!((lock.add(|| ()), lock.add(|| ())), (1, 2));
    group.bench_function(L::NAME, |bencher| bencher.iter(|| lock.add(|| ())));
}

fn contended<L: Add>(group: &mut BenchmarkGroup<'_, WallTime>, work: (u32, u32)) {
    group.bench_function(L::NAME, |bencher| bencher.iter_custom(|times| contend::<L>(times, work)));
}

fn mutexes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("locks/uncontended");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
    every_lock!(uncontended(&mut group));
    group.finish();
    let work = (steps(Duration::from_nanos(25)), steps(Duration::from_nanos(100)));
    for (name, work) in [("short", (0, 0)), ("25-100", work)] {
        let mut group = criterion.benchmark_group(format!("locks/contended/{name}"));
        group.sample_size(30);
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
        every_lock!(contended(&mut group, work));
        contended::<Turns>(&mut group, work);
        contended::<Cells>(&mut group, work);
        group.finish();
    }
}

fn reentrant(criterion: &mut Criterion) {
    for (name, again) in [("once", false), ("again", true)] {
        let mut group = criterion.benchmark_group(format!("locks/reentrant/{name}"));
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
        macro_rules! contender {
            ($name:literal, $lock:expr) => {
                let lock = CachePadded::new($lock);
                let read = || *lock.lock();
                assert_eq!(read(), 1);
                let _outer = again.then(|| lock.lock());
                group.bench_function($name, |bencher| bencher.iter(read));
            };
        }
        contender!("parking_lot", parking_lot::ReentrantMutex::new(1_u64));
        contender!("ours", ReentrantLock::new(1_u64));
        group.finish();
    }
}

bench::main!(mutexes, reentrant, shared::benches);

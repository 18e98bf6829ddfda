//! What it costs to read what others read too, and to wait for each other.
//!
//! `locks/read/alone`: one thread takes a read lock, reads a `u64`, and gives the lock back; ns for
//! the three. What is timed is a loop of criterion's own. Nobody writes, and nobody else reads.
//!
//! `locks/read/two-at-once`: two threads do that, half of the reads each; ns for one read. Nobody
//! excludes anybody, so what is paid beyond half of the time alone is paid for the cache line in
//! which the readers are counted. Timed from the moment in which both have come until the later one
//! has ended; the start of the threads is not in it. For every contender, each is kept on a core of
//! its own (on Linux). The second thread is a new one for each sample. crossbeam's gets a shard
//! that no living thread has; ours may begin at the first one's, and moves on when they meet, which
//! is timed.
//!
//! `locks/write/alone`: one thread takes the write lock, adds 1, and gives it back: what the
//! readers' gain costs a writer.
//!
//! `locks/barrier/two`: two threads go through rounds of a barrier, with nothing in between, so
//! that they arrive together; ns for one round, timed as above.
//!
//! Each contender reads the same value, which is checked once before anything is timed, or goes
//! through as many rounds. Compare within one run.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use locks::real::primitives::barrier::Barrier as OurBarrier;
use locks::real::primitives::rwlocks::{RwLock, ShardedRwLock};

/// A reader-writer lock around a `u64`.
trait Shared: Sync {
    const NAME: &'static str;
    fn new() -> Self;
    fn read(&self) -> u64;
    fn add(&self) -> u64;
}

macro_rules! contender {
    ($name:literal, $Lock:ty $(, $unwrap:ident)?) => {
        impl Shared for $Lock {
            const NAME: &'static str = $name;
            fn new() -> Self {
                Self::new(1)
            }
            #[inline]
            fn read(&self) -> u64 {
                *self.read()$(.$unwrap())?
            }
            #[inline]
            fn add(&self) -> u64 {
                let mut value = self.write()$(.$unwrap())?;
                *value += 1;
                *value
            }
        }
    };
}

contender!("rwlock (ours)", RwLock<u64>);
contender!("sharded (ours)", ShardedRwLock<u64>);
contender!("std", std::sync::RwLock<u64>, unwrap);
contender!("parking_lot", parking_lot::RwLock<u64>);
contender!("crossbeam, sharded", crossbeam_utils::sync::ShardedLock<u64>, unwrap);

/// Runs half of the iterations on each of two threads; from the moment in which both have come
/// until the later one has ended.
fn both(iterations: u64, one: impl Fn(u64) + Sync) -> Duration {
    let half = iterations.div_ceil(2);
    // Ours, which both leave at once, and not one after the other has slept.
    let together = OurBarrier::new(2);
    let run = |core| {
        super::stay_on(core);
        together.wait();
        let begun = Instant::now();
        one(half);
        (begun, Instant::now())
    };
    let times = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        [run(0), other.join().expect("it does not panic")]
    });
    let begun = times.iter().map(|time| time.0).min().expect("there are two");
    times.iter().map(|time| time.1).max().expect("there are two") - begun
}

fn alone<L: Shared>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let lock = L::new();
    assert_eq!(Shared::read(&lock), 1);
    group.bench_function(L::NAME, |bencher| bencher.iter(|| Shared::read(&lock)));
}

fn two<L: Shared>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let lock = L::new();
    assert_eq!(Shared::read(&lock), 1);
    let read = |times| (0..times).for_each(|_| assert_eq!(black_box(Shared::read(&lock)), 1));
    group.bench_function(L::NAME, |bencher| {
        bencher.iter_custom(|iterations| both(iterations, read));
    });
}

fn write<L: Shared>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let lock = L::new();
    assert_eq!((lock.add(), Shared::read(&lock)), (2, 2));
    group.bench_function(L::NAME, |bencher| bencher.iter(|| lock.add()));
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("locks/{name}"));
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    group
}

/// Runs every group of this file.
pub(crate) fn benches(criterion: &mut Criterion) {
    macro_rules! each {
        ($name:literal, $bench:ident) => {
            let mut group = group(criterion, $name);
            $bench::<RwLock<u64>>(&mut group);
            $bench::<ShardedRwLock<u64>>(&mut group);
            $bench::<std::sync::RwLock<u64>>(&mut group);
            $bench::<parking_lot::RwLock<u64>>(&mut group);
            $bench::<crossbeam_utils::sync::ShardedLock<u64>>(&mut group);
            group.finish();
        };
    }
    each!("read/alone", alone);
    each!("read/two-at-once", two);
    each!("write/alone", write);

    let mut group = group(criterion, "barrier/two");
    // `both` halves the iterations: each thread goes through every round.
    group.bench_function("ours", |bencher| {
        bencher.iter_custom(|rounds| {
            let barrier = OurBarrier::new(2);
            both(2 * rounds, |rounds| (0..rounds).for_each(|_| _ = black_box(barrier.wait())))
        });
    });
    group.bench_function("std", |bencher| {
        bencher.iter_custom(|rounds| {
            let barrier = Barrier::new(2);
            both(2 * rounds, |rounds| (0..rounds).for_each(|_| _ = black_box(barrier.wait())))
        });
    });
    group.finish();
}

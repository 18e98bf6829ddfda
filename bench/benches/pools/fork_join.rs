//! Tasks that wait for tasks, in every depth.
//!
//! `pools/fork-join/fork`: the 24th Fibonacci number, in which each call but the last ones forks:
//! some 75 000 forks with nothing to do beside them; ms for all of it. What is compared is the fork
//! itself; nobody would compute it so.
//!
//! `pools/fork-join/fib`: the 32nd, in which only the calls for 16 and more fork, some 2 600 times,
//! and the others are plain calls, for all contenders: so it is done in earnest.
//!
//! `pools/fork-join/sort`: 500 000 numbers, divided at their median until 4 096 are left, which are
//! sorted: 255 forks; ms for all of it. The numbers are shuffled anew before each run, which is not
//! timed. "By hand" divides once, and each of two threads, which spin while they wait, sorts one
//! half.
//!
//! A pool whose waiting workers do nothing (`channel`, `threadpool`, mpsc) comes to a stop on
//! these: see the lesson `nested`.

use std::hint::{black_box, spin_loop};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use std::thread;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use thread_pool::Pool;

use super::contenders::{Contender, Rayon, Stealing};

/// What can run two functions at the same time and wait for both.
pub(super) trait Join: Sized + Sync {
    const NAME: &'static str;
    fn start() -> Self;
    /// Runs a function where `join` can be called.
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T;
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B);
}

/// One after the other.
pub(super) struct Alone;

impl Join for Alone {
    const NAME: &'static str = "one thread";
    fn start() -> Self {
        Self
    }
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T {
        function()
    }
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        (a(), b())
    }
}

/// A thread for each fork.
struct Scoped;

impl Join for Scoped {
    const NAME: &'static str = "thread for each";
    fn start() -> Self {
        Self
    }
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T {
        function()
    }
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        thread::scope(|scope| {
            let b = scope.spawn(b);
            (a(), b.join().expect("it does not panic"))
        })
    }
}

impl Join for Rayon {
    const NAME: &'static str = "rayon join";
    fn start() -> Self {
        Contender::start()
    }
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T {
        self.0.install(function)
    }
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        rayon::join(a, b)
    }
}

impl Join for Stealing {
    const NAME: &'static str = "stealing join (ours)";
    fn start() -> Self {
        Contender::start()
    }
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T {
        self.0.join(function, || ()).0
    }
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.0.join(a, b)
    }
}

/// The same pool, with a scope for each fork: a worker that waits for a handle runs other jobs.
pub(super) struct InScopes(Stealing);

impl Join for InScopes {
    const NAME: &'static str = "stealing scope (ours)";
    fn start() -> Self {
        Self(Contender::start())
    }
    fn enter<T: Send>(&self, function: impl FnOnce() -> T + Send) -> T {
        self.0.enter(function)
    }
    fn join<A: Send, B: Send>(
        &self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.0.0.scope(|scope| {
            let b = scope.spawn(b).expect(OPEN);
            (a(), b.wait().expect("it does not panic"))
        })
    }
}

const OPEN: &str = "it has no bound, and is not shut down";

/// Forks as long as `n` is not below `least`.
fn fibonacci<J: Join>(pool: &J, n: u32, least: u32) -> u64 {
    if n < least {
        return alone(black_box(n));
    }
    let (a, b) = pool.join(|| fibonacci(pool, n - 1, least), || fibonacci(pool, n - 2, least));
    a + b
}

fn alone(n: u32) -> u64 {
    if n < 2 { n.into() } else { alone(n - 1) + alone(n - 2) }
}

fn sort<J: Join>(pool: &J, numbers: &mut [u32]) {
    if numbers.len() <= 4_096 {
        return numbers.sort_unstable();
    }
    let (low, _, high) = numbers.select_nth_unstable(numbers.len() / 2);
    pool.join(|| sort(pool, low), || sort(pool, high));
}

/// Sorts on two threads, without a pool; returns the time. The numbers are divided once, and each
/// thread sorts one half alone. Both are there before the time begins, and spin where they wait.
fn sort_by_hand(numbers: &mut [u32]) -> Duration {
    let (is_there, is_divided, is_sorted) = <(AtomicBool, AtomicBool, AtomicBool)>::default();
    let half: Mutex<Option<&mut [u32]>> = Mutex::default();
    // Release, and Acquire: the thread that has waited sees what the other did before.
    let tell = |flag: &AtomicBool| flag.store(true, Release);
    let wait_for = |flag: &AtomicBool| {
        while !flag.load(Acquire) {
            spin_loop();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            tell(&is_there);
            wait_for(&is_divided);
            let high = half.lock().expect("nothing panics under it").take();
            sort(&Alone, high.expect("it was divided"));
            tell(&is_sorted);
        });
        wait_for(&is_there);
        let begun = Instant::now();
        let (low, _, high) = numbers.select_nth_unstable(numbers.len() / 2);
        *half.lock().expect("nothing panics under it") = Some(high);
        tell(&is_divided);
        sort(&Alone, low);
        wait_for(&is_sorted);
        begun.elapsed()
    })
}

/// The same numbers each time, in no order.
fn shuffled() -> Vec<u32> {
    let next = |state: &u32| Some(state.wrapping_mul(747_796_405).wrapping_add(1));
    std::iter::successors(Some(1_u32), next)
        .take(500_000)
        .map(|state| state.rotate_left(16))
        .collect()
}

fn fibonacci_of<J: Join>(group: &mut BenchmarkGroup<'_, WallTime>, n: u32, least: u32) {
    let pool = J::start();
    let ten = || pool.enter(|| fibonacci(&pool, 10, 2));
    assert!(bench::listing() || ten() == 55, "{}", J::NAME);
    group.bench_function(J::NAME, |bencher| {
        bencher.iter(|| pool.enter(|| fibonacci(&pool, black_box(n), least)));
    });
}

fn sort_of<J: Join>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let (pool, numbers) = (J::start(), shuffled());
    let sorted = |mut numbers: Vec<u32>| {
        pool.enter(|| sort(&pool, &mut numbers));
        numbers
    };
    assert!(bench::listing() || sorted(numbers.clone()).is_sorted(), "{}", J::NAME);
    group.bench_function(J::NAME, |bencher| {
        bencher.iter_batched(|| numbers.clone(), sorted, BatchSize::PerIteration);
    });
}

pub(super) fn fork_join(criterion: &mut Criterion) {
    for (name, n, least) in [("fork", 24, 2), ("fib", 32, 16)] {
        let mut group = criterion.benchmark_group(format!("pools/fork-join/{name}"));
        let group_of = group.sample_size(20).warm_up_time(Duration::from_millis(200));
        group_of.measurement_time(Duration::from_secs(1));
        fibonacci_of::<Alone>(&mut group, n, least);
        fibonacci_of::<Stealing>(&mut group, n, least);
        fibonacci_of::<InScopes>(&mut group, n, least);
        fibonacci_of::<Rayon>(&mut group, n, least);
        group.finish();
    }

    let mut group = criterion.benchmark_group("pools/fork-join/sort");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    let numbers = shuffled();
    group.bench_function("two threads, by hand (limit)", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| sort_by_hand(&mut numbers.clone())).sum());
    });
    sort_of::<Alone>(&mut group);
    sort_of::<Stealing>(&mut group);
    sort_of::<InScopes>(&mut group);
    sort_of::<Rayon>(&mut group);
    sort_of::<Scoped>(&mut group);
    group.finish();
}

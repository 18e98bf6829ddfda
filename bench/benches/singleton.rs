//! What it costs to ask for what is made once.
//!
//! `singleton/later-calls`: one thread asks for a config that is there; ns a call. This is what a
//! program pays, all of the time. Those that take no lock are within each other's noise here: the
//! bench `singleton_reads` tells them apart.
//!
//! `singleton/later-calls-2-threads`: two threads do so at once; ns a call of one of them, from
//! their common start to the end of the slower one. Each is kept on a core of its own (on Linux).
//!
//! `singleton/first-call`: one thread asks a fresh singleton, and builds; ns. Nobody else asks. The
//! memory for the singleton itself is there already; the config's is part of it.
//!
//! `reference (limit)` asks nobody: it is the loop, and a config that was built before it.
//!
//! 1000 calls are timed as one, eight in each pass of the loop: a read takes a cycle or two, and a
//! short loop takes 1.3 times as long if it happens to lie across two cache lines. Each contender is
//! a static, as in a program, and is asked for the same: a reference to a config, whose number is
//! read and, before anything is timed, seen to stay the same.

use std::hint::black_box;
use std::sync::{Barrier, LazyLock, OnceLock};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput};
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::{Built, Config, Singleton};
use threads_basics::cores;

static BUILT: Built = Built::new();

fn build() -> Config {
    Config::build(&BUILT)
}

/// So many calls are timed as one.
const CALLS: u64 = 1000;

/// Times something that is handed each contender's way to ask, the limit first.
macro_rules! every_contender {
    ($time:ident, $group:expr) => {{
        static BEFORE: OnceLock<Config> = OnceLock::new();
        static LAZY: LazyLock<Config> = LazyLock::new(build);
        thread_local!(static MINE: std::cell::OnceCell<Config> = const { std::cell::OnceCell::new() });
        let before: &'static Config = BEFORE.get_or_init(build);
        $time($group, "reference (limit)", move || number(before));
        every_contender!($time, $group, "OnceLock", OnceLock<Config>);
        $time($group, "LazyLock", || number(&LAZY));
        every_contender!($time, $group, "Once", WithOnce);
        every_contender!($time, $group, "once cell (ours)", OnceCell<Config>);
        every_contender!($time, $group, "double check", DoubleChecked);
        every_contender!($time, $group, "compare-exchange", FirstWins);
        every_contender!($time, $group, "mutex", Locked);
        $time($group, "thread_local!", || MINE.with(|config| number(config.get_or_init(build))));
    }};
    ($time:ident, $group:expr, $name:literal, $singleton:ty) => {{
        // A static, as in a program: its address is known to the compiler.
        static CONFIG: $singleton = <$singleton>::new();
        $time($group, $name, || number(CONFIG.instance(build)));
    }};
}

/// Asks so often, and adds up what it is given.
fn ask(calls: u64, one: impl Fn() -> usize) -> usize {
    let eight = || one() + one() + one() + one() + one() + one() + one() + one();
    (0..calls / 8).map(|_| eight()).sum()
}

/// Reads a config which the compiler cannot know to be the one of the call before.
#[inline]
fn number(config: &Config) -> usize {
    black_box(config).number()
}

fn one_thread(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, one: impl Fn() -> usize) {
    assert_eq!(one(), one(), "{name}");
    group.bench_function(name, |bencher| bencher.iter(|| ask(CALLS, &one)));
}

fn two_threads(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    one: impl Fn() -> usize + Sync,
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|rounds| {
            let start = Barrier::new(2);
            let timed = &|core: usize| {
                if let Some(&core) = cores::cores().get(core) {
                    cores::pin(core);
                }
                one();
                start.wait();
                let start = Instant::now();
                black_box(ask(rounds * CALLS, &one));
                start.elapsed()
            };
            std::thread::scope(|scope| {
                let threads = [0, 1].map(|core| scope.spawn(move || timed(core)));
                let times = threads.map(|thread| thread.join().expect("it does not panic"));
                times[0].max(times[1])
            })
        });
    });
}

fn later_calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("singleton/later-calls");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    group.throughput(Throughput::Elements(CALLS));
    every_contender!(one_thread, &mut group);
    group.finish();
    let mut group = criterion.benchmark_group("singleton/later-calls-2-threads");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700));
    group.throughput(Throughput::Elements(CALLS));
    every_contender!(two_threads, &mut group);
    group.finish();
}

fn first<S: Singleton>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str) {
    // Few at a time, and not for long: each is leaked.
    group.bench_function(name, |bencher| {
        bencher.iter_batched(
            S::fresh,
            |singleton| singleton.instance(build).number(),
            BatchSize::SmallInput,
        );
    });
}

fn first_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("singleton/first-call");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(150));
    first::<OnceLock<Config>>(&mut group, "OnceLock");
    first::<WithOnce>(&mut group, "Once");
    first::<OnceCell<Config>>(&mut group, "once cell (ours)");
    first::<DoubleChecked>(&mut group, "double check");
    first::<FirstWins>(&mut group, "compare-exchange");
    first::<Locked>(&mut group, "mutex");
    group.finish();
}

bench::main!(later_calls, first_call);

//! What one lock for all threads of an interpreter costs.
//!
//! `gil/cpu-bound`: an interpreted loop that counts down and adds up, 1 000 000 rounds of it
//! divided among 1, 2 and 4 threads; time for all of it, the start of the threads included. Python
//! does the same in its own opcodes: compare its threads with each other, not with ours. A contender's
//! three figures are taken one after the other, since what is compared is its threads with each other.
//! "nothing shared (limit)" is what the cores give: the same sum in compiled code, 200 times.
//!
//! `gil/io-bound`: 8 waits of 2 ms, divided among 1, 2 and 4 threads. The lock is let go around
//! each.
//!
//! `gil/switching`: as cpu-bound on 2 threads, with switch intervals from 0.1 to 50 ms: what
//! handing the lock over costs.
//!
//! `gil/lock`: a free lock, taken and let go; ns for both.
//!
//! All run the same programs, with a lock and without; what comes of them is checked once before
//! they are timed, and in Python each time.

use std::hint::black_box;
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use bench::python::Pythons;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use threads_basics::bytecode::{Op, add_up, read};
use threads_basics::real::gil::{Counts, Gil, Guard, Looks, Plan, Values, run};

const READS: i64 = 8;
const READ: Duration = Duration::from_millis(2);
const THREADS: [i64; 3] = [1, 2, 4];

/// Tells how many numbers are added up: as a test, which times nothing, a tenth of them.
fn numbers() -> i64 {
    if std::env::args().any(|argument| argument == "--bench") { 1_000_000 } else { 100_000 }
}

fn gil(interval: Duration) -> Guard {
    Guard::Gil { interval: Some(interval), looks: Looks::EveryOpcode }
}

/// What `CPython` takes if it is not told otherwise.
const INTERVAL: Duration = Duration::from_millis(5);

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("gil/{name}"));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(600));
    group
}

/// Makes the program of one thread of so many.
type Program = fn(i64) -> Vec<Op>;

/// Returns what `threads` threads come to together.
type Sum = fn(i64) -> i64;

/// One read brings this.
const BROUGHT: i64 = 1;

fn workloads(criterion: &mut Criterion) {
    let asked = [numbers() as u64, READS as u64, READ.as_micros() as u64];
    let mut pythons = Pythons::start("gil", &asked);
    let programs: [(&str, Program, Sum); 2] = [
        ("cpu-bound", |threads| add_up(numbers() / threads), sum_of),
        ("io-bound", |threads| read(READS / threads, Op::Read), |_| READS * BROUGHT),
    ];
    let each = Guard::GilEach { interval: Some(INTERVAL), looks: Looks::EveryOpcode };
    let counted = Values::Objects;
    for (workload, program, sum) in programs {
        let mut group = group(criterion, workload);
        for (name, guard, values) in [
            ("lock (ours)", gil(INTERVAL), Values::Numbers),
            ("no lock (ours)", Guard::Nothing, Values::Numbers),
            ("lock, counted (ours)", gil(INTERVAL), counted(Counts::Plain)),
            ("free-threaded (ours)", Guard::Nothing, counted(Counts::Biased)),
            ("free-threaded, atomic counts", Guard::Nothing, counted(Counts::Atomic)),
            ("interpreters (ours)", each, counted(Counts::Plain)),
        ] {
            for threads in THREADS {
                let plan = Plan {
                    programs: vec![program(threads); threads as usize],
                    guard,
                    values,
                    input: READ,
                    told: false,
                };
                if !bench::listing() {
                    let came: i64 = run(&plan).results.iter().sum();
                    assert_eq!(came, sum(threads), "{name}, {threads}");
                }
                group.bench_function(format!("{name}, {threads}"), |bencher| {
                    bencher.iter(|| run(&plan));
                });
            }
        }
        if workload == "cpu-bound" {
            for threads in THREADS {
                assert!(bench::listing() || nothing_shared(threads) == sum(threads));
                group.bench_function(format!("nothing shared, {threads} (limit)"), |bencher| {
                    bencher.iter(|| nothing_shared(threads));
                });
            }
        }
        pythons.each(|python| {
            let ways: &[_] = if python.interpreter().has_interpreters {
                &[("", ""), (", interpreters", "interpreters/")]
            } else {
                &[("", "")]
            };
            for (more, way) in ways {
                for threads in THREADS {
                    let name = format!("{}{more}, {threads}", python.name());
                    let asked = format!("{way}{workload} {threads}");
                    group.bench_function(name, |bencher| {
                        bencher.iter_custom(|times| (0..times).map(|_| python.time(&asked)).sum());
                    });
                }
            }
        });
        group.finish();
    }
}

/// Returns what `threads` threads come to together, each of which adds up its share.
fn sum_of(threads: i64) -> i64 {
    let share = numbers() / threads;
    threads * share * (share + 1) / 2
}

/// Adds up in compiled code, 200 times, on threads that share nothing once all have started.
fn nothing_shared(threads: i64) -> i64 {
    let (all, share) = (Barrier::new(threads as usize), numbers() / threads);
    thread::scope(|scope| {
        let add_up = || {
            all.wait();
            (0..200).fold(0, |_, _| (1..=share).fold(0, |sum, number| black_box(sum + number)))
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(add_up)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it adds up")).sum()
    })
}

fn switching(criterion: &mut Criterion) {
    let mut group = group(criterion, "switching");
    for microseconds in [100, 1_000, 5_000, 50_000] {
        let guard = gil(Duration::from_micros(microseconds));
        let plan = Plan {
            programs: vec![add_up(numbers() / 2); 2],
            guard,
            values: Values::Numbers,
            input: Duration::ZERO,
            told: false,
        };
        let name = format!("every {} ms", microseconds as f64 / 1e3);
        group.bench_function(name, |bencher| bencher.iter(|| run(&plan)));
    }
    group.finish();
}

fn lock(criterion: &mut Criterion) {
    let mut group = group(criterion, "lock");
    let (gil, mutex) = (Gil::new(Some(INTERVAL)), Mutex::new(()));
    group.bench_function("gil (ours)", |bencher| {
        bencher.iter(|| {
            gil.acquire(1);
            gil.release(1);
        });
    });
    group.bench_function("std mutex", |bencher| bencher.iter(|| drop(mutex.lock())));
    group.finish();
}

bench::main!(workloads, switching, lock);

//! What it costs not to deadlock.
//!
//! `deadlock/uncontended`: one thread takes a free lock and gives it back; ns for both. The checked
//! locks are asked the same as the plain ones, nothing else is held, and nobody waits: this is what
//! every lock of a program pays, all of the time. Each guards a number that nobody touches, and
//! each is made once, before.
//!
//! `deadlock/holding-one`: the same while another lock is held, which is when an order of locks has
//! to be looked up.
//!
//! `deadlock/empty-meals`: 5 philosophers, 10 000 meals each, a meal takes no time; time for a
//! meal. What is timed is the taking and giving back of forks by 5 threads on however many cores
//! there are; the start of the threads is in it, for all alike.
//!
//! `deadlock/long-meals`: the same with 100 meals of 200 µs asleep: what counts is how many eat at
//! once (2 of 5, at best).
//!
//! All strategies have the same table, the same meals and the same common start, and each run
//! asserts that everyone has eaten as often as planned.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput};
use deadlock::ordered_mutex::OrderGraph;
use deadlock::real::checked_mutex::WaitGraph;
use deadlock::real::philosophers::{
    Dinner, Plan, chandy_misra, one_seat_fewer, ordered, try_back_off, waiter,
};
use kit::sync_point::SyncPoint;

type Strategy = fn(&Plan) -> Dinner;

/// Times `lock` and the guard's end for every kind of lock, the plain ones first; with another lock
/// of the kind in hand if asked.
fn every_lock(group: &mut BenchmarkGroup<'_, WallTime>, holding_one: bool) {
    macro_rules! contender {
        ($name:literal, $lock:expr) => {
            let (other, lock) = ($lock, $lock);
            let _held = holding_one.then(|| other.lock());
            group.bench_function($name, |bencher| bencher.iter(|| drop(lock.lock())));
        };
    }
    let (waits, orders) = (WaitGraph::default(), OrderGraph::default());
    contender!("std", std::sync::Mutex::new(0));
    contender!("parking_lot", parking_lot::Mutex::new(0));
    contender!("checked (ours)", waits.mutex("L", 0));
    contender!("ordered (ours)", orders.mutex("L", 0));
    contender!("parking_lot, detecting", parking_lot_detecting::Mutex::new(0));
    contender!("tracing-mutex", tracing_mutex::stdsync::tracing::Mutex::new(0));
}

fn locks(criterion: &mut Criterion) {
    for (name, holding_one) in [("uncontended", false), ("holding-one", true)] {
        let mut group = criterion.benchmark_group(format!("deadlock/{name}"));
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
        every_lock(&mut group, holding_one);
        group.finish();
    }
}

fn philosophers(criterion: &mut Criterion) {
    let strategies: [(&str, Strategy); 5] = [
        ("ordered", ordered),
        ("waiter", waiter),
        ("one-seat-fewer", one_seat_fewer),
        ("try-back-off", try_back_off),
        ("chandy-misra", chandy_misra),
    ];
    for (name, meals, meal) in
        [("empty-meals", 10_000, Duration::ZERO), ("long-meals", 100, Duration::from_micros(200))]
    {
        let mut group = criterion.benchmark_group(format!("deadlock/{name}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        group.throughput(Throughput::Elements(5 * meals as u64));
        for (name, run) in strategies {
            // `run` asserts that everyone has eaten as often as planned.
            group.bench_function(name, |bencher| {
                bencher.iter_batched(
                    || Plan {
                        philosophers: 5,
                        meals,
                        meal,
                        start: SyncPoint::of(5),
                        window: SyncPoint::none(),
                    },
                    |plan| run(&plan),
                    BatchSize::PerIteration,
                );
            });
        }
        group.finish();
    }
}

bench::main!(locks, philosophers);

//! What it costs not to lose an update.
//!
//! `counter/contended-N`: N threads add 1 to one counter, 100 000 times each, with nothing else to
//! do; time for an update, of any of them. `counter/apart-N`: the same with 10 pauses of the
//! processor after each update, 20 000 times each: work that has nothing to do with the counter, so
//! that two threads seldom want it at once.
//!
//! N is 1, 2 and 4. Everybody has the same plan, and the sum is checked in each run. The start of
//! the threads is in all figures alike. `racy` loses updates and is no choice; it is here for
//! comparison: no locked instruction, no waiting.

use std::time::Duration;

use criterion::{Criterion, Throughput};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::lost_update::{
    Plan, atomic, channel, compare_exchange, mutex, racy, sharded,
};

type Run = fn(&Plan) -> i64;

const CONTENDERS: [(&str, Run); 6] = [
    ("racy (wrong)", racy),
    ("mutex", mutex),
    ("atomic", atomic),
    ("compare-exchange", compare_exchange),
    ("channel", channel),
    ("sharded", sharded),
];

fn counter(criterion: &mut Criterion) {
    for (workload, updates, spins) in [("contended", 100_000, 0), ("apart", 20_000, 10)] {
        for threads in [1, 2, 4] {
            let mut group = criterion.benchmark_group(format!("counter/{workload}-{threads}"));
            group
                .sample_size(10)
                .warm_up_time(Duration::from_millis(100))
                .measurement_time(Duration::from_millis(300));
            let plan =
                Plan { spins, ..Plan::new(vec![1; threads], updates, SyncPoint::open(threads)) };
            group.throughput(Throughput::Elements(plan.sum().unsigned_abs()));
            for (name, run) in CONTENDERS {
                // A contender that loses nothing has the whole sum; another may have less, and
                // never more.
                let right = |count| {
                    if name.starts_with("racy") { count <= plan.sum() } else { count == plan.sum() }
                };
                group.bench_function(name, |bencher| bencher.iter(|| assert!(right(run(&plan)))));
            }
            group.finish();
        }
    }
}

bench::main!(counter);

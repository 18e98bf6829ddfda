//! The same rounds in turns: `cargo bench -p bench --bench pools -- --paired`.
//!
//! On a machine that has other things to do as well, a contender that comes a second later may find
//! another machine. Here each contender has one round, then each has its next; a round is compared
//! with rayon's of the same turn, and what is printed is the median of 25 such ratios, the quarter
//! and three quarters of them, and the median ns a task. All pools are there all the time; the one
//! that has no round sleeps.

use std::time::Duration;

use rayon::prelude::*;

use super::contenders::{Channel, Contender, InCaller, Mpsc, Rayon, Stealing, Threadpool, Tokio};
use super::fork_join::{Alone, InScopes, Workload, turns};
use super::{over, small, steps_a_microsecond, timed, work};

const TURNS: usize = 25;

type Entry = (String, usize, Box<dyn FnMut() -> Duration>);

/// What rayon's rounds are called, with which the others are compared.
const MEASURE: [&str; 2] = ["rayon spawn", "rayon join"];

fn empty<C: Contender + 'static>() -> Entry {
    let (pool, tasks) = (C::start(), C::TASKS);
    (
        C::NAME.into(),
        tasks,
        Box::new(move || timed(tasks, || (0..tasks).for_each(|n| pool.spawn(small(n))))),
    )
}

fn batches<C: Contender + 'static>() -> Entry {
    let (pool, tasks) = (C::start(), 256 * 400);
    let batch = move || timed(tasks, || (0..400).for_each(|_| pool.spawn_all((0..256).map(small))));
    (format!("{}, by 256", C::NAME), tasks, Box::new(batch))
}

fn result<C: Contender + 'static>() -> Entry {
    let (pool, tasks) = (C::start(), C::TASKS);
    let fetch = move || {
        let begun = std::time::Instant::now();
        assert_eq!(pool.results(tasks as u64), tasks as u64 * (tasks as u64 - 1) / 2);
        begun.elapsed()
    };
    (C::NAME.into(), tasks, Box::new(fetch))
}

fn computing<C: Contender + 'static>(steps: u32) -> Entry {
    let pool = C::start();
    let task = move || {
        work(steps);
        over();
    };
    (
        C::NAME.into(),
        1_000,
        Box::new(move || timed(1_000, || (0..1_000).for_each(|_| pool.spawn(task)))),
    )
}

fn par_iter(steps: u32) -> Entry {
    let pool = Rayon::start();
    let each = move || {
        let begun = std::time::Instant::now();
        pool.0.install(|| (0..1_000).into_par_iter().for_each(|_| work(steps)));
        begun.elapsed()
    };
    ("rayon par_iter".into(), 1_000, Box::new(each))
}

fn compare(workload: &str, mut entries: Vec<Entry>) {
    let measure = entries
        .iter()
        .position(|(name, ..)| MEASURE.contains(&name.as_str()))
        .expect("rayon is among them");
    let mut turns = vec![Vec::with_capacity(TURNS); entries.len()];
    for turn in 0..=TURNS {
        for ((_, tasks, round), times) in entries.iter_mut().zip(&mut turns) {
            let time = round().as_secs_f64() * 1e9 / *tasks as f64;
            // The first is there to warm up.
            if turn > 0 {
                times.push(time);
            }
        }
    }
    let quarters = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
    };
    println!("\npaired/{workload}{:>28} {:>9}  quarters", "ns a task", "to rayon");
    for ((name, ..), times) in entries.iter().zip(&turns) {
        let ratios = times.iter().zip(&turns[measure]).map(|(time, rayon)| time / rayon).collect();
        let ([_, time, _], [low, ratio, high]) = (quarters(times.clone()), quarters(ratios));
        println!("  {name:<26} {time:>10.0} {ratio:>9.2}  {low:.2} to {high:.2}");
    }
}

pub(super) fn paired() {
    let fire = vec![
        empty::<InCaller>(),
        empty::<Stealing>(),
        batches::<Stealing>(),
        empty::<Channel>(),
        batches::<Channel>(),
        empty::<Rayon>(),
        empty::<Threadpool>(),
        empty::<Mpsc>(),
        empty::<Tokio>(),
    ];
    compare("empty", fire);
    let fetch = vec![
        result::<Stealing>(),
        result::<Channel>(),
        result::<Rayon>(),
        result::<Threadpool>(),
        result::<Mpsc>(),
        result::<Tokio>(),
    ];
    compare("result", fetch);
    let steps = 20 * steps_a_microsecond();
    let computing = vec![
        computing::<Stealing>(steps),
        computing::<Channel>(steps),
        computing::<Rayon>(steps),
        par_iter(steps),
        computing::<Threadpool>(steps),
        computing::<Mpsc>(steps),
        computing::<Tokio>(steps),
    ];
    compare("20us", computing);
    let workloads = [
        ("fork", Workload::Fibonacci { n: 24, least: 2 }),
        ("fib", Workload::Fibonacci { n: 32, least: 16 }),
        ("sort", Workload::Sort),
    ];
    for (name, workload) in workloads {
        let contenders = vec![
            turns::<Alone>(workload),
            turns::<Stealing>(workload),
            turns::<InScopes>(workload),
            turns::<Rayon>(workload),
        ];
        compare(name, contenders);
    }
}

//! The same rounds in turns: `cargo bench -p bench --bench process_pools -- --paired`.
//!
//! Each contender has one round, then each has its next; a round is compared with the last
//! contender's of the same turn, and what is printed is the median of 25 such ratios, the quarter
//! and three quarters of them, and the median µs a task.

use std::time::Duration;

use super::bare::Sockets;
use super::{ALONE, COMPUTING, MANY, WORKERS};
use super::{by_map, by_submit, one_at_a_time, pool, steps_a_millisecond, timed};
use bench::python::Pythons;

const TURNS: usize = 25;

type Entry = (&'static str, u64, Box<dyn FnMut(u64) -> Duration>);

fn compare(workload: &str, mut entries: Vec<Entry>) {
    let mut turns = vec![Vec::with_capacity(TURNS); entries.len()];
    for turn in 0..=TURNS {
        for ((_, tasks, round), times) in entries.iter_mut().zip(&mut turns) {
            let time = round(*tasks).as_secs_f64() * 1e6 / *tasks as f64;
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
    let measure = turns.last().cloned().unwrap_or_default();
    println!("\npaired/{workload}{:>28} {:>9}  quarters", "µs a task", "to last");
    for ((name, ..), times) in entries.iter().zip(turns) {
        let ratios = times.iter().zip(&measure).map(|(time, last)| time / last).collect();
        let ([_, time, _], [low, ratio, high]) = (quarters(times), quarters(ratios));
        println!("  {name:<28} {time:>10.3} {ratio:>9.3}  {low:.3} to {high:.3}");
    }
}

pub(super) fn paired() {
    // First those that fork: this process has one thread until there is a pool, and none of
    // Python's pipes, whose end they would hide.
    let steps = steps_a_millisecond();
    let (mut many, mut one) = (Sockets::start(1024, 4, 0), Sockets::start(1, 1, 0));
    let mut computing = Sockets::start(1, 2, steps);
    let python = Pythons::start("process_pools", &[WORKERS as u64]).first();
    let (first, second, third) = (pool(WORKERS), pool(WORKERS), pool(WORKERS));
    let mut entries: Vec<Entry> = vec![
        ("ours, submit", MANY, Box::new(move |tasks| by_submit(&first, tasks, 0))),
        ("ours, map", MANY, Box::new(move |tasks| by_map(&second, tasks, None))),
        ("sockets (limit)", MANY, Box::new(move |tasks| timed(tasks, || many.echo(tasks)))),
    ];
    if let Some(mut python) = python {
        entries.push((
            "python3, Pool.map",
            MANY,
            Box::new(move |tasks| python.time(format_args!("empty/Pool.map {tasks}"))),
        ));
    }
    compare("empty", entries);
    let entries: Vec<Entry> = vec![
        ("ours", ALONE, Box::new(move |tasks| one_at_a_time(&third, tasks))),
        (
            "a socket (limit)",
            ALONE,
            Box::new(move |tasks| timed(tasks, || one.one_at_a_time(tasks))),
        ),
    ];
    compare("one-at-a-time", entries);
    let (one, two) = (pool(1), pool(WORKERS));
    let entries: Vec<Entry> = vec![
        ("ours, on one worker", COMPUTING, Box::new(move |tasks| by_submit(&one, tasks, steps))),
        ("ours", COMPUTING, Box::new(move |tasks| by_submit(&two, tasks, steps))),
        (
            "sockets (limit)",
            COMPUTING,
            Box::new(move |tasks| timed(tasks, || computing.echo(tasks))),
        ),
    ];
    compare("1ms", entries);
}

//! What a pool of processes costs: ours, the crate `procspawn`, Python's two, a fork for each task,
//! and bare sockets between two processes.
//!
//! Every contender has 2 workers, started before anything is timed. The time is from the first
//! task's submission until the last result is here, divided by the number of tasks. Every task
//! takes a number and returns it, and the sum of what comes back is checked in each round. Python's
//! are timed from inside one interpreter that stays, as its users would; it is left out where there
//! is none.
//!
//! `process_pools/empty`: tasks that do nothing else. A round is 100 000 tasks for ours, the
//! sockets and `Pool.map` as it is, 20 000 for chunks of 100, 5 000 for `Pool.map` in chunks of 1,
//! 1 000 for the rest of Python's, 200 forks, 200 calls of `procspawn`. `ours, submit` is a call
//! and a handle for each task: all are submitted, then all are waited for. The sockets (the limit)
//! carry the numbers as they are, 1024 to a message, at most 4096 under way to each worker (ours:
//! 8192): no queue, no handles, nothing that could fail. `handles and notes (limit)` adds what no
//! pool can leave out that has a handle for each task, and loses none when a worker dies: `least.rs`
//! says what that is. `handles, notes and bytes (limit)` serializes the tasks and the results, too.
//!
//! `process_pools/one-at-a-time`: the same tasks, the next when the last has come back. 200 a
//! round.
//!
//! `process_pools/1ms`: tasks that compute for 1 ms (steps calibrated at the start; Python's are
//! its own), 400 a round. Two workers take 0.5 ms a task at best. The sockets and the limit with
//! handles have two tasks of one message each under way to a worker.
//!
//! `cargo run -p bench -- --check process-pool` has ours and what it is compared with take turns: on
//! a machine that has other things to do, a contender that comes a second later may find another.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bench::python::Pythons;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use process_pool::{Builder, Context, Handle, Pool, Task};
use serde::{Deserialize, Serialize};

#[path = "process_pools/bare.rs"]
mod bare;
#[path = "process_pools/carried.rs"]
mod carried;
#[path = "process_pools/least.rs"]
mod least;
#[path = "ipc/peer.rs"]
#[allow(dead_code, reason = "it is the other bench's")]
mod peer;

use bare::{Sockets, by_fork};
use carried::Bytes;
use least::{Least, MOST, Share};

/// How many workers everybody has.
const WORKERS: usize = 2;
const MANY: u64 = 100_000;
const ALONE: u64 = 200;
const COMPUTING: u64 = 400;

/// A number, and how many steps of work are to be done before it is returned.
#[derive(Serialize, Deserialize)]
struct Echo {
    number: u64,
    steps: u32,
}

impl Task for Echo {
    type Output = u64;

    fn run(self, _: &Context) -> u64 {
        work(self.steps);
        self.number
    }
}

/// Steps of work: each needs the result of the one before, so that a processor cannot do two at
/// once.
fn work(steps: u32) {
    let mut state = 1_u32;
    for _ in 0..steps {
        state = black_box(state.wrapping_mul(747_796_405).wrapping_add(1));
    }
}

/// Returns how many steps of work take a millisecond.
fn steps_a_millisecond() -> u32 {
    const STEPS: u32 = 1_000_000;
    let best = (0..10).map(|_| {
        let begun = Instant::now();
        work(STEPS);
        begun.elapsed()
    });
    (f64::from(STEPS) / (best.min().unwrap_or_default().as_secs_f64() * 1e3)).round() as u32
}

fn pool(workers: usize) -> Pool<Echo> {
    Builder::new().workers(workers).build().expect("this program is its own workers")
}

/// Times a round, whose results have to come to the sum of the numbers.
fn timed(tasks: u64, round: impl FnOnce() -> u64) -> Duration {
    let begun = Instant::now();
    let sum = round();
    let took = begun.elapsed();
    assert_eq!(sum, tasks * (tasks - 1) / 2);
    took
}

fn tasks(tasks: u64, steps: u32) -> impl Iterator<Item = Echo> {
    (0..tasks).map(move |number| Echo { number, steps })
}

fn by_submit(pool: &Pool<Echo>, count: u64, steps: u32) -> Duration {
    timed(count, || {
        let handles: Vec<_> = tasks(count, steps).map(|task| pool.submit(task)).collect();
        handles.into_iter().map(Handle::wait).map(|outcome| outcome.expect("nobody dies")).sum()
    })
}

fn by_map(pool: &Pool<Echo>, count: u64, chunk: Option<usize>) -> Duration {
    timed(count, || {
        let outcomes = match chunk {
            None => pool.map(tasks(count, 0)),
            Some(chunk) => pool.map_in_chunks(chunk, tasks(count, 0)),
        };
        outcomes.into_iter().map(|outcome| outcome.expect("nobody dies")).sum()
    })
}

fn one_at_a_time(pool: &Pool<Echo>, count: u64) -> Duration {
    timed(count, || {
        tasks(count, 0).map(|task| pool.submit(task).wait().expect("nobody dies")).sum()
    })
}

/// The crate `procspawn` sends the address of a function along with its argument, through channels
/// that it makes for each call: so each call that waits holds descriptors, and a round is short.
fn by_procspawn(pool: &procspawn::Pool, count: u64, steps: u32) -> Duration {
    timed(count, || {
        let handles: Vec<_> =
            (0..count).map(|number| call_procspawn(pool, number, steps)).collect();
        handles.into_iter().map(|handle| handle.join().expect("nobody dies")).sum()
    })
}

fn call_procspawn(pool: &procspawn::Pool, number: u64, steps: u32) -> procspawn::JoinHandle<u64> {
    pool.spawn((number, steps), |(number, steps)| {
        work(steps);
        number
    })
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("process_pools/{name}"));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
    group
}

/// Times rounds of `tasks` tasks; what is reported is the time of one task.
fn rounds(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    tasks: u64,
    mut round: impl FnMut(u64) -> Duration,
) {
    group.bench_function(name, |bencher| {
        bencher
            .iter_custom(|times| (0..times).map(|_| round(tasks)).sum::<Duration>() / tasks as u32);
    });
}

fn by_python(
    group: &mut BenchmarkGroup<'_, WallTime>,
    pythons: &mut Pythons,
    workload: &str,
    ways: &[(&str, u64)],
) {
    pythons.each(|python| {
        for &(way, tasks) in ways {
            let what = format!("{workload}/{}", way.replace(' ', ""));
            rounds(group, &format!("{}, {way}", python.name()), tasks, |tasks| {
                python.time(format_args!("{what} {tasks}"))
            });
        }
    });
}

fn process_pools(criterion: &mut Criterion) {
    // First those that fork: this process has one thread until there is a pool.
    let mut pythons = Pythons::start("process_pools", &[WORKERS as u64]);
    let steps = steps_a_millisecond();

    let mut empty = group(criterion, "empty");
    rounds(&mut empty, "a fork for each task", ALONE, |tasks| timed(tasks, || by_fork(tasks, 0)));
    let mut sockets = Sockets::start(1024, 4, 0);
    rounds(&mut empty, "sockets (limit)", MANY, |tasks| timed(tasks, || sockets.echo(tasks)));
    drop(sockets);
    let unbounded = Share { tasks: MOST, messages: usize::MAX };
    let mut least = Least::<u64>::start(unbounded);
    rounds(&mut empty, "handles and notes (limit)", MANY, |tasks| {
        timed(tasks, || least.echo(tasks, 0))
    });
    drop(least);
    let mut least = Least::<Bytes<Echo>>::start(unbounded);
    rounds(&mut empty, "handles, notes and bytes (limit)", MANY, |tasks| {
        timed(tasks, || least.echo(tasks, 0))
    });
    drop(least);
    let ours = pool(WORKERS);
    rounds(&mut empty, "ours, submit", MANY, |tasks| by_submit(&ours, tasks, 0));
    rounds(&mut empty, "ours, map", MANY, |tasks| by_map(&ours, tasks, None));
    for (chunk, tasks) in [(1, 1_000), (100, 20_000), (1000, MANY)] {
        let name = format!("ours, map in chunks of {chunk}");
        rounds(&mut empty, &name, tasks, |tasks| by_map(&ours, tasks, Some(chunk)));
    }
    drop(ours);
    let procspawn = procspawn::Pool::new(WORKERS).expect("this program is its own workers");
    rounds(&mut empty, "procspawn", ALONE, |tasks| by_procspawn(&procspawn, tasks, 0));
    drop(procspawn);
    let ways = [
        ("Pool.map", MANY),
        ("Pool.map in chunks of 1", 5_000),
        ("ProcessPoolExecutor.map in chunks of 1", 1_000),
        ("ProcessPoolExecutor.map in chunks of 100", 20_000),
        ("ProcessPoolExecutor.submit", 1_000),
    ];
    by_python(&mut empty, &mut pythons, "empty", &ways);
    empty.finish();

    let mut alone = group(criterion, "one-at-a-time");
    let mut sockets = Sockets::start(1, 1, 0);
    rounds(&mut alone, "a socket (limit)", ALONE, |tasks| {
        timed(tasks, || sockets.one_at_a_time(tasks))
    });
    drop(sockets);
    let ours = pool(WORKERS);
    rounds(&mut alone, "ours", ALONE, |tasks| one_at_a_time(&ours, tasks));
    drop(ours);
    let procspawn = procspawn::Pool::new(WORKERS).expect("this program is its own workers");
    rounds(&mut alone, "procspawn", ALONE, |tasks| {
        let answer = |number| call_procspawn(&procspawn, number, 0).join().expect("nobody dies");
        timed(tasks, || (0..tasks).map(answer).sum())
    });
    drop(procspawn);
    let ways = [("Pool.apply", ALONE), ("ProcessPoolExecutor.submit, then result", ALONE)];
    by_python(&mut alone, &mut pythons, "empty", &ways);
    alone.finish();

    let mut computing = group(criterion, "1ms");
    rounds(&mut computing, "a fork for each task", COMPUTING, |tasks| {
        timed(tasks, || by_fork(tasks, steps))
    });
    let mut sockets = Sockets::start(1, 2, steps);
    rounds(&mut computing, "sockets (limit)", COMPUTING, |tasks| {
        timed(tasks, || sockets.echo(tasks))
    });
    drop(sockets);
    let mut least = Least::<Bytes<Echo>>::start(Share { tasks: 1, messages: 2 });
    rounds(&mut computing, "handles, notes and bytes (limit)", COMPUTING, |tasks| {
        timed(tasks, || least.echo(tasks, steps))
    });
    drop(least);
    for (name, workers) in [("ours", WORKERS), ("ours, on one worker", 1)] {
        let ours = pool(workers);
        rounds(&mut computing, name, COMPUTING, |tasks| by_submit(&ours, tasks, steps));
    }
    let procspawn = procspawn::Pool::new(WORKERS).expect("this program is its own workers");
    rounds(&mut computing, "procspawn", ALONE, |tasks| by_procspawn(&procspawn, tasks, steps));
    drop(procspawn);
    let ways = [
        ("Pool.map", COMPUTING),
        ("Pool.map in chunks of 1", COMPUTING),
        ("ProcessPoolExecutor.map in chunks of 1", COMPUTING),
        ("ProcessPoolExecutor.submit", COMPUTING),
    ];
    by_python(&mut computing, &mut pythons, "1ms", &ways);
    computing.finish();
}

fn main() {
    // Started by a pool, this is a worker in it.
    process_pool::enter::<Echo>();
    procspawn::init();
    bench::run!(process_pools);
}

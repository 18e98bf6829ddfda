//! What it costs to start somebody who does a job, and to wait for the end of it.
//!
//! `spawn/start-and-join`: the job is a call of an empty function; ns for starting whoever does it, and for waiting until it is done. `call` is
//! that call alone: the limit. `kept thread` starts nobody: the job goes over a channel to a thread that is there already, and an answer
//! comes back, which is what a pool does.
//!
//! Nobody is pinned to a core: a thread may start on the core of its starter or on another, and waking one there costs many times as much.

use std::hint::black_box;
use std::sync::mpsc::sync_channel;
use std::thread::{self, Builder};
use std::time::Duration;

use criterion::{Criterion, criterion_group};

/// The job.
fn job() -> u32 {
    black_box(1)
}

fn start_and_join(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spawn/start-and-join");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));

    group.bench_function("call", |bencher| bencher.iter(job));
    group.bench_function("thread", |bencher| {
        bencher.iter(|| thread::spawn(job).join().expect("the job does not panic"));
    });
    group.bench_function("thread, named, stack of 64 KiB", |bencher| {
        bencher.iter(|| {
            let builder = Builder::new().name("worker".into()).stack_size(64 * 1024);
            let thread = builder.spawn(job).expect("there is room for another thread");
            thread.join().expect("the job does not panic")
        });
    });
    group.bench_function("thread, scoped", |bencher| {
        bencher.iter(|| thread::scope(|scope| scope.spawn(job).join().expect("the job does not panic")));
    });
    group.bench_function("kept thread", |bencher| {
        let (to_thread, jobs) = sync_channel::<fn() -> u32>(1);
        let (to_starter, answers) = sync_channel(1);
        let kept = thread::spawn(move || jobs.iter().all(|job| to_starter.send(job()).is_ok()));
        bencher.iter(|| {
            to_thread.send(job).expect("it is there");
            answers.recv().expect("it answers")
        });
        drop(to_thread);
        assert!(kept.join().expect("the job does not panic"), "it was never hung up on");
    });
    group.finish();
}

criterion_group!(benches, start_and_join);
bench::main!(benches);

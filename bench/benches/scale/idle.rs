//! Tasks and threads that wait for ever: what it takes to have many of them.

use std::future::pending;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use async_executor::LocalExecutor;
use bench::curve::{Curve, Unit};
use bench::work::give_way;
use coroutines::cost::counted;
use coroutines::executor::Executor;
use futures_executor::block_on;

use super::{Plan, Round};

pub(super) const TIME: &str = "scale/idle/time";
pub(super) const MEMORY: &str = "scale/idle/memory";

/// More threads than this are not started.
const THREADS: u64 = 10_000;

/// How long it took to start all, and how many bytes they take together, where that is known.
type Started = Result<(Duration, Option<u64>), String>;

/// Times and counts what this makes.
fn made<R>(make: impl FnOnce() -> R) -> Started {
    let begun = Instant::now();
    let (made, bytes) = counted(make);
    let took = begun.elapsed();
    drop(made);
    Ok((took, bytes))
}

fn ours(tasks: u64) -> Started {
    // The handles lie in a row of their own, which is not counted.
    let mut handles = Vec::with_capacity(tasks as usize);
    let executor = Executor::new();
    made(|| {
        handles.extend((0..tasks).map(|_| executor.spawn(pending::<()>())));
        executor.block_on(give_way());
    })
}

fn tokio(tasks: u64) -> Started {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    made(|| {
        runtime.block_on(async {
            (0..tasks).for_each(|_| drop(tokio::spawn(pending::<()>())));
            tokio::spawn(give_way()).await.expect("it ends");
        });
    })
}

fn async_executor(tasks: u64) -> Started {
    let executor = LocalExecutor::new();
    made(|| {
        (0..tasks).for_each(|_| executor.spawn(pending::<()>()).detach());
        while executor.try_tick() {}
        block_on(executor.run(give_way()));
    })
}

fn threads(threads: u64) -> Started {
    if threads > THREADS {
        return Err(String::new());
    }
    let before = resident();
    let (ready, are_ready) = mpsc::channel();
    let begun = Instant::now();
    let mut started = Vec::with_capacity(threads as usize);
    let mut failed = None;
    for _ in 0..threads {
        // Each waits until its sender is dropped.
        let ((goes_on, wait), ready) = (mpsc::channel::<()>(), ready.clone());
        let body = move || {
            let _ = ready.send(());
            let _ = wait.recv();
        };
        match thread::Builder::new().spawn(body) {
            Ok(thread) => started.push((goes_on, thread)),
            Err(error) => {
                failed = Some(format!(
                    "the system has no room for more than {} ({error})",
                    started.len()
                ));
                break;
            }
        }
    }
    are_ready.iter().take(started.len()).for_each(drop);
    let took = begun.elapsed();
    let bytes = resident().zip(before).map(|(now, before)| now.saturating_sub(before));
    for (goes_on, thread) in started {
        drop(goes_on);
        thread.join().expect("it does not panic");
    }
    failed.map_or(Ok((took, bytes)), Err)
}

/// Returns the process's resident bytes, where the system tells them.
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<u64>().ok()? * rustix::param::page_size() as u64)
}

/// Starts as many as asked for, and when these are few, again and again.
fn each(start: fn(u64) -> Started, again: u64, unit: Unit) -> Round<'static> {
    Box::new(move |number| {
        let times = (again / number).max(1);
        let mut time = Duration::ZERO;
        let mut bytes = Some(0);
        for _ in 0..times {
            let (took, takes) = start(number)?;
            time += took;
            bytes = bytes.zip(takes).map(|(bytes, takes)| bytes + takes);
        }
        let all = (times * number) as f64;
        if unit == Unit::Nanoseconds {
            return Ok(time.as_nanos() as f64 / all);
        }
        // None at all is too little to be seen, and no figure.
        let bytes = bytes.filter(|bytes| *bytes > 0).ok_or_else(String::new)?;
        Ok(bytes as f64 / all)
    })
}

pub(super) fn curves(plan: &Plan, curves: &mut Vec<Curve>) {
    let at: Vec<u64> = (1..=if plan.test { 2 } else { 6 }).map(|power| 10_u64.pow(power)).collect();
    let again = if plan.test { 1 } else { 10_000 };
    for (name, unit) in [(TIME, Unit::Nanoseconds), (MEMORY, Unit::Bytes)] {
        let contenders = vec![
            ("ours", each(ours, again, unit)),
            ("tokio, current thread", each(tokio, again, unit)),
            ("async-executor", each(async_executor, again, unit)),
            ("threads", each(threads, 1, unit)),
        ];
        plan.curve(curves, (name, "tasks", "tasks", unit), &at, contenders);
    }
}

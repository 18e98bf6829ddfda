//! Tasks that wait for tasks of their own pool: when every worker waits, no thread is left to run
//! what they wait for (a thread-starvation deadlock).
//!
//! Each worker runs an outer task, which submits an inner one and waits for its result. All outer
//! tasks meet at a barrier first, in the open: so every worker has one of them before the first
//! inner one is queued, on every run.
//!
//! `nested/model.rs` is the same on a pool that the model checker can follow.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;

use tracing::info_span;

use crate::on_pool::{pool, results, submit};
use crate::{BuildError, ChannelPool, Gate, Handle, Pool, StealingPool};

/// Runs one outer task on each worker of a pool, each of which waits for its inner one; returns
/// their results.
///
/// # Blocking
/// For ever, if a worker that waits runs nothing else.
pub fn run<P: Pool + 'static>(workers: usize) -> Result<Vec<u32>, BuildError> {
    outer_on::<P, _>(workers, workers, waits)
}

/// As [`run`] on a pool that does not help, but with one worker more than there are tasks that
/// wait. It holds until one more task waits.
pub fn one_more_worker(waiting: usize) -> Result<Vec<u32>, BuildError> {
    outer_on::<ChannelPool, _>(waiting, waiting + 1, waits)
}

/// As [`run`] on a pool that does not help, but no task waits: the outer task returns the handle of
/// its inner one, and a thread outside the pool waits for it.
pub fn handed_on(workers: usize) -> Result<Vec<u32>, BuildError> {
    let inner = outer_on::<ChannelPool, _>(workers, workers, |inner, _| inner)?;
    Ok(results(inner).zip(1..).map(|(inner, number)| inner + number).collect())
}

/// Has a worker that helps take a task that waits for the very one below it on its stack.
///
/// Another worker runs the inner task, which ends when the other task has begun: so the outer one,
/// which waits for the inner one, has nothing else to run meanwhile.
///
/// # Blocking
/// For ever: the task below goes on when the one on top of it has ended, which waits for it.
pub fn below() -> Result<u32, BuildError> {
    let (pool, gate) = (Arc::new(pool::<StealingPool>(2)?), Gate::default());
    let until_begun = gate.clone();
    let inner = submit(&*pool, move || {
        let _waits = info_span!("waits", what = "gate");
        until_begun.pass();
        10
    });
    // It has begun: no worker that waits can take it.
    gate.until_waiting(1);
    let (pool2, (give, own)) = (Arc::clone(&pool), channel::<Handle<u32>>());
    let (told, hears) = channel();
    let outer = submit(&*pool, move || {
        let own = own.recv().expect("it is given");
        let other = submit(&*pool2, move || {
            gate.open();
            let _waits = info_span!("waits", what = "outer", from = thread::current().name());
            own.wait().expect("it does not panic")
        });
        let _waits = info_span!("waits", what = "inner");
        let result = inner.wait().expect("it does not panic") + 1;
        // It is told without waiting for the other one.
        drop((other, told.send(result)));
        result
    });
    give.send(outer).expect("it is waited for");
    let _waits = info_span!("waits", what = "outer");
    Ok(hears.recv().expect("it is told"))
}

/// Runs outer tasks, each of which makes something of the handle of its inner one, and its number.
fn outer_on<P: Pool + 'static, R: Send + 'static>(
    tasks: usize,
    workers: usize,
    end: fn(Handle<u32>, u32) -> R,
) -> Result<Vec<R>, BuildError> {
    let (pool, all_begun) = (Arc::new(pool::<P>(workers)?), Arc::new(Barrier::new(tasks)));
    let outer = |number: u32| {
        let (pool2, all_begun) = (Arc::clone(&pool), Arc::clone(&all_begun));
        submit(&*pool, move || {
            let _runs = info_span!("runs", what = format!("outer {number}"));
            all_begun.wait();
            let inner = submit(&*pool2, move || {
                let _runs = info_span!("runs", what = format!("inner {number}"));
                number * 10
            });
            end(inner, number)
        })
    };
    let handles: Vec<_> = numbers(tasks).map(outer).collect();
    Ok(results(handles).collect())
}

fn waits(inner: Handle<u32>, number: u32) -> u32 {
    let _waits = info_span!("waits", what = format!("inner {number}"));
    inner.wait().expect("it does not panic") + number
}

fn numbers(tasks: usize) -> impl Iterator<Item = u32> {
    (1..).take(tasks)
}

/// Returns the results of `tasks` outer tasks.
pub fn expected(tasks: usize) -> Vec<u32> {
    numbers(tasks).map(|number| number * 11).collect()
}

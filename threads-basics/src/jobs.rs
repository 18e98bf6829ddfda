//! Three jobs of different kinds, each on a thread of its own, and three ways to gather their
//! results.
//!
//! The jobs count how many of them are at work at once. Where all are to be, each waits in the
//! middle of its work until the others have come there too.

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::{JoinHandle, sleep};

use tracing::info_span;

use crate::PACE;
use crate::gauge::Gauge;
use kit::real::lane::{finish, start};
use kit::sync_point::SyncPoint;

/// Adds up the numbers from 1 to `last`.
pub fn add_up(last: u64) -> u64 {
    (1..=last).sum()
}

/// Multiplies the numbers from 1 to `last`; `None` if that is more than a `u64` holds, which it is
/// from 21 on.
pub fn factorial(last: u64) -> Option<u64> {
    (1..=last).try_fold(1, u64::checked_mul)
}

/// Prints a line; returns the writer that it was printed on.
pub fn print<W: Write>(line: &str, mut out: W) -> W {
    writeln!(out, "{line}").expect("it can be written to");
    out
}

/// The three results, and how they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// What `add-up` returned.
    pub sum: u64,
    /// What `factorial` returned.
    pub factorial: Option<u64>,
    /// The output of `print`.
    pub printed: Vec<u8>,
    /// The jobs, in the order in which their results were taken.
    pub order: Vec<&'static str>,
    /// The largest number of jobs that were at work at once.
    pub most_at_once: usize,
}

/// Joins each thread right after it is spawned: three threads, and one at work at a time.
pub fn joined_at_once() -> Gathered {
    let work = Work::new(SyncPoint::none());
    let sum = wait_for("add-up", work.start("add-up", || add_up(100_000)));
    let factorial = wait_for("factorial", work.start("factorial", || factorial(5)));
    let printed = wait_for("print", work.start("print", || print("a line", Vec::new())));
    Gathered { sum, factorial, printed, order: ORDER.into(), most_at_once: work.at_work.most() }
}

/// Spawns all three, then joins them. Each handle has the type of its job's result; they are taken
/// in the order of the joins, whichever job ends first.
pub fn started_first() -> Gathered {
    let work = Work::new(SyncPoint::of(3));
    let sum = work.start("add-up", || add_up(100_000));
    let factorial = work.start("factorial", || factorial(5));
    let printed = work.start("print", || print("a line", Vec::new()));

    let sum = wait_for("add-up", sum);
    let factorial = wait_for("factorial", factorial);
    let printed = wait_for("print", printed);
    Gathered { sum, factorial, printed, order: ORDER.into(), most_at_once: work.at_work.most() }
}

/// The result of any job: what one channel for all of them carries.
#[derive(Debug)]
enum JobResult {
    Sum(u64),
    Factorial(Option<u64>),
    Printed(Vec<u8>),
}

/// Spawns all three and takes their results from one channel, in the order in which the jobs end:
/// here the last started ends first, since each of the others waits until the next one has sent.
pub fn as_they_end() -> Gathered {
    let work = Work::new(SyncPoint::of(3));
    let (printed, multiplied) = (SyncPoint::of(2), SyncPoint::of(2));
    let (before_factorial, before_sum) = (printed.clone(), multiplied.clone());
    let (sender, results) = channel();
    let [sum_sender, factorial_sender] = [sender.clone(), sender.clone()];

    let threads = [
        work.start("add-up", move || {
            let sum = add_up(100_000);
            before_sum.meet();
            sum_sender.send(JobResult::Sum(sum)).expect(LISTENS);
        }),
        work.start("factorial", move || {
            let factorial = factorial(5);
            before_factorial.meet();
            factorial_sender.send(JobResult::Factorial(factorial)).expect(LISTENS);
            multiplied.meet();
        }),
        work.start("print", move || {
            sender.send(JobResult::Printed(print("a line", Vec::new()))).expect(LISTENS);
            printed.meet();
        }),
    ];

    let mut gathered = Gathered::default();
    // It ends when the last thread has dropped its sender. Whichever result comes, it is taken.
    for result in results {
        gathered.order.push(match result {
            JobResult::Sum(sum) => (gathered.sum = sum, "add-up").1,
            JobResult::Factorial(factorial) => (gathered.factorial = factorial, "factorial").1,
            JobResult::Printed(printed) => (gathered.printed = printed, "print").1,
        });
    }
    for thread in threads {
        finish(thread);
    }
    Gathered { most_at_once: work.at_work.most(), ..gathered }
}

const ORDER: [&str; 3] = ["add-up", "factorial", "print"];
const LISTENS: &str = "the parent takes results until there are no more";

fn wait_for<R>(job: &str, thread: JoinHandle<R>) -> R {
    let _waits = info_span!("waits", lane = "parent", what = format!("end of {job}"), from = job);
    finish(thread)
}

/// What counts the jobs that are at work; no job needs it.
#[derive(Clone)]
struct Work {
    at_work: Arc<Gauge>,
    point: SyncPoint,
}

impl Work {
    fn new(point: SyncPoint) -> Self {
        Self { at_work: Arc::default(), point }
    }

    fn start<R: Send + 'static>(
        &self,
        name: &'static str,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> JoinHandle<R> {
        let Self { at_work, point } = self.clone();
        start(name, move || {
            let _runs = info_span!("runs", what = "its job");
            at_work.enter();
            point.meet();
            sleep(PACE);
            let result = job();
            at_work.leave();
            result
        })
    }
}

//! The same work on more and more threads, beyond the number of cores.
//!
//! The threads share nothing that they work on: no lock, no cache line. So the curve shows the price
//! of the threads alone.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::procfs::Task;

/// The work to be done in all, whatever the number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A number of steps of arithmetic: a thread that has no core waits for one.
    Cpu(u64),
    /// A number of steps, in a number of phases: none begins before all threads have ended the one
    /// before.
    InStep(u64, u64),
    /// A number of waits, one after another on each thread: a thread needs no core to wait.
    Io(u64, Duration),
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The number of threads.
    pub threads: u64,
    /// The time from the start of the first to the end of the last of them; the median.
    pub took: Duration,
    /// How often the kernel preempted one of them (nonvoluntary context switches); `None` where that is
    /// not known.
    pub preempted: Option<u64>,
}

/// Does the work on 1, 2, 4, … threads up to `limit`, and on `limit`.
pub fn curve(work: Work, limit: u64, times: usize) -> impl Iterator<Item = Point> {
    let powers = (0..).map(|power| 1 << power).take_while(move |&threads| threads < limit);
    powers.chain([limit]).map(move |threads| median(work, threads, times))
}

/// Does the work on `threads` threads, `times` times, or as often as it can be begun in a second
/// where the machine is busy; returns the run of median length.
pub fn median(work: Work, threads: u64, times: usize) -> Point {
    let begun = Instant::now();
    let again = |done: &usize| *done == 0 || begun.elapsed() < Duration::from_secs(1);
    let mut points: Vec<_> = (0..times).take_while(again).map(|_| run(work, threads)).collect();
    points.sort_unstable_by_key(|point| point.took);
    points[points.len() / 2]
}

/// Does the work on `threads` threads, each of which does its share.
pub fn run(work: Work, threads: u64) -> Point {
    let all = Barrier::new(threads as usize);
    let began = Instant::now();
    let preempted = thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|number| {
                let named = thread::Builder::new().name(format!("t{}", number + 1));
                let all = &all;
                let body = move || {
                    share(work, threads, number, all);
                    Task::me().switches().map(|switches| switches.involuntary)
                };
                named.spawn_scoped(scope, body).expect("the system has room for another thread")
            })
            .collect();
        let ends = started.into_iter().map(|thread| thread.join());
        ends.map(|end| end.expect("it does arithmetic, or sleeps")).sum()
    });
    Point { threads, took: began.elapsed(), preempted }
}

fn share(work: Work, threads: u64, number: u64, all: &Barrier) {
    match work {
        Work::Cpu(steps) => compute(part(steps, threads, number)),
        Work::InStep(steps, phases) => (0..phases).for_each(|phase| {
            compute(part(part(steps, threads, number), phases, phase));
            all.wait();
        }),
        Work::Io(waits, wait) => {
            (0..part(waits, threads, number)).for_each(|_| thread::sleep(wait));
        }
    }
}

/// Divides `all` into `parts` that differ by 1 at the most, and returns one of them.
fn part(all: u64, parts: u64, number: u64) -> u64 {
    all / parts + u64::from(number < all % parts)
}

/// Makes steps of Marsaglia's xorshift, each of which needs the one before.
pub(crate) fn compute(steps: u64) {
    let mut state: u64 = 1;
    for _ in 0..steps {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state);
}

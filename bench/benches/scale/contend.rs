//! Threads that begin together, and do the same until they are told to stop.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use threads_basics::cores;

/// How long threads contend in a round. Where they take turns on a core, several turns have to fit.
pub(crate) fn round(test: bool) -> Duration {
    Duration::from_millis(if test { 1 } else { 20 })
}

/// Has `threads` threads do `one` again and again for `time`; returns how often it was done, and
/// how long that took.
///
/// A number is not given beforehand: of a lock that is handed to preempted threads, nobody knows
/// how long it would take.
pub(crate) fn contend(threads: u64, time: Duration, one: impl Fn() + Sync) -> (u64, Duration) {
    let (stop, together) = (AtomicBool::new(false), Barrier::new(threads as usize + 1));
    let cores = cores::cores();
    let run = |index: u64| {
        if !cores.is_empty() {
            cores::pin(cores[index as usize % cores.len()]);
        }
        together.wait();
        let begun = Instant::now();
        let mut times = 0;
        // Relaxed: the threads' ends, which are joined, make visible what they have done.
        while !stop.load(Relaxed) {
            one();
            times += 1;
        }
        (times, begun, Instant::now())
    };
    let run = &run;
    let ran: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|index| scope.spawn(move || run(index))).collect();
        together.wait();
        thread::sleep(time);
        stop.store(true, Relaxed);
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let begun = ran.iter().map(|ran| ran.1).min().expect("there is one");
    let ended = ran.iter().map(|ran| ran.2).max().expect("there is one");
    (ran.iter().map(|ran| ran.0).sum(), ended - begun)
}

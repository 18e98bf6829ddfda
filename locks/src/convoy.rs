//! Short critical sections behind a long one: threads that want the lock for an instant queue
//! behind one that holds it for long.
//!
//! A thread `long` works out a report on shared numbers, and meanwhile `s1`, `s2`, … each add 1 to
//! one of them. The variants differ in whether that work is done under the lock.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Barrier, Mutex};
use std::thread::scope;
use std::time::Duration;

use tracing::info_span;

use crate::scoped_threads::{acquire, finish, lock, start};

/// How the short critical sections fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convoy {
    /// The number of them that found the lock held by the long one when they came.
    pub waited: usize,
    /// The threads in the order in which they were done.
    pub order: Vec<String>,
    /// The sum of the numbers at the end: each short section added 1.
    pub sum: u32,
}

#[derive(Debug)]
struct Shared {
    numbers: Mutex<Vec<u32>>,
    long_is_inside: AtomicBool,
    order: Mutex<Vec<String>>,
    /// All meet twice: when the long work has begun, and when all the others have come to the lock.
    meet: Barrier,
}

impl Shared {
    /// Called by the long one when its work has begun; returns when all the others have come to the
    /// lock.
    fn begun(&self) {
        self.meet.wait();
        self.meet.wait();
    }

    fn note(&self, name: &str) {
        lock(&self.order).push(name.to_owned());
    }
}

/// Runs the long section, which receives a message from each short one that is done, beside
/// `shorts` short ones.
fn run(shorts: usize, long: impl FnOnce(&Shared, &Receiver<()>) + Send) -> Convoy {
    let shared = Shared {
        numbers: Mutex::new(vec![0; shorts]),
        long_is_inside: AtomicBool::new(false),
        order: Mutex::default(),
        meet: Barrier::new(shorts + 1),
    };
    let (is_done, done) = channel();
    let waited = scope(|scope| {
        let shared = &shared;
        let long = start(scope, "long", move || long(shared, &done));
        let shorts = (1..=shorts).map(|number| {
            let (is_done, name) = (is_done.clone(), format!("s{number}"));
            start(scope, name.clone(), move || {
                shared.meet.wait();
                // Relaxed: the barrier has put it in order.
                let must_wait = shared.long_is_inside.load(Relaxed);
                shared.meet.wait();
                let mut numbers = acquire("lock", &shared.numbers);
                numbers[number - 1] += 1;
                shared.note(&name);
                drop(numbers);
                // The long one may have gone without waiting for it.
                let _ = is_done.send(());
                must_wait
            })
        });
        let shorts: Vec<_> = shorts.collect();
        let waited = shorts.into_iter().map(finish).filter(|waited| *waited).count();
        finish(long);
        waited
    });
    let sum = lock(&shared.numbers).iter().sum();
    let order = lock(&shared.order).clone();
    Convoy { waited, order, sum }
}

fn work_out(numbers: &[u32], pace: Duration) -> u32 {
    std::thread::sleep(pace);
    numbers.iter().sum()
}

/// Does the long work under the lock, until all the others queue and for `pace` longer: every
/// thread waits for its end, for a section of an instant.
pub fn long_inside(shorts: usize, pace: Duration) -> Convoy {
    // Nobody can be done before the lock is released: to wait for that here would be for ever.
    run(shorts, |shared, _done| {
        let numbers = acquire("lock", &shared.numbers);
        shared.long_is_inside.store(true, Relaxed);
        shared.begun();
        work_out(&numbers, pace);
        shared.note("long");
        shared.long_is_inside.store(false, Relaxed);
    })
}

/// Does the long work on a copy, outside the lock, for `pace` and until all the others are done:
/// under the lock, the long section is a short one.
///
/// The price: the report is on the numbers as they were. If that is not enough, check under the
/// lock whether they have changed since, and begin again if they have (optimistic concurrency).
pub fn long_outside(shorts: usize, pace: Duration) -> Convoy {
    run(shorts, move |shared, done| {
        let copy = {
            let numbers = acquire("lock", &shared.numbers);
            shared.long_is_inside.store(true, Relaxed);
            let copy = numbers.clone();
            shared.long_is_inside.store(false, Relaxed);
            copy
        };
        let runs = info_span!("runs", what = "report");
        shared.begun();
        work_out(&copy, pace);
        done.iter().take(shorts).for_each(drop);
        drop(runs);
        shared.note("long");
    })
}

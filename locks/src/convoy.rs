//! Short sections behind a long one: threads that want the lock for an instant line up behind one
//! that has it for long.
//!
//! Each form has the same `run`: a thread `long` works out a report on shared numbers, and while it
//! is at work, `s1`, `s2`, … each add 1 to one of them. The forms differ in whether that work is
//! done inside the lock.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Barrier, Mutex};
use std::thread::scope;
use std::time::Duration;

use crate::scoped::{finish, lock, start, take};

pub mod long_inside;
pub mod long_outside;

/// Says how the short sections fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many of them found the lock in the hand of the long one when they came.
    pub waited: usize,
    /// Who was through, in the order in which they were.
    pub order: Vec<String>,
    /// The sum of the numbers at the end: each short section added 1.
    pub sum: u32,
}

/// What the threads share.
#[derive(Debug)]
struct Place {
    /// A number for each short section.
    numbers: Mutex<Vec<u32>>,
    /// Whether the long one has the lock.
    long_is_inside: AtomicBool,
    order: Mutex<Vec<String>>,
    /// All meet twice: when the long work has begun, and when all the others have come to the lock.
    meet: Barrier,
}

impl Place {
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

/// Runs the long section, which is handed a message from each short one that is through, with the
/// short ones beside it.
fn play(shorts: usize, long: impl FnOnce(&Place, &Receiver<()>) + Send) -> Done {
    let place = Place {
        numbers: Mutex::new(vec![0; shorts]),
        long_is_inside: AtomicBool::new(false),
        order: Mutex::default(),
        meet: Barrier::new(shorts + 1),
    };
    let (is_through, through) = channel();
    let waited = scope(|scope| {
        let place = &place;
        let long = start(scope, "long", move || long(place, &through));
        let shorts = (1..=shorts).map(|number| {
            let (is_through, name) = (is_through.clone(), format!("s{number}"));
            start(scope, name.clone(), move || {
                place.meet.wait();
                // Relaxed: the barrier has put it in order.
                let must_wait = place.long_is_inside.load(Relaxed);
                place.meet.wait();
                let mut numbers = take("lock", &place.numbers);
                numbers[number - 1] += 1;
                place.note(&name);
                drop(numbers);
                // The long one may have gone without waiting for it.
                let _ = is_through.send(());
                must_wait
            })
        });
        let shorts: Vec<_> = shorts.collect();
        let waited = shorts.into_iter().map(finish).filter(|waited| *waited).count();
        finish(long);
        waited
    });
    let sum = lock(&place.numbers).iter().sum();
    let order = lock(&place.order).clone();
    Done { waited, order, sum }
}

/// Works on the numbers for `pace`.
fn work_out(numbers: &[u32], pace: Duration) -> u32 {
    std::thread::sleep(pace);
    numbers.iter().sum()
}

//! Everyone but one gets on: the philosopher in the middle needs both forks at once, and its neighbours see to it that at
//! every moment one of them is in use.
//!
//! That is no deadlock, and no lock is held for long. The neighbours hand over to each other, in the open, so that it
//! happens on every run: neither puts its fork down before the other has one in hand.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use std::time::Duration;

use tracing::info_span;

use crate::real::lane::{finish, start, take, try_take};

const MEAL: Duration = Duration::from_millis(1);

/// Counts meals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meals {
    /// Of the one in the middle.
    pub middle: usize,
    /// How often it tried.
    pub tries: usize,
    /// Of each neighbour.
    pub neighbour: usize,
    /// The most that were ahead of it in the line, where there is one.
    pub most_ahead: Option<u64>,
}

/// Takes what is free when it is free: the neighbours eat by turns, overlapping, and the middle one tries meanwhile.
pub fn unfair(meals: usize) -> Meals {
    let forks = Arc::new([Mutex::new(()), Mutex::new(())]);
    let over = Arc::new(AtomicBool::new(false));
    let (left_has_a, left_has) = channel();
    let (right_has_b, right_has) = channel();
    let (ready, both_have) = channel();

    let forks1 = Arc::clone(&forks);
    let over1 = Arc::clone(&over);
    let left = start("left", move || {
        for meal in 1..=meals {
            let _a = take("A", &forks1[0]);
            let _ = left_has_a.send(());
            let _ = right_has.recv();
            std::thread::sleep(MEAL);
            over1.store(meal == meals, Relaxed);
        }
    });
    let forks2 = Arc::clone(&forks);
    let right = start("right", move || {
        let _ = left_has.recv();
        for _ in 0..meals {
            let _b = take("B", &forks2[1]);
            let _ = right_has_b.send(());
            let _ = ready.send(());
            std::thread::sleep(MEAL);
            // Until the left one has its fork again; after its last meal it has hung up.
            let _ = left_has.recv();
        }
    });
    // Both have a fork before the middle one comes to the table.
    let _ = both_have.recv();

    let middle = start("middle", move || {
        let (mut eaten, mut tries) = (0, 0);
        while !over.load(Relaxed) {
            let _one = take("A", &forks[0]);
            let other = try_take("B", &forks[1]);
            tries += 1;
            // It need not hurry: what it waits for does not happen.
            std::thread::sleep(MEAL / 4);
            // A fork that is free because the neighbours are done is no meal among them.
            eaten += usize::from(other.is_some() && !over.load(Relaxed));
        }
        (eaten, tries)
    });
    finish(left);
    finish(right);
    let (middle, tries) = finish(middle);
    Meals { middle, tries, neighbour: meals, most_ahead: None }
}

/// First come, first served: a turn that is given out in the order of asking.
#[derive(Default)]
struct Turn {
    /// The next number to give out, and the number whose turn it is.
    numbers: Mutex<(u64, u64)>,
    next: Condvar,
}

impl Turn {
    /// Waits for its turn; returns how many were ahead.
    fn wait(&self) -> u64 {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = numbers.0;
        let ahead = mine - numbers.1;
        numbers.0 += 1;
        drop(self.next.wait_while(numbers, |numbers| numbers.1 != mine));
        ahead
    }

    fn pass_on(&self) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).1 += 1;
        self.next.notify_all();
    }
}

/// Whoever asks waits for its turn, and passes it on when it has its forks: nobody overtakes.
pub fn in_turn(meals: usize) -> Meals {
    let table = Arc::new(([Mutex::new(()), Mutex::new(())], Turn::default()));
    let philosopher = |name: &str, wanted: &'static [usize]| {
        let table = Arc::clone(&table);
        start(name, move || {
            let (forks, turn) = &*table;
            let mut most_ahead = 0;
            for _ in 0..meals {
                let waits = info_span!("waits", what = "its turn");
                most_ahead = most_ahead.max(turn.wait());
                drop(waits);
                let _forks: Vec<_> =
                    wanted.iter().map(|&fork| take(["A", "B"][fork], &forks[fork])).collect();
                turn.pass_on();
                std::thread::sleep(MEAL);
            }
            most_ahead
        })
    };
    let [_, most_ahead, _] =
        [philosopher("left", &[0]), philosopher("middle", &[0, 1]), philosopher("right", &[1])].map(finish);
    Meals { middle: meals, tries: meals, neighbour: meals, most_ahead: Some(most_ahead) }
}

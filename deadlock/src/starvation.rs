//! Starvation: the philosopher in the middle needs both forks at once, and its neighbours see to it
//! that at every moment one of them is in use.
//!
//! That is no deadlock, and no lock is held for long. The neighbours hand over to each other through
//! channels, so that it happens on every run.

use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tracing::info_span;

use kit::real::lane::{acquire, lock, run_all, task, try_acquire, wait_while};

const MEAL: Duration = Duration::from_millis(1);

/// The meals of the three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meals {
    /// The meals of the one in the middle.
    pub middle: usize,
    /// The number of its tries.
    pub tries: usize,
    /// The meals of the two neighbours together.
    pub neighbours: usize,
}

#[derive(Default)]
struct Tries {
    state: Mutex<(usize, bool)>,
    another: Condvar,
}

impl Tries {
    /// Waits until the middle one has tried twice more, so once from beginning to end, unless the
    /// neighbours are done.
    fn wait_for_one(&self) {
        let state = lock(&self.state);
        let before = state.0;
        drop(wait_while(&self.another, state, |(tries, over)| *tries < before + 2 && !*over));
    }

    /// Notes a try; returns whether there are more to come.
    fn note(&self) -> bool {
        let mut state = lock(&self.state);
        state.0 += 1;
        self.another.notify_all();
        !state.1
    }

    fn end(&self) {
        lock(&self.state).1 = true;
        self.another.notify_all();
    }
}

/// A free fork goes to the first to ask: the neighbours eat by turns, overlapping, and the middle one
/// tries all the while.
///
/// Before it puts its fork down, each neighbour waits until the other holds one, and until the middle
/// one has tried.
pub fn unfair(meals: usize) -> Meals {
    type Table = ([Mutex<()>; 2], Tries);
    let (left_has_a, left_has) = channel();
    let (right_has_b, right_has) = channel();
    let (ready, both_have) = channel();
    let left = move |(forks, tries): &Table| {
        for eaten in 1..=meals {
            let _a = acquire("A", &forks[0]);
            let _ = left_has_a.send(());
            let _ = right_has.recv();
            tries.wait_for_one();
            if eaten == meals {
                // From here on a fork may be free, and a meal of the middle one is no longer a meal
                // among others.
                tries.end();
            }
        }
        (meals, 0)
    };
    let right = move |(forks, tries): &Table| {
        let _ = left_has.recv();
        let mut eaten = 0;
        while eaten < meals {
            let _b = acquire("B", &forks[1]);
            eaten += 1;
            let _ = right_has_b.send(());
            let _ = ready.send(());
            tries.wait_for_one();
            // Until the left one has its fork again; after its last meal its sender is dropped.
            let _ = left_has.recv();
        }
        (eaten, 0)
    };
    let middle = move |(forks, tries): &Table| {
        // Both have a fork before the middle one comes to the table.
        let _ = both_have.recv();
        let _waits = info_span!("waits", what = "A and B");
        let (mut eaten, mut tried) = (0, 0);
        loop {
            let both = try_acquire("A", &forks[0]).zip(try_acquire("B", &forks[1]));
            tried += 1;
            if !tries.note() {
                return (eaten, tried);
            }
            eaten += usize::from(both.is_some());
            drop(both);
            std::thread::sleep(MEAL / 4);
        }
    };
    let table = Arc::new(([Mutex::new(()), Mutex::new(())], Tries::default()));
    let tasks = [task("left", left), task("middle", middle), task("right", right)];
    let eaten = run_all(&table, tasks);
    let (middle, tries) = eaten[1];
    Meals { middle, tries, neighbours: eaten[0].0 + eaten[2].0 }
}

/// A FIFO queue of turns: a ticket lock without the lock.
#[derive(Default)]
struct Turn {
    /// The next number to hand out, and the number whose turn it is.
    numbers: Mutex<(u64, u64)>,
    next: Condvar,
}

impl Turn {
    fn wait(&self) -> (u64, u64) {
        let mut numbers = lock(&self.numbers);
        let mine = numbers.0;
        let ahead = mine - numbers.1;
        numbers.0 += 1;
        drop(wait_while(&self.next, numbers, |numbers| numbers.1 != mine));
        (mine, ahead)
    }

    fn pass_on(&self) {
        lock(&self.numbers).1 += 1;
        self.next.notify_all();
    }
}

/// The order in which a queue was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The numbers in the order in which their owners had all their forks: none was overtaken if they
    /// only rise.
    pub served: Vec<u64>,
    /// The largest number of others that were ahead of the one in the middle.
    pub most_ahead: u64,
}

/// Each waits for its turn, and passes it on when it has its forks.
///
/// # Fairness
/// FIFO: none overtakes another.
pub fn in_turn(meals: usize) -> Served {
    type Table = ([Mutex<()>; 2], Turn, Mutex<Vec<u64>>);
    let philosopher = |wanted: &'static [usize]| {
        move |(forks, turn, served): &Table| {
            let mut most_ahead = 0;
            for _ in 0..meals {
                let waits = info_span!("waits", what = "its turn");
                let (number, ahead) = turn.wait();
                drop(waits);
                let _forks: Vec<_> =
                    wanted.iter().map(|&fork| acquire(["A", "B"][fork], &forks[fork])).collect();
                lock(served).push(number);
                turn.pass_on();
                most_ahead = most_ahead.max(ahead);
                std::thread::sleep(MEAL);
            }
            most_ahead
        }
    };
    let table = Arc::new(([Mutex::new(()), Mutex::new(())], Turn::default(), Mutex::default()));
    let wanted: [(_, &[usize]); 3] = [("left", &[0]), ("middle", &[0, 1]), ("right", &[1])];
    let ahead = run_all(&table, wanted.map(|(name, wanted)| task(name, philosopher(wanted))));
    let served = lock(&table.2).clone();
    Served { served, most_ahead: ahead[1] }
}

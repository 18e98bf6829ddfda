//! Two polite threads: each releases its lock when the other holds the one that it wants, and
//! acquires it again. Neither is blocked, and neither makes progress.
//!
//! They fail for as long as they keep in step. On a real machine two threads fall out of step sooner
//! or later, so here each waits for the other before each of its three moves.

use std::hash::{BuildHasher, RandomState};

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{acquire, try_acquire, two};
use super::sync::{Arc, Mutex};

struct Pair {
    a: Mutex<()>,
    b: Mutex<()>,
    in_step: SyncPoint,
}

/// A thread's own lock, and the other's that it wants as well.
struct Polite<'a> {
    own: (&'a str, &'a Mutex<()>),
    other: (&'a str, &'a Mutex<()>),
    in_step: &'a SyncPoint,
}

impl Pair {
    fn new(in_step: SyncPoint) -> Arc<Self> {
        Arc::new(Self { a: Mutex::new(()), b: Mutex::new(()), in_step })
    }

    fn t1(&self) -> Polite<'_> {
        Polite { own: ("A", &self.a), other: ("B", &self.b), in_step: &self.in_step }
    }

    fn t2(&self) -> Polite<'_> {
        Polite { own: ("B", &self.b), other: ("A", &self.a), in_step: &self.in_step }
    }
}

impl Polite<'_> {
    /// Tries for `rounds` rounds to have both locks; after each failure it lets `back_off()` rounds
    /// pass. Returns the round in which it had both, if there was one.
    fn run(&self, rounds: u32, mut back_off: impl FnMut() -> u32) -> Option<u32> {
        let (mut found, mut idle) = (None, 0_u32);
        for round in 1..=rounds {
            if idle > 0 || found.is_some() {
                idle = idle.saturating_sub(1);
                let _idles = info_span!("idles", what = "");
                (0..3).for_each(|_| self.in_step.meet());
                continue;
            }
            self.in_step.meet();
            let own = acquire(self.own.0, self.own.1);
            self.in_step.meet();
            if let Some(_other) = try_acquire(self.other.0, self.other.1) {
                found = Some(round);
                self.in_step.meet();
                continue;
            }
            let tries = info_span!("runs", what = format!("tries {} in vain", self.other.0));
            self.in_step.meet();
            drop((tries, own));
            idle = back_off();
        }
        if found.is_none() {
            info!("had both in none of {rounds} rounds");
        }
        found
    }
}

/// Both back off at once, every time; returns the round in which each had both locks.
pub fn polite(rounds: u32, in_step: SyncPoint) -> [Option<u32>; 2] {
    let pair = Pair::new(in_step);
    two(&pair, move |pair| pair.t1().run(rounds, || 0), move |pair| pair.t2().run(rounds, || 0))
}

/// Both back off for a random number of rounds: none, one, two or three.
///
/// That both roll the same number each time has a probability that falls to a quarter with every
/// try, and is never zero. Ethernet's exponential back-off rests on the same, and doubles the range
/// of the dice after each collision.
pub fn random_pause(rounds: u32, in_step: SyncPoint) -> [Option<u32>; 2] {
    let pair = Pair::new(in_step);
    two(&pair, move |pair| pair.t1().run(rounds, dice()), move |pair| pair.t2().run(rounds, dice()))
}

/// Returns a function that rolls 0 to 3. std seeds each `RandomState` differently.
fn dice() -> impl FnMut() -> u32 {
    let (seed, mut rolls) = (RandomState::new(), 0_u64);
    move || {
        rolls += 1;
        (seed.hash_one(rolls) % 4) as u32
    }
}

/// Only t2 yields: it releases its lock, and waits, holding nothing, for the one that it did not get;
/// t1 keeps its lock and waits. Returns whether t2 had to yield.
pub fn one_yields(in_step: SyncPoint) -> bool {
    let pair = Pair::new(in_step);
    let [_, has_yielded] = two(
        &pair,
        |pair| {
            pair.in_step.meet();
            let _a = acquire("A", &pair.a);
            pair.in_step.meet();
            let _b = acquire("B", &pair.b);
            false
        },
        |pair| {
            pair.in_step.meet();
            let b = acquire("B", &pair.b);
            pair.in_step.meet();
            if try_acquire("A", &pair.a).is_some() {
                return false;
            }
            drop(b);
            info!("yields");
            let _a = acquire("A", &pair.a);
            let _b = acquire("B", &pair.b);
            true
        },
    );
    has_yielded
}

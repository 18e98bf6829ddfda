//! Two polite threads: each releases its lock when the other holds the one that it wants, and
//! acquires it again. Neither is blocked, and neither makes progress.
//!
//! They fail for as long as they keep in step. On a real machine two threads fall out of step sooner
//! or later, so here a [`Lockstep`] keeps them in it: each waits for the other before each of its
//! three moves.

use std::hash::{BuildHasher, RandomState};

use tracing::{info, info_span};

use super::lane::{acquire, try_acquire, two};
use super::sync::{Arc, Mutex};
use crate::Lockstep;

struct Corridor {
    a: Mutex<()>,
    b: Mutex<()>,
    lockstep: Lockstep,
}

/// One thread's way through the corridor: its own lock first, then the other's.
struct Walker<'a> {
    first: (&'a str, &'a Mutex<()>),
    second: (&'a str, &'a Mutex<()>),
    lockstep: &'a Lockstep,
}

impl Corridor {
    fn new(lockstep: Lockstep) -> Arc<Self> {
        Arc::new(Self { a: Mutex::new(()), b: Mutex::new(()), lockstep })
    }

    fn t1(&self) -> Walker<'_> {
        Walker { first: ("A", &self.a), second: ("B", &self.b), lockstep: &self.lockstep }
    }

    fn t2(&self) -> Walker<'_> {
        Walker { first: ("B", &self.b), second: ("A", &self.a), lockstep: &self.lockstep }
    }
}

impl Walker<'_> {
    /// Tries for `rounds` rounds to have both locks; after each failure it lets `back_off()` rounds
    /// pass. Returns the round in which it had both, if there was one.
    fn politely(&self, rounds: u32, mut back_off: impl FnMut() -> u32) -> Option<u32> {
        let (mut found, mut idle) = (None, 0);
        for round in 1..=rounds {
            if idle > 0 {
                idle -= 1;
                let _idles = info_span!("idles", what = "");
                (0..3).for_each(|_| self.lockstep.wait());
                continue;
            }
            self.lockstep.wait();
            let one = acquire(self.first.0, self.first.1);
            self.lockstep.wait();
            if let Some(_other) = try_acquire(self.second.0, self.second.1) {
                found = Some(round);
                break;
            }
            let tries = info_span!("runs", what = format!("tries {} in vain", self.second.0));
            self.lockstep.wait();
            drop((tries, one));
            idle = back_off();
        }
        if found.is_none() {
            info!("had both in none of {rounds} rounds");
        }
        self.lockstep.leave();
        found
    }
}

/// Both back off at once, every time; returns the round in which each had both locks.
pub fn polite(rounds: u32, lockstep: Lockstep) -> [Option<u32>; 2] {
    let corridor = Corridor::new(lockstep);
    two(
        &corridor,
        move |way| way.t1().politely(rounds, || 0),
        move |way| way.t2().politely(rounds, || 0),
    )
}

/// Both back off for a random number of rounds: none, one, two or three.
///
/// That both roll the same number each time has a probability that falls to a quarter with every
/// round, and is never zero. Ethernet's exponential back-off rests on the same, and doubles the range
/// of the dice after each collision.
pub fn random_pause(rounds: u32, lockstep: Lockstep) -> [Option<u32>; 2] {
    let corridor = Corridor::new(lockstep);
    two(
        &corridor,
        move |way| way.t1().politely(rounds, dice()),
        move |way| way.t2().politely(rounds, dice()),
    )
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
pub fn one_yields(lockstep: Lockstep) -> bool {
    let corridor = Corridor::new(lockstep);
    let [_, has_yielded] = two(
        &corridor,
        |way| {
            let t1 = way.t1();
            t1.lockstep.wait();
            let _one = acquire(t1.first.0, t1.first.1);
            t1.lockstep.wait();
            t1.lockstep.leave();
            let _other = acquire(t1.second.0, t1.second.1);
            false
        },
        |way| {
            let t2 = way.t2();
            t2.lockstep.wait();
            let one = acquire(t2.first.0, t2.first.1);
            t2.lockstep.wait();
            t2.lockstep.leave();
            if try_acquire(t2.second.0, t2.second.1).is_some() {
                return false;
            }
            drop(one);
            info!("yields");
            let _other = acquire(t2.second.0, t2.second.1);
            let _one = acquire(t2.first.0, t2.first.1);
            true
        },
    );
    has_yielded
}

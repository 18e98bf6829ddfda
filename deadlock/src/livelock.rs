//! Two polite threads: each gives its lock back when the other has the one it wants, and takes it
//! again. Nobody is blocked, and nobody gets on.
//!
//! They fail for as long as they keep step. On a real machine two threads lose their step sooner or
//! later, so here a metronome keeps it for them, in the open: each waits for the beat before each
//! of its three moves.

use std::hash::{BuildHasher, RandomState};

use tracing::{info, info_span};

use super::lane::{take, try_take, two};
use super::sync::{Arc, Mutex};
use crate::Metronome;

struct Corridor {
    a: Mutex<()>,
    b: Mutex<()>,
    beat: Metronome,
}

/// One thread's way: its own lock first, then the other's.
struct Walker<'a> {
    first: (&'a str, &'a Mutex<()>),
    second: (&'a str, &'a Mutex<()>),
    beat: &'a Metronome,
}

impl Corridor {
    fn new(beat: Metronome) -> Arc<Self> {
        Arc::new(Self { a: Mutex::new(()), b: Mutex::new(()), beat })
    }

    fn t1(&self) -> Walker<'_> {
        Walker { first: ("A", &self.a), second: ("B", &self.b), beat: &self.beat }
    }

    fn t2(&self) -> Walker<'_> {
        Walker { first: ("B", &self.b), second: ("A", &self.a), beat: &self.beat }
    }
}

impl Walker<'_> {
    /// Tries `rounds` times to have both locks; before each new try it lets `pause()` rounds pass.
    /// Returns how many tries it took, or `None` if none succeeded.
    fn politely(&self, rounds: u32, mut pause: impl FnMut() -> u32) -> Option<u32> {
        let (mut found, mut idle) = (None, 0);
        for round in 1..=rounds {
            if idle > 0 {
                idle -= 1;
                let _idles = info_span!("idles", what = "");
                (0..3).for_each(|_| self.beat.wait());
                continue;
            }
            self.beat.wait();
            let one = take(self.first.0, self.first.1);
            self.beat.wait();
            if let Some(_other) = try_take(self.second.0, self.second.1) {
                found = Some(round);
                break;
            }
            let tries = info_span!("runs", what = format!("tries {} in vain", self.second.0));
            self.beat.wait();
            drop((tries, one));
            idle = pause();
        }
        if found.is_none() {
            info!("had both in none of {rounds} rounds");
        }
        self.beat.leave();
        found
    }
}

/// Both give way, at once, every time; returns after how many rounds each had both locks.
pub fn polite(rounds: u32, beat: Metronome) -> [Option<u32>; 2] {
    let corridor = Corridor::new(beat);
    two(
        &corridor,
        move |way| way.t1().politely(rounds, || 0),
        move |way| way.t2().politely(rounds, || 0),
    )
}

/// Both give way, and let a random number of rounds pass before they try again: none, one, two or
/// three.
///
/// That both roll the same number again and again has a probability, a quarter of the one before
/// each time, and never zero. Ethernet's back-off rests on the same, and doubles the range of the
/// dice after each collision.
pub fn random_pause(rounds: u32, beat: Metronome) -> [Option<u32>; 2] {
    let corridor = Corridor::new(beat);
    two(
        &corridor,
        move |way| way.t1().politely(rounds, dice()),
        move |way| way.t2().politely(rounds, dice()),
    )
}

/// Rolls 0 to 3. std seeds each `RandomState` differently.
fn dice() -> impl FnMut() -> u32 {
    let (seed, mut rolls) = (RandomState::new(), 0_u64);
    move || {
        rolls += 1;
        (seed.hash_one(rolls) % 4) as u32
    }
}

/// Only one gives way: t2 lets go, and waits with empty hands for what it did not get; t1 keeps its
/// lock and waits.
///
/// Returns whether t2 had to give way.
pub fn one_gives_way(beat: Metronome) -> bool {
    let corridor = Corridor::new(beat);
    let [_, gave_way] = two(
        &corridor,
        |way| {
            let t1 = way.t1();
            t1.beat.wait();
            let _one = take(t1.first.0, t1.first.1);
            t1.beat.wait();
            t1.beat.leave();
            let _other = take(t1.second.0, t1.second.1);
            false
        },
        |way| {
            let t2 = way.t2();
            t2.beat.wait();
            let one = take(t2.first.0, t2.first.1);
            t2.beat.wait();
            t2.beat.leave();
            if try_take(t2.second.0, t2.second.1).is_some() {
                return false;
            }
            drop(one);
            info!("gives way");
            let _other = take(t2.second.0, t2.second.1);
            let _one = take(t2.first.0, t2.first.1);
            true
        },
    );
    gave_way
}

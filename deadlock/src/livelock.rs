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

/// Two locks, and the point at which the threads wait for each other before each move.
type Pair = (Mutex<()>, Mutex<()>, SyncPoint);

type Named<'a> = (&'a str, &'a Mutex<()>);

fn pair(in_step: SyncPoint) -> Arc<Pair> {
    Arc::new((Mutex::new(()), Mutex::new(()), in_step))
}

/// Tries for `rounds` rounds to have both locks; after each failure it lets `back_off()` rounds
/// pass. Returns the round in which it had both, if there was one.
fn try_both(
    own: Named<'_>,
    other: Named<'_>,
    in_step: &SyncPoint,
    rounds: u32,
    mut back_off: impl FnMut() -> u32,
) -> Option<u32> {
    let (mut found, mut idle) = (None, 0_u32);
    for round in 1..=rounds {
        if idle > 0 || found.is_some() {
            idle = idle.saturating_sub(1);
            let _idles = info_span!("idles", what = "");
            (0..3).for_each(|_| in_step.meet());
            continue;
        }
        in_step.meet();
        let own = acquire(own.0, own.1);
        in_step.meet();
        if let Some(_other) = try_acquire(other.0, other.1) {
            found = Some(round);
            in_step.meet();
            continue;
        }
        let tries = info_span!("runs", what = format!("tries {} in vain", other.0));
        in_step.meet();
        drop((tries, own));
        idle = back_off();
    }
    if found.is_none() {
        info!("had both in none of {rounds} rounds");
    }
    found
}

/// Lets both threads try, with a back-off that is made for each.
fn both_try<F: FnMut() -> u32 + 'static>(
    rounds: u32,
    in_step: SyncPoint,
    back_off: fn() -> F,
) -> [Option<u32>; 2] {
    two(
        &pair(in_step),
        move |(a, b, in_step)| try_both(("A", a), ("B", b), in_step, rounds, back_off()),
        move |(a, b, in_step)| try_both(("B", b), ("A", a), in_step, rounds, back_off()),
    )
}

/// Both back off at once, every time; returns the round in which each had both locks.
pub fn polite(rounds: u32, in_step: SyncPoint) -> [Option<u32>; 2] {
    both_try(rounds, in_step, || || 0)
}

/// Both back off for a random number of rounds: none, one, two or three.
///
/// That both roll the same number each time has a probability that falls to a quarter with every
/// try, and is never zero. Ethernet's exponential back-off rests on the same, and doubles the range
/// of the dice after each collision.
pub fn random_pause(rounds: u32, in_step: SyncPoint) -> [Option<u32>; 2] {
    both_try(rounds, in_step, dice)
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
    let [_, has_yielded] = two(
        &pair(in_step),
        |(a, b, in_step)| {
            in_step.meet();
            let _a = acquire("A", a);
            in_step.meet();
            let _b = acquire("B", b);
            false
        },
        |(a, b, in_step)| {
            in_step.meet();
            let held = acquire("B", b);
            in_step.meet();
            if try_acquire("A", a).is_some() {
                return false;
            }
            drop(held);
            info!("yields");
            let _a = acquire("A", a);
            let _b = acquire("B", b);
            true
        },
    );
    has_yielded
}

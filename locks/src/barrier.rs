//! Rounds in step: no thread begins the next round before all have ended this one.
//!
//! The last thread to arrive opens the barrier, and may arrive again before those that waited have
//! looked. The variants differ in what those look at.

use std::time::Duration;

use tracing::{info, info_span};

use super::lane::{both, run_all, task};
use super::primitives;
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync_point;
use super::word::Word;

struct Barrier {
    /// The number of threads that have arrived in this round.
    arrived: Word,
    round: Word,
}

/// Waits for the other thread; calls the first function upon arrival, and the second before a thread
/// that waits looks at the barrier.
type Wait = fn(&Barrier, &dyn Fn(), &dyn Fn());

/// Lets two threads go through two rounds of a barrier; returns whether they were in step.
///
/// The window is widened: t1 arrives first, and looks at the barrier when t2 has opened it and
/// arrived again.
fn two_rounds(pace: Duration, wait: Wait) -> bool {
    let barrier = Barrier { arrived: Word::new(0), round: Word::new(0) };
    let rounds = [AtomicU32::new(0), AtomicU32::new(0)];
    let shared = Arc::new((barrier, rounds, sync_point()));
    both(&shared, move |me, (barrier, rounds, arrivals)| {
        let mut in_step = true;
        for round in 1..=2 {
            let runs = info_span!("runs", what = format!("round {round}"));
            std::thread::sleep(pace);
            rounds[me].store(round, Relaxed);
            drop(runs);
            if me == 1 && round == 1 {
                arrivals.wait_for(1);
            }
            let (what, from) = (format!("round {}", round + 1), ["t2", "t1"][me]);
            let _waits = info_span!("waits", what, from);
            let look = || {
                if me == 0 && round == 1 {
                    // t1, t2, and t2 again.
                    arrivals.wait_for(3);
                }
            };
            wait(barrier, &|| arrivals.arrive(), &look);
            in_step &= rounds[1 - me].load(Relaxed) >= round;
        }
        in_step
    }) == [true, true]
}

/// Waits for a count of 0. The last thread resets the count, arrives again, and makes it 1 before
/// the other has looked: both wait, one in the first round and one in the second.
///
/// # Blocking
/// For ever, if one arrives again before the other has looked.
pub fn counter_alone(pace: Duration) -> bool {
    two_rounds(pace, |Barrier { arrived: count, .. }, arrived, look| {
        let last = count.fetch_add(1, AcqRel) == 1;
        arrived();
        if last {
            info!("opens");
            count.store(0, Release);
            count.wake_all();
            return;
        }
        look();
        loop {
            match count.load(Acquire) {
                0 => return,
                some => count.wait(some),
            }
        }
    })
}

/// Waits for another round than the one in which the thread arrived: however soon the other arrives
/// again, the round has changed.
pub fn round_number(pace: Duration) -> bool {
    two_rounds(pace, |Barrier { arrived: count, round }, arrived, look| {
        // It cannot change before this thread has arrived.
        let mine = round.load(Relaxed);
        let last = count.fetch_add(1, AcqRel) == 1;
        arrived();
        if last {
            info!("opens");
            count.store(0, Relaxed);
            round.fetch_add(1, Release);
            round.wake_all();
            return;
        }
        look();
        while round.load(Acquire) == mine {
            round.wait(mine);
        }
    })
}

/// What came of rounds at full speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// The number of times that a thread left the barrier before all had arrived.
    pub out_of_step: u32,
    /// The number of times that a thread was told that it leads.
    pub led: u32,
}

/// Lets `threads` threads, at most three, go through `rounds` rounds as fast as they can: at the
/// barrier of `primitives/barrier.rs`, which has count and round in one word, and spins before it
/// parks.
pub fn looks_first(threads: u32, rounds: u32) -> Rounds {
    let at: Vec<_> = (0..threads).map(|_| AtomicU32::new(0)).collect();
    let shared = Arc::new((primitives::barrier::Barrier::new(threads), at));
    type Shared = (primitives::barrier::Barrier, Vec<AtomicU32>);
    let thread = |me: usize| {
        move |(barrier, at): &Shared| {
            let mut seen = Rounds { out_of_step: 0, led: 0 };
            for round in 1..=rounds {
                at[me].store(round, Relaxed);
                seen.led += u32::from(barrier.wait());
                seen.out_of_step += u32::from(at.iter().any(|at| at.load(Relaxed) < round));
            }
            seen
        }
    };
    let tasks = ["t1", "t2", "t3"].into_iter().zip(0..threads as usize);
    let seen = run_all(&shared, tasks.map(|(name, me)| task(name, thread(me))));
    Rounds {
        out_of_step: seen.iter().map(|seen| seen.out_of_step).sum(),
        led: seen.iter().map(|seen| seen.led).sum(),
    }
}

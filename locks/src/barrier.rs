//! Rounds in step: nobody begins the next one before all have ended this one.
//!
//! Who comes last opens the barrier, and may come again before those who waited have looked. The
//! forms differ in what those look at.

use std::time::Duration;

use tracing::{info, info_span};

use super::lane::{crew, member, two};
use super::primitives;
use super::sync::Arc;
use super::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use super::word::Word;
use crate::Cues;

pub mod counter_alone;
pub mod looks_first;
pub mod round_number;

/// What two threads wait at; `look` is called before the barrier is looked at by who waits, and
/// `come` when a thread has come.
trait Barrier: Send + Sync + 'static {
    fn wait(&self, come: impl FnOnce(), look: impl FnOnce());
}

/// Lets two threads go through two rounds of a barrier; says whether they were in step.
///
/// The window is wide with cues: t1 comes first, and looks at the barrier when t2 has opened it and
/// come again.
fn two_rounds<B: Barrier>(barrier: B, cues: &Cues, pace: Duration) -> bool {
    let shared = Arc::new((barrier, [AtomicU32::new(0), AtomicU32::new(0)]));
    let thread = |me: usize| {
        let cues = cues.clone();
        move |(barrier, rounds): &(B, [AtomicU32; 2])| {
            let mut in_step = true;
            for round in 1..=2 {
                let runs = info_span!("runs", what = format!("round {round}"));
                std::thread::sleep(pace);
                rounds[me].store(round, Relaxed);
                drop(runs);
                if me == 1 && round == 1 {
                    cues.wait(1);
                }
                let _waits = info_span!(
                    "waits",
                    what = format!("round {}", round + 1),
                    from = ["t2", "t1"][me]
                );
                // t1 comes, t2 comes, t2 comes again: that is the third cue.
                let look = || {
                    if me == 0 && round == 1 {
                        cues.wait(3);
                    }
                };
                barrier.wait(|| cues.give(), look);
                in_step &= rounds[1 - me].load(Relaxed) >= round;
            }
            in_step
        }
    };
    two(&shared, thread(0), thread(1)) == [true, true]
}

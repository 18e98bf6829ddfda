//! The barrier of this topic: count and round in one word, and a look before it sleeps.

use super::primitives::barrier::Barrier;
use super::{Arc, AtomicU32, Relaxed, crew, member};

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How often a thread left the barrier before all had come.
    pub out_of_step: u32,
    /// How often a thread was told that it leads.
    pub led: u32,
}

/// Lets so many threads, three at the most, go through so many rounds, as fast as they can.
pub fn run(threads: u32, rounds: u32) -> Done {
    type Shared = (Barrier, Vec<AtomicU32>);
    let at = (0..threads).map(|_| AtomicU32::new(0)).collect();
    let shared = Arc::new((Barrier::new(threads), at));
    let thread = |me: usize| {
        move |(barrier, at): &Shared| {
            let mut done = Done { out_of_step: 0, led: 0 };
            for round in 1..=rounds {
                at[me].store(round, Relaxed);
                done.led += u32::from(barrier.wait());
                done.out_of_step += u32::from(at.iter().any(|at| at.load(Relaxed) < round));
            }
            done
        }
    };
    let members = ["t1", "t2", "t3"].into_iter().zip(0..threads as usize);
    let done = crew(&shared, members.map(|(name, me)| member(name, thread(me))));
    Done {
        out_of_step: done.iter().map(|done| done.out_of_step).sum(),
        led: done.iter().map(|done| done.led).sum(),
    }
}

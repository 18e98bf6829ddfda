//! Two threads, each with a counter of its own: what if the two counters lie in one cache line?
//!
//! Cores share lines, not words. Only one of them can have a line to write, so each addition takes
//! the line from the other core; nothing is shared, and everything is waited for. No result is
//! wrong: this is the one lesson here in which only the time breaks.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use tracing::info_span;

use super::lane::{finish, start};

pub mod one_line;
pub mod own;
pub mod two_lines;

/// Two counters, one for each thread.
pub trait Counters: Default + Send + Sync + 'static {
    /// What it is, in a word or two.
    const NAME: &str;

    /// Adds 1 to a thread's counter, so many times.
    fn count(&self, thread: usize, times: u32);

    /// Returns what the counters show.
    fn sums(&self) -> [u64; 2];

    /// Returns how many bytes lie between the two.
    fn apart(&self) -> usize;
}

/// Holds what came of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round {
    /// How long the slower thread took.
    pub took: Duration,
    /// What the counters show.
    pub sums: [u64; 2],
    /// How many bytes lie between them.
    pub apart: usize,
}

/// Counts on two threads that begin together, each `times` on its own counter.
pub fn round<C: Counters>(times: u32) -> Round {
    let counters = Arc::new(C::default());
    let both = Arc::new(Barrier::new(2));
    let threads = [0, 1].map(|thread| {
        let (counters, both) = (Arc::clone(&counters), Arc::clone(&both));
        start(format!("t{}", thread + 1), move || {
            both.wait();
            let _runs = info_span!("runs", what = C::NAME);
            let began = Instant::now();
            counters.count(thread, times);
            began.elapsed()
        })
    });
    let [t1, t2] = threads.map(finish);
    Round { took: t1.max(t2), sums: counters.sums(), apart: counters.apart() }
}

/// Plays so many rounds of each contender, by turns, so that whatever else goes on here troubles
/// all alike; returns the median round of each.
pub fn by_turns<const N: usize>(
    rounds: usize,
    times: u32,
    contenders: [fn(u32) -> Round; N],
) -> [Round; N] {
    let mut played = contenders.map(|_| Vec::new());
    for _ in 0..rounds {
        for (played, contender) in played.iter_mut().zip(contenders) {
            played.push(contender(times));
        }
    }
    played.map(|mut rounds| {
        rounds.sort_unstable();
        rounds[rounds.len() / 2]
    })
}

/// Returns how many bytes lie between two places.
fn apart<T>(one: &T, other: &T) -> usize {
    std::ptr::from_ref(one).addr().abs_diff(std::ptr::from_ref(other).addr())
}

//! Two threads, each with a counter of its own: what if the two counters lie in one cache line?
//!
//! Cores share lines, not words. Only one core at a time can have a line to write, so each addition
//! takes the line from the other core. No result is wrong: this is the one lesson here in which
//! only the time breaks.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;
use tracing::info_span;

use super::lane::{finish, start};

/// Two counters side by side, as in any array or struct: the padding keeps the *pair* in one line.
#[derive(Debug, Default)]
pub struct OneLine(CachePadded<[AtomicU64; 2]>);

impl Counters for OneLine {
    const NAME: &str = "one line";

    fn counters(&self) -> [&AtomicU64; 2] {
        self.0.each_ref()
    }
}

/// Two counters, each padded to a line of its own. It costs memory: a line has 64 bytes on x86-64,
/// and crossbeam pads to 128, since a prefetcher may fetch lines in pairs.
#[derive(Debug, Default)]
pub struct TwoLines([CachePadded<AtomicU64>; 2]);

impl Counters for TwoLines {
    const NAME: &str = "two lines";

    fn counters(&self) -> [&AtomicU64; 2] {
        self.0.each_ref().map(|counter| &**counter)
    }
}

/// Two counters side by side, each written to once: each thread counts in a local variable first.
#[derive(Debug, Default)]
pub struct OwnVariable(CachePadded<[AtomicU64; 2]>);

impl Counters for OwnVariable {
    const NAME: &str = "own variable";

    fn count(&self, thread: usize, times: u32) {
        // Optimised, the loop would be one addition, and there would be nothing to measure.
        let own = (0..times).fold(0, |own, _| black_box(own) + 1);
        self.0[thread].fetch_add(own, Relaxed);
    }

    fn counters(&self) -> [&AtomicU64; 2] {
        self.0.each_ref()
    }
}

/// Two counters, one for each thread.
pub trait Counters: Default + Send + Sync + 'static {
    /// What it is, in a word or two.
    const NAME: &str;

    /// Adds 1 to a thread's counter, this number of `times`.
    fn count(&self, thread: usize, times: u32) {
        let counter = self.counters()[thread];
        (0..times).for_each(|_| _ = counter.fetch_add(1, Relaxed));
    }

    /// Returns the two counters.
    fn counters(&self) -> [&AtomicU64; 2];

    /// Returns what the counters show.
    fn sums(&self) -> [u64; 2] {
        self.counters().map(|counter| counter.load(Relaxed))
    }

    /// Returns how many bytes lie between the two.
    fn distance(&self) -> usize {
        let [one, other] = self.counters().map(|counter| std::ptr::from_ref(counter).addr());
        one.abs_diff(other)
    }
}

/// What came of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round {
    /// How long the slower thread took.
    pub took: Duration,
    /// What the counters show.
    pub sums: [u64; 2],
    /// How many bytes lie between them.
    pub distance: usize,
}

/// Counts on two threads that begin together, each `times` on its own counter.
pub fn round<C: Counters>(times: u32) -> Round {
    let (counters, both) = (Arc::new(C::default()), Arc::new(Barrier::new(2)));
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
    Round { took: t1.max(t2), sums: counters.sums(), distance: counters.distance() }
}

/// Runs this number of `rounds` of each contender, in turn, so that whatever else goes on here
/// affects all alike; returns the median round of each.
pub fn in_turn<const N: usize>(
    rounds: usize,
    times: u32,
    contenders: [fn(u32) -> Round; N],
) -> [Round; N] {
    let mut runs = contenders.map(|_| Vec::new());
    for _ in 0..rounds {
        for (runs, contender) in runs.iter_mut().zip(contenders) {
            runs.push(contender(times));
        }
    }
    runs.map(|mut rounds| {
        rounds.sort_unstable();
        rounds[rounds.len() / 2]
    })
}

//! A harness that runs a litmus test on this processor: millions of trials by two threads in step.
//!
//! It is made like litmus7 (Alglave, Maranget, Sarkar, Sewell, "Litmus", 2011). A batch has 64
//! pairs of words; both threads go through them in the same order, as fast as they can, and meet at
//! a barrier only between batches. Within a batch, nothing stands between the accesses of a trial
//! but what their orderings ask for: no fence, no lock, no system call. Each thread spins for a
//! random moment before a batch, so that the accesses of the two meet in all ways. Nothing is reset
//! between batches: old is the number of the last batch, new that of this one.

use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::orderings::Orderings;
use crate::real::lane::{finish, start};
use crate::real::litmus::{Reads, Test, Words};

/// How many trials there are between two barriers.
const BATCH: usize = 64;

/// How long a thread sleeps that has spun for some ten microseconds.
const SLEEP: Duration = Duration::from_micros(20);

/// A plan: how many trials are made.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many trials make a round, rounded up to whole batches.
    pub trials: usize,
    /// The time after which a round ends early: where other programs want the cores too, a barrier
    /// waits for a turn of both threads.
    pub timeout: Duration,
    /// How many rounds there are at most, until one shows what is asked for.
    pub rounds: u32,
}

/// The trials, counted by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [u64; 4],
}

impl Tally {
    /// Returns the number of all trials.
    pub fn trials(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the number of trials with this outcome.
    pub fn of(&self, reads: Reads) -> u64 {
        self.counts[usize::from(reads)]
    }

    fn add(&mut self, one: &[Reads], other: &[Reads]) {
        for (one, other) in one.iter().zip(other) {
            self.counts[usize::from(one | other)] += 1;
        }
    }
}

/// Returns whether two threads can run in parallel here; if not, a processor shows nothing.
pub fn two_cores() -> bool {
    thread::available_parallelism().is_ok_and(|cores| cores.get() > 1)
}

/// Returns how often a test has shown what it asks for.
///
/// # Errors
/// It was seen, and is forbidden: the processor, the compiler or the table is wrong.
pub fn check(allowed: bool, asked: Reads, tally: &Tally) -> Result<u64, String> {
    match tally.of(asked) {
        seen @ 1.. if !allowed => {
            Err(format!("forbidden, and seen {seen} times in {}", tally.trials()))
        }
        seen => Ok(seen),
    }
}

/// Runs a test in rounds, as the plan asks, and counts the trials of all.
pub fn stress<T: Test, O: Orderings>(plan: Plan) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..plan.rounds {
        let shared = Arc::new(Shared::new(plan));
        let other = Arc::clone(&shared);
        let t1 = start("t1", move || shared.run(0, T::t1::<O>, T::END));
        let t2 = start("t2", move || other.run(1, T::t2::<O>, T::END));
        tally.add(&finish(t1), &finish(t2));
        if tally.of(T::ASKED) > 0 {
            break;
        }
    }
    tally
}

/// Pins this thread to the first or the second core that it may use. Where other programs want the
/// cores too, the system may put both threads on one core, and there they never run in parallel.
#[cfg(target_os = "linux")]
fn pin_to_core(me: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    if let Some(core) = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).nth(me) {
        let mut one = CpuSet::new();
        one.set(core);
        // If that is refused, the system's own choice has to do.
        let _ = sched_setaffinity(None, &one);
    }
}

/// Does nothing: elsewhere, threads are where the system puts them.
#[cfg(not(target_os = "linux"))]
fn pin_to_core(_me: usize) {}

/// A guard that puts its thread past every batch when it ends, by a panic too: the other thread
/// does not wait for it.
struct PastAll<'a>(&'a AtomicU32);

impl Drop for PastAll<'_> {
    fn drop(&mut self) {
        self.0.store(u32::MAX, Release);
    }
}

struct Shared {
    words: Vec<Words>,
    /// How far each thread has come: the half of a batch that it is ready for.
    ready: [CachePadded<AtomicU32>; 2],
    batches: u32,
    /// The last batch, once the time is over.
    last: AtomicU32,
    timeout: Duration,
}

impl Shared {
    fn new(plan: Plan) -> Self {
        let batches = u32::try_from(plan.trials.div_ceil(BATCH)).unwrap_or(u32::MAX);
        let words = (0..BATCH).map(|_| Words::default()).collect();
        let (ready, last) = (Default::default(), AtomicU32::new(batches));
        Self { words, ready, batches, last, timeout: plan.timeout }
    }

    /// Goes through all batches on one of two threads; returns what it has read in each trial, and
    /// the first of them what is there in the end, if that is asked for.
    fn run(
        &self,
        me: usize,
        part: impl Fn(&Words, u32) -> Reads,
        end: Option<fn(&Words, u32) -> Reads>,
    ) -> Vec<Reads> {
        pin_to_core(me);
        let _past_all = PastAll(&self.ready[me]);
        let began = Instant::now();
        let mut reads = Vec::with_capacity(BATCH * self.batches as usize);
        let mut random = 0x9E37_79B9_u32.wrapping_mul(me as u32 + 1);
        for batch in 1..=self.batches {
            // Both threads read the same: it is set before the last barrier or earlier.
            if batch > self.last.load(Relaxed) {
                break;
            }
            // xorshift, Marsaglia 2003.
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            self.meet(me, 2 * batch);
            for _ in 0..random % 16 {
                spin_loop();
            }
            for words in &self.words {
                // The compiler can neither foresee a read of these words nor merge two trials.
                reads.push(part(black_box(words), batch));
            }
            if let Some(end) = end {
                self.meet(me, 2 * batch + 1);
                if me == 0 {
                    let trials = reads.iter_mut().rev().zip(self.words.iter().rev());
                    trials.for_each(|(reads, words)| *reads |= end(words, batch));
                }
            }
            if me == 0 && began.elapsed() > self.timeout && self.last.load(Relaxed) == self.batches
            {
                self.last.store(batch + 1, Relaxed);
            }
        }
        reads
    }

    /// Waits until both threads are ready for this half of a batch.
    ///
    /// # Memory ordering
    /// The partner of each Release store is the other thread's Acquire load: all of the last batch
    /// happens before all of this one.
    fn meet(&self, me: usize, half: u32) {
        self.ready[me].store(half, Release);
        let mut spins = 0_usize;
        while self.ready[1 - me].load(Acquire) < half {
            spins += 1;
            // Where other programs want the cores, a thread that spins uses up its time slice
            // before the other one runs, and the two take turns for ever. A thread that has slept
            // runs at once when it wakes, and both are there.
            if spins.is_multiple_of(2_000) { thread::sleep(SLEEP) } else { spin_loop() }
        }
    }
}

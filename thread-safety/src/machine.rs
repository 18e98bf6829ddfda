//! What this processor shows of a litmus test: millions of trials by two threads in step.
//!
//! The harness is made like litmus7 (Alglave, Maranget, Sarkar, Sewell, "Litmus", 2011). A batch
//! has 64 pairs of words; both threads go through them in the same order, as fast as they can, and
//! meet at a barrier only between batches. Within a batch, nothing stands between the accesses of a
//! trial but what their orderings ask for: no fence, no lock, no call of the clock. One thread is
//! always a little ahead, by another bit in each batch (each waits for a random moment at its
//! beginning), so that the accesses of the two meet in all ways. Nothing is set back between
//! batches: old is the number of the last batch, new that of this one.

use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use crate::orders::Orders;
use crate::real::lane::{finish, start};
use crate::real::litmus::{Reads, Test, Words};

/// So many trials are between two barriers.
const BATCH: usize = 64;

/// So long a thread rests that has waited for the other some ten microseconds.
const REST: Duration = Duration::from_micros(20);

/// Says how long to go on.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// So many trials make a round; they are rounded up to whole batches.
    pub trials: usize,
    /// A round is ended early after this time: where others want the cores too, a barrier waits for
    /// a turn of both threads.
    pub patience: Duration,
    /// So many rounds are played at the most, until one shows what is asked for; 1 plays one,
    /// whatever it shows.
    pub rounds: u32,
}

/// Counts the trials by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [u64; 4],
}

impl Tally {
    /// Counts all trials.
    pub fn trials(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Counts the trials with this outcome.
    pub fn of(&self, reads: Reads) -> u64 {
        self.counts[usize::from(reads)]
    }

    fn add(&mut self, one: &[Reads], other: &[Reads]) {
        for (one, other) in one.iter().zip(other) {
            self.counts[usize::from(one | other)] += 1;
        }
    }
}

/// Tells whether two threads can run at once here; if not, a processor shows nothing.
pub fn two_cores() -> bool {
    thread::available_parallelism().is_ok_and(|cores| cores.get() > 1)
}

/// Judges a tally: what is forbidden must not have been seen.
///
/// # Errors
/// It was: the processor, the compiler or the table is wrong.
pub fn judge(allowed: bool, asked: Reads, tally: &Tally) -> Result<u64, String> {
    match tally.of(asked) {
        seen @ 1.. if !allowed => {
            Err(format!("forbidden, and seen {seen} times in {}", tally.trials()))
        }
        seen => Ok(seen),
    }
}

/// Runs a test in rounds, as the plan says, and counts all of them.
pub fn hammer<T: Test, O: Orders>(plan: Plan) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..plan.rounds {
        let shared = Arc::new(Shared::new(plan));
        let other = Arc::clone(&shared);
        let t1 = start("t1", move || shared.run(0, T::t1::<O>));
        let t2 = start("t2", move || other.run(1, T::t2::<O>));
        tally.add(&finish(t1), &finish(t2));
        if tally.of(T::ASKED) > 0 {
            break;
        }
    }
    tally
}

/// Keeps this thread to the first or the second core that it may use. Where others want the cores
/// too, the system may put both threads on one, and there they are never at once.
#[cfg(target_os = "linux")]
fn keep_to_core(me: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    if let Some(core) = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).nth(me) {
        let mut one = CpuSet::new();
        one.set(core);
        // If that is refused, the system's own choice has to do.
        let _ = sched_setaffinity(None, &one);
    }
}

/// Elsewhere, threads are where the system puts them.
#[cfg(not(target_os = "linux"))]
fn keep_to_core(_me: usize) {}

/// Is past every batch once its thread has ended, by a panic too: the other does not wait for it.
struct NotWaitedFor<'a>(&'a AtomicU32);

impl Drop for NotWaitedFor<'_> {
    fn drop(&mut self) {
        self.0.store(u32::MAX, Release);
    }
}

struct Shared {
    words: Vec<Words>,
    /// How far each thread has come: the batch that it is ready for.
    ready: [CachePadded<AtomicU32>; 2],
    batches: u32,
    /// The last batch, once the time is over.
    last: AtomicU32,
    patience: Duration,
}

impl Shared {
    fn new(plan: Plan) -> Self {
        let batches = u32::try_from(plan.trials.div_ceil(BATCH)).unwrap_or(u32::MAX);
        let words = (0..BATCH).map(|_| Words::new()).collect();
        let (ready, last) = (Default::default(), AtomicU32::new(batches));
        Self { words, ready, batches, last, patience: plan.patience }
    }

    /// Goes through all batches on one of two threads; returns what it has read in each trial.
    fn run(&self, me: usize, part: impl Fn(&Words, u32) -> Reads) -> Vec<Reads> {
        keep_to_core(me);
        let _at_the_end = NotWaitedFor(&self.ready[me]);
        let began = Instant::now();
        let mut reads = Vec::with_capacity(BATCH * self.batches as usize);
        let mut random = 0x9E37_79B9_u32.wrapping_mul(me as u32 + 1);
        for batch in 1..=self.batches {
            // Set before the last barrier or earlier, or not to be minded yet: both threads leave
            // after the same batch.
            if batch > self.last.load(Relaxed) {
                break;
            }
            // xorshift, Marsaglia 2003.
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            self.meet(me, batch);
            for _ in 0..random % 16 {
                spin_loop();
            }
            for words in &self.words {
                // The compiler knows nothing of these words, so it can neither foresee a read nor
                // draw two trials together.
                reads.push(part(black_box(words), batch));
            }
            if me == 0 && began.elapsed() > self.patience && self.last.load(Relaxed) == self.batches
            {
                self.last.store(batch + 1, Relaxed);
            }
        }
        reads
    }

    /// Waits until both threads are ready for this batch.
    ///
    /// # Memory ordering
    /// Each Release store is met by the other thread's Acquire load: all of the last batch comes
    /// before all of this one.
    fn meet(&self, me: usize, batch: u32) {
        self.ready[me].store(batch, Release);
        let mut looked = 0_usize;
        while self.ready[1 - me].load(Acquire) < batch {
            looked += 1;
            // Where others want the cores, who spins uses up its share of one before the other
            // comes, and the two take turns for ever. Who rests is let in at once when it wakes,
            // and both are there.
            if looked.is_multiple_of(2_000) { thread::sleep(REST) } else { spin_loop() }
        }
    }
}

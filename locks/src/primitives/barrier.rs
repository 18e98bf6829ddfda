//! A barrier that can be used again at once, and spins before it parks.
//!
//! One word holds all of it, so that to arrive, and for the last thread to open the next round, is
//! one compare-and-swap:
//!
//! | bits | name | meaning |
//! | --- | --- | --- |
//! | 16 to 31 | round | counted up by the last to arrive; the others wait for it to change |
//! | 15 | `ASLEEP` | a thread sleeps until the round changes (see the file `parking.rs`) |
//! | 0 to 14 | arrived | the number of threads that have arrived in this round |
//!
//! The round makes it reusable. A thread that waited for "arrived is 0" could be slow to look, find
//! that the fast ones have already arrived again, and wait for ever; in the literature the round is
//! one bit and called the *sense* (Mellor-Crummey and Scott, 1991). It wraps after 65 536 rounds,
//! none of which can end while a thread still waits in an earlier one: no more threads may come
//! than the barrier is for.
//!
//! # Relationship with std
//! [`std::sync::Barrier`] is a mutex and a condition variable: each thread but the last parks, then
//! queues for the mutex. **Take std's** where rounds are long. Take one that spins first where
//! rounds are short and each thread has a core: there it is hundreds of times as fast (see the
//! README's figures).

use super::const_fn;
use super::parking::wait_until;
use super::sync::atomic::Ordering::{AcqRel, Relaxed};
use super::word::Word;

const ASLEEP: u32 = 1 << 15;
const ARRIVED: u32 = ASLEEP - 1;
const ROUND: u32 = 1 << 16;

/// A point at which a number of threads wait for each other, round after round.
///
/// ```
/// use locks::real::primitives::barrier::Barrier;
///
/// let barrier = Barrier::new(2);
/// let leaders = std::thread::scope(|scope| {
///     let other = scope.spawn(|| barrier.wait());
///     [barrier.wait(), other.join().unwrap()]
/// });
/// assert_eq!(leaders.iter().filter(|leader| **leader).count(), 1);
/// ```
#[derive(Debug)]
pub struct Barrier {
    state: Word,
    threads: u32,
}

impl Barrier {
    const_fn! {
        /// Makes a barrier for that number of threads; with 0 as with 1, none of them waits.
        ///
        /// # Panics
        /// If there are more than 32 767.
        pub fn new(threads: u32) -> Self {
            assert!(threads <= ARRIVED, "a barrier is for at most 32767 threads");
            Self { state: Word::new(0), threads }
        }
    }

    /// Waits until all threads have arrived; `true` for one of them, the last.
    ///
    /// # Blocking
    /// Until the last has arrived: for ever, if one does not.
    ///
    /// # Memory ordering
    /// To arrive is `AcqRel`: Release, so that what each did before is visible to all that leave;
    /// Acquire, for the last, which leaves at once. The others' Acquire is that of the look which
    /// finds a new round. All arrivals are read-modify-writes of one word, a release sequence: a
    /// thread that sees the last sees them all.
    pub fn wait(&self) -> bool {
        let mut now = self.state.load(Relaxed);
        loop {
            let round = now & !(ASLEEP | ARRIVED);
            let last = (now & ARRIVED) + 1 >= self.threads;
            let next = if last { round.wrapping_add(ROUND) } else { now + 1 };
            if let Err(changed) = self.state.compare_exchange_weak(now, next, AcqRel, Relaxed) {
                now = changed;
                continue;
            }
            if !last {
                wait_until(&self.state, ASLEEP, |state| state & !(ASLEEP | ARRIVED) != round);
            } else if now & ASLEEP != 0 {
                self.state.wake_all();
            }
            return last;
        }
    }
}

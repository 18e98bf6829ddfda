//! A latch: it opens after a number of count-downs, and stays open.
//!
//! | `ASLEEP` | count | meaning |
//! | --- | --- | --- |
//! | no | n | n count-downs are left |
//! | yes | n | and a thread sleeps until there are none (see the file `parking.rs`) |
//! | no | 0 | open, for ever |
//!
//! A barrier is for threads that wait for each other, again and again; here, a thread that counts
//! down does not wait, one that waits need not count down, and one may count down more than once.
//! Java's `CountDownLatch`, C++20's `std::latch`.
//!
//! # Relationship with std
//! std has none. **Take** [`std::thread::scope`] if the end of threads is what is waited for, and
//! `crossbeam_utils::sync::WaitGroup` if their number is not known at the start: each clone of it
//! counts one.

use super::const_fn;
use super::parking::wait_until;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const ASLEEP: u32 = 1 << 31;

/// A latch that opens when it has been counted down to 0.
///
/// ```
/// use locks::real::primitives::latch::Latch;
///
/// let done = Latch::new(3);
/// std::thread::scope(|scope| {
///     for _ in 0..3 {
///         scope.spawn(|| done.count_down());
///     }
///     done.wait();
/// });
/// ```
#[derive(Debug)]
pub struct Latch(Word);

impl Latch {
    const_fn! {
        /// Makes a latch that opens after `count` count-downs; with a count of 0, it is open.
        ///
        /// # Panics
        /// If the count is 2³¹ or more.
        pub fn new(count: u32) -> Self {
            assert!(count < ASLEEP, "a latch counts down from less than 2³¹");
            Self(Word::new(count))
        }
    }

    /// Counts down; does nothing if it is open.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the threads that wait. All changes are read-modify-writes, one
    /// release sequence: every count-down down to 0 happens before a thread sees that 0. One more
    /// writes nothing, and need not: no thread waits for an open latch.
    pub fn count_down(&self) {
        let mut now = self.0.load(Relaxed);
        loop {
            // The last clears the mark.
            let next = match now & !ASLEEP {
                0 => return,
                1 => 0,
                _ => now - 1,
            };
            match self.0.compare_exchange_weak(now, next, Release, Relaxed) {
                Ok(_) if next == 0 && now & ASLEEP != 0 => return self.0.wake_all(),
                Ok(_) => return,
                Err(changed) => now = changed,
            }
        }
    }

    /// Returns whether it is open: Acquire, for the Release of each count-down.
    pub fn is_open(&self) -> bool {
        self.0.load(Acquire) == 0
    }

    /// Blocks until it is open; not at all if it is. Acquire, for the Release of each count-down.
    pub fn wait(&self) {
        wait_until(&self.0, ASLEEP, |state| state == 0);
    }
}

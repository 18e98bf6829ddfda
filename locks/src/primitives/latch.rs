//! A latch: it opens when so many things have happened, and stays open.
//!
//! | `ASLEEP` | count | meaning |
//! | --- | --- | --- |
//! | no | n | n more have to happen |
//! | yes | n | and someone sleeps until they have (see the file `parking.rs`) |
//! | no | 0 | open, for ever |
//!
//! A barrier is for threads that wait for each other, again and again; here, those who count down
//! do not wait, those who wait need not count down, and one thread may count down more than once.
//! Java's `CountDownLatch`, C++20's `std::latch`.
//!
//! ```
//! use locks::real::primitives::latch::Latch;
//!
//! let done = Latch::new(3);
//! std::thread::scope(|scope| {
//!     for _ in 0..3 {
//!         scope.spawn(|| done.count_down());
//!     }
//!     done.wait();
//! });
//! ```
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

/// Opens when it has been counted down to 0.
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
    /// release sequence: a thread that sees 0 comes after every count-down down to that 0. One
    /// count-down more writes nothing, and need not: an open latch is waited for by nobody.
    pub fn count_down(&self) {
        let mut now = self.0.load(Relaxed);
        loop {
            // The last takes the note away.
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

    /// Says whether it is open.
    pub fn is_open(&self) -> bool {
        self.0.load(Acquire) == 0
    }

    /// Waits until it is open.
    ///
    /// # Blocking
    /// Until then; not at all if it is.
    pub fn wait(&self) {
        wait_until(&self.0, ASLEEP, None, |state| state == 0);
    }
}

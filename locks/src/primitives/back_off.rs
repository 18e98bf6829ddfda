//! What a spinning thread does between two looks at a lock: it pauses, twice as long each time, and at last gives way.
//!
//! A pause (the processor's spin hint) leaves the core's other hardware thread and the bus to those who have something to
//! do. That it grows spreads out the threads that wait. That it ends in `yield_now` matters most: a holder that the system
//! has put aside gets on only if someone gives it a core.

use super::{MOST_PAUSES, hint, thread};

/// Keeps how long the next pause is.
///
/// ```
/// use locks::real::primitives::back_off::BackOff;
///
/// let mut back_off = BackOff::default();
/// let mut looks = 0;
/// while looks < 3 {
///     looks += 1; // Looks at the lock; then:
///     back_off.pause();
/// }
/// ```
#[derive(Debug)]
pub struct BackOff {
    /// In spin hints; beyond `MOST_PAUSES`, the thread gives way instead.
    pauses: u32,
}

impl Default for BackOff {
    /// Begins with a pause of one spin hint.
    fn default() -> Self {
        Self { pauses: 1 }
    }
}

impl BackOff {
    /// Pauses, and makes the next pause twice as long.
    pub fn pause(&mut self) {
        if self.pauses > MOST_PAUSES {
            thread::yield_now();
            return;
        }
        for _ in 0..self.pauses {
            hint::spin_loop();
        }
        self.pauses *= 2;
    }
}

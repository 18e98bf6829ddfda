//! What a spinning thread does between two looks at a lock: it pauses, twice as long each time, and
//! at last gives way.
//!
//! A pause (the processor's spin hint) leaves the core's other hardware thread and the bus to those
//! who have something to do. That it grows spreads out the threads that wait. That it ends in
//! `yield_now` matters most: a holder that the system has put aside gets on only if someone gives
//! it a core.

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
        if !self.spin() {
            thread::yield_now();
        }
    }

    /// As [`pause`](Self::pause), but says no in place of giving way: for who sleeps then.
    pub fn spin(&mut self) -> bool {
        if self.pauses > MOST_PAUSES {
            return false;
        }
        for _ in 0..self.pauses {
            hint::spin_loop();
        }
        self.pauses *= 2;
        true
    }

    /// Pauses for as long as there are others `ahead`: for who knows its place in a line. A pause
    /// that grew would keep the whole line waiting for one who has slept through its turn.
    pub fn in_queue(&mut self, ahead: u32) {
        if self.pauses > MOST_PAUSES {
            thread::yield_now();
            return;
        }
        for _ in 0..ahead {
            hint::spin_loop();
        }
        self.pauses = self.pauses.saturating_add(ahead);
    }
}

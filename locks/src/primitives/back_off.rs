//! What a spinning thread does between two looks at a lock: exponential back-off, and at last it
//! yields.
//!
//! A pause (the processor's spin hint) leaves the core's other hardware thread and the bus to
//! threads with work to do. That it grows spreads out the threads that wait. That it ends in
//! `yield_now` matters most: a holder that was preempted gets on only if a thread yields a core.

use super::{MOST_PAUSES, hint, thread};

/// A pause that grows.
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
    /// The next pause in spin hints; beyond `MOST_PAUSES`, the thread yields instead.
    pauses: u32,
}

impl Default for BackOff {
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

    fn spin(&mut self) -> bool {
        if self.pauses > MOST_PAUSES {
            return false;
        }
        for _ in 0..self.pauses {
            hint::spin_loop();
        }
        self.pauses *= 2;
        true
    }

    /// Pauses as [`pause`](Self::pause) does until `done`; `false`, in place of yielding, if it was
    /// not by then.
    ///
    /// 255 pauses, 7 µs on the AMD EPYC of these figures, are a compromise. If the awaited thread
    /// is on the same core, each of them keeps it from running, and so would a yield keep both,
    /// where a third thread wants the core. With half as many, two threads on two cores fall asleep
    /// at each hand-over, and need 20 µs for one in place of 0.2: a wake-up across cores takes
    /// longer than the spin.
    pub fn spin_until(mut done: impl FnMut() -> bool) -> bool {
        let mut back_off = Self::default();
        while back_off.spin() {
            if done() {
                return true;
            }
        }
        false
    }

    /// Pauses for as long as there are threads `ahead`, for one that knows its place in a queue. A
    /// pause that grew would keep the whole queue waiting for a thread that has overslept its turn.
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

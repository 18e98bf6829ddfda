//! The waits of [`Condvar`]: for any mutex of `lock_api`, std's aside.

use std::time::{Duration, Instant};

use lock_api::{MutexGuard, RawMutex};

use super::condvar::Condvar;
use super::sync::atomic::AtomicU32;
use super::word::Word;

impl Condvar {
    /// Makes one that nobody waits for.
    pub const fn new() -> Self {
        Self { notified: Word::new(0), waiting: AtomicU32::new(0) }
    }

    /// Gives the mutex back and sleeps until a notification, in one step; then takes the mutex
    /// again.
    ///
    /// It may come back for no reason, and when it comes back for one, another thread may have been
    /// faster to the mutex: look at the condition again, or use [`wait_while`](Self::wait_while).
    ///
    /// # Blocking
    /// Until it is woken and the mutex is free.
    pub fn wait<R: RawMutex, T: ?Sized>(&self, guard: &mut MutexGuard<'_, R, T>) {
        self.wait_until(guard, None);
    }

    /// As [`wait`](Self::wait), until the deadline at the latest; `false` if it was the deadline
    /// that ended it.
    pub fn wait_until<R: RawMutex, T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, R, T>,
        deadline: Option<Instant>,
    ) -> bool {
        let seen = self.enlist();
        MutexGuard::unlocked(guard, || self.sleep(seen, deadline))
    }

    /// Waits for as long as the condition holds.
    pub fn wait_while<R: RawMutex, T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, R, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) {
        while condition(guard) {
            self.wait(guard);
        }
    }

    /// Waits for as long as the condition holds, and no longer than `patience`; says whether it
    /// ended because the condition did.
    pub fn wait_timeout_while<R: RawMutex, T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, R, T>,
        patience: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> bool {
        // A time that the clock has no room for is as good as none.
        let deadline = Instant::now().checked_add(patience);
        while condition(guard) {
            if !self.wait_until(guard, deadline) {
                return !condition(guard);
            }
        }
        true
    }
}

impl Default for Condvar {
    /// Makes one that nobody waits for.
    fn default() -> Self {
        Self::new()
    }
}

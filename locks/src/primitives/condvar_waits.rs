//! The waits of [`Condvar`]: for any mutex of `lock_api`, and so not for std's.

use std::time::{Duration, Instant};

use lock_api::{MutexGuard, RawMutex};

use super::condvar::Condvar;
use super::sync::atomic::AtomicU32;
use super::word::Word;

impl Condvar {
    /// Makes a condition variable that no thread waits for.
    pub const fn new() -> Self {
        Self { notified: Word::new(0), waiting: AtomicU32::new(0) }
    }

    /// Releases the mutex and sleeps until a notification, in one step; then acquires the mutex
    /// again.
    ///
    /// It may come back without a notification (a spurious wake-up), and with one, another thread
    /// may have been faster to the mutex: check the condition again, or use
    /// [`wait_while`](Self::wait_while).
    pub fn wait<R: RawMutex, T: ?Sized>(&self, guard: &mut MutexGuard<'_, R, T>) {
        self.wait_until(guard, None);
    }

    /// Waits as [`wait`](Self::wait) does, until the deadline at the latest; `false` if the
    /// deadline ended it.
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

    /// Waits for as long as the condition holds, and no longer than `timeout`; returns whether the
    /// condition ended.
    pub fn wait_timeout_while<R: RawMutex, T: ?Sized>(
        &self,
        guard: &mut MutexGuard<'_, R, T>,
        timeout: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> bool {
        // A timeout that the clock has no room for is as good as none.
        let deadline = Instant::now().checked_add(timeout);
        while condition(guard) {
            if !self.wait_until(guard, deadline) {
                return !condition(guard);
            }
        }
        true
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

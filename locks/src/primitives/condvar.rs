//! A condition variable: it releases a mutex and parks in one step.
//!
//! It is a count of notifications, and a wait is "sleep while the count is what it was when I held
//! the mutex":
//!
//! | the waiter | the notifier |
//! | --- | --- |
//! | holds the mutex, finds its condition false | |
//! | counts itself in, and notes `notified` | |
//! | releases the mutex | acquires the mutex, makes the condition true, releases it |
//! | sleeps, if `notified` is what it was | counts `notified` up, wakes if a thread is counted |
//!
//! A notification between the third line and the fourth changes the count, and the kernel, which
//! compares it, puts no thread to sleep. The count wraps after 2³² notifications; a thread that is
//! preempted in that very moment for exactly as many would sleep for one too many.
//!
//! # Relationship with std
//! [`std::sync::Condvar`] is the same count, without the second word: it makes a system call at
//! each notification, whether a thread waits or not. **Take std's** with std's mutex,
//! `parking_lot`'s with its own. This one goes with any mutex of `lock_api`, several at once
//! included (which std answers with a panic): nothing in it depends on the mutex.
//!
//! # Memory ordering
//! All Relaxed. It orders nothing: the mutex does, which both sides acquire. If the notifier has
//! the mutex after the waiter, it sees that the waiter is counted in, and its count comes after the
//! one that was noted. If it has the mutex before, the waiter sees the condition true and does not
//! wait. A condition that is changed without the mutex has neither, and its notification can be
//! lost.
//!
//! # Source
//! Mara Bos, "Rust Atomics and Locks", 2023, chapter 9.

use lock_api::{MutexGuard, RawMutex};

use super::const_fn;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::Relaxed;
use super::word::Word;

/// A place where threads sleep until a condition may have become true.
///
/// ```
/// use locks::real::primitives::condvar::Condvar;
///
/// let (queue, filled) = (parking_lot::Mutex::new(Vec::new()), Condvar::new());
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         queue.lock().push(7);
///         filled.notify_one();
///     });
///     let mut queue = queue.lock();
///     filled.wait_while(&mut queue, |queue| queue.is_empty()); // Checks after each wake-up.
///     assert_eq!(queue.pop(), Some(7));
/// });
/// ```
#[derive(Debug)]
pub struct Condvar {
    /// The number of notifications.
    notified: Word,
    /// The number of waiters: without any, a notification makes no system call.
    waiting: AtomicU32,
}

impl Condvar {
    const_fn! {
        /// Makes a condition variable that no thread waits for.
        pub fn new() -> Self {
            Self { notified: Word::new(0), waiting: AtomicU32::new(0) }
        }
    }

    /// Releases the mutex and sleeps until a notification, in one step; then acquires the mutex
    /// again.
    ///
    /// It may come back without a notification (a spurious wake-up), and with one, another thread
    /// may have been faster to the mutex: check the condition again, or use
    /// [`wait_while`](Self::wait_while).
    pub fn wait<R: RawMutex, T: ?Sized>(&self, guard: &mut MutexGuard<'_, R, T>) {
        let seen = self.enlist();
        MutexGuard::unlocked(guard, || self.sleep(seen));
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

    /// Counts this thread in, which holds the mutex; returns what `sleep` needs to know.
    pub(crate) fn enlist(&self) -> u32 {
        self.waiting.fetch_add(1, Relaxed);
        self.notified.load(Relaxed)
    }

    /// Sleeps unless there was a notification since `enlist`, and counts this thread out.
    ///
    /// The thread has released the mutex in between, and acquires it again after.
    pub(crate) fn sleep(&self, seen: u32) {
        self.notified.wait(seen);
        self.waiting.fetch_sub(1, Relaxed);
    }

    /// Wakes one waiter, if there is one. Right if any waiter can go on, and one is enough.
    ///
    /// Release the mutex first: a waiter that is woken on this core preempts this thread, finds the
    /// mutex taken, spins, and parks again ("hurry up and wait").
    pub fn notify_one(&self) {
        self.notified.fetch_add(1, Relaxed);
        if self.waiting.load(Relaxed) > 0 {
            self.notified.wake_one();
        }
    }

    /// Wakes all waiters. Right in any case; it wakes some for nothing.
    pub fn notify_all(&self) {
        self.notified.fetch_add(1, Relaxed);
        if self.waiting.load(Relaxed) > 0 {
            self.notified.wake_all();
        }
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

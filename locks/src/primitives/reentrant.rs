//! A lock that its holder may acquire again: a mutex, and beside it the holder and a count.
//!
//! | `owner` | `times` | the mutex | meaning |
//! | --- | --- | --- | --- |
//! | 0 | 0 | free | no thread is inside |
//! | a thread's number | n | taken | that thread has to release it n times |
//!
//! So Java's monitors are made, and Python's `RLock`. Acquired again, it cannot hand out a second
//! `&mut`; so a guard gives `&T`, and what is to change needs a `Cell`, a `RefCell`, or an atomic.
//!
//! # Relationship with std
//! std's `ReentrantLock` guards `stdout`, and is not stable yet; **take
//! `parking_lot::ReentrantMutex`**. (It knows its holder by the address of a thread-local: do not
//! leak its guards.) Better: take neither. A lock that is acquired twice is often acquired by code
//! that does not know that the critical section is half done; a function that is handed the guard's
//! value says so. A panic under this lock does not poison it.
#![expect(unsafe_code, reason = "a count is kept for the holder, behind a shared reference")]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::cell::UnsafeCell;
use super::futex_mutex::RawFutexMutex;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::word::Word;
use super::{const_fn, thread_number};

/// A lock around a value that its holder may acquire again.
///
/// ```
/// use std::cell::Cell;
///
/// use locks::real::primitives::reentrant::ReentrantLock;
///
/// let sum = ReentrantLock::new(Cell::new(0));
/// let outer = sum.lock();
/// let inner = sum.lock();
/// inner.set(outer.get() + 1);
/// assert_eq!(sum.times(), 2);
/// ```
///
/// It may be shared between threads if its value may be *sent* between them, as a `Cell` may and an
/// `Rc` may not: one thread at a time reaches it.
pub struct ReentrantLock<T> {
    mutex: RawFutexMutex,
    /// The number of the thread inside; 0 if there is none. A number is never used again: the lock
    /// of a thread that has ended and leaked its guard stays taken, and no later thread is mistaken
    /// for its holder.
    owner: AtomicU64,
    /// The number of times that it has acquired the lock. Reached only by that thread.
    times: UnsafeCell<u32>,
    value: T,
}

// SAFETY: several threads must be able to hold a `&ReentrantLock` without a data race. It gives out
// `&T`, and its count, to the one thread that holds the mutex (see `lock`), and to its `Debug` only
// after acquiring it. That amounts to sending the value from thread to thread, so `T: Send` is what
// it takes; `T: Sync` is not needed. `owner` and the mutex are atomics.
unsafe impl<T: Send> Sync for ReentrantLock<T> {}

/// A guard of a [`ReentrantLock`], which releases it once when it is dropped, also while a panic
/// unwinds.
///
/// It stays on its thread, which is the owner. Nor may it be shared: a thread that holds no lock
/// would reach the `Cell` of one that does.
#[must_use = "dropped at once, it guards nothing"]
pub struct ReentrantGuard<'a, T> {
    lock: &'a ReentrantLock<T>,
    stays: PhantomData<*mut ()>,
}

impl<T> ReentrantLock<T> {
    const_fn! {
        /// Makes a lock that no thread holds.
        pub fn new(value: T) -> Self {
            let mutex = RawFutexMutex { word: Word::new(0) };
            Self { mutex, owner: AtomicU64::new(0), times: UnsafeCell::new(0), value }
        }
    }

    /// Acquires the lock; parks until no other thread holds it.
    ///
    /// # Panics
    /// If the thread has acquired it 4 294 967 295 times already.
    ///
    /// # Fairness
    /// None, as for the mutex inside.
    ///
    /// # Memory ordering
    /// `owner` is Relaxed. A thread finds its own number there only if it has written it itself,
    /// later than all that it wrote before; any other value that it reads, new or old, is not its
    /// number. What was written under the lock before is visible by way of the mutex.
    #[inline]
    pub fn lock(&self) -> ReentrantGuard<'_, T> {
        let me = thread_number();
        if self.owner.load(Relaxed) != me {
            self.mutex.lock();
            self.owner.store(me, Relaxed);
        }
        self.once_more()
    }

    /// Acquires the lock if no other thread holds it at this moment. It panics as `lock` does.
    #[inline]
    pub fn try_lock(&self) -> Option<ReentrantGuard<'_, T>> {
        let me = thread_number();
        let acquired = self.owner.load(Relaxed) == me || self.mutex.try_lock();
        acquired.then(|| {
            self.owner.store(me, Relaxed);
            self.once_more()
        })
    }

    /// Returns the number of times that this thread has acquired the lock.
    pub fn times(&self) -> u32 {
        if self.owner.load(Relaxed) == thread_number() { self.count(|times| *times) } else { 0 }
    }

    #[inline]
    fn once_more(&self) -> ReentrantGuard<'_, T> {
        self.count(|times| *times = times.checked_add(1).expect("the guards can be counted"));
        ReentrantGuard { lock: self, stays: PhantomData }
    }

    #[inline]
    fn count<R>(&self, reach: impl FnOnce(&mut u32) -> R) -> R {
        // SAFETY: to become a `&mut u32`, it must point to a live `u32` that nothing else reaches
        // meanwhile. It is the cell's. Each caller has found its own number in `owner` or has just
        // acquired the mutex, so no other thread is inside; and no `reach` calls `count`.
        self.times.with_mut(|times| reach(unsafe { &mut *times }))
    }
}

impl<T: fmt::Debug> fmt::Debug for ReentrantLock<T> {
    /// Shows the value, read under the lock, if no other thread holds it at this moment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ReentrantLock");
        match self.try_lock() {
            Some(value) => shown.field("value", &&*value),
            None => shown.field("value", &format_args!("<locked>")),
        };
        shown.finish_non_exhaustive()
    }
}

impl<T> Deref for ReentrantGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.lock.value
    }
}

impl<T> Drop for ReentrantGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.count(|times| *times -= 1);
        if self.lock.count(|times| *times == 0) {
            // Before the mutex: a number that is written after it could be the next holder's.
            self.lock.owner.store(0, Relaxed);
            // SAFETY: the mutex must be held: this guard's thread acquired it with its first guard,
            // and this is its last.
            unsafe { self.lock.mutex.unlock() };
        }
    }
}

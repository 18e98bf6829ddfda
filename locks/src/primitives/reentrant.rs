//! A lock that its holder may take again: a mutex, and beside it whose it is and how often.
//!
//! | `owner` | `times` | the mutex | meaning |
//! | --- | --- | --- | --- |
//! | 0 | 0 | free | nobody is inside |
//! | a thread's number | n | taken | that thread has taken it n times, and has to give it back n times |
//!
//! Taken again, it cannot hand out a second `&mut`; so a guard gives `&T`, and what is to change
//! needs a `Cell`, a `RefCell`, or an atomic.
//!
//! ```
//! use std::cell::Cell;
//!
//! use locks::real::primitives::reentrant::ReentrantLock;
//!
//! let sum = ReentrantLock::new(Cell::new(0));
//! let outer = sum.lock();
//! let inner = sum.lock();
//! inner.set(outer.get() + 1);
//! assert_eq!(sum.times(), 2);
//! ```
//!
//! # Relationship with std
//! std's `ReentrantLock` guards `stdout`, and is not stable yet; **take
//! `parking_lot::ReentrantMutex`**. (It knows its holder by the address of a thread-local: do not
//! leak its guards.) Better: take neither. A lock that is acquired twice is often acquired by code
//! that does not know that the critical section is half done; a function that is handed the guard's
//! value says so. A panic under this lock does not poison it.
//!
//! # Source
//! A mutex with an owner and a count is what Java's monitors and Python's `RLock` are.
#![expect(
    unsafe_code,
    reason = "a count is kept for whoever holds the lock, behind a shared reference"
)]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::cell::UnsafeCell;
use super::futex_mutex::RawFutexMutex;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::word::Word;
use super::{const_fn, thread_number};

/// Guards a value, and lets its holder take it again.
///
/// It may be shared between threads if its value may be *sent* between them: one thread at a time
/// reaches it.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::reentrant::ReentrantLock;
///
/// // An Rc's count is not atomic: it must not be reached from two threads, not even by turns.
/// let shared = ReentrantLock::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
pub struct ReentrantLock<T> {
    mutex: RawFutexMutex,
    /// The number of the thread inside; 0 if there is none. A number is never used again: the lock
    /// of a thread that has ended and leaked its guard stays taken, and no later thread is mistaken
    /// for its holder.
    owner: AtomicU64,
    /// How often it has taken the lock. Reached only by that thread.
    times: UnsafeCell<u32>,
    value: T,
}

// SAFETY: a shared lock gives out `&T`, and its count, to the one thread that has the mutex (see
// `lock`), and to its `Debug` only as one that has taken it. That amounts to sending the value
// between threads by turns, so `T: Send` is what it takes; `T: Sync` is not needed.
unsafe impl<T: Send> Sync for ReentrantLock<T> {}

/// Holds a [`ReentrantLock`] once and reaches its value; dropping it gives that once back, also
/// while a panic unwinds.
///
/// It stays on its thread, which is the owner.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::reentrant::ReentrantLock;
///
/// let lock = ReentrantLock::new(0);
/// let guard = lock.lock();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
///
/// Nor may it be shared: a thread that holds no lock would reach the `Cell` of one that does.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::reentrant::ReentrantLock;
///
/// let lock = ReentrantLock::new(std::cell::Cell::new(0));
/// let guard = lock.lock();
/// std::thread::scope(|scope| {
///     scope.spawn(|| guard.set(1));
/// });
/// ```
#[must_use = "dropped at once, it guards nothing"]
pub struct ReentrantGuard<'a, T> {
    lock: &'a ReentrantLock<T>,
    /// Neither sent nor shared.
    stays: PhantomData<*mut ()>,
}

impl<T> ReentrantLock<T> {
    const_fn! {
        /// Makes a lock that nobody holds.
        pub fn new(value: T) -> Self {
            let mutex = RawFutexMutex { word: Word::new(0) };
            Self { mutex, owner: AtomicU64::new(0), times: UnsafeCell::new(0), value }
        }
    }

    /// Takes the lock; sleeps until no other thread has it.
    ///
    /// # Panics
    /// If the thread has it 4 294 967 295 times already.
    ///
    /// # Blocking
    /// As long as others have it.
    ///
    /// # Fairness
    /// None, as for the mutex inside.
    ///
    /// # Memory ordering
    /// `owner` is Relaxed. A thread finds its own number there only if it has written it itself,
    /// later than all that it wrote before; whichever other value it reads, new or old, is not its
    /// number. What was written under the lock before is seen by way of the mutex.
    #[inline]
    pub fn lock(&self) -> ReentrantGuard<'_, T> {
        let me = thread_number();
        if self.owner.load(Relaxed) == me {
            return self.again();
        }
        self.mutex.lock();
        self.first(me)
    }

    /// Takes the lock if no other thread has it at this moment.
    ///
    /// # Panics
    /// As `lock`.
    #[inline]
    pub fn try_lock(&self) -> Option<ReentrantGuard<'_, T>> {
        let me = thread_number();
        if self.owner.load(Relaxed) == me {
            return Some(self.again());
        }
        self.mutex.try_lock().then(|| self.first(me))
    }

    /// Returns how often this thread has taken the lock.
    pub fn times(&self) -> u32 {
        if self.owner.load(Relaxed) == thread_number() { self.count(|times| *times) } else { 0 }
    }

    #[inline]
    fn first(&self, me: u64) -> ReentrantGuard<'_, T> {
        self.owner.store(me, Relaxed);
        self.count(|times| *times = 1);
        ReentrantGuard { lock: self, stays: PhantomData }
    }

    #[inline]
    fn again(&self) -> ReentrantGuard<'_, T> {
        self.count(|times| *times = times.checked_add(1).expect("nobody can hold so many guards"));
        ReentrantGuard { lock: self, stays: PhantomData }
    }

    /// Reaches the count: only for who is the owner.
    #[inline]
    fn count<R>(&self, reach: impl FnOnce(&mut u32) -> R) -> R {
        // SAFETY: to become a `&mut u32`, it must point to a live `u32` that nobody else reaches
        // meanwhile. It is the cell's. Each caller has found its own number in `owner` or has just
        // taken the mutex, so no other thread is inside; and no `reach` calls `count`.
        self.times.with_mut(|times| reach(unsafe { &mut *times }))
    }
}

impl<T: fmt::Debug> fmt::Debug for ReentrantLock<T> {
    /// Shows the value, if no other thread has the lock at this moment: it is read under the lock.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ReentrantLock");
        match self.try_lock() {
            Some(value) => shown.field("value", &&*value),
            None => shown.field("value", &format_args!("<locked>")),
        };
        shown.finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for ReentrantGuard<'_, T> {
    /// Shows the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
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
    /// Gives the lock back once; the last time, to the others.
    #[inline]
    fn drop(&mut self) {
        let left = self.lock.count(|times| {
            *times -= 1;
            *times
        });
        if left == 0 {
            // Before the mutex: a number that is written after it could be the next holder's.
            self.lock.owner.store(0, Relaxed);
            // SAFETY: the mutex must have been taken and not given back: this guard's thread took
            // it with its first guard, and this is its last.
            unsafe { self.lock.mutex.unlock() };
        }
    }
}

//! A lock that waits by looking: test-and-test-and-set with back-off.
//!
//! One word says it all:
//!
//! | `taken` | meaning | left by |
//! | --- | --- | --- |
//! | false | nobody is inside | an exchange of false for true, which one thread wins |
//! | true | one thread has the guard | the guard's drop, which stores false |
//!
//! Who loses the exchange only reads until it sees false (the second "test"), then tries again. Exchanges in a loop would tear
//! the cache line from core to core, the holder's included, even those that write nothing; reads share it.
//!
//! ```
//! use locks::real::primitives::spin::SpinLock;
//!
//! let sum = SpinLock::new(0);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| *sum.lock() += 1);
//!     scope.spawn(|| *sum.lock() += 1);
//! });
//! assert_eq!(sum.into_inner(), 2);
//! ```
//!
//! # Relationship with std
//! [`std::sync::Mutex`] looks for a moment, then sleeps until it is woken. **Take std's**, unless all of this is true: the section is some
//! instructions long; it waits for nothing (no I/O, no allocation, no other lock); there are as many free cores as threads that
//! want in. If the system puts the holder aside, all who wait burn their time for nothing. A kernel can forbid to be put
//! aside, and so it has spin locks; a program cannot.
//!
//! A panic under this lock does not poison it, and `new` is not `const`, since Loom's atomics have no such thing.
#![expect(unsafe_code, reason = "a lock hands out, through a shared reference, what it guards")]

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::back_off::BackOff;
use super::cell::UnsafeCell;
use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Guards a value; who waits for it spins.
///
/// It may be shared between threads if its value may be *sent* between them: the lock lets one at a time have it.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::spin::SpinLock;
///
/// // An Rc's count is not atomic: it must not be reached from two threads, not even by turns.
/// let shared = SpinLock::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
#[derive(Debug)]
pub struct SpinLock<T> {
    /// Whether someone is inside.
    taken: AtomicBool,
    /// Reached only by who has the guard.
    value: UnsafeCell<T>,
}

// SAFETY: a shared lock gives out its value by `&mut` through a guard, of which there is one at a time (see `try_lock`), on
// whichever thread asks. That amounts to sending the value between threads by turns, so `T: Send` is what it takes. `T: Sync` is
// not needed: no two threads have a reference to it at the same time.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// Holds a [`SpinLock`] and reaches its value; dropping it gives the lock back, also while a panic unwinds.
///
/// It may be sent to another thread: any thread may store false. It may be shared if the value may be, and no
/// more: without its `PhantomData` it would take after the lock, and two threads could share a `Cell`.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::spin::SpinLock;
///
/// let lock = SpinLock::new(std::cell::Cell::new(0));
/// let guard = lock.lock();
/// std::thread::scope(|scope| {
///     scope.spawn(|| guard.set(1));
///     scope.spawn(|| guard.set(2));
/// });
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, it guards nothing"]
pub struct SpinGuard<'a, T> {
    lock: &'a SpinLock<T>,
    /// Sendable and shareable as a `&mut T` is.
    reaches: PhantomData<&'a mut T>,
}

impl<T> SpinLock<T> {
    /// Makes a lock that nobody holds.
    pub fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Takes the lock, spinning until it is free.
    ///
    /// # Blocking
    /// As long as others have it. A thread that holds it already waits for itself, for ever.
    ///
    /// # Fairness
    /// None: who gives the lock back and asks again at once is the likeliest to win it, and a thread may wait for ever.
    ///
    /// # Memory ordering
    /// What was written under the lock before is seen, as `try_lock` says.
    pub fn lock(&self) -> SpinGuard<'_, T> {
        let mut back_off = BackOff::default();
        loop {
            if let Some(guard) = self.try_lock() {
                return guard;
            }
            // Relaxed: nothing is read on the strength of this look. Only the exchange lets anyone in.
            while self.taken.load(Relaxed) {
                back_off.pause();
            }
        }
    }

    /// Takes the lock if it is free at this moment.
    ///
    /// # Memory ordering
    /// An exchange that is won is Acquire; its partner is the Release store in the guard's drop. Who exchanges a holder's
    /// false comes after all that this holder did. Its own true needs no Release: nobody acts on having read it. One that is lost
    /// is Relaxed: nothing follows from it.
    pub fn try_lock(&self) -> Option<SpinGuard<'_, T>> {
        // A swap would do as well on any machine. But it writes true when it is lost, too, and Loom keeps too little of a variable's
        // order of writes to see that this true comes before the holder's false.
        let won = self.taken.compare_exchange(false, true, Acquire, Relaxed).is_ok();
        // Not `then_some`: that would make the guard in any case, and its drop give back another thread's lock.
        won.then(|| SpinGuard { lock: self, reaches: PhantomData })
    }

    /// Takes the value out. Who has the lock itself needs not take it: nobody else can.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T> Deref for SpinGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: to turn the pointer into a `&T`, it must point to a live `T` that nobody writes to meanwhile. It is the
        // cell's, and the cell outlives the guard, which borrows the lock. A guard is made only by the exchange of false
        // for true, and only its drop stores false: there is no second guard. This one writes through `&mut self`
        // only, which ends all its `&T`. What the last holder wrote happened before, by Acquire and Release.
        self.lock.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for SpinGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`, for a pointer that must be the only way to the value: there is no second guard, and
        // this one is borrowed mutably for as long as the `&mut T` lives.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T> Drop for SpinGuard<'_, T> {
    /// Gives the lock back.
    ///
    /// Release, for the Acquire of the exchange that will read this false: all that was done under the lock comes before it.
    fn drop(&mut self) {
        self.lock.taken.store(false, Release);
    }
}

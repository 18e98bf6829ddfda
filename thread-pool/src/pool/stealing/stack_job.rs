//! A function that lies on the stack of who waits for it, and is meanwhile in a queue.
//!
//! One word says where it is: *out*, then *over*, or *here* once it was taken back unrun. Whoever
//! has the job that points to it, runs it or drops it, and says *over* as the last thing of all;
//! only then does the stack below it go on.
//!
//! Compiled on std's types here, and on Loom's in the tests.
#![expect(unsafe_code, reason = "the slot belongs to one thread after the other, as the word says")]

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::task::Waker;
use std::thread;

use super::cell::UnsafeCell;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

const OUT: u32 = 0;
const OVER: u32 = 1;
const HERE: u32 = 2;

/// Holds a function, and what came of it.
pub(super) struct StackJob<'a, F, R> {
    state: AtomicU32,
    slot: UnsafeCell<Slot<F, R>>,
    /// Of who waits.
    waker: &'a Waker,
}

/// What came of a function.
pub(super) enum Slot<F, R> {
    /// It was not called.
    Work(F),
    Outcome(thread::Result<R>),
    /// It is being called, or what came of it was taken.
    Empty,
}

// SAFETY: the slot is what is not Sync by itself. One thread at a time touches it, and what is in
// it goes from thread to thread, which both may.
unsafe impl<F: Send, R: Send> Sync for StackJob<'_, F, R> {}

impl<'a, F: FnOnce() -> R, R> StackJob<'a, F, R> {
    /// Counts as out from now on.
    pub(super) fn new(work: F, waker: &'a Waker) -> Self {
        Self { state: AtomicU32::new(OUT), slot: UnsafeCell::new(Slot::Work(work)), waker }
    }

    /// Calls the function, and says that it is over.
    ///
    /// # Safety
    /// It is out, and the caller has its job, which ends with this.
    pub(super) unsafe fn run(this: *const Self) {
        // SAFETY: until it is over, what is there stays there, and who has the job has the slot.
        let Slot::Work(work) = (unsafe { (*this).replace(Slot::Empty) }) else {
            unreachable!("it was not called")
        };
        let outcome = catch_unwind(AssertUnwindSafe(work));
        // SAFETY: as above.
        drop(unsafe { (*this).replace(Slot::Outcome(outcome)) });
        // SAFETY: the caller's promise.
        unsafe { Self::over(this) };
    }

    /// Says that it is over.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    ///
    /// # Memory ordering
    /// Release: its partner is the Acquire of [`is_over`](Self::is_over), after which the slot is
    /// the other's, and may be gone. So the waker is taken before.
    pub(super) unsafe fn over(this: *const Self) {
        // SAFETY: until the store, what is there stays there; nothing of it is touched after.
        let waker = unsafe {
            let waker = (*this).waker.clone();
            (*this).state.store(OVER, Release);
            waker
        };
        waker.wake();
    }

    /// Says whether it is over: nobody else will touch it any more.
    pub(super) fn is_over(&self) -> bool {
        self.state.load(Acquire) == OVER
    }

    /// Takes the function back.
    ///
    /// # Safety
    /// The caller has the job, and forgets it.
    pub(super) unsafe fn take_back(&self) -> F {
        // Relaxed: nobody else has anything to do with it.
        self.state.store(HERE, Relaxed);
        // SAFETY: who has the job has the slot.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Work(work) => work,
            _ => unreachable!("it was not called"),
        }
    }

    /// Takes what came of it.
    ///
    /// # Panics
    /// If it is not over.
    pub(super) fn outcome(&self) -> Slot<F, R> {
        assert!(self.is_over(), "it is waited for");
        // SAFETY: nobody else touches it any more.
        unsafe { self.replace(Slot::Empty) }
    }

    /// # Safety
    /// The slot must be the caller's.
    unsafe fn replace(&self, with: Slot<F, R>) -> Slot<F, R> {
        // SAFETY: the pointer is the cell's own, and nobody else touches it meanwhile, as who calls
        // promises.
        self.slot.with_mut(|slot| mem::replace(unsafe { &mut *slot }, with))
    }
}

impl<F, R> Drop for StackJob<'_, F, R> {
    /// Ends the program, if going on would free what somebody else has a pointer to.
    fn drop(&mut self) {
        if self.state.load(Relaxed) == OUT {
            process::abort();
        }
    }
}

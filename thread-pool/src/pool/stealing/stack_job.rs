//! A closure on the stack of the thread that waits for it, queued as a job by a pointer.
//!
//! One word says where it is: *out* in a queue, then *over*, or *here* once it was taken back unrun.
//! The thread that has the job runs or drops it, and stores *over* as its last access; only then does
//! the stack frame go on, or away.
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

/// A closure in a stack frame, and its outcome.
pub(super) struct StackJob<'a, F, R> {
    state: AtomicU32,
    slot: UnsafeCell<Slot<F, R>>,
    /// Of the thread that waits.
    waker: &'a Waker,
}

/// What is in the slot.
pub(super) enum Slot<F, R> {
    /// It was not called.
    Work(F),
    Outcome(thread::Result<R>),
    /// It is being called, or its outcome was taken.
    Empty,
}

// SAFETY: a shared reference gives access to the slot by `run`, `over` and `take_back`, whose callers
// promise to have the one job, and by `outcome`, which checks that the job is over: one thread at a
// time, each ordered after the one before (by the queue, or by Release and Acquire of `state`). The
// closure goes to that thread and the result comes back, which `F: Send` and `R: Send` allow. The
// other fields are Sync.
unsafe impl<F: Send, R: Send> Sync for StackJob<'_, F, R> {}

impl<'a, F: FnOnce() -> R, R> StackJob<'a, F, R> {
    /// Returns one that counts as *out* from now on.
    pub(super) fn new(work: F, waker: &'a Waker) -> Self {
        Self { state: AtomicU32::new(OUT), slot: UnsafeCell::new(Slot::Work(work)), waker }
    }

    /// Calls the closure, and marks it as over.
    ///
    /// # Safety
    /// `this` is out, and the caller has its one job, which ends with this call.
    pub(super) unsafe fn run(this: *const Self) {
        // SAFETY: `this` is valid until *over* is stored: while it is out, its drop aborts rather
        // than return. The slot is the caller's, which has the one job.
        let Slot::Work(work) = (unsafe { (*this).replace(Slot::Empty) }) else {
            unreachable!("it was not called")
        };
        let outcome = catch_unwind(AssertUnwindSafe(work));
        // SAFETY: still out, so still valid, and still the caller's: nothing above stores to `state`.
        drop(unsafe { (*this).replace(Slot::Outcome(outcome)) });
        // SAFETY: out, and the caller has the job: what `over` asks for is what this function does.
        unsafe { Self::over(this) };
    }

    /// Marks it as over, and wakes the thread that waits.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    ///
    /// # Memory ordering
    /// Release: its partner is the Acquire of [`is_over`](Self::is_over), after which the slot is
    /// the waiting thread's, and may be gone. So the waker is cloned before.
    pub(super) unsafe fn over(this: *const Self) {
        // SAFETY: `this` is valid until the store, which is the last access through it. The fields
        // are read by shared reference, as the waiting thread does at the same time.
        let waker = unsafe {
            let waker = (*this).waker.clone();
            (*this).state.store(OVER, Release);
            waker
        };
        waker.wake();
    }

    /// Returns whether it is over: no other thread will touch it any more.
    pub(super) fn is_over(&self) -> bool {
        self.state.load(Acquire) == OVER
    }

    /// Takes the closure back.
    ///
    /// # Safety
    /// The caller has the one job, and forgets it.
    pub(super) unsafe fn take_back(&self) -> F {
        // Relaxed: no other thread has a pointer to it any more.
        self.state.store(HERE, Relaxed);
        // SAFETY: the slot belongs to the thread that has the one job, which is the caller, and the
        // job is forgotten, so no later call finds the slot empty.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Work(work) => work,
            _ => unreachable!("it was not called"),
        }
    }

    /// Takes the outcome.
    ///
    /// # Panics
    /// If it is not over.
    ///
    /// # Safety
    /// The caller is the thread that waits for it, in whose stack frame it is.
    pub(super) unsafe fn outcome(&self) -> Slot<F, R> {
        assert!(self.is_over(), "it is waited for");
        // SAFETY: it is over, which the thread with the job has stored as its last access, and the
        // Acquire of `is_over` orders that before this. What is left is the waiting thread, which is
        // the caller.
        unsafe { self.replace(Slot::Empty) }
    }

    /// # Safety
    /// The slot must be the caller's: no other thread accesses it at the same time.
    unsafe fn replace(&self, with: Slot<F, R>) -> Slot<F, R> {
        // SAFETY: the pointer is the cell's own, so valid and aligned; the exclusive reference ends
        // within this call, and no other access exists meanwhile, as the caller promises.
        self.slot.with_mut(|slot| mem::replace(unsafe { &mut *slot }, with))
    }
}

impl<F, R> Drop for StackJob<'_, F, R> {
    /// Aborts, if going on would free what a queued job points to.
    fn drop(&mut self) {
        if self.state.load(Relaxed) == OUT {
            process::abort();
        }
    }
}

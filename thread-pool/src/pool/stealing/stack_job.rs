//! A closure on the stack of the thread that waits for it, queued as a job by a pointer.
//!
//! The thread that has the job calls or drops it, and stores `over` as its last access; only then does
//! the stack frame go on, or away. If the frame's own thread gets the job back from the queue, no other
//! has the pointer any more.
//!
//! Compiled on std's types here, and on Loom's in the tests.
#![expect(unsafe_code, reason = "the slot belongs to the thread that has the one job")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;
use std::thread;

use super::cell::UnsafeCell;
use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::{Acquire, Release};

/// A closure in a stack frame, and its outcome.
pub(super) struct StackJob<'a, F, R> {
    over: AtomicBool,
    slot: UnsafeCell<Slot<F, R>>,
    /// Of the thread that waits.
    waker: &'a Waker,
}

/// What is in the slot.
pub(super) enum Slot<F, R> {
    /// It was not called.
    Work(F),
    Outcome(thread::Result<R>),
}

// SAFETY: a shared reference gives access to the slot by `pointer` and `take`, whose callers promise
// that one thread at a time has it: the one that has the job, and the waiting one when the job is over
// or back. Each access is ordered after the one before: the queue hands the job over, `over` is stored
// with Release and loaded with Acquire. The closure goes to that thread and the result comes back,
// which `F: Send` and `R: Send` allow. The other fields are Sync.
unsafe impl<F: Send, R: Send> Sync for StackJob<'_, F, R> {}

impl<'a, F: FnOnce() -> R, R> StackJob<'a, F, R> {
    pub(super) fn new(work: F, waker: &'a Waker) -> Self {
        Self { over: AtomicBool::new(false), slot: UnsafeCell::new(Slot::Work(work)), waker }
    }

    /// Returns what is to be queued of it.
    ///
    /// # Safety
    /// This is called once. The value stays there, unmoved, until what is returned is called or
    /// dropped, on whatever thread.
    pub(super) unsafe fn pointer(&self) -> Pointer<'a, F, R> {
        Pointer(self)
    }

    /// Returns whether it is over: no other thread will touch it any more.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Acquire)
    }

    /// Moves out what is in the slot.
    ///
    /// # Safety
    /// The caller has the one job, or is the thread in whose frame it is and has seen it over. What
    /// is moved out is not moved out or dropped again.
    pub(super) unsafe fn take(&self) -> Slot<F, R> {
        // SAFETY: the pointer is the cell's own, so valid and aligned. The slot is full: it is
        // from `new` on, and `call` fills it again before `over` is stored. No other thread has access
        // now, and the value is not used twice, as the caller promises.
        self.slot.with_mut(|slot| unsafe { slot.read() })
    }
}

/// What is queued of it: a pointer, which is called or dropped by the thread that has the job.
pub(super) struct Pointer<'a, F, R>(*const StackJob<'a, F, R>);

// SAFETY: the thread that has it accesses the value by shared reference alone, which is `Sync`.
unsafe impl<F: Send, R: Send> Send for Pointer<'_, F, R> {}

impl<F: FnOnce() -> R, R> Pointer<'_, F, R> {
    pub(super) fn call(self) {
        // SAFETY: this is the one job, so the value is there until `over` is stored, for the frame
        // waits for that, and the slot is this thread's. It is full: only `take` empties it, by this
        // job or after its end.
        let Slot::Work(work) = (unsafe { (*self.0).take() }) else {
            unreachable!("it was not called")
        };
        let outcome = catch_unwind(AssertUnwindSafe(work));
        // SAFETY: `over` is still not stored: `drop(self)` comes next. The slot was emptied above, so
        // nothing is overwritten that would have to be dropped.
        unsafe { (*self.0).slot.with_mut(|slot| slot.write(Slot::Outcome(outcome))) };
    }
}

impl<F, R> Drop for Pointer<'_, F, R> {
    /// Marks it as over, with what is in the slot, and wakes the thread that waits.
    ///
    /// # Memory ordering
    /// Release: its partner is the Acquire of [`StackJob::is_over`], after which the slot is
    /// the waiting thread's, and may be gone. So the waker is cloned before.
    fn drop(&mut self) {
        // SAFETY: the value is there until the store, which is the last access to it. The fields
        // are read by shared reference, as the waiting thread does at the same time.
        let waker = unsafe {
            let waker = (*self.0).waker.clone();
            (*self.0).over.store(true, Release);
            waker
        };
        waker.wake();
    }
}
